// Photographs sorted into classes by hand. The browser only sends them: Python checks their size, then decodes and learns.

const MOST_BYTES = 20e6, PART = 1e6, OWN = ".imgrec-your-photos";
const OWN_STYLE = `
${OWN} fieldset { border: 1px solid #767676; margin: 0; min-width: 0; flex: 1 1 17rem }
${OWN} :is(legend, th) { overflow-wrap: anywhere; text-align: left }
${OWN} ul { display: flex; flex-wrap: wrap; gap: 4px; padding: 0; margin: 0; min-height: 68px }
${OWN} li { position: relative; list-style: none }
${OWN} li button { position: absolute; top: 0; right: 0; padding: 0; width: 24px; min-height: 24px }
${OWN} img { width: 68px; height: 68px; margin: 0 }
${OWN} video { width: 100%; max-width: 20rem }`;

const button = (textContent, onclick) => element("button", { textContent, onclick });
const row = (...children) => element("div", { className: "row" }, ...children);
const named = () => element("input", { size: 12, maxLength: 40 });

function picture(view, alt) {
  const src = URL.createObjectURL(new Blob([view]));
  return element("img", { src, alt, onload: () => URL.revokeObjectURL(src) });
}

// One camera for the whole widget, in the group that opened it; gives the functions that open and close it.
function cameraOf(act) {
  const video = element("video", { muted: true, playsInline: true, "aria-label": "what the camera sees" });
  let stream, turn = 0, take;
  const stop = (one) => one?.getTracks().forEach((track) => track.stop());
  function close() {
    turn++;
    stop(stream);
    panel.remove();
  }
  const snap = button("Take picture", async () => {
    const canvas = new OffscreenCanvas(video.videoWidth, video.videoHeight);
    canvas.getContext("2d").drawImage(video, 0, 0);
    take([new File([await canvas.convertToBlob({ type: "image/jpeg" })], "The picture")]);
  });
  const out = button("Close camera", () => { panel.parentNode.focus(); close(); });
  const panel = element("div", {}, video, row(snap, out));
  async function open(box, use) {
    close();
    const mine = turn;
    try {
      const opened = await navigator.mediaDevices.getUserMedia({ video: { width: 640 } });
      if (mine !== turn) return stop(opened);
      [stream, take, video.srcObject] = [opened, use, opened];
      snap.disabled = true;
      box.append(panel);
      await video.play();
      snap.disabled = false;
      snap.focus();
    } catch (error) {
      if (mine !== turn) return;
      close();
      act({ do: "camera", name: error.name });
    }
  }
  return [open, close];
}

// Lets a group take files by drop, paste, button and camera.
function source(box, open, take) {
  const chooser = element("input", { type: "file", accept: "image/*", multiple: true, hidden: true });
  chooser.onchange = () => { take(chooser.files); chooser.value = ""; };
  box.tabIndex = -1;  // A click into it makes it the place of a paste.
  box.ondrop = (event) => take(event.dataTransfer.files);
  box.onpaste = ({ clipboardData: { files } }) => { if (files.length) take(files); };
  box.append(row(chooser, button("Choose files", () => chooser.click()), button("Camera", () => open(box, take))));
}

