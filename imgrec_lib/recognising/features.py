"""What a pretrained backbone sees in photographs and in changed copies of them, computed once and then learned from."""

from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib import backbone
from imgrec_lib.progress import Report
from imgrec_lib.quiet import quiet
from imgrec_lib.recognising import HEAD
from imgrec_lib.recognising.epochs import BATCH, logits_of

if TYPE_CHECKING:
    import keras

# The blocks after this one are fine-tuned; those before it see edges and textures, which every photograph has.
CUT = "block_11_add"
SMALLEST_CROP = 0.8  # Of the side
COPIES = ((100, 8), (2_000, 4), (10_000, 2))


class Eyes:
    """The embedded backbone in two parts: a trunk that stays as it is, and a tail that may be fine-tuned.

    trunk: uint8 pictures, count × side × side × 3, to maps, float16. tail: maps to 1280 features.
    """

    tunable = True

    def __init__(self, side: int) -> None:
        whole = backbone.efficientnet_lite0(classes=False, trainable=True, input_size=side)
        with quiet():
            import keras
        for layer in whole.layers:
            # Their statistics of 1.28 million photographs are better than those of a few small batches.
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.trainable = False
        middle = whole.get_layer(CUT).output
        self.trunk, self.tail = keras.Model(whole.input, middle), keras.Model(middle, whole.output)
        self.layers = {layer.name: layer for layer in whole.layers}

    def look(self, images: np.ndarray) -> np.ndarray:
        """The maps of uint8 pictures in the middle of the backbone, float16, count × height × width × 112."""
        return logits_of(self.trunk, backbone.prepare(images)).astype("float16")

    def features(self, maps: np.ndarray) -> np.ndarray:
        """The features of maps, float32, count × 1280."""
        return logits_of(self.tail, maps)


class OtherEyes:
    """A network of keras.applications up to its features, which are all that is learned from."""

    tunable = False

    def __init__(self, network: "keras.Model") -> None:
        import keras

        self.network = keras.Model(network.inputs, network.get_layer(HEAD).input)

    def look(self, images: np.ndarray) -> np.ndarray:
        """The features of uint8 pictures, float32, count × features."""
        return logits_of(self.network, images)

    def features(self, maps: np.ndarray) -> np.ndarray:
        """The same again."""
        return maps


def copies_for(count: int) -> int:
    """How many copies of each of so many training pictures are looked at: the fewer pictures, the more."""
    return next((copies for most, copies in COPIES if count <= most), 1)


def changed(images: np.ndarray, copy: int, seed: int) -> np.ndarray:
    """Copy number `copy` of uint8 pictures: 0 as they are, 1 mirrored, then crops of 80 to 100 %, the odd mirrored."""
    if copy == 0:
        return images
    if copy == 1:
        return images[:, :, ::-1]
    generator = np.random.default_rng([seed, copy])
    copies = [_crop(image, generator, mirrored=bool(copy % 2)) for image in images]
    return np.stack(copies) if copies else images


def _crop(image: np.ndarray, generator: np.random.Generator, mirrored: bool) -> np.ndarray:
    import cv2

    side = len(image)
    small = max(1, int(side * generator.uniform(SMALLEST_CROP, 1)))
    top, left = generator.integers(0, side - small + 1, size=2)
    crop = cv2.resize(image[top : top + small, left : left + small], (side, side), interpolation=cv2.INTER_LINEAR)
    return crop[:, ::-1] if mirrored else crop


def looked_at(eyes: Eyes | OtherEyes, images: np.ndarray, copies: int, seed: int, report: Report) -> np.ndarray:
    """The maps of every copy, one copy of all pictures after the other; `report` hears the share done."""
    maps, done, total = None, 0, copies * len(images)
    for copy in range(copies):
        for start in range(0, len(images), 2 * BATCH):
            # Changed batch by batch, seeded by the place too, so that no second set of pictures stands in memory.
            batch = changed(images[start : start + 2 * BATCH], copy, seed + start)
            found = eyes.look(batch)
            if maps is None:
                maps = np.empty((total, *found.shape[1:]), found.dtype)
            maps[done : done + len(found)] = found
            done += len(found)
            report(f"Looking at photographs: {done} of {total}, changed copies counted.", done / total)
    return maps
