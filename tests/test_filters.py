"""Properties of the hand-made filters, with OpenCV and Keras as oracles."""

import itertools

import cv2
import numpy as np
import pytest

from imgrec_lib import filters

SHAPES = [(5, 5), (6, 6), (7, 4), (4, 9), (3, 3), (11, 8)]
KERNEL_SHAPES = [(1, 1), (3, 3), (2, 2), (3, 2), (1, 3)]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.fixture(scope="module")
def keras():
    return pytest.importorskip("keras")


def plain_loops(image, kernel, stride=1, padding=0):
    """The specification: nothing but loops over single numbers, shares no code with the library."""
    height, width = len(image) + 2 * padding, len(image[0]) + 2 * padding
    padded = [[0.0] * width for _ in range(height)]
    for row, column in itertools.product(range(len(image)), range(len(image[0]))):
        padded[row + padding][column + padding] = float(image[row][column])
    output = []
    for top in range(0, height - len(kernel) + 1, stride):
        output.append([])
        for left in range(0, width - len(kernel[0]) + 1, stride):
            cells = itertools.product(range(len(kernel)), range(len(kernel[0])))
            output[-1].append(sum(padded[top + row][left + column] * kernel[row][column] for row, column in cells))
    return np.array(output)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kernel_shape", KERNEL_SHAPES)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 0), (1, 1), (3, 2)])
def test_convolve_equals_plain_loops(rng, shape, kernel_shape, stride, padding):
    image, kernel = rng.normal(size=shape), rng.normal(size=kernel_shape)
    np.testing.assert_allclose(
        filters.convolve(image, kernel, stride, padding), plain_loops(image, kernel, stride, padding), atol=1e-12
    )


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kernel_shape", KERNEL_SHAPES)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (4, 2)])
def test_output_size_tells_the_shape_of_convolve(shape, kernel_shape, stride, padding):
    sizes = [
        filters.output_size(size, kernel, stride, padding) for size, kernel in zip(shape, kernel_shape, strict=True)
    ]
    assert filters.convolve(np.zeros(shape), np.zeros(kernel_shape), stride, padding).shape == tuple(sizes)


@pytest.mark.parametrize("shape", SHAPES)
def test_convolution_is_linear_in_the_image_and_in_the_kernel(rng, shape):
    first, second, kernel, other = (rng.normal(size=size) for size in (shape, shape, (3, 3), (3, 3)))
    np.testing.assert_allclose(
        filters.convolve(2 * first - 3 * second, kernel),
        2 * filters.convolve(first, kernel) - 3 * filters.convolve(second, kernel),
        atol=1e-12,
    )
    np.testing.assert_allclose(
        filters.convolve(first, 2 * kernel - 3 * other),
        2 * filters.convolve(first, kernel) - 3 * filters.convolve(first, other),
        atol=1e-12,
    )


