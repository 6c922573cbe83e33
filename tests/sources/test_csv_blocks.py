"""However a CSV file is cut into blocks, its rows are those that Python's own reader finds in the whole."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import InputError
from tasks.sources import csv_blocks
from tasks.sources.csv_blocks import Plain, parse_plain, read_csv_blocks
from tasks.sources.csv_rows import CsvRows

CELL = st.sampled_from(["1", "word", "", " ", "é", '"q"', '"a,b"', '"two\nlines"', '"say ""x"""', "NA", "'"])
LINE = st.lists(CELL, min_size=1, max_size=3).map(",".join)
TEXT = st.lists(st.tuples(LINE, st.sampled_from(["\n", "\n", "\r\n", "\n\n"])), max_size=25).map(
    lambda lines: "".join(line + end for line, end in lines)
)


def whole(text: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]


@given(text=TEXT, last=LINE, block=st.integers(1, 60), rows=st.integers(1, 7))
@settings(max_examples=300, deadline=None)
def test_blocks_change_nothing(text, last, block, rows, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_bytes(("a,b\n" + text + last).encode())
    given_rows = whole(text + last)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "BLOCK_BYTES", block)
        table = CsvRows(str(path), "here", ("a", "b"), ",")
        batches = list(table.batches(("b", "a"), rows))
    expected = [
        (place, *(cell if cell.strip() else None for cell in row))
        for place, row in enumerate(given_rows, start=1)
        if len(row) == 2
    ]
    found = [
        entry
        for batch in batches
        for entry in zip(
            batch.rows.to_pylist(), batch.columns["a"].to_pylist(), batch.columns["b"].to_pylist(), strict=True
        )
    ]
    assert found == expected
    assert [bad.row for batch in batches for bad in batch.bad] == [
        place for place, row in enumerate(given_rows, start=1) if len(row) != 2
    ]
    assert all(len(batch.rows) <= rows for batch in batches)
    full = [len(batch.rows) == rows or len(batch.bad) >= rows for batch in batches[:-1]]
    assert all(full)


@given(text=TEXT, block=st.integers(1, 60))
@settings(max_examples=100, deadline=None)
def test_lines_are_counted_whatever_the_blocks(text, block, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_bytes(("a,b\n" + text).encode())

    def lines(size: int) -> list[tuple[int, object]]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(csv_blocks, "BLOCK_BYTES", size)
            found = []
            for part in read_csv_blocks(str(path), where="here", delimiter=","):
                found += parse_plain(part, where="here", delimiter=",") if isinstance(part, Plain) else part
            return [tuple(record) for record in found]

    assert lines(block) == lines(10**6)


def test_text_without_quotes_is_left_to_arrow_and_a_quote_costs_one_block(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 20)
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n" + "1,2\n" * 10 + '"x\n",2\n' + "3,4\n" * 10)
    kinds = [type(part) for part in read_csv_blocks(str(path), where="here", delimiter=",")]
    assert kinds.count(Plain) == len(kinds) - 2


@pytest.mark.parametrize("block", [1, 7, 10**6])
def test_a_fault_is_placed_by_its_line(block: int, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", block)
    path = tmp_path / "rows.csv"
    path.write_bytes(b'a,b\n1,2\n\n"x\ny",2\n3\n4,caf\xe9\n')
    table = CsvRows(str(path), "here", ("a", "b"), ",")
    with pytest.raises(InputError, match="here: line 7 is not UTF-8"):
        list(table.batches(("a",), 1))
    path.write_bytes(path.read_bytes().replace(b"\xe9", b"e"))
    (bad,) = [bad for batch in table.batches(("a",), 5) for bad in batch.bad]
    assert (bad.row, bad.detail) == (3, "line 6: 1 fields where the header has 2: '3'")


def test_old_line_ends_are_understood(tmp_path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(b"a,b\r1,2\r3,4\r")
    table = CsvRows.open(str(path), where="here")
    (batch,) = table.batches(table.columns, 5)
    assert batch.columns["b"].to_pylist() == ["2", "4"]
