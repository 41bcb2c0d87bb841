"""The bytes of a picture file to an upright RGB picture, by Pillow kept on a short lead."""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import threading
import warnings
from collections.abc import Iterator

from PIL import Image, ImageFile

from imgrec_lib.images import colours, signatures
from imgrec_lib.images.sources import ImageError

_AGAIN = "download or copy it again"
_PLUGINS = {"AVIF": "AvifImagePlugin", "JPEG2000": "Jpeg2KImagePlugin"}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION, _SUBFILE, _TILE_WIDTH, _TILE_LENGTH, _DNG_VERSION = 274, 254, 322, 323, 50706
_lock = threading.Lock()


def decode(name: str, data: bytes, max_pixels: float) -> Image.Image:
    """An upright picture in mode RGB; an ImageError, and nothing else, for bytes that are not one."""
    factory = _factory(signatures.picture_format(data))
    if factory is None:
        what, advice = signatures.described(data)
        raise ImageError.of(name, f"is {what}", advice)
    with _strict_pillow():
        try:
            with _opened(factory, data) as image:
                _check_declared(name, image, max_pixels)
                image.load()
                _check_declared(name, image, max_pixels)
                return colours.rgb(_upright(image))
        except ImageError:
            raise
        except MemoryError as error:
            raise ImageError.of(name, "needs more memory than there is", "make the picture smaller first") from error
        except Exception as error:
            raise ImageError.of(name, _damage(error), _AGAIN) from error


@contextlib.contextmanager
def _strict_pillow() -> Iterator[None]:
    """Pillow without its warnings, its log lines, and the settings that a program may have loosened."""
    logger = logging.getLogger("PIL")
    with _lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS, logger.level
        # Declared sizes are checked here, against the caller's limit, so Pillow's own limit would only get in the way.
        ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = False, None
        logger.setLevel(logging.CRITICAL)
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = before[:2]
            logger.setLevel(before[2])


def _factory(picture_format: str | None):
    """Pillow's function that opens this format, or None where this Pillow has none."""
    if picture_format is None:
        return None
    Image.preinit()
    if picture_format not in Image.OPEN and picture_format != "HEIF":
        with contextlib.suppress(ImportError):
            importlib.import_module(f"PIL.{_PLUGINS.get(picture_format, picture_format.title() + 'ImagePlugin')}")
    return Image.OPEN.get(picture_format, (None, None))[0]


def _opened(factory, data: bytes) -> ImageFile.ImageFile:
    image = factory(io.BytesIO(data), "")
    if image.format == "PNG":
        # Only verify() compares the checksums of the pixels; it leaves the picture unusable.
        image.verify()
        image = factory(io.BytesIO(data), "")
        _fit_transparent_value(image, bits=data[24])
    return image


def _fit_transparent_value(image: Image.Image, bits: int) -> None:
    """Brings a PNG's transparent value to 8 bits, as Pillow brings the pixels but not the value."""
    value = image.info.get("transparency")
    if image.mode == "L" and isinstance(value, int):
        image.info["transparency"] = value * 255 // (2**bits - 1)
    elif image.mode == "RGB" and isinstance(value, tuple) and bits == 16:
        image.info["transparency"] = tuple(part >> 8 for part in value)


def _check_declared(name: str, image: Image.Image, max_pixels: float) -> None:
    width, height = image.size
    if image.format == "TIFF":
        _check_tiff(name, image, max_pixels)
    if width < 1 or height < 1:
        raise ImageError.of(name, "has no pixels", _AGAIN)
    if width * height > max_pixels:
        problem = f"is {height:,} × {width:,} pixels, more than the {max_pixels:,.0f} that are read"
        raise ImageError.of(name, problem, "make it smaller first, or raise max_pixels")


def _check_tiff(name: str, image: Image.Image, max_pixels: float) -> None:
    """Refuses raw files, whose first picture is a thumbnail, and tiles far larger than the picture."""
    tags = image.tag_v2
    if _DNG_VERSION in tags or (isinstance(tags.get(_SUBFILE), int) and tags[_SUBFILE] & 1):
        raise ImageError.of(name, "is a camera's raw file, not a finished picture", "export it as JPEG")
    if int(tags.get(_TILE_WIDTH, 0)) * int(tags.get(_TILE_LENGTH, 0)) > max_pixels:
        raise ImageError.of(name, "is stored in tiles that are too large", "save it again as PNG or JPEG")


def _upright(image: Image.Image) -> Image.Image:
    """The picture turned as its EXIF orientation says; a broken EXIF block says nothing."""
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION))
    except Exception:
        # Whatever is wrong with the note about the picture, the picture is whole.
        turn = None
    if turn is None:
        return image
    upright = image.transpose(turn)
    upright.info = image.info
    return upright


def _damage(error: Exception) -> str:
    reason = str(error).lower()
    if isinstance(error, EOFError) or "truncated" in reason or "not enough" in reason or "unexpected end" in reason:
        return "is cut short, so part of the picture is missing"
    return "is damaged, or a kind of picture that cannot be read here"
