import math

import numpy as np
import pyarrow as pa
import pytest

from tasks.catalog.schema import MEASUREMENTS
from tasks.shift.measurements import measurements_table
from tasks.shift.multiplicity import adjust
from tasks.shift.pair import ROWS, compare_splits
from tasks.shift.sample import Sample


def make(n, seed, first=0, shift=0.0):
    rng = np.random.default_rng(seed)
    return Sample(
        {"bright": rng.normal(shift, 1, n), "gaps": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n))},
        {"codec": rng.choice(["flac", "mp3"], n).astype(object)},
        rng.choice(list("abc"), n).astype(object),
        first + np.arange(n) // 2,
    )


def measure_pair(*sides, **settings):
    return measurements_table(compare_splits(*sides, **settings).rows)


def rows_of(table):
    return {(row["statistic"], row["descriptor"]): row for row in table.to_pylist()}


def test_one_row_a_statistic_and_descriptor():
    table = measure_pair("train", make(300, 1), "dev", make(200, 2, 1_000, 0.5), seed=1)
    assert table.schema.equals(MEASUREMENTS)
    rows = rows_of(table)
    assert set(rows) == {
        *(("cliffs_delta", name) for name in ("bright", "gaps")),
        *(("wasserstein", name) for name in ("bright", "gaps")),
        ("total_variation", "codec"),
        *(("missing_share_difference", name) for name in ("bright", "gaps", "codec")),
        ("label_share_tv", None),
        ("energy_distance", None),
        ("domain_classifier", None),
    }
    assert {(row["split_a"], row["split_b"]) for row in rows.values()} == {("train", "dev")}
    assert rows["cliffs_delta", "bright"]["ci_high"] < 0
    assert rows["energy_distance", None]["p_value"] < 0.01
    assert rows["domain_classifier", None]["ci_low"] > 0
    # No cell of these is empty on either side.
    for name in ("bright", "codec"):
        found = rows["missing_share_difference", name]
        assert (found["effect"], found["ci_low"], found["ci_high"], found["p_value"]) == (0, 0, 0, None)
    assert (rows["energy_distance", None]["n_a"], rows["energy_distance", None]["n_b"]) == (300, 200)


def test_descriptors_that_define_the_domain_are_a_family_of_their_own():
    a, b = make(300, 1), make(200, 2, 1_000, 0.5)
    usual = rows_of(measure_pair("train", a, "dev", b, seed=1))
    apart = rows_of(measure_pair("train", a, "dev", b, seed=1, defining=["bright", "codec", "not there"]))
    assert apart.keys() == {
        (f"defining_{statistic}" if name in ("bright", "codec") else statistic, name) for statistic, name in usual
    }
    assert apart["defining_cliffs_delta", "bright"]["effect"] == usual["cliffs_delta", "bright"]["effect"]
    alone = measure_pair("train", a, "dev", b, seed=1, defining=["gaps", "codec"])
    single = rows_of(measure_pair("train", a, "dev", b, seed=1, defining=["bright"]))
    assert rows_of(alone)["cliffs_delta", "bright"]["p_value"] == single["defining_cliffs_delta", "bright"]["p_value"]
    assert apart["cliffs_delta", "gaps"]["p_value"] <= usual["cliffs_delta", "gaps"]["p_value"]
    assert apart["energy_distance", None] == usual["energy_distance", None]


def test_a_second_classifier_does_without_what_is_apart():
    a, b = make(300, 1), make(200, 2, 1_000, 1.5)
    usual = rows_of(measure_pair("train", a, "dev", b, seed=1))
    both = rows_of(measure_pair("train", a, "dev", b, seed=1, apart=["bright", "not there"]))
    assert both.keys() == usual.keys() | {("domain_classifier_content", None)}
    assert both["domain_classifier", None] == usual["domain_classifier", None]
    content = both["domain_classifier_content", None]
    assert content["ci_low"] < 0.1 < usual["domain_classifier", None]["ci_low"]
    flat = [Sample({"bright": s.numeric["bright"], "size": np.ones(len(s))}, {}, None, s.atoms) for s in (a, b)]
    found = rows_of(measure_pair("train", flat[0], "dev", flat[1], seed=1, apart=["size"]))
    assert ("domain_classifier_content", None) not in found


