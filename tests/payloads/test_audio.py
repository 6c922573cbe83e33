"""Sounds come out as one channel of finite samples, and nothing that is not a whole sound comes out at all."""

import io
import struct

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from tasks.catalog.quarantine import REASONS
from tasks.errors import Unreadable
from tasks.payloads import audio as module
from tasks.payloads.audio import decode_audio, encode_audio

STEP = 2.0**-15


def hum(samples: int = 4000, rate_hz: int = 16000) -> np.ndarray:
    """Make two tones with a little noise, so that no coder can leave anything out."""
    seconds = np.arange(samples) / rate_hz
    noise = np.random.default_rng(5).normal(0, 0.02, samples)
    return (0.4 * np.sin(880 * np.pi * seconds) + 0.2 * np.sin(5000 * seconds) + noise).astype(np.float32)


def written(samples: np.ndarray, kind: str = "WAV", subtype: str | None = None, rate_hz: int = 16000) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, rate_hz, format=kind, subtype=subtype)
    return file.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as why:
        decode_audio(data)
    assert why.value.reason in REASONS
    assert why.value.detail
    return why.value.reason


@pytest.mark.parametrize(
    ("kind", "subtype", "step"),
    [
        ("WAV", "PCM_16", STEP),
        ("WAV", "PCM_24", 2.0**-22),
        ("WAV", "PCM_U8", 2.0**-6),
        ("WAV", "FLOAT", 0.0),
        ("WAV", "DOUBLE", 0.0),
        ("WAVEX", "PCM_16", STEP),
        ("RF64", "PCM_16", STEP),
        ("FLAC", "PCM_16", STEP),
        ("FLAC", "PCM_24", 2.0**-22),
        ("AIFF", "PCM_16", STEP),
    ],
)
def test_exact_kinds_give_the_samples_back(kind: str, subtype: str, step: float) -> None:
    found = decode_audio(written(hum(), kind, subtype))
    assert (found.sample_rate_hz, found.channels, found.subtype) == (16000, 1, subtype)
    assert found.samples.dtype == np.float32
    assert np.abs(found.samples - hum()).max() <= step


@pytest.mark.parametrize(("kind", "subtype"), [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")])
def test_lossy_kinds_give_a_like_sound(kind: str, subtype: str) -> None:
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(16000) / 16000)).astype(np.float32)
    found = decode_audio(written(tone, kind, subtype))
    spectrum = np.abs(np.fft.rfft(found.samples))
    loudest_hz = np.argmax(spectrum) * found.sample_rate_hz / len(found.samples)
    assert abs(loudest_hz - 440) < 5
    assert found.subtype == subtype


@pytest.mark.parametrize("rate_hz", [8000, 11025, 22050, 44100, 48000])
def test_the_rate_is_kept(rate_hz: int) -> None:
    found = decode_audio(written(hum(), rate_hz=rate_hz))
    assert (found.sample_rate_hz, len(found.samples)) == (rate_hz, 4000)


@pytest.mark.parametrize("channels", [2, 3, 6])
def test_channels_are_averaged(channels: int) -> None:
    sides = np.stack([np.roll(hum(), 50 * place) for place in range(channels)], axis=1)
    found = decode_audio(written(sides, subtype="FLOAT"))
    assert found.channels == channels
    assert np.allclose(found.samples, sides.mean(axis=1), atol=1e-6)


def test_what_overshoots_full_scale_is_clipped_as_a_player_does() -> None:
    found = decode_audio(written(hum() * 3, subtype="FLOAT"))
    assert found.samples.max() == 1.0
    assert found.samples.min() == -1.0
    inside = np.abs(hum() * 3) < 1
    assert np.array_equal(found.samples[inside], (hum() * 3)[inside])


def test_floats_in_another_unit_are_damage() -> None:
    assert refused(written(hum() * 32768, subtype="FLOAT")) == "damaged"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("channels", [1, 2])
def test_samples_that_are_not_numbers_are_refused(bad: float, channels: int) -> None:
    sides = np.repeat(hum()[:, None], channels, axis=1)
    sides[17, 0] = bad
    assert refused(written(sides, subtype="FLOAT")) == "not_finite"


@pytest.mark.parametrize("kind", ["WAV", "AIFF"])
def test_a_sound_without_samples_says_so(kind: str) -> None:
    assert refused(written(np.zeros(0, np.float32), kind)) == "no_payload"


