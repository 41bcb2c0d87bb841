// Augmentation by hand. augmented() and examples() are compared with NumPy in tests.

const rounded = (value) => Math.floor(value * 1e12 + 0.5) / 1e12;

// A whole number below 2 to the power of 32 that looks like chance.
function hashed(number) {
  number = Math.imul(number ^ (number >>> 16), 0x7feb352d);
  number = Math.imul(number ^ (number >>> 15), 0x846ca68b);
  return (number ^ (number >>> 16)) >>> 0;
}

// The changed copy of pixels, height × width × channels: flipped, turned, enlarged, mirrored at the borders, with noise.
export function augmented(pixels, [height, width, channels], settings) {
  const { rotation, zoom, noise } = settings, angle = rotation * Math.PI / 180, key = hashed(settings.seed);
  const cosine = rounded(Math.cos(angle)), sine = rounded(Math.sin(angle)), middle = [(height - 1) / 2, (width - 1) / 2];
  const signs = [settings.flip_left_right ? -1 : 1, settings.flip_up_down ? -1 : 1];
  const output = new Uint8Array(height * width * channels);
  const reflected = (at, count) => {
    const turned = ((at % (2 * count)) + 2 * count) % (2 * count);
    return turned < count ? turned : 2 * count - 1 - turned;
  };
  const bell = (at) => {
    const [a, b] = [hashed(2 * at + key), hashed(2 * at + 1 + key)];
    return ((a & 65535) + (a >>> 16) + (b & 65535) + (b >>> 16) - 131070) * (Math.sqrt(3) / 65536);
  };
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const across = x - middle[1], down = y - middle[0];
      const column = signs[0] * (cosine * across - sine * down) / zoom + middle[1], left = Math.floor(column);
      const row = signs[1] * (sine * across + cosine * down) / zoom + middle[0], top = Math.floor(row);
      const corners = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([i, j]) => [
        Math.abs(1 - i - (row - top)) * Math.abs(1 - j - (column - left)),
        (reflected(top + i, height) * width + reflected(left + j, width)) * channels]);
      for (let channel = 0; channel < channels; channel++, at++) {
        let value = 0;
        for (const [share, place] of corners) value += share * pixels[place + channel];
        output[at] = Math.min(255, Math.max(0, Math.floor(value + (noise ? noise * bell(at) : 0) + 0.5)));
      }
    }
  }
  return output;
}

// Settings of random copies as lesson 4 makes them.
export function examples(seed, count = 8) {
  return Array.from({ length: count }, (_, at) => {
    const [turn, size, flips] = [0, 1, 2].map((which) => hashed(3 * at + which + hashed(seed)));
    return { rotation: turn % 61 - 30, zoom: (85 + size % 31) / 100,
      flip_left_right: Boolean(flips & 1), flip_up_down: Boolean(flips & 2) };
  });
}

// The number in a text, or what is wrong with it in words.
export function readNumber(text, name, low, high) {
  const value = Number(text.trim().replace("−", "-").replace(",", "."));
  if (text.trim() === "" || !Number.isFinite(value)) return { problem: `“${text.slice(0, 12)}” is not a number: write a ${name} from ${low} to ${high}.` };
  if (value < low || value > high) return { problem: `A ${name} of ${text.slice(0, 12)} is out of range: write ${low} to ${high}.` };
  return { value };
}

const LOOK = `.imgrec-augmentation-explorer {
  input[type=range] { width: 11rem }
  .row { align-items: center }
  .number { width: 4.5em }
  .shown canvas { width: 15rem }
  .asked { flex: 1 1 15rem }
  .asked p { min-height: 6em }
  .dice button { padding: 2px; line-height: 0 }
  .dice canvas { width: 4rem }
}`;
const RANGES = { rotation: [-180, 180, 5], zoom: [0.5, 2, 0.05], noise: [0, 60, 1] };
const FLIPS = { flip_left_right: "flip left-right", flip_up_down: "flip up-down" };
const PLAIN = { rotation: 0, zoom: 1, noise: 0, flip_left_right: false, flip_up_down: false };

function worded({ rotation, zoom, noise = 0, flip_left_right: across, flip_up_down: down }) {
  const flips = [across && "left-right", down && "up-down"].filter(Boolean).join(" and ") || "none";
  return `rotation ${rotation}°, zoom ${zoom}, flips: ${flips}, noise ${noise}`;
}

