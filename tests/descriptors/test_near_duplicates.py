"""Duplicates: planted copies are found, look-alikes are not, and row order does not matter."""

import cv2
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors.calibration import WIDEST
from tasks.descriptors.near_duplicates import find_duplicates


def jpeg(image, quality=90):
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_UNCHANGED)


def turned(image, degrees):
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
    return cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)


COPIES = {
    "re-encoded": jpeg,
    "re-encoded badly": lambda image: jpeg(image, 50),
    "halved": lambda image: cv2.resize(image, (80, 80), interpolation=cv2.INTER_AREA),
    "enlarged": lambda image: cv2.resize(image, (213, 213), interpolation=cv2.INTER_CUBIC),
    "brighter": lambda image: np.minimum(image.astype(int) + 20, 255).astype(np.uint8),
    "darker": lambda image: (image * 0.8).astype(np.uint8),
    "cropped by 2 %": lambda image: np.ascontiguousarray(image[3:, 3:]),
    "turned by 2 degrees": lambda image: turned(image, 2.0),
    "turned back by 2 degrees": lambda image: turned(image, -2.0),
    "WebP": lambda image: cv2.imdecode(cv2.imencode(".webp", image, [cv2.IMWRITE_WEBP_QUALITY, 60])[1], 1),
    "without colour": lambda image: cv2.cvtColor(image, cv2.COLOR_RGB2GRAY),
}


def pairs(found):
    return {tuple(edge) for edge in found.edges.tolist()}


def test_planted_copies_of_photos_are_found_and_nothing_else(image_records, photo):
    originals = [photo(seed) for seed in range(60)]
    images, labels, planted = list(originals), [str(i % 4) for i in range(60)], set()
    for number, change in enumerate(COPIES.values()):
        for original in range(number, 60, len(COPIES)):
            planted.add((original, len(images)))
            images.append(change(originals[original]))
            labels.append(labels[original])
    found = find_duplicates(image_records(images, labels), modality="image")
    assert pairs(found) == planted
    assert set(found.kinds) == {"near"}
    assert (found.distances <= found.threshold).all()
    assert found.counts["largest_cluster"] == 2


@pytest.mark.parametrize("labelled", [True, False])
def test_small_plain_images_of_one_figure_are_not_merged(image_records, digit, labelled):
    figures = [(figure, seed) for figure in range(10) for seed in range(80)]
    images = [digit(*drawn) for drawn in figures]
    labels = [str(figure) for figure, _ in figures] if labelled else None
    changes = [
        jpeg,
        lambda image: turned(image, 2),
        lambda image: turned(image, -2),
        lambda image: image[1:, 1:].copy(),
    ]
    copies = [changes[n % 4](images[i]) for n, i in enumerate(range(0, 800, 40))]
    records = image_records([*images, *copies], labels and [*labels, *labels[::40]])
    found = find_duplicates(records, modality="image")
    assert found.threshold < WIDEST["image"]
    by_chance = pairs(found) - {(40 * i, 800 + i) for i in range(20)}
    assert len(pairs(found)) == 20 + len(by_chance)
    assert len(by_chance) <= 2  # one pair in 500 records may be
    assert all(figures[one][0] == figures[two][0] for one, two in by_chance)


def test_labels_that_mix_among_look_alikes_narrow_the_threshold(image_records, photo):
    """One fixed camera: every frame is nearly the background, and what is labelled is a small thing in front of it."""
    rng, background = np.random.default_rng(0), photo(0, 96)
    frames, labels = [], []
    for i in range(300):
        frame = background.copy()
        x, y = rng.integers(0, 80, 2)
        frame[y : y + 8 + 4 * (i % 3), x : x + 12] = rng.integers(0, 256, 3)
        frames.append(frame)
        labels.append(str(i % 3))
    told = find_duplicates(image_records(frames, labels), modality="image")
    untold = find_duplicates(image_records(frames), modality="image")
    assert told.counts["near"] < 10
    assert untold.counts["largest_cluster"] > 40  # nothing tells them apart: a giant, and the count says so


def test_a_few_wrong_labels_do_not_hide_copies(image_records, photo):
    originals = [photo(seed) for seed in range(40)]
    copies = [jpeg(image) for image in originals[:20]]
    labels = [str(i % 4) for i in range(40)] + [str((i + (i < 4)) % 4) for i in range(20)]
    found = find_duplicates(image_records(originals + copies, labels), modality="image")
    assert pairs(found) == {(i, 40 + i) for i in range(20)}


