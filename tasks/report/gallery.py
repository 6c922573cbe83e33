"""Examples to look at: source, synthetic and target side by side, as small as a page can carry."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

LARGEST_TILE = 192  # pixels; shown at most this wide, so more would be bytes without sight
_FLOOR_DB = -80.0  # quieter than this is drawn as silence


@dataclass(frozen=True)
class Example:
    """One record to look at.

    Parameters
    ----------
    record_id, label : str
        Which record, and its label (None: not labelled).
    role : str
        `source`, `synthetic` or `target`.
    picture : str
        A data URI from `image_tile`, or empty.
    sound : str
        A data URI from `sound_clip`, or empty.
    alt : str
        The picture in words, for who cannot see it.
    values : Mapping of str to str
        What was drawn for a synthetic record, or the columns of a row.
    """

    record_id: str
    label: str | None = None
    role: str = "source"
    picture: str = ""
    sound: str = ""
    alt: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class GalleryRow:
    """A source record, what was made of it, and a target record of the same label."""

    label: str | None
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Choice:
    """The records of one gallery row, by id."""

    label: str | None
    source: str
    synthetic: str | None
    target: str | None


def image_tile(pixels: NDArray[np.uint8], *, largest: int = LARGEST_TILE) -> str:
    """Encode an image as a PNG data URI, scaled down if it is larger than the page shows it.

    Parameters
    ----------
    pixels : (h, w) or (h, w, 3) uint8
        Grey or RGB.
    largest : int
        The longer side in pixels; smaller images are kept as they are.

    Returns
    -------
    str
        `data:image/png;base64,...`
    """
    height, width = pixels.shape[:2]
    if height < 1 or width < 1:
        raise ValueError(f"an image without pixels has no tile: {height} x {width}")
    scale = largest / max(height, width)
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    stored = pixels if pixels.ndim == 2 else np.ascontiguousarray(pixels[..., ::-1])
    _, encoded = cv2.imencode(".png", stored, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    return data_uri(encoded.tobytes(), "image/png")


def spectrogram(samples: NDArray[np.float32], rate: int, *, width: int = 256, height: int = 96) -> NDArray[np.uint8]:
    """Draw a sound: time to the right, frequency upwards, level as brightness.

    Parameters
    ----------
    samples : (n,) float32
        In [-1, 1]; values that are not finite count as silence.
    rate : int
        Samples a second.
    width, height : int
        Pixels of the picture at most; short sounds give fewer columns.

    Returns
    -------
    (height, <= width) uint8
        255 is the loudest bin of this sound, 0 is 80 dB below it or silence.
    """
    window = max(64, 1 << round(np.log2(max(rate, 1) * 0.025)))
    sound = np.nan_to_num(np.asarray(samples, dtype=np.float64), nan=0.0, posinf=0.0, neginf=0.0)
    if sound.size < window:
        sound = np.pad(sound, (0, window - sound.size))
    hop = max(window // 4, (sound.size - window) // max(width - 1, 1))
    starts = np.arange(0, sound.size - window + 1, hop)[:width]
    frames = sound[starts[:, None] + np.arange(window)] * np.hanning(window)
    power = np.abs(np.fft.rfft(frames, axis=1)).T[::-1] ** 2
    peak = float(power.max())
    if peak <= 0:
        return np.zeros((height, starts.size), dtype=np.uint8)
    level_db = 10 * np.log10(np.maximum(power / peak, 10 ** (_FLOOR_DB / 10)))
    grey = np.round((level_db / -_FLOOR_DB + 1) * 255).astype(np.uint8)
    return np.asarray(cv2.resize(grey, (starts.size, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def data_uri(data: bytes, media_type: str) -> str:
    """Put bytes into a `data:` address."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode('ascii')}"


def choose_examples(records: pa.Table, *, seed: int, rows: int = 10) -> tuple[Choice, ...]:
    """Choose records to look at, labels in turn: a source record, its synthetic copy, a target record of that label.

    Parameters
    ----------
    records : pa.Table
        Columns `record_id`, `label`, `domain`, `split`, `synthetic` and `parent_id` as published; rows of test are
        passed over, for who looks at test begins to fit it.
    seed : int
        Same records and seed, same choice, whatever the order of the rows.
    rows : int
        At most so many choices.

    Returns
    -------
    tuple of Choice
        Rotating over the labels, in their order.
    """
    seen = {
        key: records.column(key).to_pylist()
        for key in ("record_id", "label", "domain", "split", "synthetic", "parent_id")
    }
    sources: dict[str | None, list[str]] = {}
    targets: dict[str | None, list[str]] = {}
    copies: dict[str, str] = {}
    for record_id, label, domain, split, synthetic, parent in zip(*seen.values(), strict=True):
        if split == "test":
            continue
        if synthetic:
            copies[parent] = min(copies.get(parent, record_id), record_id)
        else:
            (sources if domain == "source" else targets).setdefault(label, []).append(record_id)
    rng = np.random.default_rng(seed)
    queues = {}
    for label in sorted(sources, key=lambda word: (word is None, word or "")):
        ids = sorted(sources[label])
        with_copy = [record_id for record_id in ids if record_id in copies]
        queues[label] = [
            rng.permutation(with_copy or ids)[:rows].tolist(),
            rng.permutation(sorted(targets.get(label, [])))[:rows].tolist(),
        ]
    chosen: list[Choice] = []
    for turn in range(rows):
        for label, (ids, others) in queues.items():
            if turn < len(ids) and len(chosen) < rows:
                target = others[turn % len(others)] if others else None
                chosen.append(Choice(label, ids[turn], copies.get(ids[turn]), target))
    return tuple(chosen)
