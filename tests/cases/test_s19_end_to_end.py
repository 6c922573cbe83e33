"""S19: is there data enough for end-to-end: a learning curve says how many rows an error takes, or that none do."""

import numpy as np
import pytest

from tasks.diagnosis.baseline import fit_linear
from tasks.diagnosis.learning_curve import FARTHEST, Curve, fit_curve, rows_needed
from tasks.diagnosis.mixture import Mixture
from tasks.diagnosis.taught_sizes import Trials, sum_up_trials, try_sizes
from tasks.task_space.targets import Targets, make_targets

ROWS, DEV, WIDTH = 4000, 3000, 60


def trials(*, wrong: float) -> Trials:
    """A linear task of which so many labels are wrong: no number of rows brings the error below that."""
    rng = np.random.default_rng(19)
    features = rng.normal(size=(ROWS + DEV, WIDTH)).astype(np.float32)
    truth = features @ rng.normal(size=WIDTH) > 0
    labels = np.where(rng.random(ROWS + DEV) < wrong, ~truth, truth).astype(np.int64)
    targets = make_targets(labels, np.arange(ROWS + DEV) < ROWS)
    dev = Targets(targets.kind, targets.values[ROWS:])
    taught = Targets(targets.kind, targets.values[:ROWS])
    source = np.zeros(ROWS, np.int64)

    def teach(counts: np.ndarray) -> np.ndarray:
        (model,) = fit_linear(features[:ROWS], taught, source, counts, [Mixture(1.0, 0.0, 0.0)])
        return dev.losses(model.predict(features[ROWS:]))

    every = np.ones(ROWS, bool)
    return try_sizes(teach, np.arange(ROWS), source, every, every, np.arange(DEV), seed=1)


@pytest.fixture(scope="module")
def curve() -> Curve:
    return fit_curve(sum_up_trials(trials(wrong=0.15)))


def test_more_rows_will_not_do_where_the_curve_levels_off(curve: Curve) -> None:
    found = rows_needed(curve, 0.05)
    assert found.state == "not reachable"
    far = curve.error_span(FARTHEST * ROWS)
    assert far.low <= 0.16 <= far.high
    assert far.low > 0.05


def test_there_is_data_enough_for_what_is_reached(curve: Curve) -> None:
    found = rows_needed(curve, 0.24)
    assert found.state == "reached"
    assert found.rows.high < ROWS


def test_what_nobody_can_tell_stays_undecided(curve: Curve) -> None:
    assert rows_needed(curve, 0.15).state == "undecided"
