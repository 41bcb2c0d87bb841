"""Turn, enlarge, flip and disturb a picture by hand, and ask of each copy whether its label is still true."""

import reprlib
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from imgrec_lib import augmenting, plots
from imgrec_lib.widgets.still import Refused, StillWidget, Whole, javascript

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGEST_SIDE, MOST_PICTURES = 128, 24
SETTINGS = ("rotation", "zoom", "flip_left_right", "flip_up_down", "noise", "seed")
RULE_KEYS = {"rotation", "flip"}
ANSWERS = ("", "same", "another")


class Amount(traitlets.Float):
    """A number from `min` to `max`, whoever sets it, Python or the browser."""

    def validate(self, obj: Any, value: Any) -> float:
        """The value, or `Refused` where it is something else."""
        number = isinstance(value, Real) and not isinstance(value, bool)
        if not number or not self.min <= value <= self.max:
            rule = f"a number from {self.min} to {self.max}"
            raise Refused(f"{self.name} is {reprlib.repr(value)}, but must be {rule}: give one of those")
        return float(value)


class AugmentationExplorer(StillWidget):
    """Change a picture as augmentation does, and see which changes make its label a lie.

    `images` is one uint8 picture, height × width or height × width × channels, or a list of pictures of one shape, and
    `labels` a name, or a list of names. `changes_label` says what a change makes of a label: a rule as in
    `augmenting.label_after` for all labels, or a dictionary of such rules by label. Without it no question is asked.
    The traits `rotation` (−180 to 180 degrees), `zoom` (0.5 to 2), `flip_left_right`, `flip_up_down`, `noise` (0 to
    60), `seed` and `which` (the picture's number) follow what a hand does; `explorer.picture` is the changed copy.
    """

    _esm = javascript("augmentation_explorer")

    pictures = traitlets.Bytes().tag(sync=True)
    shape = traitlets.List(traitlets.Int()).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    asks = traitlets.Bool(False).tag(sync=True)
    which = Whole(0, min=0, max=MOST_PICTURES - 1).tag(sync=True)
    rotation = Amount(0.0, min=-180, max=180).tag(sync=True)
    zoom = Amount(1.0, min=0.5, max=2).tag(sync=True)
    noise = Amount(0.0, min=0, max=60).tag(sync=True)
    flip_left_right = traitlets.Bool(False).tag(sync=True)
    flip_up_down = traitlets.Bool(False).tag(sync=True)
    seed = Whole(0, min=0, max=2**31 - 1).tag(sync=True)
    answer = traitlets.Enum(ANSWERS, "").tag(sync=True)
    verdict = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        images: np.ndarray | Sequence[np.ndarray],
        labels: str | Sequence[str] = "",
        changes_label: augmenting.Rule | Mapping[str, augmenting.Rule] | None = None,
        **traits: Any,
    ) -> None:
        self._images = _pictures(images)
        names = _names(labels, len(self._images))
        self._rules = None if changes_label is None else _rules(changes_label, names)
        shape = [*self._images.shape[:3], self._images[0, :, :, np.newaxis].shape[-1]]
        self._fixed = {"pictures": self._images.tobytes(), "shape": shape, "labels": names}
        self._fixed["asks"] = changes_label is not None
        super().__init__(**self._fixed, **traits)

    @traitlets.validate("pictures", "shape", "labels", "asks", "which")
    def _checked(self, proposal: dict[str, Any]) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if name in self._fixed and value != self._fixed[name]:
            raise Refused(f"the {name} of an explorer stay as they are: make a new explorer")
        if name == "which" and value >= len(self._images):
            raise Refused(f"there is no picture {value}: the last is {len(self._images) - 1}")
        return value

    @property
    def picture(self) -> np.ndarray:
        """The changed copy, uint8, in the shape of the picture that was given."""
        return augmenting.augmented(self._images[self.which], **self.settings())

    def settings(self) -> dict[str, float | bool | int]:
        """The present settings, as `augmenting.augmented` takes them."""
        return {name: getattr(self, name) for name in SETTINGS}

    @traitlets.observe(*SETTINGS, "which")
    def _forget(self, change: Any) -> None:
        self.answer = self.verdict = ""

    @traitlets.observe("answer")
    def _judge(self, change: Any) -> None:
        if self.answer and self._rules is not None:
            self.verdict = self._sentence(self.answer == "same")

    def _sentence(self, said_same: bool) -> str:
        label = self.labels[self.which]
        change = augmenting.turned_and_mirrored(self.rotation, self.flip_left_right, self.flip_up_down)
        after, doing = augmenting.label_after(label, self._rules[label], *change), self._doing()
        if after is None:
            return f"People disagree here: {doing}, it is hardly “{label}” and nothing else yet. Leave such copies out."
        opening = "Right" if said_same == (after == label) else "Look again"
        if after == label:
            return f"{opening}: {doing}, it is still “{label}”, and the label stays true."
        now = f"“{after}” now" if after else f"not “{label}” any more"
        return f"{opening}: {doing}, it is {now}, and the label “{label}” would lie."

    def _doing(self) -> str:
        both = self.flip_left_right and self.flip_up_down
        parts = {
            "flipped both ways, which is half a turn": both,
            "flipped left-right": self.flip_left_right and not both,
            "flipped up-down": self.flip_up_down and not both,
            f"turned by {abs(self.rotation):g}°": self.rotation,
            f"{'enlarged' if self.zoom > 1 else 'made smaller'}": self.zoom != 1,
            "with noise": self.noise,
        }
        return ", ".join(part for part, there in parts.items() if there) or "unchanged"

    def words(self) -> str:
        """Which picture, and the settings."""
        height, width = self._images.shape[1:3]
        label = f" “{self.labels[self.which]}”" if self.labels[self.which] else ""
        return f"picture {self.which + 1} of {len(self._images)}{label}, {height} × {width}, {self._doing()}"

    def figure(self) -> "Figure":
        """The picture, its changed copy, and eight random copies."""
        figure, axes = plots.new_figure(2, 5, 9.0, 4.0)
        image = self._images[self.which]
        copies = [augmenting.augmented(image, **settings) for settings in augmenting.examples(self.seed)]
        titles = [self.labels[self.which] or "original", "your copy", *["random copy"] * len(copies)]
        for axis, copy, title in zip(axes.flat, [image, self.picture, *copies], titles):
            axis.imshow(copy.squeeze(), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
            axis.set_title(title, fontsize=9)
            axis.axis("off")
        return figure


def _pictures(images: np.ndarray | Sequence[np.ndarray]) -> np.ndarray:
    """Pictures × height × width, with or without channels, of one picture or several."""
    several = isinstance(images, list | tuple) or np.ndim(images) == 4
    pictures = [np.asarray(one) for one in (images if several else [images])]
    if not 1 <= len(pictures) <= MOST_PICTURES:
        raise ValueError(f"{len(pictures)} pictures do not suit the explorer: give 1 to {MOST_PICTURES}")
    if len({one.shape for one in pictures}) > 1:
        raise ValueError("the pictures have different shapes: give pictures of one shape")
    shape = pictures[0].shape
    if len(shape) not in (2, 3) or len(shape) == 3 and shape[2] not in (1, 3):
        raise ValueError(f"an array of shape {shape} is no picture: give height × width, with 1 or 3 channels or none")
    if min(shape) < 1 or max(shape) > LARGEST_SIDE:
        raise ValueError(f"a picture of shape {shape} does not suit the explorer: give at most {LARGEST_SIDE} a side")
    if any(one.dtype != np.uint8 for one in pictures):
        raise ValueError(f"pictures of {pictures[0].dtype} are refused: give uint8, whole numbers from 0 to 255")
    return np.stack(pictures)


def _names(labels: str | Sequence[str], count: int) -> list[str]:
    names = [labels] * count if isinstance(labels, str) else [str(label) for label in labels]
    if len(names) != count:
        raise ValueError(f"{len(names)} labels do not fit {count} pictures: give each picture one")
    return names


def _rules(changes_label: Any, names: Sequence[str]) -> dict[str, augmenting.Rule]:
    for_all = callable(changes_label) or isinstance(changes_label, Mapping) and set(changes_label) <= RULE_KEYS
    if not for_all and not isinstance(changes_label, Mapping):
        raise ValueError(f"{type(changes_label).__name__} is no rule: give a dictionary or a function")
    missing = [] if for_all else [name for name in names if name not in changes_label]
    if missing:
        raise ValueError(f"changes_label has no rule for {missing[0]!r}: add one, such as {{}} where no change matters")
    rules = {name: changes_label if for_all else changes_label[name] for name in names}
    for name, rule in rules.items():
        if not callable(rule) and not (isinstance(rule, Mapping) and set(rule) <= RULE_KEYS):
            raise ValueError(f"the rule {rule!r} for {name!r} is unknown: give rotation, flip, or a function")
    return rules
