"""Predictions are checked as a whole; what is wrong with them is told, and nothing is half applied."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tasks.diagnosis.levels import levels_of, read_rates
from tasks.diagnosis.predictions import join_predictions
from tasks.errors import InputError

SPLITS = ("train", "train-dev", "dev", "test")


def manifest() -> pa.Table:
    rows = [
        {
            "record_id": f"app/{split}/{row}",
            "label": "ab"[row % 2],
            "domain": "target" if split in ("dev", "test") else "source",
            "atom": f"{split}{row // 2}",
            "split": split,
            "synthetic": False,
        }
        for split in SPLITS
        for row in range(20)
    ]
    return pa.Table.from_pylist(rows)


def predictions() -> pd.DataFrame:
    known = manifest().to_pandas()
    frame = known[["record_id"]].assign(prediction=known["label"])
    frame.loc[frame["record_id"].isin([f"app/dev/{row}" for row in range(5)]), "prediction"] = "a"
    return frame


def join(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return join_predictions(pa.Table.from_pandas(frame, preserve_index=False), manifest())


def test_errors_are_those_of_the_rows_in_any_order() -> None:
    frame = predictions()
    levels = levels_of(join(frame)["model"])
    assert list(levels) == list(SPLITS)
    assert {name: rate.error for name, rate in levels.items()} == {"train": 0, "train-dev": 0, "dev": 0.1, "test": 0}
    assert levels == levels_of(join(frame.sample(frac=1, random_state=1))["model"])


def test_models_are_told_apart() -> None:
    frame = predictions()
    both = pd.concat([frame.assign(model="one"), frame.assign(model="two", prediction="a")])
    found = join(both)
    assert list(found) == ["one", "two"]
    assert levels_of(found["two"])["dev"].error == 0.5


def test_probabilities_may_stand_for_predictions() -> None:
    frame = predictions()
    chance = np.where(frame["prediction"] == "a", 0.9, 0.2)
    given = frame.drop(columns="prediction").assign(probability_a=chance, probability_b=1 - chance)
    assert levels_of(join(given)["model"]) == levels_of(join(frame)["model"])


def test_a_label_may_weigh_more() -> None:
    rows = join(predictions())["model"]
    plain, heavy = levels_of(rows)["dev"], levels_of(rows, {"b": 9.0})["dev"]
    assert plain.error == 0.1
    assert heavy.error == pytest.approx(2 * 9 / (10 + 90))
    same = levels_of(rows, {"a": 2.0, "b": 2.0})["dev"]
    assert same.error == pytest.approx(plain.error)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f.drop(columns="prediction"), "column 'prediction' is missing"),
        (lambda f: f.head(0), "no rows"),
        (lambda f: f.assign(record_id=f["record_id"] + "x"), "does not have .*'app/train/0'"),
        (lambda f: pd.concat([f, f.head(3)]), "there twice.* In 3 of 83 rows"),
        (lambda f: f[f["record_id"].str.contains("/train/")], "train alone"),
        (lambda f: f[f["record_id"] != "app/dev/7"], "19 of 20 records of dev.*'app/dev/7'"),
        (lambda f: f.assign(prediction="c"), "no record has: 'c'"),
        (lambda f: f.assign(prediction=[None, *f["prediction"][1:]]), "prediction is empty in 1 of 80"),
        (lambda f: f.assign(probability=1.5), "between 0 and 1"),
        (lambda f: f.assign(probability=np.nan), "NaN"),
        (lambda f: f.assign(probability_a=0.5, probability_b=0.9), "add up to 1. In 80 of 80"),
    ],
)
def test_what_is_wrong_is_told(change, said: str) -> None:
    with pytest.raises(InputError, match=said):
        join(change(predictions()))


def test_train_may_be_predicted_in_part() -> None:
    frame = predictions()
    assert levels_of(join(frame.iloc[10:])["model"])["train"].n == 10


def test_numbers_and_several_labels_have_losses() -> None:
    known = manifest()
    numbers = known.set_column(1, "label", pa.array(np.arange(80.0)))
    frame = known.select(["record_id"]).to_pandas().assign(prediction=np.arange(80.0) + 2)
    loss = join_predictions(pa.Table.from_pandas(frame), numbers)["model"]["loss"]
    assert loss.to_numpy() == pytest.approx(4 / np.arange(80.0).var())
    several = known.drop_columns("label")
    several = several.append_column("label_x", pa.array([1] * 80)).append_column("label_y", pa.array([None, 0] * 40))
    frame = known.select(["record_id"]).to_pandas().assign(prediction_x=1, prediction_y=1)
    loss = join_predictions(pa.Table.from_pandas(frame), several)["model"]["loss"]
    assert loss.tolist() == [0.0, 0.5] * 40


def test_rates_are_read() -> None:
    levels, humans, cells = read_rates(
        {"human": {"one": {"error": 0.01}, "team": {"error": 0.005, "n": 400}}, "train_dev": {"error": 0.1, "n": 50}}
    )
    assert list(levels) == ["train-dev"]
    assert humans["one"].known
    assert humans["team"].n == 400
    assert cells == {}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([1], "mapping of levels"),
        ({"val": {"error": 0.1, "n": 5}}, "'val' is no level"),
        ({"dev": 0.1}, "dev: {error: 0.1, n: 500} wanted, found 0.1"),
        ({"dev": {"error": 0.1}}, "n is missing"),
        ({"human": 0.1}, "several such by name"),
    ],
)
def test_what_is_no_rate_is_told(given: object, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_rates(given)
