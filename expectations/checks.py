"""The checks of a build: every assumption that somebody who trains on the data relies on.

The limits and where they come from:

PRACTICAL_MARGIN = 0.10
    The usual cut-off for "negligible" (0.147) is folklore about ordinal surveys. This one is derived: let a model's
    error depend on a descriptor's rank u in (0, 1) as steeply as a straight line can without going below zero,
    e(u) = e (1 + c (2u - 1)) with |c| <= 1. Cliff's delta = 2 AUC - 1 is twice the difference of the two samples'
    mean ranks, so their errors differ by e c delta, at most delta times the error. With 0.10 an error of 10 % reads one
    point apart at worst, well inside the interval of the usual set (500 rows: +-2.6 points). Put otherwise, somebody
    who guesses from the descriptor which sample a record came from is right 55 % of the time instead of 50 %.
    The same number bounds total variation (label shares, categories, missing values): the errors of two samples
    differ by at most the total variation times the spread of the error between labels.
WASSERSTEIN_MARGIN = 0.18
    The same shift in pooled standard deviations: a normal descriptor that moves by d has
    delta = 2 Phi(d / sqrt 2) - 1, so delta 0.10 is d = 0.178.
JOINT_LEVEL = 0.01
    Samples drawn from one pool meet the null hypothesis exactly, however many rows there are, so the p-value alone may
    decide; at 0.05 one sound build in twenty would be refused.
FEWEST_ROWS_OF_A_LABEL = 10
    Below it, one answer moves the label's error by more than ten points.
LARGEST_ATOM_SHARE = 0.10
    A set whose largest atom holds the share s is worth at most 1 / s^2 independent atoms: 100.
"""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from typing import Final

from expectations.check import Check, Severity
from tasks.catalog.schema import SPLITS

__all__ = ["ASSUMPTIONS", "Check", "declare_checks"]

PRACTICAL_MARGIN: Final = 0.10
WASSERSTEIN_MARGIN: Final = 0.18
JOINT_LEVEL: Final = 0.01
FEWEST_ROWS_OF_A_LABEL: Final = 10
LARGEST_ATOM_SHARE: Final = 0.10
SHORTFALL: Final = 0.10
"""A split that misses a tenth of its rows has an interval 5 % wider than planned (1 / sqrt 0.9)."""
QUARANTINED_NOTED: Final = 0.01
QUARANTINED_REFUSED: Final = 0.20
"""A fifth of an input unreadable is no longer a few bad files: what is left is another sample than was meant."""

SYNTHETIC = "synthetic"
AUGMENTED = "train+synthetic"

ASSUMPTIONS: Final[dict[str, str]] = {
    "manifest": "The manifest is sound: every row known, labelled and in one split",
    "target-only": "Dev and test hold nothing but target records",
    "sizes": "The splits are as large as was asked for",
    "labels": "Dev and test hold enough of every label, and train knows them all",
    "ids-apart": "No record is in two splits",
    "atoms-apart": "No atom (group or near-duplicates) is in two splits",
    "content-apart": "No payload is in two splits",
    "groups-apart": "No group is in two splits",
    "synthetic-in-train": "Synthetic records descend from train and stay there",
    "atoms": "No single atom dominates a split",
    "dev-like-test": "Dev and test stand for the same data",
    "train-dev-like-train": "Train-dev stands for the training data",
    "mismatch": "How far the training data is from dev",
    "gap-closed": "Synthetic data brings training closer to dev",
    "accounted": "Every record that was listed is accounted for",
    "ledger": "No record changes its split from one version to the next",
    "descriptors": "The descriptors tell records apart",
}
"""Assumption -> what is assumed, in words; the order of the report."""

_APART = {
    "ids": ("ids-apart", "records", "Report this: a record id stands in two splits, which the split verb rules out."),
    "atoms": (
        "atoms-apart",
        "atoms",
        "Build with a new store: the ledger holds assignments that later ties contradict.",
    ),
    "content": (
        "content-apart",
        "identical payloads",
        "List the copies with the manifest's content hashes; remove the source copies, then build again.",
    ),
    "groups": (
        "groups-apart",
        "groups",
        "Correct the input's setting group: the same person or device must have one name in every input.",
    ),
}


