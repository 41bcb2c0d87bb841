"""The exercise on learning: one step of gradient descent."""

from collections.abc import Iterator

import numpy as np

from imgrec_lib.exercises.making import function


@function(
    "02.gradient_step",
    hints=(
        "A positive slope says that the loss rises with this number: should the number grow or shrink?",
        "The learning rate says how much of each slope is taken; all numbers step at the same time.",
        "Multiply the gradient by the learning rate first. Then take that away from the kernel, as a new array.",
    ),
    praise="Against the slope, by a small share of it: this one line, repeated, trains every network of this course.",
)
def gradient_step(kernel: np.ndarray, gradient: np.ndarray, learning_rate: float) -> np.ndarray:
    """The kernel after one step down the slopes."""
    return kernel - learning_rate * gradient


@gradient_step.cases
def _kernels(generator: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray, float]]:
    for shape, learning_rate in (((3, 3), 0.5), ((3, 3), 0.1), ((2, 5), 0.03), ((1, 1), 1.5), ((4, 3), 2.0)):
        signs = generator.choice([-1, 1], shape)
        yield generator.uniform(1, 3, shape), signs * generator.uniform(0.3, 3, shape), learning_rate
    yield np.zeros((3, 3)), generator.uniform(-2, 2, (3, 3)), 0.2
    yield generator.integers(-3, 4, (3, 3)), generator.uniform(-2, 2, (3, 3)), 0.3


gradient_step.misconception(
    "You walk up the slope: a positive slope says that the loss grows with this number, so step against it.",
    lambda kernel, gradient, rate: kernel + rate * gradient,
    lambda kernel, gradient, rate: kernel + gradient,
    lambda kernel, gradient, rate: kernel - rate * -gradient,
)
gradient_step.misconception(
    "The learning rate was left out: it says how large a share of the slope is taken.",
    lambda kernel, gradient, rate: kernel - gradient,
)
gradient_step.misconception(
    "You typed in a learning rate: take the one that is handed over, the argument `learning_rate`.",
    lambda kernel, gradient, rate: kernel - 0.5 * gradient,
    lambda kernel, gradient, rate: kernel - 0.1 * gradient,
    lambda kernel, gradient, rate: kernel - 0.01 * gradient,
    lambda kernel, gradient, rate: kernel - 0.001 * gradient,
)
gradient_step.misconception(
    "That is the step alone: the result is where you stand afterwards, so begin at the kernel.",
    lambda kernel, gradient, rate: rate * gradient,
    lambda kernel, gradient, rate: -rate * gradient,
    lambda kernel, gradient, rate: -gradient,
)
gradient_step.misconception(
    "You divided by the learning rate: a smaller rate must give a smaller step, so multiply the gradient by it.",
    lambda kernel, gradient, rate: kernel - gradient / rate,
    lambda kernel, gradient, rate: kernel - rate / gradient,
    lambda kernel, gradient, rate: kernel + gradient / rate,
    lambda kernel, gradient, rate: (kernel - gradient) / rate,
)
gradient_step.misconception(
    "Each step has the same length now: a steep slope takes a long step, so use the slopes and not only their signs.",
    lambda kernel, gradient, rate: kernel - rate * np.sign(gradient),
    lambda kernel, gradient, rate: kernel - rate,
    lambda kernel, gradient, rate: kernel - np.sign(gradient),
    lambda kernel, gradient, rate: np.where(gradient > 0, kernel - rate, kernel + rate),
    lambda kernel, gradient, rate: kernel - rate * gradient / np.abs(gradient).max(),
    lambda kernel, gradient, rate: kernel - rate * gradient / np.linalg.norm(gradient),
)
gradient_step.misconception(
    "The rate belongs to the gradient alone: multiply these two first, and leave the kernel whole.",
    lambda kernel, gradient, rate: (kernel - gradient) * rate,
    lambda kernel, gradient, rate: rate * kernel - gradient,
    lambda kernel, gradient, rate: (kernel - rate) * gradient,
    lambda kernel, gradient, rate: (kernel + rate) * gradient,
    lambda kernel, gradient, rate: kernel - rate * gradient * kernel,
    lambda kernel, gradient, rate: kernel - rate * (kernel - gradient),
    lambda kernel, gradient, rate: kernel - rate * (gradient - kernel),
    lambda kernel, gradient, rate: (1 - rate) * kernel - rate * gradient,
    lambda kernel, gradient, rate: (1 - rate) * kernel + rate * gradient,
    lambda kernel, gradient, rate: kernel * (rate * gradient),
    lambda kernel, gradient, rate: kernel - (rate + gradient),
    lambda kernel, gradient, rate: kernel - rate + gradient,
    lambda kernel, gradient, rate: kernel * (1 - rate * gradient),
    lambda kernel, gradient, rate: kernel * gradient * rate,
)
gradient_step.misconception(
    "You subtracted the wrong way round: begin with the kernel, and take the step away from it.",
    lambda kernel, gradient, rate: rate * gradient - kernel,
    lambda kernel, gradient, rate: gradient - rate * kernel,
    lambda kernel, gradient, rate: rate * (gradient - kernel),
    lambda kernel, gradient, rate: gradient - kernel,
)
gradient_step.misconception(
    "The sign of each slope belongs to it: without it, all numbers of the kernel shrink.",
    lambda kernel, gradient, rate: kernel - rate * np.abs(gradient),
    lambda kernel, gradient, rate: kernel - rate * np.maximum(gradient, 0),
    lambda kernel, gradient, rate: kernel - rate * gradient**2,
)
gradient_step.misconception(
    "All numbers took the same step: each one has a slope of its own, so do not average or add up the gradient.",
    lambda kernel, gradient, rate: kernel - rate * gradient.mean(),
    lambda kernel, gradient, rate: kernel - rate * gradient.sum(),
    lambda kernel, gradient, rate: kernel - rate * gradient.max(),
    lambda kernel, gradient, rate: (kernel - rate * gradient).sum(),
    lambda kernel, gradient, rate: (kernel - rate * gradient).mean(),
)


