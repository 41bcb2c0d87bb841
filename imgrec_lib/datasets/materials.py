"""Ten materials, cut as small patches from ten embedded photographs."""
import numpy as np

from imgrec_lib.datasets.embedded import photograph
from imgrec_lib.datasets.parts import Dataset, DatasetError, Split

# Each material's photograph.
SOURCES = {"brick": "brick", "coffee": "coffee", "coins": "coins", "fur": "cat", "galaxies": "galaxies", "grass": "grass",
           "gravel": "gravel", "retina": "retina", "sea": "narwhals", "tissue": "tissue"}
MARGIN = 8
VALIDATION_PER_CLASS, TEST_PER_CLASS = 30, 50
BRIGHTNESS, CONTRAST, WIDEST = 128, 42, 3.0
FLATTEST = 2.0


def materials(size: int = 48, per_class: int = 20, seed: int = 0) -> Dataset:
    """Grey patches of ten materials, size × size × 1, all of the same brightness and contrast.

    The `per_class` patches to train on, chosen by `seed`, come from the left half of each photograph. Those to validate (30 a
    class) come from the upper third of the right half, those to test (50 a class) from the rest of it, the same for every seed.
    """
    parts: tuple[list, list, list] = ([], [], [])
    counts = (per_class, VALIDATION_PER_CLASS, TEST_PER_CLASS)
    for label, name in enumerate(SOURCES.values()):
        for number, region in enumerate(_regions(grey(name))):
            generator = np.random.default_rng([label, number, seed if number == 0 else 0])
            parts[number].append(patches(region, size, counts[number], generator, name))
    train, validation, test = (_shuffled(part, number) for number, part in enumerate(parts))
    return Dataset("materials", train, validation, test, list(SOURCES))


def grey(name: str) -> np.ndarray:
    """A photograph in grey, float64, height × width; the retina at half its size and without the black around it."""
    import cv2

    image = cv2.cvtColor(photograph(name), cv2.COLOR_RGB2GRAY)
    if name == "retina":
        image = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)[100:-100, 100:-100]
    return image.astype("float64")


def _regions(image: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    height, width = image.shape
    middle, third = width // 2, height * 2 // 5
    left, right = image[:, : middle - MARGIN], image[:, middle + MARGIN :]
    return left, right[: third - MARGIN], right[third + MARGIN :]


def patches(image: np.ndarray, size: int, count: int, generator: np.random.Generator, name: str = "") -> np.ndarray:
    """`count` patches of a grey image, uint8, count × size × size × 1, at random places, equal in brightness and contrast."""
    height, width = image.shape
    if size > min(height, width):
        raise DatasetError(f"a patch of {size} × {size} does not fit into the {height} × {width} region of {name!r}; choose a smaller size")
    found = []
    while len(found) < count:
        top, left = generator.integers(height - size + 1), generator.integers(width - size + 1)
        patch = image[top : top + size, left : left + size]
        if patch.std() > FLATTEST:
            found.append(equalised(patch))
    return np.stack(found)[..., np.newaxis]


def equalised(patch: np.ndarray) -> np.ndarray:
    """The patch with mean 128 and standard deviation 42, uint8, of the same shape."""
    values = patch
    for _ in range(20):  # Cutting off the extremes moves mean and deviation a little; a few rounds bring them back.
        values = np.clip((values - values.mean()) / values.std(), -WIDEST, WIDEST)
    values = (values - values.mean()) / values.std()
    return np.clip(np.rint(values * CONTRAST + BRIGHTNESS), 0, 255).astype("uint8")


def _shuffled(classes: list[np.ndarray], seed: int) -> Split:
    labels = np.repeat(np.arange(len(classes)), [len(some) for some in classes]).astype("int64")
    order = np.random.default_rng(seed).permutation(len(labels))
    return Split(np.concatenate(classes)[order], labels[order])
