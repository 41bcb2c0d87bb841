// Learning curves, alike in the monitor and in the playground: training solid blue, validation dashed orange.

const WIDE = [44, 408], HIGH = [194, 26];

// At most six round numbers from low to high.
export function ticks(low, high) {
  const size = 10 ** Math.floor(Math.log10((high - low) / 6));
  const step = [1, 2, 5, 10, 20].map((times) => times * size).find((one) => (high - low) / one < 5.01);
  const found = [];
  for (let at = Math.ceil(low / step - 1e-9); at * step <= high + 1e-9; at++) found.push(Number((at * step).toPrecision(6)));
  return found;
}

// Where a number lies between two edges of the picture; outside of its range it lies on the edge.
export function spot(value, [low, high], [start, end]) {
  return start + Math.min(1, Math.max(0, (value - low) / (high - low || 1))) * (end - start);
}

const across = (epoch, epochs) => spot(epoch, epochs, WIDE), up = (value, range) => spot(value, range, HIGH);

// An SVG path through all points that are numbers; what was not measured is passed over.
export function path(numbers, values, epochs, range) {
  const known = numbers.map((number, at) => [number, values[at]]).filter(([, value]) => Number.isFinite(value));
  const points = known.map(([number, value]) => `${across(number, epochs).toFixed(1)} ${up(value, range).toFixed(1)}`);
  return points.length ? `M${points.join("L")}h0.1` : "";
}

function drawn(name, properties, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(properties)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const stroke = (d, colour, width, more) => drawn("path", { d, stroke: colour, "stroke-width": width, fill: "none", ...more });
const written = (x, y, text, anchor = "start") =>
  drawn("text", { x, y, "font-size": 12, fill: "currentColor", "text-anchor": anchor }, text);

function grid(epochs, range) {
  return [...ticks(...range).flatMap((value) => [
    stroke(`M${WIDE[0]} ${up(value, range)}H${WIDE[1]}`, "currentColor", 1, { opacity: 0.15 }),
    written(WIDE[0] - 6, up(value, range) + 4, String(value), "end")]),
  ...ticks(...epochs).filter((epoch) => epoch > 0 && epoch % 1 === 0).map((epoch) =>
    written(across(epoch, epochs), HIGH[0] + 16, String(epoch), "middle"))];
}

// One line; `dashed` is validation, `kept` an earlier one in grey behind the others.
const line = ({ numbers, values, dashed, kept }, epochs, range) => stroke(path(numbers, values, epochs, range),
  kept ? "#8c8c8c" : dashed ? ORANGE : BLUE, kept ? 1.8 : 2.6,
  { "stroke-dasharray": dashed ? "6 5" : "none", class: (kept ? "kept " : "") + (dashed ? "validation" : "training") });

// The gap between two values at an epoch.
function bracket({ epoch, from, to }, epochs, range) {
  const x = across(epoch, epochs), [a, b] = [up(from, range), up(to, range)];
  return stroke(`M${x - 5} ${a}h10M${x} ${a}V${b}M${x - 5} ${b}h10`, VERMILION, 2, { class: "gap" });
}

// A picture of one measure: draw() shows lines, a gap and `more`; `label` is what a screen reader says.
export function chart(title) {
  const picture = drawn("svg", { viewBox: "0 0 420 230", role: "img", style: "width: 100%; display: block" });
  const node = element("figure", { style: "flex: 1 1 300px; max-width: 440px" }, picture);
  node.draw = ({ lines, epochs, range, gap, label, more = [] }) => {
    picture.setAttribute("aria-label", label);
    picture.replaceChildren(written(WIDE[0], 14, title), written(WIDE[1], 226, "epoch", "end"), ...grid(epochs, range),
      ...lines.map((one) => line(one, epochs, range)), gap ? bracket(gap, epochs, range) : "", ...more);
  };
  return node;
}

// What the two kinds of line mean.
export const legend = () => element("div", { className: "row", style: "margin: 0" }, ...["training", "validation"].map((text, dashed) =>
  element("span", {}, drawn("svg", { width: 40, height: 10, "aria-hidden": "true" },
    stroke("M2 5H34", dashed ? ORANGE : BLUE, 2.6, { "stroke-dasharray": dashed ? "6 5" : "none" })), text)));
