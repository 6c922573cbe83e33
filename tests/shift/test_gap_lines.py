"""How much of the gap other ways would close."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.shift.gap_lines import Lines, gap_lines
from tasks.shift.sample import Sample


@pytest.fixture
def told(tmp_path):
    """Return a function that measures the lines of copies that go so far of the way."""

    def tell(steps, *, copies=200, test=400, dev=400, seed=3):
        rng = np.random.default_rng(seed)
        rows = rng.normal(size=(200, 2))
        parts = [("none", rows), *((name, rows + step) for name, step in steps.items())]
        table = pa.concat_tables(
            pa.table(
                {
                    "line": [name] * 200,
                    "atom": [f"a{row // 2}" for row in range(200)],
                    "descriptor_x": values[:, 0],
                    "descriptor_y": values[:, 1],
                }
            )
            for name, values in parts
        )
        pq.write_table(table, tmp_path / "lines.parquet")

        def target(n, first):
            values = rng.normal(size=(n, 2)) + 1.0
            return Sample({"x": values[:, 0], "y": values[:, 1]}, atoms=first + np.arange(n) // 2)

        held = target(test, 10_000) if test else None
        found = gap_lines(Lines(tmp_path / "lines.parquet", copies), target(dev, 0), held, seed=seed)
        return {row.descriptor: row.effect for row in found}

    return tell


def test_a_policy_that_makes_the_target_reaches_the_ceiling(told) -> None:
    lines = told({"fitted": 1.0, "default": 0.3})
    assert list(lines) == ["none", "fitted", "default", "ceiling"]
    # Half of the rows stay where they were: a quarter of an energy distance remains.
    assert lines["ceiling"].effect == pytest.approx(0.75, abs=0.1)
    assert lines["fitted"].effect == pytest.approx(lines["ceiling"].effect, abs=0.08)
    assert lines["none"].effect < lines["default"].ci_low < lines["default"].ci_high < lines["fitted"].ci_low


def test_without_test_half_of_dev_stands_for_the_target(told) -> None:
    lines = told({"default": 0.0}, test=0)
    assert lines["ceiling"].effect == pytest.approx(0.75, abs=0.12)
    assert lines["ceiling"].n_b == 200
    assert lines["default"].ci_low <= 0 <= lines["default"].ci_high


def test_a_small_test_is_added_to_as_few_rows(told) -> None:
    found = told({}, test=60)["ceiling"]
    assert found.n_a == 120
    assert found.ci_low < 0.75 < found.ci_high


def test_nothing_is_told_where_nothing_is_copied(told) -> None:
    assert told({}, copies=0) == {}
