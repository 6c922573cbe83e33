import numpy as np
import pytest

from tasks.shift.correlated import MOST_COLUMNS, measure_correlations
from tasks.shift.sample import Sample


def sample(rng, common, *, rows=1_500, columns=4):
    values = rng.normal(size=(rows, columns))
    values[:, 1] = common * values[:, 0] + np.sqrt(1 - common**2) * values[:, 1]
    return Sample({f"c{at}": values[:, at] for at in range(columns)}, atoms=np.arange(rows))


def test_tells_the_pair_that_differs_and_by_how_much():
    rng = np.random.default_rng(1)
    found = list(measure_correlations("train", sample(rng, 0.0), "dev", sample(rng, 0.6), seed=1))
    assert [(row.statistic, row.descriptor) for row in found] == [("correlation_difference", "c0, c1")]
    assert found[0].effect.ci_low < 0.58 < found[0].effect.ci_high
    assert found[0].effect.effect == pytest.approx(0.58, abs=0.08)


def test_same_rows_in_any_number_tell_nothing():
    side = sample(np.random.default_rng(2), 0.5, rows=5_000)
    assert list(measure_correlations("train", side, "dev", side, seed=1)) == []


@pytest.mark.parametrize("columns", [2, MOST_COLUMNS + 1])
def test_columns_that_only_one_side_has_or_too_many_are_left(columns):
    rng = np.random.default_rng(3)
    a, b = sample(rng, 0.0, rows=100, columns=columns), sample(rng, 0.9, rows=100, columns=columns)
    if columns == 2:
        b = Sample({"other": b.numeric["c0"], "c1": b.numeric["c1"]}, atoms=b.atoms)
    assert list(measure_correlations("train", a, "dev", b, seed=1)) == []
