// Learning curves, drawn the same way in the monitor and in the playground: training solid blue, validation dashed orange.

const PLOT = { left: 44, right: 408, top: 26, bottom: 194, width: 420, height: 230 };

// At most six round numbers from low to high.
export function ticks(low, high, most = 6) {
  const size = 10 ** Math.floor(Math.log10(Math.max(high - low, 1e-9) / most));
  const step = [1, 2, 5, 10].map((times) => times * size).find((one) => (high - low) / one <= most - 1 + 1e-9) ?? size * 10;
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9; at++) found.push(Number((at * step).toPrecision(6)));
  return found;
}

// Where a number lies between two edges of the picture; outside of its range it lies on the edge.
export function spot(value, [low, high], [start, end]) {
  return start + (Math.min(1, Math.max(0, (value - low) / (high - low || 1)))) * (end - start);
}

export const across = (epoch, epochs) => spot(epoch, epochs, [PLOT.left, PLOT.right]);
export const up = (value, range) => spot(value, range, [PLOT.bottom, PLOT.top]);

// An SVG path through all points that are numbers; what was not measured is passed over.
export function path(numbers, values, epochs, range) {
  const points = [];
  numbers.forEach((number, at) => {
    if (Number.isFinite(values[at])) points.push(`${across(number, epochs).toFixed(1)} ${up(values[at], range).toFixed(1)}`);
  });
  return points.length === 1 ? `M${points[0]}h0.1` : points.length ? "M" + points.join("L") : "";
}

function drawn(name, properties = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const written = (x, y, text, more = {}) => drawn("text", { x, y, "font-size": 12, fill: "currentColor", ...more }, text);

function grid(epochs, range) {
  const lines = ticks(...range).flatMap((value) => [
    drawn("path", { d: `M${PLOT.left} ${up(value, range)}H${PLOT.right}`, stroke: "currentColor", "stroke-opacity": 0.15 }),
    written(PLOT.left - 6, up(value, range) + 4, String(value), { "text-anchor": "end" })]);
  const whole = ticks(...epochs, 7).filter((epoch) => Number.isInteger(epoch) && epoch > 0);
  return [...lines, ...whole.map((epoch) =>
    written(across(epoch, epochs), PLOT.bottom + 16, String(epoch), { "text-anchor": "middle" }))];
}

// One line: numbers of epochs and values; `dashed` is validation, `kept` an earlier one in grey behind the others.
function line({ numbers, values, dashed, kept }, epochs, range) {
  const stroke = kept ? "#8c8c8c" : dashed ? ORANGE : BLUE;
  return drawn("path", { d: path(numbers, values, epochs, range), fill: "none", stroke, "stroke-width": kept ? 1.8 : 2.6,
    "stroke-linecap": "round", "stroke-linejoin": "round", class: `${kept ? "kept " : ""}${dashed ? "validation" : "training"}`,
    ...(dashed ? { "stroke-dasharray": "6 5" } : {}) });
}

// The gap, drawn between two values at an epoch.
function bracket({ epoch, from, to }, epochs, range) {
  const x = across(epoch, epochs), [a, b] = [up(from, range), up(to, range)];
  return drawn("path", { d: `M${x - 5} ${a}h10M${x} ${a}V${b}M${x - 5} ${b}h10`, stroke: VERMILION, "stroke-width": 2, class: "gap" });
}

function mark({ epoch, text }, epochs) {
  const x = across(epoch, epochs), late = x > (PLOT.left + PLOT.right) / 2;
  return drawn("g", { class: "best" },
    drawn("path", { d: `M${x} ${PLOT.top}V${PLOT.bottom}`, stroke: "currentColor", "stroke-dasharray": "2 4" }),
    written(x + (late ? -5 : 5), PLOT.top + 10, text, late ? { "text-anchor": "end" } : {}));
}

// A picture of one measure: `node` belongs on the page, draw() shows lines, and `label` is what a screen reader says.
export function chart(title) {
  const picture = drawn("svg", { viewBox: `0 0 ${PLOT.width} ${PLOT.height}`, role: "img", style: "width: 100%; display: block" });
  const node = element("figure", { style: "flex: 1 1 300px; max-width: 440px; min-width: 0" }, picture);
  node.draw = ({ lines, epochs, range, gap, best, label }) => {
    picture.setAttribute("aria-label", label);
    picture.replaceChildren(written(PLOT.left, 14, title, { "font-weight": "bold" }), ...grid(epochs, range),
      written(PLOT.right, PLOT.height - 4, "epoch", { "text-anchor": "end" }),
      ...lines.map((one) => line(one, epochs, range)),
      ...(gap ? [bracket(gap, epochs, range)] : []), ...(best ? [mark(best, epochs)] : []));
  };
  return node;
}

// What the colours and the strokes mean.
export function legend(...more) {
  const sample = (dashed, text) => element("span", { style: "display: inline-flex; gap: 0.4rem; align-items: center" },
    drawn("svg", { width: 34, height: 10, "aria-hidden": "true" },
      drawn("path", { d: "M2 5H32", stroke: dashed ? ORANGE : BLUE, "stroke-width": 2.6, ...(dashed ? { "stroke-dasharray": "6 5" } : {}) })), text);
  return element("div", { className: "row", style: "margin: 0" }, sample(false, "training"), sample(true, "validation"), ...more);
}