def test_an_empty_file_says_so() -> None:
    assert refused(b"") == "empty_file"


@pytest.mark.parametrize("data", [b"hello, I am text", b"\x89PNG\r\n\x1a\n" + bytes(50), b"RIFF\x10\0\0\0WEBPVP8 "])
def test_what_is_not_a_sound_is_not_supported(data: bytes) -> None:
    assert refused(data) == "not_supported"


WHOLE = [
    ("WAV", "PCM_16"),
    ("WAV", "FLOAT"),
    ("WAV", "IMA_ADPCM"),
    ("RF64", "PCM_16"),
    ("FLAC", "PCM_16"),
    ("OGG", "VORBIS"),
    ("OGG", "OPUS"),
    ("AIFF", "PCM_16"),
]


@pytest.mark.parametrize(("kind", "subtype"), WHOLE)
def test_no_part_of_a_file_is_taken_for_the_file(kind: str, subtype: str) -> None:
    data = written(hum(), kind, subtype)
    sizes = (*range(1, 64), *range(64, len(data), max(1, len(data) // 30)), len(data) - 1)
    reasons = {refused(data[:size]) for size in sizes}
    # Within a FLAC frame the decoder cannot always tell an early end from damage.
    assert reasons == {"truncated"} or (kind == "FLAC" and reasons == {"truncated", "damaged"})


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_a_damaged_file_is_refused_or_decoded_but_never_ends_the_run(data: st.DataObject) -> None:
    broken = bytearray(written(hum(1500), *data.draw(st.sampled_from(WHOLE))))
    for _ in range(data.draw(st.integers(1, 3))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = decode_audio(bytes(broken))
    except Unreadable as why:
        assert why.reason in REASONS
    else:
        assert np.abs(found.samples).max() <= 1


def test_a_changed_byte_within_an_ogg_is_damage() -> None:
    data = bytearray(written(hum(), "OGG", "VORBIS"))
    data[len(data) // 2] ^= 1
    assert refused(bytes(data)) == "damaged"


@pytest.mark.parametrize("length", [0x7FFFF000, 0xFFFFFFFF])
def test_a_wav_that_was_written_to_a_pipe_is_read_to_its_end(length: int) -> None:
    data = bytearray(written(hum()))
    data[40:44] = struct.pack("<I", length)
    data[4:8] = struct.pack("<I", length)
    assert len(decode_audio(bytes(data)).samples) == 4000


def test_a_flac_that_does_not_know_its_length_is_not_let_in() -> None:
    data = bytearray(written(hum(), "FLAC"))
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    assert refused(bytes(data)) == "too_large"


def test_a_few_bytes_that_claim_hours_are_refused() -> None:
    data = bytearray(written(hum(), "FLAC"))
    data[22:26] = b"\xff\xff\xff\xff"
    assert refused(bytes(data)) == "too_large"


def test_the_limits_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    data = written(np.stack([hum(), hum()], axis=1))
    monkeypatch.setattr(module, "MAX_DURATION_S", 0.25)
    decode_audio(data)
    monkeypatch.setattr(module, "MAX_SAMPLES", 7999)
    assert refused(data) == "too_large"
    monkeypatch.setattr(module, "MAX_DURATION_S", 0.249)
    assert refused(written(hum())) == "too_large"


@given(
    arrays.arrays(np.float32, st.integers(1, 300), elements=st.floats(-1, 1, width=32)),
    st.sampled_from([8000, 16000, 44100]),
)
@settings(max_examples=60, deadline=None)
def test_flac_gives_the_samples_back_within_one_step(samples: np.ndarray, rate_hz: int) -> None:
    data = encode_audio(samples, rate_hz)
    found = decode_audio(data)
    assert data == encode_audio(samples, rate_hz)
    assert (found.sample_rate_hz, found.channels, found.subtype) == (rate_hz, 1, "PCM_16")
    assert np.abs(found.samples - samples).max() <= STEP
    assert encode_audio(found.samples, rate_hz) == data


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(0, np.float32),
        np.zeros((5, 2), np.float32),
        np.full(5, 1.5, np.float32),
        np.full(5, np.nan, np.float32),
    ],
)
def test_what_cannot_be_encoded_is_said(samples: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected samples"):
        encode_audio(samples, 16000)
