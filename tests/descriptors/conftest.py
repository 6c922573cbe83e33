"""Makers: records with fingerprints, photos, digit-like pictures."""

import hashlib

import cv2
import numpy as np
import pyarrow as pa
import pytest

from tasks.descriptors.near_duplicates import fingerprint_images, fingerprint_sounds


def _catalog(contents, fingerprints, labels, ids):
    hashes = [hashlib.blake2b(content, digest_size=16).hexdigest() for content in contents]
    return pa.table(
        {
            "record_id": pa.array(ids or [f"in/{i:05d}" for i in range(len(hashes))], pa.string()),
            "label": pa.array(labels or [None] * len(hashes), pa.string()),
            "content_hash": pa.array(hashes, pa.string()),
            "fingerprint": pa.array(fingerprints, pa.binary()),
        }
    )


@pytest.fixture(scope="session")
def image_records():
    def make(images, labels=None, ids=None):
        return _catalog([repr(i.shape).encode() + i.tobytes() for i in images], fingerprint_images(images), labels, ids)

    return make


@pytest.fixture(scope="session")
def sound_records():
    def make(sounds, labels=None, ids=None):
        return _catalog([x.tobytes() for x, _ in sounds], fingerprint_sounds(sounds), labels, ids)

    return make


@pytest.fixture(scope="session")
def photo():
    """Return a maker of photo-like images: fractal noise in colour, as clouds and foliage have it."""

    def make(seed, side=160):
        rng = np.random.default_rng(seed)
        image = np.full((side, side, 3), 128, dtype=np.float32)
        for cells in (4, 8, 16, 32, 64):
            layer = rng.normal(0, 160 / cells**0.7, (cells, cells, 3)).astype(np.float32)
            image += cv2.resize(layer, (side, side), interpolation=cv2.INTER_CUBIC)
        return np.clip(image, 0, 255).astype(np.uint8)

    return make


@pytest.fixture(scope="session")
def digit():
    """Return a maker of digit-like images, 28 x 28: one of ten figures, drawn by a shaky hand."""

    def make(figure, seed):
        points = np.random.default_rng(1000 + figure).uniform(6, 22, (5, 2))
        shaky = points + np.random.default_rng((figure, seed)).normal(0, 1.2, points.shape)
        image = np.zeros((28, 28), dtype=np.uint8)
        path = np.round(shaky * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(image, [path], isClosed=False, color=255, thickness=2, lineType=cv2.LINE_AA, shift=4)
        return image

    return make
