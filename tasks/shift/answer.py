"""Are two samples different, equivalent, or is it undecided: one answer from all that was compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.shift.compare import Comparison
from tasks.shift.descriptor_table import MARGIN, SPREAD_MARGIN
from tasks.shift.enough_rows import rows_to_decide
from tasks.shift.measurements import NAN, Effect

LEVEL = 0.05
"""Chance of calling two samples of one law different: shared equally among the table of descriptors, corrected for how
many they are, the classifier, and the labels' shares. In 400 pairs of 20 and of 50 rows with 14 columns that is 3.0 and
4.5 %; with .05 for each it was 8.5 and 7.5 %."""

CONSTANT = ("one value in every row", "no value")
"""Notes of columns in which there is nothing to compare, on either side: they neither tell the samples apart nor stand
in the way of calling them equivalent."""

CLASSIFIER, LABELS = "the classifier", "the labels' shares"


@dataclass(frozen=True)
class Answer:
    """What is known of two samples as a whole.

    Attributes
    ----------
    state : str
        "different", "equivalent" or "undecided".
    differing : tuple of str
        What differs by more than the margin: descriptors, the largest effect first; `CLASSIFIER`, `LABELS`.
    open : tuple of str
        What could be either.
    refused : tuple of str
        Columns that could not be compared.
    rows : int, optional
        About how many rows a side would decide what is open; None where that cannot be said.
    """

    state: str
    differing: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    rows: int | None = None


def answer(found: Comparison, *, left_out: Sequence[str] = (), margin: float = MARGIN) -> Answer:
    """Answer from a comparison whether the samples are different, equivalent, or neither is known.

    Parameters
    ----------
    found : Comparison
    left_out : sequence of str
        Columns that could not even be handed to it.
    margin : float
        What it was made with.

    Returns
    -------
    Answer
        "different" when a descriptor, the labels' shares or the classifier differ for sure by more than the margin.
        "equivalent" when every interval lies within the margin, and every column that varies was compared.

    Notes
    -----
    Invariants: a column that was not compared never ends in "equivalent"; rows in any order give the same state.

    "Equivalent" needs all intervals within the margin, which needs no correction for their number (Berger 1982);
    "different" needs one, at `LEVEL` over all of them.
    """
    level = LEVEL / (2 if found.labels is None else 3)
    rows = found.descriptors.to_pylist()
    sure = [row for row in rows if row["state"] == "different" and row["p_adjusted"] < level]
    effects: dict[str, float] = {}
    for row in sure:
        effects[row["descriptor"]] = max(effects.get(row["descriptor"], 0.0), _size(row))
    differing = sorted(effects, key=lambda name: (-effects[name], name))
    refused = [row["descriptor"] for row in rows if row["statistic"] == "none"] + list(left_out)
    decided = [row for row in rows if row["state"] == "equivalent"]
    unclear = [row for row in rows if row not in sure and row not in decided and _could_be_told(row)]
    open_ = list(dict.fromkeys(row["descriptor"] for row in unclear))
    needed = [rows_to_decide(_effect(row), row["margin"]) for row in unclear]

    classifier = found.classifier
    if classifier.p_value < level and classifier.ci_low > margin:
        differing.append(CLASSIFIER)
    elif not classifier.ci_high < margin:
        open_.append(CLASSIFIER)
        needed.append(rows_to_decide(classifier, margin, signed=True))
    if found.labels is not None:
        if found.labels.state == "different" and found.labels.shares.p_value < level:
            differing.append(LABELS)
        elif found.labels.state != "equivalent":
            open_.append(LABELS)
            needed.append(rows_to_decide(found.labels.shares, margin))

    if differing:
        still = tuple(name for name in open_ if name not in differing)
        return Answer("different", tuple(differing), still, tuple(refused))
    if decided and not open_ and not refused:
        return Answer("equivalent")
    known = [count for count in needed if count is not None]
    enough = max(known) if known and len(known) == len(needed) else None
    return Answer("undecided", (), tuple(open_), tuple(refused), enough)


def _could_be_told(row: Mapping[str, object]) -> bool:
    return row["statistic"] != "none" and row["note"] not in CONSTANT


def _effect(row: Mapping[str, object]) -> Effect:
    low, middle, high = (NAN if row[name] is None else row[name] for name in ("ci_low", "effect", "ci_high"))
    return Effect(middle, low, high, n_a=row["n_x"], n_b=row["n_y"])  # type: ignore[arg-type]


def _size(row: Mapping[str, object]) -> float:
    """Size of an effect as if it were Cliff's delta: Wasserstein-1 counts by what a normal value's move would."""
    effect = row["effect"]
    size = abs(effect) if isinstance(effect, float) else 0.0
    return size * MARGIN / SPREAD_MARGIN if row["statistic"] == "wasserstein" else size
