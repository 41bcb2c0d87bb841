"""The networks of keras.applications, each with its own preprocessing inside and a new last layer."""

from typing import TYPE_CHECKING

from imgrec_lib.quiet import quiet
from imgrec_lib.recognising import HEAD, familiarity
from imgrec_lib.recognising.document import RecogniserError, shown

if TYPE_CHECKING:
    import keras

PREFIX = "applications."
# What a network does to raw pictures first, in the words of keras.applications.imagenet_utils: to −1…1 ("tf"), to the
# mean and deviation of ImageNet ("torch"), to BGR less the mean ("caffe"), or all of it inside the network already.
_INSIDE = (
    "ConvNeXtTiny", "ConvNeXtSmall", "ConvNeXtBase", "ConvNeXtLarge", "EfficientNetB0", "EfficientNetB1",
    "EfficientNetB2", "EfficientNetB3", "EfficientNetB4", "EfficientNetB5", "EfficientNetB6", "EfficientNetB7",
    "EfficientNetV2B0", "EfficientNetV2B1", "EfficientNetV2B2", "EfficientNetV2B3", "EfficientNetV2S",
    "EfficientNetV2M", "EfficientNetV2L", "MobileNetV3Small", "MobileNetV3Large",
)  # fmt: skip
_MINUS_ONE_TO_ONE = (
    "InceptionResNetV2", "InceptionV3", "MobileNet", "MobileNetV2", "NASNetLarge", "NASNetMobile", "ResNet50V2",
    "ResNet101V2", "ResNet152V2", "Xception",
)  # fmt: skip
_IMAGENET = ("DenseNet121", "DenseNet169", "DenseNet201")
_BGR = ("ResNet50", "ResNet101", "ResNet152", "VGG16", "VGG19")
NAMES = tuple(sorted([*_INSIDE, *_MINUS_ONE_TO_ONE, *_IMAGENET, *_BGR]))
MEAN, DEVIATION, BGR_MEAN = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), (103.939, 116.779, 123.68)
_SMALLEST, _USUAL_SMALLEST = {"Xception": 71, "InceptionV3": 75, "InceptionResNetV2": 75}, 32


def smallest_side(network: str) -> int:
    """The smallest side of pictures, in pixels, that "applications.NAME" takes."""
    return _SMALLEST.get(known_name(network), _USUAL_SMALLEST)


def known_name(network: str) -> str:
    """The name without its prefix; raises RecogniserError where keras.applications has no such network."""
    name = network.removeprefix(PREFIX)
    if name in NAMES:
        return name
    import difflib

    near = difflib.get_close_matches(name, NAMES, n=3, cutoff=0.4) or ["MobileNetV2"]
    raise RecogniserError(f"there is no network {shown(name)} in keras.applications; take {' or '.join(near)}")


def build_application(network: str, side: int, classes: int, weights: str | None) -> "keras.Model":
    """A Keras model from raw pictures, count × side × side × 3, 0…255, to logits, ended by a new dense layer."""
    name = known_name(network)
    with quiet():
        import keras
    make = getattr(keras.applications, name)
    pictures = keras.Input((side, side, 3), name="pictures")
    try:
        with quiet():
            body = make(
                include_top=False, weights=weights, input_tensor=_prepared(pictures, name), pooling="avg"
            )  # fmt: skip
    except Exception as error:
        if weights is None:
            raise
        raise RecogniserError(
            f"the ImageNet weights of {name} cannot be had ({shown(str(error), 120)}); connect to the internet, or "
            "leave --backbone out for the network that comes with the course"
        ) from error
    evidence = keras.layers.Dense(classes, name=HEAD)(body.output)
    return keras.Model(pictures, familiarity.applied(body.output, evidence), name=name.lower())


def _prepared(pictures: "keras.KerasTensor", name: str) -> "keras.KerasTensor":
    from keras.layers import Rescaling

    if name in _MINUS_ONE_TO_ONE:
        return Rescaling(1 / 127.5, offset=-1.0)(pictures)
    if name in _IMAGENET:
        scale = [1 / (255 * one) for one in DEVIATION]
        return Rescaling(scale, offset=[-mean / one for mean, one in zip(MEAN, DEVIATION)])(pictures)
    if name in _BGR:
        return Rescaling(1.0, offset=[-one for one in BGR_MEAN])(pictures[..., ::-1])
    return pictures
