"""More misconceptions of the exercise on many channels: about axes, sizes and the maps of the kernels."""

import numpy as np

from imgrec_lib.exercises.lesson_02 import slips
from imgrec_lib.exercises.lesson_02.channels import convolve_channels
from imgrec_lib.exercises.lesson_02.slips import same_size, slipped, with_slips
from imgrec_lib.filters import convolve as slide
from imgrec_lib.filters import convolve_channels as maps_of

convolve_channels.misconception(
    "Maps of different kernels were mixed or left out: each kernel asks its own question and keeps its own map.",
    *with_slips(lambda image, kernels: maps_of(image, kernels).sum(axis=2), slips.as_int),
    lambda image, kernels: maps_of(image, kernels).sum(axis=2, keepdims=True),
    lambda image, kernels: maps_of(image, kernels).mean(axis=2),
    lambda image, kernels: maps_of(image, kernels).max(axis=2),
    lambda image, kernels: maps_of(image, kernels)[:, :, 0],
    lambda image, kernels: maps_of(image, kernels)[:, :, :1],
    lambda image, kernels: maps_of(image, kernels)[:, :, -1],
    lambda image, kernels: maps_of(image, kernels)[:, :, -1:],
    lambda image, kernels: maps_of(image, kernels)[:, :, :-1],
    lambda image, kernels: np.repeat(maps_of(image, kernels)[:, :, -1:], kernels.shape[3], axis=2),
    lambda image, kernels: np.repeat(maps_of(image, kernels)[:, :, :1], kernels.shape[3], axis=2),
    lambda image, kernels: maps_of(image, kernels) * (np.arange(kernels.shape[3]) == kernels.shape[3] - 1),
    lambda image, kernels: maps_of(image, kernels) * (np.arange(kernels.shape[3]) == 0),
    lambda image, kernels: maps_of(image, kernels)[:, :, ::-1],
    lambda image, kernels: np.cumsum(maps_of(image, kernels), axis=2),
)
convolve_channels.misconception(
    "Your maps stand first: the result is height × width × maps, as Keras has it, so the kernels' axis is the last.",
    *with_slips(lambda image, kernels: np.moveaxis(maps_of(image, kernels), 2, 0), slips.as_int),
    lambda image, kernels: list(np.moveaxis(maps_of(image, kernels), 2, 0)),
    lambda image, kernels: maps_of(image, kernels).transpose(2, 1, 0),
    lambda image, kernels: maps_of(image, kernels).transpose(0, 2, 1),
    lambda image, kernels: np.moveaxis(maps_of(image, kernels), 2, 0).reshape(maps_of(image, kernels).shape),
)


def _channels_first(image, kernels):
    """The image taken as channels × height × width."""
    return maps_of(np.moveaxis(image, 0, 2), kernels)


convolve_channels.misconception(
    "You took the channels for the first axis of the image: it is height × width × channels, so they come last.",
    _channels_first,
    lambda image, kernels: np.moveaxis(_channels_first(image, kernels), 2, 0),
    lambda image, kernels: maps_of(image.reshape(image.shape[1], image.shape[2], image.shape[0]), kernels),
    lambda image, kernels: maps_of(np.moveaxis(image.reshape(image.shape[2], *image.shape[:2]), 0, 2), kernels),
)
convolve_channels.misconception(
    "The last two axes of the kernels are exchanged: channels that come in stand third, and kernels stand fourth.",
    lambda image, kernels: maps_of(image, kernels.transpose(0, 1, 3, 2)),
    lambda image, kernels: maps_of(image, kernels)[:, :, list(range(kernels.shape[2]))],
    lambda image, kernels: np.stack(
        [maps_of(image, kernels[:, :, [n]].transpose(0, 1, 3, 2))[:, :, 0] for n in range(kernels.shape[2])], axis=-1
    ),
    lambda image, kernels: maps_of(
        image, np.reshape(kernels, (*kernels.shape[:2], kernels.shape[3], kernels.shape[2]))
    ),
)
convolve_channels.misconception(
    "You took the kernels for the first axis: here it is kernel height × kernel width × in × out.",
    lambda image, kernels: maps_of(image, np.moveaxis(kernels, 0, 3)),
    lambda image, kernels: maps_of(image, kernels.transpose(2, 3, 1, 0)),
    lambda image, kernels: maps_of(image, kernels.transpose(1, 2, 3, 0)),
)


