// A photograph to read and to paint. Python sends its pixels once; then only the newest place and single changes travel.

const REACH = 3, SPAN = 2 * REACH + 1, NAMES = { RGB: ["red", "green", "blue"], BGR: ["blue", "green", "red"] };
const LAYOUT = `.imgrec-pixel-inspector {
  & .planes figure { width: min(9.5rem, 27vw) } & .planes canvas { image-rendering: auto }
  & canvas { display: block; cursor: crosshair } & [inputmode] { width: 4rem } }`;

// RGBA of pixels; `picks` says which number of a pixel is its red, its green and its blue, or −1 for none.
export function shown(pixels, channels, picks) {
  const rgba = new Uint8ClampedArray(pixels.length / channels * 4).fill(255);
  for (let place = 0; place * channels < pixels.length; place++) {
    for (let c = 0; c < 3; c++) rgba[place * 4 + c] = picks[c] < 0 ? 0 : pixels[place * channels + picks[c]];
  }
  return rgba;
}

// The numbers of each pixel around a pixel, row by row; none beyond the edge.
export function neighbourhood(pixels, [height, width, channels], row, column) {
  return Array.from({ length: SPAN ** 2 }, (_, place) => {
    const y = row + Math.floor(place / SPAN) - REACH, x = column + place % SPAN - REACH, start = (y * width + x) * channels;
    return y < 0 || x < 0 || y >= height || x >= width ? [] : Array.from(pixels.slice(start, start + channels));
  });
}

function build(el, channels) {
  const button = (textContent) => element("button", { type: "button", textContent }), colours = channels > 1;
  const parts = {
    photo: board(), zoom: board(), planes: [], numbers: [], order: choice(["RGB", "BGR"]),
    tint: element("input", { type: "checkbox" }), paint: button("Paint this pixel"), reset: button("Reset"),
  };
  const panel = (textContent, { canvas }) => element("figure", {}, element("figcaption", { textContent }), canvas);
  const line = (name, ...children) => element("div", { className: `row ${name}` }, ...children);
  for (let c = 0; c < channels; c++) {
    parts.numbers.push(element("input", { inputMode: "numeric", value: c ? 0 : 255 }));
    if (colours) parts.planes.push(board());
  }
  el.append(element("style", { textContent: LAYOUT }));
  return Object.assign(parts, frame(el, "pixel-inspector",
    line("", panel("image", parts.photo), panel("the numbers around the pixel", parts.zoom)),
    line("planes", ...parts.planes.map((one) => panel("plane", one))),
    line("", ...(colours ? [labelled("read as", parts.order), labelled("planes in colour", parts.tint)] : [])),
    line("", ...parts.numbers.map((one, c) => labelled(`channel ${c}`, one)), parts.paint, parts.reset)));
}

// Which numbers are red, green and blue.
const picksOf = ({ model, size }) => (size[2] === 1 ? [0, 0, 0] : model.get("order") === "BGR" ? [2, 1, 0] : [0, 1, 2]);

// All that follows from paint and reading; a step to another pixel needs none of it.
function recolour(view) {
  const { model, parts, size: [, width, channels] } = view, picks = picksOf(view);
  view.pixels = bytes(model, "pixels").slice();
  for (const [row, column, ...numbers] of model.get("painted")) view.pixels.set(numbers, (row * width + column) * channels);
  parts.photo.draw(shown(view.pixels, channels, picks), width, 448);
  parts.planes.forEach((plane, c) => {
    const tinted = picks.map((pick) => (parts.tint.checked && pick !== c ? -1 : c));
    plane.draw(shown(view.pixels, channels, tinted), width, 150);
  });
  parts.order.value = model.get("order");
}

function redraw(view) {
  const { model, parts, pixels, size } = view, [row, column] = placeOf(view);
  const around = neighbourhood(pixels, size, row, column), here = around[(SPAN ** 2 - 1) / 2];
  const colours = around.flatMap((numbers) => (numbers.length ? numbers : here.map(() => 225)));
  for (const one of [parts.photo, ...parts.planes]) one.mark([VERMILION, row - REACH, column - REACH, SPAN, SPAN]);
  parts.zoom.draw(shown(colours, size[2], picksOf(view)), SPAN, 308, around.map((numbers) => numbers.map(String)));
  parts.zoom.mark([VERMILION, REACH, REACH, 1, 1]);
  say(view, `image[${row}, ${column}]`, here);
}

function say({ parts, model }, place, here) {
  const words = here.map((number, c) => `${NAMES[model.get("order")][c]} ${number}`);
  const said = here.length > 1 ? `${place} is [${here.join(", ")}]: ${words.join(", ")}.` : `${place} is ${here}.`;
  parts.status.textContent = said;
  for (const { canvas } of [parts.photo, parts.zoom]) canvas.setAttribute("aria-label", `${said} Enter paints.`);
  parts.planes.forEach(({ canvas }, c) => {
    canvas.previousSibling.textContent = `channel ${c}: ${words[c]}`;
    canvas.setAttribute("aria-label", words[c]);
  });
}

const placeOf = ({ model }) => [model.get("row"), model.get("column")];

function look({ send, size }, ...place) {
  const [row, column] = place.map((at, side) => Math.min(Math.max(at, 0), size[side] - 1));
  send({ row, column });
}

function ask({ send, model }, request) {
  send({});
  model.send(request);
}

const paint = (view, place) => ask(view, { paint: [...place, ...view.parts.numbers.map((one) => one.value)] });

// Keys and clicks paint; a click that ends a drag does not, nor a finger that looks for a pixel.
function listenTo(view, canvas, under, follows) {
  let event, down;
  const newest = onFrame(() => look(view, ...under(event)));
  canvas.onpointermove = canvas.onpointerdown = (now) => {
    event = now;
    if (now.type === "pointerdown") down = `${under(now)}`;
    if (follows) newest();
  };
  canvas.onclick = (click) => {
    if (down === `${under(click)}` && !(follows && click.pointerType === "touch")) paint(view, under(click));
  };
  onArrows(canvas, (rows, columns) => look(view, placeOf(view)[0] + rows, placeOf(view)[1] + columns));
  canvas.addEventListener("keydown", (key) => {
    if (!["Enter", " "].includes(key.key)) return;
    key.preventDefault();
    paint(view, placeOf(view));
  });
}

function listen(view) {
  const { parts: { photo, zoom, order, tint, paint: painter, reset }, size, send } = view;
  listenTo(view, photo.canvas, (event) => squareAt(photo.canvas, event, size[0], size[1]), true);
  listenTo(view, zoom.canvas, (event) => squareAt(zoom.canvas, event, SPAN, SPAN).map((at, side) => at - REACH + placeOf(view)[side]));
  order.onchange = () => send({ order: order.value });
  tint.onchange = view.again;
  painter.onclick = () => paint(view, placeOf(view));
  reset.onclick = () => ask(view, { reset: true });
}

function render({ model, el }) {
  const size = model.get("shape"), parts = build(el, size[2]), view = { model, size, parts, send: sender(model, parts.problem) };
  const draw = onFrame(() => redraw(view), queueMicrotask), again = view.again = onFrame(() => { recolour(view); redraw(view); });
  const problem = () => { parts.problem.textContent = model.get("problem"); };
  const heard = { row: draw, column: draw, order: again, painted: again, problem };
  for (const name in heard) model.on(`change:${name}`, heard[name]);
  recolour(view);
  redraw(view);
  listen(view);
  return () => { for (const name in heard) model.off(`change:${name}`, heard[name]); };
}

export default { render };
