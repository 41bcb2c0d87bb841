"""What people get wrong in dropout by hand about the chance itself, and about brackets."""

from collections.abc import Callable

import numpy as np

from imgrec_lib.exercises.lesson_04.dropping_mistakes import dropout


def _keeping(values, rate, generator):
    return generator.random(values.shape) >= rate


dropout.misconception(
    "Brackets are missing around 1 - rate: a division comes before a subtraction, so the rate is taken off at the end.",
    lambda values, rate, generator: values * _keeping(values, rate, generator) / 1 - rate,
    lambda values, rate, generator: np.where(_keeping(values, rate, generator), values / 1 - rate, 0),
    lambda values, rate, generator: (values * _keeping(values, rate, generator) / 1 - rate).astype("float32"),
)


def _counted(count: Callable, factor: Callable = lambda rate: 1 / (1 - rate), **how: bool) -> Callable:
    """Dropout of a fixed number of places, drawn from all."""

    def answer(values, rate, generator):
        result = values.flatten()
        result[generator.choice(result.size, int(count(rate * result.size)), **({"replace": False} | how))] = 0
        return result.reshape(values.shape) * factor(rate)

    return answer


dropout.misconception(
    "Exactly so many places are dropped in every call, so they hang together: let a random number of its own decide "
    "for each place.",
    *[
        _counted(count, factor)
        for count in (round, int, np.ceil, lambda number: max(1, int(number)) if number else 0)
        for factor in (lambda rate: 1 / (1 - rate), lambda rate: 1, lambda rate: 1 - rate)
    ],
    *[_counted(count, replace=True) for count in (round, int, np.ceil)],
)


def _pattern(places: Callable) -> Callable:
    """Dropout at places that follow from the rate and the number of places."""

    def answer(values, rate, generator):
        result = values.flatten()
        if rate:
            result[places(rate, result.size)] = 0
        return result.reshape(values.shape) / (1 - rate)

    return answer


dropout.misconception(
    "The same places are dropped in every call: draw from the `generator` that is given, and draw anew each time.",
    _pattern(lambda rate, size: slice(None, None, max(1, round(1 / rate)))),
    _pattern(lambda rate, size: slice(None, None, max(1, int(1 / rate)))),
    _pattern(lambda rate, size: slice(None, int(rate * size))),
    _pattern(lambda rate, size: slice(None, round(rate * size))),
    _pattern(lambda rate, size: slice(size - int(rate * size), None)),
)
dropout.misconception(
    "The rate is typed in: half of the numbers are dropped at every rate, so compare with the argument `rate`.",
    *[
        lambda values, rate, generator, factor=factor: values * _keeping(values, 0.5, generator) * factor(rate)
        for factor in (lambda rate: 2, lambda rate: 1 / (1 - rate), lambda rate: 1)
    ],
)
dropout.misconception(
    "Your random numbers have only ten steps, which suits a rate of 0.3 and not one of 0.37: use the method `random`.",
    lambda values, rate, generator: values * (generator.integers(0, 10, values.shape) >= rate * 10) / (1 - rate),
    lambda values, rate, generator: values * (generator.integers(0, 10, values.shape) >= int(rate * 10)) / (1 - rate),
    lambda values, rate, generator: values * (generator.random(values.shape).round(1) >= rate) / (1 - rate),
)
