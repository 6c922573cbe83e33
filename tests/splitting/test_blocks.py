import numpy as np
import pytest

from tasks.splitting.blocks import described_columns
from tasks.splitting.certificate import certify
from tasks.splitting.matched import match_splits
from tasks.splitting.points import descriptor_columns

RNG = np.random.default_rng(4)
N = 600
BLOCKS = np.repeat([0, 1], [6, 32])


def matrix(rng: np.random.Generator = RNG, rows: int = N) -> np.ndarray:
    hidden = rng.normal(size=(rows, 3)) @ rng.normal(size=(3, 32))
    return np.concatenate([rng.normal(size=(rows, 6)) * 7 + 3, hidden], axis=1).astype(np.float32)


def test_without_embeddings_nothing_changes() -> None:
    values = matrix()[:, :6]
    found = described_columns(values, np.zeros(6, int))
    np.testing.assert_array_equal(found.columns, descriptor_columns(values))
    assert (found.singles, found.spread) == (6, 6)
    np.testing.assert_array_equal(described_columns(values, None).columns, found.columns)


@pytest.mark.parametrize("blocks", [BLOCKS, np.repeat([0, 1, 2], [6, 4, 28])])
def test_embeddings_together_weigh_as_much_as_the_others_together(blocks) -> None:
    found = described_columns(matrix(), blocks)
    variances = found.columns.var(axis=0)
    assert variances[: found.singles].sum() == pytest.approx(6, rel=1e-3)
    assert variances[found.singles :].sum() == pytest.approx(6, rel=1e-3)
    assert found.spread == 12


def test_distances_inside_an_embedding_keep_their_proportions() -> None:
    values = matrix()
    columns = described_columns(values, BLOCKS).columns[:, 6:]
    given = np.linalg.norm(values[1:, 6:] - values[:-1, 6:], axis=1)
    found = np.linalg.norm(columns[1:] - columns[:-1], axis=1)
    np.testing.assert_allclose(found / given, (found / given)[0], rtol=1e-4)


def test_what_is_missing_is_an_indicator_and_stands_in_the_middle() -> None:
    values = matrix()
    values[:60, 6:] = np.nan
    found = described_columns(values, BLOCKS)
    assert found.singles == 7
    assert np.isfinite(found.columns).all()
    assert not found.columns[:60, 7:].any()
    indicator = found.columns[:, 6]
    assert len(np.unique(indicator[:60])) == len(np.unique(indicator[60:])) == 1


@pytest.mark.parametrize("value", [np.nan, 5.0])
def test_an_embedding_that_says_nothing_adds_nothing(value) -> None:
    values = matrix()
    values[:, 6:] = value
    assert not described_columns(values, BLOCKS).columns[:, 6:].any()


def test_one_wild_row_does_not_make_all_others_equal() -> None:
    values = matrix()
    values[0, 6:] = 1e25
    others = described_columns(values, BLOCKS).columns[1:, 6:]
    assert others.var(axis=0).sum() > 3


def test_columns_that_the_blocks_do_not_reach_stand_for_themselves() -> None:
    values = np.concatenate([matrix(), RNG.normal(size=(N, 1))], axis=1)
    assert described_columns(values, BLOCKS).singles == 7


def test_the_certificate_sees_an_embedding() -> None:
    values = matrix(rows=800)
    labels, atoms = np.zeros(800, int), np.arange(800)
    random = np.random.default_rng(3).permutation(np.repeat([0, 1, 2], [400, 200, 200]))
    moved = values.copy()
    moved[random == 1, 6:] += values[:, 6:].std(axis=0)
    drawn = match_splits(values, labels, atoms, {"dev": 200, "test": 200}, seed=1, blocks=BLOCKS)

    def certified(points: np.ndarray, codes: np.ndarray):
        return certify(points, labels, atoms, codes, seed=2, draws=99, blocks=BLOCKS).match("dev", "test")

    assert certified(values, drawn).percentile < 5 < certified(values, random).percentile < 100
    assert certified(moved, random).percentile == 100
    # What has a name is told apart: the largest difference is of a single descriptor.
    assert certified(moved, random).largest_difference == certified(values, random).largest_difference


def test_splits_match_in_an_embedding_and_still_in_the_rest() -> None:
    values = matrix(rows=1200)
    labels, atoms, sizes = np.zeros(1200, int), np.arange(1200), {"dev": 300, "test": 300}
    drawn = {
        "with": match_splits(values, labels, atoms, sizes, seed=1, blocks=BLOCKS),
        "without": match_splits(values[:, :6], labels, atoms, sizes, seed=1),
        "random": np.random.default_rng(3).permutation(np.repeat([0, 1, 2], [600, 300, 300])),
    }

    def gap(codes: np.ndarray, columns: slice) -> float:
        points = (values / values.std(axis=0))[:, columns]
        return float(np.abs(points[codes == 1].mean(0) - points[codes == 2].mean(0)).mean())

    assert gap(drawn["with"], slice(6, None)) < 0.3 * gap(drawn["without"], slice(6, None))
    assert gap(drawn["with"], slice(6)) < 0.3 * gap(drawn["random"], slice(6))
