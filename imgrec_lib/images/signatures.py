"""What a file is, told from its first bytes: a picture that can be read, or something else with a way out."""

from __future__ import annotations

# Pillow's names of the formats that are read. The rest of what Pillow can open stays shut: scripts (EPS), containers of
# other pictures (ICO, whose inner size cannot be checked beforehand), and formats without a signature (TGA).
_PICTURES = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
)
_SAVE = "open it in a picture program and save it as PNG or JPEG"
_UNPACK = "unpack it and give one of the pictures inside"
_FRAME = "take a still picture from it and save that as PNG or JPEG"
_RAW = ("a camera's raw file, not a finished picture", "export it as JPEG")
_OTHERS = (
    (b"%PDF", "a PDF document, not a picture", "save its page as PNG"),
    (b"%!PS", "a PostScript document, not a picture", "save its page as PNG"),
    (b"PK\x03\x04", "a zip archive, not a picture", _UNPACK),
    (b"\x1f\x8b", "a gzip archive, not a picture", _UNPACK),
    (b"7z\xbc\xaf", "a 7z archive, not a picture", _UNPACK),
    (b"Rar!", "a RAR archive, not a picture", _UNPACK),
    (b"\x1aE\xdf\xa3", "a video, not a picture", _FRAME),
    (b"\0\0\x01\xba", "a video, not a picture", _FRAME),
    (b"version https://git-lfs", "a git-lfs pointer, not the picture itself", "fetch the picture with `git lfs pull`"),
    (b"\x93NUMPY", "a NumPy file, not a picture", "open it with numpy.load and give the array"),
    (b"\0\0\x01\0", "an icon (ICO), which holds several pictures", _SAVE),
    (b"icns", "an icon (ICNS), which holds several pictures", _SAVE),
    (b"8BPS", "a Photoshop document (PSD)", "save it as PNG or JPEG"),
    (b"FUJIFILMCCD-RAW", *_RAW),
    (b"IIU\0", *_RAW),
    (b"IIRO", *_RAW),
)
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_PAGE_ADVICE = "save the picture itself, not the page that shows it"


def picture_format(data: bytes) -> str | None:
    """Pillow's name of the picture format that the bytes begin like, or None if they begin like none."""
    for signature, name in _PICTURES:
        if data.startswith(signature):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:1] == b"P" and data[1:2] in b"123456" and data[2:3] in b" \t\r\n#":
        return "PPM" if len(data) > 2 else None
    brands = _brands(data)
    if b"avif" in brands or b"avis" in brands:
        return "AVIF"
    return "HEIF" if any(brand in brands for brand in _HEIF_BRANDS) else None


def described(data: bytes) -> tuple[str, str]:
    """What the bytes are instead of a readable picture, and what to do about it."""
    if not data:
        return "empty", "download or copy it again"
    for signature, what, advice in _OTHERS:
        if data.startswith(signature):
            return what, advice
    return _described_media(data) or _described_text(data) or _described_unknown(data)


def _brands(data: bytes) -> list[bytes]:
    """The four-letter names that an ISO media file (HEIC, AVIF, MP4) states for itself."""
    if data[4:8] != b"ftyp":
        return []
    end = min(int.from_bytes(data[:4], "big"), len(data), 256)
    return [data[start : start + 4] for start in range(8, end, 4)]


def _described_media(data: bytes) -> tuple[str, str] | None:
    if picture_format(data) == "HEIF":
        return "a HEIC photograph, which cannot be read here", "export it as JPEG"
    if b"crx " in _brands(data):
        return _RAW
    if data[4:8] in (b"ftyp", b"moov", b"mdat") or (data[:4] == b"RIFF" and data[8:12] == b"AVI "):
        return "a video, not a picture", _FRAME
    return None


def _described_text(data: bytes) -> tuple[str, str] | None:
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<script")):
        return "a web page, not a picture", _PAGE_ADVICE
    if b"<svg" in start and start.startswith((b"<svg", b"<?xml", b"<!--", b"<!doctype svg")):
        return "an SVG drawing, which holds shapes instead of pixels", "export it as PNG"
    if b"<html" in start and start.startswith((b"<?xml", b"<!--")):
        return "a web page, not a picture", _PAGE_ADVICE
    if _looks_like_text(data[:512]):
        return "text, not a picture", "check that it is the right file"
    return None


def _looks_like_text(start: bytes) -> bool:
    """Whether the bytes are UTF-8 (maybe cut inside a letter) without control characters."""
    text = start.decode("utf-8", errors="ignore")
    whole = len(text.encode()) >= len(start) - 3
    return bool(text) and whole and all(letter.isprintable() or letter in "\t\r\n\f" for letter in text)


def _described_unknown(data: bytes) -> tuple[str, str]:
    if not any(data[:4096]):
        return "filled with zeros, as after a copy that failed", "download or copy it again"
    return "no picture of a known kind", "save it as PNG or JPEG, or check that it is the right file"
