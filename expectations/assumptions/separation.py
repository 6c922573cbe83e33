"""What must be apart is apart: splits, source and dev or test, synthetic records and all but train."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from expectations.check import Check

SYNTHETIC = "synthetic"
"""What the measurements call the synthetic records where they stand for a split."""

_APART = {
    "ids": ("ids-apart", "records", "Report this: a record id stands in two splits, which the split verb rules out."),
    "atoms": (
        "atoms-apart",
        "atoms",
        "Build with a new store: the ledger holds assignments that later ties contradict.",
    ),
    "pairs": (
        "near-duplicates-apart",
        "near-duplicates",
        "Look up the pairs in duplicates.parquet; then build with a new store, whose ledger holds no such assignment.",
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


def target_checks(judged: Sequence[str]) -> Iterator[Check]:
    """Ask whether dev and test are free of source records."""
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


def separation_checks(present: Sequence[str]) -> Iterator[Check]:
    """Ask of every pair of splits whether they share records, atoms, near-duplicates, payloads or groups."""
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


def synthetic_checks(present: Sequence[str]) -> Iterator[Check]:
    """Ask whether synthetic records descend from train alone."""
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
