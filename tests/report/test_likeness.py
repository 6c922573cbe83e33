import numpy as np
import pyarrow as pa

from tasks.report.gallery import Example, image_example, row_example
from tasks.report.likeness import lay_out, like_records
from tasks.report.page import render_report
from tasks.shift.likeness import LIKENESS


def chosen(*rows):
    names = LIKENESS.names
    return pa.Table.from_pylist([dict(zip(names, row, strict=True)) for row in rows], schema=LIKENESS)


def test_records_come_by_kind_and_place():
    table = chosen(("least", 1, "c", 0.1), ("most", 2, "b", 0.8), ("most", 1, "a", 0.9), ("dev", 1, "gone", 0.9))
    found = like_records(table, {name: Example(name) for name in "abc"})
    assert [(kind, [example.record_id for example in examples]) for kind, examples in found] == [
        ("most", ["a", "b"]),
        ("least", ["c"]),
    ]
    assert like_records(chosen(), {}) == ()


def test_pictures_beyond_the_budget_are_left_out_and_counted():
    pixels = np.random.default_rng(0).integers(0, 255, (28, 28)).astype(np.uint8)
    examples = tuple(image_example(f"r{at}", "source", pixels) for at in range(4))
    size = len(examples[0].picture)
    rows, dropped = lay_out([("most", examples[:2]), ("dev", examples[2:])], (), most=3 * size)
    assert [bool(example.picture) for row in rows for example in row.examples] == [True, True, True, False]
    assert dropped == 1
    assert all(row.columns == () for row in rows)


def test_of_rows_the_columns_that_tell_most_are_shown():
    values = {f"c{at}": str(at) for at in range(20)}
    (row,), dropped = lay_out([("least", (row_example("r", "source", values),))], ["c7", "gone", "c3"])
    assert row.columns == ("c7", "c3", "c0", "c1", "c2", "c4", "c5", "c6")
    assert dropped == 0


def test_the_page_shows_them_escaped(make_contents):
    page = render_report(make_contents(word="<b>x"))
    assert "Source records in train that look most like dev" in page
    assert "<b>x" not in page
    rows = (("dev", (row_example("<i>r", "target", {"<u>c": "<s>1"}),)),)
    page = render_report(make_contents(likeness=rows))
    assert "Records of dev that look least like train" in page
    assert not any(tag in page for tag in ("<i>r", "<u>c", "<s>1"))