@given(st.lists(st.integers(0, 5), min_size=1, max_size=25), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_k_equal_records_make_k_minus_1_edges_whatever_their_order(image_records, photo, drawn, random):
    variants = [photo(seed, 48) for seed in range(4)] + [jpeg(photo(seed, 48)) for seed in range(2)]
    records = image_records([variants[i] for i in drawn])
    found = find_duplicates(records, modality="image")
    clusters = len({i % 4 for i in drawn})
    assert len(found.edges) == len(drawn) - clusters
    order = list(range(len(drawn)))
    random.shuffle(order)
    moved = find_duplicates(records.take(pa.array(order)), modality="image")
    back = {tuple(sorted((order[a], order[b]))) for a, b in moved.edges}
    assert back == pairs(found)
    assert (moved.threshold, moved.calibration, moved.counts) == (found.threshold, found.calibration, found.counts)


def test_edges_are_sorted_unique_and_smaller_first(image_records, photo):
    images = [photo(i % 7, 48) for i in range(40)]
    found = find_duplicates(image_records(images), modality="image")
    assert found.edges.dtype == np.int64
    assert (found.edges[:, 0] < found.edges[:, 1]).all()
    assert found.edges.tolist() == sorted(found.edges.tolist())
    assert len(pairs(found)) == len(found.edges) == len(found.kinds) == len(found.distances) == 33
    assert found.counts["exact"] == 33


def test_plain_images_are_tied_only_when_they_are_equal(image_records):
    images = [np.full((20, 20), level, dtype=np.uint8) for level in (10, 10, 11, 200)]
    found = find_duplicates(image_records(images), modality="image")
    assert pairs(found) == {(0, 1)}
    assert found.counts["without_fingerprint"] == 3


def test_small_pictures_are_counted_and_what_is_missed_of_them_is_said(image_records, photo):
    records = image_records([photo(seed, 48) for seed in range(6)])
    told = [
        find_duplicates(
            records.append_column("descriptor_width_px", pa.array(np.float32(wide))).append_column(
                "descriptor_height_px", pa.array(np.float32([40] * 6))
            ),
            modality="image",
        )
        for wide in ([48] * 6, [48, 8, 23, 24, 14, 48])
    ]
    assert [found.counts["small"] for found in told] == [0, 3]
    assert ["3 pictures below 24 px" in found.calibration for found in told] == [False, True]


def test_no_records_make_no_edges(image_records):
    found = find_duplicates(image_records([]), modality="image")
    assert found.edges.shape == (0, 2)
    assert found.counts["records"] == found.counts["largest_cluster"] == 0


def voice(seed, seconds=1.2, rate=8000):
    """Syllables: bursts of a few gliding tones."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(int(seconds * rate)) / rate
    sound = np.zeros_like(time_s)
    for start in np.sort(rng.uniform(0.1, seconds - 0.35, 3)):
        inside = np.clip((time_s - start) / 0.25, 0, 1)
        for hz in rng.uniform(150, 1500, 4):
            sound += rng.uniform(0.2, 1) * np.sin(2 * np.pi * hz * (1 + 0.2 * inside) * time_s) * np.sin(np.pi * inside)
    return (0.8 * sound / np.abs(sound).max()).astype(np.float32), rate


def test_copies_of_sounds_are_found_at_any_level_rate_and_offset(sound_records):
    originals = [voice(seed) for seed in range(40)]
    rng = np.random.default_rng(0)

    def quieter(x, rate):
        return x * np.float32(0.3), rate

    def padded(x, rate):
        return np.pad(x, (777, 500)), rate

    def trimmed(x, rate):
        return x[400:], rate

    def doubled(x, rate):
        spectrum = np.fft.rfft(x)
        return np.fft.irfft(np.pad(spectrum, (0, len(x) // 2)), 2 * len(x)).astype(np.float32) * 2, 2 * rate

    def noisier(x, rate):
        return x + rng.normal(0, 0.002, len(x)).astype(np.float32), rate

    changes = [quieter, padded, trimmed, doubled, noisier]
    copies = [changes[i % 5](*originals[i]) for i in range(25)]
    found = find_duplicates(sound_records(originals + copies), modality="audio")
    assert pairs(found) == {(i, 40 + i) for i in range(25)}


def test_a_jingle_in_all_recordings_ties_none(sound_records):
    jingle, rate = voice(999, 0.5)
    sounds = [(np.concatenate([jingle, voice(seed, 2.5)[0] * 0.9]).astype(np.float32), rate) for seed in range(20)]
    found = find_duplicates(sound_records(sounds), modality="audio")
    assert len(found.edges) == 0


def test_silence_is_tied_only_when_it_is_equal(sound_records):
    sounds = [(np.zeros(n, dtype=np.float32), 8000) for n in (4000, 4000, 5000)]
    assert pairs(find_duplicates(sound_records(sounds), modality="audio")) == {(0, 1)}


def rows(table, labels=None):
    n = table.num_rows
    content = [repr(row) for row in zip(*(column.to_pylist() for column in table.columns), strict=True)]
    return pa.table(
        {
            "record_id": [f"in/{i:05d}" for i in range(n)],
            "label": pa.array(labels or [None] * n, pa.string()),
            "content_hash": content,
            "fingerprint": pa.array([b""] * n, pa.binary()),
            **{f"descriptor_{name}": table.column(name) for name in table.column_names},
        }
    )


def test_rows_that_were_written_twice_are_found_however_they_were_rounded():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(500, 6))
    again = numbers[:60].copy()
    again[20:40] = again[20:40].astype(np.float32)
    again[40:] = np.round(again[40:], 6)
    both = np.concatenate([numbers, again])
    town = np.array(["north", "south", None], dtype=object)[rng.integers(0, 3, 500)]
    table = pa.table({**{f"x{j}": both[:, j] for j in range(6)}, "town": pa.array([*town, *town[:60]], pa.string())})
    found = find_duplicates(rows(table), modality="tabular")
    assert pairs(found) == {(i, 500 + i) for i in range(60)}
    assert found.counts["exact"] == 20


@pytest.mark.parametrize("labelled", [True, False])
def test_few_answers_shared_by_chance_are_no_duplicates(labelled):
    rng = np.random.default_rng(1)
    answers = rng.integers(0, 3, (2000, 5)).astype(float)
    labels = [str(x) for x in rng.integers(0, 2, 2000)] if labelled else None
    found = find_duplicates(rows(pa.table({f"q{j}": answers[:, j] for j in range(5)}), labels), modality="tabular")
    assert found.counts["largest_cluster"] <= 3
    assert len(found.edges) < 20
    assert found.counts["refused_as_chance"] > 1700
    assert "chance explains" in found.calibration


def test_row_order_does_not_matter_to_rows():
    rng = np.random.default_rng(2)
    numbers = rng.normal(size=(80, 4)).round(2)
    numbers = np.concatenate([numbers, numbers[:10], numbers[:5]])
    records = rows(pa.table({f"x{j}": numbers[:, j] for j in range(4)}))
    order = rng.permutation(95)
    found = find_duplicates(records, modality="tabular")
    moved = find_duplicates(records.take(pa.array(order)), modality="tabular")
    assert len(found.edges) == 15
    assert {tuple(sorted((order[a], order[b]))) for a, b in moved.edges} == pairs(found)


@pytest.mark.parametrize("noise", [0.25, 0.5, 0.9, 0.99])
def test_rows_with_noise_below_their_granularity_are_found(noise):
    rng = np.random.default_rng(4)
    steps = {"age": 1.0, "weight": 0.1, "income": 100.0, "level": 0.01}
    numbers = {name: step * rng.integers(100, 900, 1200) for name, step in steps.items()}
    numbers["standardised"] = np.round((rng.integers(0, 200, 1200) - 100) / 57.7, 6)
    steps["standardised"] = 1 / 57.7
    noisy = {name: values[:80] + noise * rng.uniform(-1, 1, 80) * steps[name] for name, values in numbers.items()}
    table = pa.table({name: np.concatenate([values, noisy[name]]) for name, values in numbers.items()})
    labels = [str(i % 3) for i in range(1200)]
    found = find_duplicates(rows(table, labels + labels[:80]), modality="tabular")
    assert pairs(found) == {(i, 1200 + i) for i in range(80)}
    assert set(found.kinds) == {"near"}


def test_rows_of_another_label_must_be_the_same_to_the_last_digit():
    rng = np.random.default_rng(5)
    numbers = rng.integers(0, 1000, (500, 5)).astype(float)
    again = numbers[:40].copy()
    again[20:] += 0.3
    table = pa.table({f"x{j}": np.concatenate([numbers[:, j], again[:, j]]) for j in range(5)})
    found = find_duplicates(rows(table, ["a"] * 500 + ["b"] * 40), modality="tabular")
    assert pairs(found) == {(i, 500 + i) for i in range(20)}


def test_noise_across_the_borders_of_cells_is_found():
    rng = np.random.default_rng(6)
    numbers = rng.normal(size=(800, 20))
    again = numbers + 0.8e-5 * rng.uniform(-1, 1, numbers.shape)
    table = pa.table({f"x{j}": np.concatenate([numbers[:, j], again[:, j]]) for j in range(20)})
    found = find_duplicates(rows(table), modality="tabular")
    assert len(found.edges) >= 799


@pytest.mark.parametrize("equal", [True, False])
def test_all_rows_alike_cost_no_more_than_others(equal):
    table = pa.table({"x": np.zeros(20000) if equal else np.arange(20000.0) % 2, "y": ["a"] * 20000})
    assert len(find_duplicates(rows(table), modality="tabular").edges) in (0, 19999)
