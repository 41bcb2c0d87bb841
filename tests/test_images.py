"""images.load on picture files of every kind: the right colours the right way up, or one clear sentence."""

from __future__ import annotations

import io
import os
import random
import struct
import subprocess
import sys
import time
import warnings
import zlib
from pathlib import Path

import numpy as np
import picture_files as files
import pytest
from picture_files import COLOURS, GREY, GREYS, RGB, WHITE, chunk, grey_colours, png, png_of, quadrants, saved, tiff_of
from PIL import Image, ImageFile

from imgrec_lib import images

ALPHA = quadrants((255, 255, 255, 0))
RGBA = np.dstack([RGB, ALPHA])
LAID_ON_WHITE = (*COLOURS[:3], WHITE)
GREYS_ON_WHITE = (*grey_colours()[:3], WHITE)
BLACK_AND_WHITE = grey_colours((0, 255, 255, 0))
DEEP = tuple(grey * 257 for grey in GREYS)
SHADE = quadrants((0, 1, 1, 0)).astype(bool)
PALETTED = Image.fromarray(RGB).quantize(4)
FULL_INKS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))
OTHER = np.full_like(RGB, 128)


def palette_picture(*alphas: int) -> bytes:
    """A palette PNG whose four entries are the four colours, with an alpha each."""
    table = bytes(value for colour in COLOURS for value in colour)
    more = [chunk(b"tRNS", bytes(alphas))] if alphas else []
    return png_of(quadrants((0, 1, 2, 3)), 2, 3, chunk(b"PLTE", table), *more)


def grey_key(value: int) -> bytes:
    return chunk(b"tRNS", struct.pack(">H", value))


def animated(file_format: str, **options) -> bytes:
    frames = [Image.fromarray(OTHER), Image.fromarray(255 - RGB)]
    return saved(Image.fromarray(RGB), file_format, save_all=True, append_images=frames, duration=50, **options)


def half_covered() -> bytes:
    return saved(np.dstack([quadrants(((0, 0, 0),) * 4), quadrants((0, 85, 170, 255))]), "PNG")


def jpeg_with(**options) -> bytes:
    return saved(RGB, "JPEG", quality=95, subsampling=0, **options)


def exif_with(content: bytes) -> bytes:
    return b"Exif\0\0" + content


def cmyk(colours=COLOURS) -> Image.Image:
    return Image.fromarray(quadrants(colours)).convert("CMYK")


def lab_tiff() -> bytes:
    values = np.rint(files.lab(RGB) * [255 / 100, 1, 1]).astype(np.int16)
    return tiff_of((values & 0xFF).astype(np.uint8), 8, 8)


def swapped_inks() -> Image.Image:
    cyan, magenta, yellow, black = cmyk(FULL_INKS).split()
    return Image.merge("CMYK", (magenta, cyan, yellow, black))


