"""Rows of a table as examples."""

from tasks.report.gallery import GalleryRow, row_example
from tasks.report.page import render_report
from tasks.report.row_tables import COLUMNS_SIDE_BY_SIDE, MOST_COLUMNS, row_tables


def row(label="a", columns=3, **changed):
    values = {f"c{i}": str(i) for i in range(columns)}
    return GalleryRow(
        label,
        row_example("s", "source", values),
        row_example("s#synthetic-1", "synthetic", values | changed),
        row_example("t", "target", dict.fromkeys(values, "9")),
    )


def test_what_noise_changed_is_marked_in_the_synthetic_row_alone() -> None:
    (table,) = row_tables([row(c1="7")]).tables
    ((label, lines),) = table.groups
    assert label == "a" and [line.role for line in lines] == ["source", "synthetic", "target"]
    assert lines[1].cells == (("0", False), ("7", True), ("2", False))
    assert not any(changed for line in (lines[0], lines[2]) for _, changed in line.cells)


def test_columns_are_cut_into_tables_and_the_rest_is_counted() -> None:
    found = row_tables([row(columns=MOST_COLUMNS + 5)])
    assert all(len(table.columns) == COLUMNS_SIDE_BY_SIDE for table in found.tables)
    assert sum(len(table.columns) for table in found.tables) == MOST_COLUMNS and found.more == 5


def test_pictures_are_no_rows(make_contents) -> None:
    assert row_tables(make_contents().gallery) is None
    assert row_tables([]) is None


def test_a_source_without_copy_is_a_row_too(make_contents) -> None:
    alone = GalleryRow(None, row_example("s", "source", {"<b>": "<i>"}))
    text = render_report(make_contents(gallery=(alone,)))
    assert "&lt;b&gt;" in text and "no label" in text and "<i>" not in text


def test_of_many_columns_those_that_noise_changed_come_first() -> None:
    first, *_ = row_tables([row(columns=20, c1="7", c15="8")]).tables
    assert first.columns[:3] == ("c1", "c15", "c0")