function render({ model, el }) {
  const added = named(), classes = row(), result = row();
  const test = element("fieldset", {}, element("legend", { textContent: "Test on a new photograph" }));
  const bar = element("progress", { "aria-label": "training" }), waiting = [], me = Math.random();
  const add = button("Add class", async () => { if (await act({ do: "add class", name: added.value })) added.value = ""; });
  const { problem, status } = frame(el, "your-photos", element("style", { textContent: OWN_STYLE }), element("p", {
    textContent: "Choose, drop, paste or take photographs. A kernel restart forgets them.",
  }), classes, row(labelled("new class", added), add, button("Train", () => act({ do: "train" })), bar));
  const say = (text) => { problem.textContent = text; }, send = sender(model, problem), [open, close] = cameraOf(act);

  // Asks Python for something; gives what is wrong, or "".
  function ask(wish, data) {
    return new Promise((done) => {
      waiting.push(done);
      model.send({ ...wish, ask: me }, undefined, data ? [data] : []);
      send({});
    });
  }
  const answered = ({ reply, problem } = {}) => reply === me && waiting.shift()?.(problem);

  async function act(wish) {
    const wrong = await ask(wish);
    say(wrong);
    tell();
    return !wrong;
  }

  // Sends a file in parts, for servers limit a message.
  async function upload(wish, file) {
    if (file.size > MOST_BYTES) return "It holds more than 20 MB. Save it smaller.";
    if (!/^(image|$)/.test(file.type)) return "It is not a photograph. Choose a JPEG or PNG.";
    let wrong = "", at = 0;
    do {
      wrong = await ask({ ...wish, at, size: file.size }, await file.slice(at, at + PART).arrayBuffer());
      at += PART;
    } while (!wrong && at < file.size);
    return wrong;
  }

  async function take(wish, list) {
    const files = [...list], room = wish.do === "test" ? 1 : model.get("room"), wrong = [];
    if (!files.length) wrong.push("That was no file.");
    if (files.length > room) wrong.push(`Of ${files.length} files, ${room} can be taken.`);
    for (const [place, file] of files.slice(0, room).entries()) {
      status.textContent = `Reading ${place + 1} of ${files.length}.`;
      const answer = await upload(wish, file).catch((error) => error.message);
      if (answer) wrong.push(`${file.name}: ${answer}`);
    }
    say(wrong.slice(0, 3).join(" "));
    tell();
  }

  // Keeps the children that are still wanted, so that focus and text stay; where the focus has gone, it moves on.
  function keep(parent, wanted, make, next) {
    for (const old of [...parent.children]) {
      if (wanted.some((one) => one.number === old.number)) continue;
      const other = (old.nextElementSibling ?? old.previousElementSibling)?.querySelector("button") ?? next;
      if (parent === classes) close();
      if (old.contains(old.getRootNode().activeElement)) other.focus();
      old.remove();
    }
    wanted.forEach((one, place) => {
      if (!parent.children[place]) parent.append(make(one));
      parent.children[place].show(one, place);
    });
  }

  function group({ number }) {
    const legend = element("legend"), list = element("ul"), field = named();
    field.onchange = () => act({ do: "rename", number, name: field.value });
    const box = element("fieldset", { number }, legend, row(
      labelled("name", field), button("Remove class", () => act({ do: "remove class", number })),
    ), list);
    box.show = ({ name, title, photos }) => {
      if (name !== field.defaultValue) field.value = field.defaultValue = name;
      legend.textContent = title;
      keep(list, photos, item, field);
    };
    source(box, open, (files) => take({ do: "add", number }, files));
    return box;
  }

  function item({ number, jpeg }) {
    const image = picture(jpeg, ""), out = button("×", () => act({ do: "remove", number }));
    const made = element("li", { number }, image, out);
    made.show = (photo, place) => {
      image.alt = `photograph ${place + 1}`;
      out.setAttribute("aria-label", `Remove ${image.alt}`);
    };
    return made;
  }

  const showClasses = () => keep(classes, model.get("classes"), group, added);

  function showTest() {
    const { jpeg, chances = [] } = model.get("tested"), top = Math.max(...chances.map(([, value]) => value));
    const lines = chances.map(([name, value]) => {
      const line = element("div");
      line.style = `height: 1rem; width: ${9 * value}rem; background: ${value === top ? VERMILION : BLUE}`;
      return element("tr", {}, element("th", {}, name), element("td", {}, value.toFixed(2)), element("td", {}, line));
    });
    result.replaceChildren(...jpeg ? [picture(jpeg, "tested photograph"), element("table", {}, ...lines)] : []);
  }

  function tell() {
    bar.value = model.get("share");
    bar.style.visibility = bar.value ? "" : "hidden";
    status.textContent = model.get("message");
  }

  added.onkeydown = (event) => { if (event.key === "Enter") add.click(); };
  source(test, open, (files) => take({ do: "test" }, files));
  test.append(result);
  el.append(test);
  el.ondragover = el.ondrop = (event) => event.preventDefault();
  const listeners = Object.entries({ "change:classes": showClasses, "change:tested": showTest, "change:message": tell,
    "change:share": tell, "msg:custom": answered });
  listeners.forEach(([event, listener]) => { model.on(event, listener); listener(); });
  return () => {
    close();
    listeners.forEach(([event, listener]) => model.off(event, listener));
  };
}

export default { render };
