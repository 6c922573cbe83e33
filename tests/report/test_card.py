"""The data set's card."""

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from tasks.catalog.published import write_published
from tasks.catalog.redraws import Drawing
from tasks.report.card import dataset_card
from tasks.report.wording import foreign

ALL = ("train", "train-dev", "dev", "test")


def front_matter(card):
    return yaml.safe_load(card.split("---\n")[1])


def test_the_front_matter_names_the_splits_that_are_there(make_contents) -> None:
    files = front_matter(dataset_card(make_contents(), ["dev", "train", "train-dev"]))["configs"][0]["data_files"]
    assert [(entry["split"], entry["path"]) for entry in files] == [
        ("train", "data/train/*.parquet"),
        ("train_dev", "data/train-dev/*.parquet"),
        ("dev", "data/dev/*.parquet"),
    ]


def test_copies_of_target_records_are_told_apart_from_the_policys(make_contents) -> None:
    train = {"source": 5, "target": 2, "varied": 18}
    card = dataset_card(make_contents(splits={"train": train}), ALL)
    assert "18 varied copies of target records in train" in card
    assert "no synthetic records" in card


@pytest.mark.parametrize(
    "word", ["a: b # c", "---\nevil: true", "\"'{[", "<script>alert(1)</script>", "`` ` ``", "| cell |", "日本 شكرا"]
)
def test_foreign_words_stay_text(make_contents, word) -> None:
    card = dataset_card(make_contents(name=word, word=word), ALL)
    assert front_matter(card)["pretty_name"] == foreign(word)
    assert set(front_matter(card)) == {"pretty_name", "size_categories", "tags", "configs"}
    body = card.split("---\n", 2)[2]
    prose = [line for line in body.splitlines() if "`" not in line]
    assert not any("<script" in line for line in prose)
    rows = [line for line in body.splitlines() if line.startswith("| ")]
    assert all(line.count(" | ") == 2 for line in rows)


def test_the_card_says_what_is_not_known(make_contents) -> None:
    card = dataset_card(make_contents(), ALL)
    assert "Licence: not known" in card
    assert "license" not in front_matter(card)


def test_the_verdict_and_what_did_not_pass_are_told(make_contents) -> None:
    card = dataset_card(make_contents(), ALL)
    assert "**valid**: 3 checks, 1 passed, 1 failed, 1 undecided. Gap closed by synthetic data: 60 %" in card
    assert "- undecided (critical): Is 3 alike?" in card
    assert "known to ± 2.6 points" in card


def test_it_says_when_and_why_dev_and_test_were_drawn_anew(make_contents) -> None:
    drawings = (
        Drawing(3, "a third phone # <b>is</b> on sale", {"dev": 1_500, "test": 80}),
        Drawing(7, "new zips", {"dev": 9}),
    )
    card = dataset_card(make_contents(drawings=drawings), ALL)
    section = card[card.index("## Drawn anew") : card.index("## Loading")]
    assert "version 3 drew dev and test anew, from 1,500 of dev and 80 of test and what was in no split" in section
    assert "a third phone \\# &lt;b&gt;is&lt;/b&gt; on sale" in section
    assert "new zips" in section
    assert "with those of versions since the last time only" in section


def test_without_a_redraw_the_card_says_nothing_of_it(make_contents) -> None:
    assert "anew" not in dataset_card(make_contents(), ALL)


def test_datasets_loads_the_folder_as_it_is(make_contents, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    assert os.environ["HF_HUB_OFFLINE"]
    from datasets import load_dataset

    folder = tmp_path / "version"
    for split in ALL:
        rows = pa.table({"record_id": [f"{split}/{i}" for i in range(3)], "label": ["a", None, "b"]})
        target = folder / "data" / split / "real-00000.parquet"
        target.parent.mkdir(parents=True)
        write_published(rows, target)
    pq.write_table(pa.table({"other": [1]}), folder / "manifest.parquet")
    Path(folder / "README.md").write_text(dataset_card(make_contents(), ALL), encoding="utf-8")
    found = load_dataset(str(folder), cache_dir=str(tmp_path / "cache"))
    assert list(found) == ["train", "train_dev", "dev", "test"]
    assert found["train_dev"]["record_id"] == ["train-dev/0", "train-dev/1", "train-dev/2"]
