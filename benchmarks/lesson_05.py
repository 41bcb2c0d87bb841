"""Lesson 5 measured with more pictures and more seeds than its notebook has time for.

    python benchmarks/lesson_05.py [--seeds 5] [textbook] [clothing] [materials]

Prints a row for each experiment, mean ± standard deviation over the seeds. The last line ends in the ratio of test
accuracies, ImageNet features to lesson 4's network from nothing, on materials with five pictures a class.
"""

import argparse
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from imgrec_lib import backbone, datasets, models
from imgrec_lib.datasets import Split
from imgrec_lib.quiet import quiet

with quiet():
    import keras

COUNTS = (2, 5, 10, 50)
Result = Callable[[int], float]


def row(name: str, result: Result, seeds: Sequence[int]) -> float:
    """Print and return the mean of result(seed) over the seeds."""
    values = [result(seed) for seed in seeds]
    print(f"{name:52} {np.mean(values):.3f} ± {np.std(values):.3f}", flush=True)
    return float(np.mean(values))


def fitted(model: keras.Model, train: Split, rounds: int, batch_size: int = 10, rate: float = 0.001) -> keras.Model:
    """The model, trained with Adam on all rounds in one long epoch, as in the lesson."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate), loss=loss, metrics=["accuracy"])
    generator = np.random.default_rng(0)
    shown = np.concatenate([generator.permutation(len(train)) for _ in range(rounds)])
    model.fit(train.images[shown], train.labels[shown], batch_size=batch_size, shuffle=False, verbose=0)
    return model


def tested(model: keras.Model, test: Split) -> float:
    return model.evaluate(test.images, test.labels, verbose=0)[1]


def head(train: Split, test: Split) -> float:
    return LogisticRegression(max_iter=2000, tol=0.001).fit(train.images, train.labels).score(test.images, test.labels)


def flat(split: Split) -> Split:
    return Split(split.images.reshape(len(split), -1) / 255, split.labels)


def machine(train: Split, test: Split) -> float:
    return SVC(C=10).fit(flat(train).images, train.labels).score(flat(test).images, test.labels)


def small(train: Split, test: Split, seed: int, dropout: float) -> float:
    keras.utils.set_random_seed(seed)
    model = models.small_network(train.images.shape[1:], int(test.labels.max()) + 1, dropout=dropout)
    return tested(fitted(model, train, rounds=30), test)


def averaging(train: Split, test: Split, seed: int) -> float:
    """Accuracy of a network from nothing that averages its maps, made for textures."""
    layers = keras.layers
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input(train.images.shape[1:]), layers.Rescaling(1 / 127.5, offset=-1)])
    for kernels in (16, 32):
        model.add(layers.Conv2D(kernels, 3, activation="relu"))
        model.add(layers.MaxPooling2D())
    model.add(layers.Conv2D(64, 3, activation="relu"))
    model.add(layers.GlobalAveragePooling2D())
    model.add(layers.Dense(10))
    return tested(fitted(model, train, rounds=30, batch_size=5, rate=0.003), test)


def seen(split: Split) -> Split:
    return Split(backbone.features(split.images), split.labels)


def rivals(pool: Split, test: Split, seeds: Sequence[int], counts: Sequence[int]) -> dict[int, tuple[float, float]]:
    """For each number of pictures a class: the accuracy of features with a head, and of the network from nothing."""
    known, asked = seen(pool), seen(test)
    found = {}
    for count in counts:
        few, few_seen = drawn(pool, count), drawn(known, count)
        name = f"{count:2} a class: ImageNet features and a head"
        features = row(name, lambda seed, few=few_seen: head(few(seed), asked), seeds)
        nothing = row(
            f"{count:2} a class: lesson 4's network, dropout 0.5",
            lambda seed, few=few: small(few(seed), test, seed, 0.5),
            seeds,
        )
        row(f"{count:2} a class: SVM on pixels", lambda seed, few=few: machine(few(seed), test), seeds)
        found[count] = features, nothing
    return found


def drawn(pool: Split, count: int) -> Callable[[int], Split]:
    """A function from a seed to `count` pictures of each class."""
    return lambda seed: pool.per_class(count, seed)


def only(split: Split, first: int, last: int) -> Split:
    chosen = (split.labels >= first) & (split.labels <= last)
    return Split(split.images[chosen], split.labels[chosen] - first)


def textbook(seeds: Sequence[int]) -> None:
    """Pretrain on five kinds of clothing, reuse on the other five, with few and with many pictures."""
    clothes = datasets.load("fashion_mnist")
    pool, test = only(clothes.train, 5, 9).per_class(50), only(clothes.test, 5, 9).per_class(400)
    inputs = {"head on raw pixels": (flat(pool), flat(test))}
    for each, rounds in ((1200, 3), (4500, 5)):
        keras.utils.set_random_seed(0)
        old = models.small_network((28, 28, 1), 5)
        fitted(old, only(clothes.train, 0, 4).per_class(each), rounds, batch_size=64)
        print(f"pretrained on {5 * each:,}: {tested(old, only(clothes.test, 0, 4)):.3f} on the old task")
        for name, layer in (("dense layer", -2), ("convolutions", -3)):
            cut = keras.Model(old.inputs, old.layers[layer].output)
            inputs[f"head after the {name} ({5 * each:,})"] = tuple(
                Split(cut.predict(part.images, verbose=0), part.labels) for part in (pool, test)
            )
    for count in (5, 10, 50):
        for name, (known, asked) in inputs.items():
            few = drawn(known, count)
            row(f"{count:2} a class: {name}", lambda seed, few=few, asked=asked: head(few(seed), asked), seeds)
        few = drawn(pool, count)
        row(f"{count:2} a class: network from nothing", lambda seed, few=few: small(few(seed), test, seed, 0.0), seeds)


def materials(seeds: Sequence[int]) -> str:
    """The summary line, after the materials of lesson 4 at 64 × 64."""
    loaded = datasets.load("materials", size=64, per_class=50)
    found = rivals(loaded.train, loaded.test, seeds, COUNTS)
    for count in COUNTS:
        few = drawn(loaded.train, count)
        name = f"{count:2} a class: from nothing, averaging"
        row(name, lambda seed, few=few: averaging(few(seed), loaded.test, seed), seeds)
    features, nothing = found[5]
    return f"materials, 5 pictures a class: {100 * (features - nothing):.0f} points won, ratio {features / nothing:.2f}"


def moved(split: Split, seed: int) -> Split:
    """The 28 × 28 pictures, each at a random place in a black 56 × 56."""
    generator = np.random.default_rng(seed)
    canvas = np.zeros((len(split), 56, 56, 1), dtype=np.uint8)
    for place, image in enumerate(split.images):
        top, left = generator.integers(0, 29, size=2)
        canvas[place, top : top + 28, left : left + 28] = image
    return Split(canvas, split.labels)


def clothing(seeds: Sequence[int]) -> None:
    """All ten kinds of clothing, in their place and moved."""
    loaded = datasets.load("fashion_mnist")
    pool, test = loaded.train.per_class(50), loaded.test.per_class(50)
    print("clothes in their place:")
    rivals(pool, test, seeds, COUNTS)
    print("clothes moved about in a larger picture:")
    rivals(moved(pool, 0), moved(test, 1), seeds, (5, 50))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5, help="how many draws and networks (default 5)")
    parser.add_argument("parts", nargs="*", help="textbook, clothing, materials; all by default")
    chosen = parser.parse_args()
    for name, part in (("textbook", textbook), ("clothing", clothing), ("materials", materials)):
        if not chosen.parts or name in chosen.parts:
            summary = part(range(chosen.seeds))
            if summary:
                print(summary)


if __name__ == "__main__":
    main()
