// The view of one training: Python measures and finds the words, this file draws and sends the stop.

const ENDS = { finished: "Finished.", stopped: "Stopped.", interrupted: "Interrupted." };
const OWN_STOP = "Python has not heard it yet: it looks up after each batch. If this stays, use the notebook's own stop button (■).";

// The five rows that Python sends: epoch, loss, validation loss, accuracy, validation accuracy.
export function rowsOf(floats) {
  const count = floats.length / 5;
  return [0, 1, 2, 3, 4].map((row) => Array.from(floats.slice(row * count, (row + 1) * count)));
}

export function floatsOf(octets) {
  return new Float32Array(octets.slice().buffer);
}

// From the first epoch to the last one planned, with room where there is only one.
export function epochRange(first, epochs) {
  return [first === 1 ? 0 : first - 1, Math.max(epochs, first + 1)];
}

function mark(best, epochs) {
  const x = across(best, epochs), late = x > 226;
  return drawn("g", { class: "best" }, stroke(`M${x} ${HIGH[0]}V${HIGH[1]}`, "currentColor", 1, { "stroke-dasharray": "2 4" }),
    written(x + (late ? -5 : 5), HIGH[1] + 10, `best: ${best}`, late ? "end" : "start"));
}

function gapOf(axes, numbers, train, validation, name) {
  const at = axes.gap === null || axes.gap_in !== name ? -1 : numbers.indexOf(axes.gap);
  const both = [train[at], validation[at]].every(Number.isFinite);
  return both ? { epoch: numbers[at], from: train[at], to: validation[at] } : null;
}

const told = (value) => (Number.isFinite(value) ? value.toFixed(2) : "not measured");
const spoken = (name, train, validation) =>
  `${name}, ${train.length} epochs drawn: training ${told(train.at(-1))}, validation ${told(validation.at(-1))} at the end`;

function render({ model, el }) {
  const stop = element("button", { type: "button", textContent: "Stop and keep the best" });
  const bar = element("progress", { max: 1, "aria-label": "share of the training that is done" });
  const progress = element("p", { className: "progress", style: "margin: 0; flex: 1 1 16rem" });
  const gap = element("p", { className: "gap-words" });
  const loss = chart("loss"), accuracy = chart("accuracy");
  const { problem, status } = frame(el, "training-monitor", element("div", { className: "row", style: "align-items: center" }, stop, bar, progress),
    legend(), element("div", { className: "row" }, loss, accuracy), gap);
  let asked = false, waiting = null;

  function draw() {
    const axes = model.get("axes"), [numbers, ...rows] = rowsOf(floatsOf(bytes(model, "curves")));
    const epochs = epochRange(axes.first, axes.epochs);
    const show = (view, name, train, validation, range) => view.draw({
      lines: [{ numbers, values: train }, { numbers, values: validation, dashed: true }], epochs, range,
      gap: gapOf(axes, numbers, train, validation, name),
      more: name === "loss" && axes.best !== null ? [mark(axes.best, epochs)] : [],
      label: spoken(name, train, validation) });
    show(loss, "loss", rows[0], rows[1], [0, axes.loss]);
    show(accuracy, "accuracy", rows[2], rows[3], [axes.accuracy, 1]);
    accuracy.hidden = numbers.length > 0 && !rows[2].some(Number.isFinite);
    el.dataset.epochs = numbers.length;
  }

  function show() {
    const said = model.get("said"), state = model.get("state"), over = state !== "training";
    progress.textContent = said.progress;
    gap.textContent = said.gap;
    bar.value = model.get("done");
    bar.hidden = stop.hidden = over;
    if (over) clearTimeout(waiting);
    const words = over || !asked ? said.problem : problem.textContent;
    if (problem.textContent !== words) problem.textContent = words;
    const now = over ? ENDS[state] : asked ? "Stopping after this batch; then the best weights come back." : "";
    if (status.textContent !== now) status.textContent = now;
    el.dataset.state = state;
    draw();
  }

  stop.onclick = () => {
    if (asked) return;
    asked = true;
    stop.setAttribute("aria-disabled", "true");
    stop.style.opacity = 0.6;
    waiting = setTimeout(() => { problem.textContent = OWN_STOP; }, 5000);
    try {
      model.send({ stop: true });
    } catch {
      problem.textContent = OWN_STOP;
    }
    show();
  };
  // The traits of one message change one after another: drawn once, when all are there.
  let due = false;
  const later = () => {
    if (due) return;
    due = true;
    queueMicrotask(() => { due = false; show(); });
  };
  const events = ["curves", "axes", "said", "state", "done"].map((name) => `change:${name}`);
  for (const event of events) model.on(event, later);
  show();
  return () => {
    clearTimeout(waiting);
    for (const event of events) model.off(event, later);
  };
}

export default { render };
