"""Images: bytes to pixels as a person sees them, and pixels to bytes."""

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageOps

from tasks.errors import Unreadable

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class Image:
    """A decoded image."""

    pixels: Pixels
    plain: bool
    format: str


def decode_image(data: bytes) -> Image:
    """Decode an image as a person would see it."""
    if not data:
        raise Unreadable("empty_file", "0 bytes")
    try:
        with Pillow.open(io.BytesIO(data), formats=("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")) as opened:
            kind = (opened.format or "").lower()
            if opened.width * opened.height > 2**27:
                raise Unreadable("too_large", f"{opened.width:,} x {opened.height:,} pixels")
            opened.load()
            turned = ImageOps.exif_transpose(opened)
            plain = opened.mode in ("L", "RGB") and turned.size == opened.size
            shown = turned if turned.mode in ("L", "RGB") else turned.convert("RGB")
            return Image(np.array(shown), plain, kind)
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable("damaged", str(error)) from error


def encode_image(pixels: Pixels, format: str = "png", quality: int = 95) -> bytes:  # noqa: A002
    """Encode pixels."""
    swapped = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    options = [cv2.IMWRITE_PNG_COMPRESSION, 1] if format == "png" else [cv2.IMWRITE_JPEG_QUALITY, quality]
    done, encoded = cv2.imencode(f".{format}", swapped, options)
    if not done:
        raise ValueError(f"an image of shape {pixels.shape} cannot be written as {format}")
    return encoded.tobytes()
