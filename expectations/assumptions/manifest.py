"""The manifest is sound: every row known and in one split."""

from collections.abc import Iterator, Sequence

from expectations.check import Check
from tasks.config.inputs import LabelKind


def manifest_checks(
    present: Sequence[str], judged: Sequence[str], *, synthesized: bool, labels: LabelKind | None
) -> Iterator[Check]:
    """Ask what every row of the manifest must meet."""

    def row(condition: str, question: str, remedy: str, split: str | None = None, limit: float = 0.0) -> Check:
        name = f"manifest.{condition.replace('_', '-')}" + (f".{split}" if split else "")
        return Check(name, "manifest", question, "critical", condition, "rows", limit, remedy, split_a=split)

    report = "Report this: the publish verb wrote a manifest that breaks its own contract."
    columns = "columns_beside_labels" if labels == "several" else "columns"
    yield row(columns, "Does the manifest have every column that readers rely on?", report)
    yield row(
        "record_id_unique", "Is every record listed once?", "Give every record its own id: see the input's setting id."
    )
    yield row("record_id_present", "Has every record an id?", "Fill the column that the input's setting id names.")
    yield row("split_present", "Is every record in a split?", report)
    yield row("split_known", "Does no other split than the four occur?", report)
    yield row("domain_present", "Has every record a domain?", report)
    yield row("domain_known", "Does no other domain than source and target occur?", report)
    if labels in ("class", "number"):
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
