"""Builds on what strangers have: broken files, hostile names, changed folders, full disks. Nothing is lost or moved."""

import errno
import json
import os
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
import yaml
from makers import digit_like, image_config, image_set, merged
from typer.testing import CliRunner

from flows.build_dataset import build_dataset
from flows.commands import app
from tasks.catalog import store as store_module
from tasks.catalog.digest import digest_file
from tasks.config.load import load_config
from tasks.errors import RejectedError, SplitError, StoreError
from tasks.noise.policy import default_policy, dump_policy

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]

HOSTILE = "<script>alert(1)<∕script> \"q\" 's' ünï .. {{7*7}} %s"


def build(path: Path, *overrides: str):
    return build_dataset(load_config(path, overrides))


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def digests(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): digest_file(file) for file in sorted(folder.rglob("*")) if file.is_file()}


def bomb(side: int) -> bytes:
    """Return the PNG of a white square of one bit a pixel: 50,000 x 50,000 take some 300 kB and would fill 2.5 GB."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packer = zlib.compressobj(9)
    line = b"\0" + b"\xff" * (side // 8)
    packed = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def batter(folder: Path, outside: Path) -> dict[str, str]:
    """Put bad files into an image folder; return each one's path and the reason that it should be refused for."""
    whole = cv2.imencode(".png", digit_like(np.random.default_rng(1), 1))[1].tobytes()
    files = {
        "0/empty.png": (b"", "empty_file"),
        "0/half.png": (whole[: len(whole) // 2], "truncated"),
        "0/text.png": (b"this is no image", "not_supported"),
        "0/bomb.png": (bomb(50_000), "too_large"),
        "0/sound.wav": (b"RIFF....WAVEfmt ", "not_supported"),
        "0/.DS_Store": (b"debris", "not_supported"),
        "stray.png": (whole, "label_missing"),
        "unknown/a.png": (whole, "label_unknown"),
    }
    for name, (data, _) in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    outside.write_bytes(whole)
    (folder / "0" / "link.png").symlink_to(outside)
    (folder / "0" / "nowhere.png").symlink_to(folder / "gone.png")
    reasons = {name: reason for name, (_, reason) in files.items()}
    return reasons | {"0/link.png": "outside_folder", "0/nowhere.png": "missing_file"}


@pytest.fixture(scope="module")
def battered(tmp_path_factory, prefect_server):
    """One build on a folder with everything in it that goes wrong."""
    folder = tmp_path_factory.mktemp("bars")
    policy = folder / "policy.yaml"
    policy.write_text(dump_policy(default_policy("image")), encoding="utf-8")
    path = image_set(folder, source=160, target=160, synthesis={"policy": str(policy)})
    config = yaml.safe_load(path.read_text())
    for domain in ("source", "target"):
        (folder / domain / "1").rename(folder / domain / HOSTILE)
        first = sorted((folder / domain / HOSTILE).iterdir())[0]
        first.rename(first.with_name('a <img src=x onerror="alert(1)"> .. ünï ${HOME}.png'))
    wanted = batter(folder / "target", folder / "secret.png")
    config["inputs"][1]["labels"] = ["0", HOSTILE, "2", "3"]
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return path, wanted, build(path)


def test_each_bad_file_is_in_the_quarantine_with_its_reason(battered) -> None:
    _, wanted, outcome = battered
    quarantine = pq.read_table(outcome.folder / "quarantine.parquet").to_pandas()
    assert dict(zip(quarantine["path"], quarantine["reason"], strict=True)) == wanted


def test_every_file_is_in_one_split_or_dropped_or_in_the_quarantine(battered) -> None:
    path, wanted, outcome = battered
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas().query("not synthetic")
    dropped = pq.read_table(outcome.folder / "dropped.parquet").num_rows
    on_disk = [
        place for domain in ("source", "target") for place in (path.parent / domain).rglob("*") if not place.is_dir()
    ]
    assert len(manifest) + dropped + len(wanted) == len(on_disk)
    assert manifest["record_id"].is_unique


def test_hostile_names_are_data_in_tables_and_text_on_every_page(battered) -> None:
    _, _, outcome = battered
    rows = pd.concat(pd.read_parquet(outcome.folder / "data" / split) for split in ("train", "dev", "test"))
    assert HOSTILE in set(rows["label"])
    pages = sorted((outcome.folder / "report").rglob("*.html"))
    assert len(pages) > 1
    for page in pages:
        text = page.read_text(encoding="utf-8").lower()
        assert "<script" not in text, page
        assert "<img src=x" not in text, page
    card = (outcome.folder / "README.md").read_text(encoding="utf-8")
    assert "<script" not in card
    json.loads((outcome.folder / "croissant.json").read_text(encoding="utf-8"))


def test_what_lies_outside_of_the_folder_is_published_nowhere(battered) -> None:
    path, _, outcome = battered
    secret = (path.parent / "secret.png").read_bytes()
    for split in ("train", "train-dev", "dev", "test"):
        images = pd.read_parquet(outcome.folder / "data" / split)["image"]
        assert secret not in {image["bytes"] for image in images}


def test_reports_are_found_and_missing_versions_told(battered) -> None:
    path, _, _ = battered
    found = run("report", path, "--version", 1)
    assert found.exit_code == 0, found.output
    assert "version 000001: valid" in found.output
    missing = run("report", path, "--version", 9)
    assert missing.exit_code == 1
    assert "has no version 9; it has 000001" in missing.output
    assert "Traceback" not in missing.output


def test_a_failed_warning_publishes_nothing_when_warnings_count(battered) -> None:
    path, _, outcome = battered
    before = digests(outcome.folder)
    with pytest.raises(RejectedError, match="warning: Could at least 99% of input app be used") as rejected:
        build(path, "validation.fail_on=warning")
    assert rejected.value.exit_code == 3
    assert digests(outcome.folder) == before
    assert (outcome.folder.parent.parent / "CURRENT").read_text().strip() == "000001"
    assert "version 000001: valid" in run("report", path).output


def test_changed_deleted_and_damaged_files_and_a_full_disk_move_nothing(battered, monkeypatch) -> None:
    """Last in this file: it publishes the second version."""
    path, _, outcome = battered
    folder, store = path.parent, outcome.folder.parent.parent
    before = digests(outcome.folder)
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas().query("not synthetic")
    dev = manifest[(manifest["split"] == "dev") & (manifest["label"] == "2")]["record_id"].tolist()
    gone, changed = (folder / "target" / name.removeprefix("app/") for name in dev[:2])
    gone.unlink()
    cv2.imwrite(str(changed), 255 - cv2.imread(str(changed), cv2.IMREAD_GRAYSCALE))
    (folder / "policy.yaml").write_text("modality: image\noperations: []\n", encoding="utf-8")

    write = store_module.write_table

    def full(table, place, **options) -> None:
        if place == store / "ledger.parquet":
            raise StoreError(f"{place}: the disk is full") from OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(table, place, **options)

    with monkeypatch.context() as patched:
        patched.setattr(store_module, "write_table", full)
        with pytest.raises(StoreError, match="the disk is full"):
            build(path)
    assert (store / "CURRENT").read_text().strip() == "000001"

    def broken(table, place, **options) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), str(place))

    with monkeypatch.context() as patched:
        patched.setattr(store_module, "write_table", broken)
        with pytest.raises(StoreError, match=r"ledger\.parquet: Input/output error\. The disk reports a fault"):
            build(path)
    assert (store / "CURRENT").read_text().strip() == "000001"
    assert "version 000001: valid" in run("report", path).output

    second = build(path)
    assert (second.version, second.fresh) == (2, True)
    assert digests(outcome.folder) == before
    after = pq.read_table(second.folder / "manifest.parquet").to_pandas()
    assert not after["synthetic"].any()  # by the policy file as it is now
    joined = manifest.merge(after, on="record_id", suffixes=("", "_now"))
    assert set(manifest["record_id"]) - set(joined["record_id"]) == {dev[0]}
    assert (joined["split"] == joined["split_now"]).all()
    assert dev[0] in set(pq.read_table(store / "ledger.parquet")["record_id"].to_pylist())
    lacking = [check for check in second.verdict.failed() if "dev" in check.question and "asked for" in check.question]
    assert lacking, "a record that left dev must be told"


