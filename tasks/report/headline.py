"""The verdict in a few lines: valid or not, the numbers that matter, and what needs attention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED, SPLITS
from tasks.report.accounts import ORIGINS
from tasks.report.assumptions import Answer, all_answers
from tasks.report.bars import Part, whole_bar
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimates
from tasks.report.helps import proof_sentence
from tasks.report.wording import count, interval, percent


@dataclass(frozen=True)
class SplitRows:
    """The rows of one split, by origin."""

    split: str
    rows: int
    origins: str
    bar: Markup


@dataclass(frozen=True)
class Concern:
    """Checks that did not pass and that the same remedy would mend."""

    status: str
    remedy: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Headline:
    """What a reader knows after ten seconds."""

    status: str
    sentence: str
    gap: str
    gap_interval: str
    gap_words: str
    proof: str
    """Whether synthetic records help a model; empty where none were made."""
    tally: Mapping[str, int]
    informative: int
    splits: tuple[SplitRows, ...]
    attention: tuple[Concern, ...]


def headline(contents: ReportContents) -> Headline:
    """Sum a report up."""
    answers = all_answers(contents)
    tally = {status: sum(answer.status == status for answer in answers) for status in ("pass", "fail", "undecided")}
    gap = Estimates(contents.measurements).one("gap_closed", AUGMENTED, "dev")
    known = gap is not None and gap.effect is not None
    return Headline(
        status=str(contents.verdict["status"]),
        sentence=_sentence(contents.verdict["status"], answers),
        gap=percent(gap.effect) if gap is not None and known else "not measured",
        gap_interval=_percent_interval(gap.low, gap.high) if gap is not None and known else "",
        gap_words=_gap_words(contents, gap.low if gap else None, gap.high if gap else None, known),
        proof=proof_sentence(contents),
        tally=tally,
        informative=sum(answer.quiet and answer.status == "fail" for answer in answers),
        splits=split_rows(contents),
        attention=_concerns(answers),
    )


def _concerns(answers: Sequence[Answer]) -> tuple[Concern, ...]:
    """Gather what did not pass by remedy, failures first, critical ones first among them."""
    unmet = [answer for answer in answers if answer.status != "pass" and not answer.quiet]
    unmet.sort(key=lambda answer: (answer.status != "fail", answer.severity != "critical"))
    gathered: dict[tuple[str, str], list[Answer]] = {}
    for answer in unmet:
        gathered.setdefault((answer.status, answer.remedy), []).append(answer)
    return tuple(Concern(status, remedy, tuple(found)) for (status, remedy), found in gathered.items())


def _sentence(status: str, answers: Sequence[Answer]) -> str:
    if not answers:
        return "No check was made, so nothing is known about this version."
    failed = {
        severity: sum(answer.status == "fail" and answer.severity == severity for answer in answers)
        for severity in ("critical", "warning", "info")
    }
    if status != "valid":
        gravest = "critical" if failed["critical"] else "warning"
        return f"{_checks(failed[gravest], gravest)} failed: do not train or judge on this data."
    if failed["critical"]:
        return f"{_checks(failed['critical'], 'critical')} failed; the settings let the version through all the same."
    return (
        f"No critical check failed; {_checks(failed['warning'], 'warning')} did."
        if failed["warning"]
        else ("No critical check failed.")
    )


def _checks(number: int, severity: str) -> str:
    noun = {"critical": "critical check", "warning": "warning"}[severity]
    return f"1 {noun}" if number == 1 else f"{count(number)} {noun}s"


def _percent_interval(low: float | None, high: float | None) -> str:
    if not interval(low, high):
        return "no interval"
    return f"95 % interval {percent(low)} to {percent(high)}"


def _gap_words(contents: ReportContents, low: float | None, high: float | None, known: bool) -> str:
    if not known:
        if not any(origins.get("synthetic", 0) for origins in contents.splits.values()):
            return "There is no synthetic data, so there is nothing to close the gap with."
        return "Whether the synthetic data brings training closer is not known."
    where = " Measured on the half of dev that the noise was not fitted to." if contents.dev_fit_rows else ""
    if low is not None and low > 0:
        return "Synthetic data brings training closer to what users send." + where
    if high is not None and high < 0:
        return "Synthetic data takes training further away from what users send." + where
    return "The interval includes zero: whether synthetic data brings training closer is not decided." + where


def split_rows(contents: ReportContents) -> tuple[SplitRows, ...]:
    """Return the splits that there are, train first, each with a bar of its origins on a common scale."""
    named = [split for split in SPLITS if split in contents.splits]
    largest = max((sum(contents.splits[split].values()) for split in named), default=0)
    rows = []
    for split in named:
        origins = contents.splits[split]
        parts = [Part(origin, origins.get(origin, 0), f"origin-{origin}") for origin in ORIGINS]
        said = ", ".join(f"{count(part.amount)} {part.name}" for part in parts if part.amount) or "empty"
        rows.append(
            SplitRows(split, sum(origins.values()), said, whole_bar(parts, most=largest, width=260, about=split))
        )
    return tuple(rows)
