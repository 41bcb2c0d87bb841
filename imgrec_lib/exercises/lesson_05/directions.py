"""The exercise on the direction of features: the cosine of two lists of numbers."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

norm = np.linalg.norm


@function(
    "05.cosine_similarity",
    hints=(
        "What becomes of the sum of products if one of the two lists is made ten times as long, and should it matter?",
        "Three sums are needed: of a times b, of a times a, and of b times b. The last two give the lengths.",
        "The length of a list is the root of the sum of its squares. Divide the first sum by both lengths.",
    ),
    praise="The division takes the lengths away, so only the direction is left: 1 is the same, 0 nothing in common.",
)
def cosine_similarity(a: np.ndarray, b: np.ndarray) -> float:
    """How far two lists of numbers point the same way: 1 the same, 0 nothing in common, -1 opposite."""
    together, of_a, of_b = 0.0, 0.0, 0.0
    for one, other in zip(a, b):
        together += float(one) * float(other)
        of_a += float(one) * float(one)
        of_b += float(other) * float(other)
    return together / np.sqrt(of_a * of_b)


@cosine_similarity.cases
def _pairs(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    yield np.array([3.0, 0.0, 4.0]), np.array([4.0, 0.0, 3.0])
    yield generator.integers(1, 9, 4), generator.integers(-9, 9, 4) + np.array([20, 0, 0, 0])
    for size, scale in ((2, 0.1), (5, 3.0), (8, 20.0)):
        yield generator.normal(size=size), scale * generator.normal(size=size)
    a = generator.uniform(1, 2, 3)
    yield a, -4 * a
    yield np.array([0.0, 2.0, 0.0]), np.array([generator.uniform(1, 5), 0.0, 1.0])
    yield generator.uniform(0, 6, 1280).astype("float32"), generator.uniform(0, 6, 1280).astype("float32")


cosine_similarity.misconception(
    "The lengths are still in: a list ten times as long gives ten times as much. Divide by the length of both lists.",
    lambda a, b: (a * b).sum(),
    lambda a, b: sum(one * other for one, other in zip(a, b)),
    lambda a, b: (a * b).mean(),
    lambda a, b: np.sqrt(abs((a * b).sum())),
)
cosine_similarity.misconception(
    "You divided by the length of one list only: the other one's length is still in, so divide by that, too.",
    lambda a, b: (a * b).sum() / norm(a),
    lambda a, b: (a * b).sum() / norm(b),
    lambda a, b: (a * b).sum() / norm(a) ** 2,
    lambda a, b: (a * b).sum() / norm(b) ** 2,
)
cosine_similarity.misconception(
    "A root is missing: the sum of the squares is the length times itself, so take its square root.",
    lambda a, b: (a * b).sum() / ((a**2).sum() * (b**2).sum()),
    lambda a, b: (a * b).sum() / (np.sqrt((a**2).sum()) * (b**2).sum()),
    lambda a, b: (a * b).sum() / ((a**2).sum() * np.sqrt((b**2).sum())),
)
cosine_similarity.misconception(
    "The two lengths must be multiplied with each other: you added them before you divided.",
    lambda a, b: (a * b).sum() / (norm(a) + norm(b)),
    lambda a, b: (a * b).sum() / np.sqrt((a**2).sum() + (b**2).sum()),
    lambda a, b: (a * b).sum() / ((a**2).sum() + (b**2).sum()),
)
cosine_similarity.misconception(
    "Python divided by the first length and then multiplied by the second: put both lengths in brackets.",
    lambda a, b: (a * b).sum() / norm(a) * norm(b),
    lambda a, b: (a * b).sum() / np.sqrt((a**2).sum()) * (b**2).sum(),
    lambda a, b: (a * b).sum() / (a**2).sum() * (b**2).sum(),
)
cosine_similarity.misconception(
    "You measured how far the two lists lie apart: that grows with their lengths. A cosine compares directions alone.",
    lambda a, b: norm(a - b),
    lambda a, b: ((a - b) ** 2).sum(),
    lambda a, b: abs(a - b).sum(),
    lambda a, b: ((a - b) ** 2).mean(),
    lambda a, b: -norm(a - b),
    lambda a, b: 1 / (1 + norm(a - b)),
)
cosine_similarity.misconception(
    "That is the cosine distance, 0 where two lists point the same way: the similarity itself is 1 there.",
    lambda a, b: 1 - (a * b).sum() / norm(a) / norm(b),
)
cosine_similarity.misconception(
    "You went on to the angle: stop one step earlier, at its cosine.",
    lambda a, b: np.arccos(np.clip((a * b).sum() / norm(a) / norm(b), -1, 1)),
    lambda a, b: np.degrees(np.arccos(np.clip((a * b).sum() / norm(a) / norm(b), -1, 1))),
    lambda a, b: np.cos((a * b).sum() / norm(a) / norm(b)),
)
cosine_similarity.misconception(
    "The products stand side by side: add them up, so that one number for the whole list comes back.",
    lambda a, b: a * b,
    lambda a, b: a * b / (norm(a) * norm(b)),
)
cosine_similarity.misconception(
    "The sign is lost: lists that point opposite ways have a cosine below 0, so keep it.",
    lambda a, b: abs((a * b).sum()) / (norm(a) * norm(b)),
    lambda a, b: ((a * b).sum() / (norm(a) * norm(b))) ** 2,
    lambda a, b: abs(a * b).sum() / (norm(a) * norm(b)),
    lambda a, b: max((a * b).sum() / (norm(a) * norm(b)), 0.0),
)
cosine_similarity.misconception(
    "`len` counts the numbers in a list: the length meant here is the root of the sum of its squares.",
    lambda a, b: (a * b).sum() / (len(a) * len(b)),
    lambda a, b: (a * b).sum() / (len(a) + len(b)),
)
cosine_similarity.misconception(
    "A table with one number in it came back: take the number out, for two lists have one cosine.",
    lambda a, b: np.array([[(a * b).sum() / (norm(a) * norm(b))]]),
    lambda a, b: np.array([(a * b).sum() / (norm(a) * norm(b))]),
    lambda a, b: [(a * b).sum() / (norm(a) * norm(b))],
)
cosine_similarity.misconception(
    "You rounded: near neighbours differ in late decimals, so give the cosine as it is.",
    *(lambda a, b, digits=digits: round(float((a * b).sum() / (norm(a) * norm(b))), digits) for digits in range(4)),
    lambda a, b: int((a * b).sum() / (norm(a) * norm(b))),
)
cosine_similarity.misconception(
    "You subtracted the means first: that is a correlation. The cosine takes the numbers as they are.",
    lambda a, b: np.corrcoef(a, b)[0, 1],
)
cosine_similarity.misconception(
    "You divided by the sums of the numbers: the length of a list is the root of the sum of its squares.",
    lambda a, b: (a * b).sum() / (a.sum() * b.sum()),
    lambda a, b: (a * b).sum() / (abs(a).sum() * abs(b).sum()),
    lambda a, b: (a * b).sum() / np.sqrt(abs(a).sum() * abs(b).sum()),
)
