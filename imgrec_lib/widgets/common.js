// Shared by all widgets: Python puts it in front of each one's own file.

const BLUE = "#0072B2", ORANGE = "#E69F00", VERMILION = "#D55E00";
const STYLE = `
.imgrec { font: 14px/1.45 system-ui, sans-serif; max-width: 60rem; color: var(--jp-ui-font-color1, inherit); padding: 2px }
:is([data-jp-theme-light="false"], [theme="dark"], .vscode-dark) .imgrec { color-scheme: dark }
.imgrec * { box-sizing: border-box }
.imgrec .row { display: flex; flex-wrap: wrap; gap: 0.6rem 1.2rem; align-items: flex-start; margin: 0.4rem 0 }
.imgrec label { display: inline-flex; flex-wrap: wrap; gap: 0.4rem; align-items: center }
.imgrec :is(button, select, input, textarea) { font: inherit }
.imgrec button { padding: 0.15rem 0.8rem; min-height: 1.9rem; cursor: pointer }
.imgrec canvas { max-width: 100%; image-rendering: pixelated; outline: 1px solid #767676; touch-action: none }
.imgrec figure { margin: 0; min-width: 0 }
.imgrec p { margin: 0.2rem 0; min-height: 1.45em }
.imgrec .problem { font-weight: bold }
.imgrec :focus-visible { outline: 3px solid ${BLUE}; outline-offset: 2px }`;

// An element with properties, "aria-…" and "role" too, and children.
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (/^(aria-|role$|for$)/.test(name)) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

const labelled = (text, control) => element("label", {}, text, control);
const choice = (names, values = names) =>
  element("select", {}, ...values.map((value, place) => element("option", { value, textContent: names[place] })));
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// Fills the widget's place; plain keys in it are no shortcuts of the notebook.
function frame(el, name, ...children) {
  const problem = element("p", { className: "problem", role: "alert" });
  const status = element("p", { className: "status", role: "status" });
  el.classList.add("imgrec", `imgrec-${name}`);
  el.onkeydown = (key) => key.shiftKey || key.ctrlKey || key.metaKey || key.stopPropagation();
  el.append(element("style", { textContent: STYLE }), ...children, problem, status);
  return { problem, status };
}

// The bytes of a trait, 0 to 255.
function bytes(model, name) {
  const view = model.get(name);
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

// A function that sets traits and sends them; `problem` says where Python stays silent.
function sender(model, problem, patience = 5000) {
  const silence = "Python does not answer: it is busy, or its kernel was restarted. If this stays, run the cell again.";
  let waiting;
  model.on("msg:custom", ({ pong }) => {
    if (!pong) return;
    waiting = clearTimeout(waiting);
    if (problem.textContent === silence) problem.textContent = "";
  });
  return (changes) => {
    try {
      for (const name in changes) model.set(name, changes[name]);
      model.save_changes();
      if (waiting) return;
      model.send({ ping: true });
      waiting = setTimeout(() => {
        waiting = 0;
        problem.textContent = silence;
      }, patience);
    } catch {
      problem.textContent = silence;
    }
  };
}

// Row and column under the pointer, of a canvas that shows rows × columns squares.
function squareAt(canvas, event, rows, columns) {
  const box = canvas.getBoundingClientRect();
  const at = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)));
  return [at((event.clientY - box.top) / box.height, rows), at((event.clientX - box.left) / box.width, columns)];
}

// Arrow keys on a focused element call move(rows, columns); the notebook does not see them.
function onArrows(target, move) {
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  target.tabIndex = 0;
  target.addEventListener("keydown", (event) => {
    if (!moves[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    move(...moves[event.key].map((way) => way * (event.shiftKey ? 10 : 1)));
  });
}

// Colours of numbers, RGBA: grey from 0 to the reach, or, signed, purple below 0, white at 0 and orange above.
function coloured(numbers, reach, signed) {
  const picture = new Uint8ClampedArray(numbers.length * 4);
  for (let place = 0; place < numbers.length; place++) {
    const value = numbers[place], share = Math.min(1, Math.abs(value) / (reach || 1));
    const end = value < 0 ? [96, 66, 150] : [217, 123, 17];
    for (let c = 0; c < 3; c++) picture[place * 4 + c] = signed ? 255 + (end[c] - 255) * share : 255 * share;
    picture[place * 4 + 3] = 255;
  }
  return picture;
}

// Draws RGBA of a width as squares of whole pixels that fill about `side`; gives the square's side back.
function drawSquares(canvas, rgba, width, side) {
  const height = rgba.length / 4 / width, scale = Math.max(1, Math.floor(side / Math.max(width, height)));
  const small = new OffscreenCanvas(width, height), context = canvas.getContext("2d");
  small.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
  if (canvas.width !== width * scale) canvas.width = width * scale;
  if (canvas.height !== height * scale) canvas.height = height * scale;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  return scale;
}