function render({ model, el }) {
  const get = (name) => model.get(name), [count, height, width, channels] = get("shape"), one = height * width * channels;
  const button = (textContent) => element("button", { type: "button", textContent });
  const row = (className, ...children) => element("div", { className: `row ${className}` }, ...children);
  const canvas = () => element("canvas", { role: "img" });
  const shown = (text, made) => element("figure", {}, element("figcaption", {}, text), made);
  const which = choice(get("labels").map((label, at) => `${at + 1}: ${label}`), get("labels").map((_, at) => at));
  const original = canvas(), copy = canvas(), roll = button("Roll the dice"), reset = button("Reset");
  const same = button("Still the same"), another = button("Another class"), question = element("div"), verdict = element("p", { role: "status" });
  const dice = examples(0).map(() => ({ button: button(""), canvas: canvas() }));
  dice.forEach((die) => die.button.append(die.canvas));
  const sliders = Object.entries(RANGES).map(([name, [min, max, step]]) => ({ name, min, max,
    range: element("input", { type: "range", min, max, step }),
    number: element("input", { className: "number", inputMode: "decimal", "aria-label": `${name} as a number` }) }));
  const flips = Object.keys(FLIPS).map((name) => ({ name, box: element("input", { type: "checkbox" }) }));
  const { problem, status } = frame(el, "augmentation-explorer", element("style", {}, LOOK),
    row("", ...(count > 1 ? [labelled("picture ", which)] : []), ...flips.map(({ name, box }) => labelled(box, FLIPS[name])), reset),
    row("", ...sliders.map(({ name, range, number }) => element("span", {}, labelled(`${name} `, range), " ", number))),
    row("shown", shown("original", original), shown("your copy", copy),
      ...(get("asks") ? [element("div", { className: "asked" }, question, row("", same, another), verdict)] : [])),
    row("dice", roll, ...dice.map((die) => die.button)));
  const send = sender(model, problem);

  function pixels() {
    return bytes(model, "pictures").subarray(get("which") * one, (get("which") + 1) * one);
  }

  function draw(target, values, label, side) {
    const rgba = new Uint8ClampedArray(height * width * 4).map((_, at) =>
      at % 4 === 3 ? 255 : values[(at >> 2) * channels + Math.min(at % 4, channels - 1)]);
    drawSquares(target, rgba, width, side);
    target.setAttribute("aria-label", label);
  }

  const settings = () => Object.fromEntries([...Object.keys(PLAIN), "seed"].map((name) => [name, get(name)]));

  function show() {
    const now = settings();
    draw(copy, augmented(pixels(), [height, width, channels], now), `your copy: ${worded(now)}`, 240);
    status.textContent = `Your copy: ${worded(now)}.`;
    for (const { name, range, number } of sliders) {
      range.value = now[name];
      if (document.activeElement !== number) number.value = now[name];
    }
    for (const { name, box } of flips) box.checked = now[name];
  }

  function all() {
    const label = get("labels")[get("which")], seed = get("seed");
    which.value = get("which");
    question.textContent = `Is your copy still “${label}”?`;
    draw(original, pixels(), `the original ${label}`, 240);
    examples(seed).forEach((example, at) => {
      const made = { ...PLAIN, ...example, seed };
      draw(dice[at].canvas, augmented(pixels(), [height, width, channels], made), `random copy ${at + 1}: ${worded(made)}`, 64);
      dice[at].button.onclick = () => change({ ...PLAIN, ...example });
    });
    show();
  }

  const change = (changes) => {
    problem.textContent = "";
    send(changes);
  };
  for (const { name, range, number, min, max } of sliders) {
    range.oninput = () => change({ [name]: Number(range.value) });
    number.oninput = () => {
      const { value, problem: wrong } = readNumber(number.value, name, min, max);
      number.setAttribute("aria-invalid", Boolean(wrong));
      if (wrong) problem.textContent = wrong;
      else change({ [name]: value });
    };
  }
  for (const { name, box } of flips) box.onchange = () => change({ [name]: box.checked });
  which.onchange = () => change({ which: Number(which.value) });
  reset.onclick = () => change(PLAIN);
  roll.onclick = () => change({ seed: (get("seed") + 1) % 2 ** 31 });
  same.onclick = () => send({ answer: "same" });
  another.onclick = () => send({ answer: "another" });
  const judged = () => { verdict.textContent = get("verdict"); };
  const listeners = [...Object.keys(PLAIN).map((name) => [name, show]), ["seed", all], ["which", all], ["verdict", judged]];
  listeners.forEach(([name, listener]) => model.on(`change:${name}`, listener));
  all();
  judged();
  return () => listeners.forEach(([name, listener]) => model.off(`change:${name}`, listener));
}

export default { render };
