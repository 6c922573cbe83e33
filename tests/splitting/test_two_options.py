from hypothesis import given
from hypothesis import strategies as st

from tasks.splitting.two_options import Part, two_options


def test_the_course_figures():
    found = two_options(200_000, 10_000, 2_500, 2_500)
    assert found.shuffled_dev == found.shuffled_test == Part(2_381, 119)
    assert found.shuffled_train == Part(195_238, 9_762)
    assert found.targeted_train == Part(200_000, 5_000)
    assert found.targeted_train.rows == 205_000
    assert found.targeted_dev == found.targeted_test == Part(0, 2_500)


@given(source=st.integers(1, 10**6), target=st.integers(1, 10**6), dev=st.integers(0, 1000), test=st.integers(0, 1000))
def test_each_row_counts_once(source, target, dev, test):
    dev, test = min(dev, target), min(test, max(0, target - dev))
    found = two_options(source, target, dev, test)
    for parts in (
        (found.shuffled_train, found.shuffled_dev, found.shuffled_test),
        (found.targeted_train, found.targeted_dev, found.targeted_test),
    ):
        assert sum(part.source for part in parts) == source
        assert sum(part.target for part in parts) == target
    assert found.shuffled_dev.rows == dev


def test_target_that_stays_out_of_train_is_not_counted_there():
    assert two_options(100, 50, 10, 10, target_in_train=0).targeted_train == Part(100, 0)