# What kind of file: how it is made, the colours of its four quadrants, and how far they may be off.
READABLE = {
    "jpeg": (lambda: jpeg_with(), COLOURS, 6),
    "jpeg progressive": (lambda: jpeg_with(progressive=True), COLOURS, 6),
    "jpeg grey": (lambda: saved(GREY, "JPEG", quality=95), grey_colours(), 3),
    "jpeg CMYK of Adobe": (lambda: saved(cmyk(), "JPEG", quality=98), COLOURS, 6),
    "jpeg YCCK of Adobe": (files.ycck_jpeg, COLOURS, 8),
    "jpeg CMYK with a press profile": (
        lambda: saved(swapped_inks(), "JPEG", quality=98, icc_profile=files.swapped_inks_profile()), FULL_INKS, 12),
    "jpeg with two pictures (MPO)": (
        lambda: saved(Image.fromarray(RGB), "MPO", save_all=True, append_images=[Image.fromarray(OTHER)], quality=95),
        COLOURS, 8),
    "jpeg in Display P3": (
        lambda: saved(quadrants(files.in_display_p3(COLOURS)), "JPEG", quality=98, subsampling=0,
                      icc_profile=files.display_p3_profile()), COLOURS, 8),
    "jpeg with a broken colour profile": (lambda: jpeg_with(icc_profile=b"no profile at all" * 20), COLOURS, 6),
    "jpeg with a broken EXIF block": (lambda: jpeg_with(exif=exif_with(b"MM\0*\xff\xff\xff\xff rubbish")), COLOURS, 6),
    "jpeg with rubbish after its end": (lambda: jpeg_with() + b"rubbish" * 1000, COLOURS, 6),
    "png": (lambda: saved(RGB, "PNG"), COLOURS, 0),
    "png interlaced": (lambda: files.interlaced_png(RGB), COLOURS, 0),
    "png in Display P3": (
        lambda: saved(quadrants(files.in_display_p3(COLOURS)), "PNG", icc_profile=files.display_p3_profile()),
        COLOURS, 3),
    "png in Display P3, transparent": (
        lambda: saved(np.dstack([quadrants(files.in_display_p3(COLOURS)), ALPHA]), "PNG",
                      icc_profile=files.display_p3_profile()), LAID_ON_WHITE, 3),
    "png grey": (lambda: saved(GREY, "PNG"), grey_colours(), 0),
    "png grey with alpha": (lambda: saved(np.dstack([GREY, ALPHA]), "PNG"), GREYS_ON_WHITE, 0),
    "png grey, one value transparent": (lambda: png_of(GREY, 8, 0, grey_key(GREYS[3])), GREYS_ON_WHITE, 0),
    "png 1-bit": (lambda: saved(Image.fromarray(SHADE), "PNG"), BLACK_AND_WHITE, 0),
    "png 1-bit, black transparent": (lambda: png_of(SHADE.astype(np.uint8), 1, 0, grey_key(0)), (WHITE,) * 4, 0),
    "png 2-bit grey": (lambda: png_of(quadrants((0, 1, 2, 3)), 2, 0), grey_colours((0, 85, 170, 255)), 0),
    "png 2-bit grey, one value transparent": (
        lambda: png_of(quadrants((0, 1, 2, 3)), 2, 0, grey_key(1)), grey_colours((0, 255, 170, 255)), 0),
    "png 4-bit grey, one value transparent": (
        lambda: png_of(quadrants((0, 5, 10, 15)), 4, 0, grey_key(10)), grey_colours((0, 85, 255, 255)), 0),
    "png palette": (palette_picture, COLOURS, 0),
    "png palette, one entry transparent": (lambda: palette_picture(255, 255, 255, 0), LAID_ON_WHITE, 0),
    "png palette, entries half transparent": (
        lambda: palette_picture(255, 0, 255, 127), (COLOURS[0], WHITE, COLOURS[2], (243, 233, 153)), 1),
    "png RGB with alpha": (lambda: saved(RGBA, "PNG"), LAID_ON_WHITE, 0),
    "png black under alpha of 0, 85, 170, 255": (half_covered, grey_colours((255, 170, 85, 0)), 0),
    "png RGB, one colour transparent": (
        lambda: png_of(RGB, 8, 2, chunk(b"tRNS", struct.pack(">3H", *COLOURS[3]))), LAID_ON_WHITE, 0),
    "png 16-bit grey": (lambda: png_of(quadrants(DEEP, np.uint16), 16, 0), grey_colours(), 0),
    "png 16-bit grey, one value transparent": (
        lambda: png_of(quadrants(DEEP, np.uint16), 16, 0, grey_key(DEEP[3])), GREYS_ON_WHITE, 0),
    "png 16-bit grey with alpha": (
        lambda: png_of(np.dstack([quadrants(DEEP, np.uint16), ALPHA.astype(np.uint16) * 257]), 16, 4),
        GREYS_ON_WHITE, 0),
    "png 16-bit RGB": (lambda: png_of(RGB.astype(np.uint16) * 257, 16, 2), COLOURS, 0),
    "png 16-bit RGB, one colour transparent": (
        lambda: png_of(
            RGB.astype(np.uint16) * 257, 16, 2, chunk(b"tRNS", struct.pack(">3H", *(257 * v for v in COLOURS[3])))),
        LAID_ON_WHITE, 0),
    "png 16-bit RGB with alpha": (lambda: png_of(RGBA.astype(np.uint16) * 257, 16, 6), LAID_ON_WHITE, 0),
    "png animated": (lambda: animated("PNG"), COLOURS, 0),
    "gif": (lambda: saved(PALETTED, "GIF"), COLOURS, 2),
    "gif transparent": (
        lambda: saved(PALETTED, "GIF", transparency=int(np.asarray(PALETTED)[-1, -1])), LAID_ON_WHITE, 2),
    "gif animated": (lambda: animated("GIF"), COLOURS, 2),
    "webp": (lambda: saved(RGB, "WEBP", quality=95), COLOURS, 8),
    "webp lossless with alpha": (lambda: saved(RGBA, "WEBP", lossless=True), LAID_ON_WHITE, 0),
    "webp animated": (lambda: animated("WEBP", lossless=True), COLOURS, 0),
    "avif": (lambda: saved(RGB, "AVIF", quality=95), COLOURS, 8),
    "avif with alpha": (lambda: saved(RGBA, "AVIF", quality=95), LAID_ON_WHITE, 8),
    "bmp": (lambda: saved(RGB, "BMP"), COLOURS, 0),
    "bmp palette": (lambda: saved(PALETTED, "BMP"), COLOURS, 2),
    "bmp 1-bit": (lambda: saved(Image.fromarray(SHADE), "BMP"), BLACK_AND_WHITE, 0),
    "tiff": (lambda: saved(RGB, "TIFF"), COLOURS, 0),
    "tiff big-endian": (lambda: tiff_of(RGB, 8, 2, ">"), COLOURS, 0),
    "tiff LZW": (lambda: saved(RGB, "TIFF", compression="tiff_lzw"), COLOURS, 0),
    "tiff deflate": (lambda: saved(RGB, "TIFF", compression="tiff_adobe_deflate"), COLOURS, 0),
    "tiff of JPEG": (lambda: saved(RGB, "TIFF", compression="jpeg", quality=95), COLOURS, 8),
    "tiff of a fax": (lambda: saved(Image.fromarray(SHADE), "TIFF", compression="group4"), BLACK_AND_WHITE, 0),
    "tiff of several pages": (lambda: animated("TIFF"), COLOURS, 0),
    "tiff with alpha": (lambda: saved(RGBA, "TIFF"), LAID_ON_WHITE, 0),
    "tiff CMYK": (lambda: saved(cmyk(), "TIFF"), COLOURS, 1),
    "tiff LAB": (lab_tiff, COLOURS, 4),
    "tiff grey, white is zero": (lambda: tiff_of(255 - GREY, 8, 0), grey_colours(), 0),
    "tiff 16-bit grey": (lambda: saved(quadrants(DEEP, np.uint16), "TIFF"), grey_colours(), 0),
    "tiff 16-bit grey, big-endian": (lambda: tiff_of(quadrants(DEEP, ">u2"), 16, 1, ">"), grey_colours(), 0),
    "tiff 16-bit grey, white is zero": (lambda: tiff_of(65535 - quadrants(DEEP, "<u2"), 16, 0), grey_colours(), 0),
    "tiff 16-bit RGB": (lambda: tiff_of(RGB.astype("<u2") * 257, 16, 2), COLOURS, 0),
    "tiff of fractions 0 to 1": (lambda: saved((GREY / 255).astype(np.float32), "TIFF"), grey_colours(), 0),
    "tiff of fractions 0 to 255": (lambda: saved(GREY.astype(np.float32), "TIFF"), grey_colours(), 0),
    "tiff of fractions with a hole (NaN)": (
        lambda: saved(np.where(GREYS[0] == GREY, np.nan, GREY / 255).astype(np.float32), "TIFF"),
        grey_colours((0, *GREYS[1:])), 0),
    "tiff of measurements": (
        lambda: saved(quadrants((-1000, -500, 0, 1000), np.int32), "TIFF"), grey_colours((0, 64, 128, 255)), 1),
    "jpeg 2000": (lambda: saved(RGB, "JPEG2000"), COLOURS, 1),
    "jpeg 2000 with alpha": (lambda: saved(RGBA, "JPEG2000"), LAID_ON_WHITE, 1),
    "ppm": (lambda: saved(RGB, "PPM"), COLOURS, 0),
    "pgm": (lambda: saved(GREY, "PPM"), grey_colours(), 0),
    "pgm 16-bit": (lambda: b"P5 64 32 65535\n" + quadrants(DEEP, ">u2").tobytes(), grey_colours(), 0),
    "pbm": (lambda: saved(Image.fromarray(SHADE), "PPM"), BLACK_AND_WHITE, 0),
}  # fmt: skip


