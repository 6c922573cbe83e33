"""What a sound file's container says before anything is decoded: its kind, and whether it is all there."""

import struct
import zlib

from tasks.errors import Unreadable

_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_STARTS = (b"RIFF", b"RIFX", b"RF64", b"FORM", b"fLaC", b"OggS")
_OPEN_ENDED = 0x7FFF0000
"""Programs that write a WAV to a pipe cannot know its length and put a number near 2^31 or 2^32 - 1."""


def check_container(data: bytes) -> str:
    """Tell the kind of a sound file by its content and see whether the file is all there.

    Parameters
    ----------
    data : bytes

    Returns
    -------
    str
        `wav`, `flac`, `ogg`, `aiff` or `mp3`.

    Raises
    ------
    Unreadable
        `not_supported` for another kind of file; `truncated` or `damaged` where the container shows it. FLAC shows it
        only while decoding, where an early end and damage look alike. An MP3 is a row of frames without an end mark:
        a cut one is a shorter one.

    References
    ----------
    WAV: Multimedia Programming Interface and Data Specifications 1.0, and EBU Tech 3306 (RF64). Ogg: RFC 3533.
    """
    if data[:4] in (b"RIFF", b"RIFX", b"RF64") and b"WAVE".startswith(data[8:12]):
        _check_chunks(data, ">" if data.startswith(b"RIFX") else "<", b"data")
        return "wav"
    if data.startswith(b"FORM") and any(form.startswith(data[8:12]) for form in (b"AIFF", b"AIFC")):
        _check_chunks(data, ">", b"SSND")
        return "aiff"
    if data.startswith(b"fLaC"):
        return "flac"
    if data.startswith(b"OggS"):
        _check_pages(data)
        return "ogg"
    if data.startswith(b"ID3") or (len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2):
        return "mp3"  # a tag, or the start of a frame of layer III
    if len(data) < 4 and any(start.startswith(data) for start in _STARTS):
        raise Unreadable("truncated", f"ends after {len(data)} bytes")
    raise Unreadable("not_supported", f"not a WAV, FLAC, Ogg, MP3 or AIFF file: it starts with {data[:8]!r}")


def _check_chunks(data: bytes, order: str, wanted: bytes) -> None:
    at, size, long = 12, len(data), None
    while at + 8 <= size:
        name, length = data[at : at + 4], struct.unpack_from(order + "I", data, at + 4)[0]
        if name == b"ds64" and at + 24 <= size:
            (long,) = struct.unpack_from("<Q", data, at + 16)
        if name == wanted:
            length = long if long is not None and length == 0xFFFFFFFF else length
            if (length < _OPEN_ENDED or length == long) and at + 8 + length > size:
                raise Unreadable("truncated", f"holds {size - at - 8:,} of {length:,} bytes of sound")
            return
        at += 8 + length + length % 2
    raise Unreadable("truncated", f"ends after {size:,} bytes, before any sound")


def _check_pages(data: bytes) -> None:
    at, size, view = 0, len(data), memoryview(data)
    while at < size:
        if not b"OggS".startswith(data[at : at + 4]):
            raise Unreadable("damaged", f"a page was expected at byte {at:,}")
        sizes = data[at + 27 : at + 27 + data[at + 26]] if at + 26 < size else b""
        end = at + 27 + len(sizes) + sum(sizes)
        if at + 27 > size or len(sizes) < data[at + 26] or end > size:
            raise Unreadable("truncated", f"ends after {size:,} bytes, in the middle of a page")
        if _page_checksum(view[at:end]) != int.from_bytes(data[at + 22 : at + 26], "little"):
            raise Unreadable("damaged", f"the checksum of the page at byte {at:,} is wrong")
        at = end


def _page_checksum(page: memoryview) -> int:
    """Return a page's CRC-32 as Ogg wants it: zlib's polynomial with the bits of each byte the other way round."""
    blanked = bytes(page[:22]) + bytes(4) + bytes(page[26:])
    register = zlib.crc32(blanked.translate(_REVERSED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{register:032b}"[::-1], 2)
