"""Metrics agree with scikit-learn, their intervals cover, and models that cannot be told apart are said to be so."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    average_precision_score,
    f1_score,
    log_loss,
    matthews_corrcoef,
    precision_score,
    recall_score,
    roc_auc_score,
)

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


@pytest.mark.parametrize(("name", "said"), [("f2", "no 'f2'"), ("__import__", "no")])
def test_what_is_no_metric_is_told(name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        find_metric(name)


def chances(n: int, labels: str, seed: int = 1) -> pd.DataFrame:
    """Rows with a chance of each label, which favour the right one."""
    own = rows(n, 0.3, seed, labels=labels)
    raw = np.random.default_rng(seed).random((n, len(labels))) + 0.5 * (
        own["label"].to_numpy()[:, None] == np.array(list(labels))
    )
    raw /= raw.sum(axis=1, keepdims=True)
    return own.assign(**{f"probability_{label}": raw[:, place] for place, label in enumerate(labels)})


def test_scores_of_probabilities_are_those_of_scikit_learn() -> None:
    own = chances(400, "abc")
    said = own[["probability_a", "probability_b", "probability_c"]].to_numpy()
    assert find_metric("roc_auc_ovr").measure(own) == pytest.approx(
        roc_auc_score(own["label"], said, multi_class="ovr")
    )
    assert find_metric("neg_log_loss").measure(own) == pytest.approx(-log_loss(own["label"], said))
    one = find_metric("average_precision", positive="b").measure(own)
    assert one == pytest.approx(average_precision_score(own["label"] == "b", said[:, 1]))
    two = chances(400, "ab")
    auc = find_metric("roc_auc").measure(two)
    assert auc == pytest.approx(roc_auc_score(two["label"] == "b", two["probability_b"]))
    assert auc == pytest.approx(find_metric("roc_auc", positive="a").measure(two))
    prediction = np.where(two["probability_b"] > 0.5, "b", "a")
    told = two[["probability_a", "probability_b"]].max(axis=1)
    alone = two.drop(columns=["probability_a", "probability_b"]).assign(prediction=prediction, probability=told)
    assert find_metric("roc_auc").measure(alone) == pytest.approx(auc)


def test_the_interval_of_an_auc_covers() -> None:
    metric = find_metric("roc_auc")
    truth = score(metric, chances(100_000, "ab", 0)).effect
    held = [score(metric, chances(400, "ab", seed)) for seed in range(1, 81)]
    assert 0.90 <= np.mean([found.ci_low <= truth <= found.ci_high for found in held]) <= 0.99


@pytest.mark.parametrize(
    ("name", "labels", "said"),
    [
        ("roc_auc", "abc", "about two labels; name roc_auc_ovr"),
        ("average_precision", "ab", "name it with --positive"),
    ],
)
def test_scores_that_need_another_number_of_labels_are_told(name: str, labels: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        score(find_metric(name), chances(60, labels))


def test_without_probabilities_or_without_a_label_no_score_is_made_up() -> None:
    with pytest.raises(ConfigError, match="a column probability_<label> for each label"):
        score(find_metric("neg_log_loss"), rows(60, 0.3, 1))
    with pytest.raises(ConfigError, match="some label has none here"):
        score(find_metric("roc_auc_ovr"), chances(60, "abc").query("label != 'c'"))
    with pytest.raises(ConfigError, match="no column probability_d"):
        score(find_metric("roc_auc", positive="d"), chances(60, "ab"))


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
