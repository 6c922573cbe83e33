"""Corrected labels: the next build makes a version with them, moves nothing, and says so."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from makers import image_set

from tasks.catalog.atomic import write_table
from tasks.config.load import load_config
from tasks.diagnosis.corrections import CORRECTIONS

pytestmark = [pytest.mark.prefect, pytest.mark.gx]


def test_the_next_build_corrects_labels_and_moves_nothing(tmp_path: Path, prefect_server: None) -> None:
    from flows.build_dataset import build_dataset

    config = load_config(image_set(tmp_path, synthesis={"policy": "none"}))
    first = build_dataset(config)
    before = pq.read_table(first.folder / "manifest.parquet")
    told = {"was": "0", "now": "1", "version": 1, "sheet": "s", "reviewers": "anna", "applied": "2026-01-01"}
    rows = []
    for split in ("dev", "test"):
        wrong = before.filter(pc.and_(pc.equal(before["split"], split), pc.equal(before["label"], "0"))).slice(0, 2)
        rows += [
            {"record_id": r, "split": split, "was": "0", "now": "1", **told} for r in wrong["record_id"].to_pylist()
        ]
    write_table(pa.Table.from_pylist(rows, schema=CORRECTIONS), tmp_path / "store/corrections.parquet")
    second = build_dataset(config)
    assert second.version == 2
    after = pq.read_table(second.folder / "manifest.parquet")
    labels = dict(zip(after["record_id"].to_pylist(), after["label"].to_pylist(), strict=True))
    splits = dict(zip(after["record_id"].to_pylist(), after["split"].to_pylist(), strict=True))
    corrected = {row["record_id"] for row in rows}
    for row in before.to_pylist():
        assert splits[row["record_id"]] == row["split"]
        assert labels[row["record_id"]] == ("1" if row["record_id"] in corrected else row["label"])
    dev = pq.read_table(second.folder / "data/dev", columns=["record_id", "label"])
    assert all(
        labels[r] == label for r, label in zip(*(dev[name].to_pylist() for name in dev.column_names), strict=True)
    )
    page = (second.folder / "report/index.html").read_text(encoding="utf-8")
    assert "4 labels were corrected by people" in page
    assert "4 labels were corrected" not in (first.folder / "report/index.html").read_text(encoding="utf-8")
