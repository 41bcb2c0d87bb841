"""Sources to gather photographs from, made of the embedded photographs: JPEG files in folders, and what labels them."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from imgrec_lib import datasets

# Not the textures, which are alike everywhere, nor the retina, whose halves mirror each other.
NAMES = [name for name in datasets.PHOTOGRAPHS if name not in ("brick", "grass", "gravel", "tissue", "retina")]


def pieces(count: int, side: int = 80) -> list[np.ndarray]:
    """Different pictures, uint8, side × side × 3: quarters of photographs, each shrunk."""
    found = []
    for number in range(count):
        photograph = datasets.photograph(NAMES[number % len(NAMES)])
        quarter = number // len(NAMES)
        rows, columns = photograph.shape[0] // 2, photograph.shape[1] // 2
        top, left = quarter // 2 * rows, quarter % 2 * columns
        cut = Image.fromarray(photograph[top : top + rows, left : left + columns])
        found.append(np.array(cut.resize((side, side), Image.Resampling.LANCZOS)))
    return found


def jpeg(image: np.ndarray, quality: int = 90) -> bytes:
    """The bytes of a JPEG file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def write(path: Path, content: bytes | str | np.ndarray) -> Path:
    """Write bytes, text, or a picture as JPEG, with the folders above."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, np.ndarray):
        content = jpeg(content)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def class_folders(root: Path, counts: dict[str, int], side: int = 80) -> Path:
    """A folder with so many different photographs in each class folder, 00.jpg and so on."""
    images = iter(pieces(sum(counts.values()), side))
    for name, count in counts.items():
        for number in range(count):
            write(root / name / f"{number:02}.jpg", next(images))
    return root


def coffee_and_fur(root: Path, count: int, quality: int = 75) -> Path:
    """A folder with so many overlapping cuts, 64 × 64, of each of two embedded photographs, 00.jpg and so on."""
    generator = np.random.default_rng(0)
    for name in ("coffee", "cat"):
        photograph = datasets.photograph(name)
        for number in range(count):
            top, left = (int(generator.integers(0, side - 64)) for side in photograph.shape[:2])
            write(root / name / f"{number:02}.jpg", jpeg(photograph[top : top + 64, left : left + 64], quality))
    return root


def kinds(problems) -> dict[str, list[str]]:
    """The names of what is wrong, by kind."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.kind, []).append(problem.name)
    return found
