"""A picture of any kind of pixel (grey, 16-bit, palette, transparent, CMYK, wide gamut) to 8-bit sRGB."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageCms

_BITS_PER_SAMPLE, _PHOTOMETRIC, _WHITE_IS_ZERO = 258, 262, 0


def rgb(image: Image.Image) -> Image.Image:
    """The picture in mode RGB, in sRGB colours, with what is transparent laid on white."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        image = _eight_bits(image)
    if not image.has_transparency_data:
        return _in_srgb(image)
    picture = _with_alpha(image)
    white = Image.new("RGB", picture.size, "white")
    white.paste(_in_srgb(picture), mask=picture.getchannel("A"))
    return white


def _with_alpha(image: Image.Image) -> Image.Image:
    """The picture in mode RGBA."""
    if image.mode == "La":
        image = image.convert("LA")
    return image.convert("RGBA")


def _in_srgb(image: Image.Image) -> Image.Image:
    """The picture in mode RGB, converted from its colour profile if it has one that works."""
    profile = image.info.get("icc_profile")
    plain = image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")
    if not profile:
        return plain.convert("RGB")
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return plain.convert("RGB")
        return ImageCms.profileToProfile(plain, source, _srgb_profile(), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
        return plain.convert("RGB")


def _srgb_profile() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


def _eight_bits(image: Image.Image) -> Image.Image:
    """A picture of 12 bits, 16 bits, long integers or fractions as 8-bit grey, with its transparent value as alpha."""
    values = np.asarray(image)
    tags = getattr(image, "tag_v2", {})
    grey = _scaled(values, tags.get(_BITS_PER_SAMPLE, (16,))[0])
    if tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
        grey = 255 - grey
    picture = Image.fromarray(grey)
    key = image.info.get("transparency")
    if isinstance(key, int):
        picture.putalpha(Image.fromarray(np.where(values == key, 0, 255).astype(np.uint8)))
    return picture


def _scaled(values: np.ndarray, bits: int) -> np.ndarray:
    """The values as uint8 greys: by the range their type states, or else by the range that they span."""
    if values.dtype.kind == "f":
        values = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if values.dtype.kind != "f" and low >= 0 and high <= 65535:
        low, high = 0.0, float(2 ** min(bits, 16) - 1)
    elif values.dtype.kind == "f" and low >= 0 and high <= 255:
        low, high = 0.0, 1.0 if high <= 1 else 255.0
    scaled = (values.astype(np.float32) - low) * (255 / max(high - low, 1e-9))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