def png_bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    return png(width, height, 8, 2, bytes(4_000_000))


def gif_bomb() -> bytes:
    return b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6) + saved(PALETTED, "GIF")[13:]


def gif_with_a_large_first_frame() -> bytes:
    data = bytearray(saved(Image.fromarray(GREY), "GIF"))
    place = data.index(b"\x2c\0\0\0\0")
    data[place : place + 9] = b"\x2c" + struct.pack("<4H", 0, 0, 60000, 60000)
    return bytes(data)


def jpeg_bomb() -> bytes:
    data = bytearray(jpeg_with())
    place = data.index(b"\xff\xc0") + 5
    data[place : place + 4] = struct.pack(">HH", 60000, 60000)
    return bytes(data)


def webp_bomb() -> bytes:
    data = bytearray(animated("WEBP", lossless=True))
    place = data.index(b"VP8X") + 12
    data[place : place + 6] = (59_999).to_bytes(3, "little") * 2
    return bytes(data)


def damaged(data: bytes, share: float = 0.5) -> bytes:
    place = int(len(data) * share)
    return data[:place] + bytes(255 - byte for byte in data[place : place + 12]) + data[place + 12 :]


def cut(data: bytes, share: float = 0.6) -> bytes:
    return data[: int(len(data) * share)]