def applications(rows: int, seed: int) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "row": np.arange(rows),
            "label": rng.choice(["yes", "../no", HOSTILE], rows),
            "income": rng.normal(3 + seed, 1, rows).round(3),
            "purpose": rng.choice(["car", 'say "hi"', "<script>alert(1)</script>"], rows),
            "day": pd.date_range("2024-01-01", periods=rows).strftime("%Y-%m-%d"),
            "owner": rng.random(rows) < 0.5,
            "seldom": np.where(rng.random(rows) < 0.6, np.nan, rng.random(rows)),
        }
    )


@pytest.fixture(scope="module")
def table_config(tmp_path_factory) -> Path:
    """Two tables with a doubled id, a missing label, an infinite value, dates, truth values and hostile text."""
    folder = tmp_path_factory.mktemp("applications")
    source, target = applications(260, 0), applications(160, 1)
    target.loc[5, "row"] = 4
    target.loc[7, "label"] = None
    target.loc[9, "income"] = np.inf
    source.to_csv(folder / "source.csv", index=False)
    target.to_csv(folder / "target.csv", index=False)
    inputs = [
        {"name": d, "domain": d, "kind": "table", "path": str(folder / f"{d}.csv"), "label": "label", "id": "row"}
        for d in ("source", "target")
    ]
    given = merged(image_config(folder), {"modality": "tabular", "inputs": inputs})
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    return path


