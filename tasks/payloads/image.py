"""Images: bytes to pixels as a person sees them, and pixels to bytes."""

import io
import struct
import zlib
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from tasks.errors import Unreadable
from tasks.payloads.as_shown import as_shown
from tasks.payloads.image_headers import Header, read_header

Pixels = NDArray[np.uint8]

MAX_PIXELS = 2**27
"""134 million: the largest phone cameras make 108 million; decoded to RGB that is 400 MB, which one worker can hold."""

PNG_OPTIONS = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
"""Measured on 28 and 224 pixel images: run lengths are both the smallest (90 against 98 kB at level 6) and the fastest
(2.6 against 10 ms)."""

# One class a kind: no other of Pillow's sixty formats is ever tried on a file, and none is guessed by trying.
_OPENERS: dict[str, type[ImageFile.ImageFile]] = {
    "png": PngImagePlugin.PngImageFile,
    "jpeg": JpegImagePlugin.JpegImageFile,
    "webp": WebPImagePlugin.WebPImageFile,
    "bmp": BmpImagePlugin.BmpImageFile,
    "tiff": TiffImagePlugin.TiffImageFile,
    "gif": GifImagePlugin.GifImageFile,
}
_FAILURES = (
    *(OSError, EOFError, SyntaxError, ValueError, KeyError, IndexError, TypeError, AttributeError, RuntimeError),
    *(ArithmeticError, struct.error, zlib.error),
)

_ENDS_EARLY = ("truncated", "unexpected end", "no more images")
"""What Pillow says when the data runs out; it has no class of error for it."""


@dataclass(frozen=True)
class Image:
    """A decoded image.

    Attributes
    ----------
    pixels : uint8, shape (h, w) for grey or (h, w, 3) for RGB
        What a person sees.
    plain : bool
        The original bytes show exactly `pixels` to any reader, so they may be published as they are.
    format : str
        The container by its content: `png`, `jpeg`, `webp`, `bmp`, `tiff` or `gif`.
    """

    pixels: Pixels
    plain: bool
    format: str


def decode_image(data: bytes) -> Image:
    """Decode an image to what a person sees.

    Parameters
    ----------
    data : bytes
        A PNG, JPEG, WebP, BMP, TIFF or GIF file; the content decides, not the name.

    Returns
    -------
    Image
        EXIF rotation applied; palettes resolved; transparency laid on white; 16 bits a sample scaled to 8 (the high
        byte); 1 bit to 0 and 255; CMYK to RGB; the first frame of an animation.

    Raises
    ------
    Unreadable
        `empty_file`, `not_supported`, `truncated`, `damaged`, `too_large` (more than `MAX_PIXELS`, told from the
        header before anything is decoded) or `no_payload`.

    Notes
    -----
    Invariants: the same bytes give the same pixels; a prefix of a file is never taken for the file. Simple files
    (8 bits, grey or RGB, nothing to rotate or lay on white) go through OpenCV, which takes half of the time and gives
    the same pixels; everything else, and every file that OpenCV refuses, goes through Pillow.
    """
    if not data:
        raise Unreadable("empty_file", "0 bytes")
    header = read_header(data)
    _check_size(header.width, header.height, known=header.kind in ("png", "jpeg", "webp"))
    if header.simple and (pixels := _decode_simple(data, header)) is not None:
        return Image(pixels, True, header.kind)
    return _decode_any(data, header)


def _check_size(width: int, height: int, *, known: bool) -> None:
    if known and width * height == 0:
        raise Unreadable("no_payload", f"{width} x {height} pixels")
    if width * height > MAX_PIXELS:
        raise Unreadable("too_large", f"{width:,} x {height:,} pixels; at most {MAX_PIXELS:,} are read")


def _decode_simple(data: bytes, header: Header) -> Pixels | None:
    way = cv2.IMREAD_GRAYSCALE if header.grey else cv2.IMREAD_COLOR_RGB
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), way | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        return None  # Pillow says what is wrong
    if pixels is None or pixels.shape[:2] != (header.height, header.width):
        return None
    return np.asarray(pixels, np.uint8)


def _decode_any(data: bytes, header: Header) -> Image:
    try:
        with _OPENERS[header.kind](io.BytesIO(data)) as opened:
            _check_size(*opened.size, known=True)
            pixels, same = as_shown(opened)
    except _FAILURES as error:
        raise Unreadable(*_reason(error, data, header)) from error
    # A reader of BMP or TIFF may scale its rarer layouts in its own way, so these are always written anew.
    return Image(pixels, same and header.kind in ("png", "jpeg", "webp"), header.kind)


def _reason(error: Exception, data: bytes, header: Header) -> tuple[str, str]:
    said = " ".join(str(error).split()) or type(error).__name__
    early = isinstance(error, EOFError | struct.error) or any(word in said.lower() for word in _ENDS_EARLY)
    return ("truncated" if early else "damaged"), f"{header.kind.upper()} of {len(data):,} bytes: {said}"


def encode_image(pixels: Pixels, format: str = "png", quality: int = 95) -> bytes:  # noqa: A002 - the word for it
    """Encode pixels.

    Parameters
    ----------
    pixels : uint8, shape (h, w) or (h, w, 3) RGB
    format : {"png", "jpeg"}
        PNG gives back the very same pixels.
    quality : int, 1 to 100
        For JPEG.

    Returns
    -------
    bytes
        The same for the same pixels.

    Raises
    ------
    ValueError
        For another shape, type or format.
    """
    grey = pixels.ndim == 2
    if pixels.dtype != np.uint8 or not (grey or (pixels.ndim == 3 and pixels.shape[2] == 3)) or not pixels.size:
        raise ValueError(f"expected uint8 of shape (h, w) or (h, w, 3), found {pixels.dtype} of {pixels.shape}")
    if format not in ("png", "jpeg"):
        raise ValueError(f"expected the format png or jpeg, found {format!r}")
    options = PNG_OPTIONS if format == "png" else (cv2.IMWRITE_JPEG_QUALITY, quality)
    ordered = np.ascontiguousarray(pixels) if grey else cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2BGR)
    done, encoded = cv2.imencode(f".{format}", ordered, options)
    if not done:
        raise ValueError(f"an image of shape {pixels.shape} cannot be written as {format}")
    return encoded.tobytes()
