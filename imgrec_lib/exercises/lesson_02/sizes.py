"""The exercise on the size of a feature map."""

import math
from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function

FIRST = ((5, 3, 1, 0), (5, 3, 1, 1), (28, 3, 2, 1), (7, 7, 3, 0), (224, 7, 2, 3), (9, 4, 3, 0))


@function(
    "02.output_size",
    hints=(
        "The window stands at the left end: how many pixels are still free on its right?",
        "Both frames make the edge longer, the kernel takes its own pixels away, and steps share what is left.",
        "In brackets: the size, two paddings, minus the kernel. Then `//`, and the place where you began is one more.",
    ),
    praise="Padding counts at both ends, a step that does not fit is dropped, and the first place is one more.",
)
def output_size(size: int, kernel: int, stride: int, padding: int) -> int:
    """The number of places for a window along an edge of `size` pixels."""
    return (size + 2 * padding - kernel) // stride + 1


@output_size.cases
def _settings(generator: np.random.Generator) -> Iterator[tuple[int, int, int, int]]:
    yield from FIRST
    for _ in range(8):
        low_and_high = ((8, 60), (1, 8), (2, 5), (1, 4))
        yield tuple(int(generator.integers(low, high)) for low, high in low_and_high)


def _free(size, kernel, padding):
    return size + 2 * padding - kernel


