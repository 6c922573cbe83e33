"""The page of a diagnosis: one model's ladder, what to do next, and where it stands among the others."""

from collections.abc import Mapping, Sequence
from typing import Any

from tasks.diagnosis.ladder import Ladder
from tasks.diagnosis.rates import Rate
from tasks.report.environment import environment
from tasks.report.ladder_words import goal, headline, rate_words, two_way
from tasks.report.waterfall import waterfall


def render_diagnosis(
    model: str,
    ladder: Ladder,
    *,
    cells: Mapping[str, Rate],
    remarks: Sequence[str] = (),
    place: str = "",
    models: Sequence[Mapping[str, Any]] = (),
    ranking: str = "",
    metric: str = "",
) -> str:
    """Return the page as text.

    Parameters
    ----------
    model : str
    ladder : Ladder
    cells : mapping of str to Rate
        What the two-way table has besides, see `tasks.diagnosis.levels.TABLE`.
    remarks : sequence of str
        Besides those of the ladder.
    place : str
        What was diagnosed on: ", digits, version 3".
    models : sequence of mapping
        Rows of the ranking: name, value, interval, beside, thresholds.
    ranking, metric : str

    Notes
    -----
    Invariants: no script and no address but anchors; whatever a name contains comes out as text.
    """
    table = [(name, rate_words(source), rate_words(target)) for name, source, target in two_way(ladder, cells)]
    view = {
        "model": model,
        "ladder": ladder,
        "sentence": headline(ladder),
        "goal": goal(ladder),
        "picture": waterfall(ladder) if ladder.links else None,
        "remarks": [*ladder.remarks, *remarks],
        "table": table,
        "place": place,
        "models": models,
        "ranking": ranking,
        "metric": metric,
    }
    return environment().get_template("diagnosis.html.jinja").render(view)
