"""Sounds: bytes to samples, and samples to bytes."""

import io
from dataclasses import dataclass

import numpy as np
import soundfile
from numpy.typing import NDArray

from tasks.errors import Unreadable

Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Audio:
    """A decoded sound."""

    samples: Samples
    sample_rate_hz: int
    channels: int
    subtype: str


def decode_audio(data: bytes) -> Audio:
    """Decode a sound to one channel."""
    if not data:
        raise Unreadable("empty_file", "0 bytes")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as opened:
            frames = opened.read(dtype="float32", always_2d=True)
            rate, subtype = opened.samplerate, opened.subtype
    except soundfile.LibsndfileError as error:
        raise Unreadable("damaged", str(error)) from error
    if not len(frames):
        raise Unreadable("no_payload", "no samples")
    if not np.isfinite(frames).all():
        raise Unreadable("not_finite", "NaN or infinite samples")
    return Audio(np.clip(frames.mean(axis=1), -1, 1), rate, frames.shape[1], subtype)


def encode_audio(samples: Samples, sample_rate_hz: int) -> bytes:
    """Encode samples as FLAC of 16 bit."""
    file = io.BytesIO()
    soundfile.write(file, samples, sample_rate_hz, format="FLAC", subtype="PCM_16")
    return file.getvalue()
