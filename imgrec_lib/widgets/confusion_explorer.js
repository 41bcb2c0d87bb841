// A confusion matrix whose cells open: Python sends the pictures behind the chosen one, and what they mean.

// Red, green and blue of a cell: blue where right, orange where wrong, deeper with the root of its share of the row.
export const shade = (share, right) =>
  (right ? [0, 114, 178] : [230, 159, 0]).map((end) => Math.round(255 + (end - 255) * Math.sqrt(share)));

// The pixels of one of several pictures, grey or RGB, as RGBA.
export const rgba = (pixels, place, [height, width, channels]) => Uint8ClampedArray.from({ length: height * width * 4 },
  (_, at) => at % 4 === 3 ? 255 : pixels[(place * height * width + Math.floor(at / 4)) * channels + (channels === 3 ? at % 4 : 0)]);

const OWN = `.imgrec-confusion-explorer {
& .matrix { flex: 1 1 27rem; min-width: 0; overflow-x: auto }
& .behind { flex: 1 1 24rem; min-width: 0 }
& .said { min-height: 9em }
& table { border-collapse: collapse; table-layout: fixed; width: 100%; font-size: clamp(9px, 2.5vw, 13px) }
& caption { text-align: left; font-size: 14px }
& th { font-weight: normal; padding: 2px 4px; overflow-wrap: anywhere }
& th[scope=row], & td.corner { width: 6.2em; text-align: right }
& th[scope=col] > span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 8em }
& th.chosen { font-weight: bold; text-decoration: underline }
& tbody td { padding: 0; border: 1px solid #767676 }
& td button { all: unset; box-sizing: border-box; width: 100%; height: 2.3em; text-align: center; cursor: pointer }
& td[aria-selected=true] button { box-shadow: inset 0 0 0 2px #fff, inset 0 0 0 5px ${VERMILION} }
& td button:focus-visible { outline: 3px solid #000; outline-offset: -4px }
& .pictures { display: flex; flex-wrap: wrap; gap: 8px; min-height: 23rem; align-content: flex-start }
& .pictures canvas { width: 60px; touch-action: auto }
& figcaption { font-size: 12px; text-align: center } }`;

function build(el, names, matrix) {
  const cell = (row, column) => {
    const count = matrix[row][column], share = count / Math.max(1, matrix[row].reduce((a, b) => a + b));
    const made = element("button", { textContent: count, tabIndex: -1 });
    made.style.background = `rgb(${shade(share, row === column)})`;
    made.style.color = row === column && share > 0.86 ? "#fff" : count ? "#000" : "#595959";
    made.setAttribute("aria-label", `${count}: labelled ${names[row]}, answer ${names[column]}`);
    return made;
  };
  const cells = matrix.map((line, row) => line.map((_, column) => cell(row, column)));
  const heads = names.map((name) => element("th", { scope: "col" }, element("span", { textContent: name })));
  const sides = names.map((name) => element("th", { scope: "row", textContent: name }));
  const table = element("table", { role: "grid" },
    element("caption", { textContent: "Rows: the true class. Columns: the network's answer. Each number counts pictures." }),
    element("thead", {}, element("tr", {}, element("td", { className: "corner" }), ...heads)),
    element("tbody", {}, ...cells.map((line, row) => element("tr", {}, sides[row], ...line.map((one) => element("td", {}, one))))));
  const parts = { cells, heads, sides, table, said: element("div", { className: "said", role: "status" }),
    range: element("span"), back: element("button", { textContent: "Earlier" }), on: element("button", { textContent: "Later" }),
    pictures: element("div", { className: "pictures" }) };
  const legend = element("p", { textContent: "Blue is right, orange is wrong; the deeper, the larger the share of the row. Arrow keys move, Enter chooses." });
  return Object.assign(parts, frame(el, "confusion-explorer", element("style", { textContent: OWN }),
    element("div", { className: "row" }, element("div", { className: "matrix" }, table, legend),
      element("div", { className: "behind" }, parts.said, element("div", { className: "row" }, parts.back, parts.on, parts.range), parts.pictures))));
}

function render({ model, el }) {
  const get = (name) => model.get(name), names = get("class_names"), parts = build(el, names, get("matrix"));
  const send = sender(model, parts.problem), last = names.length - 1;
  let at = [get("row"), get("column")], asked = 0;

  function drawPictures() {
    const seen = bytes(model, "pictures"), size = get("size"), numbers = get("numbers");
    if (seen.length !== numbers.length * size.reduce((a, b) => a * b)) return;
    parts.pictures.replaceChildren(...numbers.map((number, place) => {
      const canvas = element("canvas", { role: "img", "aria-label": `picture ${number}` });
      drawSquares(canvas, rgba(seen, place, size), size[1], 120);
      return element("figure", {}, canvas, element("figcaption", { textContent: number }));
    }));
    el.dataset.numbers = numbers.join(" ");
  }

  function draw() {
    asked = 0;
    const [row, column, page, count] = ["row", "column", "page", "count"].map(get), first = page * 24;
    parts.cells.flat().forEach((one) => one.parentElement.setAttribute("aria-selected", one === parts.cells[row][column]));
    parts.heads.forEach((one, place) => one.classList.toggle("chosen", place === column));
    parts.sides.forEach((one, place) => one.classList.toggle("chosen", place === row));
    parts.said.replaceChildren(...get("said").map((textContent) => element("p", { textContent })));
    parts.range.textContent = count ? `pictures ${first + 1} to ${Math.min(first + 24, count)} of ${count}` : "no pictures in this cell";
    parts.back.disabled = page <= 0;
    parts.on.disabled = first + 24 >= count;
    drawPictures();
    Object.assign(el.dataset, { row, column, page, count });
    if (!parts.table.contains(document.activeElement)) stop(row, column, false);
  }

  // Only one cell is a stop for the tab key; arrow keys move it.
  function stop(row, column, focus = true) {
    parts.cells[at[0]][at[1]].tabIndex = -1;
    at = [row, column].map((place) => Math.min(last, Math.max(0, place)));
    parts.cells[at[0]][at[1]].tabIndex = 0;
    if (focus) parts.cells[at[0]][at[1]].focus();
  }

  const show = () => { asked ||= requestAnimationFrame(draw); };
  parts.cells.forEach((line, row) => line.forEach((one, column) => {
    one.onclick = () => {
      stop(row, column);
      send({ row, column, page: 0 });
    };
  }));
  onArrows(parts.table, (rows, columns) => stop(at[0] + rows, at[1] + columns));
  parts.table.removeAttribute("tabindex");
  parts.back.onclick = () => send({ page: get("page") - 1 });
  parts.on.onclick = () => send({ page: get("page") + 1 });
  const events = ["row", "column", "page", "count", "numbers", "pictures", "said"].map((name) => `change:${name}`);
  events.forEach((event) => model.on(event, show));
  show();
  return () => {
    cancelAnimationFrame(asked);
    events.forEach((event) => model.off(event, show));
  };
}

export default { render };