def media(brand: bytes) -> bytes:
    return b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + brand + b"mp42" + bytes(200)


NOISE = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
# What kind of file: how it is made, and words that its sentence must hold.
REFUSED = {
    "empty": (lambda: b"", "empty"),
    "zeros": (lambda: bytes(5000), "zeros"),
    "random bytes": (lambda: b"\x07" + random.Random(0).randbytes(5000), "no picture"),
    "text": (lambda: "Grüße aus der Küche\n".encode() * 30, "text"),
    "csv": (lambda: b"label,pixel\n1,2\n", "text"),
    "web page": (lambda: b"<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "web page with spaces before": (lambda: b"\xef\xbb\xbf\r\n  <HTML lang=de><body>", "web page"),
    "web page in XHTML": (lambda: b"<?xml version='1.0'?>\n<html xmlns='http://www.w3.org/1999/xhtml'>", "web page"),
    "SVG": (lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
    "PDF": (lambda: b"%PDF-1.7\n" + bytes(500), "PDF"),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "PostScript"),
    "zip": (lambda: b"PK\x03\x04" + bytes(500), "zip"),
    "video": (lambda: media(b"isom"), "video"),
    "HEIC": (lambda: media(b"heic"), "HEIC"),
    "raw of Canon": (lambda: media(b"crx "), "raw"),
    "raw with a thumbnail first": (lambda: tiff_of(RGB, 8, 2, tag_254=(1,)), "raw"),
    "raw in DNG": (lambda: tiff_of(RGB, 8, 2, tag_50706=(1, 4, 0, 0)), "raw"),
    "icon": (lambda: saved(Image.fromarray(RGB), "ICO"), "icon"),
    "git-lfs pointer": (lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "git-lfs"),
    "NumPy file": (lambda: numpy_file(), "numpy.load"),
    "jpeg cut short": (lambda: cut(saved(NOISE, "JPEG")), "cut short"),
    "jpeg cut in its header": (lambda: jpeg_with()[:30], "cut short"),
    "png cut short": (lambda: cut(saved(NOISE, "PNG")), "cut short"),
    "png cut in its header": (lambda: saved(RGB, "PNG")[:20], "cut short"),
    "png without its end": (lambda: saved(RGB, "PNG")[:-12], "cut short"),
    "gif cut short": (lambda: cut(saved(NOISE, "GIF")), "cut short"),
    "webp cut short": (lambda: cut(saved(NOISE, "WEBP")), ""),
    "avif cut short": (lambda: cut(saved(NOISE, "AVIF")), ""),
    "bmp cut short": (lambda: cut(saved(NOISE, "BMP")), "cut short"),
    "tiff cut short": (lambda: cut(tiff_of(NOISE, 8, 2)), "cut short"),
    "tiff LZW cut short": (lambda: cut(saved(NOISE, "TIFF", compression="tiff_lzw")), ""),
    "jpeg 2000 cut short": (lambda: cut(saved(NOISE, "JPEG2000"), 0.1), ""),
    "ppm cut short": (lambda: cut(saved(NOISE, "PPM")), "cut short"),
    "png with a wrong checksum": (lambda: damaged(saved(NOISE, "PNG")), "damaged"),
    "png of no pixels": (lambda: png(0, 0, 8, 2, b""), ""),
    "png of a kind unknown": (lambda: png(4, 4, 8, 9, bytes(20)), "damaged"),
    "png bomb": (png_bomb, "60,000 × 60,000"),
    "png bomb, wide": (lambda: png_bomb(2_000_000_000, 2), "2 × 2,000,000,000"),
    "jpeg bomb": (jpeg_bomb, "60,000 × 60,000"),
    "gif bomb": (gif_bomb, "65,535 × 65,535"),
    "gif with a first frame larger than itself": (gif_with_a_large_first_frame, "60,000 × 60,000"),
    "webp bomb": (webp_bomb, ""),
    "bmp bomb": (
        lambda: b"BM" + struct.pack("<3I3I2H6I", 0, 0, 54, 40, 60000, 60000, 1, 24, 0, 0, 0, 0, 0, 0), "60,000"),
    "ppm bomb": (lambda: b"P6 60000 60000 255\n" + bytes(100), "60,000 × 60,000"),
    "tiff bomb": (lambda: tiff_of(RGB, 8, 2, tag_256=(60000,), tag_257=(60000,)), "60,000 × 60,000"),
    "tiff with huge tiles": (lambda: tiff_of(RGB, 8, 2, tag_322=(60000,), tag_323=(60000,)), "tiles"),
    "png with a bomb as colour profile": (
        lambda: png_of(RGB, 8, 2, chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(300_000_000)))), ""),
    "png with a bomb as comment": (
        lambda: png_of(RGB, 8, 2, chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(300_000_000)))), ""),
}  # fmt: skip


