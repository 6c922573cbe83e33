"""A model's answers about the records of a sheet."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tasks.diagnosis.sheet_predictions import answers_about, choose_model
from tasks.errors import InputError

RECORDS = pa.table({"record_id": ["a", "b", "c"], "label": ["x", "y", "x"]})


def rows(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"record_id": ["c", "z", "a"], "prediction": ["y", "x", "x"], **columns})


def test_answers_come_in_the_order_of_the_records_and_others_are_left_out() -> None:
    found = answers_about(RECORDS, rows(probability=[0.7, 0.8, 0.9]))
    assert found.records["record_id"].to_pylist() == ["a", "c"]
    assert found.prediction == ("x", "y")
    assert found.confidence.tolist() == [0.9, 0.7]
    assert found.wrong.tolist() == [False, True]


def test_confidence_is_the_chance_of_the_answer_and_unknown_without_one() -> None:
    found = answers_about(RECORDS, rows(probability_x=[0.4, 0.6, 0.8], probability_y=[0.6, 0.4, 0.2]))
    assert found.confidence.tolist() == [0.8, 0.6]
    assert np.isnan(answers_about(RECORDS, rows()).confidence).all()


def test_who_answers_nothing_that_is_asked_is_told() -> None:
    with pytest.raises(InputError, match="no labelled record"):
        answers_about(RECORDS.slice(1, 1), rows())


def test_of_several_models_one_is_chosen_by_name() -> None:
    assert choose_model({"only": rows()}, None) == "only"
    assert choose_model({"one": rows(), "two": rows()}, "two") == "two"
    with pytest.raises(InputError, match="--model one"):
        choose_model({"two": rows(), "one": rows()}, None)
    with pytest.raises(InputError, match="no answer of model 'three'"):
        choose_model({"one": rows()}, "three")
