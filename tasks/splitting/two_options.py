"""Two ways to lay out plentiful source and scarce target data, in numbers."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """How many rows of each domain a split holds."""

    source: int
    target: int

    @property
    def rows(self) -> int:
        """All rows."""
        return self.source + self.target


@dataclass(frozen=True)
class TwoOptions:
    """Option 1 shuffles everything; option 2 keeps dev and test for the target.

    With option 1 a team would spend months on a dev set that is mostly not what its users send.
    """

    shuffled_train: Part
    shuffled_dev: Part
    shuffled_test: Part
    targeted_train: Part
    targeted_dev: Part
    targeted_test: Part


def two_options(source: int, target: int, dev: int, test: int, target_in_train: int | None = None) -> TwoOptions:
    """Count what each split would hold under both options.

    Parameters
    ----------
    source, target : int
        Rows of each domain.
    dev, test : int
        Rows of dev and test.
    target_in_train : int, optional
        Target rows that join train in option 2; by default all that dev and test leave.

    Notes
    -----
    Invariant: option 1 counts every row once; 200,000 source and 10,000 target rows with dev and test of 2,500 give
    2,381 source and 119 target rows in dev.
    """
    left = max(0, target - dev - test)
    shuffled_dev = _shuffled(dev, source, target)
    shuffled_test = _shuffled(test, source, target)
    shuffled_train = Part(
        source - shuffled_dev.source - shuffled_test.source, target - shuffled_dev.target - shuffled_test.target
    )
    joins = left if target_in_train is None else target_in_train
    return TwoOptions(shuffled_train, shuffled_dev, shuffled_test, Part(source, joins), Part(0, dev), Part(0, test))


def _shuffled(rows: int, source: int, target: int) -> Part:
    from_source = round(rows * source / (source + target))
    return Part(from_source, rows - from_source)
