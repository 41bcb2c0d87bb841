"""The networks of the course. All take raw pictures (0 to 255) and end in logits, one for each class."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

SMALLEST = 18  # What three 3 × 3 windows and two poolings leave one pixel of.


def classic_network(
    shape: tuple[int, int, int],
    classes: int,
    dropout: float = 0.0,
    l2: float = 0.0,
    augmentation: Sequence["keras.layers.Layer"] = (),
) -> "keras.Sequential":
    """Logits of pictures height × width × channels, by lesson 3's network: 32, 64 and 64 kernels, 64 neurons.

    `dropout` (0 to 1) stands before each dense layer, `l2` holds the weights of all layers small, and the
    `augmentation` layers see the raw pictures first.
    """
    import keras
    from keras import layers

    _refuse_small(shape)
    small = _penalty(l2)
    return keras.Sequential(
        [
            keras.Input(shape),
            *augmentation,
            layers.Rescaling(1 / 255),
            layers.Conv2D(32, kernel_size=3, activation="relu", kernel_regularizer=small),
            layers.MaxPooling2D(pool_size=2),
            layers.Conv2D(64, kernel_size=3, activation="relu", kernel_regularizer=small),
            layers.MaxPooling2D(pool_size=2),
            layers.Conv2D(64, kernel_size=3, activation="relu", kernel_regularizer=small),
            layers.Flatten(),
            *_dropout(dropout),
            layers.Dense(64, activation="relu", kernel_regularizer=small),
            *_dropout(dropout),
            layers.Dense(classes, kernel_regularizer=small),
        ]
    )


def small_network(
    shape: tuple[int, int, int],
    classes: int,
    dropout: float = 0.0,
    l2: float = 0.0,
    augmentation: Sequence["keras.layers.Layer"] = (),
) -> "keras.Sequential":
    """Logits of pictures height × width × channels, by lesson 4's network: 8, 16 and 16 kernels, 128 neurons.

    `dropout` (0 to 1) stands before each dense layer, `l2` holds the weights of all layers but the last small, and the
    `augmentation` layers see the raw pictures first.
    """
    import keras
    from keras import layers

    small = _penalty(l2)
    convolutions = [
        layer
        for kernels in (8, 16, 16)
        for layer in (
            layers.Conv2D(kernels, kernel_size=3, padding="same", activation="relu", kernel_regularizer=small),
            layers.MaxPooling2D(pool_size=2),
        )
    ]
    return keras.Sequential(
        [
            keras.Input(shape),
            *augmentation,
            layers.Rescaling(1 / 127.5, offset=-1),
            *convolutions,
            layers.Flatten(),
            *_dropout(dropout),
            layers.Dense(128, activation="relu", kernel_regularizer=small),
            *_dropout(dropout),
            layers.Dense(classes),
        ]
    )


def dense_network(shape: tuple[int, int, int], classes: int) -> "keras.Sequential":
    """Logits of pictures height × width × channels, by two layers of 128 and 64 neurons that know no neighbours."""
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input(shape),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(64, activation="relu"),
            layers.Dense(classes),
        ]
    )


def _penalty(l2: float) -> "keras.regularizers.L2 | None":
    import keras

    return keras.regularizers.L2(l2) if l2 else None


def _dropout(rate: float) -> list["keras.layers.Layer"]:
    from keras import layers

    return [layers.Dropout(rate)] if rate else []


def _refuse_small(shape: tuple[int, int, int]) -> None:
    if len(shape) != 3 or min(shape[:2]) < SMALLEST:
        raise ValueError(
            f"pictures of shape {shape} do not fit: the classic network needs height × width × channels with at least "
            f"{SMALLEST} × {SMALLEST} pixels, so enlarge them or take dense_network"
        )
