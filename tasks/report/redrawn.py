"""What drawing dev and test anew means for whoever compares models of several versions."""

from collections.abc import Collection, Iterator

from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimates
from tasks.report.wording import count

JUDGED = ("dev", "test")


def seen_before(contents: ReportContents) -> tuple[str, ...]:
    """Say which records were elsewhere in an earlier version, and what follows from it.

    Returns
    -------
    tuple of str
        One sentence or two for each split that is concerned; none when dev and test were never drawn anew.
    """
    return tuple(_sentences(contents)) if contents.drawings else ()


def _sentences(contents: ReportContents) -> Iterator[str]:
    estimates = Estimates(contents.measurements)

    def told(now: str, places: Collection[str]) -> str:
        found = {before: estimates.one("formerly_in", now, before) for before in places}
        parts = [f"{count(one.effect)} were in {before}" for before, one in found.items() if one and one.effect]
        rows = next((one.n_a for one in found.values() if one), None)
        return f"Of the {count(rows)} rows of {now} {' and '.join(parts)} of an earlier version." if parts else ""

    for now in JUDGED:
        if judged := told(now, JUDGED):
            yield f"{judged} Models that were chosen or judged there may look better here than they are."
        if trained := told(now, ("train",)):
            yield f"{trained} Older models learned from them: judge here only models that are trained on this version."
    for now in ("train", "train-dev"):
        if released := told(now, JUDGED):
            yield f"{released} Do not judge a model of this version by the dev or test of an earlier one."
