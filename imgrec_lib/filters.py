"""Convolution, ReLU and pooling in plain NumPy: what lesson 2 builds by hand.

An image is height × width (grey) or height × width × channels. Kernels are laid on as they are written,
not turned by 180°, as Keras and OpenCV do it (mathematicians call that cross-correlation).
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

KERNELS: dict[str, NDArray[np.float64]] = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], dtype=float),
    "blur": np.full((3, 3), 1 / 9),
    "gaussian": np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], dtype=float),
    "vertical_edges": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], dtype=float),
    "horizontal_edges": np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], dtype=float),
    "laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=float),
    "emboss": np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], dtype=float),
}
for _kernel in KERNELS.values():
    _kernel.flags.writeable = False  # A lesson that changed one would change it for every later cell


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Return how many places a window of `kernel` pixels finds along an edge of `size` pixels."""
    _refuse_misfit(size, kernel, stride, padding)
    return (size + 2 * padding - kernel) // stride + 1


def convolve(image: ArrayLike, kernel: ArrayLike, stride: int = 1, padding: int = 0) -> NDArray[np.floating]:
    """Return one feature map, height × width: the weighted sum under the kernel at each place it fits.

    image: height × width. kernel: kernel height × kernel width. padding: rows and columns of zeros all round.
    """
    image, kernel = _numbers("image", image, "height × width"), _numbers("kernel", kernel, "height × width")
    return convolve_channels(image[:, :, None], kernel[:, :, None, None], stride, padding)[:, :, 0]


def convolve_channels(image: ArrayLike, kernels: ArrayLike, stride: int = 1, padding: int = 0) -> NDArray[np.floating]:
    """Return the feature maps of many kernels, height × width × kernels.

    image: height × width × channels. kernels: kernel height × kernel width × channels × kernels.
    """
    image = _numbers("image", image, "height × width × channels")
    kernels = _numbers("kernels", kernels, "height × width × channels × kernels")
    _refuse_other_depth(image, kernels)
    windows = _windows(image, kernels.shape[:2], stride, padding)
    return np.tensordot(windows, kernels, axes=([3, 4, 2], [0, 1, 2]))


def relu(feature_map: ArrayLike) -> NDArray[np.floating]:
    """Return the same shape with every negative number replaced by zero."""
    return np.maximum(feature_map, 0)


def max_pool(image: ArrayLike, size: int = 2) -> NDArray[np.floating]:
    """Return the largest number of every size × size block: height // size × width // size (× channels).

    Rows and columns that no longer fill a block are dropped.
    """
    image = np.asarray(image)
    _refuse_blocks(image, size)
    rows, columns = image.shape[0] // size, image.shape[1] // size
    blocks = image[: rows * size, : columns * size].reshape(rows, size, columns, size, *image.shape[2:])
    return blocks.max(axis=(1, 3))


def _numbers(name: str, values: ArrayLike, axes: str) -> NDArray[np.floating]:
    """Return values as floats, refusing the wrong number of axes; uint8 would overflow in the sums."""
    array = np.asarray(values)
    if array.ndim != axes.count("×") + 1:
        raise ValueError(f"{name} has shape {array.shape}, but must be {axes}: index or reshape it first")
    if array.dtype.kind not in "biuf":
        raise ValueError(f"{name} holds {array.dtype}, but must hold real numbers: convert it with astype(float)")
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def _windows(image: NDArray[np.floating], shape: tuple[int, int], stride: int, padding: int) -> NDArray[np.floating]:
    """Return every window: places down × places across × channels × window height × window width."""
    for size, kernel in zip(image.shape[:2], shape, strict=True):
        _refuse_misfit(size, kernel, stride, padding)
    padded = np.pad(image, ((padding, padding), (padding, padding), (0, 0)))
    return np.lib.stride_tricks.sliding_window_view(padded, shape, axis=(0, 1))[::stride, ::stride]


def _refuse_misfit(size: int, kernel: int, stride: int, padding: int) -> None:
    if kernel < 1:
        raise ValueError(f"a kernel of {kernel} pixels sees nothing: make it 1 or more")
    if stride < 1:
        raise ValueError(f"stride is {stride}, but the window must move by 1 pixel or more: give stride=1 or larger")
    if padding < 0:
        raise ValueError(f"padding is {padding}, but it adds pixels: give 0 or more, and crop the image to lose some")
    if kernel > size + 2 * padding:
        raise ValueError(
            f"a kernel of {kernel} pixels does not fit into {size} + 2 × {padding} pixels: "
            "take a smaller kernel, a larger image or more padding"
        )


def _refuse_other_depth(image: NDArray[np.floating], kernels: NDArray[np.floating]) -> None:
    if image.shape[2] != kernels.shape[2]:
        raise ValueError(
            f"the image has {image.shape[2]} channels and the kernels have {kernels.shape[2]}: "
            "a kernel needs one layer of weights for each channel"
        )


def _refuse_blocks(image: NDArray[np.floating], size: int) -> None:
    if image.ndim not in (2, 3):
        raise ValueError(
            f"image has shape {image.shape}, but must be height × width or height × width × channels: "
            "index or reshape it first"
        )
    if not 1 <= size <= min(image.shape[:2]):
        raise ValueError(
            f"blocks of {size} × {size} do not fit into {image.shape[0]} × {image.shape[1]} pixels: "
            f"give a size from 1 to {min(image.shape[:2])}"
        )
