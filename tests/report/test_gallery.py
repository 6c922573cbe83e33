"""Examples as small as a page can carry."""

import base64

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tasks.payloads.audio import decode_audio
from tasks.report.gallery import (
    LARGEST_TILE,
    SHORT_SAMPLES,
    DuplicatePair,
    Example,
    GalleryRow,
    image_example,
    image_tile,
    sound_clip,
    sound_example,
    within_budget,
)


def decoded(uri):
    data = base64.b64decode(uri.split(",", 1)[1])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


@settings(max_examples=20, deadline=None)
@given(
    pixels=arrays(
        np.uint8,
        st.one_of(
            st.tuples(st.integers(1, 40), st.integers(1, 40)),
            st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)),
        ),
    )
)
def test_small_images_are_kept_exactly(pixels) -> None:
    uri = image_tile(pixels)
    assert uri.startswith("data:image/png;base64,")
    back = decoded(uri)
    np.testing.assert_array_equal(back if back.ndim == 2 else back[..., ::-1], pixels)


def test_red_stays_red() -> None:
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[..., 0] = 255
    assert decoded(image_tile(pixels))[0, 0].tolist() == [0, 0, 255]  # OpenCV reads blue first
    large = np.zeros((400, 400, 3), np.uint8)
    large[..., 0] = 255
    assert decoded(image_tile(large))[50, 50, 2] > 240


@pytest.mark.parametrize("shape", [(1000, 500), (3, 5000, 3), (5000, 1)])
def test_large_images_are_scaled_down_to_the_tile(shape) -> None:
    back = decoded(image_tile(np.full(shape, 128, np.uint8)))
    assert max(back.shape[:2]) == LARGEST_TILE and min(back.shape[:2]) >= 1


def test_an_image_without_pixels_is_refused() -> None:
    with pytest.raises(ValueError, match="0 x 5"):
        image_tile(np.zeros((0, 5), np.uint8))


def test_a_picture_is_described_in_words() -> None:
    assert (
        image_example("web/3/a.png", "source", np.zeros((20, 30), np.uint8)).alt
        == "source image web/3/a.png, 30 × 20 pixels"
    )


def test_a_clip_holds_the_first_seconds() -> None:
    rate = 8000
    tone = np.sin(np.arange(10 * rate) / 5).astype(np.float32) * 0.5
    back = decode_audio(base64.b64decode(sound_clip(tone, rate).split(",", 1)[1]))
    assert back.sample_rate_hz == rate and back.samples.size == 4 * rate
    np.testing.assert_allclose(back.samples, tone[: 4 * rate], atol=1e-3)


def test_odd_sounds_have_a_clip_and_a_picture() -> None:
    for samples in (np.zeros(1), np.array([np.nan, np.inf, 2.0, -3.0] * 50), np.zeros(30_000)):
        example = sound_example("a", "source", samples.astype(np.float32), 16_000)
        container = "flac" if len(samples) >= SHORT_SAMPLES else "wav"
        assert example.sound.startswith(f"data:audio/{container};base64,") and example.picture


def test_the_budget_is_kept_and_what_is_left_out_is_counted() -> None:
    rows = [GalleryRow("a", Example(str(i), "source", picture="p" * 100, sound="s" * 50)) for i in range(10)]
    pairs = [DuplicatePair("near", Example("x", picture="q" * 10), Example("y"))]
    kept, kept_pairs, left_out = within_budget(rows, pairs, most=400)
    size = sum(len(row.source.picture) + len(row.source.sound) for row in kept)
    size += sum(len(pair.first.picture) for pair in kept_pairs)
    assert size <= 400
    assert [row.source.record_id for row in kept] == [str(i) for i in range(10)]
    missing = sum(not row.source.picture for row in kept) + sum(not row.source.sound for row in kept)
    missing += sum(not pair.first.picture for pair in kept_pairs)
    assert left_out == missing > 0
    assert within_budget(rows, pairs)[2] == 0
