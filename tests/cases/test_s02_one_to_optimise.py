"""S2: accuracy is optimised, latency has to be at most 1,000 ms; who misses it is out, whatever its accuracy."""

import numpy as np
import pandas as pd

from tasks.diagnosis.metrics import find_metric
from tasks.diagnosis.ranking import rank, read_threshold, say_ranking


def model(accuracy: float, latency_ms: float, **more: float) -> pd.DataFrame:
    wrong = np.arange(10_000) >= accuracy * 10_000
    rows = {"record_id": [f"r{row:05d}" for row in range(10_000)], "label": "x"}
    return pd.DataFrame(rows).assign(
        prediction=np.where(wrong, "y", "x"), loss=wrong * 1.0, atom=np.arange(10_000), latency_ms=latency_ms, **more
    )


def test_the_most_accurate_that_is_fast_enough_is_taken() -> None:
    models = {"A": model(0.90, 80.0), "B": model(0.92, 95.0), "C": model(0.95, 1500.0)}
    places = rank(models, find_metric("accuracy"), [read_threshold("latency_ms <= 1000")])
    assert say_ranking(places, "accuracy") == "Take B: best by accuracy, surely. 1 missed a threshold."
    assert places[-1].model == "C"
    assert places[-1].missed == ("latency_ms <= 1000: 1500",)


def test_any_number_of_thresholds() -> None:
    models = {"A": model(0.9, 80.0, memory_mb=50.0), "B": model(0.92, 95.0, memory_mb=900.0)}
    limits = [read_threshold(text) for text in ("latency_ms<=1000", "memory_mb < 100", "latency_ms >= 1")]
    assert say_ranking(rank(models, find_metric("accuracy"), limits), "accuracy").startswith("Take A")
    none = rank(models, find_metric("accuracy"), [read_threshold("latency_ms < 1")])
    assert say_ranking(none, "accuracy") == "No model keeps every threshold."