def numpy_file() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, RGB)
    return buffer.getvalue()


def assert_refused(source, words: str = "", named: str = "", **options) -> str:
    """Checks that load refuses with exactly one ImageError of one short sentence, soon; gives the sentence."""
    start = time.perf_counter()
    with warnings.catch_warnings(), pytest.raises(ValueError) as refusal:
        warnings.simplefilter("error")
        images.load(source, **options)
    message = str(refusal.value)
    assert type(refusal.value) is images.ImageError, repr(refusal.value)
    assert message.endswith(".") and ". " not in message and message.isprintable(), message
    assert len(message) < 220, message
    assert words in message and named in message, message
    assert time.perf_counter() - start < 1
    return message


def assert_quadrants(image: np.ndarray, colours, tolerance: int) -> None:
    """Checks size, type and every pixel, apart from the two next to each border, which lossy formats smear."""
    assert image.dtype == np.uint8 and image.shape == RGB.shape
    assert image.flags.c_contiguous and image.flags.writeable and image.flags.owndata
    off = np.abs(image.astype(int) - quadrants(colours))
    if tolerance:
        off[[0, 1, 14, 15, 16, 17, 30, 31]] = 0
        off[:, [0, 1, 30, 31, 32, 33, 62, 63]] = 0
    assert off.max() <= tolerance, (off.max(), image[8, 16], image[8, 48], image[24, 16], image[24, 48])


@pytest.mark.parametrize("kind", READABLE)
def test_reads_with_the_right_colours(kind, tmp_path, recwarn):
    make, colours, tolerance = READABLE[kind]
    path = tmp_path / "picture"
    path.write_bytes(make())
    assert_quadrants(images.load(path), colours, tolerance)
    assert not recwarn.list


