"""The splits are large enough: rows, precision, labels and atoms."""

from collections.abc import Collection, Iterator, Sequence

from expectations.check import Check
from expectations.limits import FEWEST_ROWS_OF_A_LABEL, LARGEST_ATOM_SHARE, SHORTFALL


def size_checks(present: Sequence[str], sized_by_margin: Collection[str]) -> Iterator[Check]:
    """Ask whether the splits have the rows, and the precision, that were asked for."""
    for split in present:
        if split == "train":
            continue
        remedy = f"Lower splits.{split}, or add target data."
        if split == "train-dev":
            remedy = "Lower splits.train_dev, or add source data."
        yield Check(
            f"rows-short.{split}",
            "sizes",
            f"Has {split} all the rows that were asked for?",
            "warning",
            "rows_short",
            "at_most",
            0.0,
            remedy,
            split_a=split,
        )
        yield Check(
            f"rows-far-short.{split}",
            "sizes",
            f"Does {split} lack no more than {SHORTFALL:.0%} of the rows that were asked for?",
            "critical",
            "rows_short",
            "at_most",
            SHORTFALL,
            remedy,
            split_a=split,
            reference="rows_wanted",
        )
        if split in sized_by_margin:
            yield Check(
                f"margin.{split}",
                "sizes",
                f"Is an error measured on {split} as precise as was asked for?",
                "warning",
                "margin",
                "at_most",
                1.0,
                f"Add target data in more and smaller groups, or widen the margin of splits.{split.replace('-', '_')}.",
                split_a=split,
                reference="margin_wanted",
            )


def label_checks(judged: Sequence[str], trained: bool) -> Iterator[Check]:
    """Ask whether dev and test hold enough of every label, and train all that they judge."""
    for split in judged:
        yield Check(
            f"label-count.{split}",
            "labels",
            f"Has {split} at least {FEWEST_ROWS_OF_A_LABEL} records of every label?",
            "warning",
            "label_count",
            "at_least",
            float(FEWEST_ROWS_OF_A_LABEL),
            f"Collect target records of the rare labels, or enlarge {split}; do not read an error per label from it.",
            split_a=split,
        )
        if trained:
            yield Check(
                f"labels-unseen.{split}",
                "labels",
                f"Does train hold every label that {split} judges?",
                "warning",
                "labels_unseen",
                "at_most",
                0.0,
                "Add training records of these labels: no model can give an answer that it never saw.",
                split_a="train",
                split_b=split,
            )


def atom_checks(present: Sequence[str]) -> Iterator[Check]:
    """Ask whether a split is more than one large atom."""
    for split in present:
        yield Check(
            f"largest-atom.{split}",
            "atoms",
            f"Does the largest atom hold at most {LARGEST_ATOM_SHARE:.0%} of {split}?",
            "warning",
            "largest_atom_share",
            "at_most",
            LARGEST_ATOM_SHARE,
            "Collect more groups; if the atom is not one group, look at its records: near-duplicates may have been "
            "tied too generously.",
            split_a=split,
        )
