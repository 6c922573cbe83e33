"""Examples to look at and to listen to, as small as a page can carry."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from tasks.payloads.audio import encode_audio
from tasks.report.spectrogram import spectrogram

LARGEST_TILE = 168
"""Pixels of the longer side: shown at 84, so this is sharp on dense screens and more would be bytes without sight."""
LONGEST_CLIP_S = 4.0
SHORT_SAMPLES = 16_384
"""Four blocks of FLAC. Chromium refuses to play a file of a single block, and so little is small as it is."""
MOST_MEDIA = 2_000_000
"""Characters of pictures and sounds on one page, so that it can be mailed."""


@dataclass(frozen=True)
class Example:
    """One record to look at.

    Parameters
    ----------
    record_id : str
        Which record.
    role : str
        `source`, `synthetic` or `target`.
    picture, sound : str
        Data URIs, or empty.
    alt : str
        The picture in words, for who cannot see it.
    smooth : bool
        Whether the picture was scaled down, so that its pixels are not the record's.
    values : Mapping of str to str
        What was drawn for a synthetic record, or the columns of a row.
    drawn : Mapping of str to str
        What was drawn for a synthetic row, whose `values` are its columns.
    """

    record_id: str
    role: str = "source"
    picture: str = ""
    sound: str = ""
    alt: str = ""
    smooth: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    drawn: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DuplicatePair:
    """Two records that show the same thing.

    Parameters
    ----------
    kind : str
        `exact` or `near`.
    first, second : Example
        The records.
    distance : float
        How far apart, in the threshold's unit.
    cells : tuple of (column, first, second)
        Where two rows of a table differ; `more_cells` tells how many there was no room for.
    equal_columns : int, optional
        In how many columns two rows are equal; None for pictures and sounds.
    """

    kind: str
    first: Example
    second: Example
    distance: float = 0.0
    cells: tuple[tuple[str, str, str], ...] = ()
    equal_columns: int | None = None
    more_cells: int = 0


@dataclass(frozen=True)
class GalleryRow:
    """A source record, what was made of it, and a target record of the same label."""

    label: str | None
    source: Example | None = None
    synthetic: Example | None = None
    target: Example | None = None


def image_example(
    record_id: str, role: str, pixels: NDArray[np.uint8], values: Mapping[str, str] | None = None
) -> Example:
    """Make an example of an image; `values` are what was drawn for it."""
    height, width = pixels.shape[:2]
    return Example(
        record_id=record_id,
        role=role,
        picture=image_tile(pixels),
        alt=f"{role} image {record_id}, {width} × {height} pixels",
        smooth=max(height, width) > LARGEST_TILE,
        values=values or {},
    )


def sound_example(
    record_id: str, role: str, samples: NDArray[np.float32], rate: int, values: Mapping[str, str] | None = None
) -> Example:
    """Make an example of a sound: its spectrogram, and its first seconds to listen to."""
    seconds = samples.size / rate
    return Example(
        record_id=record_id,
        role=role,
        picture=image_tile(spectrogram(samples, rate), largest=256),
        sound=sound_clip(samples, rate),
        alt=f"spectrogram of {role} sound {record_id}, {seconds:.1f} s, 0 to {rate / 2000:g} kHz",
        smooth=True,
        values=values or {},
    )


def row_example(
    record_id: str, role: str, values: Mapping[str, str], drawn: Mapping[str, str] | None = None
) -> Example:
    """Make an example of a table's row; `drawn` is what was drawn for it."""
    return Example(record_id=record_id, role=role, values=values, drawn=drawn or {})


def image_tile(pixels: NDArray[np.uint8], *, largest: int = LARGEST_TILE) -> str:
    """Encode an image as a data URI, scaled down if it is larger than the page shows it.

    Parameters
    ----------
    pixels : (h, w) or (h, w, 3) uint8
        Grey or RGB.
    largest : int
        The longer side in pixels. Smaller images are kept as they are, exactly, as PNG; larger ones lose their own
        pixels anyway and become JPEG, which is a sixth of the size.

    Returns
    -------
    str
        `data:image/png;base64,...` or `data:image/jpeg;base64,...`.

    Raises
    ------
    ValueError
        For an image without pixels.
    """
    height, width = pixels.shape[:2]
    if height < 1 or width < 1:
        raise ValueError(f"an image without pixels has no tile: {height} x {width}")
    scale = largest / max(height, width)
    stored = pixels if pixels.ndim == 2 else pixels[..., ::-1]
    if scale >= 1:
        _, png = cv2.imencode(".png", np.ascontiguousarray(stored), [cv2.IMWRITE_PNG_COMPRESSION, 9])
        return data_uri(png.tobytes(), "image/png")
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(np.ascontiguousarray(stored), size, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 85])
    return data_uri(jpeg.tobytes(), "image/jpeg")


def sound_clip(samples: NDArray[np.float32], rate: int, *, longest_s: float = LONGEST_CLIP_S) -> str:
    """Encode the first seconds of a sound as a data URI: FLAC, or WAV where it is short."""
    clip = np.clip(np.nan_to_num(np.ascontiguousarray(samples[: max(1, round(longest_s * rate))], np.float32)), -1, 1)
    if len(clip) < SHORT_SAMPLES:
        return data_uri(encode_audio(clip, rate, container="WAV"), "audio/wav")
    return data_uri(encode_audio(clip, rate), "audio/flac")


def data_uri(data: bytes, media_type: str) -> str:
    """Put bytes into a `data:` address."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def within_budget(
    rows: Sequence[GalleryRow], pairs: Sequence[DuplicatePair], *, most: int = MOST_MEDIA
) -> tuple[tuple[GalleryRow, ...], tuple[DuplicatePair, ...], int]:
    """Leave out pictures and sounds, the last ones first, until the page is small enough.

    Returns
    -------
    rows, pairs : tuples
        The same examples in the same order; those that were left out have kept their text.
    int
        How many pictures and sounds were left out.
    """
    left, dropped = most, 0

    def fits(address: str) -> str:
        nonlocal left, dropped
        if len(address) > left:
            dropped += 1
            return ""
        left -= len(address)
        return address

    def keep(example: Example) -> Example:
        return replace(example, picture=fits(example.picture), sound=fits(example.sound))

    def keep_if(example: Example | None) -> Example | None:
        return None if example is None else keep(example)

    kept_rows = tuple(
        replace(row, source=keep_if(row.source), synthetic=keep_if(row.synthetic), target=keep_if(row.target))
        for row in rows
    )
    kept_pairs = tuple(replace(pair, first=keep(pair.first), second=keep(pair.second)) for pair in pairs)
    return kept_rows, kept_pairs, dropped
