"""What a fit weighs source rows by: it must not imitate a difference of labels, and must not fail for one."""

import numpy as np
import pyarrow as pa

from tasks.modalities.weighed import BANDS, weighed_by


def several(**labels: list) -> pa.Table:
    return pa.table({f"label_{name}": pa.array(values, pa.int8()) for name, values in labels.items()})


def test_combinations_are_weighed_where_both_have_them() -> None:
    ours, theirs = weighed_by(several(a=[1, 0, 1], b=[0, 0, 1]), several(a=[1, 1, 0], b=[0, 0, 1]))
    assert ours == ["a", "none of 2", "a, b"]
    assert theirs == ["a", "a", "b"]


def test_nothing_is_weighed_where_the_source_was_annotated_for_less() -> None:
    assert weighed_by(several(a=[1, 0], b=[None, None]), several(a=[1, 0], b=[1, 0])) == (None, None)


def test_numbers_are_weighed_by_bands_of_the_target() -> None:
    rng = np.random.default_rng(0)
    source, target = (pa.table({"label": rng.normal(mean, 1, 500)}) for mean in (0, 3))
    ours, theirs = weighed_by(source, target)
    assert {theirs.count(band) for band in set(theirs)} == {500 // BANDS}
    assert set(ours) <= set(theirs)
    same = pa.table({"label": [2.0] * 20})
    assert weighed_by(same, same) == (["up to 2"] * 20, ["up to 2"] * 20)


def test_classes_are_weighed_by_name() -> None:
    table = pa.table({"label": ["x", None]})
    assert weighed_by(table, table) == (["x", None], ["x", None])


def test_nothing_is_weighed_where_most_of_the_target_is_unlabelled() -> None:
    source, target = pa.table({"label": ["x", "y", "y"]}), pa.table({"label": pa.array([None, None, "x"], pa.string())})
    assert weighed_by(source, target) == (None, None)
