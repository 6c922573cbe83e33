"""Labels of every kind as numbers to predict, and how wrong predictions are."""

import numpy as np
import pytest

from tasks.task_space.targets import MOST_CLASSES, make_targets

ALL = np.ones(4, bool)


def test_classes_have_a_column_each_and_unlabelled_rows_teach_nothing() -> None:
    targets = make_targets(np.array([5, 2, -1, 5]), ALL)
    assert targets.kind == "class"
    np.testing.assert_array_equal(targets.known, [True, True, False, True])
    np.testing.assert_array_equal(targets.values[:2], [[0, 1], [1, 0]])
    error, guessing = targets.error(np.array([[0.1, 0.9], [0.4, 0.6], [0, 0], [0.2, 0.8]]), ALL)
    assert (error, guessing) == (pytest.approx(1 / 3), pytest.approx(1 / 3))


def test_classes_of_rows_that_do_not_teach_have_no_column() -> None:
    assert make_targets(np.array([0, 1, 2, 3]), np.array([True, True, False, False])).values.shape == (4, 2)


def test_of_thousands_of_classes_the_most_frequent_count() -> None:
    labels = np.concatenate([np.arange(2_000), np.arange(1_000, 1_300)])
    targets = make_targets(labels, np.ones(2_300, bool))
    assert targets.values.shape == (2_300, MOST_CLASSES)
    error, guessing = targets.error(np.nan_to_num(targets.values), np.ones(2_300, bool))
    assert 0.7 < error < 0.9  # whatever is predicted, a class without a column is missed
    assert guessing > 0.99


@pytest.mark.parametrize(
    "labels",
    [
        np.array([3, 3, 3, -1]),
        np.array([-1, -1, -1, -1]),
        np.full(4, np.nan),
        np.full(4, 2.5),
        np.full((4, 2), np.nan),
        np.ones((4, 3)),
    ],
)
def test_one_class_or_no_label_is_no_task(labels) -> None:
    targets = make_targets(labels, ALL)
    assert targets.kind == "none"
    assert targets.values.shape == (4, 0)
    assert np.isnan(targets.error(np.empty((4, 0)), ALL)).all()


def test_several_labels_keep_what_nobody_looked_for() -> None:
    labels = np.array([[1, 0, 1], [0, np.nan, 1], [np.nan, np.nan, np.nan], [1, 1, 1]], float)
    targets = make_targets(labels, ALL)
    assert targets.kind == "several"
    np.testing.assert_array_equal(targets.values, labels[:, :2])  # the third never varies
    error, guessing = targets.error(np.array([[0.9, 0.1], [0.9, 0.1], [0, 0], [0.9, 0.1]]), ALL)
    assert error == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert guessing == pytest.approx((1 / 3 + 1 / 2) / 2)


def test_a_number_is_judged_in_standard_deviations() -> None:
    labels = np.array([1.0, 2.0, 3.0, np.nan])
    targets = make_targets(labels, ALL)
    assert targets.kind == "number"
    assert np.isnan(targets.values[3]).all()
    mean = np.zeros_like(targets.values)
    assert targets.error(mean, ALL) == (pytest.approx(1), 1.0)
    assert targets.error(targets.values, ALL)[0] == pytest.approx(0)
