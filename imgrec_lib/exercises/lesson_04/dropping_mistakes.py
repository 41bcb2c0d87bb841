"""What people get wrong in dropout by hand."""

import numpy as np

from imgrec_lib.exercises.lesson_04.dropping import dropout


def _with(factor, share=lambda rate: rate):
    """Dropout with another factor for what is kept, and another share of zeros."""
    return lambda values, rate, generator: (
        values * (generator.random(values.shape) >= share(rate)) * factor(values, rate)
    )


def _masked(mask):
    """Dropout with another mask; `mask(shape, rate, generator)` is True where a number is kept."""
    return lambda values, rate, generator: values * mask(values.shape, rate, generator) / (1 - rate)


def _by_what_was_kept(values, rate, generator):
    kept = generator.random(values.shape) >= rate
    return values * kept / kept.mean()


def _with_the_same_sum(values, rate, generator):
    dropped = values * (generator.random(values.shape) >= rate)
    return dropped * values.sum() / dropped.sum()


dropout.misconception(
    "The numbers that are kept stay as they were, so the sum shrinks on average: make up for those that are dropped.",
    _with(lambda values, rate: 1),
)
dropout.misconception(
    "You multiplied by the share that is kept, which makes the numbers still smaller: they must become larger.",
    _with(lambda values, rate: 1 - rate),
)
dropout.misconception(
    "You used the rate to enlarge the numbers: the rate is the share that is dropped, so ask which share is kept.",
    _with(lambda values, rate: np.float64(1) / rate),
    _with(lambda values, rate: 1 / (rate or 1)),
    _with(lambda values, rate: 1 / rate),
    _with(lambda values, rate: rate),
    _with(lambda values, rate: 1 + rate),
)
dropout.misconception(
    "You used the factor twice: once is enough to make up for the dropped numbers.",
    _with(lambda values, rate: 1 / (1 - rate) ** 2),
)
dropout.misconception(
    "You made the kept numbers twice as large at every rate: twice is right only where half are dropped.",
    _with(lambda values, rate: 2),
)
dropout.misconception(
    "You took the rate as the share to keep: it is the share that becomes 0.",
    *[
        _with(factor, lambda rate: 1 - rate)
        for factor in (
            lambda values, rate: np.float64(1) / rate,
            lambda values, rate: 1 / rate,
            lambda values, rate: 1 / (1 - rate),
            lambda values, rate: 1,
            lambda values, rate: rate,
            lambda values, rate: 1 - rate,
        )
    ],
    _with(lambda values, rate: 1 / (rate or 1), lambda rate: 1 - rate if rate else 0),
    _with(lambda values, rate: 1 / (1 - rate), lambda rate: 1 - rate if rate else 0),
    _with(lambda values, rate: 1, lambda rate: 1 - rate if rate else 0),
)
dropout.misconception(
    "The same places are dropped in every call: draw from the `generator` that is given, and draw anew each time.",
    _masked(lambda shape, rate, generator: np.random.default_rng(0).random(shape) >= rate),
    _masked(lambda shape, rate, generator: np.arange(np.prod(shape)).reshape(shape) % 2),
)
dropout.misconception(
    "Which numbers are dropped depends on how large they are: let chance decide, with a random number for each place.",
    lambda values, rate, generator: np.where(values < rate, 0, values / (1 - rate)),
    lambda values, rate, generator: np.where(values < rate, 0, values),
    lambda values, rate, generator: np.where(abs(values) < rate, 0, values / (1 - rate)),
    lambda values, rate, generator: np.where(values > rate, 0, values / (1 - rate)),
)
dropout.misconception(
    "Your random numbers are not spread evenly from 0 to 1, so the share of zeros isn't the rate: use the method "
    "`random`.",
    lambda values, rate, generator: values * (generator.normal(size=values.shape) >= rate) / (1 - rate),
    lambda values, rate, generator: values * (generator.normal(size=values.shape) >= rate),
)
dropout.misconception(
    "One draw decides for all numbers at once: draw one random number for each place.",
    _masked(lambda shape, rate, generator: generator.random() >= rate),
)
dropout.misconception(
    "Whole rows or columns are dropped together: draw one random number for each place, so as many as in the shape.",
    _masked(lambda shape, rate, generator: generator.random(shape[-1]) >= rate),
    _masked(lambda shape, rate, generator: generator.random((*shape[:-1], 1)) >= rate),
    _masked(lambda shape, rate, generator: generator.random((shape[0],) + (1,) * (len(shape) - 1)) >= rate),
    _masked(lambda shape, rate, generator: generator.random(shape[1:]) >= rate),
)
dropout.misconception(
    "One draw for each row doesn't fit the values: draw as many random numbers as the whole shape has places.",
    _masked(lambda shape, rate, generator: generator.random(shape[0]) >= rate),
    _masked(lambda shape, rate, generator: generator.random(int(np.prod(shape))) >= rate),
)
dropout.misconception(
    "No number became 0: dropout sets a random share of them to 0, and changes the others to make up for it.",
    lambda values, rate, generator: values * (1 - rate),
    lambda values, rate, generator: values / (1 - rate),
    lambda values, rate, generator: values * 1,
    lambda values, rate, generator: values + generator.normal(0, 1, values.shape),
    lambda values, rate, generator: np.where(generator.random(values.shape) < rate, values * 0.5, values),
    lambda values, rate, generator: np.where(generator.random(values.shape) < rate, values.mean(), values),
)
dropout.misconception(
    "Every number became 0: keep a number where its random number is not below the rate.",
    lambda values, rate, generator: values * 0,
    lambda values, rate, generator: values * (generator.random(values.shape) < 0),
)
dropout.misconception(
    "The kept numbers were changed by adding: multiply or divide them, so that each changes in proportion.",
    lambda values, rate, generator: (values + rate) * (generator.random(values.shape) >= rate),
    lambda values, rate, generator: (values + rate) * (generator.random(values.shape) >= rate) / (1 - rate),
)
dropout.misconception(
    "You divided by the share that happened to be kept this time: divide by the share that is kept on average, "
    "which the rate tells.",
    _by_what_was_kept,
    _with_the_same_sum,
)
dropout.misconception(
    "The mask itself came back, as zeros and ones: multiply the values with it.",
    lambda values, rate, generator: (generator.random(values.shape) >= rate) * 1.0,
    lambda values, rate, generator: (generator.random(values.shape) >= rate) / (1 - rate),
)
dropout.misconception(
    "Only the kept numbers came back: the dropped ones stay in their places, as zeros.",
    lambda values, rate, generator: values[generator.random(values.shape) >= rate] / (1 - rate),
    lambda values, rate, generator: values[generator.random(values.shape) >= rate],
)
dropout.misconception(
    "One number came back: dropout gives an array of the same shape as the values.",
    lambda values, rate, generator: (values * (generator.random(values.shape) >= rate) / (1 - rate)).mean(),
)
dropout.misconception(
    "A list came back: the answer is an array of the same shape as the values.",
    lambda values, rate, generator: (values * (generator.random(values.shape) >= rate) / (1 - rate)).tolist(),
)
dropout.misconception(
    "The chance doesn't come from `generator`: call its methods, so that a generator of the same seed gives the same.",
    lambda values, rate, generator: values * (np.random.default_rng().random(values.shape) >= rate) / (1 - rate),
)
