"""The two ways to learn from a collection: a head on a pretrained backbone, or the lesson's network from nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imgrec_lib.progress import Report
from imgrec_lib.recognising import HEAD, familiarity, networks
from imgrec_lib.recognising.applications import PREFIX
from imgrec_lib.recognising.checkpoints import Checkpoints
from imgrec_lib.recognising.heads import BIAS, KERNEL

if TYPE_CHECKING:
    from imgrec_lib.collecting import Collection
    from imgrec_lib.recogniser import Recogniser
    from imgrec_lib.recognising.document import Description
    from imgrec_lib.recognising.features import Eyes, OtherEyes
    from imgrec_lib.recognising.heads import Head

Hear = Callable[[dict[str, list[float]], int], None]
EMBEDDED = "efficientnet_lite0"


@dataclass(frozen=True)
class Options:
    """What a person chose: see `training.train`."""

    from_scratch: bool = False
    backbone: str | None = None
    epochs: int | None = None
    seed: int = 0
    side: int | None = None

    def __post_init__(self) -> None:
        if self.from_scratch and self.backbone:
            raise ValueError("--from-scratch takes no backbone, and --backbone is one; give one of the two")
        if self.epochs is not None and not 1 <= self.epochs <= 1000:
            raise ValueError(f"{self.epochs} epochs cannot be trained; give 1 to 1000, or leave --epochs out")
        if not 0 <= self.seed < 2**31:
            raise ValueError(f"a seed of {self.seed} is none; give a whole number from 0 to 2147483647")
        if self.side is not None and not 32 <= self.side <= 512:
            raise ValueError(f"a side of {self.side} pixels cannot be learned from; give --side 32 to 512")
        self.image_side()

    @property
    def network(self) -> str:
        """The network's name in the file."""
        if self.from_scratch:
            return "classic"
        name = self.backbone or EMBEDDED
        return name if name == EMBEDDED else PREFIX + name.removeprefix(PREFIX)

    def image_side(self) -> int | None:
        """The side that photographs are resized to, or None where it follows from their own sizes."""
        if not self.from_scratch:
            return self.side
        from imgrec_lib.recognising.from_scratch import checked_side

        return checked_side(self.side)


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned: named `weights`, or all of them in order; the curves; and whether fine-tuning won."""

    weights: Mapping[str, np.ndarray] | list[np.ndarray]
    history: dict[str, list[float]]
    head: "Head | None"
    fine_tuned: bool

    def recogniser(self, description: "Description") -> "Recogniser":
        """The recogniser with these weights."""
        from imgrec_lib.recogniser import Recogniser

        if not networks.is_own(description.network):
            network = networks.build(description.network, description.side, len(description.class_names))
            for layer in (familiarity.CENTRES, familiarity.NAME, HEAD):
                for one in network.get_layer(layer).weights:
                    one.assign(self.weights[f"{layer}/{one.name}"])
            return Recogniser.of(network, description)
        names = list(networks.expected(description))
        if isinstance(self.weights, list):
            return Recogniser(description, dict(zip(names, self.weights, strict=True)))
        return Recogniser(description, {name: self.weights[name] for name in names})


def learn_from(
    collection: "Collection",
    places: dict[str, np.ndarray],
    options: Options,
    checkpoints: Checkpoints,
    report: Report,
    hear: Hear,
) -> Learned:
    """Train on the places of `train`, choosing by those of `validation`."""
    parts = [(collection.images[places[part]], collection.labels[places[part]]) for part in ("train", "validation")]
    report("Loading TensorFlow. This takes some seconds.", 0.0)
    classes = len(collection.class_names)
    if options.from_scratch:
        from imgrec_lib.recognising.from_scratch import train_from_scratch

        weights, history = train_from_scratch(
            *parts[0], parts[1], classes, checkpoints, epochs=options.epochs, seed=options.seed,
            hear=_heard(report, hear, 0.0),
        )  # fmt: skip
        return Learned(weights, history, None, False)
    return _from_features(parts, classes, options, checkpoints, report, hear)


def _from_features(
    parts: list[tuple[np.ndarray, np.ndarray]],
    classes: int,
    options: Options,
    checkpoints: Checkpoints,
    report: Report,
    hear: Hear,
) -> Learned:
    from imgrec_lib.recognising import features, heads
    from imgrec_lib.recognising.fine_tuning import FEWEST_PER_CLASS, fine_tune

    (images, labels), (held_out, held_out_labels) = parts
    eyes = _eyes(options, images.shape[1], classes)
    copies = features.copies_for(len(images))
    maps, validation = _maps(eyes, images, held_out, copies, options.seed, checkpoints, report)
    report("Learning to tell the classes apart.", 0.45)
    repeated, seen, unseen = np.tile(labels, copies), eyes.features(maps), eyes.features(validation)
    head = heads.fit(seen, repeated, copies, (unseen, held_out_labels), classes)
    weights, history, better = {KERNEL: head.kernel, BIAS: head.bias}, {}, False
    if eyes.tunable and np.bincount(labels, minlength=classes).min() >= FEWEST_PER_CLASS:
        weights, history, better = fine_tune(
            eyes, head, maps, labels, (validation, held_out_labels), checkpoints,
            epochs=options.epochs, seed=options.seed, hear=_heard(report, hear, 0.5),
        )  # fmt: skip
    if better:
        seen, unseen = eyes.features(maps[: len(labels)]), eyes.features(validation)
    known = familiarity.fit(seen[: len(labels)], labels, unseen, classes, options.seed)
    backbone = _named(eyes) if eyes.tunable else {}
    return Learned({**backbone, **weights, **known.weights()}, history, head, better)


def _eyes(options: Options, side: int, classes: int) -> "Eyes | OtherEyes":
    from imgrec_lib.recognising import features

    if options.network == EMBEDDED:
        return features.Eyes(side)
    return features.OtherEyes(networks.build(options.network, side, classes))


def _named(eyes: "Eyes") -> dict[str, np.ndarray]:
    return {f"{name}/{one.name}": np.asarray(one) for name, layer in eyes.layers.items() for one in layer.weights}


def _maps(
    eyes: "Eyes | OtherEyes",
    images: np.ndarray,
    held_out: np.ndarray,
    copies: int,
    seed: int,
    checkpoints: Checkpoints,
    report: Report,
) -> tuple[np.ndarray, np.ndarray]:
    """The maps of all copies of the training pictures, and of the validation pictures; kept, for they take longest."""
    from imgrec_lib.recognising.features import looked_at

    kept = checkpoints.load("maps")
    if kept is not None and len(kept[0].get("train", ())) == copies * len(images):
        return kept[0]["train"], kept[0]["validation"]
    maps = looked_at(eyes, images, copies, seed, lambda words, share: report(words, 0.05 + 0.35 * share))
    validation = looked_at(eyes, held_out, 1, seed, lambda words, share: report(words, 0.4 + 0.05 * share))
    checkpoints.save("maps", {"train": maps, "validation": validation}, {})
    return maps, validation


def _heard(report: Report, hear: Hear, start: float) -> Hear:
    """Tells of each epoch in words and as curves."""

    def heard(history: dict[str, list[float]], epochs: int) -> None:
        done = len(history["loss"])
        right = round(100 * history["val_accuracy"][-1])
        words = f"Epoch {done} of {epochs}: {right} % of validation photographs right."
        report(words, start + (1 - start) * done / epochs)
        hear(history, epochs)

    return heard
