"""The exercise on several noisy photographs of one thing."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.lesson_01 import drawing
from imgrec_lib.exercises.making import function


@function(
    "01.average_photos",
    dtype="uint8",
    hints=(
        "Which of the four axes counts the photographs, and which three must still be there at the end?",
        "Add the photographs in a kind of number with room, divide by how many there are, and round.",
        'np.mean takes `axis=`, and calculates in floats. Then come np.round and `.astype("uint8")`.',
    ),
    praise="A sum of photographs needs more room than a byte, and rounding comes before the conversion.",
)
def average_photos(photos: np.ndarray) -> np.ndarray:
    """The mean of several photographs, count × height × width × 3, rounded to one uint8 photograph."""
    return np.round(np.mean(photos, axis=0)).astype("uint8")


SIZES = ((3, 2, 2), (2, 4, 3), (1, 3, 5), (5, 1, 1), (9, 3, 4), (4, 6, 1), (7, 1, 6))


@average_photos.cases
def _no_halves(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    """Photographs without a mean so near a half that honest ways of rounding disagree; most pass 255 when added."""
    for size in SIZES:
        photos = generator.integers(0, 256, (*size, 3), dtype="uint8")
        halves = abs(photos.mean(axis=0) % 1 - 0.5) < 0.05
        photos[:, halves] = photos[0, halves]
        yield (photos,)
    yield (np.full((4, 2, 3, 3), 255, dtype="uint8"),)
    yield (np.stack([np.full((2, 2, 3), level, dtype="uint8") for level in (0, 0, 255)]),)


def _mean(photos):
    return photos.mean(axis=0)


def _bytes_sum(photos):
    return photos.sum(axis=0, dtype="uint8")


def _halving(photos, between=np.asarray):
    """Each photograph in turn averaged with what was there before; `between` is done after each step."""
    result = photos[0].astype(float)
    for photo in photos[1:]:
        result = between((result + photo) / 2)
    return result


average_photos.misconception(
    "The sum went past 255 and round: a uint8 has no room for several photographs, so add them as floats.",
    *drawing.roundings(lambda photos: _bytes_sum(photos) / len(photos)),
    lambda photos: _bytes_sum(photos) // np.uint8(len(photos)),
)
average_photos.misconception(
    "The decimals were cut off: `astype` and `//` do not round, so round first.",
    lambda photos: _mean(photos).astype("uint8"),
    lambda photos: np.floor(_mean(photos)),
)
average_photos.misconception(
    "You rounded up: round to the nearest whole number, once.",
    lambda photos: np.ceil(_mean(photos)).astype("uint8"),
    lambda photos: (_mean(photos) + 1).astype(int).astype("uint8"),
)
average_photos.misconception(
    "Each photograph was made whole before the sum, and the small errors add up: add first, then divide and round.",
    lambda photos: (photos // len(photos)).sum(axis=0).astype("uint8"),
    lambda photos: np.round(photos / len(photos)).sum(axis=0).astype(int).astype("uint8"),
)
average_photos.misconception(
    "The photographs were added and not divided: a mean is the sum divided by how many there are.",
    *drawing.roundings(lambda photos: photos.sum(axis=0, dtype=int)),
    lambda photos: np.clip(photos.sum(axis=0, dtype=int), 0, 255).astype("uint8"),
)
average_photos.misconception(
    "You averaged over everything, which leaves one number: only the first axis, the count of photographs, goes.",
    lambda photos: photos.mean(),
    lambda photos: round(float(photos.mean())),
    lambda photos: np.uint8(photos.mean()),
    lambda photos: [round(float(photo.mean())) for photo in photos],
    lambda photos: photos.mean(axis=(1, 2, 3)),
)
average_photos.misconception(
    "You averaged over another axis: axis 0 counts the photographs, and rows, columns and channels stay.",
    *drawing.roundings(lambda photos: photos.mean(axis=1)),
    *drawing.roundings(lambda photos: photos.mean(axis=2)),
    *drawing.roundings(lambda photos: photos.mean(axis=3)),
    lambda photos: photos.mean(axis=(1, 2)),
    lambda photos: photos.mean(axis=(0, 1)),
    lambda photos: np.round(photos.mean(axis=(0, 1))),
    lambda photos: photos.mean(axis=(0, 1, 2)),
    lambda photos: np.round(photos.mean(axis=(0, 1, 2))),
    lambda photos: photos.mean(axis=(0, 3)),
    lambda photos: np.round(photos.mean(axis=(0, 3))),
)
average_photos.misconception(
    "You took the number in the middle, the median: here the mean is asked for, the sum divided by the count.",
    *drawing.roundings(lambda photos: np.median(photos, axis=0)),
)
average_photos.misconception(
    "The later photographs count more than the first ones: add all of them, and divide once at the end.",
    *drawing.roundings(_halving),
    lambda photos: _halving(photos, np.round),
    lambda photos: _halving(photos, np.floor),
    lambda photos: _halving(photos, lambda mean: np.floor(mean + 0.5)),
)


def _clipped(values):
    """One wrong thought, with its ends cut: rounded, and cut to uint8."""
    return (
        lambda photos: np.clip(np.round(values(photos)), 0, 255).astype("uint8"),
        lambda photos: np.clip(values(photos), 0, 255).astype("uint8"),
    )


average_photos.misconception(
    "You divided by another number than the count of the photographs: that is `len(photos)`.",
    *drawing.roundings(lambda photos: photos.sum(axis=0) / 2),
    *drawing.roundings(lambda photos: photos.sum(axis=0) / 3),
    *_clipped(lambda photos: photos.sum(axis=0) / 2),
    *_clipped(lambda photos: photos.sum(axis=0) / 3),
    *_clipped(lambda photos: photos.sum(axis=0) / photos.shape[1]),
    lambda photos: np.round(photos.sum(axis=0) / photos.shape[1]),
    *drawing.roundings(lambda photos: photos.sum(axis=0) / (len(photos) + 1)),
    *drawing.roundings(lambda photos: photos.sum(axis=0) / max(1, len(photos) - 1)),
    lambda photos: np.round(photos.sum(axis=0) / photos.size),
    lambda photos: np.round(photos.sum(axis=0) / 255),
    lambda photos: np.round(photos.sum(axis=0) / 10),
)
average_photos.misconception(
    "Not every photograph is in your mean, or one is in it twice: each counts once, the first and the last too.",
    *drawing.roundings(lambda photos: (photos.sum(axis=0) + photos[0]) / len(photos)),
    lambda photos: photos[0],
    lambda photos: photos[-1],
    *drawing.roundings(lambda photos: photos[-1] / len(photos)),
    *drawing.roundings(lambda photos: photos[[0, -1]].mean(axis=0)),
    *drawing.roundings(lambda photos: photos[:2].mean(axis=0)),
    *drawing.roundings(lambda photos: photos[1:].sum(axis=0) / len(photos)),
    *drawing.roundings(lambda photos: photos[:-1].sum(axis=0) / len(photos)),
)
average_photos.misconception(
    "The numbers are right and of another kind: a photograph holds uint8, so round and convert at the end.",
    lambda photos: _mean(photos),
    lambda photos: np.round(_mean(photos)),
    lambda photos: np.round(_mean(photos)).astype(int),
)
average_photos.misconception(
    "You kept the brightest or the darkest of the numbers: a mean takes all of them together.",
    lambda photos: photos.max(axis=0),
    lambda photos: photos.min(axis=0),
)
