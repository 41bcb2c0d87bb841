"""Ten materials, cut as small grey patches from ten of the embedded photographs."""

import numpy as np

from imgrec_lib.datasets.embedded import photograph
from imgrec_lib.datasets.parts import Dataset, DatasetError, Split

# Each material's photograph.
SOURCES = {
    "brick": "brick", "coffee": "coffee", "coins": "coins", "fur": "cat", "galaxies": "galaxies",
    "grass": "grass", "gravel": "gravel", "retina": "retina", "sea": "narwhals", "tissue": "tissue",
}  # fmt: skip
PARTS = ("train", "validation", "test")
VALIDATION_PER_CLASS, TEST_PER_CLASS = 30, 50
# Pixels left out between two regions, so that their patches touch nowhere.
GAP = 16
BRIGHTNESS, CONTRAST, WIDEST = 128, 42, 3.0
# Below this standard deviation a patch shows nothing but noise.
FLATTEST = 2.0


def materials(size: int = 48, per_class: int = 20, seed: int = 0) -> Dataset:
    """Grey patches of ten materials, size × size × 1, all of the same brightness and contrast.

    The `per_class` patches to train on come from the left half of each photograph and are chosen by `seed`; a larger
    set holds the smaller one of the same seed. Those to validate (30 a class) come from the upper part of the right
    half, those to test (50 a class) from its lower part: they are the same for every seed.
    """
    train = _part("train", size, per_class, seed)
    validation = _part("validation", size, VALIDATION_PER_CLASS)
    test = _part("test", size, TEST_PER_CLASS)
    return Dataset("materials", train, validation, test, list(SOURCES))


def photograph_patches(name: str, part: str = "train", size: int = 48, count: int = 20, seed: int = 0) -> np.ndarray:
    """Grey patches of one photograph, uint8, count × size × size × 1, equal in brightness and contrast.

    `part` says from where: `"train"` from the left half, `"validation"` from the upper part of the right half,
    `"test"` from its lower part.
    """
    if count < 1:
        raise DatasetError(f"{count} patches are too few; ask for 1 or more")
    region = region_of(name, part)
    height, width = region.shape
    if not 8 <= size <= min(height, width):
        raise DatasetError(
            f"patches of {size} × {size} cannot be cut from {height} × {width} pixels of {name!r}; choose a size of "
            f"8 to {min(height, width)}"
        )
    generator = np.random.default_rng([seed, PARTS.index(part), *name.encode()])
    return _cut(region, size, count, generator)[..., np.newaxis]


def region_of(name: str, part: str) -> np.ndarray:
    """The region of a photograph that `part` names, in grey: float64, height × width; see `photograph_patches`."""
    if part not in PARTS:
        raise DatasetError(f"there is no part {part!r} of a photograph; choose one of {', '.join(PARTS)}")
    return _regions(grey(name))[part]


def grey(name: str) -> np.ndarray:
    """A photograph in grey, float64, height × width; the retina at half its size and without the black around it."""
    import cv2

    image = cv2.cvtColor(photograph(name), cv2.COLOR_RGB2GRAY)
    if name == "retina":
        image = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)[100:-100, 100:-100]
    return image.astype("float64")


def _regions(image: np.ndarray) -> dict[str, np.ndarray]:
    """Three regions of a grey image that do not touch."""
    height, width = image.shape
    left, right = image[:, : width // 2 - GAP // 2], image[:, width // 2 + GAP // 2 :]
    border = height * 2 // 5
    return {"train": left, "validation": right[: border - GAP // 2], "test": right[border + GAP // 2 :]}


def _cut(region: np.ndarray, size: int, count: int, generator: np.random.Generator) -> np.ndarray:
    found: list[np.ndarray] = []
    while len(found) < count:
        top, left = (generator.integers(length - size + 1) for length in region.shape)
        patch = region[top : top + size, left : left + size]
        if patch.std() > FLATTEST:
            found.append(equalised(patch))
    return np.stack(found)


def equalised(patch: np.ndarray) -> np.ndarray:
    """The patch with mean 128 and standard deviation 42, uint8, of the same shape."""
    values = patch
    for _ in range(10):  # Cutting off the extremes moves mean and deviation a little; a few rounds bring them back.
        values = np.clip((values - values.mean()) / values.std(), -WIDEST, WIDEST)
    values = (values - values.mean()) / values.std()
    return np.clip(np.rint(values * CONTRAST + BRIGHTNESS), 0, 255).astype("uint8")


def _part(part: str, size: int, count: int, seed: int = 0) -> Split:
    """`count` patches of every material, shuffled."""
    images = np.concatenate([photograph_patches(name, part, size, count, seed) for name in SOURCES.values()])
    labels = np.repeat(np.arange(len(SOURCES), dtype="int64"), count)
    order = np.random.default_rng(0).permutation(len(labels))
    return Split(images[order], labels[order])
