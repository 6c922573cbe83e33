"""The evidence folder: one page an assumption, an index, and the results that Great Expectations stored."""

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import great_expectations as gx
from great_expectations.core import ExpectationSuiteValidationResult

from expectations.check import SEVERITIES
from expectations.checks import ASSUMPTIONS
from expectations.pages.blocks import EvidencePageRenderer
from expectations.pages.view import EvidenceView
from expectations.verdict import CheckResult, Verdict
from tasks.catalog.atomic import write_text


def write_evidence(
    results: Mapping[str, ExpectationSuiteValidationResult], verdict: Verdict, run_name: str, out: Path
) -> Path:
    """Write the pages and the results, and return the index.

    Parameters
    ----------
    results : mapping of str to ExpectationSuiteValidationResult
        Assumption -> what Great Expectations found.
    verdict : Verdict
        The same as answers.
    run_name : str
        Stands on every page.
    out : Path
        The folder; made if missing. Files of the same name are replaced.

    Returns
    -------
    Path
        `out/index.html`.

    Notes
    -----
    Invariants: no page refers to anything outside the folder but the report one level up; no page holds a script; every
    check stands on the page of its assumption.
    """
    (out / "results").mkdir(parents=True, exist_ok=True)
    answers = {answer.id: answer for answer in verdict.checks}
    view = EvidenceView()
    shown = {"run_name": run_name, "gx_version": gx.__version__}
    pages = []
    for assumption, result in results.items():
        own = [answers[item.expectation_config.meta["check"]["id"]] for item in result.results]
        counts = _counts(own)
        document = EvidencePageRenderer().render_evidence(ASSUMPTIONS[assumption], result, own)
        write_text(view.render(document, counts=counts, **shown), out / f"{assumption}.html")
        stored = json.dumps(_finite(result.to_json_dict()), indent=2, ensure_ascii=False, allow_nan=False)
        write_text(stored + "\n", out / "results" / f"{assumption}.json")
        pages.append({"name": assumption, "title": ASSUMPTIONS[assumption], "counts": counts})
    unmet = _unmet(verdict)
    index = view.env.get_template("index.html.j2").render(
        pages=pages,
        verdict=verdict,
        counts=_counts(verdict.checks),
        open=[answer for answer in unmet if answer.severity != "info"],
        known=[answer for answer in unmet if answer.severity == "info"],
        **shown,
    )
    write_text(index, out / "index.html")
    return out / "index.html"


def _counts(answers: Sequence[CheckResult]) -> Mapping[str, int]:
    """Count the answers; what is only for information and did not pass is noted, not failed."""
    words = ("noted" if each.severity == "info" and each.status != "pass" else each.status for each in answers)
    return dict.fromkeys(("fail", "undecided", "pass", "noted"), 0) | Counter(words)


def _unmet(verdict: Verdict) -> list[CheckResult]:
    """Return what did not pass: failures before undecided checks, gravest first."""
    found = [answer for answer in verdict.checks if answer.status != "pass"]
    return sorted(found, key=lambda answer: (answer.status != "fail", SEVERITIES.index(answer.severity)))


def _finite(value: Any) -> Any:
    """Replace NaN and infinity, which JSON does not know, by null."""
    if isinstance(value, Mapping):
        return {str(key): _finite(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
