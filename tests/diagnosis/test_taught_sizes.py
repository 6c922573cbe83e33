"""Choices of few and many rows: nested, atoms whole; and what their errors say is as sure as it says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.diagnosis.learning_curve import fit_curve
from tasks.diagnosis.taught_sizes import DRAWS, SIZES, Trials, nest_rows, shares_of, sum_up_trials, try_sizes


@given(st.integers(0, 10_000), st.integers(20, 200))
def test_choices_are_nested_and_atoms_whole(seed: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    atoms = rng.integers(0, rows // 2, rows)
    strata = atoms % 2
    varies = atoms % 7 > 0
    shares = np.array([0.1, 0.3, 0.5, 1.0])
    chosen = nest_rows(atoms, strata, varies, shares, rng)
    assert (chosen[1:] >= chosen[:-1]).all()
    assert chosen[-1].all()
    assert chosen[:, ~varies].all()
    for row in chosen:
        for atom in np.unique(atoms[varies]):
            assert len(set(row[atoms == atom].tolist())) == 1


def test_every_stratum_gives_its_share() -> None:
    strata = np.repeat([0, 1], [1000, 100])
    chosen = nest_rows(np.arange(1100), strata, np.ones(1100, bool), np.array([0.2, 1.0]), np.random.default_rng(1))
    assert chosen[0, :1000].sum() == 200
    assert chosen[0, 1000:].sum() == 20


def test_sizes_are_halves_of_halves_but_never_a_handful() -> None:
    assert shares_of(8000) == pytest.approx(2.0 ** np.arange(-5, 1))
    assert shares_of(400)[0] * 400 == pytest.approx(50)
    assert len(shares_of(400)) == SIZES


def plant(seed: int, *, floor: float = 0.05, pool: int = 4000, dev: int = 400, atom: int = 1) -> Trials:
    """Answers of models whose error is a law, moved by each training row's influence and by each row of dev."""
    from scipy.stats import norm

    rng = np.random.default_rng([seed, 9])
    rows = np.round(shares_of(pool) * pool)
    influence = rng.normal(0, 0.3, pool)
    hard = np.sqrt(0.5) * np.repeat(rng.normal(size=dev // atom), atom) + np.sqrt(0.3) * rng.normal(size=dev)
    losses = np.zeros((DRAWS, SIZES, dev))
    for draw in range(DRAWS):
        order = rng.permutation(pool)
        own = np.sqrt(0.1) * rng.normal(size=dev)
        for place, size in enumerate(rows.astype(int).tolist()):
            error = floor + 2 * size**-0.5 + influence[order[:size]].mean()
            luck = hard + own + np.sqrt(0.1) * rng.normal(size=dev)
            losses[draw, place] = luck < norm.ppf(np.clip(error, 1e-4, 0.999))
        losses[draw, -1] = losses[0, -1]  # of all rows there is one choice
    return Trials(rows, losses, np.repeat(np.arange(dev // atom), atom), float(pool))


@pytest.mark.parametrize("atom", [1, 4])
def test_intervals_hold_the_planted_error(atom: int) -> None:
    hits = []
    for seed in range(50):
        curve = fit_curve(sum_up_trials(plant(seed, atom=atom)))
        for rows in (4000, 16000):
            span = curve.error_span(rows)
            hits.append(span.low <= 0.05 + 2 * rows**-0.5 <= span.high)
    assert 0.9 < np.mean(hits) < 0.999


def test_the_same_rows_twice_are_not_twice_as_sure() -> None:
    trials = plant(1)
    twice = Trials(trials.rows, np.repeat(trials.losses, 2, axis=2), np.repeat(trials.atoms, 2), trials.pool)
    once, again = sum_up_trials(trials), sum_up_trials(twice)
    assert again.errors == pytest.approx(once.errors)
    assert np.diag(again.covariance) == pytest.approx(np.diag(once.covariance), rel=0.02)


def test_models_are_taught_nested_rows_and_all_rows_once() -> None:
    taught: list[np.ndarray] = []

    def teach(counts: np.ndarray) -> np.ndarray:
        taught.append(counts)
        return np.full(30, 1 / counts.sum())

    counted = np.arange(400) < 300
    trials = try_sizes(teach, np.arange(400), np.zeros(400, np.int64), counted, counted, np.arange(30), seed=1)
    assert len(taught) == DRAWS * (SIZES - 1) + 1
    assert all(counts[300:].all() for counts in taught)
    assert trials.rows[-1] == trials.pool == 300
    assert trials.losses.shape == (DRAWS, SIZES, 30)
    again = try_sizes(teach, np.arange(400), np.zeros(400, np.int64), counted, counted, np.arange(30), seed=1)
    assert (again.losses == trials.losses).all()


def test_a_handful_of_rows_makes_no_curve() -> None:
    with pytest.raises(ValueError, match="needs 200 labelled rows"):
        try_sizes(
            lambda counts: counts, np.arange(99), np.zeros(99, np.int64), np.ones(99, bool), np.ones(99, bool),
            np.arange(3), seed=1,
        )  # fmt: skip


def test_a_handful_of_atoms_makes_no_curve() -> None:
    rows = np.arange(500)
    every = np.ones(500, bool)
    with pytest.raises(ValueError, match="needs 24 atoms to leave some of them out, not 5"):
        try_sizes(lambda counts: counts, rows % 5, rows * 0, every, every, np.arange(3), seed=1)


def test_few_atoms_of_dev_count_by_rows_and_say_so() -> None:
    few = plant(2)
    few = Trials(few.rows, few.losses, few.atoms % 3, few.pool)
    assert not sum_up_trials(few).by_atoms
    assert sum_up_trials(plant(2)).by_atoms
    assert sum_up_trials(few).covariance == pytest.approx(sum_up_trials(plant(2)).covariance)
