"""Picture files of every kind, made byte by byte or by Pillow, for the tests of images.load."""

from __future__ import annotations

import io
import itertools
import struct
import zlib

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 32, 64
# Top left, top right, bottom left, bottom right: no two alike, so that a turned or mirrored picture is seen at once.
COLOURS = ((220, 30, 40), (40, 190, 60), (30, 60, 210), (230, 210, 50))
GREYS = (30, 90, 160, 230)
BLACK_AND_WHITE = (0, 255, 255, 0)
WHITE = (255, 255, 255)


def quadrants(values, dtype=np.uint8) -> np.ndarray:
    """Four quadrants of one value each, 32 × 64, with channels where the values have them."""
    image = np.empty((HEIGHT, WIDTH, *np.shape(values[0])), dtype)
    for value, (row, column) in zip(values, itertools.product((0, 1), (0, 1)), strict=True):
        image[row * HEIGHT // 2 : (row + 1) * HEIGHT // 2, column * WIDTH // 2 : (column + 1) * WIDTH // 2] = value
    return image


def grey_colours(greys=GREYS) -> tuple[tuple[int, int, int], ...]:
    return tuple((grey, grey, grey) for grey in greys)


RGB = quadrants(COLOURS)
GREY = quadrants(GREYS)


def saved(picture: np.ndarray | Image.Image, file_format: str, **options) -> bytes:
    picture = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int, bits: int, colour_type: int, rows: bytes, *more: bytes, interlaced: int = 0) -> bytes:
    """A PNG of raw rows (each with its filter byte), with chunks more before the pixels."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, interlaced)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + pixels + chunk(b"IEND", b"")


def png_of(samples: np.ndarray, bits: int, colour_type: int, *more: bytes) -> bytes:
    """A PNG of an array of samples with the given number of bits each."""
    height, width = samples.shape[:2]
    flat = samples.reshape(height, -1)
    if bits == 16:
        rows = [row.astype(">u2").tobytes() for row in flat]
    else:
        places = (flat[..., None] >> np.arange(bits - 1, -1, -1)) & 1
        rows = [np.packbits(row.reshape(-1)).tobytes() for row in places.astype(np.uint8)]
    return png(width, height, bits, colour_type, b"".join(b"\0" + row for row in rows), *more)


def interlaced_png(image: np.ndarray) -> bytes:
    """An RGB PNG in the seven passes of Adam7."""
    passes = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
    rows = []
    for top, left, down, across in passes:
        rows += [b"\0" + row.tobytes() for row in image[top::down, left::across]]
    return png(image.shape[1], image.shape[0], 8, 2, b"".join(rows), interlaced=1)


def tiff(tags: dict[int, tuple[int, ...]], pixels: bytes, order: str = "<") -> bytes:
    """A TIFF of one directory with long integers as tags; tag 273 is set to where the pixels begin."""
    tail_start = 8 + 2 + 12 * len(tags | {273: 0}) + 4
    tags = {**tags, 273: (tail_start + sum(4 * len(values) for values in tags.values() if len(values) > 1),)}
    entries, tail = b"", b""
    for tag, values in sorted(tags.items()):
        packed = struct.pack(f"{order}{len(values)}I", *values)
        if len(values) > 1:
            packed, tail = struct.pack(order + "I", tail_start + len(tail)), tail + packed
        entries += struct.pack(order + "HHI", tag, 4, len(values)) + packed
    start = (b"II" if order == "<" else b"MM") + struct.pack(order + "HIH", 42, 8, len(tags))
    return start + entries + struct.pack(order + "I", 0) + tail + pixels


def tiff_of(image: np.ndarray, bits: int, photometric: int, order: str = "<", **more: tuple[int, ...]) -> bytes:
    """An uncompressed TIFF of the image's bytes; more tags as `tag_254=(1,)`."""
    channels = 1 if image.ndim == 2 else image.shape[2]
    pixels = image.tobytes()
    tags = {256: (image.shape[1],), 257: (image.shape[0],), 258: (bits,) * channels, 259: (1,), 262: (photometric,)}
    tags |= {277: (channels,), 278: (image.shape[0],), 279: (len(pixels),)}
    return tiff(tags | {int(name[4:]): value for name, value in more.items()}, pixels, order)


