import numpy as np
import pyarrow as pa
import pytest

from tasks.sides.correlated import correlation_remarks
from tasks.sides.side import Side


def side(correlation, seed, *, columns=2, kind="tabular", n=800):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, columns))
    values[:, 1] = correlation * values[:, 0] + np.sqrt(1 - correlation**2) * values[:, 1]
    return Side("s", kind, pa.table({f"c{at}": values[:, at] for at in range(columns)}))


def test_columns_that_hang_together_on_one_side_only_are_told():
    (told,) = correlation_remarks(side(0.6, 1, columns=4), side(0.0, 2, columns=4), margin=0.1, seed=3)
    assert told.startswith("The correlation of c0 and c1 is 0.5")
    assert "in A" in told
    assert told.endswith("in B.")


@pytest.mark.parametrize(("there", "more"), [(0.0, {}), (0.1, {}), (0.6, {"kind": "image"}), (0.6, {"columns": 50})])
def test_nothing_is_told_of_what_may_be_chance_or_too_small_or_not_of_columns(there, more):
    assert not [*correlation_remarks(side(there, 1, **more), side(0.0, 2, **more), margin=0.1, seed=3)]


def test_of_many_the_largest_are_told_and_the_rest_counted():
    rng = np.random.default_rng(1)
    common = rng.normal(size=(900, 1))
    tied = Side(
        "a", "tabular", pa.table({f"c{at}": column for at, column in enumerate((common + rng.normal(size=(900, 5))).T)})
    )
    told = [*correlation_remarks(tied, side(0.0, 2, columns=5), margin=0.1, seed=3)]
    assert len(told) == 4
    assert told[-1] == "7 more pairs of columns are correlated otherwise in A than in B."
