"""Slices that are wrong more often than the rest."""

import numpy as np
import pyarrow as pa

from tasks.diagnosis.slices import suggest_slices


def dev(seed: int, rows: int = 800):
    rng = np.random.default_rng(seed)
    columns = {f"descriptor_d{n}": rng.normal(size=rows) for n in range(8)}
    group = [f"g{n}" for n in rng.integers(0, 10, rows)]
    return rng, pa.table({**columns, "group": group, "descriptor_word": rng.choice(["a", "b"], rows)})


def test_what_is_planted_is_found_with_its_size() -> None:
    rng, records = dev(1)
    hard = records["descriptor_d3"].to_numpy() > 0.8
    wrong = rng.random(800) < np.where(hard, 0.4, 0.08)
    found = suggest_slices(records, wrong, [str(row) for row in range(800)])
    assert found.slices[0].column == "d3"
    assert found.slices[0].words.startswith("above")
    assert 0.1 < found.slices[0].more.ci_low < found.slices[0].more.ci_high < 0.5
    shuffled = rng.permutation(800)
    again = suggest_slices(records.take(pa.array(shuffled)), wrong[shuffled], [str(row) for row in shuffled])
    assert [one.words for one in again.slices] == [one.words for one in found.slices]


def test_errors_by_chance_make_no_slices() -> None:
    told = 0
    for seed in range(40):
        rng, records = dev(seed, rows=400)
        found = suggest_slices(records, rng.random(400) < 0.15, [str(row) for row in range(400)])
        assert found.tried > 20
        told += bool(found.slices)
    assert told <= 5


def test_a_group_is_one_witness() -> None:
    rng = np.random.default_rng(2)
    group = [f"g{row // 40}" for row in range(400)]
    wrong = np.array([row // 40 == 3 for row in range(400)]) | (rng.random(400) < 0.1)
    found = suggest_slices(pa.table({"group": group}), wrong, group)
    assert [one.words for one in found.slices] in ([], ["g3"])