# From here on: colour.

D65_TO_LINEAR_XYZ_D50 = np.array(  # linear sRGB to XYZ under D50, the light that colour profiles are written for
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
DISPLAY_P3_XYZ_D50 = np.array([[0.5151, 0.2920, 0.1571], [0.2412, 0.6922, 0.0666], [-0.0011, 0.0419, 0.7841]])
D50 = np.array([0.9642, 1.0, 0.8249])


def linear(colours) -> np.ndarray:
    values = np.asarray(colours) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def fixed(number: float) -> bytes:
    return struct.pack(">i", round(number * 65536))


def profile(colour_space: bytes, connection: bytes, kind: bytes, tags: dict[bytes, bytes]) -> bytes:
    """An ICC profile, version 2.4."""
    tags = {b"desc": text_description(b"a test"), b"cprt": b"text\0\0\0\0free\0", **tags}
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags.items():
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    illuminant = b"".join(fixed(value) for value in D50)
    header = struct.pack(">I4sI", offset + len(body), b"test", 0x02400000) + kind + colour_space + connection
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + illuminant
    return header.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


def text_description(text: bytes) -> bytes:
    return b"desc\0\0\0\0" + struct.pack(">I", len(text) + 1) + text + b"\0" + bytes(78)


def display_p3_profile(gamma: float = 2.2) -> bytes:
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256))
    tags = {b"wtpt": b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in D50)}
    for letter, column in zip("rgb", DISPLAY_P3_XYZ_D50.T, strict=True):
        tags[f"{letter}XYZ".encode()] = b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in column)
        tags[f"{letter}TRC".encode()] = curve
    return profile(b"RGB ", b"XYZ ", b"mntr", tags)


def in_display_p3(colours, gamma: float = 2.2) -> tuple[tuple[int, ...], ...]:
    """sRGB colours as the numbers that a Display P3 picture holds for them."""
    xyz = linear(colours) @ D65_TO_LINEAR_XYZ_D50.T
    values = np.clip(xyz @ np.linalg.inv(DISPLAY_P3_XYZ_D50).T, 0, 1) ** (1 / gamma)
    return tuple(tuple(int(value) for value in row) for row in np.rint(values * 255))


def lab(colours) -> np.ndarray:
    """sRGB colours as CIE L*a*b* under D50."""
    ratio = (linear(colours) @ D65_TO_LINEAR_XYZ_D50.T) / D50
    root = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def swapped_inks_profile() -> bytes:
    """A CMYK profile for a press whose cyan and magenta inks are swapped, so that its use cannot be missed."""
    inks = np.array(list(itertools.product((0, 1), repeat=4)), float)
    light = (1 - inks[:, [1, 0, 2]]) * (1 - inks[:, 3:])
    nodes = lab(light * 255) * [255 / 100, 1, 1] + [0, 128, 128]
    ramp = bytes(range(256))
    identity = b"".join(fixed(value) for value in np.eye(3).reshape(-1))
    cube = np.clip(np.rint(nodes), 0, 255).astype(np.uint8).tobytes()
    table = b"mft1\0\0\0\0" + bytes((4, 3, 2, 0)) + identity + ramp * 4 + cube + ramp * 3
    white = b"XYZ \0\0\0\0" + b"".join(fixed(value) for value in D50)
    return profile(b"CMYK", b"Lab ", b"prtr", {b"wtpt": white, b"A2B0": table})


def ycck_jpeg() -> bytes:
    """A JPEG as Photoshop writes CMYK: brightness and colour differences of the inks, and Adobe's marker."""
    inks = np.asarray(Image.fromarray(255 - RGB).convert("YCbCr"))
    stored = np.dstack([inks, np.full(inks.shape[:2], 255, np.uint8)])
    picture = Image.merge("CMYK", [Image.fromarray(plane) for plane in np.moveaxis(255 - stored, 2, 0)])
    data = bytearray(saved(picture, "JPEG", quality=98, subsampling=0))
    marker = data.index(b"Adobe")
    data[marker + 11] = 2
    return bytes(data)
