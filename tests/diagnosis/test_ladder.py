"""The ladder adds up, is silent where the rows settle nothing, and is seldom wrong where it speaks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.diagnosis.deciding import find_largest, rows_to_decide
from tasks.diagnosis.knobs import KNOBS, LINKS
from tasks.diagnosis.ladder import climb
from tasks.diagnosis.rates import Rate
from tasks.errors import InputError

SPLITS = ("train", "train-dev", "dev", "test")


def rates(n: int = 20_000, **errors: float) -> dict[str, Rate]:
    return {name.replace("_", "-"): Rate(error / 100, n) for name, error in errors.items()}


@given(st.lists(st.floats(0, 1), min_size=5, max_size=5), st.integers(1, 10**6))
def test_the_links_add_up(errors: list[float], n: int) -> None:
    levels = dict(zip(SPLITS, (Rate(error, n) for error in errors[1:]), strict=True))
    ladder = climb(levels, humans={"people": Rate(errors[0], n)})
    assert [link.name for link in ladder.links] == list(LINKS)
    assert sum(link.gap for link in ladder.links) == pytest.approx(errors[4] - errors[0])
    assert all(link.low <= link.gap <= link.high for link in ladder.links)
    if ladder.next_link is not None:
        chosen = next(link for link in ladder.links if link.name == ladder.next_link)
        assert chosen.low > 0
        assert chosen.gap == max(link.gap for link in ladder.links)


def test_few_rows_leave_it_undecided_and_so_many_would_decide() -> None:
    few = climb(rates(200, train=8, train_dev=10, dev=15), humans=rates(200, people=7))
    assert few.next_link is None
    assert few.knobs == ()
    assert few.contenders[0] == "data mismatch"
    assert few.more is not None
    factor = few.more.factor * 1.05
    many = {name: Rate(rate.error, int(200 * factor)) for name, rate in few.levels.items()}
    people = {"people": many.pop("human")}
    assert climb(many, humans=people).next_link == "data mismatch"
    assert climb({k: Rate(v.error, int(200 * factor * 0.8)) for k, v in many.items()}, humans=people).next_link is None


def test_rows_of_one_split_are_named_where_they_suffice() -> None:
    levels = {"a": Rate(0.10, 200), "b": Rate(0.05, 100_000)}
    more = rows_to_decide({"a": 1.0, "b": -1.0}, levels, 1.96)
    assert more is not None
    assert more.split == "a"
    assert more.rows == pytest.approx(1.96**2 * 0.09 / 0.05**2, rel=0.05) or more.rows == 201


def test_no_rows_are_promised_where_two_links_are_equal() -> None:
    found = climb(rates(train=5, train_dev=9), humans=rates(people=1))
    assert found.next_link is None
    assert found.more is None


def test_without_a_human_level_bias_is_never_recommended() -> None:
    assert climb(rates(train=30, train_dev=31)).next_link is None
    found = climb(rates(train=5, train_dev=20))
    assert found.next_link == "variance"
    assert any("Without a human level" in remark for remark in found.remarks)


def test_a_missing_level_is_told() -> None:
    found = climb(rates(train_dev=20, dev=21), humans=rates(people=1))
    assert found.next_link == "avoidable bias or variance"
    assert found.knobs == ()
    assert (
        "train missing between human and train-dev, so nobody can tell avoidable bias from variance." in found.remarks
    )


def test_unknown_levels_are_told() -> None:
    with pytest.raises(InputError, match="'val' is none of its levels"):
        climb({"val": Rate(0.1, 10)})
    with pytest.raises(InputError, match="at least one split"):
        climb({}, humans=rates(people=1))


def test_each_knob_serves_one_link() -> None:
    listed = [knob for link in LINKS for knob in KNOBS[link]]
    assert len(listed) == len(set(listed))
    assert all(KNOBS[link] for link in LINKS)


@pytest.mark.parametrize("n", [300, 3000])
def test_the_recommended_link_is_right_in_95_percent_of_the_ladders_where_it_speaks(n: int) -> None:
    rng = np.random.default_rng(n)
    spoke = right = 0
    for _ in range(800):
        gaps = rng.exponential(1, 5) * rng.choice([0.005, 0.02, 0.06], 5)
        truth = np.minimum(np.cumsum(gaps), 0.9)
        seen = rng.binomial(n, truth) / n
        found = climb(
            {name: Rate(float(error), n) for name, error in zip(SPLITS, seen[1:], strict=True)},
            humans={"people": Rate(float(seen[0]), n)},
        )
        if found.next_link is not None and not found.surpassed:
            spoke += 1
            right += found.next_link == LINKS[int(np.argmax(np.diff(truth)))]
    assert spoke > 50
    assert right / spoke >= 0.95


def test_two_equal_links_are_seldom_told_apart() -> None:
    rng = np.random.default_rng(9)
    spoke = 0
    for _ in range(1000):
        seen = rng.binomial(2000, [0.05, 0.10, 0.15]) / 2000
        levels = {name: Rate(float(error), 2000) for name, error in zip("abc", seen, strict=True)}
        found = find_largest({"ab": {"b": 1, "a": -1}, "bc": {"c": 1, "b": -1}}, levels, frozenset())
        spoke += found.largest is not None
    assert spoke / 1000 < 0.12  # either may be named, each in at most 5 %
