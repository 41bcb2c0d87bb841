"""Whether two pictures in a notebook look alike: the stored one and that of a fresh run.

They are not compared by their bytes: another version of Matplotlib or of its fonts, or a network trained once more,
draws the same picture a little differently. Both are reduced to 32 × 32 greys, and these are compared.
"""

import base64
import binascii

import numpy as np

SIDE, LARGEST_PICTURE = 32, 20_000_000
LARGEST_DIFFERENCE, LARGEST_STRETCH = 4.0, 1.2


def alike(stored: str, fresh: str) -> bool:
    """Whether two pictures, each the base64 text of a file, look alike; a picture that cannot be read never does."""
    if "".join(stored.split()) == "".join(fresh.split()):
        return True
    first, second = reduced(stored), reduced(fresh)
    if first is None or second is None:
        return False
    stretch = first[1] / second[1]
    return 1 / LARGEST_STRETCH <= stretch <= LARGEST_STRETCH and difference(first[0], second[0]) <= LARGEST_DIFFERENCE


def difference(first: np.ndarray, second: np.ndarray) -> float:
    """The mean difference of two arrays of greys."""
    return float(np.abs(first - second).mean())


def reduced(text: str) -> tuple[np.ndarray, float] | None:
    """A picture as 32 × 32 greys from 0 to 255, and its height divided by its width; None where it cannot be read."""
    from imgrec_lib import images

    try:
        picture = images.load(base64.b64decode("".join(text.split()), validate=True), max_pixels=LARGEST_PICTURE)
    except (images.ImageError, binascii.Error, ValueError):
        return None
    greys = images.load(picture, size=SIDE).mean(axis=2)
    return greys, picture.shape[0] / picture.shape[1]