def declare_checks(
    splits: Collection[str] = SPLITS,
    *,
    inputs: Sequence[str] = (),
    synthesized: bool = True,
    sized_by_margin: Collection[str] = (),
    numeric: bool = True,
    categorical: bool = False,
) -> tuple[Check, ...]:
    """Declare the checks of one build.

    Parameters
    ----------
    splits : collection of str
        The splits that the build has; checks on other splits are left out, not passed.
    inputs : sequence of str
        The names of the inputs.
    synthesized : bool
        Whether the version holds synthetic records.
    sized_by_margin : collection of str
        The splits that were sized by the interval wanted instead of by rows.
    numeric, categorical : bool
        Which kinds of descriptors there are.

    Returns
    -------
    tuple of Check
        In the order of `ASSUMPTIONS`, with unique ids.

    Raises
    ------
    ValueError
        For a split that is none of `tasks.catalog.schema.SPLITS`.
    """
    if unknown := sorted(set(splits) - set(SPLITS)):
        raise ValueError(f"not splits: {unknown}; the splits are {', '.join(SPLITS)}")
    present = [split for split in SPLITS if split in splits]
    judged = [split for split in present if split in ("dev", "test")]
    declared = [
        *_manifest(present, judged, synthesized),
        *_target_only(judged),
        *_sizes(present, sized_by_margin),
        *_labels(judged, "train" in present),
        *_apart(present),
        *(_synthetic(present) if synthesized else ()),
        *_atoms(present),
        *_like(present, numeric=numeric, categorical=categorical),
        *_mismatch(present, synthesized=synthesized, numeric=numeric),
        *_accounted(inputs),
    ]
    order = {assumption: at for at, assumption in enumerate(ASSUMPTIONS)}
    return tuple(sorted(declared, key=lambda check: order[check.assumption]))


def _manifest(present: Sequence[str], judged: Sequence[str], synthesized: bool) -> Iterator[Check]:
    def row(condition: str, question: str, remedy: str, split: str | None = None, limit: float = 0.0) -> Check:
        name = f"manifest.{condition.replace('_', '-')}" + (f".{split}" if split else "")
        return Check(name, "manifest", question, "critical", condition, "rows", limit, remedy, split_a=split)

    report = "Report this: the publish verb wrote a manifest that breaks its own contract."
    yield row("columns", "Does the manifest have every column that readers rely on?", report)
    yield row(
        "record_id_unique", "Is every record listed once?", "Give every record its own id: see the input's setting id."
    )
    yield row("record_id_present", "Has every record an id?", "Fill the column that the input's setting id names.")
    yield row("split_present", "Is every record in a split?", report)
    yield row("split_known", "Does no other split than the four occur?", report)
    yield row("domain_present", "Has every record a domain?", report)
    yield row("domain_known", "Does no other domain than source and target occur?", report)
    yield row(
        "label_present",
        "Has every record a label?",
        "Label the records; a record without a label belongs in the quarantine.",
    )
    yield row("synthetic_present", "Is every record marked as synthetic or real?", report)
    yield row("real_parentless", "Has no real record a parent?", report)
    for split in present:
        yield row("split_filled", f"Does {split} hold records?", f"Add data, or lower the size of {split}.", split, 1.0)
    for split in judged:
        yield row("target_only", f"Is every record of {split} from the target?", report, split)
    if synthesized:
        yield row("synthetic_parented", "Has every synthetic record a parent?", report)
        yield row("synthetic_in_train", "Is every synthetic record in train?", report)
        yield row("synthetic_named", "Do synthetic records' ids say which copy of which parent they are?", report)


def _target_only(judged: Sequence[str]) -> Iterator[Check]:
    for split in judged:
        yield Check(
            f"source-rows.{split}",
            "target-only",
            f"Is {split} free of source records?",
            "critical",
            "source_rows",
            "at_most",
            0.0,
            "Check the domain of each input: source data must never be judged on.",
            split_a=split,
        )


def _sizes(present: Sequence[str], sized_by_margin: Collection[str]) -> Iterator[Check]:
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


def _labels(judged: Sequence[str], trained: bool) -> Iterator[Check]:
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


def _apart(present: Sequence[str]) -> Iterator[Check]:
    for kind, (assumption, things, remedy) in _APART.items():
        for a, b in combinations(present, 2):
            yield Check(
                f"shared-{kind}.{a}.{b}",
                assumption,
                f"Do {a} and {b} share no {things}?",
                "critical",
                f"shared_{kind}",
                "at_most",
                0.0,
                remedy,
                split_a=a,
                split_b=b,
            )


def _synthetic(present: Sequence[str]) -> Iterator[Check]:
    report = "Report this: the synthesize verb takes its parents from train alone."
    for split in present:
        if split != "train":
            yield Check(
                f"synthetic-parents.{split}",
                "synthetic-in-train",
                f"Does no synthetic record descend from {split}?",
                "critical",
                "synthetic_parents",
                "at_most",
                0.0,
                report,
                split_a=SYNTHETIC,
                split_b=split,
            )
    yield Check(
        "synthetic-parents-missing",
        "synthetic-in-train",
        "Is every synthetic record's parent in train?",
        "critical",
        "synthetic_parents_missing",
        "at_most",
        0.0,
        report,
    )


def _atoms(present: Sequence[str]) -> Iterator[Check]:
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


def _like(present: Sequence[str], *, numeric: bool, categorical: bool) -> Iterator[Check]:
    anew = "Find the descriptor that differs in the report; enlarge {} in splits, or draw anew in a new store."
    pairs: list[tuple[str, str, str, Severity, str]] = [
        ("dev", "test", "dev-like-test", "critical", anew.format("dev and test")),
        ("train", "train-dev", "train-dev-like-train", "warning", anew.format("train_dev")),
    ]
    for a, b, assumption, severity, remedy in pairs:
        if a in present and b in present:
            yield from _same_law(a, b, assumption, severity, remedy, numeric=numeric, categorical=categorical)


