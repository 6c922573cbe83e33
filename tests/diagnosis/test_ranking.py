"""Metrics agree with scikit-learn, their intervals cover, and models that cannot be told apart are said to be so."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, matthews_corrcoef, precision_score, recall_score

from tasks.diagnosis.metrics import difference, find_metric, score
from tasks.diagnosis.ranking import rank, read_threshold, say_ranking
from tasks.errors import ConfigError


def rows(n: int, wrong: float, seed: int, *, labels: str = "abc", **more: float) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    true = rng.choice(list(labels), n)
    said = np.where(rng.random(n) < wrong, rng.choice(list(labels), n), true)
    found = pd.DataFrame({"record_id": [f"r{row:06d}" for row in range(n)], "label": true, "prediction": said})
    return found.assign(loss=(true != said).astype(float), atom=np.arange(n), **more)


def test_metrics_are_those_of_scikit_learn() -> None:
    own = rows(400, 0.3, 1)
    true, said = own["label"], own["prediction"]
    for name, theirs in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        assert find_metric(name).measure(own) == pytest.approx(theirs(true, said, average="macro"))
        one = theirs(true, said, labels=["b"], average="macro")
        assert find_metric(name, positive="b").measure(own) == pytest.approx(one)
    assert find_metric("matthews_corrcoef").measure(own) == pytest.approx(matthews_corrcoef(true, said))
    assert find_metric("f1_macro").measure(own) == pytest.approx(find_metric("f1").measure(own))


def test_an_average_over_groups_counts_each_group_once() -> None:
    own = rows(300, 0.0, 1).assign(country=["x"] * 290 + ["y"] * 10)
    own.loc[own["country"] == "y", "loss"] = 1.0
    assert find_metric("error").measure(own) == pytest.approx(10 / 300)
    assert find_metric("error", by="country").measure(own) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("name", "said"), [("f2", "no 'f2'"), ("roc_auc", "judges probabilities"), ("__import__", "no")]
)
def test_what_is_no_metric_is_told(name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        find_metric(name)


@pytest.mark.parametrize("text", ["latency_ms", "latency_ms <= fast", "os.system('x') <= 1", "a == 1"])
def test_what_is_no_threshold_is_told(text: str) -> None:
    with pytest.raises(ConfigError, match="latency_ms <= 1000"):
        read_threshold(text)


def test_the_interval_of_f1_covers() -> None:
    truth = score(find_metric("f1"), rows(200_000, 0.2, 0)).effect
    held = [score(find_metric("f1"), rows(600, 0.2, seed)) for seed in range(1, 61)]
    assert 0.90 <= np.mean([found.ci_low <= truth <= found.ci_high for found in held]) <= 0.99


def test_a_paired_difference_is_narrower_than_two_intervals() -> None:
    a = rows(2000, 0.2, 1)
    b = a.assign(loss=np.where(np.arange(2000) < 30, 1.0, a["loss"]))
    metric = find_metric("error")
    found = difference(metric, a, b.sample(frac=1, random_state=1))
    assert found.ci_low > 0
    alone = score(metric, a)
    assert found.ci_high - found.ci_low < 0.5 * (alone.ci_high - alone.ci_low)


def test_equal_models_are_tied_and_a_slow_one_is_out() -> None:
    models = {
        "good": rows(1500, 0.10, 1, latency_ms=900.0),
        "alike": rows(1500, 0.103, 1, latency_ms=80.0),
        "slow": rows(1500, 0.01, 1, latency_ms=1500.0),
        "bad": rows(1500, 0.40, 1, latency_ms=80.0),
    }
    places = rank(models, find_metric("accuracy"), [read_threshold("latency_ms <= 1000")])
    assert [place.model for place in places] == ["good", "alike", "bad", "slow"]
    assert [place.tied for place in places] == [False, True, False, False]
    assert places[-1].missed == ("latency_ms <= 1000: 1500",)
    assert say_ranking(places, "accuracy") == (
        "good looks best by accuracy, but these rows cannot tell it from 'alike'. 1 missed a threshold."
    )
