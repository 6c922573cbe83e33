"""Alignment: what copying does is taken back, what makes another picture is not."""

import cv2
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors.alignment import aligned_distances
from tasks.descriptors.fingerprint import decode_pictures
from tasks.descriptors.fingerprints import fingerprint_images


def numbers(images):
    pictures = decode_pictures(pa.chunked_array([pa.array(fingerprint_images(images), pa.binary())]))
    return pictures.numbers(np.arange(len(pictures.codes)))


def warped(image, degrees=0.0, scale=1.0, across=0.0, down=0.0):
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, scale)
    matrix[:, 2] += (across * width, down * height)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REFLECT_101)


@given(st.integers(0, 30), st.integers(0, 30), st.sampled_from(["image", "audio"]))
@settings(max_examples=20, deadline=None)
def test_symmetric_and_each_pair_for_itself(photo, one, two, kind):
    a, b = numbers([photo(one, 64), photo(two, 64)])
    there = aligned_distances(a[None], b[None], kind)
    back = aligned_distances(np.stack([b, a]), np.stack([a, a]), kind)
    assert back[0] == pytest.approx(there[0], abs=1e-5)
    assert back[1] == 0
    assert (there[0] < 1e-5) == (one == two)


@pytest.mark.parametrize(
    "change",
    [
        {"degrees": 2.0},
        {"degrees": -3.0},
        {"scale": 1.03},
        {"scale": 0.98},
        {"across": 0.02},
        {"down": -0.02},
        {"degrees": 1.5, "scale": 1.02, "across": 0.01, "down": 0.01},
    ],
)
def test_small_movements_are_taken_back(photo, change):
    images = [photo(seed) for seed in range(12)]
    moved = numbers([warped(image, **change) for image in images])
    found = aligned_distances(numbers(images), moved, "image")
    plain = np.sqrt(np.square(numbers(images) - moved).mean(axis=1))
    assert found.max() < 0.08
    assert found.mean() < 0.6 * plain.mean()


def test_large_movements_and_other_pictures_are_not(photo):
    images = [photo(seed) for seed in range(12)]
    assert aligned_distances(numbers(images), numbers(images[1:] + images[:1]), "image").min() > 0.5
    assert aligned_distances(numbers(images), numbers([warped(i, 15) for i in images]), "image").min() > 0.2
    assert aligned_distances(numbers(images), numbers([np.fliplr(i).copy() for i in images]), "image").min() > 0.5


def test_a_bent_grey_scale_is_taken_back(photo):
    images = [photo(seed) for seed in range(12)]
    bent = [(255 * (image / 255.0) ** 0.8).astype(np.uint8) for image in images]
    assert aligned_distances(numbers(images), numbers(bent), "image").max() < 0.1


def test_no_pairs_have_no_distances():
    none = np.empty((0, 144), dtype=np.float32)
    assert aligned_distances(none, none, "image").shape == (0,)