def _flipped(image, kernels):
    return maps_of(image, kernels[::-1, ::-1])


convolve_channels.misconception(
    "You turned the kernels round: they are laid on as they are written, in all their axes.",
    *with_slips(_flipped, slips.as_int, slips.clipped),
    lambda image, kernels: maps_of(image, kernels[::-1]),
    lambda image, kernels: maps_of(image, kernels[:, ::-1]),
    lambda image, kernels: maps_of(image, kernels[::-1, ::-1, ::-1]),
    lambda image, kernels: maps_of(image, kernels[:, :, ::-1]),
    lambda image, kernels: maps_of(image, kernels[::-1, ::-1, ::-1, ::-1]),
    *same_size(_flipped),
)
convolve_channels.misconception(
    "Rows and columns are exchanged: height comes before width in the image, in the kernels and in the maps.",
    lambda image, kernels: maps_of(image, kernels.transpose(1, 0, 2, 3)),
    lambda image, kernels: maps_of(image, kernels).transpose(1, 0, 2),
    lambda image, kernels: maps_of(image.transpose(1, 0, 2), kernels),
)
convolve_channels.misconception(
    "Your maps are as large as the picture, or larger: the window must lie inside, so pad nothing and fill nothing up.",
    *same_size(maps_of),
    *(next(slipped(answer, slips.as_int)) for answer in same_size(maps_of)),
    lambda image, kernels: maps_of(
        np.pad(image, [(side // 2, side // 2) for side in kernels.shape[:2]] + [(0, 0)]), kernels
    ),
    lambda image, kernels: maps_of(np.pad(image, ((1, 1), (1, 1), (0, 0))), kernels),
    lambda image, kernels: maps_of(
        np.pad(image, [(side - 1, side - 1) for side in kernels.shape[:2]] + [(0, 0)]), kernels
    ),
)


def _last_left_zero(image, kernels):
    result = maps_of(image, kernels)
    result[-1], result[:, -1] = 0, 0
    return result


convolve_channels.misconception(
    "Some places are missing at the end of rows or columns: 5 pixels hold a window of 3 at 3 places, and not at 2.",
    lambda image, kernels: maps_of(image, kernels)[:-1, :-1],
    lambda image, kernels: np.array(maps_of(image, kernels)[:-1, :-1].tolist()),
    lambda image, kernels: maps_of(image, kernels)[:-1],
    lambda image, kernels: maps_of(image, kernels)[:, :-1],
    lambda image, kernels: maps_of(image, kernels)[1:-1, 1:-1],
    lambda image, kernels: maps_of(image, kernels)[
        : image.shape[0] - 2 * (kernels.shape[0] // 2), : image.shape[1] - 2 * (kernels.shape[1] // 2)
    ],
    _last_left_zero,
)


def _looped(maps, image, kernels, height, width):
    for row, column, number in np.ndindex(maps.shape):
        window = image[row : row + height, column : column + width]
        maps[row, column, number] = (window * kernels[:, :, :, number]).sum()
    return maps


def _square(first, second):
    """Loops that take height and width of the window from these axes of the kernels."""

    def answer(image, kernels):
        height, width = kernels.shape[first], kernels.shape[second]
        maps = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1, kernels.shape[3]))
        return _looped(maps, image, kernels, height, width)

    return answer


def _square_image(axis, first=0, second=1):
    """Loops that take height and width of the maps from one axis of the image and these of the kernels."""

    def answer(image, kernels):
        sides = [image.shape[axis] - kernels.shape[place] + 1 for place in (first, second)]
        return _looped(np.zeros((*sides, kernels.shape[3])), image, kernels, *kernels.shape[:2])

    return answer


def _smaller_by_two(image, kernels):
    maps = np.zeros((image.shape[0] - 2, image.shape[1] - 2, kernels.shape[3]))
    return _looped(maps, image, kernels, *kernels.shape[:2])


def _three(image, kernels):
    maps = np.zeros((image.shape[0] - 2, image.shape[1] - 2, kernels.shape[3]))
    for row, column, number in np.ndindex(maps.shape):
        maps[row, column, number] = (image[row : row + 3, column : column + 3] * kernels[..., number]).sum()
    return maps


convolve_channels.misconception(
    "Height and width are mixed up, or a 3 × 3 is built in: take each from its own place in the two shapes.",
    _square(0, 0),
    _square(1, 1),
    _square(1, 0),
    _square_image(0),
    _square_image(1),
    _square_image(0, 0, 0),
    _square_image(1, 1, 1),
    _three,
    _smaller_by_two,
)
convolve_channels.misconception(
    "The numbers are not kept as they are: let floats hold them, with decimals, with their sign, and beyond 255.",
    *slipped(maps_of, slips.as_int, slips.rounded, slips.clipped, slips.wrapped, slips.cast, np.abs),
    lambda image, kernels: np.maximum(maps_of(image, kernels), 0),
    lambda image, kernels: (
        slips.wrapped(maps_of(image, kernels)) if image.dtype == "uint8" else maps_of(image, kernels)
    ),
)
convolve_channels.misconception(
    "All channels met the same weights: each channel has a layer of its own, so do not mix the colours before.",
    *(lambda image, kernels, c=c: maps_of(image.mean(axis=2, keepdims=True), kernels[:, :, [c]]) for c in (0, -1)),
    *(lambda image, kernels, c=c: maps_of(image, np.repeat(kernels[:, :, [c]], image.shape[2], 2)) for c in (0, -1)),
    lambda image, kernels: maps_of(image.mean(axis=2, keepdims=True), kernels.sum(axis=2, keepdims=True)),
    lambda image, kernels: maps_of(image.mean(axis=2, keepdims=True), kernels.mean(axis=2, keepdims=True)),
    lambda image, kernels: maps_of(image, 0 * kernels + kernels.mean(axis=2, keepdims=True)),
    lambda image, kernels: maps_of(image, 0 * kernels + kernels.sum(axis=2, keepdims=True)),
)


def _one_by_one(image, kernels, channels, layer):
    """Each map as a sum over these channels, whose weights are `layer(number, channel)`."""
    sides = [side - kernel_side + 1 for side, kernel_side in zip(image.shape, kernels.shape[:2])]
    count = len(layer(kernels))
    maps = np.zeros((*sides, count))
    for number in range(count):
        for channel in range(channels):
            weights = layer(kernels)[number][:, :, channel]
            maps[:, :, number] += slide(image[:, :, channel], weights)
    return maps


convolve_channels.misconception(
    "Three channels are built in: pictures and maps come with other numbers of channels, so take it from the shape.",
    lambda image, kernels: _one_by_one(image, kernels, 3, lambda all_: np.moveaxis(all_, 3, 0)),
    lambda image, kernels: maps_of(image[:, :, :3], kernels[:, :, :3]),
)
convolve_channels.misconception(
    "The last two axes of the kernels are exchanged: channels that come in stand third, and kernels stand fourth.",
    lambda image, kernels: _one_by_one(image, kernels, kernels.shape[3], lambda all_: np.moveaxis(all_, 2, 0)),
)


def _first_axis(image, kernels):
    """Maps of `for kernel in kernels`, which runs over the first axis, in Python's loops."""
    maps = []
    for kernel in kernels:
        height, width = kernel.shape[:2]
        rows, columns = range(image.shape[0] - height + 1), range(image.shape[1] - width + 1)
        maps.append([[(image[r : r + height, c : c + width] * kernel).sum() for c in columns] for r in rows])
    return np.array(maps)


convolve_channels.misconception(
    "You took the kernels for the first axis: here it is kernel height × kernel width × in × out.",
    _first_axis,
    lambda image, kernels: np.moveaxis(_first_axis(image, kernels), 0, 2),
)
