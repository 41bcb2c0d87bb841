// A pad to draw on. reduced() and centred() are compared with NumPy in tests.

// A drawing of side × side grey numbers as size × size: means of equal squares, halves up.
export function reduced(drawing, side, size) {
  const part = side / size, count = part * part, sums = new Array(size * size).fill(0);
  for (let y = 0, at = 0; y < side; y++) {
    const row = Math.floor(y / part) * size;
    for (let x = 0; x < side; x++) sums[row + Math.floor(x / part)] += drawing[at++];
  }
  return sums.map((sum) => Math.floor((2 * sum + count) / (2 * count)));
}

// The ink in the middle, its longer side enlarged until `margin` pixels are left.
export function centred(drawing, side, margin = 0) {
  const ink = [[side, -1], [side, -1]], inner = side - 2 * margin;
  for (let at = 0; at < side * side; at++) {
    if (!drawing[at]) continue;
    [Math.floor(at / side), at % side].forEach((place, axis) => {
      ink[axis] = [Math.min(ink[axis][0], place), Math.max(ink[axis][1], place)];
    });
  }
  const longer = 1 + Math.max(...ink.map(([first, last]) => last - first));
  if (longer < 1) return Array.from(drawing);
  const places = ink.map(([first, last]) => Array.from({ length: side }, (_, at) =>
    Math.floor(((first + last + 1) * inner + (2 * at + 1 - side) * longer) / (2 * inner))));
  return places[0].flatMap((y) => places[1].map((x) =>
    y >= 0 && y < side && x >= 0 && x < side ? drawing[y * side + x] : 0));
}

const LOOK = `.imgrec-drawing-pad {
  canvas { display: block; width: 17.5rem; background: #000 }
  .row { align-items: center }
  .pad { cursor: crosshair }
  ol { list-style: none; margin: 0; padding: 0; width: 19rem; max-width: 100% }
  li { display: grid; grid-template-columns: 7rem 1fr 2.6rem; gap: 0.5rem; align-items: center; min-height: 1.75rem }
  i { height: 1rem; background: ${BLUE} }
  .highest { font-weight: bold }
  .highest i { background: ${VERMILION} }
  span { overflow-wrap: anywhere }
  output { min-width: 1.2em }
}`;

function build(el, get) {
  const button = (textContent) => element("button", { type: "button", textContent }), size = get("size");
  const parts = {
    pad: element("canvas", { className: "pad", role: "application" }), seen: element("canvas", { className: "seen", role: "img" }),
    undo: button("Undo"), clear: button("Clear"), width: element("output"),
    pen: element("input", { type: "range", min: 1, max: Math.max(3, size >> 2) }),
    fit: element("input", { type: "checkbox" }),
  };
  parts.bars = get("class_names").map((name) => {
    const bar = element("i", { "aria-hidden": "true" }), number = element("span");
    return { bar, number, line: element("li", {}, element("span", {}, name), bar, number) };
  });
  const shown = (text, made) => element("figure", {}, element("figcaption", {}, text), made);
  return Object.assign(parts, frame(el, "drawing-pad", element("style", {}, LOOK),
    element("div", { className: "row" }, element("span", {}, labelled("pen width ", parts.pen), " ", parts.width), parts.undo, parts.clear,
      labelled(parts.fit, "fit to the frame")),
    element("div", { className: "row" }, shown("draw here", parts.pad), shown(`what the network sees, ${size} × ${size}`, parts.seen),
      shown("its probabilities", element("ol", {}, ...parts.bars.map(({ line }) => line)))),
    element("p", { textContent: `Keys: the arrows move, space puts the pen down or lifts it. ${get("note")}` })));
}

const same = (a, b) => String(a) === String(b);