@pytest.mark.parametrize("kind", REFUSED)
def test_refuses_in_one_sentence_that_names_the_file(kind, tmp_path):
    make, words = REFUSED[kind]
    path = tmp_path / "my photo.jpg"
    path.write_bytes(make())
    assert_refused(path, words, "my photo.jpg")


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_turns_upright_whatever_the_orientation(orientation, file_format):
    # The picture as a camera stores it, so that following the note brings the upright one back.
    stored = {
        1: RGB, 2: RGB[:, ::-1], 3: RGB[::-1, ::-1], 4: RGB[::-1], 5: RGB.swapaxes(0, 1), 6: RGB.swapaxes(0, 1)[::-1],
        7: RGB.swapaxes(0, 1)[::-1, ::-1], 8: RGB.swapaxes(0, 1)[:, ::-1],
    }[orientation]  # fmt: skip
    exif = Image.Exif()
    exif[274] = orientation
    data = saved(np.ascontiguousarray(stored), file_format, exif=exif, quality=95)
    assert_quadrants(images.load(data), COLOURS, 0 if file_format in ("PNG", "TIFF") else 12)


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_ignores_an_orientation_that_means_nothing(orientation):
    exif = Image.Exif()
    exif[274] = orientation
    assert_quadrants(images.load(saved(RGB, "PNG", exif=exif)), COLOURS, 0)


def test_reads_every_grey_of_a_16_bit_ramp_in_order():
    ramp = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    image = images.load(png_of(ramp, 16, 0))
    assert (image[..., 0] == np.rint(ramp / 257)).all()


@pytest.mark.parametrize("name", ["плакат 猫.png", "with space.png", "a" * 200 + ".png", "no ending", "wrong.jpg"])
def test_reads_whatever_the_file_is_called(name, tmp_path):
    path = tmp_path / name
    path.write_bytes(saved(RGB, "PNG"))
    assert_quadrants(images.load(str(path)), COLOURS, 0)
    assert_quadrants(images.load(path), COLOURS, 0)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_reads_bytes_of_every_kind(kind):
    assert_quadrants(images.load(kind(saved(RGB, "PNG"))), COLOURS, 0)


@pytest.mark.parametrize(
    ("array", "colours"),
    [(RGB, COLOURS), (GREY, grey_colours()), (GREY[..., None], grey_colours()), (RGBA, LAID_ON_WHITE),
     (RGB[::-1][::-1], COLOURS), (np.asfortranarray(RGB), COLOURS)],
    ids=["RGB", "grey", "grey with a channel", "alpha", "a view", "columns first in memory"],
)  # fmt: skip
def test_copies_arrays(array, colours):
    image = images.load(array)
    assert_quadrants(image, colours, 0)
    assert not np.shares_memory(image, array)


@pytest.mark.parametrize(
    ("source", "words"),
    [(RGB / 255, "astype"), (RGB.astype(np.int64), "astype"), (RGB > 9, "astype"), (RGB.astype(object), "astype"),
     (np.moveaxis(RGB, 2, 0), "transpose"), (RGB[None], "array[0]"), (RGB[:0], "no pixels"), (RGB[..., :2], "× 3"),
     (np.uint8(3) + np.zeros((), np.uint8), "array"), (np.zeros(9, np.uint8), "× 3"), (None, "cv2.imread"), (3, "int"),
     ([[1, 2]], "numpy.array"), (Image.fromarray(RGB), "numpy.array"), (io.BytesIO(b""), "read()"),
     (float("nan"), "float"),
     ("", "empty"), (" ", "empty"), ("no\0name", "no file can have"), ("no\nname.jpg", "does not exist"),
     ("x" * 5000, "too long"), ("\udcff.jpg", "does not exist"), ("data:image/png;base64,AAAA", "web address"),
     ("file:///etc/passwd", "web address"), ("ftp://127.0.0.1/cat.jpg", "web address")],
    ids=lambda value: value if isinstance(value, str) and value.isascii() and value.isprintable() and len(value) < 40
    else type(value).__name__,
)  # fmt: skip
def test_refuses_what_is_no_picture_at_all(source, words):
    assert_refused(source, words)


def test_refuses_a_folder_and_says_so(tmp_path):
    assert_refused(tmp_path, "folder", tmp_path.name)


