"""Sheets for people: drawn from a published version, filled in, read back; nothing of it needs Prefect."""

import io
import json
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from makers import digit_like, image_config
from typer.testing import CliRunner

from flows.commands import app
from tasks.catalog.identity import IDENTITY, identity_text
from tasks.catalog.published import real_rows, write_published
from tasks.diagnosis.levels import read_rates
from tasks.diagnosis.sheet_spreadsheet import from_csv, from_xlsx, to_csv, to_xlsx

EVIL = "=HYPERLINK(1)</script><script>alert(1)</script>"


def store_with_a_version(folder: Path, dev: int = 120) -> Path:
    """Write what a build publishes, as far as sheets read it: train, dev and test of images with 3 labels."""
    import cv2

    rng = np.random.default_rng(4)
    version = folder / "store" / "versions" / "000001"
    parts = []
    for split, rows in (("train", 200), ("dev", dev), ("test", 120)):
        labels = [f"{row % 3}" for row in range(rows)]
        pictures = [digit_like(rng, int(label), blur=split != "train") for label in labels]
        records = pa.table(
            {
                "record_id": [f"app/{split}{row:04d}{EVIL if row == 1 else ''}.png" for row in range(rows)],
                "input": ["app"] * rows,
                "domain": ["source" if split == "train" else "target"] * rows,
                "label": labels,
                "group": [f"g{row % 20}" for row in range(rows)],
                "split": [split] * rows,
            }
        )
        stored = [cv2.imencode(".png", picture)[1].tobytes() for picture in pictures]
        payload = pa.table({"image": [{"bytes": data, "path": f"{n}.png"} for n, data in enumerate(stored)]})
        place = version / "data" / split / "real-00000.parquet"
        place.parent.mkdir(parents=True)
        write_published(real_rows(records, payload), place)
        brightness = pa.array([float(picture.mean()) for picture in pictures])
        detail = pa.array([float(np.abs(np.diff(picture.astype(float))).mean()) for picture in pictures])
        parts.append(
            records.append_column("atom", pa.array([f"{split}{row}" for row in range(rows)]))
            .append_column("synthetic", pa.array([False] * rows))
            .append_column("parent_id", pa.nulls(rows, pa.string()))
            .append_column("descriptor_brightness", brightness)
            .append_column("descriptor_detail", detail)
        )
    pq.write_table(pa.concat_tables(parts), version / "manifest.parquet")
    (folder / "store" / "CURRENT").write_text("000001\n")
    (folder / "store" / IDENTITY).write_text(identity_text("bars"))
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(image_config(folder)), encoding="utf-8")
    return path


def write_answers(config: Path) -> Path:
    """Every fifth answer is wrong, on dev and test."""
    manifest = pq.read_table(config.parent / "store/versions/000001/manifest.parquet").to_pylist()
    rows = [row for row in manifest if row["split"] in ("dev", "test")]
    lines = ["record_id,prediction,probability"]
    for number, row in enumerate(rows):
        answer = str((int(row["label"]) + 1) % 3) if number % 5 == 0 else row["label"]
        lines.append(f'"{row["record_id"]}",{answer},{0.5 + number % 50 / 100}')
    path = config.parent / "predictions.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = store_with_a_version(tmp_path_factory.mktemp("reviewed"))
    write_answers(made)
    return made


