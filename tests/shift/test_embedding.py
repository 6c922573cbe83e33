import numpy as np
import pyarrow as pa
import pytest

from tasks.catalog.embeddings import embedding_column
from tasks.shift.embedding import embedding_distance, fit_embedding, measure_embeddings
from tasks.shift.sample import Sample

FACTS = {"net": {"width": 64, "unused": 2}, "late": {"width": 3, "unused": 0}}
PAIRS = (("dev", "test"), ("train", "dev"), ("train+synthetic", "dev"))


def sample(values: np.ndarray) -> Sample:
    return Sample({str(i): column for i, column in enumerate(values.T)}, atoms=np.arange(len(values)))


def manifest(rng: np.random.Generator, *, moved: float = 0.0, missing: int = 0, embed_copies: bool = True) -> pa.Table:
    """300 records a split, 300 synthetic ones; train is moved in `net`, and synthetic records half as far."""
    split = np.repeat(["dev", "test", "train", "train"], 300)
    synthetic = np.arange(1200) >= 900
    values = rng.normal(size=(1200, 8)).astype(np.float32)
    values[:, 0] += moved * np.select([synthetic, split == "train"], [0.5, 1.0], 0.0)
    values[:missing] = np.nan
    if not embed_copies:
        values[synthetic] = np.nan
    ids = [str(row) for row in range(1200)]
    return pa.table(
        {
            "record_id": ids,
            "split": split,
            "synthetic": synthetic,
            "atom": [*ids[:900], *ids[600:900]],
            "embedding_net": embedding_column(values),
            "embedding_late": embedding_column(rng.normal(size=(1200, 3)).astype(np.float32)),
        }
    )


def measured(table: pa.Table, **given) -> dict:
    rows = list(measure_embeddings(table, FACTS, PAIRS, seed=1, **given))
    found = {(row.statistic, row.split_a, row.split_b, row.descriptor): row.effect for row in rows}
    assert len(found) == len(rows)
    return found


def test_a_difference_is_found_and_none_where_there_is_none() -> None:
    found = measured(manifest(np.random.default_rng(1), moved=1.5))
    assert found["embedding_distance", "train", "dev", "net"].p_value < 0.01
    assert found["embedding_distance", "train", "dev", "late"].p_value > 0.01
    assert found["embedding_distance", "dev", "test", "net"].p_value > 0.01
    near = found["embedding_distance", "train+synthetic", "dev", "net"].effect
    assert 0 < near < found["embedding_distance", "train", "dev", "net"].effect
    assert found["embedding_gap_closed", "train+synthetic", "dev", "net"].ci_low > 0


def test_under_no_difference_the_test_keeps_its_level() -> None:
    rng = np.random.default_rng(2)
    p_values = [
        embedding_distance(sample(rng.normal(size=(120, 8))), sample(rng.normal(size=(120, 8))), rng=rng).p_value
        for _ in range(200)
    ]
    assert np.mean(np.array(p_values) < 0.1) == pytest.approx(0.1, abs=0.07)


def test_neither_place_nor_scale_nor_a_turn_of_an_embedding_matters() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(150, 5)), rng.normal(0.5, 1, size=(150, 5))
    turn = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    plain, other = (
        embedding_distance(sample(a), sample(b), rng=np.random.default_rng(1))
        for a, b in ((x, y), (x @ turn * 40 + 7, y @ turn * 40 + 7))
    )
    assert other.effect == pytest.approx(plain.effect, rel=0.02)


def test_one_wild_vector_does_not_hide_a_difference() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(200, 5)), rng.normal(1, 1, size=(200, 5))
    x[0] = 1e20
    assert embedding_distance(sample(x), sample(y), rng=rng).p_value < 0.01


def test_vectors_that_are_all_alike_are_no_coordinate() -> None:
    constant = sample(np.ones((50, 3)))
    assert fit_embedding([constant, constant]).width == 0
    assert np.isnan(embedding_distance(constant, constant, rng=np.random.default_rng(1)).effect)


def test_records_without_a_vector_are_counted_and_not_compared() -> None:
    found = measured(manifest(np.random.default_rng(5), missing=60))
    assert found["embedding_missing_share", "dev", None, "net"].effect == 0.2
    assert found["embedding_missing_share", "test", None, "net"].effect == 0
    assert found["embedding_distance", "dev", "test", "net"].n_a == 240
    assert found["embedding_width", None, None, "net"].effect == 64
    assert found["embedding_unused", None, None, "net"].effect == 2


def test_synthetic_records_without_vectors_are_not_compared() -> None:
    found = measured(manifest(np.random.default_rng(6), embed_copies=False))
    assert ("embedding_distance", "train+synthetic", "dev", "net") not in found
    assert ("embedding_gap_closed", "train+synthetic", "dev", "net") not in found
    assert ("embedding_gap_closed", "train+synthetic", "dev", "late") in found


def test_what_the_noise_was_fitted_to_does_not_judge_it() -> None:
    table = manifest(np.random.default_rng(7), moved=1.0)
    found = measured(table, fitted_to=table["record_id"][:150].combine_chunks())
    assert found["embedding_distance", "train+synthetic", "dev", "net"].n_b == 150
    assert found["embedding_distance", "train", "dev", "net"].n_b == 300
    assert found["embedding_gap_closed", "train+synthetic", "dev", "net"].n_b == 150


def test_a_split_without_any_vector_is_left_out() -> None:
    found = measured(manifest(np.random.default_rng(8), missing=300))
    assert found["embedding_missing_share", "dev", None, "net"].effect == 1
    assert ("embedding_distance", "dev", "test", "net") not in found


def test_the_same_seed_gives_the_same_numbers() -> None:
    first, second = (measured(manifest(np.random.default_rng(9))) for _ in range(2))
    assert str(first) == str(second)
