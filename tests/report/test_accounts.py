"""What became of every record."""

import pyarrow as pa

from tasks.catalog.quarantine import quarantine_table
from tasks.report.accounts import count_inputs, count_origins


def manifest(*rows):
    return pa.Table.from_pylist(
        [dict(zip(("input", "domain", "split", "synthetic"), row, strict=True)) for row in rows],
        schema=pa.schema(
            [("input", pa.string()), ("domain", pa.string()), ("split", pa.string()), ("synthetic", pa.bool_())]
        ),
    )


def test_the_balance_of_an_input() -> None:
    rows = (
        [("web", "source", "train", False)] * 5
        + [("web", "source", "train", True)] * 5
        + [("app", "target", "dev", False)] * 3
    )
    dropped = pa.table({"record_id": ["web/a/b", "app/c"], "reason": ["repeats_dev", "left_out"]})
    quarantine = quarantine_table([("web/x", "web", "x", "damaged", "")])
    web, app = count_inputs(
        {"web": "source", "app": "target"}, {"web": 7, "app": 5}, manifest(*rows), quarantine, dropped
    )
    assert (web.listed, web.used, web.quarantined, dict(web.dropped), web.missing) == (7, 5, 1, {"repeats_dev": 1}, 0)
    assert (app.used, dict(app.dropped), app.missing) == (3, {"left_out": 1}, 1)


def test_origins_leave_out_splits_without_rows() -> None:
    rows = [("web", "source", "train", True), ("web", "source", "train", False), ("app", "target", "dev", False)]
    assert count_origins(manifest(*rows)) == {"train": {"source": 1, "synthetic": 1}, "dev": {"target": 1}}
    assert count_origins(manifest()) == {}


def test_copies_of_target_records_are_told_from_those_of_the_source() -> None:
    rows = [("app", "target", "train", True), ("app", "target", "train", False), ("web", "source", "train", True)]
    assert count_origins(manifest(*rows)) == {"train": {"target": 1, "varied": 1, "synthetic": 1}}
