"""Transfer is advised for much source and little target of one input, and helps where the tasks are related."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.diagnosis.proof import Rows
from tasks.diagnosis.transfer import FEWEST_TARGET, LANES, TIMES, advise_transfer, try_transfer
from tasks.task_space.targets import make_targets


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_it_is_advised_only_with_far_more_source_and_enough_target(source: int, target: int) -> None:
    advised = advise_transfer(source, target).state == "advised"
    assert advised == (target >= FEWEST_TARGET and source >= TIMES * target)
    assert advise_transfer(source, target, same_input=False).state == "not advised"


def test_the_reason_is_the_one_that_holds() -> None:
    assert "1,000 times the 100" in advise_transfer(100_000, 100).reason
    assert "2.0 times" in advise_transfer(200, 100).reason
    assert "too few to fine-tune" in advise_transfer(100_000, 3).reason
    assert "no labelled source" in advise_transfer(0, 100).reason
    assert "inputs differ" in advise_transfer(100_000, 100, same_input=False).reason


def tasks(
    *, apart: float, source: int = 900, target: int = 40, dev: int = 500, seed: int = 0
) -> tuple[Rows, Any, Any, Rows]:
    """Two tasks on one input whose answers differ as much as asked for."""
    rng = np.random.default_rng(seed)
    n, p = source + target + dev, 40
    first = rng.normal(size=p)
    second = (1 - apart) * first + apart * rng.normal(size=p)
    features = rng.normal(size=(n, p)).astype(np.float32)
    own = np.arange(n) >= source
    labels = (np.where(own, features @ second, features @ first) > 0).astype(np.int64)
    targets = make_targets(labels, np.arange(n) < source + target)
    rows = Rows(features, targets, np.arange(n), own.astype(np.int64))
    train = np.arange(source + target)
    weights = np.where(own[train], source / target, 1.0)
    return rows.take(train), own[train], weights, rows.take(np.arange(source + target, n))


def test_it_beats_the_target_alone_where_tasks_are_related() -> None:
    found = try_transfer(*tasks(apart=0.2), seed=1)
    assert found.states["target only"] == "helps"
    assert found.against["target only"].ci_low > 0.05
    assert set(found.errors) == set(LANES)


def test_it_is_no_better_where_tasks_have_nothing_in_common() -> None:
    found = try_transfer(*tasks(apart=1.0, target=300), seed=1)
    assert found.states["target only"] != "helps"
    assert found.against["target only"].effect > -0.05  # held-out rows let go of a start that misleads


def test_it_is_no_better_where_the_target_is_plentiful() -> None:
    found = try_transfer(*tasks(apart=0.6, source=300, target=3000), seed=1)
    assert abs(found.against["target only"].effect) < 0.02


def test_same_seed_same_numbers_and_dev_teaches_nothing() -> None:
    train, own, weights, dev = tasks(apart=0.3)
    once, again = (try_transfer(train, own, weights, dev, seed=4) for _ in range(2))
    assert once == again
    half = dev.take(np.arange(250))
    assert try_transfer(train, own, weights, half, seed=4).strength == once.strength


def test_a_handful_of_target_rows_is_refused() -> None:
    train, own, weights, dev = tasks(apart=0.3, target=10)
    with pytest.raises(ValueError, match=r"16 labelled target rows in train, not 900 and 10"):
        try_transfer(train, own, weights, dev, seed=1)
