"""`matchset compare`: any two tables, folders and splits, on the terminal, as a page and as a table."""

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_config, image_folder
from typer.testing import CliRunner

from flows.commands import app
from tasks.catalog.identity import identity_text
from tasks.payloads.audio import encode_audio
from tasks.report.wording import number
from tasks.shift.compare import compare_samples
from tasks.shift.comparison_table import ROWS


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def compare(*arguments: object, code: int = 0) -> str:
    told = CliRunner().invoke(app, ["compare", *map(str, arguments)])
    assert told.exit_code == code, told.output
    return told.output


def numbers(*arguments: object, code: int = 0) -> dict:
    compare(*arguments, "--out", "found.json", code=code)
    return json.loads(Path("found.json").read_text(encoding="utf-8"))


def table(rows: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "income": rng.normal(shift, 1, rows),
            "term": rng.choice([120, 240, 360], rows),
            "purpose": rng.choice(["house", "car"], rows),
            "seen": pd.date_range("2026-01-01", periods=rows, freq="h"),
            "customer": np.arange(rows) // 2,
            "approved": rng.choice(["yes", "no"], rows),
        }
    )


def test_it_measures_what_the_noun_measures() -> None:
    a, b = table(900, 1), table(700, 2, shift=0.8)
    a.to_parquet("a.parquet")
    b.to_parquet("b.parquet")
    options = ("--atoms", "customer", "--label", "approved", "--seed", 7)
    whole = numbers("a.parquet", "b.parquet", *options)
    apart = ["customer", "approved"]
    known = compare_samples(
        pa.Table.from_pandas(a.drop(columns=apart)),
        pa.Table.from_pandas(b.drop(columns=apart)),
        atoms_x=a["customer"],
        atoms_y=b["customer"],
        labels_x=a["approved"],
        labels_y=b["approved"],
        seed=7,
    )
    rows = {(row["about"], row["name"], row["statistic"]): row for row in whole["rows"]}
    assert rows["all", None, "energy_distance"]["effect"] == known.joint.effect
    assert rows["all", None, "classifier"]["ci_low"] == known.classifier.ci_low
    assert rows["all", None, "label_share_tv"]["effect"] == known.labels.shares.effect
    for row in known.descriptors.to_pylist():
        assert rows["descriptor", row["descriptor"], row["statistic"]]["ci_high"] == row["ci_high"]
    assert whole["answer"] == "different"
    assert whole["differing"][0] == "income"
    assert (whole["a"]["rows"], whole["a"]["atoms"]) == (900, 450)
    assert whole["remarks"] == []


def test_csv_and_parquet_and_parts_give_the_same_numbers() -> None:
    b = table(300, 2, shift=0.5)
    b.to_csv("b.csv", index=False)
    a = table(600, 1)
    a.to_csv("a.csv", index=False)
    a.to_parquet("a.parquet")
    Path("parts/more").mkdir(parents=True)
    a.head(200).to_parquet("parts/0.parquet")
    a.tail(400).to_parquet("parts/more/1.parquet")
    found = [numbers(name, "b.csv")["rows"] for name in ("a.csv", "a.parquet", "parts")]
    assert found[0] == found[1] == found[2]


def test_parts_that_do_not_fit_together_are_told() -> None:
    table(20, 1).to_parquet("a.parquet")
    Path("parts").mkdir()
    table(20, 1).to_parquet("parts/0.parquet")
    table(20, 1).drop(columns="term").to_parquet("parts/1.parquet")
    assert "lacks columns that other parts have: 'term'" in compare("a.parquet", "parts", code=1)
    table(20, 1).assign(term=["x"] * 20).to_parquet("parts/1.parquet")
    assert "do not fit together" in compare("a.parquet", "parts", code=1)


def test_every_format_holds_every_number() -> None:
    table(200, 1).to_csv("a.csv", index=False)
    table(200, 2).to_csv("b.csv", index=False)
    for name in ("out.parquet", "out.csv", "out.json"):
        compare("a.csv", "b.csv", "--out", name)
    kept = pq.read_table("out.parquet")
    assert kept.schema.equals(ROWS)
    assert json.loads(Path("out.json").read_text(encoding="utf-8"))["rows"] == kept.to_pylist()
    assert pacsv.read_csv("out.csv").num_rows == kept.num_rows


def test_the_same_seed_gives_the_same_bytes() -> None:
    table(200, 1).to_csv("a.csv", index=False)
    table(200, 2).to_csv("b.csv", index=False)
    for folder in ("one", "two"):
        compare("a.csv", "b.csv", "--report", folder, "--out", f"{folder}.parquet")
    assert Path("one/index.html").read_bytes() == Path("two/index.html").read_bytes()
    assert Path("one.parquet").read_bytes() == Path("two.parquet").read_bytes()


