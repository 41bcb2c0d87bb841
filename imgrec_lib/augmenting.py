"""Changed copies of a picture, the same numbers as in the explorer's JavaScript, and what becomes of their labels."""

import math
from collections.abc import Callable, Mapping

import numpy as np

Rule = Mapping[str, object] | Callable[[str, float, bool], str | None]
MASK = 0xFFFFFFFF
EXAMPLE_ROTATION, EXAMPLE_ZOOM = 30, 15  # Degrees and hundredths, as in lesson 4


def augmented(
    image: np.ndarray,
    rotation: float = 0,
    zoom: float = 1,
    flip_left_right: bool = False,
    flip_up_down: bool = False,
    noise: float = 0,
    seed: int = 0,
) -> np.ndarray:
    """The changed copy, uint8, of a uint8 image: height × width × channels, or height × width.

    It is flipped first, then turned to the left by `rotation` degrees and enlarged by the factor `zoom`. Between pixels
    it is weighed from the four around, outside it is filled by its mirror image, as Keras does with `bilinear` and
    `reflect`. Each number then gets noise of the standard deviation `noise`, chosen by `seed`.
    """
    height, width = image.shape[:2]
    signs = -1 if flip_left_right else 1, -1 if flip_up_down else 1
    copy = _sampled(image, *_sources(height, width, rotation, zoom, signs))
    return np.clip(np.floor(copy + noise * _bell(copy.shape, seed) + 0.5), 0, 255).astype("uint8")


def _rounded(value: float) -> float:
    return math.floor(value * 1e12 + 0.5) / 1e12  # The last digits of a cosine differ between machines.


def _sources(
    height: int, width: int, rotation: float, zoom: float, signs: tuple[int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns in the image that the pixels of the copy come from, each height × width."""
    cosine, sine = (_rounded(wave(rotation * math.pi / 180)) for wave in (math.cos, math.sin))
    rows, columns = np.indices((height, width)).astype(float)
    down, across = rows - (height - 1) / 2, columns - (width - 1) / 2
    from_across = signs[0] * (cosine * across - sine * down) / zoom
    from_down = signs[1] * (sine * across + cosine * down) / zoom
    return from_down + (height - 1) / 2, from_across + (width - 1) / 2


def _sampled(image: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    top, left = np.floor(rows), np.floor(columns)
    copy = np.zeros(image.shape)
    for down in (0, 1):
        for right in (0, 1):
            share = abs(1 - down - (rows - top)) * abs(1 - right - (columns - left))
            pixels = image[_reflected(top + down, len(image)), _reflected(left + right, image.shape[1])]
            copy += share.reshape(share.shape + (1,) * (image.ndim - 2)) * pixels
    return copy


def _reflected(places: np.ndarray, count: int) -> np.ndarray:
    turned = places.astype("int64") % (2 * count)
    return np.where(turned < count, turned, 2 * count - 1 - turned)


def _hashed(numbers: np.ndarray) -> np.ndarray:
    """A whole number below 2³² for each, which looks like chance (the hash "lowbias32" by Chris Wellons)."""
    numbers = np.asarray(numbers, dtype="uint64") & MASK
    numbers = (numbers ^ (numbers >> 16)) * 0x7FEB352D & MASK
    numbers = (numbers ^ (numbers >> 15)) * 0x846CA68B & MASK
    return numbers ^ (numbers >> 16)


def _bell(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Numbers of mean 0 and standard deviation 1: sums of four uniform ones, which is nearly a bell curve."""
    places = 2 * np.arange(math.prod(shape), dtype="uint64") + _hashed(seed)
    halves = [part for number in (_hashed(places), _hashed(places + 1)) for part in (number & 0xFFFF, number >> 16)]
    return ((sum(halves).astype(float) - 131070) * (math.sqrt(3) / 65536)).reshape(shape)


def examples(seed: int, count: int = 8) -> list[dict[str, float | bool]]:
    """Settings of random copies as lesson 4 makes them: any flip, up to 30° either way, zoom 0.85 to 1.15."""
    chance = _hashed(3 * np.arange(count, dtype="uint64")[:, np.newaxis] + np.arange(3, dtype="uint64") + _hashed(seed))
    return [
        {
            "rotation": int(turn) % (2 * EXAMPLE_ROTATION + 1) - EXAMPLE_ROTATION,
            "zoom": (100 - EXAMPLE_ZOOM + int(size) % (2 * EXAMPLE_ZOOM + 1)) / 100,
            "flip_left_right": bool(flips & 1),
            "flip_up_down": bool(flips & 2),
        }
        for turn, size, flips in chance.tolist()
    ]


def turned_and_mirrored(rotation: float, flip_left_right: bool, flip_up_down: bool) -> tuple[float, bool]:
    """The same change as one mirroring, left with right, or none, and then a turn by −180 to 180 degrees.

    For a flip up-down is a flip left-right and half a turn, and two flips are half a turn.
    """
    turn = (rotation + (180 if flip_up_down else 0) + 180) % 360 - 180
    return turn, flip_left_right != flip_up_down


def label_after(label: str, rule: Rule, turn: float, mirrored: bool) -> str | None:
    """The label that fits the copy: the same or another, "" for none that has a name, None where people disagree.

    `rule` is a function of label, turn and mirrored, or a dictionary. In it, `"flip": True` says that mirroring changes
    the label, `"rotation": 90` that turning by more than that does, with a third of it on both sides in doubt. The new
    label may stand in place of True, and a pair such as `(90, "9")` in place of 90.
    """
    if callable(rule):
        return rule(label, turn, mirrored)
    flip, limit = rule.get("flip", False), rule.get("rotation", 360)
    degrees, name = limit if isinstance(limit, tuple | list) else (limit, "")
    flipped, far = mirrored and bool(flip), abs(turn) > degrees
    if degrees < 360 and abs(abs(turn) - degrees) < degrees / 3:
        return "" if flipped else None
    if flipped:
        return flip if isinstance(flip, str) and not far else ""
    return name if far else label
