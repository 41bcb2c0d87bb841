"""An exercise on the parameters of a layer, counted by hand."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function


@function(
    "03.count_parameters",
    hints=(
        "How many weights has one single kernel that looks through all channels at once?",
        "Count one kernel first: its weights, and the one number that it adds at the end. Then count the kernels.",
        "One kernel has kernel × kernel × inputs weights. Add its one bias, and only then multiply by `filters`.",
    ),
    praise="A kernel reaches through all channels below it, so deep layers cost far more than the first one.",
)
def count_parameters(kernel: int, inputs: int, filters: int) -> int:
    """How many numbers a convolution learns: square kernels, one for each filter, each with a bias."""
    weights = kernel * kernel * inputs
    return (weights + 1) * filters


@count_parameters.cases
def _layers(generator: np.random.Generator) -> Iterator[tuple[int, int, int]]:
    yield 2, 1, 3
    yield 3, 2, 4
    yield 1, 5, 2
    yield 1, 1, 1
    yield 5, 3, 1
    for _ in range(6):
        kernel, inputs, filters = generator.integers(2, [8, 70, 130])
        yield int(kernel), int(inputs), int(filters)


count_parameters.misconception(
    "The biases are missing: each kernel adds one more number at the end, and that one is learned too.",
    lambda kernel, inputs, filters: kernel**2 * inputs * filters,
)
count_parameters.misconception(
    "You count a bias for each weight: a kernel adds up all its products first, and then adds one single bias.",
    lambda kernel, inputs, filters: 2 * kernel**2 * inputs * filters,
    lambda kernel, inputs, filters: (kernel**2 * inputs + kernel**2) * filters,
    lambda kernel, inputs, filters: kernel**2 * inputs * filters + kernel**2,
)
count_parameters.misconception(
    "You count a bias for each channel: a kernel reaches through all channels, and has one bias for all of them.",
    lambda kernel, inputs, filters: (kernel**2 + 1) * inputs * filters,
    lambda kernel, inputs, filters: (kernel**2 * inputs + inputs) * filters,
    lambda kernel, inputs, filters: kernel**2 * inputs * filters + inputs,
    lambda kernel, inputs, filters: kernel**2 * inputs * filters + inputs + filters,
    lambda kernel, inputs, filters: (kernel**2 * filters + 1) * inputs,
)
count_parameters.misconception(
    "You count one bias for the whole layer: each of its kernels has a bias of its own.",
    lambda kernel, inputs, filters: kernel**2 * inputs * filters + 1,
)
count_parameters.misconception(
    "The channels below are missing: a kernel has a square of weights for each channel that it looks through.",
    lambda kernel, inputs, filters: (kernel**2 + 1) * filters,
    lambda kernel, inputs, filters: kernel**2 * filters,
    lambda kernel, inputs, filters: kernel**2 * filters + 1,
    lambda kernel, inputs, filters: (kernel + 1) * filters,
)
count_parameters.misconception(
    "One side is missing: a kernel is a square, and `kernel` is the length of one side only.",
    lambda kernel, inputs, filters: (kernel * inputs + 1) * filters,
    lambda kernel, inputs, filters: kernel * inputs * filters,
    lambda kernel, inputs, filters: (2 * kernel * inputs + 1) * filters,
    lambda kernel, inputs, filters: 2 * kernel * inputs * filters,
    lambda kernel, inputs, filters: kernel * inputs * filters + 1,
)
count_parameters.misconception(
    "Brackets are missing: all that one kernel has is needed for each filter, the weights as well as the bias.",
    lambda kernel, inputs, filters: kernel**2 * inputs + filters,
    lambda kernel, inputs, filters: kernel**2 + inputs * filters,
    lambda kernel, inputs, filters: kernel**2 + (inputs + 1) * filters,
    lambda kernel, inputs, filters: kernel**2 * inputs * (filters + 1),
    lambda kernel, inputs, filters: (kernel + 1) ** 2 * inputs * filters,
)
count_parameters.misconception(
    "That is one kernel only: the layer has as many of them as it has filters.",
    lambda kernel, inputs, filters: kernel**2 * inputs + 1,
    lambda kernel, inputs, filters: kernel**2 * inputs,
    lambda kernel, inputs, filters: kernel**2 + 1,
)
count_parameters.misconception(
    "You added the channels: each of them has a whole square of weights, so they multiply.",
    lambda kernel, inputs, filters: (kernel**2 + inputs + 1) * filters,
    lambda kernel, inputs, filters: (kernel**2 + inputs) * filters,
    lambda kernel, inputs, filters: kernel**2 * (inputs + filters),
    lambda kernel, inputs, filters: kernel**2 * (inputs + filters) + filters,
    lambda kernel, inputs, filters: kernel**2 * (inputs + filters) + 1,
    lambda kernel, inputs, filters: kernel**2 + inputs * filters + 1,
    lambda kernel, inputs, filters: kernel**2 + inputs + filters,
)
count_parameters.misconception(
    "A number of the lesson's own layers is typed in: each layer has its own, so take all three from the arguments.",
    lambda kernel, inputs, filters: (9 * inputs + 1) * filters,
    *(lambda kernel, inputs, filters, one=one: (kernel**2 * one + 1) * filters for one in (3, 32, 64)),
    *(lambda kernel, inputs, filters, one=one: (kernel**2 * inputs + 1) * one for one in (32, 64)),
)
count_parameters.misconception(
    "You gave the kernel a depth of its own: its depth is the number of channels below, `inputs`.",
    lambda kernel, inputs, filters: (kernel**3 * inputs + 1) * filters,
    lambda kernel, inputs, filters: (kernel**3 + 1) * filters,
    lambda kernel, inputs, filters: kernel**3 * inputs * filters,
)
count_parameters.misconception(
    "The kernel's own size is missing: for each channel below, a kernel has a square of weights and not just one.",
    lambda kernel, inputs, filters: (inputs + 1) * filters,
    lambda kernel, inputs, filters: inputs * filters,
    lambda kernel, inputs, filters: inputs * filters + 1,
)
count_parameters.misconception(
    "You give weights and biases apart: one number is asked for, so add them up.",
    lambda kernel, inputs, filters: (kernel**2 * inputs * filters, filters),
    lambda kernel, inputs, filters: [kernel**2 * inputs * filters, filters],
    lambda kernel, inputs, filters: np.array([kernel**2 * inputs * filters, filters]),
)
count_parameters.misconception(
    "`^` is no power in Python, it compares bits: `**` is the power, and `kernel * kernel` serves as well.",
    lambda kernel, inputs, filters: ((kernel ^ 2) * inputs + 1) * filters,
    lambda kernel, inputs, filters: (kernel ^ 2 * inputs + 1) * filters,
    lambda kernel, inputs, filters: (kernel ^ (2 * inputs + 1)) * filters,
    lambda kernel, inputs, filters: (kernel ^ 2) * inputs * filters + filters,
    lambda kernel, inputs, filters: kernel ^ (2 * inputs * filters + filters),
    lambda kernel, inputs, filters: (kernel ^ 2) * inputs * filters,
    lambda kernel, inputs, filters: kernel ^ (2 * inputs * filters),
)
