"""One model for several labels: worth trying where their amounts are similar, told from counts alone."""

from collections.abc import Mapping
from dataclasses import dataclass

SIMILAR = 0.5
"""Of the most annotated label. From half of the most on, all other labels together bring a label more records than it
has, and no label is a footnote to another. A convention; that others help at all, only a model tells."""
RULE = (
    "One model for several labels is worth trying where all of this holds: the labels are of the same input, so that "
    "what is learned low down serves all; their amounts are similar, so that to each label all others together add "
    "much; and the model is large enough to do well on all of them, or it does worse than one model each."
)


@dataclass(frozen=True)
class Amount:
    """What train holds of one label.

    Parameters
    ----------
    label : str
    annotated : int
        Records in which somebody looked for it; records of its class, where a record has one class.
    source, target : int
        The same by domain.
    ratio : float
        Of the most annotated label.
    others : int
        Annotated records of all other labels that are similar.
    advice : {"together", "alone or carried", "nothing"}
        "nothing": not annotated at all in train.
    reason : str
    """

    label: str
    annotated: int
    source: int
    target: int
    ratio: float
    others: int
    advice: str
    reason: str


@dataclass(frozen=True)
class MultiTask:
    """Whether one model for several labels is advised, and for which.

    Parameters
    ----------
    advised : bool
    together : tuple of str
        Labels of similar amounts, the most annotated first.
    amounts : tuple of Amount
        In the order of the labels given.
    reason : str
    """

    advised: bool
    together: tuple[str, ...]
    amounts: tuple[Amount, ...]
    reason: str
    rule: str = RULE


def advise_multi_task(counts: Mapping[str, Mapping[str, int]]) -> MultiTask:
    """Compare the amounts of labels.

    Parameters
    ----------
    counts : mapping of str to mapping of str to int
        Label -> domain (`source`, `target`) -> records of train in which somebody looked for it. What nobody looked at
        is not counted: it is not zero.

    Returns
    -------
    MultiTask

    Notes
    -----
    Invariants: neither the order nor the names of labels matter, nor does a common factor of all counts. A target that
    is annotated for more labels than its source leaves those to the target alone.
    """
    total = {label: sum(by.values()) for label, by in counts.items()}
    most = max(total.values(), default=0)
    together = tuple(
        sorted((label for label in total if most and total[label] >= SIMILAR * most), key=lambda name: -total[name])
    )
    amounts = []
    for label, by in counts.items():
        own, others = total[label], sum(total[name] for name in together if name != label)
        ratio = own / most if most else 0.0
        if not own:
            advice, reason = "nothing", "nobody has looked for it in train: annotate some, or leave it out"
        elif label in together:
            advice = "together"
            reason = (
                f"similar: {100 * ratio:.0f} % of the most; the others of that kind add {others:,} annotated records"
                if others
                else "no other label has a similar amount"
            )
        else:
            advice = "alone or carried"
            reason = (
                f"{100 * ratio:.0f} % of the most: it gains from the others and gives them nothing; "
                "compare with a model of its own that starts from theirs"
            )
        amounts.append(Amount(label, own, by.get("source", 0), by.get("target", 0), ratio, others, advice, reason))
    advised = len(together) > 1
    return MultiTask(advised, together, tuple(amounts), _say(advised, together, amounts, total))


def _say(advised: bool, together: tuple[str, ...], amounts: list[Amount], total: Mapping[str, int]) -> str:
    if len(amounts) < 2:
        return "There is one label: nothing to learn together."
    few = [amount.label for amount in amounts if amount.advice == "alone or carried"]
    if not advised:
        return (
            f"No: {together[0]} has {total[together[0]]:,} annotated records in train, and no other label half as many."
            if together
            else "No: nothing is annotated in train."
        )
    span = [total[name] for name in together]
    told = f"Yes, for {len(together)} of {len(amounts)} labels: {min(span):,} to {max(span):,} annotated records each."
    return told + (f" Not for {len(few)}, which have less than half of the most." if few else "")