def test_names_the_nearest_file_when_there_is_none_of_that_name(tmp_path):
    (tmp_path / "Cat.jpeg").touch()
    assert_refused(tmp_path / "cat.jpg", "Cat.jpeg")
    assert_refused(tmp_path / "nowhere" / "cat.jpg", "folder")
    assert_refused(tmp_path / "Cat.jpeg" / "cat.jpg", "does not exist")


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps links and pipes elsewhere")
def test_refuses_broken_links_pipes_and_devices_without_waiting(tmp_path):
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone.jpg")
    (tmp_path / "loop.jpg").symlink_to(tmp_path / "loop.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    assert_refused(tmp_path / "link.jpg", "link")
    assert_refused(tmp_path / "loop.jpg", "link")
    assert_refused(tmp_path / "pipe.jpg", "pipe")
    assert_refused("/dev/zero", "device")


@pytest.mark.skipif(os.name == "nt", reason="permissions of another kind")
def test_refuses_a_file_that_may_not_be_read(tmp_path):
    path = tmp_path / "secret.jpg"
    path.write_bytes(jpeg_with())
    path.chmod(0)
    user = os.geteuid()
    for folder in [tmp_path, *tmp_path.parents][:-2] if user == 0 else []:
        folder.chmod(folder.stat().st_mode | 0o011)
    try:
        # The super-user may read everything, so the test is somebody else for a moment.
        os.seteuid(65534 if user == 0 else user)
        assert_refused(path, "may not be read")
    finally:
        os.seteuid(user)


def test_refuses_a_file_of_too_many_bytes(tmp_path):
    path = tmp_path / "huge.bmp"
    with path.open("wb") as file:
        file.truncate(10**10)
    assert_refused(path, "10,000,000,000")


@pytest.mark.parametrize(
    "size", [0, -1, float("nan"), 1.5, "12", (3,), (1, 2, 3), (0, 5), (4, -4), True, {}, (9.0, 9.0), [None, 3]]
)
def test_refuses_a_size_that_is_none(size):
    assert_refused(RGB, "size=", size=size)


@pytest.mark.parametrize("max_pixels", [0, -5, float("nan"), "many", None, True, [1]])
def test_refuses_a_limit_that_is_none(max_pixels):
    assert_refused(RGB, "max_pixels=", max_pixels=max_pixels)


@pytest.mark.parametrize("source", [RGB, saved(RGB, "PNG"), jpeg_with()], ids=["array", "png", "jpeg"])
def test_keeps_to_the_limit_of_pixels_exactly(source):
    assert images.load(source, max_pixels=32 * 64).shape == RGB.shape
    assert_refused(source, "32 × 64", max_pixels=32 * 64 - 1)
    assert_refused(source, "size=", size=1000, max_pixels=32 * 64)


@pytest.mark.parametrize(
    "size", [(5, 7), (7, 5), (64, 16), (1, 1), (100, 200), 33, np.int64(20), [9, 8], np.array([9, 8])]
)
def test_gives_the_size_asked_for_with_height_first(size):
    height, width = (int(size),) * 2 if np.ndim(size) == 0 else map(int, size)
    assert images.load(saved(RGB, "PNG"), size=size).shape == (height, width, 3)


def test_shrinks_to_the_means_of_blocks():
    means = NOISE.reshape(16, 4, 24, 4, 3).mean((1, 3))
    assert np.abs(images.load(NOISE, size=(16, 24)) - means).max() <= 1


def test_grows_and_shrinks_without_new_colours():
    image = images.load(RGB, size=(100, 8))
    assert (image[0, 0] == COLOURS[0]).all() and (image[-1, -1] == COLOURS[3]).all()
    assert image.max() <= RGB.max() and image.min() >= RGB.min()


def test_heeds_no_settings_of_pillow_and_leaves_them(monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    assert_refused(cut(saved(NOISE, "JPEG")), "cut short")
    assert_quadrants(images.load(saved(RGB, "PNG")), COLOURS, 0)
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True and Image.MAX_IMAGE_PIXELS == 10


BOMBS = [kind for kind in REFUSED if "bomb" in kind or "tiles" in kind or "larger than" in kind]


def test_bombs_take_no_memory(tmp_path):
    resource = pytest.importorskip("resource", reason="measures memory on Unix only")
    for number, kind in enumerate(BOMBS):
        (tmp_path / f"{number}").write_bytes(REFUSED[kind][0]())
    (tmp_path / "fine").write_bytes(saved(RGB, "PNG"))
    program = (
        "import resource, sys; from imgrec_lib import images\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "images.load(sys.argv[1] + '/fine'); before = peak()\n"
        f"for number in range({len(BOMBS)}):\n"
        "    try: images.load(f'{sys.argv[1]}/{number}')\n"
        "    except images.ImageError: pass\n"
        "    else: sys.exit(f'{number} was read')\n"
        "print(peak() - before)"
    )
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True,
                         cwd=Path(__file__).parents[1], timeout=60)  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    kibibytes = int(run.stdout) / (1024 if sys.platform == "darwin" else 1)
    assert kibibytes < 60_000 and resource


def test_importing_loads_neither_pillow_nor_networks_and_is_fast():
    heavy = ("PIL", "cv2", "urllib.request", "tensorflow")
    program = f"import sys, imgrec_lib.images; print([name for name in {heavy} if name in sys.modules])"
    start = time.perf_counter()
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=Path(__file__).parents[1])
    assert run.stdout.strip() == "[]", run.stderr
    assert time.perf_counter() - start < 3


