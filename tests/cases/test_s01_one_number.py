"""S1: precision and recall of two classifiers become one number, and it says which to take."""

import numpy as np
import pandas as pd
import pytest

from tasks.diagnosis.metrics import f1, find_metric
from tasks.diagnosis.ranking import rank, say_ranking

N = 20_000


def classifier(precision: float, recall: float) -> pd.DataFrame:
    """Half of the rows are cats; so many are found, with so many false alarms."""
    cats = N // 2
    hits = round(recall * cats)
    alarms = round(hits * (1 - precision) / precision)
    said = np.array(["cat"] * hits + ["none"] * (cats - hits) + ["cat"] * alarms + ["none"] * (N - cats - alarms))
    true = np.array(["cat"] * cats + ["none"] * (N - cats))
    rows = {"record_id": [f"r{row:05d}" for row in range(N)], "label": true, "prediction": said}
    return pd.DataFrame(rows).assign(loss=(said != true).astype(float), atom=np.arange(N))


def test_f1_says_a() -> None:
    assert f1(0.95, 0.90) == pytest.approx(0.924, abs=5e-4)
    assert f1(0.98, 0.85) == pytest.approx(0.910, abs=5e-4)


def test_a_is_taken_from_predictions() -> None:
    metric = find_metric("f1", positive="cat")
    places = rank({"A": classifier(0.95, 0.90), "B": classifier(0.98, 0.85)}, metric)
    assert [round(place.value.effect, 3) for place in places] == [0.924, 0.910]
    assert say_ranking(places, metric.name) == "Take A: best by f1, surely."