@pytest.mark.parametrize(
    ("rows", "shift", "codes"),
    [(300, 1.0, (0, 3, 3)), (20, 0.0, (0, 0, 3)), (4000, 0.0, (0, 0, 0))],
    ids=["different", "undecided", "equivalent"],
)
def test_an_answer_may_be_a_failure(rows, shift, codes) -> None:
    table(rows, 1)[["income", "purpose"]].to_csv("a.csv", index=False)
    table(rows, 2, shift)[["income", "purpose"]].to_csv("b.csv", index=False)
    for wish, code in zip(("never", "different", "undecided"), codes, strict=True):
        compare("a.csv", "b.csv", "--fail-on", wish, code=code)


def test_a_wider_margin_lets_more_pass() -> None:
    table(2000, 1)[["income"]].to_csv("a.csv", index=False)
    table(2000, 2, 0.35)[["income"]].to_csv("b.csv", index=False)
    assert numbers("a.csv", "b.csv")["answer"] == "different"
    assert numbers("a.csv", "b.csv", "--margin", 0.5)["answer"] == "equivalent"


def test_rows_to_look_at_are_named_by_their_numbers() -> None:
    a, b = table(300, 1)[["income", "term"]], table(300, 2, 1.0)[["income", "term"]]
    a.to_csv("a.csv", index=False)
    b.to_csv("b.csv", index=False)
    compare("a.csv", "b.csv")
    page = Path("matchset-compare/index.html").read_text(encoding="utf-8")
    least = page[page.index("Of A, least like B") : page.index("Of A, most like B")]
    shown = re.findall(r"row (\d+)</bdi>.*?<td><bdi>([^<]+)", least)
    assert len(shown) == 6
    for row, income in shown:
        assert income == number(a["income"][int(row) - 1])
        assert a["income"][int(row) - 1] < b["income"].quantile(0.2)


def test_a_limit_takes_so_many_rows_a_side() -> None:
    table(300, 1).to_csv("a.csv", index=False)
    table(100, 2).to_csv("b.csv", index=False)
    whole = numbers("a.csv", "b.csv", "--limit", 150)
    assert (whole["a"]["rows"], whole["b"]["rows"]) == (150, 100)