@pytest.mark.parametrize("name", filters.KERNELS)
def test_a_shifted_image_gives_a_shifted_feature_map(rng, name):
    image = rng.normal(size=(12, 9))
    before = filters.convolve(image, filters.KERNELS[name])
    after = filters.convolve(np.roll(image, (2, 1), axis=(0, 1)), filters.KERNELS[name])
    np.testing.assert_allclose(after[2:, 1:], before[:-2, :-1], atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_identity_kernel_with_padding_gives_the_image_back(rng, shape):
    image = rng.integers(0, 256, size=shape, dtype=np.uint8)
    np.testing.assert_array_equal(filters.convolve(image, filters.KERNELS["identity"], padding=1), image)


def test_a_single_bright_pixel_gives_the_kernel_turned_by_180_degrees(rng):
    image, kernel = np.zeros((5, 5)), rng.normal(size=(3, 3))
    image[2, 2] = 1
    np.testing.assert_array_equal(filters.convolve(image, kernel), kernel[::-1, ::-1])


@pytest.mark.parametrize(
    ("name", "total"),
    [
        ("identity", 1),
        ("blur", 1),
        ("gaussian", 1),
        ("sharpen", 1),
        ("emboss", 1),
        ("vertical_edges", 0),
        ("horizontal_edges", 0),
        ("laplacian", 0),
    ],
)
def test_a_flat_image_becomes_its_grey_times_the_sum_of_the_kernel(name, total):
    flat = np.full((6, 7), 80, dtype=np.uint8)
    np.testing.assert_allclose(filters.convolve(flat, filters.KERNELS[name]), np.full((4, 5), 80 * total), atol=1e-10)


@pytest.mark.parametrize("shape", [(6, 6), (7, 12), (13, 8)])
@pytest.mark.parametrize("name", filters.KERNELS)
def test_convolve_equals_opencv_inside_the_border(rng, shape, name):
    image = rng.uniform(0, 255, size=shape)
    oracle = cv2.filter2D(image, -1, filters.KERNELS[name])
    np.testing.assert_allclose(filters.convolve(image, filters.KERNELS[name]), oracle[1:-1, 1:-1], atol=1e-9)


def test_convolve_with_padding_equals_opencv_with_a_black_border(rng):
    image, kernel = rng.uniform(0, 255, size=(9, 14)), rng.normal(size=(5, 5))
    oracle = cv2.filter2D(image, -1, kernel, borderType=cv2.BORDER_CONSTANT)
    np.testing.assert_allclose(filters.convolve(image, kernel, padding=2), oracle, atol=1e-9)


@pytest.mark.parametrize("shape", [(9, 9, 3), (8, 12, 1), (7, 10, 4)])
@pytest.mark.parametrize(("kernel_size", "count", "stride"), [(3, 5, 1), (2, 32, 1), (3, 4, 2), (1, 2, 3)])
def test_convolve_channels_equals_keras(rng, keras, shape, kernel_size, count, stride):
    image = rng.normal(size=shape).astype(np.float32)
    kernels = rng.normal(size=(kernel_size, kernel_size, shape[2], count)).astype(np.float32)
    oracle = keras.ops.conv(image[None], kernels, strides=stride, padding="valid")
    np.testing.assert_allclose(
        filters.convolve_channels(image, kernels, stride), keras.ops.convert_to_numpy(oracle)[0], atol=1e-4
    )


def test_one_pixel_of_padding_equals_same_padding_in_keras(rng, keras):
    image = rng.normal(size=(6, 7, 3)).astype(np.float32)
    kernels = rng.normal(size=(3, 3, 3, 8)).astype(np.float32)
    oracle = keras.ops.conv(image[None], kernels, padding="same")
    np.testing.assert_allclose(
        filters.convolve_channels(image, kernels, padding=1), keras.ops.convert_to_numpy(oracle)[0], atol=1e-4
    )


def test_channels_are_summed_plane_by_plane(rng):
    image, kernels = rng.normal(size=(6, 5, 3)), rng.normal(size=(3, 3, 3, 2))
    output = filters.convolve_channels(image, kernels)
    for index in range(2):
        planes = [plain_loops(image[:, :, channel], kernels[:, :, channel, index]) for channel in range(3)]
        np.testing.assert_allclose(output[:, :, index], sum(planes), atol=1e-12)


@pytest.mark.parametrize("shape", [(6, 6, 2), (7, 9, 3), (2, 5, 1)])
def test_max_pool_equals_keras(rng, keras, shape):
    image = rng.normal(size=shape).astype(np.float32)
    oracle = keras.ops.convert_to_numpy(keras.ops.max_pool(image[None], 2, strides=2, padding="valid"))[0]
    np.testing.assert_array_equal(filters.max_pool(image), oracle)
    np.testing.assert_array_equal(filters.max_pool(image[:, :, 0]), oracle[:, :, 0])


def test_max_pool_of_size_three_keeps_the_largest_of_each_block():
    image = np.arange(7 * 8).reshape(7, 8)
    np.testing.assert_array_equal(filters.max_pool(image, 3), [[18, 21], [42, 45]])


@pytest.mark.parametrize("shape", [(4,), (3, 5), (3, 4, 2)])
def test_relu_keeps_positive_numbers_and_zeroes_the_others(rng, shape):
    values = rng.normal(size=shape)
    np.testing.assert_array_equal(filters.relu(values), np.where(values > 0, values, 0))


def test_whole_number_images_do_not_overflow():
    image = np.full((3, 3), 255, dtype=np.uint8)
    assert filters.convolve(image, np.ones((3, 3), dtype=np.uint8)).item() == 9 * 255


def test_arguments_are_left_as_they_were(rng):
    image, kernel = rng.normal(size=(6, 6)), rng.normal(size=(3, 3))
    copies = image.copy(), kernel.copy()
    filters.convolve(image, kernel, padding=1)
    filters.relu(image)
    filters.max_pool(image)
    np.testing.assert_array_equal(image, copies[0])
    np.testing.assert_array_equal(kernel, copies[1])


def test_named_kernels_cannot_be_changed():
    with pytest.raises(ValueError):
        filters.KERNELS["blur"][0, 0] = 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: filters.convolve(np.zeros((2, 5)), np.zeros((3, 3))), "kernel of 3 pixels does not fit into 2"),
        (lambda: filters.convolve(np.zeros((5, 5)), np.zeros((3, 3)), stride=0), "stride is 0"),
        (lambda: filters.convolve(np.zeros((5, 5)), np.zeros((3, 3)), padding=-1), "padding is -1"),
        (lambda: filters.convolve(np.zeros((5, 5, 3)), np.zeros((3, 3))), r"image has shape \(5, 5, 3\)"),
        (lambda: filters.convolve(np.zeros((5, 5)), np.zeros(3)), r"kernel has shape \(3,\)"),
        (lambda: filters.convolve(np.array([["a"]]), np.zeros((1, 1))), "must hold real numbers"),
        (lambda: filters.convolve(np.zeros((5, 5)), np.zeros((0, 3))), "sees nothing"),
        (lambda: filters.convolve_channels(np.zeros((5, 5, 3)), np.zeros((3, 3, 1, 4))), "image has 3 channels"),
        (lambda: filters.max_pool(np.zeros((5, 5)), 0), "blocks of 0 × 0"),
        (lambda: filters.max_pool(np.zeros((5, 5)), 6), "blocks of 6 × 6"),
        (lambda: filters.max_pool(np.zeros(5)), r"image has shape \(5,\)"),
    ],
)
def test_a_wrong_argument_is_refused_in_one_sentence(call, words):
    with pytest.raises(ValueError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)
