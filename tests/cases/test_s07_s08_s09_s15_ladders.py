"""S7, S8, S9 and S15: the ladders of the course, with 20,000 rows a level."""

import pytest

from tasks.diagnosis.ladder import Ladder, climb
from tasks.diagnosis.rates import Rate


def ladder(errors: dict[str, float], humans: dict[str, float] | None = None, n: int = 20_000) -> Ladder:
    people = {name: Rate(error / 100, n) for name, error in (humans or {}).items()}
    return climb({name: Rate(error / 100, n) for name, error in errors.items()}, humans=people)


@pytest.mark.parametrize(("human", "bias", "advice"), [(1.0, 7.0, "avoidable bias"), (7.5, 0.5, "variance")])
def test_s07_bias_or_variance_by_human_level(human: float, bias: float, advice: str) -> None:
    found = ladder({"train": 8, "dev": 10}, {"human": human})
    assert {link.name: round(100 * link.gap, 6) for link in found.links} == {"avoidable bias": bias, "variance": 2.0}
    assert found.next_link == advice


@pytest.mark.parametrize(("train", "dev", "advice"), [(5, 6, "avoidable bias"), (1, 5, "variance")])
def test_s08_the_lowest_human_level_counts_and_does_not_matter_far_from_it(train: int, dev: int, advice: str) -> None:
    found = ladder({"train": train, "dev": dev}, {"typical": 1.0, "team": 0.5})
    assert found.levels["human"].error == 0.005
    assert found.next_link == advice
    assert not found.human_matters
    assert any("does not matter here" in remark for remark in found.remarks)


def test_s08_near_it_the_human_level_matters() -> None:
    # By a typical doctor nothing is left but variance; by the team bias and variance cannot be told apart.
    found = ladder({"train": 1.0, "dev": 1.55}, {"typical": 1.0, "team": 0.5})
    assert found.human_matters
    assert any("matters here" in remark for remark in found.remarks)


def test_s09_below_human_level_bias_can_no_longer_be_told() -> None:
    found = ladder({"train": 0.3, "dev": 0.4}, {"team": 0.5})
    assert found.surpassed
    assert found.next_link is None
    assert any("no longer be told from human level" in remark for remark in found.remarks)
    assert ladder({"train": 0.3, "dev": 4.0}, {"team": 0.5}).next_link == "variance"
    assert not ladder({"train": 0.3, "dev": 0.4}, {"team": 0.5}, n=500).surpassed


@pytest.mark.parametrize(("train_dev", "advice"), [(9.0, "variance"), (1.5, "data mismatch")])
@pytest.mark.parametrize("humans", [None, {"human": 0.5}])
def test_s15_train_dev_tells_variance_from_mismatch(train_dev: float, advice: str, humans: dict[str, float]) -> None:
    assert ladder({"train": 1, "train-dev": train_dev, "dev": 10}, humans).next_link == advice