def test_folders_of_images_by_label_with_groups() -> None:
    image_folder(Path("sharp"), 120, seed=1, groups=20)
    image_folder(Path("blurred"), 80, seed=2, blur=True, groups=10)
    (Path("sharp") / "0" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nno")
    (Path("sharp") / "readme.md").write_text("not a picture", encoding="utf-8")
    whole = numbers("sharp", "blurred", "--group", r"(?P<group>g\d+)_")
    assert whole["answer"] == "different"
    assert "sharpness" in whole["differing"]
    assert (whole["a"]["rows"], whole["a"]["atoms"], whole["b"]["atoms"]) == (120, 20, 10)
    assert sum(whole["a"]["refused"].values()) == 2
    assert any(row["statistic"] == "label_share_tv" for row in whole["rows"])
    told = compare("sharp", "blurred")
    assert "say so with --group" in told
    assert "readme.md: its name ends in '.md'" in told
    page = Path("matchset-compare/index.html").read_text(encoding="utf-8")
    assert page.count('<img src="data:image/') == 18
    assert "Of A, most like B" in page
    assert "readme.md" in page
    assert "Within each label" in page


def test_a_flat_folder_has_no_labels() -> None:
    image_folder(Path("labelled"), 40, seed=1)
    image_folder(Path("flat"), 40, seed=2)
    for place, file in enumerate(sorted(Path("flat").rglob("*.png"))):
        file.rename(Path("flat") / f"{place}.png")
    whole = numbers("labelled", "flat")
    assert (whole["a"]["rows"], whole["b"]["rows"]) == (40, 40)
    assert "Only A has labels, so labels are not compared." in whole["remarks"]


def test_files_of_one_content_are_counted() -> None:
    for folder, seed in (("a", 1), ("b", 2)):
        image_folder(Path(folder), 24, seed=seed)
    for place, file in enumerate(sorted(Path("a").rglob("*.png"))[:5]):
        (Path("b") / "0" / f"copy{place}.png").write_bytes(file.read_bytes())
    assert "5 of 29 files of B have the content of a file of A." in numbers("a", "b")["remarks"]


def test_folders_of_sounds() -> None:
    rng = np.random.default_rng(3)
    for folder, noise in (("studio", 0.001), ("car", 0.05)):
        for row in range(40):
            file = Path(folder) / ("left", "right")[row % 2] / f"{row}.flac"
            file.parent.mkdir(parents=True, exist_ok=True)
            tone = 0.2 * np.sin(np.arange(4000) * rng.uniform(0.2, 0.4)) * np.hanning(4000)
            file.write_bytes(encode_audio((tone + rng.normal(0, noise, 4000)).astype(np.float32), 8000))
    whole = numbers("studio", "car")
    assert whole["answer"] == "different"
    assert "noise_floor_dbfs" in whole["differing"]
    page = Path("matchset-compare/index.html").read_text(encoding="utf-8")
    assert page.count('<audio controls preload="metadata" src="data:audio/wav') == 18
    cv2.imwrite("studio/left/cover.png", np.zeros((8, 8), np.uint8))
    assert sum(numbers("studio", "car")["a"]["refused"].values()) == 1
    image_folder(Path("photos"), 4)
    assert "A, studio, holds sounds, but B, photos, holds images" in compare("studio", "photos", code=2)


def store(folder: Path, *, versions: int = 2) -> Path:
    """A store with splits of bars, of which the second version has more in dev, and synthetic rows in train."""
    from tasks.descriptors.image import DESCRIPTORS

    rng = np.random.default_rng(4)
    for version in range(1, versions + 1):
        splits = ["train"] * 300 + ["dev"] * (100 * version) + ["test"] * 100
        n = len(splits)
        columns: dict[str, object] = {
            "record_id": [f"web/{row}" for row in range(n)],
            "label": [str(row % 3) for row in range(n)],
            "split": splits,
            "domain": ["source" if split == "train" else "target" for split in splits],
            "synthetic": [row < 100 for row in range(n)],
            "atom": [f"web/{row - row % 2}" for row in range(n)],
            "content_hash": [None if row < 100 else f"{row}" for row in range(n)],
        }
        columns |= {f"descriptor_{name}": rng.normal(size=n).astype(np.float32) for name in DESCRIPTORS}
        place = folder / "versions" / f"{version:06d}"
        place.mkdir(parents=True)
        pq.write_table(pa.table(columns), place / "manifest.parquet")
    (folder / "STORE.json").write_text(identity_text("bars"), encoding="utf-8")
    (folder / "CURRENT").write_text(f"{versions:06d}\n", encoding="utf-8")
    return folder


def test_splits_of_a_store(here) -> None:
    store(here / "store")
    whole = numbers("store:train", "store:dev")
    assert (whole["a"]["rows"], whole["a"]["atoms"], whole["b"]["rows"]) == (200, 100, 200)
    assert whole["a"]["kind"] == "image"
    assert whole["remarks"] == []
    assert any(row["statistic"] == "label_share_tv" for row in whole["rows"])
    for name, rows in (("store@1:dev", 100), ("store:train+synthetic", 300), ("store:synthetic", 100)):
        assert numbers(name, "store:test")["a"]["rows"] == rows
    (here / "matchset.yaml").write_text(yaml.safe_dump(image_config(here)), encoding="utf-8")
    assert numbers("matchset.yaml:dev", "file://" + str(here / "store") + "@2:test")["a"]["rows"] == 200
    image_folder(Path("new"), 24)
    assert numbers("store:dev", "new")["b"]["rows"] == 24


@pytest.mark.parametrize(
    ("place", "code", "said"),
    [
        ("store:val", 2, "there is no split 'val'"),
        ("store:tests", 2, "did you mean 'test'?"),
        ("store@9:dev", 1, "has no version 9; it has 000001, 000002"),
        ("store", 2, "say which split of it, such as store:dev"),
        ("store:train-dev", 1, "has no rows of train-dev"),
        (".:dev", 2, "is not a store yet"),
    ],
)
def test_a_split_that_is_not_there_is_told(here, place, code, said) -> None:
    store(here / "store")
    assert said in compare(place, "store:test", code=code)


def test_a_damaged_manifest_is_told(here) -> None:
    store(here / "store")
    manifest = here / "store/versions/000002/manifest.parquet"
    manifest.write_bytes(manifest.read_bytes()[:500])
    assert "Restore it, or build the version again" in compare("store:dev", "store:test", code=1)
    manifest.unlink()
    assert "Restore it, or build the version again" in compare("store:dev", "store:test", code=1)


def test_tables_are_compared_with_splits_of_tables(here) -> None:
    frame = table(400, 1).drop(columns=["customer", "approved"])
    days = (frame["seen"] - pd.Timestamp(0)).dt.total_seconds() / 86400
    place = store(here / "store", versions=1) / "versions/000001/manifest.parquet"
    described = frame.assign(seen=days).add_prefix("descriptor_")
    known = {
        "split": "dev",
        "domain": "target",
        "synthetic": False,
        "label": None,
        "record_id": "x",
        "atom": [str(row) for row in range(400)],
    }
    described.assign(**known).to_parquet(place)
    table(400, 2).to_csv("new.csv", index=False)
    whole = numbers("store:dev", "new.csv", "--ignore", "customer,approved", "--atoms", "customer")
    seen = [row for row in whole["rows"] if row["name"] == "seen"]
    assert max(abs(row["effect"]) for row in seen) < 0.01
    assert whole["not_compared"] == []
