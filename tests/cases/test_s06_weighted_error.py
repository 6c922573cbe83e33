"""S6: A errs in 3 % but lets offensive pictures through, B in 5 % and in none of those: weighted, B is first."""

import numpy as np
import pandas as pd

from tasks.diagnosis.metrics import find_metric
from tasks.diagnosis.ranking import rank, say_ranking

N, OFFENSIVE = 10_000, 200


def model(wrong: int, through: int) -> pd.DataFrame:
    label = np.array(["offensive"] * OFFENSIVE + ["cat"] * (N - OFFENSIVE))
    missed = np.zeros(N)
    missed[:through] = 1
    missed[N - (wrong - through) :] = 1
    rows = {"record_id": [f"r{row:05d}" for row in range(N)], "label": label, "prediction": label}
    return pd.DataFrame(rows).assign(loss=missed, atom=np.arange(N))


def test_a_weight_for_a_label_changes_the_order() -> None:
    models = {"A": model(300, through=100), "B": model(500, through=0)}
    assert say_ranking(rank(models, find_metric("error")), "error").startswith("Take A: best by error, surely")
    metric = find_metric("weighted_error", weights={"offensive": 10.0})
    assert say_ranking(rank(models, metric), metric.name).startswith("Take B: best by weighted_error, surely")


def test_a_weight_for_a_tag_or_a_column_does_so_too() -> None:
    """What is offensive is no label here, but a tag of the record."""
    models = {
        name: rows.assign(offensive=rows["label"] == "offensive", label="x")
        for name, rows in (("A", model(300, through=100)), ("B", model(500, through=0)))
    }
    metric = find_metric("weighted_error", weights={"offensive:true": 10.0})
    assert say_ranking(rank(models, metric), metric.name).startswith("Take B: best by weighted_error, surely")
