// The window that steps over an image. convolve() is compared with NumPy in tests; everything else draws.

export function outputSize(size, kernel, stride, padding) {
  return Math.floor((size + 2 * padding - kernel) / stride) + 1;
}

export function products(image, kernel, stride, padding, row, column) {
  return kernel.map((line, i) => line.map((weight, j) => {
    const y = row * stride + i - padding, x = column * stride + j - padding;
    const inside = y >= 0 && x >= 0 && y < image.length && x < image[0].length;
    return { weight, pixel: inside ? image[y][x] : 0, product: weight * (inside ? image[y][x] : 0) };
  }));
}

export function convolve(image, kernel, stride, padding) {
  const height = outputSize(image.length, kernel.length, stride, padding);
  const width = outputSize(image[0].length, kernel[0].length, stride, padding);
  const output = [];
  for (let row = 0; row < height; row++) {
    const line = new Float64Array(width);
    for (let i = 0; i < kernel.length; i++) {
      const source = image[row * stride + i - padding];
      if (!source) continue;
      for (let j = 0; j < kernel[0].length; j++) {
        const weight = kernel[i][j];
        for (let column = 0; weight && column < width; column++) {
          line[column] += weight * (source[column * stride + j - padding] ?? 0);
        }
      }
    }
    output.push(Array.from(line));
  }
  return output;
}

// What is wrong with a kernel's text, in words, or the numbers of it.
export function readKernel(text) {
  const lines = text.trim().split(/\n+/).map((line) => line.trim().split(/[\s,;]+/));
  const width = lines[0].length;
  for (const word of lines.flat()) {
    if (word === "" || !Number.isFinite(Number(word))) {
      return { problem: `"${word.slice(0, 12)}" is not a number: write numbers with spaces between them.` };
    }
  }
  if (lines.some((line) => line.length !== width)) {
    return { problem: "The rows have different lengths: give each row as many numbers as the first." };
  }
  if (lines.length % 2 === 0 || width % 2 === 0) {
    return { problem: `A kernel of ${lines.length} × ${width} has no middle: use an odd number of rows and of columns.` };
  }
  if (Math.max(lines.length, width) > 7) {
    return { problem: "A kernel may have at most 7 rows and 7 columns." };
  }
  return { kernel: lines.map((line) => line.map(Number)) };
}

const SIDE = 272, ORANGES = [217, 123, 17], PURPLE = [96, 66, 150];
const short = (value) => String(Number(value.toPrecision(4)));

// A picture of numbers: grey from 0 to the reach, or signed from purple through white to orange.
function colours(numbers, reach, signed) {
  const picture = new ImageData(numbers[0].length, numbers.length);
  let at = 0;
  for (const line of numbers) {
    for (const value of line) {
      const share = Math.min(1, Math.abs(value) / reach), end = value < 0 ? PURPLE : ORANGES;
      for (let c = 0; c < 3; c++) picture.data[at++] = signed ? 255 + (end[c] - 255) * share : 255 * share;
      picture.data[at++] = 255;
    }
  }
  return picture;
}

// Paint numbers as squares of whole pixels, written out where squares are large, with a window framed.
function paint(canvas, numbers, reach, signed, [x, y, width, height]) {
  const scale = Math.max(1, Math.floor(SIDE / Math.max(numbers.length, numbers[0].length)));
  const small = new OffscreenCanvas(numbers[0].length, numbers.length), context = canvas.getContext("2d");
  small.getContext("2d").putImageData(colours(numbers, reach, signed), 0, 0);
  canvas.width = small.width * scale;
  canvas.height = small.height * scale;
  context.imageSmoothingEnabled = false;
  context.drawImage(small, 0, 0, canvas.width, canvas.height);
  if (scale >= 34) write(context, numbers, scale, reach, signed);
  context.strokeStyle = "#D55E00";
  context.lineWidth = Math.max(2, scale / 10);
  context.strokeRect(x * scale, y * scale, width * scale, height * scale);
}

