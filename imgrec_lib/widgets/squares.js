// For widgets that show numbers in squares.

// Black or white, whichever is easier to read on a colour.
const inkOn = (red, green, blue) =>
  (0.2126 * red ** 2.2 + 0.7152 * green ** 2.2 + 0.0722 * blue ** 2.2 > 35000 ? "#000" : "#fff");

// A function that has the work done once before the next frame, or `when`, however often it is called.
function onFrame(work, when = requestAnimationFrame) {
  let asked = false;
  return () => {
    if (!asked) when(() => { asked = false; work(); });
    asked = true;
  };
}

// A canvas that keeps its picture apart, so that frames move over it without a new one.
function board() {
  const canvas = element("canvas", { role: "application" }), still = new OffscreenCanvas(1, 1);
  let scale = 1;
  const draw = (rgba, width, side, texts) => {
    scale = drawSquares(still, rgba, width, side * devicePixelRatio);
    if (texts) writeSquares(still.getContext("2d"), texts, rgba, width, scale);
    [canvas.width, canvas.height] = [still.width, still.height];
    canvas.style.width = `${still.width / devicePixelRatio}px`;
    mark();
  };
  const mark = (...frames) => {
    const context = canvas.getContext("2d");
    context.drawImage(still, 0, 0);
    for (const [colour, ...frame] of frames) {
      const [row, column, rows, columns] = frame.map((number) => number * scale);
      for ([context.strokeStyle, context.lineWidth] of [["#fff", 5], [colour, 3]]) context.strokeRect(column, row, columns, rows);
    }
  };
  return { canvas, draw, mark };
}

// Writes the lines of a text into each square.
function writeSquares(context, texts, rgba, width, scale) {
  const lines = Math.max(...texts.map((text) => text.length)), longest = Math.max(3, ...texts.flat().map((line) => line.length));
  const size = Math.min(scale / (lines + 0.6), scale * 1.5 / longest, 18 * devicePixelRatio);
  Object.assign(context, { font: `${size}px sans-serif`, textAlign: "center", textBaseline: "middle" });
  texts.forEach((text, place) => text.forEach((line, at) => {
    const down = Math.floor(place / width) + 0.5 + (at - (text.length - 1) / 2) * size * 1.1 / scale;
    context.fillStyle = inkOn(...rgba.slice(place * 4, place * 4 + 3));
    context.fillText(line, (place % width + 0.5) * scale, down * scale);
  }));
}
