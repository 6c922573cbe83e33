"""Croissant metadata that the reference reader accepts and reads by, without a network."""

import hashlib
import io
import json
import socket

import cv2
import numpy as np
import pyarrow as pa
import pytest

from tasks.catalog.published import write_published
from tasks.report.croissant import croissant_metadata

RECOMMENDED = {"citeAs", "datePublished", "license"}


@pytest.fixture
def offline(monkeypatch):
    def refuse(*_):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def image_bytes(value):
    return cv2.imencode(".png", np.full((4, 6), value, np.uint8))[1].tobytes()


def write_shard(folder, split, shard, rows, **columns):
    ids = [f"{split}/{shard}/{row}" for row in range(rows)]
    table = pa.table(
        {
            "record_id": ids,
            "label": pa.array(["a", *[None] * (rows - 1)], pa.string()),
            "split": [split] * rows,
            "synthetic": [False] * rows,
            **{name: pa.array(make(rows)) for name, make in columns.items()},
        }
    )
    place = f"data/{split}/real-{shard:05d}.parquet"
    (folder / place).parent.mkdir(parents=True, exist_ok=True)
    write_published(table, folder / place)
    return place, folder / place


def write_version(folder, contents, splits=("train", "train-dev", "dev"), **columns):
    files = dict(write_shard(folder, split, shard, 2, **columns) for split in splits for shard in range(2))
    made = croissant_metadata(contents, {**files, "manifest.parquet": folder / "missing"})
    path = folder / "croissant.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    return path, files


def images(rows):
    return [{"bytes": image_bytes(row), "path": f"{row}.png"} for row in range(rows)]


def test_mlcroissant_validates_it_and_reads_the_records(make_contents, tmp_path, offline) -> None:
    import mlcroissant as mlc

    path, _ = write_version(tmp_path, make_contents(), image=images)
    dataset = mlc.Dataset(jsonld=str(path))
    assert not dataset.metadata.ctx.issues.errors
    missing = {warning.split('"')[1].rsplit("/", 1)[-1] for warning in dataset.metadata.ctx.issues.warnings}
    assert missing <= RECOMMENDED
    records = list(dataset.records("train-dev"))
    assert [record["train-dev/record_id"] for record in records] == [
        b"train-dev/0/0",
        b"train-dev/0/1",
        b"train-dev/1/0",
        b"train-dev/1/1",
    ]
    assert records[0]["train-dev/label"] == b"a" and records[1]["train-dev/label"] is None
    assert records[0]["train-dev/synthetic"] is False
    assert records[1]["train-dev/image"].size == (6, 4)


def test_sounds_and_features_of_a_table_are_read_too(make_contents, tmp_path, offline) -> None:
    import mlcroissant as mlc

    odd = 'loan "amount" ($) / <b>#é'
    path, _ = write_version(
        tmp_path,
        make_contents(),
        splits=("dev",),
        audio=lambda rows: [{"bytes": b"fLaC", "path": "a.flac"}] * rows,
        **{odd: lambda rows: [0.5] * rows, "age": lambda rows: [3] * rows},
    )
    dataset = mlc.Dataset(jsonld=str(path))
    record = next(iter(dataset.records("dev")))
    assert record["dev/audio"] == b"fLaC" and record["dev/age"] == 3
    (feature,) = [value for name, value in record.items() if name.startswith("dev/loan")]
    assert feature == 0.5


def test_every_file_is_listed_with_its_digest(make_contents, tmp_path) -> None:
    path, files = write_version(tmp_path, make_contents())
    made = json.loads(path.read_text(encoding="utf-8"))
    objects = {entry["contentUrl"]: entry for entry in made["distribution"] if entry["@type"] == "cr:FileObject"}
    assert objects.keys() == files.keys()
    for place, entry in objects.items():
        data = files[place].read_bytes()
        assert entry["sha256"] == hashlib.sha256(data).hexdigest()
        assert entry["contentSize"] == f"{len(data)} B"


def test_what_is_not_known_is_left_out(make_contents, tmp_path) -> None:
    made = croissant_metadata(make_contents(), {})
    assert not {"license", "creator", "citeAs", "datePublished", "url"} & made.keys()
    assert made["version"] == "2.0.0"
    assert croissant_metadata(make_contents(published="2026-11-23"), {})["datePublished"] == "2026-11-23"
    rejected = make_contents(verdict={"version": "bars 3", "status": "invalid", "checks": []})
    assert "version" not in croissant_metadata(rejected, {})


def test_a_foreign_name_is_still_json(make_contents) -> None:
    made = croissant_metadata(make_contents(name='"}]<script>'), {})
    assert json.loads(json.dumps(made))["name"] == '"}]<script>'
    assert io.StringIO(json.dumps(made)).read()