FUZZED = ["jpeg", "jpeg CMYK with a press profile", "png in Display P3, transparent", "png 16-bit grey", "png animated",
          "gif animated", "webp lossless with alpha", "avif", "bmp palette", "tiff LZW", "tiff big-endian", "jpeg 2000",
          "pgm 16-bit", "jpeg with two pictures (MPO)"]  # fmt: skip


def mutated(data: bytes, draw: random.Random) -> bytes:
    """The data with a few bytes changed, mostly in the header, sometimes cut or with a piece doubled."""
    changed = bytearray(data)
    for _ in range(draw.randint(1, 6)):
        place = draw.randrange(min(len(changed), draw.choice((40, 400, 10**6))))
        changed[place] = draw.choice((0, 1, 127, 128, 255, draw.randrange(256)))
    end = draw.randrange(len(changed)) if draw.random() < 0.2 else len(changed)
    start = draw.randrange(end + 1)
    return bytes(changed[:end] + (changed[start : start + 50] if draw.random() < 0.1 else b""))


@pytest.mark.parametrize("kind", FUZZED)
def test_gives_a_picture_or_an_image_error_whatever_the_damage(kind, recwarn, capfd):
    draw, data = random.Random(kind), READABLE[kind][0]()
    for _ in range(40):
        try:
            image = images.load(mutated(data, draw), max_pixels=1_000_000)
        except ValueError as error:
            assert type(error) is images.ImageError
        else:
            assert image.dtype == np.uint8 and image.ndim == 3 and image.shape[2] == 3 and image.size
    assert not recwarn.list
    printed = capfd.readouterr()
    # Libtiff itself writes about damaged LZW to the terminal, below Python.
    assert printed.out == "" and (printed.err == "" or kind == "tiff LZW")


@pytest.mark.parametrize(
    "value",
    [({"name": "a.png", "type": "image/png", "size": 3, "content": memoryview(b"one"), "last_modified": None},
      {"name": "b.png", "type": "image/png", "size": 3, "content": memoryview(b"two"), "last_modified": None}),
     {"a.png": {"metadata": {"name": "a.png"}, "content": b"one"}, "b.png": {"metadata": {}, "content": b"two"}},
     {"a.png": b"one", "b.png": b"two"}],
    ids=["ipywidgets 8", "ipywidgets 7", "Colab's own"],
)  # fmt: skip
def test_uploads_are_alike_in_every_version(value):
    assert images.uploaded(value) == {"a.png": b"one", "b.png": b"two"}


def test_uploads_of_one_name_are_all_kept():
    twice = [{"name": "cat.jpg", "content": memoryview(b"1")}, {"name": "cat.jpg", "content": memoryview(b"2")}]
    assert images.uploaded(twice) == {"cat.jpg": b"1", "cat (2).jpg": b"2"}


@pytest.mark.parametrize("value", [(), {}, []])
def test_no_upload_is_no_file(value):
    assert images.uploaded(value) == {}


@pytest.mark.parametrize(
    "value", [None, 3, "cat.jpg", [3], [{"name": "a"}], {"a": {"content": "text"}}, {"a": None}, ["ab"]]
)
def test_what_is_no_upload_is_refused(value):
    with pytest.raises(images.ImageError, match=r"upload\.value"):
        images.uploaded(value)