function render({ model, el }) {
  const get = (name) => model.get(name), size = get("size"), part = Math.round(280 / size), side = size * part;
  const parts = build(el, get), send = sender(model, parts.problem), canvas = parts.pad, context = canvas.getContext("2d");
  const ink = new OffscreenCanvas(side, side), drawn = ink.getContext("2d", { willReadFrequently: true });
  const cursor = { row: size >> 1, column: size >> 1 };
  let marks = [], stroke = null, hand = null, mine = null, busy = 0, waiting = false;
  canvas.width = canvas.height = side;

  // A mark is a stroke, or { base }: numbers that cover all before.
  function lay({ base, points, width }, from = 0) {
    if (base) return drawSquares(ink, coloured(base, 255, false), size, side);
    Object.assign(drawn, { lineCap: "round", lineWidth: width, strokeStyle: "#fff" });
    for (let at = from; at < points.length; at++) {
      const [x, y] = points[at];
      drawn.beginPath();
      drawn.moveTo(...points[Math.max(0, at - 1)]);
      drawn.lineTo(x + (at ? 0 : 0.01), y);  // A dot needs some length.
      drawn.stroke();
    }
  }

  function again() {
    marks.slice(marks.findLastIndex((mark) => mark.base)).forEach((mark) => lay(mark));
    changed();
  }

  // Paints, and gives what the network sees.
  function show() {
    context.drawImage(ink, 0, 0);
    if (cursor.shown) {
      context.lineWidth = 3;
      context.strokeStyle = stroke ? VERMILION : ORANGE;
      context.beginPath();
      context.arc(...middle(), Math.max(4, get("pen") * part / 2), 0, 7);
      context.stroke();
    }
    let grey = drawn.getImageData(0, 0, side, side).data.filter((_, at) => at % 4 === 0);
    if (get("fit") && marks.length > 1) grey = centred(grey, side, get("margin") * part);
    const pixels = Uint8Array.from(reduced(grey, side, size)), bright = pixels.filter(Boolean).length;
    drawSquares(parts.seen, coloured(pixels, 255, false), size, 280);
    parts.seen.setAttribute("aria-label", `${size} × ${size} grey numbers, ${bright} above 0`);
    canvas.setAttribute("aria-label", `drawing; cursor in row ${cursor.row}, column ${cursor.column}, pen ${stroke ? "down" : "up"}`);
    return pixels;
  }

  function changed() {
    const pixels = show();
    if (same(pixels, mine)) return;
    mine = pixels;
    ask();
  }

  // One question at a time.
  function ask() {
    waiting = Date.now() - busy < 4000;
    if (waiting) return;
    busy = Date.now();
    send({ pixels: mine.slice(), asked: get("asked") + 1 });
  }

  function answered() {
    busy = 0;
    if (waiting) ask();
  }

  // From Python or another view.
  function given() {
    const pixels = bytes(model, "pixels");
    if (same(pixels, mine)) return;
    mine = pixels.slice();
    marks = [{ base: mine }];
    lay(marks[0]);
    show();
  }

  function bars() {
    const values = get("probabilities"), highest = values.indexOf(Math.max(...values));
    parts.bars.forEach(({ line, bar, number }, at) => {
      bar.style.width = `${100 * (values[at] ?? 0)}%`;
      number.textContent = values.length ? values[at].toFixed(2) : "–";
      line.classList.toggle("highest", at === highest);
    });
    if (stroke) return;
    parts.status.textContent = highest < 0 ? "Draw something." : `Highest: ${get("class_names")[highest]}, ${values[highest].toFixed(2)}.`;
  }

  const down = (x, y) => {
    stroke = { points: [[x, y]], width: get("pen") * part };
    marks.push(stroke);
    lay(stroke);
    changed();
  };
  const move = (x, y) => {
    stroke.points.push([x, y]);
    lay(stroke, stroke.points.length - 1);
    changed();
  };
  const lift = () => {
    stroke = hand = null;
    show();
    bars();
  };
  const spot = (event) => [event.offsetX / canvas.clientWidth * side, event.offsetY / canvas.clientHeight * side];

  canvas.onpointerdown = (event) => {
    if (event.button || hand !== null) return;
    canvas.setPointerCapture(event.pointerId);
    cursor.shown = false;
    hand = event.pointerId;
    down(...spot(event));
  };
  canvas.onpointermove = (event) => hand === event.pointerId && move(...spot(event));
  canvas.onpointerup = canvas.onpointercancel = (event) => hand === event.pointerId && lift();
  const middle = () => [(cursor.column + 0.5) * part, (cursor.row + 0.5) * part];
  onArrows(canvas, (rows, columns) => {
    const inside = (value) => Math.min(size - 1, Math.max(0, value));
    Object.assign(cursor, { row: inside(cursor.row + rows), column: inside(cursor.column + columns), shown: true });
    if (stroke) move(...middle());
    else show();
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || ![" ", "Enter"].includes(event.key)) return;
    event.preventDefault();
    if (event.repeat || hand !== null) return;
    cursor.shown = true;
    if (stroke) lift();
    else down(...middle());
  });
  canvas.onblur = () => {
    cursor.shown = false;
    lift();
  };
  parts.undo.onclick = () => {
    if (marks.length > 1) marks.pop();
    again();
  };
  parts.clear.onclick = () => {
    marks.push({ base: new Uint8Array(size * size) });
    again();
  };
  parts.pen.oninput = () => send({ pen: Number(parts.pen.value) });
  parts.fit.onchange = () => send({ fit: parts.fit.checked });

  const pen = () => { parts.pen.value = parts.width.value = get("pen"); };
  const fit = () => {
    parts.fit.checked = get("fit");
    changed();
  };
  const trouble = () => { parts.problem.textContent = get("trouble"); };
  const listeners = Object.entries({ pixels: given, probabilities: bars, answered, pen, fit, trouble });
  listeners.forEach(([name, listener]) => model.on(`change:${name}`, listener));
  given();
  [pen, fit, bars, trouble].forEach((start) => start());
  return () => listeners.forEach(([name, listener]) => model.off(`change:${name}`, listener));
}

export default { render };
