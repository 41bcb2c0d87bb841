"""Whether two pictures in a notebook look alike: the stored one and that of a fresh run.

They are not compared by their bytes: another version of Matplotlib or of its fonts, or a network trained once more,
draws the same picture a little differently. Both are reduced to 32 × 32 greys, and these are compared.

The bounds were measured. Two runs of lessons 1 to 5 on one machine drew 112 pictures alike to the byte. A plot drawn
with another font, another resolution or numbers shaken by 2% differs by at most 0.5 greys, an eighth of its ink. Of
270 pairs of different pictures of one lesson and one shape all but two lie outside the bounds, nearest a pair that
differs by 0.33 of its ink and one by 8.9 greys; those two pairs show the same photographs a second time.
"""

import base64
import binascii

import numpy as np

SIDE, LARGEST_PICTURE = 32, 20_000_000
LARGEST_DIFFERENCE, LARGEST_SHARE, LARGEST_STRETCH = 8.0, 0.3, 1.2


def alike(stored: str, fresh: str) -> bool:
    """Whether two pictures, each the base64 text of a file, look alike; a picture that cannot be read never does."""
    first, second = reduced(stored), reduced(fresh)
    if first is None or second is None:
        return False
    stretch = first[1] / second[1]
    return 1 / LARGEST_STRETCH <= stretch <= LARGEST_STRETCH and _near(first[0], second[0])


def _near(first: np.ndarray, second: np.ndarray) -> bool:
    """Whether two arrays of greys are near each other, as a whole and against what is drawn on their background."""
    difference = np.abs(first - second).mean()
    return bool(difference <= min(LARGEST_DIFFERENCE, LARGEST_SHARE * max(_ink(first), _ink(second), 1.0)))


def _ink(greys: np.ndarray) -> float:
    """How far greys lie from the commonest one, on average."""
    return float(np.abs(greys - np.median(greys)).mean())


def reduced(text: str) -> tuple[np.ndarray, float] | None:
    """A picture as 32 × 32 greys from 0 to 255, and its height divided by its width; None where it cannot be read."""
    from imgrec_lib import images

    try:
        picture = images.load(base64.b64decode("".join(text.split()), validate=True), max_pixels=LARGEST_PICTURE)
    except (images.ImageError, binascii.Error, ValueError):
        return None
    greys = images.load(picture, size=SIDE).mean(axis=2)
    return greys, picture.shape[0] / picture.shape[1]
