"""More misconceptions of the exercise on max pooling: about axes, starts and ends."""

import math

import numpy as np

from imgrec_lib.exercises.lesson_02.pooling import max_pool, pooled


def _blocks(axes, maxima):
    """`reshape` with the sides of the blocks in some order, and the largest over some axes."""

    def answer(image, size):
        rows, columns = image.shape[0] // size, image.shape[1] // size
        sides = (rows, size, columns, size)
        cut = image[: rows * size, : columns * size]
        return cut.reshape([sides[axis] for axis in axes]).max(axis=maxima)

    return answer


max_pool.misconception(
    "`reshape` goes row by row, so these are no square blocks: split each axis by itself, then look at both sizes.",
    _blocks((0, 2, 1, 3), (2, 3)),
    _blocks((1, 0, 3, 2), (0, 2)),
    _blocks((0, 1, 2, 3), (0, 2)),
    _blocks((0, 1, 2, 3), (1, 2)),
    _blocks((0, 1, 2, 3), (2, 3)),
    _blocks((0, 1, 2, 3), (0, 1)),
)
max_pool.misconception(
    "You pooled along one axis only: a block has `size` rows and `size` columns, and one number comes of it.",
    _blocks((0, 1, 2, 3), 1),
    _blocks((0, 1, 2, 3), 3),
    lambda image, size: pooled(image, size)[:, :1],
    lambda image, size: np.array([row.max() for row in image]),
    lambda image, size: image.max(axis=0),
    lambda image, size: image.max(axis=1),
    lambda image, size: pooled(image, size, lambda block: block[0].max()),
    lambda image, size: pooled(image, size, lambda block: block[:, 0].max()),
    lambda image, size: pooled(image, size, lambda block: block[-1].max()),
    lambda image, size: np.array(
        [image[row : row + size].max(axis=0) for row in range(0, image.shape[0] - size + 1, size)]
    ),
    lambda image, size: (
        np.array(
            [image[:, column : column + size].max(axis=1) for column in range(0, image.shape[1] - size + 1, size)]
        ).T
    ),
)
max_pool.misconception(
    "You took one pixel of each block without looking at the others: compare all of them, and keep the largest.",
    lambda image, size: image[::size, ::size],
    lambda image, size: pooled(image, size, lambda block: block[0, 0]),
    lambda image, size: pooled(image, size, lambda block: block[-1, -1]),
    lambda image, size: pooled(image, size, lambda block: block[len(block) // 2, len(block) // 2]),
    lambda image, size: image[size - 1 :: size, size - 1 :: size],
    lambda image, size: pooled(image, size, lambda block: max(block[0, 0], block[-1, -1])),
)
max_pool.misconception(
    "Negative blocks came out too large: begin with the block's first number, or take `.max()`, and not with 0.",
    lambda image, size: pooled(image, size, lambda block: max(0, block.max())),
    lambda image, size: pooled(image, size, lambda block: max(0, block.max()), whole=False),
    lambda image, size: np.maximum(pooled(image, size), -1),
)
max_pool.misconception(
    "A size of 2 is built in: take the argument `size`.",
    lambda image, size: pooled(image, 2),
    lambda image, size: pooled(image, 2)[: image.shape[0] // size, : image.shape[1] // size],
    lambda image, size: pooled(image, 2, step=size, whole=False)[: image.shape[0] // size, : image.shape[1] // size],
    lambda image, size: pooled(image, size, step=2),
    lambda image, size: pooled(image, 2, whole=False),
)
max_pool.misconception(
    "Rows and columns are exchanged: the first index counts rows, and height comes before width.",
    lambda image, size: pooled(image, size).T,
    lambda image, size: pooled(image.T, size, lambda block: block.max())[: image.shape[0], :],
)


def _square(axis):
    """Loops that take both sides of the result from one axis of the image."""

    def answer(image, size):
        blocks = image.shape[axis] // size
        result = np.zeros((blocks, blocks))
        for row, column in np.ndindex(blocks, blocks):
            result[row, column] = image[row * size : (row + 1) * size, column * size : (column + 1) * size].max()
        return result

    return answer


def _sides_exchanged(image, size):
    rows, columns = image.shape[0] // size, image.shape[1] // size
    result = np.zeros((columns, rows))
    for row, column in np.ndindex(rows, columns):
        result[row, column] = image[row * size : (row + 1) * size, column * size : (column + 1) * size].max()
    return result


def _loops_exchanged(image, size):
    result = np.zeros((image.shape[1] // size, image.shape[0] // size))
    for row, column in np.ndindex(result.shape):
        result[row, column] = image[row * size : (row + 1) * size, column * size : (column + 1) * size].max()
    return result


def _indices_exchanged(image, size):
    result = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for row, column in np.ndindex(result.shape):
        result[row, column] = image[column * size : (column + 1) * size, row * size : (row + 1) * size].max()
    return result


max_pool.misconception(
    "Rows and columns are exchanged: the first index counts rows, and height comes before width.",
    _sides_exchanged,
    _indices_exchanged,
    _loops_exchanged,
)
max_pool.misconception(
    "You took both sides from the same axis: an image need not be square, so ask for shape[0] and for shape[1].",
    _square(0),
    _square(1),
)


def _without_last(image, size):
    result = pooled(image, size)
    result[-1], result[:, -1] = 0, 0
    return result


max_pool.misconception(
    "The last whole blocks are missing: only what fills no block is dropped, so as many blocks stay as fit.",
    lambda image, size: pooled(image, size)[:-1, :-1],
    lambda image, size: pooled(image, size)[:-1],
    lambda image, size: pooled(image, size)[:, :-1],
    lambda image, size: pooled(image[:-1, :-1], size),
    lambda image, size: pooled(image, size, step=size)[
        : math.ceil((image.shape[0] - size) / size), : math.ceil((image.shape[1] - size) / size)
    ],
    _without_last,
)
max_pool.misconception(
    "Your blocks have the wrong size or start: `size` rows belong to each, and a slice ends before its last number.",
    lambda image, size: pooled(image, size, lambda block: block[: max(1, size - 1), : max(1, size - 1)].max()),
    lambda image, size: pooled(image[1:, 1:], size),
    lambda image, size: pooled(image, size - 1 or 1),
    lambda image, size: pooled(image, size + 1),
)
max_pool.misconception(
    "You kept the largest number of the whole picture: each block has its own.",
    lambda image, size: image.max(),
    lambda image, size: np.full_like(pooled(image, size), image.max()),
    lambda image, size: image[:size, :size].max(),
    lambda image, size: np.full_like(pooled(image, size), image[:size, :size].max()),
)


def _filled_in(image, size):
    result = image.astype(float)
    for row, column in np.ndindex(image.shape[0] // size, image.shape[1] // size):
        block = result[row * size : (row + 1) * size, column * size : (column + 1) * size]
        block[:] = block.max()
    return result


max_pool.misconception(
    "The picture is as large as before: each block becomes a single number, so the result is smaller.",
    _filled_in,
    lambda image, size: np.kron(pooled(image, size), np.ones((size, size))),
    lambda image, size: pooled(image, size).ravel(),
    lambda image, size: [value for row in pooled(image, size) for value in row],
    lambda image, size: np.pad(pooled(image, size), [(0, side - side // size) for side in image.shape]),
)
max_pool.misconception(
    "You gave the place of the largest number: its value is asked for.",
    lambda image, size: pooled(image, size, np.argmax),
)
max_pool.misconception(
    "The numbers lost their decimals or their sign: keep the largest as it is.",
    lambda image, size: pooled(image, size).astype(int),
    lambda image, size: pooled(image, size).astype("int64").astype("uint8"),
    lambda image, size: np.round(pooled(image, size)),
    lambda image, size: np.abs(pooled(image, size)),
)


def _as_many_blocks(image, size):
    """`size` blocks from top to bottom, and as many across."""
    height, width = image.shape[0] // size, image.shape[1] // size
    result = np.zeros((size, size))
    for row, column in np.ndindex(result.shape):
        result[row, column] = image[row * height : (row + 1) * height, column * width : (column + 1) * width].max()
    return result


def _by_python(image, size):
    """Python's own `max` for each block, which is a table."""
    result = np.zeros((image.shape[0] // size, image.shape[1] // size))
    for row, column in np.ndindex(result.shape):
        block = image[row * size : (row + 1) * size, column * size : (column + 1) * size]
        result[row, column] = max(block)
    return result


max_pool.misconception(
    "`size` is the side of a block, in pixels, and not the number of blocks: that one comes from a division.",
    _as_many_blocks,
    _blocks((1, 0, 3, 2), (1, 3)),
)
max_pool.misconception(
    "Python's `max` compares whole rows, and a block has several: let NumPy look at all numbers of the block.",
    _by_python,
)
max_pool.misconception(
    "You dropped the first rows and columns: blocks begin at the upper left, and what is left over lies at the end.",
    lambda image, size: pooled(image[image.shape[0] % size :, image.shape[1] % size :], size),
    lambda image, size: pooled(image[:, image.shape[1] % size :], size),
    lambda image, size: pooled(image[image.shape[0] % size :], size),
)
