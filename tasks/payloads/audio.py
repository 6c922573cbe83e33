"""Sounds: bytes to samples of one channel, and samples to bytes."""

import io
from dataclasses import dataclass
from typing import Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

from tasks.errors import Unreadable
from tasks.payloads.sound_headers import check_container

Samples = NDArray[np.float32]

MAX_DURATION_S = 1800.0
"""Half an hour: a record is an utterance or a take; what is longer is a session that should be cut first."""
MAX_SAMPLES = 2**27
"""Over all channels, told from the header: 512 MB as float32, which one worker can hold. A few kilobytes of FLAC can
claim any number of samples."""
LOUDEST = 8.0
"""18 dB above full scale. Lossy decoders overshoot by a few dB, which a player clips; a file of floats that goes beyond
was written in another unit, such as 16-bit integers."""

_LOST_SYNC = 158
"""libsndfile's code for a FLAC stream in which no further frame begins: the usual sign of a cut file."""


@dataclass(frozen=True)
class Audio:
    """A decoded sound.

    Attributes
    ----------
    samples : float32, shape (n,)
        The mean of all channels, in [-1, 1].
    sample_rate_hz : int
        As stored.
    channels : int
        As stored.
    subtype : str
        How samples are stored, in libsndfile's words: `PCM_16`, `FLOAT`, `VORBIS`.
    """

    samples: Samples
    sample_rate_hz: int
    channels: int
    subtype: str


def decode_audio(data: bytes) -> Audio:
    """Decode a sound to one channel.

    Parameters
    ----------
    data : bytes
        A WAV, FLAC, Ogg (Vorbis or Opus), MP3 or AIFF file; the content decides, not the name.

    Returns
    -------
    Audio

    Raises
    ------
    Unreadable
        `empty_file`, `not_supported`, `truncated`, `damaged`, `too_large` (longer than `MAX_DURATION_S` or
        `MAX_SAMPLES`, told from the header), `no_payload` (no samples) or `not_finite`.

    Notes
    -----
    Invariants: the same bytes give the same samples; every sample is finite and in [-1, 1]; a file that ends early is
    refused (but for MP3, whose frames have no end mark).
    """
    if not data:
        raise Unreadable("empty_file", "0 bytes")
    kind = check_container(data)
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as opened:
            _check_size(opened)
            expected = opened.frames
            frames = opened.read(expected, dtype="float32", always_2d=True)  # some codecs cannot tell by seeking
            rate, subtype = int(opened.samplerate), str(opened.subtype)
    except (soundfile.LibsndfileError, ValueError, TypeError) as error:
        raise Unreadable(*_reason(error, data, kind)) from error
    if len(frames) < expected:
        raise Unreadable("truncated", f"holds {len(frames):,} of {expected:,} samples")
    return Audio(_mixed(frames), rate, frames.shape[1], subtype)


def _check_size(opened: soundfile.SoundFile) -> None:
    frames, rate, channels = opened.frames, opened.samplerate, opened.channels
    if frames <= 0:
        raise Unreadable("no_payload", "no samples")
    if frames > MAX_DURATION_S * rate or frames * channels > MAX_SAMPLES:
        raise Unreadable(
            "too_large",
            f"{frames / rate:,.0f} s of {channels} channels at {rate:,} Hz; at most {MAX_DURATION_S:,.0f} s and "
            f"{MAX_SAMPLES:,} samples are read",
        )


def _reason(error: Exception, data: bytes, kind: str) -> tuple[str, str]:
    said = " ".join(str(getattr(error, "error_string", error)).split()) or type(error).__name__
    early = getattr(error, "code", None) == _LOST_SYNC or len(data) < 64
    return ("truncated" if early else "damaged"), f"{kind.upper()} of {len(data):,} bytes: {said}"


def _mixed(frames: NDArray[np.float32]) -> Samples:
    mixed = frames[:, 0] if frames.shape[1] == 1 else frames.mean(axis=1, dtype=np.float32)
    peak = float(np.abs(frames).max())
    if not np.isfinite(peak):
        wrong = int((~np.isfinite(frames)).sum())
        raise Unreadable("not_finite", f"{wrong:,} of {frames.size:,} samples are NaN or infinite")
    if peak > LOUDEST:
        raise Unreadable("damaged", f"the loudest sample is {peak:,.0f}, where full scale is 1")
    return np.clip(mixed, -1.0, 1.0) if peak > 1 else np.ascontiguousarray(mixed)


def encode_audio(samples: Samples, sample_rate_hz: int, *, container: Literal["FLAC", "WAV"] = "FLAC") -> bytes:
    """Encode samples with 16 bits.

    Parameters
    ----------
    samples : float32, shape (n,), in [-1, 1]
        At least one sample.
    sample_rate_hz : int
        1 to 655,350.
    container : {"FLAC", "WAV"}

    Returns
    -------
    bytes
        The same for the same samples. Decoding gives them back within one step of 16 bits, 2^-15.

    Raises
    ------
    ValueError
        For samples that are not one channel of finite numbers in [-1, 1], or none.
    """
    if samples.ndim != 1 or not len(samples):
        raise ValueError(f"expected samples of shape (n,), n at least 1, found {samples.shape}")
    if not (peak := float(np.abs(samples).max())) <= 1.0:
        raise ValueError(f"expected samples in [-1, 1], found a peak of {peak}")
    file = io.BytesIO()
    soundfile.write(file, samples, sample_rate_hz, format=container, subtype="PCM_16")
    return file.getvalue()
