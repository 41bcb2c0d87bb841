// Sends pictures to /predict, one a request, and shows the answers; every text is set as text, never as HTML.
import { camera } from "./camera.js";

const AT_ONCE = 3, MOST_ROWS = 5, NONE = "none of these";
const byId = (id) => document.getElementById(id);
const [results, status, problem, clear] = ["results", "status", "problem", "clear"].map(byId);
const waiting = [];
let model = { class_names: [], explains: false, limits: { bytes: 20e6 } }, running = 0, number = 0;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

const say = (sentence) => { problem.textContent = sentence; };
const percent = (share) => `${(100 * share).toFixed(share > 0.995 && share < 1 ? 2 : share < 0.1 ? 1 : 0)} %`;

// The answer to one picture; an Error with the server's sentence where there is none.
async function ask(file, explain) {
  const form = new FormData();
  form.append("file", file, file.name);
  let response, content;
  try {
    response = await fetch(explain ? "predict?explain=1" : "predict", { method: "POST", body: form });
    content = await response.json();
  } catch {
    throw new Error("The server did not answer. See whether it still runs, and try again.");
  }
  if (!response.ok) throw new Error(content.detail ?? "The server gave no answer to this picture.");
  return content[0];
}

function table(answer) {
  const sorted = Object.entries(answer.probabilities).sort(([, one], [, other]) => other - one);
  const rows = sorted.slice(0, MOST_ROWS).map(([name, share]) => {
    const bar = element("div", { className: "bar" });
    bar.style.width = `${100 * share}%`;
    const best = name === answer.label ? "best" : "";
    return element("tr", { className: best }, element("th", { scope: "row" }, name), element("td", {}, percent(share)), element("td", {}, bar));
  });
  const more = sorted.length - rows.length;
  const caption = element("caption", {}, `How sure it is of each class${more > 0 ? `, the first ${MOST_ROWS} of ${sorted.length}` : ""}`);
  return element("table", {}, caption, ...rows);
}

// A button that lays a picture of where the network looked over the picture, once it has been asked for.
function looking(file, sight, say) {
  const button = element("button", { type: "button", textContent: "Show where it looked" });
  button.setAttribute("aria-pressed", "false");
  let heat;
  button.onclick = async () => {
    if (!heat) {
      button.disabled = true;
      try {
        const { explanation, explanation_missing } = await ask(file, true);
        if (!explanation) throw new Error(explanation_missing);
        heat = element("img", { className: "heat", src: explanation, alt: "brighter where it looked", hidden: true });
        sight.append(heat);
      } catch (error) {
        say(error.message);
        return;
      } finally {
        button.disabled = false;
        button.focus();
      }
    }
    heat.hidden = !heat.hidden;
    button.setAttribute("aria-pressed", String(!heat.hidden));
  };
  return button;
}

function card(file) {
  const src = URL.createObjectURL(file), title = element("h3", { id: `picture-${++number}` }, file.name);
  const image = element("img", { src, alt: `the picture ${file.name}` });
  const sight = element("div", { className: "sight" }, image), said = element("div", {}, element("p", {}, "Waiting for its turn."));
  const away = element("button", { type: "button", textContent: "Remove" });
  away.setAttribute("aria-label", `Remove ${file.name}`);
  const buttons = element("div", { className: "row" }, away), item = element("li", {}, title, sight, said, buttons);
  item.setAttribute("aria-labelledby", title.id);
  image.onerror = () => { image.replaceWith(element("p", {}, "This browser cannot show the picture.")); };
  item.drop = () => { URL.revokeObjectURL(src); item.remove(); };
  away.onclick = () => {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.drop();
    clear.hidden = !results.childElementCount;
    (next?.querySelector(".row:last-child button:last-child") ?? byId("choose")).focus();
  };
  item.fail = (words) => {
    const name = `${file.name}: `, sentence = words.startsWith(name) ? words.slice(name.length) : words;
    said.replaceChildren(element("p", { className: "problem" }, sentence));
    status.textContent = `${file.name}: ${sentence}`;
  };
  item.work = () => said.replaceChildren(element("p", {}, "Looking at it."));
  item.show = (answer) => {
    said.replaceChildren(element("p", { className: "answer" }, answer.label), table(answer));
    if (answer.label === NONE) said.firstChild.after(element("p", {}, "It is too unsure of every class that it knows."));
    if (model.explains) buttons.prepend(looking(file, sight, item.fail));
    const share = answer.probabilities[answer.label];
    status.textContent = `${file.name}: ${answer.label}${share === undefined ? "" : `, ${percent(share)}`}.`;
  };
  return item;
}

async function work() {
  if (running >= AT_ONCE || !waiting.length) return;
  running++;
  const [file, item] = waiting.shift();
  try {
    if (!item.isConnected) return;
    item.work();
    item.show(await ask(file, false));
  } catch (error) {
    item.fail(error.message);
  } finally {
    running--;
    work();
  }
}

function take(list) {
  const files = [...list];
  say(files.length ? "" : "That was no picture. Save it as a file first, and choose that.");
  for (const file of files) {
    const item = card(file);
    results.prepend(item);
    if (file.size > model.limits.bytes * 0.999) item.fail(`It holds more than ${model.limits.bytes / 1e6} MB. Save it smaller.`);
    else if (file.type && !file.type.startsWith("image/")) item.fail("It is not a picture. Choose a JPEG or a PNG.");
    else waiting.push([file, item]);
  }
  clear.hidden = !results.childElementCount;
  for (let place = 0; place < AT_ONCE; place++) work();
}

async function introduce() {
  const response = await fetch("model");
  if (!response.ok) throw new Error("model");
  model = await response.json();
  const names = model.class_names, few = names.slice(0, 6).join(", ") + (names.length > 6 ? `, … (${names.length} classes)` : "");
  byId("title").textContent = document.title = `Recogniser: ${few}`;
  const { accuracy } = model.scores ?? {};
  if (typeof accuracy === "number") byId("about").textContent += ` On pictures that it had not seen, ${percent(accuracy)} of its answers were right.`;
  if (!model.explains) byId("about").textContent += " It cannot show where it looked.";
}

for (const input of [byId("files"), byId("snapshot")]) {
  input.onchange = () => { if (input.files.length) take(input.files); input.value = ""; };
}
byId("choose").onclick = () => byId("files").click();
clear.onclick = () => {
  waiting.length = 0;
  [...results.children].forEach((item) => item.drop());
  clear.hidden = true;
  byId("choose").focus();
};
let inside = 0;
const over = (event, step) => {
  event.preventDefault();
  inside = Math.max(0, step === undefined ? 0 : inside + step);
  document.body.classList.toggle("over", inside > 0);
};
document.addEventListener("dragenter", (event) => over(event, 1));
document.addEventListener("dragleave", (event) => over(event, -1));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => { over(event); take(event.dataTransfer.files); });
document.addEventListener("paste", (event) => take(event.clipboardData.files));
byId("machine").textContent = location.host;
camera(take, say);
introduce().catch(() => say("The server did not say what it recognises. See whether it still runs, and load this page again."));