@gradient_step.misconception("Only one number took its step: all numbers of the kernel step at the same time.")
def _first_only(kernel, gradient, rate):
    result = kernel.astype(float)
    result[0, 0] -= rate * gradient[0, 0]
    return result


@gradient_step.misconception("The decimals were cut off: steps are small, so the result must hold floats.")
def _same_kind(kernel, gradient, rate):
    return (kernel - rate * gradient).astype(kernel.dtype)


gradient_step.misconception(
    "The decimals were cut off: steps are small, so the result must hold floats.",
    lambda kernel, gradient, rate: (kernel - rate * gradient).astype(int),
    lambda kernel, gradient, rate: np.round(kernel - rate * gradient),
    lambda kernel, gradient, rate: np.round(kernel - rate * gradient, 1),
    lambda kernel, gradient, rate: np.round(kernel - rate * gradient, 2),
)
gradient_step.misconception(
    "Some numbers were cut off or lost their sign: weights may be negative, so each one stays where its step leads.",
    lambda kernel, gradient, rate: np.maximum(kernel - rate * gradient, 0),
    lambda kernel, gradient, rate: np.clip(kernel - rate * gradient, 0, 1),
    lambda kernel, gradient, rate: np.clip(kernel - rate * gradient, -1, 1),
    lambda kernel, gradient, rate: np.abs(kernel - rate * gradient),
)
gradient_step.misconception(
    "Each number of the kernel has its slope at the same place: no matrix product and no turning is needed.",
    lambda kernel, gradient, rate: kernel - rate * (kernel @ gradient.T),
    lambda kernel, gradient, rate: kernel - rate * (kernel @ gradient),
    lambda kernel, gradient, rate: kernel - rate * (gradient @ kernel),
    lambda kernel, gradient, rate: kernel - rate * (gradient.T @ kernel),
    lambda kernel, gradient, rate: kernel - rate * gradient.T,
    lambda kernel, gradient, rate: kernel - rate @ gradient,
)


def _steepest_only(kernel, gradient, rate):
    result = kernel.astype(float)
    place = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
    result[place] -= rate * gradient[place]
    return result


gradient_step.misconception(
    "Only one number took its step: all numbers of the kernel step at the same time.", _steepest_only
)