output_size.misconception(
    "A window cannot stand at half a place: `//` drops the remainder, while `/` keeps it and rounding may add a place.",
    lambda size, kernel, stride, padding: _free(size, kernel, padding) / stride + 1,
    lambda size, kernel, stride, padding: round(_free(size, kernel, padding) / stride + 1),
    lambda size, kernel, stride, padding: round(_free(size, kernel, padding) / stride) + 1,
    lambda size, kernel, stride, padding: math.floor(_free(size, kernel, padding) / stride + 1.5),
    lambda size, kernel, stride, padding: math.ceil(_free(size, kernel, padding) / stride) + 1,
    lambda size, kernel, stride, padding: -(-_free(size, kernel, padding) // stride) + 1,
    lambda size, kernel, stride, padding: _free(size, kernel, padding) // stride + 2,
)
output_size.misconception(
    "You counted the padding once: the frame lies on both ends of the edge.",
    lambda size, kernel, stride, padding: (size + padding - kernel) // stride + 1,
    lambda size, kernel, stride, padding: (size + padding - kernel) / stride + 1,
    lambda size, kernel, stride, padding: (size + padding - kernel) // stride,
    lambda size, kernel, stride, padding: (size + padding - kernel + 1) // stride,
)
output_size.misconception(
    "The padding was left out: the frame makes the edge longer, at both ends.",
    lambda size, kernel, stride, padding: (size - kernel) // stride + 1,
    lambda size, kernel, stride, padding: (size - kernel) / stride + 1,
    lambda size, kernel, stride, padding: (size - kernel) // stride,
    lambda size, kernel, stride, padding: (size - kernel + 1) // stride,
    lambda size, kernel, stride, padding: -(-(size - kernel + 1) // stride),
    lambda size, kernel, stride, padding: math.ceil((size - kernel) / stride) + 1,
)
output_size.misconception(
    "The place where the window begins is missing: dividing counts the steps, and there is one place more than steps.",
    lambda size, kernel, stride, padding: _free(size, kernel, padding) // stride,
    lambda size, kernel, stride, padding: _free(size, kernel, padding) / stride,
    lambda size, kernel, stride, padding: round(_free(size, kernel, padding) / stride),
)
output_size.misconception(
    "The 1 was divided too: it is the first place, so add it after the division by the stride.",
    lambda size, kernel, stride, padding: (_free(size, kernel, padding) + 1) // stride,
    lambda size, kernel, stride, padding: (_free(size, kernel, padding) + 1) / stride,
    lambda size, kernel, stride, padding: round((_free(size, kernel, padding) + 1) / stride),
    lambda size, kernel, stride, padding: _free(size, kernel, padding) // (stride + 1),
)
output_size.misconception(
    "Only a part was divided: `//` binds before + and −, so put brackets round all that is to be divided.",
    lambda size, kernel, stride, padding: size + 2 * padding - kernel // stride + 1,
    lambda size, kernel, stride, padding: size + 2 * padding - kernel / stride + 1,
    lambda size, kernel, stride, padding: size + 2 * padding - kernel // stride,
    lambda size, kernel, stride, padding: size + (2 * padding - kernel) // stride + 1,
    lambda size, kernel, stride, padding: size - kernel + 2 * padding // stride + 1,
    lambda size, kernel, stride, padding: size + 2 * padding // stride - kernel + 1,
    lambda size, kernel, stride, padding: size + padding - kernel // stride + 1,
)
output_size.misconception(
    "The stride was left out, or it multiplies: large steps leave fewer places, so divide by it.",
    lambda size, kernel, stride, padding: _free(size, kernel, padding) + 1,
    lambda size, kernel, stride, padding: _free(size, kernel, padding),
    lambda size, kernel, stride, padding: _free(size, kernel, padding) * stride + 1,
    lambda size, kernel, stride, padding: _free(size, kernel, padding) - stride + 1,
    lambda size, kernel, stride, padding: size - kernel + 1,
    lambda size, kernel, stride, padding: size + padding - kernel + 1,
    lambda size, kernel, stride, padding: _free(size, kernel, padding) % stride + 1,
)
output_size.misconception(
    "The kernel was left out: its window covers pixels of its own at the start, so take them away first.",
    lambda size, kernel, stride, padding: (size + 2 * padding) // stride + 1,
    lambda size, kernel, stride, padding: (size + 2 * padding) // stride,
    lambda size, kernel, stride, padding: (size + 2 * padding) / stride,
    lambda size, kernel, stride, padding: size // stride,
    lambda size, kernel, stride, padding: -(-size // stride),
    lambda size, kernel, stride, padding: size / stride,
    lambda size, kernel, stride, padding: size // stride + 1,
    lambda size, kernel, stride, padding: size // stride + 2 * padding,
    lambda size, kernel, stride, padding: (size + 2 * padding - 1) // stride + 1,
)
output_size.misconception(
    "A sign is turned round: padding makes the edge longer, and the kernel takes its pixels away.",
    lambda size, kernel, stride, padding: (size - 2 * padding - kernel) // stride + 1,
    lambda size, kernel, stride, padding: (size - padding - kernel) // stride + 1,
    lambda size, kernel, stride, padding: (size + 2 * padding + kernel) // stride + 1,
    lambda size, kernel, stride, padding: (size - 2 * padding + kernel) // stride + 1,
    lambda size, kernel, stride, padding: _free(size, kernel, padding) // stride - 1,
    lambda size, kernel, stride, padding: (kernel - size - 2 * padding) // stride + 1,
)
output_size.misconception(
    "The whole kernel is taken away once, and not half of it at each end or twice: the window lies within the edge.",
    lambda size, kernel, stride, padding: (size + 2 * padding - 2 * (kernel // 2)) // stride + 1,
    lambda size, kernel, stride, padding: (size + 2 * padding - kernel // 2) // stride + 1,
    lambda size, kernel, stride, padding: (size + 2 * padding - 2 * (kernel // 2)) // stride,
    lambda size, kernel, stride, padding: (size + 2 * padding - 2 * kernel) // stride + 1,
    lambda size, kernel, stride, padding: (size + 2 * (padding - kernel)) // stride + 1,
)
output_size.misconception(
    "You gave both sides or all places at once: the question is one edge, and the answer one number.",
    lambda size, kernel, stride, padding: (_free(size, kernel, padding) // stride + 1,) * 2,
    lambda size, kernel, stride, padding: [_free(size, kernel, padding) // stride + 1] * 2,
    lambda size, kernel, stride, padding: (_free(size, kernel, padding) // stride + 1) ** 2,
)
output_size.misconception(
    "The last place is missing: where the window just fits, with no pixel left over, it stands within the edge too.",
    lambda size, kernel, stride, padding: (_free(size, kernel, padding) - 1) // stride + 1,
    lambda size, kernel, stride, padding: len(range(0, _free(size, kernel, padding), stride)),
    lambda size, kernel, stride, padding: (_free(size, kernel, padding) - 1) // stride,
)
output_size.misconception(
    "You laid the windows side by side: they may overlap, and the stride says how far each lies from the one before.",
    lambda size, kernel, stride, padding: (size + 2 * padding) // kernel,
    lambda size, kernel, stride, padding: (size + 2 * padding) // kernel + 1,
    lambda size, kernel, stride, padding: size // kernel,
    lambda size, kernel, stride, padding: (size + 2 * padding) / kernel,
    lambda size, kernel, stride, padding: _free(size, kernel, padding) // kernel + 1,
)
