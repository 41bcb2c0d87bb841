// Python judges kernel, stride and padding and sends the `scene`; the window's place is decided here.

const SIDE = 272;
const LAYOUT = `.imgrec-convolution-stepper {
  & .panels { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(${SIDE}px, 100%), 1fr)); gap: 0.8rem }
  & .panels div { width: ${SIDE}px; max-width: 100%; aspect-ratio: 1 }
  & canvas { display: block } & textarea { resize: none } }`;

const short = (value, digits = 3) => String(Number(Number(value.toFixed(9)).toPrecision(digits)) || 0).replace("-", "−");

// Pixel, weight and product at each place of a window.
export function products({ numbers, width }, kernel, top, left) {
  return kernel.flatMap((line, i) => line.map((weight, j) => {
    const pixel = numbers[(top + i) * width + left + j];
    return [pixel, weight, pixel * weight];
  }));
}

function build(el, presets) {
  const button = (textContent) => element("button", { type: "button", textContent });
  const parts = {
    text: element("textarea", { rows: 7, cols: 24, wrap: "off", spellcheck: false }), preset: choice([...presets, "my own"]),
    stride: choice([1, 2, 3]), padding: choice([0, 1, 2, 3]), step: button("Step"), play: button("Play"),
  };
  const panel = (name, textContent) => {
    parts[name] = board();
    return element("figure", {}, element("figcaption", { textContent }), element("div", {}, parts[name].canvas));
  };
  el.append(element("style", { textContent: LAYOUT }));
  return Object.assign(parts, frame(el, "convolution-stepper",
    element("div", { className: "row" }, labelled("numbers of the kernel", parts.text), labelled("kernel", parts.preset),
      labelled("stride", parts.stride), labelled("padding", parts.padding), parts.step, parts.play),
    element("div", { className: "panels" }, panel("image", "image"), panel("products", "pixel × weight = product"), panel("map", "feature map"))));
}

function sheet({ buffer, byteOffset, byteLength }, [height, width]) {
  return { numbers: Array.from(new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength))), height, width };
}

function paint(target, { numbers, height, width }, signed, texts) {
  const few = Math.max(height, width) < 14 && numbers.map((value) => [short(value)]);
  const reach = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  target.draw(coloured(numbers, reach, signed), width, SIDE, texts ?? few);
}

// What follows from kernel, stride and padding; a step of the window needs none of it.
function recompute(view) {
  const { parts, model } = view, scene = model.get("scene"), { kernel } = scene;
  const image = sheet(scene.image, scene.shape), map = sheet(scene.map, scene.map_shape);
  Object.assign(view, scene, { image, map, rows: kernel.length, columns: kernel[0].length });
  paint(parts.image, image, image.numbers.some((value) => value < 0));
  paint(parts.map, map, true);
  for (const name of ["preset", "stride", "padding", "text"]) {
    if (name !== "text" || document.activeElement !== parts.text) parts[name].value = scene[name];
  }
}

function redraw(view) {
  const { parts, image, map, kernel, rows, columns, stride, padding } = view, [row, column] = placeOf(view);
  const top = row * stride, left = column * stride, cells = products(image, kernel, top, left);
  const texts = cells.map((cell) => ["", "× ", "= "].map((sign, place) => sign + short(cell[place])));
  const picture = [BLUE, padding, padding, image.height - 2 * padding, image.width - 2 * padding];
  parts.image.mark(...(padding ? [picture] : []), [VERMILION, top, left, rows, columns]);
  parts.map.mark([VERMILION, row, column, 1, 1]);
  paint(parts.products, { numbers: cells.map((cell) => cell[2]), height: rows, width: columns }, true, texts);
  const sum = short(cells.reduce((total, cell) => total + cell[2], 0), 6);
  say(view, `Row ${row}, column ${column} of the ${map.height} × ${map.width} feature map: the products add up to ${sum}.`,
    texts.map((lines) => lines.join(" ")).join("; "));
}

function say({ parts, timer, image }, sum, sums) {
  parts.status.setAttribute("aria-live", timer ? "off" : "polite");
  parts.status.textContent = sum;
  const labels = { image: `window over ${sums}`, products: sums, map: sum };
  for (const name in labels) parts[name].canvas.setAttribute("aria-label", labels[name]);
}

const inside = ({ height, width }, places) =>
  places.map((place, side) => Math.min(Math.max(place, 0), [height, width][side] - 1));

const placeOf = ({ map, model }) => inside(map, [model.get("row"), model.get("column")]);

function look(view, ...place) {
  const [row, column] = inside(view.map, place);
  view.send({ row, column });
}

function step(view) {
  const { height, width } = view.map, at = placeOf(view), next = (at[0] * width + at[1] + 1) % (height * width);
  look(view, Math.floor(next / width), next % width);
}

function play(view, on) {
  clearInterval(view.timer);
  view.timer = on && setInterval(() => step(view), calm() ? 1500 : 200);
  view.parts.play.textContent = on ? "Pause" : "Play";
}

// The number under the pointer, or that of the window in whose middle it is.
function point(view, canvas, event) {
  const { parts, image, map, rows, columns, stride } = view;
  if (canvas === parts.map.canvas) return look(view, ...squareAt(canvas, event, map.height, map.width));
  const [y, x] = squareAt(canvas, event, image.height, image.width);
  look(view, Math.round((y - (rows - 1) / 2) / stride), Math.round((x - (columns - 1) / 2) / stride));
}

function listen(view) {
  const { parts, model, send } = view, newest = onFrame(() => point(view, ...view.pointer));
  const ask = (name, value) => { send({}); model.send({ [name]: value }); };
  parts.step.onclick = () => { play(view, false); step(view); };
  parts.play.onclick = () => play(view, !view.timer);
  parts.preset.onchange = () => (parts.preset.value === "my own" ? parts.text.focus() : ask("kernel", parts.preset.value));
  for (const name of ["stride", "padding"]) parts[name].onchange = () => ask(name, Number(parts[name].value));
  parts.text.oninput = () => {
    clearTimeout(view.typing);
    view.typing = setTimeout(() => ask("kernel", parts.text.value), 400);
  };
  for (const { canvas } of [parts.image, parts.map]) {
    onArrows(canvas, (rows, columns) => { play(view, false); look(view, placeOf(view)[0] + rows, placeOf(view)[1] + columns); });
    canvas.onpointermove = canvas.onpointerdown = (event) => {
      play(view, false);
      view.pointer = [canvas, event];
      newest();
    };
  }
}

function render({ model, el }) {
  const parts = build(el, model.get("presets")), view = { model, parts, send: sender(model, parts.problem) };
  const draw = onFrame(() => redraw(view), queueMicrotask), scene = onFrame(() => { recompute(view); redraw(view); });
  const complain = () => { recompute(view); parts.problem.textContent = model.get("problem"); };
  const heard = { scene, row: draw, column: draw, problem: complain };
  for (const name in heard) model.on(`change:${name}`, heard[name]);
  recompute(view);
  redraw(view);
  listen(view);
  return () => {
    play(view, false);
    clearTimeout(view.typing);
    for (const name in heard) model.off(`change:${name}`, heard[name]);
  };
}

export default { render };
