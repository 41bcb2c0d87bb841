// A walk through a network's layers. Python lays a layer's maps side by side; here one is cut out and all are drawn.

// The window [row, column, rows, columns] of numbers that stand in rows of a width.
export const cut = (numbers, width, [top, left, rows, columns]) => Array.from({ length: rows * columns },
  (_, at) => numbers[(top + Math.floor(at / columns)) * width + left + at % columns]);

// The window in which a map stands among all maps.
export const windowOf = (channel, across, [height, width]) =>
  [Math.floor(channel / across) * (height + 1), channel % across * (width + 1), height, width];

// The number of the map under a square of the picture of all maps.
export const mapAt = ([row, column], across, [height, width]) =>
  Math.floor(row / (height + 1)) * across + Math.floor(column / (width + 1));

// Bytes of a grey or RGB picture as RGBA.
export const rgba = (pixels, channels) => Uint8ClampedArray.from({ length: pixels.length / channels * 4 },
  (_, at) => at % 4 === 3 ? 255 : pixels[Math.floor(at / 4) * channels + (channels === 3 ? at % 4 : 0)]);

const OWN = `.imgrec-feature-map-explorer {
& .chain { display: flex; flex-wrap: wrap; gap: 5px; flex: 1 1 18rem; max-height: 18rem; overflow: auto; padding: 3px }
& .chain button { flex: 1 0 8rem; max-width: 12rem; padding: 0.2rem; overflow-wrap: anywhere }
& .chain [aria-pressed=true] { background: ${BLUE}; color: #fff }
& .picture { width: 168px; white-space: pre-line }
& .one { width: 290px; margin-top: 4px }
& :is(.picture, .all) canvas { touch-action: auto }
& .all { width: 445px; max-width: 100%; min-height: min(450px, 105vw) }
& table { min-width: 16rem; font-size: 0.9em; text-align: left }
& input { width: 5rem } }`;
const short = (value) => String(Number(value.toPrecision(4)));
const size = (shape) => shape.join(" × ") + (shape[1] ? "" : " units");

// Draws squares, and a frame around a window of them.
function paint(canvas, picture, width, side, [row, column, rows, columns]) {
  const scale = drawSquares(canvas, picture, width, side), context = canvas.getContext("2d");
  for (const [style, wide] of [["#fff", 4], [VERMILION, 2]]) {
    [context.strokeStyle, context.lineWidth] = [style, wide];
    context.strokeRect(column * scale, row * scale, columns * scale, rows * scale);
  }
}

function build(el, layers) {
  const figure = (className) => {
    const canvas = element("canvas", { role: "img" }), caption = element("figcaption");
    return { canvas, caption, figure: element("figure", { className }, caption, canvas) };
  };
  const input = () => element("input", { type: "number", min: 0 }), button = (textContent) => element("button", { textContent });
  const parts = {
    image: figure("picture"), all: figure("all"), one: figure("one"), picture: input(), channel: input(),
    back: button("Previous"), on: button("Next"),
    answers: element("tbody"), value: element("p"), scale: element("p"),
    layers: layers.map(([name, , shape]) =>
      element("button", {}, element("b", { textContent: name }), element("br"), size(shape))),
  };
  parts.chain = element("div", { className: "chain", role: "group", "aria-label": "layers" }, ...parts.layers);
  parts.table = element("table", {}, element("caption", { textContent: "probabilities" }), parts.answers);
  const row = (...children) => element("div", { className: "row" }, ...children);
  return Object.assign(parts, frame(el, "feature-map-explorer", element("style", { textContent: OWN }),
    row(labelled("picture", parts.picture), parts.back, parts.on),
    row(parts.image.figure, parts.chain, parts.table),
    row(element("div", {}, labelled("map", parts.channel), parts.one.figure, parts.value, parts.scale), parts.all.figure)));
}