def _same_law(
    a: str, b: str, assumption: str, severity: Severity, remedy: str, *, numeric: bool, categorical: bool
) -> Iterator[Check]:
    """Ask whether two splits that should match do."""

    def within(name: str, question: str, severity: Severity, statistic: str, limit: float, *, family: bool) -> Check:
        return Check(
            f"{name}.{a}.{b}",
            assumption,
            question,
            severity,
            statistic,
            "family_within" if family else "interval_within",
            limit,
            remedy,
            split_a=a,
            split_b=b,
        )

    yield within(
        "label-shares",
        f"Do {a} and {b} have the same label shares?",
        severity,
        "label_share_tv",
        PRACTICAL_MARGIN,
        family=False,
    )
    if numeric:
        yield within(
            "descriptors",
            f"Is every descriptor as large in {a} as in {b}?",
            severity,
            "cliffs_delta",
            PRACTICAL_MARGIN,
            family=True,
        )
        yield within(
            "wasserstein",
            f"Is every descriptor spread in {a} as in {b}?",
            "warning",
            "wasserstein",
            WASSERSTEIN_MARGIN,
            family=True,
        )
    if categorical:
        yield within(
            "categories",
            f"Do the categories of every descriptor have the same shares in {a} and {b}?",
            severity,
            "total_variation",
            PRACTICAL_MARGIN,
            family=True,
        )
    yield within(
        "missing",
        f"Is every descriptor missing as often in {a} as in {b}?",
        "warning",
        "missing_share_difference",
        PRACTICAL_MARGIN,
        family=True,
    )
    yield Check(
        f"joint.{a}.{b}",
        assumption,
        f"Do {a} and {b} agree in all descriptors together?",
        severity,
        "energy_distance",
        "no_difference",
        JOINT_LEVEL,
        remedy,
        split_a=a,
        split_b=b,
    )


def _mismatch(present: Sequence[str], *, synthesized: bool, numeric: bool) -> Iterator[Check]:
    if not {"train", "dev"} <= set(present):
        return
    expected = "Nothing: plentiful data is expected to differ. The noise policy and target data in train close the gap."
    trainings = [("train", expected)]
    if synthesized:
        trainings.append((AUGMENTED, "Fit the noise policy to more target records, or put more target data in train."))
    for a, remedy in trainings:
        words = "train with its synthetic records" if a == AUGMENTED else "train"
        yield Check(
            f"joint.{a}.dev",
            "mismatch",
            f"Is {words} like dev in all descriptors together?",
            "info",
            "energy_distance",
            "no_difference",
            JOINT_LEVEL,
            remedy,
            split_a=a,
            split_b="dev",
        )
        if numeric:
            yield Check(
                f"descriptors.{a}.dev",
                "mismatch",
                f"Is every descriptor as large in {words} as in dev?",
                "info",
                "cliffs_delta",
                "family_within",
                PRACTICAL_MARGIN,
                remedy,
                split_a=a,
                split_b="dev",
            )
    if synthesized:
        yield Check(
            "gap-closed",
            "gap-closed",
            "Does the synthetic data bring train closer to dev?",
            "warning",
            "gap_closed",
            "above",
            0.0,
            "Set synthesis.policy to none, or give the fit more target records: this policy does not help.",
            split_a=AUGMENTED,
            split_b="dev",
        )


def _accounted(inputs: Sequence[str]) -> Iterator[Check]:
    def count(name: str, assumption: str, question: str, severity: Severity, statistic: str, remedy: str) -> Check:
        return Check(name, assumption, question, severity, statistic, "at_most", 0.0, remedy)

    yield count(
        "rows-unaccounted",
        "accounted",
        "Is every listed record in a split, in the quarantine or in the list of what was dropped?",
        "critical",
        "rows_unaccounted",
        "Report this: records vanished between ingest and split.",
    )
    bounds: list[tuple[str, Severity, float]] = [
        ("quarantined", "warning", QUARANTINED_NOTED),
        ("quarantined-much", "critical", QUARANTINED_REFUSED),
    ]
    for name in inputs:
        for start, severity, limit in bounds:
            yield Check(
                f"{start}.{name}",
                "accounted",
                f"Could at least {1 - limit:.0%} of input {name} be used?",
                severity,
                "quarantined_share",
                "at_most",
                limit,
                "quarantine.parquet says why, record by record. Mend the files, or narrow the input's path.",
                descriptor=name,
            )
    yield count(
        "ledger-moved",
        "ledger",
        "Is every record in the split that the ledger remembers?",
        "critical",
        "ledger_moved",
        "Restore ledger.parquet from a backup; a model may have been trained on what is now judged on.",
    )
    yield count(
        "ledger-incidents",
        "ledger",
        "Does no new record tie together atoms of different splits?",
        "warning",
        "ledger_incidents",
        "Look at the records that the report lists; their training side was dropped.",
    )
    yield count(
        "constant-descriptors",
        "descriptors",
        "Does every descriptor vary?",
        "info",
        "constant_descriptors",
        "Nothing, if the data is that uniform; a constant descriptor can show no difference.",
    )
