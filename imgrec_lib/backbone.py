"""EfficientNet-Lite0, a network that has seen 1.28 million photographs, with its real weights.

Nothing is downloaded: the weights lie in `datasets/weights`, and their data card tells where they come from.
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib.datasets.embedded import read
from imgrec_lib.progress import progress
from imgrec_lib.quiet import quiet

if TYPE_CHECKING:
    import keras

FEATURES, CLASSES = 1280, 1000
SMALLEST_INPUT = 32

# Kernel size, stride of the first block, channels out of each block, number of blocks; every block but the first
# widens its input six times before the depthwise convolution.
STAGES = ((3, 1, 16, 1), (3, 2, 24, 2), (5, 2, 40, 2), (3, 2, 80, 3), (5, 1, 112, 3), (5, 2, 192, 4), (3, 1, 320, 1))
WIDENING = 6


def efficientnet_lite0(classes: bool = True, trainable: bool = False, input_size: int = 224) -> keras.Model:
    """A Keras model with ImageNet weights, from input_size × input_size × 3 to the logits of 1000 classes.

    With `classes=False` it ends in 1280 features, the means of the last feature maps. It expects what `prepare` makes.

    Its batch normalisation uses the stored means and variances as long as it is not trainable. To fine-tune, ask for
    `trainable=True` and set `layer.trainable = False` for each `BatchNormalization` layer: then the kernels learn,
    while these statistics, which a few small batches would ruin, stay. Inside another model, `training=False` in the
    call does not keep them: `fit` overrules it.
    """
    if input_size < SMALLEST_INPUT:
        raise ValueError(
            f"an input of {input_size} × {input_size} is halved five times; ask for {SMALLEST_INPUT} or more"
        )
    with quiet():
        import keras
    from keras import layers

    image = keras.Input((input_size, input_size, 3), name="image")
    outputs = layers.Conv2D(32, 3, strides=2, padding="same", use_bias=False, name="stem")(image)
    outputs = _normalised(outputs, "stem")
    for number, (size, stride, channels) in enumerate(blocks(), start=1):
        outputs = _block(outputs, f"block_{number:02}", size, stride, channels, 1 if number == 1 else WIDENING)
    outputs = _normalised(layers.Conv2D(FEATURES, 1, use_bias=False, name="head")(outputs), "head")
    outputs = layers.GlobalAveragePooling2D(name="features")(outputs)
    if classes:
        outputs = layers.Dense(CLASSES, name="classes")(outputs)
    model = keras.Model(image, outputs, name="efficientnet_lite0")
    _set_weights(model)
    model.trainable = trainable
    return model


def blocks() -> Iterator[tuple[int, int, int]]:
    """Kernel size, stride and channels of each of the sixteen blocks."""
    for size, stride, channels, repeats in STAGES:
        for repeat in range(repeats):
            yield size, stride if repeat == 0 else 1, channels


def _block(
    inputs: keras.KerasTensor, name: str, size: int, stride: int, channels: int, widening: int
) -> keras.KerasTensor:
    """An inverted bottleneck: widen by 1 × 1, look around channel by channel, narrow by 1 × 1, add the input."""
    from keras import layers

    outputs = inputs
    if widening > 1:
        outputs = layers.Conv2D(inputs.shape[-1] * widening, 1, use_bias=False, name=f"{name}_expand")(outputs)
        outputs = _normalised(outputs, f"{name}_expand")
    look = layers.DepthwiseConv2D(size, strides=stride, padding="same", use_bias=False, name=f"{name}_depthwise")
    outputs = _normalised(look(outputs), f"{name}_depthwise")
    outputs = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_project")(outputs)
    outputs = _normalised(outputs, f"{name}_project", relu=False)
    if stride == 1 and inputs.shape[-1] == channels:
        outputs = layers.Add(name=f"{name}_add")([outputs, inputs])
    return outputs


def _normalised(inputs: keras.KerasTensor, name: str, relu: bool = True) -> keras.KerasTensor:
    from keras import layers

    outputs = layers.BatchNormalization(epsilon=1e-3, momentum=0.99, name=f"{name}_normalisation")(inputs)
    return layers.ReLU(6.0, name=f"{name}_relu")(outputs) if relu else outputs


def _set_weights(model: keras.Model) -> None:
    with np.load(io.BytesIO(read("weights/efficientnet_lite0.npz")), allow_pickle=False) as stored:
        for layer in model.layers:
            for variable in layer.weights:
                variable.assign(stored[f"{layer.name}/{variable.name}"])


def prepare(images: np.ndarray | Sequence[np.ndarray], size: int | None = None) -> np.ndarray:
    """The images as the network expects them: float32, about −1 to 1, count × size × size × 3.

    `images` are uint8, count × height × width × 3, or × 1 for grey, or a list of images of different sizes. Without a
    `size` they keep their own.
    """
    if size is not None:
        images = [_resized(image, size) for image in images]
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3):
        raise ValueError(
            f"images of shape {images.shape} are not count × height × width × 3 or × 1; "
            "for one image, give image[np.newaxis]"
        )
    if images.shape[-1] == 1:
        images = np.repeat(images, 3, axis=-1)
    return (images.astype("float32") - 127) / 128


def _resized(image: np.ndarray, size: int) -> np.ndarray:
    import cv2

    if np.ndim(image) != 3:
        raise ValueError(f"an image of shape {np.shape(image)} is not height × width × channels; give a list of images")
    if image.shape[:2] == (size, size):
        return image
    smaller = min(image.shape[:2]) > size
    resized = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    return resized.reshape(size, size, -1)


def class_names() -> list[str]:
    """The English names of the 1000 ImageNet classes, in the order of the logits."""
    lines = read("weights/imagenet_classes.txt").decode("utf-8").splitlines()
    return [line.split("\t")[1].split(",")[0] for line in lines]


@functools.lru_cache(maxsize=2)
def _features_model(size: int) -> keras.Model:
    # Building and tracing takes two seconds, longer than a hundred pictures; lessons ask for features many times.
    return efficientnet_lite0(classes=False, input_size=size)


def features(images: np.ndarray | Sequence[np.ndarray], size: int = 96, batch_size: int = 32) -> np.ndarray:
    """What the network sees in each image: float32, count × 1280. The images are first resized to size × size."""
    model = _features_model(size)
    found = np.empty((len(images), FEATURES), "float32")
    for start in progress(range(0, len(images), batch_size), "features, in batches"):
        stop = start + batch_size
        found[start:stop] = model.predict_on_batch(prepare(images[start:stop], size))
    return found
