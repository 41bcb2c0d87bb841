"""Times the way from photographs to a web page: training, a first answer, and a server under load.

    python benchmarks/recogniser.py [--photos FOLDER] [--parts train predict serve] [--work FOLDER]

Without `--photos` it makes 2 × 200 photographs of 32 to 500 pixels out of the embedded ones. The limits, on two cores:
training takes under 60 s, a first answer through ONNX Runtime under 2 s; the server loses none of 200 requests from 32
clients at once, its 99th percentile stays under twenty times the median of one client alone, its memory is flat over
5,000 requests, and it answers at least twice as many pictures a second as Keras's `predict` called one by one.
"""

import argparse
import io
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from grading_parts.measuring import Run, environment, watch
from recogniser_parts import load

from imgrec_lib.datasets import photograph

CLASSES, EACH, SIDES = ("coffee", "cat"), 200, (32, 500)
MOST_TRAINING, MOST_ANSWER, ANSWERS = 60.0, 2.0, 5
PARTS = ("train", "predict", "serve")


def cut(name: str, generator: np.random.Generator) -> bytes:
    """A random part of an embedded photograph as a JPEG file, its longer side of 32 to 500 pixels."""
    from PIL import Image

    whole = Image.fromarray(photograph(name))
    side = int(generator.integers(60, min(whole.size)))
    left, top = (int(generator.integers(0, extent - side + 1)) for extent in whole.size)
    width = int(generator.integers(*SIDES, endpoint=True))
    height = max(SIDES[0], int(width * generator.uniform(0.6, 1)))
    file = io.BytesIO()
    part = whole.crop((left, top, left + side, top + side)).resize((width, height))
    part.save(file, "JPEG", quality=int(generator.integers(70, 95)))
    return file.getvalue()


def make_photographs(folder: Path) -> Path:
    """A folder of class folders with photographs that are alike on every machine."""
    generator = np.random.default_rng(0)
    for name in CLASSES:
        (folder / name).mkdir(parents=True)
        for number in range(EACH):
            (folder / name / f"{number:03}.jpg").write_bytes(cut(name, generator))
    return folder


def imgrec(work: Path, *arguments: str | Path) -> Run:
    """One run of the command line; its last words are printed where it fails."""
    log = work / "log.txt"
    run = watch([sys.executable, "-m", "imgrec_lib", *map(str, arguments)], work, environment(), log)
    if run.status:
        sys.exit(f"imgrec {arguments[0]} failed: {log.read_text(errors='replace')[-500:]}")
    return run


def time_training(photographs: Path, file: Path, work: Path) -> tuple[str, bool]:
    """Seconds of `imgrec train`, everything counted."""
    file.unlink(missing_ok=True)
    run = imgrec(work, "train", photographs, "--out", file)
    print(f"train: {run.seconds:.1f} s, {run.cpu:.1f} CPU s, peak memory {run.peak / 1e6:.0f} MB", flush=True)
    return f"training {run.seconds:.1f} s of {MOST_TRAINING:g}", run.seconds < MOST_TRAINING


def time_answer(photographs: Path, file: Path, work: Path) -> tuple[str, bool]:
    """The slowest of some cold starts of `imgrec predict` on one photograph."""
    photo = next(path for path in sorted(photographs.rglob("*.jp*g")))
    seconds = [imgrec(work, "predict", file, photo).seconds for _ in range(ANSWERS)]
    shown = ", ".join(f"{one:.2f}" for one in seconds)
    print(f"predict: {shown} s, median {statistics.median(seconds):.2f} s", flush=True)
    return f"a first answer {max(seconds):.2f} s of {MOST_ANSWER:g}", max(seconds) < MOST_ANSWER


def time_serving(photographs: Path, file: Path, work: Path) -> tuple[str, bool]:
    """The server under load, and its rate against Keras's `predict` one by one."""
    return load.measure(file, [path.read_bytes() for path in sorted(photographs.rglob("*.jp*g"))])


def main(arguments: Sequence[str] | None = None) -> int:
    """Time the parts asked for; 1 where a limit is passed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=Path, help="a folder of class folders of your own")
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    parser.add_argument("--work", type=Path, help="where the recogniser stays; a temporary folder without it")
    options = parser.parse_args(arguments)
    work = (options.work or Path(tempfile.mkdtemp(prefix="imgrec-"))).resolve()
    work.mkdir(parents=True, exist_ok=True)
    photographs = options.photos or work / "photographs"
    if not photographs.exists():
        make_photographs(photographs)
    timing = {"train": time_training, "predict": time_answer, "serve": time_serving}
    file = work / "benchmark.imgrec"
    if "train" not in options.parts and not file.exists():
        sys.exit(f"There is no {file}: train first, with the same --work.")
    try:
        found = [timing[part](photographs.resolve(), file, work) for part in PARTS if part in options.parts]
    finally:
        if options.work is None:
            shutil.rmtree(work, ignore_errors=True)
    print("; ".join(words for words, _ in found))
    return 0 if all(kept for _, kept in found) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.SubprocessError as error:
        sys.exit(f"benchmarks/recogniser.py: {error}")
