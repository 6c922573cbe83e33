"""Which of several differences is the largest, so that whoever is told so is seldom told wrong."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy.special import ndtri

from tasks.diagnosis.rates import Rate, combined

WRONG = 0.05
"""At most so often something else than the largest difference is called the largest."""

Terms = Mapping[str, float]


@dataclass(frozen=True)
class MoreRows:
    """What would decide between two differences, if both are as large as they look.

    Parameters
    ----------
    split : str or None
        The level that rows have to be added to; None: to all that matter.
    rows : int or None
        How many rows it then needs, those included that it has; None with `factor`.
    factor : float
        By how much the rows of all levels would have to be multiplied.
    """

    split: str | None
    rows: int | None
    factor: float


@dataclass(frozen=True)
class Decision:
    """The answer.

    Parameters
    ----------
    largest : str or None
        None: the intervals do not support any.
    contenders : tuple of str
        What may be the largest, the one that looks largest first.
    more : MoreRows, optional
        What would decide; None where it is decided, or where no number of rows is foreseen to.
    """

    largest: str | None
    contenders: tuple[str, ...]
    more: MoreRows | None = None


def find_largest(differences: Mapping[str, Terms], rates: Mapping[str, Rate], silent: frozenset[str]) -> Decision:
    """Name the largest of several differences of independent rates, where the data support it.

    Parameters
    ----------
    differences : mapping of str to mapping
        Name -> factors of rates, see `tasks.diagnosis.rates.combined`.
    rates : mapping of str to Rate
    silent : frozenset of str
        Differences that are known to be at most so large: others have to beat them, they are never named.

    Returns
    -------
    Decision

    Notes
    -----
    The one that looks largest is named when it is surely above 0 and surely above each other one, all at once. With k
    differences each comparison is made one-sided at `WRONG` / (k - 1): a wrong name needs a comparison with the truly
    largest one to err, and k - 1 of them may (Bonferroni). So a wrong name comes up in at most `WRONG` of all ladders,
    whatever the truth.

    References
    ----------
    Hsu 1996, Multiple comparisons, ch. 4: comparison with the best.
    """
    size = {
        name: sum(factor * rates[level].error for level, factor in terms.items()) for name, terms in differences.items()
    }
    if not size:
        return Decision(None, ())
    first = max(size, key=lambda name: (size[name], name not in silent))
    confidence = 1 - 2 * WRONG / max(1, len(size) - 1)
    rivals = []
    for name in size:
        if name == first:
            continue
        _, low, _ = combined(_minus(differences[first], differences[name]), rates, confidence)
        if not low > 0:
            rivals.append(name)
    rivals.sort(key=lambda name: -size[name])
    _, above, _ = combined(differences[first], rates, 1 - WRONG)
    if not rivals and above > 0 and first not in silent:
        return Decision(first, (first,))
    against = _minus(differences[first], differences[rivals[0]]) if rivals else differences[first]
    z = float(ndtri(0.5 + (confidence if rivals else 1 - WRONG) / 2))
    more = None if first in silent else rows_to_decide(against, rates, z)
    return Decision(None, (first, *rivals), more)


def rows_to_decide(terms: Terms, rates: Mapping[str, Rate], z: float) -> MoreRows | None:
    """Say how many rows would bring a sum of rates surely above 0, if it is as large as it looks.

    Returns
    -------
    MoreRows or None
        One level's rows where that level alone can do it: the one that needs fewest more. None where the sum is 0 or
        below, so that no number of rows is foreseen to, or where more than a billion would be needed.
    """
    size = sum(factor * rates[name].error for name, factor in terms.items())
    if size <= 1e-9:
        return None
    variance = {name: factor**2 * rates[name].variance for name, factor in terms.items()}
    allowed = (size / z) ** 2
    total = sum(variance.values())
    found = []
    for name, own in variance.items():
        rows, left = rates[name].n, allowed - (total - own)
        if rows is not None and left > 0 and own > 0:
            found.append((max(0, math.ceil(rows * own / left) - rows), name, math.ceil(rows * own / left)))
    factor = max(1.0, total / allowed)
    if found and min(found)[0] < 10**9:
        _, name, rows = min(found)
        # Wilson's interval is a little wider than the normal one that this counts with.
        return MoreRows(name, max(rows, (rates[name].n or 0) + 1), factor)
    return MoreRows(None, None, factor) if factor < 10**6 else None


def _minus(terms: Terms, others: Terms) -> dict[str, float]:
    found = dict(terms)
    for name, factor in others.items():
        found[name] = found.get(name, 0.0) - factor
    return {name: factor for name, factor in found.items() if factor}
