"""The exercise on what a picture's numbers must be before the borrowed network sees them."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

SIZES = ((1, 2, 3), (4, 3, 3), (3, 5, 3), (1, 1, 3), (6, 1, 3), (5, 5, 1))


@function(
    "05.preprocess",
    dtype="float32",
    hints=(
        "Which number must 127 become, and which 255? And can uint8 hold the number that 0 becomes?",
        "Make floats of the picture first; only then subtract, and divide last.",
        'Begin with `image.astype("float32")`, and put the subtraction in brackets before you divide.',
    ),
    praise="Floats first, then the numbers that this family of networks was trained with. Another family has others.",
)
def preprocess(image: np.ndarray) -> np.ndarray:
    """The picture as EfficientNet-Lite0 wants it: 127 subtracted, then divided by 128, in float32."""
    return (image.astype("float32") - 127) / 128


@preprocess.cases
def _pictures(generator: np.random.Generator) -> Iterator[tuple[np.ndarray]]:
    yield (np.array([[[0, 127, 255], generator.integers(1, 120, 3)]], dtype="uint8"),)
    for shape in SIZES:
        yield (generator.integers(0, 256, shape, dtype="uint8"),)
    for level in (0, 126, 127, 128, 255):
        yield (np.full((2, 3, 3), level, dtype="uint8"),)


def _floats(image):
    return image.astype("float32")


preprocess.misconception(
    "You divided by 255, which gives 0 to 1: this network wants about -1 to 1, so subtract 127 and divide by 128.",
    lambda image: _floats(image) / 255,
    lambda image: image / 255,
    lambda image: image / 256,
    lambda image: image / 255.0 - 127 / 255,
    lambda image: (image / 255 - 127) / 128,
    lambda image: (_floats(image) - 127) / 255,
    lambda image: (image.astype(float) - 127) / 256,
)
preprocess.misconception(
    "You subtracted from uint8, which holds nothing below 0: dark pixels wrapped round to bright ones. Make floats "
    "before you subtract.",
    lambda image: (image - 127) / 128,
    lambda image: ((image - 127) / 128).astype("float32"),
    lambda image: (image - np.uint8(127)).astype("float32") / 128,
    lambda image: (image - 128) / 127,
    lambda image: ((image - 128) / 128).astype("float32"),
    lambda image: (image - 127) // 128,
    lambda image: (image.astype("int8") - 127) / 128,
    lambda image: (image.astype("int8") - 127.0) / 128,
)
preprocess.misconception(
    "You subtracted 128: nearly right, and black must become -127/128. Subtract 127, and divide by 128.",
    lambda image: (_floats(image) - 128) / 128,
    lambda image: (image - 128.0) / 128,
    lambda image: (_floats(image) - 128) / 127,
    lambda image: (image - 128.0) / 127,
    lambda image: _floats(image) / 128 - 1,
    lambda image: image / 128 - 1,
)
preprocess.misconception(
    "That is the way of another family, with 127.5: this one subtracts 127 and divides by 128.",
    lambda image: _floats(image) / 127.5 - 1,
    lambda image: (image - 127.5) / 127.5,
    lambda image: (image - 127.5) / 128,
    lambda image: image / 255 * 2 - 1,
    lambda image: (image / 255 - 0.5) / 0.5,
    lambda image: 1 - image / 127.5,
)
preprocess.misconception(
    "You subtracted 127 and divided by it as well: the number to divide by is 128.",
    lambda image: (_floats(image) - 127) / 127,
    lambda image: (image - 127.0) / 127,
    lambda image: image / 127 - 1,
)
preprocess.misconception(
    "Values are right, and the dtype is another float: the network wants float32, so convert with astype.",
    lambda image: (image - 127.0) / 128,
    lambda image: (image.astype(float) - 127) / 128,
)
preprocess.misconception(
    "Dividing comes before subtracting where no brackets stand: put brackets round the subtraction.",
    lambda image: _floats(image) - 127 / 128,
    lambda image: image - 127 / 128,
    lambda image: _floats(image) / 128 - 127,
    lambda image: image / 128 - 127,
)
preprocess.misconception(
    "One step goes the wrong way: take 127 away from the picture, not the other way round, then divide, not multiply.",
    lambda image: (_floats(image) + 127) / 128,
    lambda image: (_floats(image) - 127) * 128,
    lambda image: (127 - _floats(image)) / 128,
    lambda image: (127.0 - image) / 128,
)
preprocess.misconception(
    "You cut off what lies below 0: dark pixels are negative here, and they must stay so.",
    lambda image: np.clip((_floats(image) - 127) / 128, 0, 1),
    lambda image: np.maximum(_floats(image) - 127, 0) / 128,
    lambda image: abs(_floats(image) - 127) / 128,
)
preprocess.misconception(
    "One of the two steps is missing: subtract 127, and then divide by 128.",
    lambda image: _floats(image) - 127,
    lambda image: image - 127.0,
    lambda image: _floats(image) / 128,
    lambda image: image / 128,
    lambda image: image / 127,
    lambda image: image / 127.5,
    lambda image: image,
    lambda image: _floats(image),
)
preprocess.misconception(
    "Most of the result is cut off: values between -1 and 1 need their decimals, so keep floats to the end.",
    lambda image: ((image - 127.0) / 128).astype(int),
    lambda image: ((image - 127.0) / 128).astype("uint8"),
    lambda image: (image.astype(int) - 127) // 128,
    lambda image: np.round((image - 127.0) / 128),
    lambda image: (_floats(image) - 127) // 128,
)
preprocess.misconception(
    "You used this picture's own mean or extremes: each picture would get other numbers. Use 127 and 128 for all.",
    lambda image: (image - image.mean()) / max(image.std(), 1e-7),
    lambda image: (image - image.mean()) / image.std(),
    lambda image: (image - image.mean(axis=(0, 1))) / image.std(axis=(0, 1)),
    lambda image: (image - image.min()) / (image.max() - image.min()),
    lambda image: (image - image.mean()) / 128,
    lambda image: image - image.mean(),
    lambda image: (image - image.mean(axis=(0, 1))) / (image.std(axis=(0, 1)) + 1e-7),
    lambda image: image / max(image.max(), 1),
    lambda image: (image - float(image.min())) / max(float(image.max()) - float(image.min()), 1e-7) * 2 - 1,
)
preprocess.misconception(
    "The colours changed their order: keep red, green and blue as they come, and change the numbers alone.",
    lambda image: (_floats(image)[:, :, ::-1] - 127) / 128,
    lambda image: (image[:, :, ::-1] - 127.0) / 128,
)
preprocess.misconception(
    "One picture comes in and one comes back, of the same shape: leave the extra axis for later.",
    lambda image: (_floats(image)[np.newaxis] - 127) / 128,
    lambda image: (image[np.newaxis] - 127.0) / 128,
)
