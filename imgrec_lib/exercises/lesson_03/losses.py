"""An exercise on the loss: the mean cross-entropy of a few pictures, straight from their logits."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function


@function(
    "03.cross_entropy",
    hints=(
        "Which one of a picture's probabilities decides its loss, and which number of yours says where it stands?",
        "Take each row's largest logit away. Then −ln of softmax is the logarithm of the sum, minus the right logit.",
        "For one picture: np.log of the sum of `np.exp(shifted)`, minus `shifted[label]`. At the end, take `np.mean`.",
    ),
    praise="The logarithm undoes the power, so nothing overflows and nothing is lost: that is why Keras takes logits.",
)
def cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    """The mean over the pictures of −ln of the probability given to the right class; logits: pictures × classes."""
    losses = []
    for scores, label in zip(logits, labels):
        shifted = scores - scores.max()
        losses.append(np.log(np.exp(shifted).sum()) - shifted[label])
    return np.mean(losses)


@cross_entropy.cases
def _pictures(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    yield _some(generator, 1, 3), np.array([1])
    for pictures, classes in ((2, 3), (4, 4), (6, 2), (5, 10)):
        yield _some(generator, pictures, classes), generator.integers(0, classes, pictures)
    yield _some(generator, 3, 4).astype("float32"), generator.integers(0, 4, 3)
    yield _some(generator, 3, 4) + np.array([[1000], [0], [-1000]]), generator.integers(0, 4, 3)
    far = _some(generator, 2, 3)
    far[:, 2] += 1000
    yield far, np.array([1, 2])


def _some(generator: np.random.Generator, pictures: int, classes: int) -> np.ndarray:
    """Logits that float32 holds exactly; in each row all differ."""
    steps = np.cumsum(generator.integers(1, 7, (pictures, classes)), axis=1)
    return generator.permuted(steps, axis=1) / 4 - 2


def _softmax(logits, axis=-1):
    positive = np.exp(logits - logits.max(axis=axis, keepdims=True))
    return positive / positive.sum(axis=axis, keepdims=True)


def _exact(logits):
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def _rounded_to_nothing(logits):
    return np.log(_softmax(logits))


def _overflowing(logits):
    return np.log(np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True))


def _clipped(logits):
    return np.log(np.clip(_softmax(logits), 1e-7, 1 - 1e-7))


WAYS = (_exact, _rounded_to_nothing, _overflowing)


def _chosen(rows, labels):
    return rows[np.arange(len(labels)), labels]


def _each_way(slip, ways=WAYS):
    """A wrong answer in each way of taking the logarithm: `slip` gets log-probabilities and labels."""
    return [lambda logits, labels, way=way: slip(way(logits), labels) for way in ways]


def _of_probabilities(change):
    """The loss, when `change` makes of the logits what is then taken for probabilities."""
    return lambda logits, labels: -np.log(_chosen(change(logits), labels)).mean()


def _without_from_logits(logits, labels):
    clipped = np.clip(logits, 1e-7, 1 - 1e-7)
    return -np.log(_chosen(clipped / clipped.sum(axis=1, keepdims=True), labels)).mean()


cross_entropy.misconception(
    "Large logits break it, for `np.exp(1000)` is too large a number: take each row's largest logit away first.",
    *_each_way(lambda logs, labels: -_chosen(logs, labels).mean(), [_overflowing]),
    _of_probabilities(lambda logits: np.exp(logits - logits.max()) / np.exp(logits - logits.max()).sum(1)[:, None]),
    lambda logits, labels: (np.log(np.exp(logits).sum(axis=1)) - _chosen(logits, labels)).mean(),
)
cross_entropy.misconception(
    "A very small probability became 0, and its logarithm is infinite: stay with logarithms, without the division.",
    *_each_way(lambda logs, labels: -_chosen(logs, labels).mean(), [_rounded_to_nothing]),
)
cross_entropy.misconception(
    "You hold small probabilities up, by a limit or by adding a little: so a very wrong answer pays too little.",
    *_each_way(lambda logs, labels: -_chosen(logs, labels).mean(), [_clipped]),
    *(_of_probabilities(lambda logits, least=least: _softmax(logits) + least) for least in (1e-7, 1e-8, 1e-9, 1e-12)),
    *(_of_probabilities(lambda logits, least=least: np.maximum(_softmax(logits), least)) for least in (1e-9, 1e-12)),
    *(_of_probabilities(lambda logits, least=least: np.maximum(_softmax(logits), least)) for least in (1e-10, 1e-15)),
    lambda logits, labels: -np.nan_to_num(_chosen(_rounded_to_nothing(logits), labels), neginf=0).mean(),
    lambda logits, labels: -np.nan_to_num(_chosen(_rounded_to_nothing(logits), labels)).mean(),
)
cross_entropy.misconception(
    "That is the sum over the pictures: take the mean, so that a large batch does not look worse than a small one.",
    *_each_way(lambda logs, labels: -_chosen(logs, labels).sum(), (*WAYS, _clipped)),
)
cross_entropy.misconception(
    "Each picture's loss is there: one number is asked for, their mean.",
    *_each_way(lambda logs, labels: -_chosen(logs, labels), (*WAYS, _clipped)),
)
cross_entropy.misconception(
    "The minus is missing: the logarithm of a probability is never above 0, and a loss is never below it.",
    *_each_way(lambda logs, labels: _chosen(logs, labels).mean(), (*WAYS, _clipped)),
)
cross_entropy.misconception(
    "That is another logarithm: this loss takes `np.log`, the one of *e*, because softmax took *e* to a power.",
    *_each_way(lambda logs, labels: -_chosen(logs, labels).mean() / np.log(10)),
    *_each_way(lambda logs, labels: -_chosen(logs, labels).mean() / np.log(2)),
)
cross_entropy.misconception(
    "You took the logits for probabilities: they can be negative and add up to anything, so softmax belongs between.",
    _of_probabilities(lambda logits: logits),
    _of_probabilities(lambda logits: abs(logits)),
    _of_probabilities(lambda logits: np.clip(logits, 1e-7, 1)),
    _of_probabilities(lambda logits: logits / logits.sum(axis=1, keepdims=True)),
    _without_from_logits,
    lambda logits, labels: -_chosen(logits, labels).mean(),
)
cross_entropy.misconception(
    "Softmax came twice: its probabilities went in once more as if they were logits.",
    lambda logits, labels: -_chosen(_exact(_softmax(logits)), labels).mean(),
    lambda logits, labels: -_chosen(_overflowing(np.exp(_overflowing(logits))), labels).mean(),
)
cross_entropy.misconception(
    "Your softmax goes across the pictures: the classes of one picture must add up to 1, along the last axis.",
    _of_probabilities(lambda logits: _softmax(logits, axis=0)),
    _of_probabilities(lambda logits: np.exp(logits) / np.exp(logits).sum(axis=0)),
    _of_probabilities(lambda logits: _softmax(logits, axis=None)),
    _of_probabilities(lambda logits: np.exp(logits) / np.exp(logits).sum()),
    lambda logits, labels: -_chosen(_exact(logits.T).T, labels).mean(),
    lambda logits, labels: -_chosen(_exact(logits.ravel()).reshape(logits.shape), labels).mean(),
)
cross_entropy.misconception(
    "You divided by the number of classes: the mean goes over the pictures, so divide by how many there are.",
    *_each_way(lambda logs, labels: -_chosen(logs, labels).sum() / logs.shape[1], (*WAYS, _clipped)),
)
cross_entropy.misconception(
    "`return` stands inside the loop, so it ends after the first picture: move it to the left, below the loop.",
    *_each_way(lambda logs, labels: -_chosen(logs, labels)[0], (*WAYS, _clipped)),
    *_each_way(lambda logs, labels: -_chosen(logs, labels)[0] / len(labels), (*WAYS, _clipped)),
)
cross_entropy.misconception(
    "Those are squares of differences: this loss is −ln of the probability that the right class got.",
    lambda logits, labels: ((_softmax(logits) - np.eye(logits.shape[1])[labels]) ** 2).mean(),
    lambda logits, labels: ((_softmax(logits) - np.eye(logits.shape[1])[labels]) ** 2).sum(axis=1).mean(),
    lambda logits, labels: ((1 - _chosen(_softmax(logits), labels)) ** 2).mean(),
    lambda logits, labels: ((logits - np.eye(logits.shape[1])[labels]) ** 2).mean(),
)
cross_entropy.misconception(
    "That is the distance to the largest logit: the other classes count too, through the sum of their powers of *e*.",
    lambda logits, labels: (logits.max(axis=1) - _chosen(logits, labels)).mean(),
    lambda logits, labels: (_chosen(logits, labels) - logits.max(axis=1)).mean(),
)
cross_entropy.misconception(
    "That weighs all logarithms by your own probabilities: the label decides, so only the right class counts.",
    lambda logits, labels: -(_softmax(logits) * _exact(logits)).sum(axis=1).mean(),
    lambda logits, labels: -(_softmax(logits) * _rounded_to_nothing(logits)).sum(axis=1).mean(),
    lambda logits, labels: -(np.exp(_overflowing(logits)) * _overflowing(logits)).sum(axis=1).mean(),
    lambda logits, labels: -(_softmax(logits) * _clipped(logits)).sum(axis=1).mean(),
    lambda logits, labels: -(_softmax(logits) * _exact(logits)).mean(),
    lambda logits, labels: -_chosen(_softmax(logits) * _exact(logits), labels).mean(),
)
cross_entropy.misconception(
    "You took the mean over all classes: only the probability of the right class counts, one for each picture.",
    *_each_way(lambda logs, labels: -logs.mean()),
    *_each_way(lambda logs, labels: -_chosen(logs, labels).mean() / logs.shape[1]),
    *_each_way(lambda logs, labels: -logs.sum()),
    *_each_way(lambda logs, labels: -logs.sum(axis=1).mean()),
    lambda logits, labels: -(np.eye(logits.shape[1])[labels] * np.log(_softmax(logits))).mean(),
)
cross_entropy.misconception(
    "You took the largest probability: the loss asks what the right class got, and the label says which that is.",
    *_each_way(lambda logs, labels: -logs.max(axis=1).mean()),
)
cross_entropy.misconception(
    "`[:, labels]` takes all labels' columns for every picture: each row needs its own, so give row numbers too.",
    *_each_way(lambda logs, labels: -logs[:, labels].mean()),
)
cross_entropy.misconception(
    "The logarithm is missing: it makes the loss grow without end when the right class gets next to nothing.",
    *_each_way(lambda logs, labels: 1 - np.exp(_chosen(logs, labels)).mean()),
    *_each_way(lambda logs, labels: np.exp(_chosen(logs, labels)).mean()),
    *_each_way(lambda logs, labels: -np.exp(_chosen(logs, labels)).mean()),
)
cross_entropy.misconception(
    "First the logarithm of each picture, then the mean: the other way round, one good picture hides a bad one.",
    *_each_way(lambda logs, labels: -np.log(np.exp(_chosen(logs, labels)).mean())),
)
cross_entropy.misconception(
    "That counts right and wrong answers: the loss asks how probable the right class was, so that small steps show.",
    lambda logits, labels: (logits.argmax(axis=1) != labels).mean(),
    lambda logits, labels: (logits.argmax(axis=1) == labels).mean(),
    lambda logits, labels: int((logits.argmax(axis=1) != labels).sum()),
)
