"""The space: cross-fitted, comparable, and made of nothing but the rows that teach."""

import numpy as np
import pytest

from tasks.task_space.folds import deal_folds
from tasks.task_space.space import COLUMNS, FEWEST_ROWS, SCORES, fit_task_space


def fitted(task, n: int = 600, *, size: int = 1, labels=None, seed: int = 1):
    features, codes, atoms = task(n, size=size)
    folds = deal_folds(atoms, ["train"] * n, np.ones(n, bool), seed=seed)
    given = codes if labels is None else labels
    return features, folds, fit_task_space(features, given, folds, np.ones(n, bool), seed=seed)


def test_a_model_learns_what_there_is_to_learn(task) -> None:
    features, folds, space = fitted(task)
    assert (space.kind, space.rows, space.cross_fitted, space.scores) == ("class", 600, True, 3)
    assert space.error < 0.2 < 0.6 < space.guessing
    found = space.embed(features, folds)
    assert found.shape == (600, COLUMNS)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found.std(axis=0), 1, atol=0.2)


def test_where_there_is_nothing_to_learn_the_error_says_so(task) -> None:
    labels = np.random.default_rng(9).integers(0, 3, 600)
    _, _, space = fitted(task, labels=labels)
    assert space.error == pytest.approx(2 / 3, abs=0.1)


def test_rows_of_one_atom_do_not_help_one_another() -> None:
    rng = np.random.default_rng(2)
    features = np.repeat(rng.normal(size=(60, 40)), 10, axis=0) + 0.01 * rng.normal(size=(600, 40))
    labels = np.repeat(rng.integers(0, 2, 60), 10)  # each atom can be learned by heart, and tells nothing of others
    everyone = np.ones(600, bool)
    whole = deal_folds([f"a{row // 10}" for row in range(600)], ["train"] * 600, everyone, seed=1)
    torn = deal_folds([f"a{row}" for row in range(600)], ["train"] * 600, everyone, seed=1)
    assert fit_task_space(features, labels, whole, everyone, seed=1).error > 0.3
    assert fit_task_space(features, labels, torn, everyone, seed=1).error < 0.2


def test_rows_that_do_not_teach_change_nothing(task) -> None:
    features, labels, atoms = task(500)
    more, other, their = task(300, seed=5, shift=4.0)
    parts = ["train"] * 500 + ["test"] * 300
    teaching = np.arange(800) < 500
    folds = deal_folds(atoms + their, parts, teaching, seed=1)
    both = np.concatenate([features, more])
    first = fit_task_space(both, np.concatenate([labels, other]), folds, teaching, seed=1)
    second = fit_task_space(
        np.concatenate([features, 100 * more]), np.concatenate([labels, other * 0 - 1]), folds, teaching, seed=1
    )
    np.testing.assert_array_equal(first.maps, second.maps)
    np.testing.assert_array_equal(first.means, second.means)
    assert first.error == second.error


def test_the_model_of_a_fold_does_not_know_its_rows(task) -> None:
    features, labels, atoms = task(500)
    everyone = np.ones(500, bool)
    folds = deal_folds(atoms, ["train"] * 500, everyone, seed=1)
    changed = features.copy()
    changed[folds == 3] = changed[folds == 3][::-1]  # other features for the labels of this fold
    first, second = (fit_task_space(given, labels, folds, everyone, seed=1) for given in (features, changed))
    scores = slice(0, first.scores)
    np.testing.assert_allclose(first.maps[3][:, scores], second.maps[3][:, scores], atol=1e-5)
    assert np.abs(first.maps[2][:, scores] - second.maps[2][:, scores]).max() > 1e-3


def test_the_same_seed_gives_the_same_bytes(task) -> None:
    features, folds, space = fitted(task)
    _, _, again = fitted(task)
    assert space.embed(features, folds).tobytes() == again.embed(features, folds).tobytes()


def test_models_of_different_folds_measure_alike(task) -> None:
    _, _, space = fitted(task, n=2_000)
    other = task(400, seed=8)[0]
    seen = [space.embed(other, np.full(400, fold)) for fold in range(5)]
    for found in seen[1:]:
        assert np.corrcoef(found[:, 0], seen[0][:, 0])[0, 1] > 0.95


def test_thousands_of_classes_are_gathered_in_few_columns(task) -> None:
    labels = np.arange(1_200) % 400
    _, _, space = fitted(task, n=1_200, labels=labels)
    assert space.scores == SCORES
    assert space.width == COLUMNS


@pytest.mark.parametrize("labels", [np.full(600, -1), np.zeros(600, np.int64), np.full(600, np.nan)])
def test_without_a_task_the_space_holds_directions_alone(task, labels) -> None:
    features, folds, space = fitted(task, labels=labels)
    assert (space.kind, space.scores, space.width) == ("none", 0, COLUMNS)
    assert np.isnan(space.error)
    assert np.isfinite(space.embed(features, folds)).all()


def test_several_labels_and_numbers_are_learned_too(task) -> None:
    features, codes, _ = task(600)
    several = np.column_stack([codes == 1, codes == 2]).astype(float)
    several[::7, 0] = np.nan
    for labels, kind in ((several, "several"), (features[:, 5].astype(float), "number")):
        _, _, space = fitted(task, labels=labels)
        assert space.kind == kind
        assert space.error < 0.5 * space.guessing


@pytest.mark.parametrize("n", [0, 1, 5, 12, FEWEST_ROWS - 1])
def test_few_rows_teach_no_scores(task, n: int) -> None:
    features, folds, space = fitted(task, n=n)
    assert (space.kind, space.scores) == ("none", 0)
    found = space.embed(features, folds)
    assert found.shape == (n, space.width)
    assert np.isfinite(found).all()
    assert space.width <= n // 4


def test_records_that_all_look_alike_have_no_place(task) -> None:
    features = np.ones((100, 12), np.float32)
    space = fit_task_space(features, np.arange(100) % 2, np.arange(100) % 5, np.ones(100, bool), seed=1)
    assert np.isfinite(space.embed(features, np.arange(100) % 5)).all()


def test_one_atom_is_not_cross_fitted_and_says_so(task) -> None:
    features, labels, _ = task(200)
    space = fit_task_space(features, labels, np.zeros(200, np.int64), np.ones(200, bool), seed=1)
    assert not space.cross_fitted
    assert space.width > 0
