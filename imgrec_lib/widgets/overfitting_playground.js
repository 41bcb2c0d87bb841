// Sliders over results that were measured beforehand: nothing is trained here.

// Five curves out of the table of thousandths; `places` and `counts` are of sizes, rates and strengths.
export function curvesAt(table, places, counts, epochs, epoch) {
  const start = ((places[0] * counts[1] + places[1]) * counts[2] + places[2]) * 5 * epochs;
  return [0, 1, 2, 3, 4].map((row) =>
    Array.from(table.slice(start + row * epochs, start + row * epochs + epoch), (value) => value / 1000));
}

// Lesson 4's rule, in thousandths so that rounding decides nothing.
export function diagnosis(accuracy, validation, enough, gap) {
  const whole = (value) => Math.round(value * 1000);
  if (whole(accuracy) < whole(enough)) return "underfits";
  return whole(accuracy) - whole(validation) > whole(gap) ? "overfits" : "fine";
}

const REASONS = {
  underfits: (m) => `It underfits: training accuracy is below ${m.enough}.`,
  overfits: (m) => `It overfits: the gap is more than ${m.gap}.`,
  fine: (m) => `Neither: training accuracy is at least ${m.enough}, and the gap at most ${m.gap}.`,
};
const share = (value) => value.toFixed(2);

function slider(text, count) {
  const control = element("input", { type: "range", min: 0, max: count - 1, style: "width: 9rem" });
  const said = element("output", { style: "width: 3rem; font-weight: bold" });
  return { control, said, label: element("label", {}, element("span", { style: "width: 7.5rem" }, text), control, said) };
}

function render({ model, el }) {
  const m = model.get("measured"), octets = bytes(model, "table"), table = new Uint16Array(octets.slice().buffer);
  const names = ["size", "dropout", "l2", "epoch"];
  const lists = [m.sizes, m.dropout, m.l2, Array.from({ length: m.epochs }, (_, place) => place + 1)];
  const sliders = ["training pictures", "dropout", "L2 strength", "epochs"].map((text, at) => slider(text, lists[at].length));
  const keep = element("button", { type: "button" });
  const [sentence, numbers, earlier] = ["diagnosis", "numbers", "earlier"].map((className) => element("p", { className }));
  const loss = chart("loss"), accuracy = chart("accuracy");
  const { problem, status } = frame(el, "overfitting-playground",
    element("div", { className: "row", style: "max-width: 46rem" }, ...sliders.map((one) => one.label), keep),
    legend(), element("div", { className: "row" }, loss, accuracy), sentence, numbers, earlier);
  const send = sender(model, problem);
  const setting = () => names.map((name) => model.get(name));
  const rows = (values) => curvesAt(table, values.slice(0, 3).map((value, at) => lists[at].indexOf(value)),
    lists.map((list) => list.length), m.epochs, values[3]);
  const summary = ([train, validation, , , test]) => `training ${share(train.at(-1))}, validation ${share(validation.at(-1))}, ` +
    `gap ${share(train.at(-1) - validation.at(-1))}, test ${share(test.at(-1))}`;
  const named = ([size, dropout, l2, epoch]) => `${size} pictures, dropout ${dropout}, L2 ${l2}, epoch ${epoch}`;

  const linesOf = (curves, at, kept) => [0, 1].map((dashed) => ({ numbers: lists[3], values: curves[at + dashed], dashed, kept }));

  function draw(view, name, at, range, curves, other) {
    const epoch = curves[0].length, [from, to] = [curves[at].at(-1), curves[at + 1].at(-1)];
    view.draw({ lines: [...(other ? linesOf(other, at, true) : []), ...linesOf(curves, at)], epochs: [0, m.epochs], range,
      gap: { epoch, from, to }, label: `${name} up to epoch ${epoch}: training ends at ${share(from)}, validation at ${share(to)}` });
  }

  function show() {
    const values = setting(), kept = model.get("kept"), curves = rows(values), other = kept.length ? rows(kept) : null;
    sliders.forEach(({ control, said }, at) => {
      control.value = lists[at].indexOf(values[at]);
      said.textContent = values[at];
      control.setAttribute("aria-valuetext", values[at]);
    });
    const losses = [curves, other ?? []].flatMap((one) => one.slice(2, 4).flat());
    draw(loss, "loss", 2, [0, Math.max(3, ...losses)], curves, other);
    draw(accuracy, "accuracy", 0, [0, 1], curves, other);
    const found = diagnosis(curves[0].at(-1), curves[1].at(-1), m.enough, m.gap);
    sentence.textContent = REASONS[found](m);
    numbers.textContent = `Accuracy after epoch ${values[3]}: ${summary(curves)}.`;
    earlier.textContent = other ? `Kept, in grey: ${named(kept)}: ${summary(other)}.` : "";
    keep.textContent = other ? "Let the grey curve go" : "Keep this curve to compare";
    Object.assign(el.dataset, { diagnosis: found, test: share(curves[4].at(-1)), kept: kept.join(" ") });
  }

  let telling = null;
  const speak = () => {
    clearTimeout(telling);
    telling = setTimeout(() => { status.textContent = `${named(setting())}: ${el.dataset.diagnosis}.`; }, 400);
  };
  sliders.forEach(({ control }, at) => {
    control.oninput = () => { send({ [names[at]]: lists[at][control.value] }); show(); speak(); };
  });
  keep.onclick = () => { send({ kept: model.get("kept").length ? [] : setting() }); show(); };
  const events = [...names, "kept"].map((name) => `change:${name}`);
  events.forEach((event) => model.on(event, show));
  show();
  return () => {
    clearTimeout(telling);
    events.forEach((event) => model.off(event, show));
  };
}

export default { render };
