"""The splits are large enough: rows, precision, labels and atoms."""

from collections.abc import Collection, Iterator, Sequence

from expectations.check import Check
from expectations.limits import FEWEST_ROWS_OF_A_LABEL, LARGEST_ATOM_SHARE, OUTSIDE_TRAIN, SHORTFALL, SIMILAR_AMOUNTS
from tasks.config.inputs import LabelKind


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


def label_checks(judged: Sequence[str], trained: bool, labels: LabelKind | None) -> Iterator[Check]:
    """Ask whether dev and test hold enough of every label, and train all that they judge."""
    if labels == "class":
        yield from _class_checks(judged, trained)
    if labels == "several":
        yield from _several_checks(judged, trained)
    if labels == "number" and trained:
        yield from _number_checks(judged)
    if labels in ("several", "number"):
        yield Check(
            "labels-vary",
            "labels",
            "Does every label vary?",
            "warning",
            "label_answers",
            "at_least",
            2.0,
            "Nothing can be learned about a label that is always the same: take it out, or collect the other answer.",
        )


def _class_checks(judged: Sequence[str], trained: bool) -> Iterator[Check]:
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


def _several_checks(judged: Sequence[str], trained: bool) -> Iterator[Check]:
    for split in judged:
        for answer, words in (
            ("positives", "Does every label hold"),
            ("negatives", "Is every label known not to hold"),
        ):
            yield Check(
                f"label-{answer}.{split}",
                "labels",
                f"{words} in at least {FEWEST_ROWS_OF_A_LABEL} records of {split}?",
                "warning",
                f"label_{answer}",
                "at_least",
                float(FEWEST_ROWS_OF_A_LABEL),
                f"Annotate or collect more target records of these labels, or enlarge {split}; do not read their "
                "errors from it.",
                split_a=split,
            )
        if trained:
            yield Check(
                f"labels-unseen.{split}",
                "labels",
                f"Does train hold both answers of every label that {split} judges?",
                "warning",
                "labels_unseen",
                "at_most",
                0.0,
                "Annotate training records of these labels: no model can give an answer that it never saw.",
                split_a="train",
                split_b=split,
            )
    if trained:
        yield Check(
            "label-amounts.train",
            "labels",
            f"Has every label at least {SIMILAR_AMOUNTS:.0%} of the annotated training records of the most annotated?",
            "info",
            "label_amount_ratio",
            "at_least",
            SIMILAR_AMOUNTS,
            "Annotate more records of these labels before one model shall learn all of them, or compare it with a "
            "model for each: amounts are shown in the report, Labels.",
            split_a="train",
        )
    yield Check(
        "unlabelled-rows",
        "labels",
        "Is at least one label of every record annotated?",
        "critical",
        "unlabelled_rows",
        "at_most",
        0.0,
        "Report this: a record without any label belongs in the quarantine.",
    )


def _number_checks(judged: Sequence[str]) -> Iterator[Check]:
    for split in judged:
        yield Check(
            f"label-outside-train.{split}",
            "labels",
            f"Does train span the numbers of at least {1 - OUTSIDE_TRAIN:.0%} of {split}?",
            "warning",
            "label_outside_train",
            "at_most",
            OUTSIDE_TRAIN,
            "Add training records with such numbers: beyond what it has seen a model can only extrapolate.",
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
