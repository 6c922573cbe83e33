"""How many rows would decide what is undecided now."""

import math

from tasks.shift.measurements import Effect

MOST_TIMES = 1_000.0
"""Beyond so many times the rows that there are, no number is given: the effect then lies within a thirtieth of its
interval's half from the limit, which says where the limit is, and nothing of what more rows would show."""


def rows_to_decide(effect: Effect, limit: float, *, signed: bool = False) -> int | None:
    """Return how many rows a side it takes until the interval no longer spans the limit.

    Parameters
    ----------
    effect : Effect
        With its interval, and the rows of both sides (`n_b` is 0 where there is one side only).
    limit : float
        Of the effect's size, in either direction; of the effect itself if `signed`.
    signed : bool
        An effect far below 0 counts as below the limit, not beyond it.

    Returns
    -------
    int or None
        Rows on each side, in atoms as large as the present ones; fewer than there are where they decide already. None
        where the effect sits on the limit, or nothing is known of the effect or its interval.

    Notes
    -----
    Each end of the interval comes nearer to the effect as 1 / sqrt(rows). If the effect stays what it is now, so many
    rows decide in one of two samples, twice as many in three of four or better: it is an order of magnitude, not a
    promise. Sides of unequal size count as their harmonic mean, which is what the width of a difference depends on.
    Near 0 distances shrink faster than that, so that fewer rows may do.

    Invariants: a wider interval never needs fewer rows; the sign of the effect does not matter unless `signed`.
    """
    found = (effect.effect, effect.ci_low, effect.ci_high)
    sides = [rows for rows in (effect.n_a, effect.n_b) if rows > 0]
    if not sides or not all(math.isfinite(number) for number in (*found, limit)):
        return None
    middle, low, high = found if signed or effect.effect >= 0 else (-found[0], -found[2], -found[1])
    below, above = max(0.0, middle - low), max(0.0, high - middle)
    reaches = [(below, middle - limit)] if middle > limit else [(above, limit - middle)]
    if middle <= limit and not signed:
        reaches.append((below, middle + limit))
    times = 0.0
    for reach, room in reaches:
        if room <= 0 or reach > room * math.sqrt(MOST_TIMES):
            return None
        times = max(times, (reach / room) ** 2)
    rows = len(sides) / sum(1 / size for size in sides)
    return max(1, math.floor(rows * times) + 1)
