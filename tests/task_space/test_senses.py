"""Pictures, sounds and rows of any kind become finite features of one width, each by itself."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.task_space.columns import BENDS, MOST_LEVELS, fit_columns
from tasks.task_space.pictures import see_pictures, small_pictures
from tasks.task_space.sounds import hear_sounds, small_spectrograms


def test_pictures_of_any_size_and_colour_become_features_of_one_width() -> None:
    rng = np.random.default_rng(0)
    shapes = [(1, 1), (1, 1, 3), (28, 28), (3, 200), (400, 300, 3), (2, 2, 3)]
    found = see_pictures([rng.integers(0, 256, shape).astype(np.uint8) for shape in shapes], seed=1)
    assert found.shape == (len(shapes), 992)
    assert np.isfinite(found).all()


def test_grey_in_three_channels_is_grey() -> None:
    grey = np.random.default_rng(1).integers(0, 256, (40, 30)).astype(np.uint8)
    found = see_pictures([grey, np.stack([grey] * 3, axis=-1)], seed=1)
    np.testing.assert_allclose(found[0], found[1], atol=0.02)
    assert not found[:, -32:].any()


def test_a_tint_is_seen() -> None:
    red = np.zeros((28, 28, 3), np.uint8)
    red[..., 0] = 255
    assert see_pictures([red], seed=1)[0, -32:].max() == pytest.approx(1)


def test_sounds_of_any_length_and_rate_become_features_of_one_width() -> None:
    rng = np.random.default_rng(0)
    kinds = [(1, 8_000), (4_000, 8_000), (200_000, 44_100), (8_000, 8_000), (5, 10), (48_000, 96_000)]
    sounds = [(rng.normal(size=n).astype(np.float32) / 4, rate) for n, rate in kinds]
    found = hear_sounds(sounds, seed=1)
    assert found.shape == (len(kinds), 480)
    assert np.isfinite(found).all()
    np.testing.assert_allclose(hear_sounds(sounds[1:2], seed=1)[0], found[1], rtol=1e-4, atol=1e-5)


def test_silence_is_heard_as_something_finite() -> None:
    assert np.isfinite(hear_sounds([(np.zeros(8_000, np.float32), 8_000)], seed=1)).all()


def test_the_level_of_a_sound_changes_nothing() -> None:
    sound = np.sin(np.arange(8_000) / 5).astype(np.float32)
    loud, soft = hear_sounds([(sound, 8_000), (sound / 64, 8_000)], seed=1)
    np.testing.assert_allclose(loud, soft, rtol=1e-3, atol=1e-4)


def test_rows_become_finite_features_that_depend_on_the_row_alone() -> None:
    table = pa.table(
        {
            "n": pa.array([1.0, np.nan, np.inf, -np.inf, 2.0, 1e308]),
            "constant": pa.array([3.0] * 6),
            "empty": pa.array([np.nan] * 6),
            "word": pa.array(["a", None, "b", "a", "a", "c"]),
            "nothing": pa.array([None] * 6, pa.string()),
        }
    )
    columns = fit_columns(table, seed=1)
    found = columns.see(table)
    assert np.isfinite(found).all()
    assert found.shape == (6, 1 + 1 + 3 + BENDS)
    np.testing.assert_allclose(columns.see(table.slice(3, 1))[0], found[3], rtol=1e-5, atol=1e-6)


def test_only_frequent_words_have_a_coordinate_and_new_ones_have_none() -> None:
    many = pa.table({"word": pa.array([f"w{n % 1_000}" for n in range(3_000)])})
    columns = fit_columns(many, seed=1)
    assert len(columns.levels["word"]) == MOST_LEVELS
    new = columns.see(pa.table({"word": pa.array(["never seen", None])}))
    assert not new[:, :MOST_LEVELS].any()


@pytest.mark.parametrize("shape", [(28, 28), (100, 60, 3), (9, 9, 3)])
def test_small_pictures_have_three_channels_of_one_size(shape) -> None:
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    (found,) = small_pictures([picture])
    assert found.shape == (3, 28, 28)
    assert 0 <= found.min() <= found.max() <= 1
    if picture.ndim == 2:
        np.testing.assert_array_equal(found, np.stack([picture / np.float32(255)] * 3))


@pytest.mark.parametrize("seconds", [0.2, 1.5, 3.0])
def test_small_spectrograms_have_one_scale_of_time_and_no_level(seconds) -> None:
    rng = np.random.default_rng(1)
    sound = rng.normal(0, 0.1, int(seconds * 8_000)).astype(np.float32)
    found, louder = small_spectrograms([(sound, 8_000), (4 * sound, 8_000)])
    assert found.shape == (1, 32, 64)
    np.testing.assert_allclose(found, louder, atol=1e-4)
    heard = round(64 * min(max(seconds, 1.0), 2.0) / 2.0)
    assert (found[0, :, heard:] == found.min()).all()
    assert found[0, :, :heard].std() > 0
