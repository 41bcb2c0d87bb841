"""The example of lesson 6: what lies before your feet, by day and by night, and a folder as such folders come."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from imgrec_lib.datasets.embedded import photograph, photograph_path
from imgrec_lib.datasets.materials import PARTS, SOURCES, equalised, photograph_patches, region_of
from imgrec_lib.datasets.parts import DatasetError, Split
from imgrec_lib.datasets.writing import write_folder

# Each ground's photograph.
SOURCE_OF = {"grass": "grass", "gravel": "gravel", "water": "narwhals"}
GROUNDS = tuple(SOURCE_OF)
SIDE = 48
# What is left of the light at night, and the camera's noise in it, as a standard deviation.
NIGHT_LIGHT, NIGHT_NOISE = 0.35, 18.0
SHAKE = 4


def grounds(count: int = 30, part: str = "train", night: Sequence[str] = (), seed: int = 0) -> Split:
    """`count` pictures each of grass, gravel and water, uint8, 48 × 48 × 3; the grounds named in `night` by night.

    They are cut from the region `part` of three photographs, as `photograph_patches` has it, and no two overlap.
    """
    regions = [region_of(name, part) for name in SOURCE_OF.values()]
    generator = np.random.default_rng([seed, PARTS.index(part)])
    pictures = [_apart(region, count, generator) for region in regions]
    lit = [by_night(some, seed) if name in night else some for name, some in zip(GROUNDS, pictures)]
    return Split(np.concatenate(lit), np.repeat(np.arange(len(GROUNDS), dtype="int64"), count))


def _apart(region: np.ndarray, count: int, generator: np.random.Generator) -> np.ndarray:
    """`count` patches of a grey region, in colour, drawn from the squares of a grid, so that none shares a pixel."""
    corners = [(top, left) for top in _steps(region.shape[0]) for left in _steps(region.shape[1])]
    if not 1 <= count <= len(corners):
        raise DatasetError(f"{count} pictures a ground cannot be cut without overlap; ask for 1 to {len(corners)}")
    chosen = [corners[place] for place in generator.permutation(len(corners))[:count]]
    patches = [equalised(region[top : top + SIDE, left : left + SIDE]) for top, left in chosen]
    return np.repeat(np.stack(patches)[..., np.newaxis], 3, axis=-1)


def _steps(length: int) -> range:
    return range(0, length - SIDE + 1, SIDE)


def by_night(pictures: np.ndarray, seed: int = 0) -> np.ndarray:
    """The uint8 pictures with a third of the light and a noise that a camera adds in the dark; the shape stays."""
    noise = np.random.default_rng([seed, len(pictures)]).normal(0, NIGHT_NOISE, pictures.shape)
    return np.clip(pictures * NIGHT_LIGHT + noise, 0, 255).astype("uint8")


def bursts(places: int = 5, shots: int = 4, seed: int = 0) -> tuple[Split, list[str]]:
    """Ten materials as a hand photographs them, `shots` times at each of `places` places, and their names.

    The shots of one place, uint8, 48 × 48 × 1, stand side by side; they differ by a few pixels and a little light.
    """
    generator = np.random.default_rng(seed)
    found = []
    for name in SOURCES.values():
        for scene in photograph_patches(name, "train", SIDE + SHAKE, places, seed):
            found += [_shot(scene, generator) for _ in range(shots)]
    return Split(np.stack(found), np.repeat(np.arange(len(SOURCES), dtype="int64"), places * shots)), list(SOURCES)


def _shot(scene: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    top, left = generator.integers(0, SHAKE + 1, 2)
    patch = scene[top : top + SIDE, left : left + SIDE]
    noise = generator.normal(0, 3, patch.shape)
    return np.clip(patch * generator.uniform(0.85, 1.1) + noise, 0, 255).astype("uint8")


def as_it_comes(folder: Path) -> Path:
    """The new folder, with 30 pictures a ground and eight files more, as they come from cards, mails and the web.

    They are a text and a cut-off file that call themselves pictures, a water that lies among the gravel too, a grass
    once more in other light, an icon of 16 pixels, two pictures of a fourth class, and one of no class.
    """
    split = grounds()
    write_folder(split.images, split.labels, GROUNDS, folder)
    (folder / "grass" / "readme.jpg").write_text("The meadow was photographed in May.\n", encoding="utf-8")
    whole = photograph_path("cat_3").read_bytes()
    (folder / "gravel" / "from_the_mail.jpg").write_bytes(whole[: len(whole) // 3])
    shutil.copyfile(folder / "water" / "000064.png", folder / "gravel" / "moved.png")
    _save((split.images[4] * 0.8 + 20).astype("uint8"), folder / "grass" / "edited.png")
    _save(split.images[40][:16, :16], folder / "gravel" / "icon.png")
    _save(split.images[50], folder / "loose.png")
    (folder / "sand").mkdir()
    for number, corner in enumerate((0, 120)):
        _save(photograph("coins")[corner : corner + SIDE, :SIDE], folder / "sand" / f"{number}.png")
    return folder


def _save(picture: np.ndarray, path: Path) -> None:
    from PIL import Image

    Image.fromarray(picture).save(path)
