// One camera: opened by a button, closed by another, by Escape, and after a picture.

const byId = (id) => document.getElementById(id);

const REASONS = {
  NotAllowedError: "The browser does not let this page use the camera. Allow it beside the address, or choose a picture.",
  NotFoundError: "This device has no camera. Choose a picture instead.",
  NotReadableError: "Another program is using the camera. Close it, and try again.",
};

export function camera(take, say) {
  const panel = byId("camera"), video = byId("sight"), opener = byId("take"), snap = byId("snap");
  let stream, turn = 0, count = 0;

  function close() {
    turn++;
    stream?.getTracks().forEach((track) => track.stop());
    stream = video.srcObject = null;
    const inside = panel.contains(document.activeElement);
    panel.hidden = true;
    if (inside) opener.focus();
  }

  async function open() {
    close();
    say("");
    const mine = turn;
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { width: { ideal: 1280 }, facingMode: "environment" } });
      if (mine !== turn) return opened.getTracks().forEach((track) => track.stop());
      stream = video.srcObject = opened;
      panel.hidden = false;
      snap.disabled = true;
      await video.play();
      if (mine !== turn) return;
      snap.disabled = false;
      snap.focus();
    } catch (error) {
      if (mine !== turn) return;
      close();
      say(REASONS[error.name] ?? "The camera could not be opened. Choose a picture instead.");
    }
  }

  function picture() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    canvas.toBlob((blob) => {
      close();
      if (blob) take([new File([blob], `camera ${++count}.jpg`, { type: "image/jpeg" })]);
    }, "image/jpeg", 0.92);
  }

  // Browsers give the camera to pages of this machine and to https alone; elsewhere a phone's own camera is asked for.
  opener.onclick = () => (navigator.mediaDevices?.getUserMedia ? open() : byId("snapshot").click());
  snap.onclick = picture;
  byId("close").onclick = close;
  panel.onkeydown = (event) => { if (event.key === "Escape") close(); };
  window.addEventListener("pagehide", close);
}
