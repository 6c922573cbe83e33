"""Random convolutions: fixed, one row at a time, and blind to what a mean does not show."""

import numpy as np

from tasks.task_space.convolution import BATCH, FILTERS, SIDE, convolve, random_filters


def test_filters_have_mean_zero_and_length_one_and_follow_the_seed() -> None:
    filters = random_filters(3)
    assert filters.shape == (SIDE * SIDE, FILTERS)
    np.testing.assert_allclose(filters.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(filters, axis=0), 1, rtol=1e-5)
    np.testing.assert_array_equal(filters, random_filters(3))
    assert not np.array_equal(filters, random_filters(4))


def test_a_picture_has_the_same_features_whatever_stands_beside_it() -> None:
    pictures = np.random.default_rng(1).random((BATCH + 3, 20, 24)).astype(np.float32)
    filters = random_filters(1)
    whole = convolve(pictures, filters, rows=3, columns=2)
    assert whole.shape == (BATCH + 3, 3 * (2 + 1) * FILTERS)
    alone = convolve(pictures[BATCH : BATCH + 1], filters, rows=3, columns=2)
    np.testing.assert_allclose(alone[0], whole[BATCH], rtol=1e-5, atol=1e-6)


def test_features_agree_with_a_plain_loop() -> None:
    picture = np.random.default_rng(2).random((11, 9)).astype(np.float32)
    filters = random_filters(2)
    found = convolve(picture[None], filters, rows=1, columns=1)[0]
    answers = np.array(
        [
            np.maximum(picture[y : y + SIDE, x : x + SIDE].reshape(-1) @ filters - 0.3, 0)
            for y in range(0, 11 - SIDE + 1, 2)
            for x in range(0, 9 - SIDE + 1, 2)
        ]
    ).reshape(3, 2, FILTERS)
    np.testing.assert_allclose(found[:FILTERS], answers.mean(axis=(0, 1)), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found[FILTERS:], answers.mean(axis=0).max(axis=0), rtol=1e-4, atol=1e-6)


def test_a_plain_picture_answers_nothing() -> None:
    assert not convolve(np.full((2, 28, 28), 0.7, np.float32), random_filters(0), rows=4, columns=4).any()


def test_no_pictures_have_no_features() -> None:
    assert convolve(np.empty((0, 28, 28), np.float32), random_filters(0), rows=4, columns=4).shape[0] == 0
