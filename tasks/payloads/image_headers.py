"""What an image file says of itself before anything is decoded: kind, size, and whether it is all there."""

import struct
import zlib
from typing import NamedTuple

from tasks.errors import Unreadable

PNG_START = b"\x89PNG\r\n\x1a\n"
_STARTS = (PNG_START, b"\xff\xd8", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"RIFF")
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15; the three left out are tables
_NO_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})


class Header(NamedTuple):
    """What is known from an image's header."""

    kind: str
    """`png`, `jpeg`, `webp`, `bmp`, `tiff` or `gif`."""
    width: int
    height: int
    """Pixels; 0 x 0 where only the decoder can tell."""
    simple: bool = False
    """8 bits a sample, grey or RGB, no palette, no transparency, no rotation, no further frame: every decoder shows
    the same."""
    grey: bool = False


def read_header(data: bytes) -> Header:
    """Tell the kind of an image by its content, read its size, and see whether the file is all there.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    Header

    Raises
    ------
    Unreadable
        `not_supported` for another kind of file, `truncated` or `damaged` where the container already shows it.

    References
    ----------
    PNG: W3C Portable Network Graphics 3, sections 5 and 11. JPEG: ITU-T T.81, annex B. WebP: RFC 9649.
    """
    if data.startswith(PNG_START):
        return _png(data)
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    if data.startswith((b"GIF87a", b"GIF89a")):
        width, height = _unpacked("<HH", data, 6)
        return Header("gif", width, height)
    if data.startswith(b"BM"):
        _unpacked("<I", data, 22)  # the shortest pair of headers takes 26 bytes
        return Header("bmp", 0, 0)
    if data.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return _tiff(data)
    if any(start.startswith(data) for start in _STARTS) or (data.startswith(b"RIFF") and len(data) < 12):
        raise Unreadable("truncated", f"ends after {len(data)} bytes")
    raise Unreadable("not_supported", f"not a PNG, JPEG, WebP, BMP, TIFF or GIF image: it starts with {data[:8]!r}")


def _png(data: bytes) -> Header:
    width, height, depth, colour, _, _, interlaced = _unpacked(">IIBBBBB", data, 16)
    if data[12:16] != b"IHDR":
        raise Unreadable("damaged", f"the first chunk is {data[12:16]!r}, not the header")
    view, size, at, careful = memoryview(data), len(data), 8, depth != 8 or colour not in (0, 2) or bool(interlaced)
    while True:
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > size:
            raise Unreadable("truncated", f"ends after {size:,} bytes, in the middle of a chunk")
        chunk = data[at + 4 : at + 8]
        if zlib.crc32(view[at + 4 : end]) != int.from_bytes(data[end : end + 4], "big"):
            raise Unreadable("damaged", f"the checksum of chunk {chunk!r} at byte {at:,} is wrong")
        if chunk == b"IEND":
            return Header("png", width, height, not careful, colour == 0)
        careful |= chunk not in _PLAIN_CHUNKS
        at = end + 4


# Text may hold a rotation, so it is left to the decoder that reads it, as are transparency and animation.
_PLAIN_CHUNKS = frozenset({b"IHDR", b"IDAT", b"pHYs", b"tIME", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD"})


def _jpeg(data: bytes) -> Header:
    at, size, frame, exif = 2, len(data), None, False
    while at + 4 <= size:
        if data[at] != 0xFF:
            raise Unreadable("damaged", f"a marker was expected at byte {at:,}")
        marker = data[at + 1]
        if marker == 0xFF:  # padding before a marker
            at += 1
        elif marker in _NO_LENGTH:
            at += 2
        elif marker == 0xDA:
            if frame is None:
                raise Unreadable("damaged", "the scan comes before the frame's header")
            precision, height, width, channels = frame
            # Within a scan 0xFF is always followed by 0x00 or a restart marker, so the first such pair is the true end.
            whole = data.find(b"\xff\xd9", at) >= 0
            simple = whole and precision == 8 and channels in (1, 3) and not exif
            return Header("jpeg", width, height, simple, channels == 1)
        else:
            if marker in _JPEG_FRAMES:
                frame = _unpacked(">BHHB", data, at + 4)
                if frame[0] != 8:
                    raise Unreadable("not_supported", f"a JPEG with {frame[0]} bits a sample; 8 can be read")
            exif |= marker == 0xE1  # EXIF or XMP, either may rotate
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    raise Unreadable("truncated", f"ends after {size:,} bytes, before the picture begins")


def _webp(data: bytes) -> Header:
    wanted = 8 + int.from_bytes(data[4:8], "little")
    if len(data) < wanted:
        raise Unreadable("truncated", f"ends after {len(data):,} of {wanted:,} bytes")
    first = data[12:16]
    if first == b"VP8X":
        (low_width, high_width, low_height, high_height) = _unpacked("<HBHB", data, 24)
        return Header("webp", 1 + low_width + (high_width << 16), 1 + low_height + (high_height << 16))
    if first == b"VP8L":
        (bits,) = _unpacked("<I", data, 21)
        return Header("webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if first == b"VP8 ":
        width, height = _unpacked("<HH", data, 26)
        return Header("webp", width & 0x3FFF, height & 0x3FFF)
    raise Unreadable("damaged", f"a WebP whose first chunk is {first!r}")


def _tiff(data: bytes) -> Header:
    if data[2:4] in (b"+\0", b"\0+"):  # 8-byte offsets, for files beyond 4 GB: left to the decoder
        return Header("tiff", 0, 0)
    order = "<" if data.startswith(b"II") else ">"
    (directory,) = _unpacked(order + "I", data, 4)
    (entries,) = _unpacked(order + "H", data, directory)
    _unpacked(order + "I", data, directory + 2 + 12 * entries)  # writers often put the directory last
    return Header("tiff", 0, 0)


def _unpacked(form: str, data: bytes, at: int) -> tuple[int, ...]:
    try:
        return struct.unpack_from(form, data, at)
    except struct.error as error:
        raise Unreadable("truncated", f"ends after {len(data):,} bytes, within the header") from error