def test_a_table_of_all_kinds_of_cells_is_built_and_every_row_accounted_for(table_config) -> None:
    outcome = build(table_config)
    quarantine = pq.read_table(outcome.folder / "quarantine.parquet").to_pandas()
    assert sorted(quarantine["reason"]) == ["duplicate_id", "label_missing", "not_finite"]
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas().query("not synthetic")
    dropped = pq.read_table(outcome.folder / "dropped.parquet").num_rows
    assert len(manifest) + dropped + len(quarantine) == 260 + 160
    dev = pd.read_parquet(outcome.folder / "data" / "dev")
    assert set(dev["label"]) == {"yes", "../no", HOSTILE}
    assert "<script>alert(1)</script>" in set(dev["purpose"])
    assert dev["owner"].dtype == bool
    for page in (outcome.folder / "report").rglob("*.html"):
        assert "<script" not in page.read_text(encoding="utf-8").lower(), page


def test_the_report_of_a_rejected_build_is_shown_as_such(table_config, tmp_path) -> None:
    override = f"store={tmp_path / 'store'}"
    with pytest.raises(RejectedError):
        build(table_config, override, "validation.fail_on=warning")
    result = run("report", tmp_path / "store")
    assert result.exit_code == 0
    assert "version 000001: invalid, not published" in result.output
    assert "Could at least 99% of input target be used?" in result.output
    assert not (tmp_path / "store" / "CURRENT").exists()


def test_images_that_are_all_alike_cannot_be_split_and_the_error_says_why(tmp_path) -> None:
    for domain in ("source", "target"):
        for row in range(90):
            file = tmp_path / domain / str(row % 2) / f"{row}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(file), np.full((28, 28), 90, np.uint8))
    path = tmp_path / "matchset.yaml"
    path.write_text(yaml.safe_dump(image_config(tmp_path)), encoding="utf-8")
    with pytest.raises(
        SplitError, match=r"90 rows of input 'app' form no more than 1 group.*equal rows and look-alikes"
    ):
        build(path)
    assert not (tmp_path / "store" / "CURRENT").exists()
