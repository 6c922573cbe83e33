"""Nothing vanishes and nothing moves: records, quarantine, ledger, descriptors."""

from collections.abc import Iterator, Sequence

from expectations.check import Check, Severity
from expectations.limits import QUARANTINED_NOTED, QUARANTINED_REFUSED


def accounting_checks(inputs: Sequence[str], judged: Sequence[str]) -> Iterator[Check]:
    """Ask whether every record is accounted for, stays in its split, and is told apart from others."""

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
    for split in judged:
        yield Check(
            f"trained-on-before.{split}",
            "ledger",
            f"Was no record of {split} in train in an earlier version?",
            "warning",
            "formerly_in",
            "at_most",
            0.0,
            f"Judge on this {split} only models that are trained on this version: older ones have learned from it.",
            split_a=split,
            split_b="train",
        )
    yield count(
        "constant-descriptors",
        "descriptors",
        "Does every descriptor vary?",
        "info",
        "constant_descriptors",
        "Nothing, if the data is that uniform; a constant descriptor can show no difference.",
    )