def test_rows_that_would_tell_little_more_are_left_out_at_random():
    a, b = make(3 * ROWS, 1), make(200, 2, 100_000)
    pair = compare_splits("train", a, "dev", b, seed=1)
    assert (len(pair.rows_a), len(pair.rows_b)) == (ROWS, 200)
    assert pair.rows_a.max() > 2 * ROWS
    assert len(pair.found.scores_x) == ROWS
    assert np.all(np.diff(pair.rows_a) > 0)


def test_a_sample_without_any_label_has_none():
    table = pa.table({"descriptor_x": [1.0, 2.0], "label": pa.array([None, None], pa.string())})
    assert Sample.from_table(table, np.arange(2)).labels is None
    some = table.set_column(1, "label", pa.array(["a", None]))
    assert Sample.from_table(some, np.arange(2)).labels.tolist() == ["a", None]


def test_p_values_are_adjusted_over_all_descriptors_and_statistics():
    found = compare_splits("train", make(300, 1), "dev", make(200, 2, 1_000, 0.3), seed=1)
    plain = found.found.descriptors.to_pylist()
    raw = {(row["statistic"], row["descriptor"]): row["p_value"] for row in plain if row["p_value"] is not None}
    adjusted = {(row.statistic, row.descriptor): row.effect.p_value for row in found.rows}
    for key, p_value in zip(raw, adjust([*raw.values()]), strict=True):
        assert adjusted[key] == pytest.approx(p_value)


def test_the_order_of_descriptors_does_not_matter_and_the_seed_decides():
    a, b = make(300, 1), make(200, 2, 1_000)
    turned = Sample(dict(reversed(a.numeric.items())), a.categories, a.labels, a.atoms)
    one = measure_pair("train", a, "dev", b, seed=1)
    assert measure_pair("train", turned, "dev", b, seed=1).equals(one)
    assert not measure_pair("train", a, "dev", b, seed=2).equals(one)


def test_only_what_both_have_is_compared():
    a, b = make(50, 1), Sample({"other": np.ones(40)}, {}, None, np.arange(40))
    rows = rows_of(measure_pair("train", a, "dev", b, seed=1))
    assert set(rows) == {("energy_distance", None), ("domain_classifier", None)}
    assert all(row["effect"] is None for row in rows.values())


@pytest.mark.parametrize("n", [0, 1, 2])
def test_tiny_samples_are_measured_without_complaint(n):
    table = measure_pair("dev", make(n, 1), "test", make(2, 2, 100), seed=1)
    assert table.num_rows == 11
    for row in table.to_pylist():
        for column in ("effect", "ci_low", "ci_high", "p_value"):
            assert row[column] is None or math.isfinite(row[column])


def test_samples_read_tables_of_records():
    table = pa.table(
        {
            "record_id": ["a", "b"],
            "label": ["x", None],
            "descriptor_bright": pa.array([1.5, None], pa.float32()),
            "descriptor_count": pa.array([3, None], pa.int64()),
            "descriptor_codec": ["flac", None],
        }
    )
    found = Sample.from_table(table, np.array([4, 5]), leave_out=("count",))
    assert set(found.numeric) == {"bright"}
    np.testing.assert_array_equal(found.numeric["bright"], [1.5, np.nan])
    assert found.categories["codec"].tolist() == ["flac", None]
    assert found.labels is not None
    assert found.labels.tolist() == ["x", None]
    with pytest.raises(ValueError, match="bright has 2 rows, atoms 3"):
        Sample(found.numeric, {}, None, np.arange(3))