function write(context, numbers, scale, reach, signed) {
  context.font = `${Math.round(scale / 3.2)}px sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  numbers.forEach((line, y) => line.forEach((value, x) => {
    const share = Math.abs(value) / reach;
    context.fillStyle = (signed ? share > 0.6 : share < 0.5) ? "#fff" : "#000";
    context.fillText(String(Number(value.toPrecision(3))), (x + 0.5) * scale, (y + 0.5) * scale);
  }));
}

function select(values, names) {
  const made = element("select");
  values.forEach((value, place) => made.append(element("option", { value, textContent: names[place] })));
  return made;
}

function build(el) {
  const canvas = (name) => {
    const made = element("canvas", { tabIndex: 0 });
    made.setAttribute("role", "img");
    const caption = element("figcaption", { textContent: name });
    return { made, figure: element("figure", {}, caption, made) };
  };
  const image = canvas("image, with the window"), output = canvas("feature map");
  const parts = {
    image: image.made, output: output.made,
    kernel: element("textarea", { spellcheck: false }),
    stride: select([1, 2, 3], ["1", "2", "3"]), padding: select([0, 1, 2, 3], ["0", "1", "2", "3"]),
    step: element("button", { type: "button", textContent: "Step" }),
    play: element("button", { type: "button", textContent: "Play" }),
    problem: element("p", { className: "problem" }), sum: element("p"), table: element("table"),
  };
  parts.problem.setAttribute("role", "alert");
  parts.sum.setAttribute("aria-live", "polite");
  parts.preset = element("select");
  const controls = element("div", { className: "row controls" },
    labelled("kernel ", parts.preset), labelled("stride ", parts.stride), labelled("padding ", parts.padding),
    parts.step, parts.play);
  const middle = element("div", {}, element("label", {}, "numbers of the kernel", element("br"), parts.kernel), parts.table, parts.sum);
  el.classList.add("imgrec-stepper");
  el.append(element("style", { textContent: STYLE }), controls, parts.problem,
    element("div", { className: "row" }, image.figure, middle, output.figure));
  return parts;
}

function render({ model, el }) {
  const parts = build(el);
  const image = model.get("image"), top = Math.max(1, ...image.map((line) => Math.max(...line.map(Math.abs))));
  let output = [[0]], timer = null;
  const get = (name) => model.get(name);
  const presets = get("presets");
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  parts.preset.append(element("option", { value: "", textContent: "my own" }));
  Object.keys(presets).forEach((name) => parts.preset.append(element("option", { value: name, textContent: name })));

  function set(changes) {
    Object.entries(changes).forEach(([name, value]) => model.set(name, value));
    model.save_changes();
  }

  function look(row, column) {
    const last = [output.length - 1, output[0].length - 1];
    set({ row: Math.min(Math.max(row, 0), last[0]), column: Math.min(Math.max(column, 0), last[1]) });
  }

  function drawImage() {
    const [stride, padding, kernel] = [get("stride"), get("padding"), get("kernel")];
    const wide = image[0].length + 2 * padding, blank = new Array(wide).fill(0), side = new Array(padding).fill(0);
    const padded = [...new Array(padding).fill(blank), ...image.map((line) => [...side, ...line, ...side]),
      ...new Array(padding).fill(blank)];
    paint(parts.image, padded, top, false,
      [get("column") * stride, get("row") * stride, kernel[0].length, kernel.length]);
  }

  function drawOutput() {
    const reach = Math.max(1e-9, ...output.map((line) => Math.max(...line.map(Math.abs))));
    paint(parts.output, output, reach, true, [get("column"), get("row"), 1, 1]);
  }

  function drawProducts() {
    const cells = products(image, get("kernel"), get("stride"), get("padding"), get("row"), get("column"));
    const rows = cells.map((line) => element("tr", {}, ...line.map((cell) =>
      element("td", { textContent: `${short(cell.pixel)} × ${short(cell.weight)}` }))));
    parts.table.replaceChildren(...rows);
    const sum = output[get("row")][get("column")];
    parts.sum.textContent = `The products add up to ${short(sum)}, at row ${get("row")}, column ${get("column")}.`;
    el.dataset.sum = sum;
    parts.output.setAttribute("aria-label",
      `feature map of ${output.length} rows and ${output[0].length} columns; arrow keys move the window`);
    parts.image.setAttribute("aria-label", `image of ${image.length} rows and ${image[0].length} columns, with the window`);
  }

  function show() {
    const kernel = get("kernel"), sizes = [image.length - kernel.length, image[0].length - kernel[0].length];
    if (Math.min(...sizes) + 2 * get("padding") < 0) {
      parts.problem.textContent = "The kernel is larger than the image: use a smaller kernel or more padding.";
      return;
    }
    parts.problem.textContent = "";
    output = convolve(image, kernel, get("stride"), get("padding"));
    if (get("row") >= output.length || get("column") >= output[0].length) look(get("row"), get("column"));
    draw();
    parts.stride.value = get("stride");
    parts.padding.value = get("padding");
    const known = Object.keys(presets).find((name) => same(presets[name], kernel));
    parts.preset.value = known ?? "";
    if (document.activeElement !== parts.kernel) {
      parts.kernel.value = kernel.map((line) => line.map(short).join(" ")).join("\n");
    }
    el.dataset.output = `${output.length}x${output[0].length}`;
  }

  function draw() {
    drawImage();
    drawOutput();
    drawProducts();
  }

  function step() {
    const at = get("row") * output[0].length + get("column") + 1;
    const place = at % (output.length * output[0].length);
    look(Math.floor(place / output[0].length), place % output[0].length);
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    parts.play.textContent = "Play";
  }

  parts.step.onclick = () => { pause(); step(); };
  parts.play.onclick = () => {
    if (timer) return pause();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    timer = setInterval(step, calm ? 1500 : 150);
    parts.play.textContent = "Pause";
  };
  parts.stride.onchange = () => set({ stride: Number(parts.stride.value) });
  parts.padding.onchange = () => set({ padding: Number(parts.padding.value) });
  parts.preset.onchange = () => presets[parts.preset.value] && set({ kernel: presets[parts.preset.value] });
  parts.kernel.oninput = () => {
    const { problem, kernel } = readKernel(parts.kernel.value);
    parts.problem.textContent = problem ?? "";
    if (kernel) set({ kernel });
  };

  function place(canvas, event, rows, columns) {
    const box = canvas.getBoundingClientRect();
    return [Math.floor((event.clientY - box.top) / box.height * rows),
      Math.floor((event.clientX - box.left) / box.width * columns)];
  }

  parts.output.onpointermove = (event) => { pause(); look(...place(parts.output, event, output.length, output[0].length)); };
  parts.image.onpointermove = (event) => {
    pause();
    const kernel = get("kernel"), padding = 2 * get("padding");
    const [y, x] = place(parts.image, event, image.length + padding, image[0].length + padding);
    look(Math.round((y - (kernel.length - 1) / 2) / get("stride")), Math.round((x - (kernel[0].length - 1) / 2) / get("stride")));
  };
  const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  for (const canvas of [parts.image, parts.output]) {
    canvas.onkeydown = (event) => {
      const move = MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      event.stopPropagation();
      pause();
      look(get("row") + move[0], get("column") + move[1]);
    };
  }
  for (const name of ["kernel", "stride", "padding"]) model.on(`change:${name}`, show);
  for (const name of ["row", "column"]) model.on(`change:${name}`, draw);
  show();
  return pause;
}

export default { render };