def run(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == 0, done.output
    return done.output


def refused(*words: object) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code in (1, 2), done.output
    assert "Traceback" not in done.output
    return done.output


def drawn(config: Path, kind: str) -> Path:
    return next((config.parent / "store/diagnosis/000001" / kind).iterdir())


@pytest.fixture(scope="module")
def errors(config: Path) -> Path:
    said = run("errors", "sheet", config, "--predictions", config.parent / "predictions.csv", "--tags", "blurry")
    assert "24 of 24 wrong answers" in said
    assert "looked at 1 time since" in said
    return drawn(config, "errors")


@pytest.fixture(scope="module")
def labels(config: Path) -> Path:
    said = run("labels", "audit", config, "--predictions", config.parent / "predictions.csv", "--rows", 40)
    assert "80 records to check" in said
    return drawn(config, "labels")


def filled(sheet: Path, answer, column: str) -> list[dict[str, str]]:
    rows = from_xlsx((sheet / "sheet.xlsx").read_bytes(), "sheet.xlsx")
    for number, row in enumerate(rows):
        row[column] = answer(number, row)
    return rows


def save(rows: list[dict[str, str]], path: Path, order: list[str] | None = None) -> Path:
    names = order or list(rows[0])
    write = to_xlsx if path.suffix == ".xlsx" else to_csv
    path.write_bytes(write(names, [[row[name] for name in names] for row in rows]))
    return path


def test_tags_come_back_as_shares_whatever_excel_did(config: Path, errors: Path, tmp_path: Path) -> None:
    rows = filled(errors, lambda number, row: " X " if number % 4 == 0 else "", "blurry")
    for number, row in enumerate(rows):
        row["done"] = "x"
        row["cut off"] = "✓" if number % 2 else ""
    order = ["cut off", *reversed([name for name in rows[0] if name != "cut off"])]
    said = run("errors", "read", config, save(rows, tmp_path / "anna.xlsx", order))
    assert "24 of 24 wrong answers looked at by anna" in said
    assert said.index("cut off") < said.index("blurry")
    told = json.loads((errors / "tags.json").read_text())["tags"]
    assert [one["tag"] for one in told] == ["cut off", "blurry"]
    assert told[0]["share"][0] == pytest.approx(0.5, abs=0.05)
    assert told[0]["ceiling"][0] == pytest.approx(0.2 * told[0]["share"][0], abs=1e-9)
    page = (errors / "tags.html").read_text(encoding="utf-8")
    assert page.index("<bdi>cut off</bdi>") < page.index("<bdi>blurry</bdi>")
    assert "<script" not in page
    two = run("errors", "read", config, save(rows, tmp_path / "anna.csv"), save(rows, tmp_path / "ben.csv"))
    assert "1.00" in two


def test_what_cannot_be_read_is_refused_in_words(config: Path, errors: Path, tmp_path: Path) -> None:
    rows = filled(errors, lambda number, row: "x", "blurry")
    book = openpyxl.load_workbook(io.BytesIO((errors / "sheet.xlsx").read_bytes()))
    book["records"].merge_cells("B3:B5")
    book.save(tmp_path / "merged.xlsx")
    assert "Unmerge" in refused("errors", "read", config, tmp_path / "merged.xlsx")
    strange = [{**row, "blurry": "background"} for row in rows]
    assert "Mark a cell by x" in refused("errors", "read", config, save(strange, tmp_path / "a.csv"))
    other = [{**row, "version": "7"} for row in rows]
    assert "version 7" in refused("errors", "read", config, save(other, tmp_path / "b.csv"))
    unknown = [{**rows[0], "record_id": "nobody"}, *rows[1:]]
    assert "'nobody'" in refused("errors", "read", config, save(unknown, tmp_path / "c.csv"))
    torn = [{**rows[0], "sheet": ""}, *rows[1:]]
    assert "Copy the column" in refused("errors", "read", config, save(torn, tmp_path / "d.csv"))
    (tmp_path / "e.json").write_text("{}")
    assert "Save it from the page" in refused("errors", "read", config, tmp_path / "e.json")
    (tmp_path / "f.xlsx").write_bytes(b"no zip")
    assert "cannot be read" in refused("errors", "read", config, tmp_path / "f.xlsx")


def test_what_data_hold_neither_runs_nor_computes(errors: Path) -> None:
    page = (errors / "sheet.html").read_text(encoding="utf-8")
    assert "<script>alert" not in page
    assert page.count("<script") == 2
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")
    cells = [["=1+1", "+2", "@x", "'quoted", " plain"]]
    assert [list(row.values()) for row in from_csv(to_csv(["record_id", *"abcd"], cells), "x")] == [
        ["=1+1", "+2", "@x", "'quoted", "plain"]
    ]
    assert b"\r\n'=1+1,'+2" in to_csv(["record_id", *"abcd"], cells)
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(["record_id"], [["=1+1"]])))
    assert book["records"]["A2"].data_type == "s"


def test_corrections_reach_dev_and_test_alike_or_nobody(config: Path, labels: Path, tmp_path: Path) -> None:
    ledger = config.parent / "store/corrections.parquet"
    plan = {row["record_id"]: row for row in pq.read_table(labels / "plan.parquet").to_pylist()}
    rows = filled(labels, lambda number, row: "right", "right_label")
    for row in rows[:6]:
        row["right_label"] = str((int(row["label"]) + 1) % 3)
    one_side = [{**r, "right_label": r["right_label"] if plan[r["record_id"]]["split"] == "dev" else ""} for r in rows]
    assert "one-sided" in refused("labels", "apply", config, save(one_side, tmp_path / "a.csv"))
    wrong_only = [
        {**r, "right_label": r["right_label"] if plan[r["record_id"]]["stratum"].endswith("wrong") else ""}
        for r in rows
    ]
    assert "one-sided" in refused("labels", "apply", config, save(wrong_only, tmp_path / "b.csv"))
    slip = [{**rows[0], "right_label": "seven"}, *rows[1:]]
    assert "none of the labels" in refused("labels", "apply", config, save(slip, tmp_path / "c.csv"))
    assert not ledger.exists()
    sheet = save(rows, tmp_path / "anna.csv")
    assert "Nothing was written" in run("labels", "apply", config, sheet, "--dry-run")
    assert not ledger.exists()
    assert "6 corrections added" in run("labels", "apply", config, sheet)
    assert pq.read_table(ledger).num_rows == 6
    assert "0 corrections added" in run("labels", "apply", config, sheet)
    assert pq.read_table(ledger).num_rows == 6


def test_human_level_is_told_from_people_who_saw_no_label(config: Path, tmp_path: Path) -> None:
    run("human", "sheet", config, "--rows", 60)
    sheet = drawn(config, "human")
    page = (sheet / "sheet.html").read_text(encoding="utf-8")
    assert '"label"' not in page
    assert "app/dev" not in page
    truth = {row["record_id"]: row["label"] for row in pq.read_table(sheet / "plan.parquet").to_pylist()}
    files = []
    for person, every in (("anna", 10), ("ben", 7), ("cleo", 4)):
        rows = filled(sheet, lambda n, row, k=every: "?" if n % k == 1 else truth[row["record_id"]], "your_label")
        files.append(save(rows, tmp_path / f"{person}.csv"))
    said = run("human", "read", config, *files)
    told = json.loads((sheet / "human.json").read_text())["human"]
    assert told["n"] == 60
    assert told["error"] <= 0.1
    assert "team" in said
    assert read_rates({**json.loads((sheet / "human.json").read_text()), "dev": {"error": 0.2, "n": 120}})[1]
    assert "Fleiss' kappa" in said
