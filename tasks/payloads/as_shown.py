"""What a viewer shows for an opened image: turned upright, on white, 8 bits, grey or RGB."""

import struct

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow
from PIL import ImageFile

from tasks.errors import Unreadable

Pixels = NDArray[np.uint8]

_ORIENTATION = 274
_MAY_ROTATE = ("exif", "xmp", "XML:com.adobe.xmp", "Raw profile type exif")
_UNKNOWN = 0


def as_shown(opened: ImageFile.ImageFile) -> tuple[Pixels, bool]:
    """Return what a viewer shows, and whether any reader of the stored file sees exactly that.

    Parameters
    ----------
    opened : PIL.ImageFile.ImageFile
        An image whose size has been found acceptable; it is loaded here.

    Returns
    -------
    pixels : uint8, shape (h, w) or (h, w, 3) RGB
    same : bool
        False when something had to be interpreted: rotation, palette, transparency, depth, colour space, frames.

    Raises
    ------
    Unreadable
        `not_supported` for samples without a known brightness (32 bits, floating) and for colour spaces that need a
        profile.
    """
    frames = getattr(opened, "n_frames", 1) if opened.format in ("PNG", "WEBP") else 1  # elsewhere counting decodes
    deep = _is_deep(opened)
    stored = opened.size
    opened.load()
    orientation = _orientation(opened)
    pixels, same = _flat(opened)
    turned = orientation not in (1, _UNKNOWN) or opened.size != stored  # TIFF is turned while it loads
    return _turned(pixels, orientation), same and not deep and frames == 1 and not turned and orientation != _UNKNOWN


def _is_deep(opened: ImageFile.ImageFile) -> bool:
    # Pillow opens 16 bits a channel as RGB and 1, 2 or 4 bits as grey: only the decoder's own mode still tells.
    return any(isinstance(tile.args, str) and tile.args != opened.mode for tile in opened.tile)


def _orientation(opened: ImageFile.ImageFile) -> int:
    if not any(key in opened.info for key in _MAY_ROTATE):
        return 1
    try:
        return int(opened.getexif().get(_ORIENTATION, 1))
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, OverflowError, struct.error):
        return _UNKNOWN  # viewers show such a file unturned; other readers stumble over it


def _turned(pixels: Pixels, orientation: int) -> Pixels:
    # EXIF 2.32, table 6: 2 and 4 mirror, 3 is half a turn, 5 to 8 swap the axes.
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels)


def _flat(opened: Pillow.Image) -> tuple[Pixels, bool]:
    mode, clear = opened.mode, "transparency" in opened.info
    if mode in ("L", "RGB") and not clear:
        return np.array(opened), True
    if mode.startswith("I;16"):
        return _high_byte(opened), False
    if mode == "1" and not clear:
        return np.array(opened, np.uint8) * np.uint8(255), False
    if mode in ("LA", "La"):
        return _on_white(opened.convert("LA"), colours=1), False
    if mode in ("L", "1"):
        return _on_white(opened.convert("RGBA"), colours=1), False
    if mode == "RGB":
        opened.info["transparency"] = _eight_bits(opened.info["transparency"])
    if mode in ("P", "PA", "RGB", "RGBA", "RGBa"):
        return _coloured(opened), False
    if mode in ("CMYK", "YCbCr", "RGBX"):
        return np.array(opened.convert("RGB")), False
    raise Unreadable("not_supported", f"samples of mode {mode} have no one brightness or colour; save as 8-bit RGB")


def _coloured(opened: Pillow.Image) -> Pixels:
    """Resolve palette and transparency; a palette of nothing but greys gives a grey image."""
    from_palette = opened.mode in ("P", "PA")
    pixels = _on_white(opened.convert("RGBA"), colours=3)
    if from_palette and (pixels[..., :1] == pixels[..., 1:]).all():
        return np.ascontiguousarray(pixels[..., 0])
    return pixels


def _on_white(opened: Pillow.Image, *, colours: int) -> Pixels:
    layers = np.asarray(opened).astype(np.uint16)  # 255 x 255 + 127 just fits
    colour, alpha = layers[..., :colours], layers[..., -1:]
    mixed = (colour * alpha + 255 * (255 - alpha) + 127) // 255
    return mixed.astype(np.uint8)[..., 0] if colours == 1 else mixed.astype(np.uint8)


def _high_byte(opened: Pillow.Image) -> Pixels:
    samples = np.asarray(opened)
    shown = (samples >> 8).astype(np.uint8)  # as Pillow does for 16 bits of colour, so that grey and colour agree
    clear = opened.info.get("transparency")
    return np.where(samples == clear, np.uint8(255), shown) if isinstance(clear, int) else shown


def _eight_bits(clear: object) -> object:
    """Bring a transparent colour that was named in 16 bits a channel to the 8 that were loaded."""
    if isinstance(clear, tuple) and max(clear) > 255:
        return tuple(value >> 8 for value in clear)
    return clear
