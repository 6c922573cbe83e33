"""Fingerprints: packed and unpacked without loss; blind to brightness and contrast."""

import cv2
import numpy as np
import pyarrow as pa
import pytest
from scipy.fft import dctn

from tasks.descriptors.fingerprint import KEPT, PICTURE_BYTES, SIDE, decode_pictures, encode_pictures
from tasks.descriptors.fingerprints import fingerprint_images, fingerprint_rows


def pictures(number, seed=0):
    rng = np.random.default_rng(seed)
    small = rng.normal(128, 40, (number, 8, 8)).astype(np.float32)
    return np.stack([cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC) for picture in small])


def column(keys):
    return pa.chunked_array([pa.array(keys, pa.binary())])


def test_coefficients_come_back_to_two_hundredths():
    given = pictures(20)
    read = decode_pictures(column(encode_pictures(given)))
    numbers = read.numbers(np.arange(20))
    for picture, found in zip(given, numbers, strict=True):
        low = dctn(picture, norm="ortho")[:KEPT, :KEPT]
        low[0, 0] = 0
        expected = np.sort(np.abs(low.ravel())) * KEPT / np.sqrt(np.square(low).sum())
        assert np.sqrt(np.mean(np.square(np.sort(np.abs(found)) - expected))) < 0.02
        assert np.square(found).mean() == pytest.approx(1, abs=0.02)


def test_brightness_and_contrast_do_not_count():
    given = pictures(10)
    assert encode_pictures(given) == encode_pictures(given / 2 + 60)


def test_a_key_depends_on_its_picture_alone():
    given = pictures(30)
    assert encode_pictures(given) == [encode_pictures(picture[None])[0] for picture in given]


def test_owners_count_the_pictures_of_each_key_in_any_slice_and_chunk():
    one, two, three = encode_pictures(pictures(3))
    keys = [b"", one, two + three, b"", three]
    read = decode_pictures(column(keys))
    assert read.owners.tolist() == [1, 2, 2, 4]
    chunked = pa.chunked_array([pa.array([b"x" * 3, *keys[:2]], pa.binary())[1:], pa.array(keys[2:], pa.binary())])
    again = decode_pictures(chunked)
    assert again.owners.tolist() == read.owners.tolist()
    assert again.codes.tobytes() == read.codes.tobytes()


def test_a_damaged_key_is_refused():
    with pytest.raises(ValueError, match=f"multiples of {PICTURE_BYTES}"):
        decode_pictures(column([b"abc"]))


def test_plain_images_and_rows_have_no_key():
    assert fingerprint_images([np.full((9, 9), 7, dtype=np.uint8)]) == [b""]
    assert fingerprint_rows(pa.table({"x": [1, 2]})) == [b"", b""]
