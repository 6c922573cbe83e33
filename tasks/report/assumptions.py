"""One block an assumption: what was asked of which splits, and what came out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates, finite
from tasks.report.plots import interval_plot
from tasks.report.wording import count, interval, number, percent, round_number

_WORST_FIRST = ("fail", "undecided", "pass")
_SHARES = frozenset({"quarantined_share", "largest_atom_share", "margin", "gap_closed"})


@dataclass(frozen=True)
class Answer:
    """One check as the page shows it; texts are empty where there is nothing to say."""

    id: str
    anchor: str
    question: str
    status: str
    severity: str
    about: str
    effect: str
    interval: str
    limit: str
    p_value: str
    rows: str
    plot: Markup | None
    reason: str
    remedy: str

    @property
    def quiet(self) -> bool:
        """Whether a failure is nothing to worry about: it was asked for information only."""
        return self.severity == "info" and self.status != "pass"


@dataclass(frozen=True)
class Block:
    """One assumption with its answers, worst first."""

    key: str
    anchor: str
    title: str
    status: str
    quiet: bool
    tally: str
    answers: tuple[Answer, ...]

    @property
    def open(self) -> tuple[Answer, ...]:
        """What is worth a look: everything but what passed exactly."""
        return tuple(answer for answer in self.answers if answer.status != "pass" or answer.plot is not None)

    @property
    def folded(self) -> tuple[Answer, ...]:
        """What passed exactly: one line says it all."""
        return tuple(answer for answer in self.answers if answer.status == "pass" and answer.plot is None)


def all_answers(contents: ReportContents) -> tuple[Answer, ...]:
    """Return the checks as the page shows them, in the verdict's order."""
    estimates = Estimates(contents.measurements)
    checks = contents.verdict["checks"]
    return tuple(_answer(check, f"check-{place}", estimates) for place, check in enumerate(checks, start=1))


def assumption_blocks(contents: ReportContents) -> tuple[Block, ...]:
    """Gather the checks by assumption, in the order of their first check."""
    gathered: dict[str, list[Answer]] = {}
    for check, answer in zip(contents.verdict["checks"], all_answers(contents), strict=True):
        gathered.setdefault(str(check.get("assumption") or check["question"]), []).append(answer)
    blocks = []
    for place, (key, answers) in enumerate(gathered.items(), start=1):
        answers.sort(key=lambda answer: (answer.quiet, _WORST_FIRST.index(answer.status)))
        worst = min(answers, key=lambda answer: (_WORST_FIRST.index(answer.status), answer.quiet))
        grave = [answer for answer in answers if not answer.quiet]
        status = grave[0].status if grave and grave[0].status != "pass" else worst.status
        quiet = status != "pass" and not any(answer.status == status for answer in grave)
        title = contents.assumptions.get(key, key)
        blocks.append(Block(key, f"assumption-{place}", title, status, quiet, _tally(answers), tuple(answers)))
    return tuple(blocks)


def _tally(answers: list[Answer]) -> str:
    words = {"pass": "passed", "fail": "failed", "undecided": "undecided"}
    counted = {status: sum(answer.status == status for answer in answers) for status in _WORST_FIRST}
    if counted["pass"] == len(answers):
        return "1 check, passed" if len(answers) == 1 else f"{count(len(answers))} checks, all passed"
    parts = [f"{count(amount)} {words[status]}" for status, amount in counted.items() if amount]
    return f"{count(len(answers))} {'check' if len(answers) == 1 else 'checks'}: {', '.join(parts)}"


def _answer(check: Mapping[str, Any], anchor: str, estimates: Estimates) -> Answer:
    statistic = str(check.get("statistic") or "")
    rule = str(check.get("rule") or "at_most")
    estimate = Estimate(
        finite(check["effect"]), finite(check["ci_low"]), finite(check["ci_high"]), finite(check["p_value"])
    )
    in_words = percent if statistic in _SHARES else number
    limit = finite(check["limit"])
    splits = [str(split) for split in (check["split_a"], check["split_b"]) if split]
    about = " and ".join(splits) or str(check.get("descriptor") or "")
    family = estimates.all(statistic, check["split_a"], check["split_b"])
    others = [other.effect for other in family if other.effect is not None] if len(family) > 1 else []
    low_is_bad = rule in ("above", "at_least", "gains")
    plot = None
    if not estimate.exact:
        plot = interval_plot(
            estimate,
            limit=None if rule == "no_difference" else limit,
            fails="below" if low_is_bad else "above" if rule == "interval_below" else "beyond",
            others=others,
            about=str(check["question"]),
        )
    return Answer(
        id=str(check["id"]),
        anchor=anchor,
        question=str(check["question"]),
        status=str(check["status"]),
        severity=str(check["severity"]),
        about=about,
        effect=in_words(estimate.effect) if estimate.effect is not None else "",
        interval=_interval(estimate, as_percent=statistic in _SHARES),
        limit=_limit(rule, limit, percent(limit) if statistic in _SHARES else round_number(limit)),
        p_value=_p_value(estimate.p_value),
        rows=_rows(check["n_a"], check["n_b"]),
        plot=plot,
        reason=_reason(check, plot),
        remedy=str(check.get("remedy") or "") if check["status"] != "pass" else "",
    )


def _reason(check: Mapping[str, Any], plot: Markup | None) -> str:
    """Return why a check did not pass, unless the numbers beside it say so themselves."""
    if check["status"] == "pass" or (plot is None and check["effect"] is not None and not check.get("descriptor")):
        return ""
    return str(check.get("reason") or "")


def _interval(estimate: Estimate, *, as_percent: bool) -> str:
    if estimate.exact:
        return ""
    if not as_percent:
        return interval(estimate.low, estimate.high)
    return f"[{percent(estimate.low)}, {percent(estimate.high)}]"


def _limit(rule: str, limit: float | None, said: str) -> str:
    if limit is None:
        return ""
    words = {
        "above": f"above {said}",
        "gains": f"above 0; none if below {said}",
        "at_least": f"at least {said}",
        "no_difference": f"p above {said}",
        "interval_within": f"within ± {said}",
        "interval_below": f"below {said}",
        "family_within": f"each within ± {said}",
    }
    return words.get(rule, f"at most {said}")


def _p_value(p_value: float | None) -> str:
    if p_value is None:
        return ""
    return "p < 0.001" if p_value < 0.001 else f"p = {p_value:.3f}"


def _rows(n_a: int | None, n_b: int | None) -> str:
    if n_a is None and n_b is None:
        return ""
    return " / ".join(count(n) for n in (n_a, n_b) if n)