function render({ model, el }) {
  const get = (name) => model.get(name), parts = build(el, get("layers")), send = sender(model, parts.problem);
  const names = get("layers").map(([name]) => name), last = get("count") - 1, { image, all, one } = parts;
  const keep = (value, count) => Math.min(count - 1, Math.max(0, value));
  let shown, numbers, area, drawn = [], asked = 0;
  // Two keys may come within one frame.
  const at = () => ["row", "column"].map((name, axis) => keep(get(name), shown.tile[axis]));

  function colours(values) {
    const picture = coloured(values, shown.reach, shown.signed);
    values.forEach((value, at) => Number.isNaN(value) && picture.set([112, 132, 152, 255], at * 4));
    return picture;
  }

  function drawMaps() {
    const { layer, tile, across, width, units, maps } = shown, channel = keep(get("channel"), maps);
    area = windowOf(channel, across, tile);
    const place = at();
    if (drawn[0] !== numbers || drawn[1] !== channel) paint(all.canvas, colours(numbers), width, 440, area);
    drawn = [numbers, channel];
    paint(one.canvas, colours(cut(numbers, width, area)), tile[1], 272, [...place, 1, 1]);
    const value = numbers[(area[0] + place[0]) * width + area[1] + place[1]], unit = place[0] * tile[1] + place[1];
    const where = units ? `row by row, unit ${unit} ${layer === names.at(-1) ? get("class_names")[unit] ?? "" : ""}`
      : `map ${channel}, row ${place[0]}, column ${place[1]}`;
    parts.value.textContent = `${where}: ${Number.isNaN(value) ? "nothing here" : short(value)}`;
    parts.channel.max = maps - 1;
    parts.channel.disabled = maps < 2;
    parts.channel.value = channel;
    one.canvas.setAttribute("aria-label", `${layer}, ${parts.value.textContent}. Arrow keys move.`);
    all.canvas.setAttribute("aria-label", `${maps} maps of ${layer}, ${channel} chosen. Arrow keys choose.`);
    Object.assign(el.dataset, { channel, row: place[0], column: place[1], value });
  }

  function drawPicture() {
    const { picture, layer, label, size: [height, width, channels], reach, signed, units, tile, maps, answers } = shown;
    drawSquares(image.canvas, rgba(bytes(model, "pixels"), channels), width, 168);
    image.caption.textContent = `${size([height, width, channels])}\n${label}`;
    image.canvas.setAttribute("aria-label", `picture ${picture}, ${image.caption.textContent}. Arrow keys choose.`);
    all.figure.style.visibility = units ? "hidden" : "visible";
    all.caption.textContent = `${layer}: ${size([...tile, maps])}`;
    const most = short(reach);
    parts.scale.textContent = signed ? `purple −${most}, white 0, orange ${most}` : `grey: black 0, white ${most}`;
    parts.answers.replaceChildren(...answers.map(([name, share]) => {
      const bar = element("td", { width: 110 });
      bar.style.background = `linear-gradient(90deg, ${BLUE} ${100 * share}%, transparent 0)`;
      return element("tr", {}, element("th", { scope: "row", textContent: name }), bar, element("td", { textContent: share.toFixed(3) }));
    }));
    parts.table.hidden = !answers.length;
    parts.status.textContent = answers.length ? `picture ${picture}: the network says ${answers[0][0]}` : "";
    Object.assign(el.dataset, { picture, layer });
  }

  function draw() {
    asked = 0;
    parts.layers.forEach((button, at) => {
      button.setAttribute("aria-pressed", names[at] === get("layer"));
      button.tabIndex = names[at] === get("layer") ? 0 : -1;
    });
    parts.picture.value = get("picture");
    parts.back.disabled = get("picture") <= 0;
    parts.on.disabled = get("picture") >= last;
    if (shown !== get("shown")) {
      shown = get("shown");
      numbers = new Float32Array(bytes(model, "maps").slice().buffer);
      drawPicture();
    }
    drawMaps();
  }

  // Traits may come one by one: draw once, with the next frame.
  const show = () => { asked ||= requestAnimationFrame(draw); };

  const typed = (name, most) => () => {
    const text = parts[name].value, good = text && Number.isInteger(+text) && +text === keep(+text, most() + 1);
    parts.problem.textContent = good ? "" : `Give a whole number from 0 to ${most()}.`;
    if (good) send({ [name]: +text });
  };
  const go = (way) => send({ picture: keep(get("picture") + way, last + 1) });
  const look = (row, column) => send({ row: keep(row, shown.tile[0]), column: keep(column, shown.tile[1]) });
  const take = (channel) => send({ channel: keep(channel, shown.maps) });
  const choose = (at) => {
    parts.layers[at].focus();
    send({ layer: names[at] });
  };
  parts.back.onclick = () => go(-1);
  parts.on.onclick = () => go(1);
  parts.picture.oninput = typed("picture", () => last);
  parts.channel.oninput = typed("channel", () => shown.maps - 1);
  parts.layers.forEach((button, at) => { button.onclick = () => choose(at); });
  onArrows(parts.chain, (rows, columns) => choose(keep(names.indexOf(get("layer")) + rows + columns, names.length)));
  parts.chain.tabIndex = -1;
  onArrows(image.canvas, (rows, columns) => go(rows + columns));
  onArrows(all.canvas, (rows, columns) => take(get("channel") + rows * shown.across + columns));
  onArrows(one.canvas, (rows, columns) => look(at()[0] + rows, at()[1] + columns));
  all.canvas.onpointerdown = (event) =>
    take(mapAt(squareAt(all.canvas, event, numbers.length / shown.width, shown.width), shown.across, shown.tile));
  one.canvas.onpointermove = one.canvas.onpointerdown = (event) => look(...squareAt(one.canvas, event, ...shown.tile));
  const events = ["picture", "layer", "channel", "row", "column", "shown"].map((name) => `change:${name}`);
  events.forEach((event) => model.on(event, show));
  show();
  return () => {
    cancelAnimationFrame(asked);
    events.forEach((event) => model.off(event, show));
  };
}

export default { render };
