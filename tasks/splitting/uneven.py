"""Which of a few atoms of many sizes: searched for among moves and swaps, with the size met exactly at the end."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.splitting.atom_table import Codes, Floats
from tasks.splitting.subset_sum import nearest_subset

Flags = npt.NDArray[np.bool_]

TOGETHER = 1_024
"""Atoms whose products are all known at a time; of more atoms, random subsets are searched one after the other."""

STARTS = 12
"""Random starts where atoms are few."""

WORK = 1_500
"""Starts times atoms, at most: with a thousand atoms one start comes as low as another."""

SWAPS = 700
"""Swaps that are looked at two at a time, the best first."""

HEAT, COLD = 0.1, 0.001
"""How far a swap may lead away, at first and at last, in squared lengths of an average atom."""

TURNS = 100
"""Swaps tried, for each atom."""

LOOKED_AT = 64
"""Atoms of which the best is swapped in. With a thousand groups, 10 % nearer than moves that only lead nearer."""

ROUNDS = 60
"""Pairs of swaps, at most; each comes nearer."""


@dataclass(frozen=True)
class Few:
    """Atoms to choose from.

    Parameters
    ----------
    sums : ndarray, shape (g, d)
        Sums of coordinates over the rows of each atom.
    rows : ndarray of int64, shape (g,)
    share : float
        Expected share of each atom.
    start : ndarray, shape (d,)
        What the choice is to make up for, apart from the expected share of the atoms themselves.
    """

    sums: Floats
    rows: Codes
    share: float
    start: Floats


def choose_few(few: Few, wanted: int, *, exactly: bool, rng: np.random.Generator) -> Flags:
    """Choose atoms whose coordinates sum to what is expected and whose rows sum to `wanted`.

    Parameters
    ----------
    few : Few
    wanted : int
        Rows.
    exactly : bool
        Whether the rows must be met as nearly as atoms allow; otherwise they count as a further coordinate.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of bool, shape (g,)
    """
    g = len(few.rows)
    if not g:
        return np.zeros(0, bool)
    scale = np.sqrt((few.sums**2).sum() / max(1.0, float((few.rows**2).sum()))) or 1.0
    with_rows = np.column_stack([few.sums, scale * few.rows])
    goal = np.append(few.share * few.sums.sum(0) - few.start, scale * wanted)
    best, least = np.zeros(g, bool), (np.inf, np.inf)
    for _ in range(int(np.clip(WORK // g, 1, STARTS))):
        chosen = _fill(with_rows, few.rows, few.share, goal, rng)
        _search(with_rows, goal, chosen, rng)
        if exactly:
            chosen = _meet(few.sums, few.rows, goal[:-1], chosen, wanted)
            _trade(few.sums, few.rows, goal[:-1], chosen)
        missed = float(abs(int(few.rows[chosen].sum()) - wanted)) if exactly else 0.0
        away = chosen @ with_rows - goal
        found = (missed, float((away[:-1] ** 2).sum() if exactly else (away**2).sum()))
        if found < least:
            best, least = chosen, found
    return best


def _fill(sums: Floats, rows: Codes, share: float, goal: Floats, rng: np.random.Generator) -> Flags:
    """Decide atom by atom, big ones first, random within a factor of two: each way that leaves less to make up for."""
    order = rng.permutation(len(rows))
    order = order[np.argsort(-np.floor(np.log2(rows[order])), kind="stable")]
    chosen = np.zeros(len(rows), bool)
    state = share * sums.sum(0) - goal
    for atom in order.tolist():
        step = sums[atom]
        # Taking it adds (1 - share) of it to the deviation, leaving it takes away the share.
        chosen[atom] = float(state @ step) + 0.5 * (1 - 2 * share) * float(step @ step) < 0
        state += (float(chosen[atom]) - share) * step
    return chosen


def _search(sums: Floats, goal: Floats, chosen: Flags, rng: np.random.Generator) -> None:
    """Move and swap, in place, the best first, until nothing comes nearer to the goal."""
    g = len(chosen)
    sets = max(1, -(-g // TOGETHER))
    for _ in range(2 if sets > 1 else 1):
        for part in np.array_split(rng.permutation(g) if sets > 1 else np.arange(g), sets):
            kernel = sums[part] @ sums[part].T
            pull = sums[part] @ (chosen @ sums - goal)
            own = np.diagonal(kernel)
            inside = chosen[part]
            _anneal(kernel, pull, inside, rng)
            for _ in range(4 * len(part)):
                out, into = np.flatnonzero(inside), np.flatnonzero(~inside)
                lose, win = own[out] - 2 * pull[out], own[into] + 2 * pull[into]
                swap = lose[:, None] + win[None, :] - 2 * kernel[np.ix_(out, into)]
                choices = [(float(np.min(c, initial=np.inf)), name) for c, name in ((swap, 0), (lose, 1), (win, 2))]
                least, which = min(choices)
                if least > -1e-9 * float(own.max()):
                    break
                if which == 0:
                    i, j = np.unravel_index(int(swap.argmin()), swap.shape)
                    moves = [(out[i], -1.0), (into[j], 1.0)]
                elif which == 1:
                    moves = [(out[int(lose.argmin())], -1.0)]
                else:
                    moves = [(into[int(win.argmin())], 1.0)]
                for atom, way in moves:
                    inside[atom] = way > 0
                    pull += way * kernel[atom]
            chosen[part] = inside


def _anneal(kernel: Floats, pull: Floats, inside: Flags, rng: np.random.Generator) -> None:
    """Swap, in place, also where that leads away a little, less and less so."""
    ins, outs = np.flatnonzero(inside), np.flatnonzero(~inside)
    if not len(ins) or not len(outs):
        return
    own = np.diagonal(kernel).copy()
    steps = TURNS * len(inside)
    limits = HEAT * float(own.mean()) * np.geomspace(1, COLD / HEAT, steps) * rng.standard_exponential(steps)
    first = rng.integers(0, len(ins), steps).tolist()
    second = rng.integers(0, len(outs), (steps, LOOKED_AT))
    for limit, at, candidates in zip(limits.tolist(), first, second, strict=True):
        i, others = ins[at], outs[candidates]
        cost = own[others] + 2 * (pull[others] - kernel[i, others])
        best = int(cost.argmin())
        if cost[best] + own[i] - 2 * pull[i] < limit:
            j = others[best]
            pull += kernel[j] - kernel[i]
            ins[at], outs[candidates[best]] = j, i
    inside[:] = False
    inside[ins] = True


@dataclass(frozen=True)
class _Swaps:
    out: Codes
    into: Codes
    cost: Floats
    change: Codes


def _swaps(sums: Floats, rows: Codes, goal: Floats, chosen: Flags) -> _Swaps:
    """List the swaps, single moves included (-1: nothing), that cost least, the cheapest first."""
    pull = sums @ (chosen @ sums - goal)
    own = (sums**2).sum(1)
    out, into = np.flatnonzero(chosen), np.flatnonzero(~chosen)
    if len(out) > TOGETHER:
        out = out[np.argsort(own[out] - 2 * pull[out], kind="stable")[:TOGETHER]]
    if len(into) > TOGETHER:
        into = into[np.argsort(own[into] + 2 * pull[into], kind="stable")[:TOGETHER]]
    cost = np.pad((own[out] - 2 * pull[out])[:, None] - 2 * (sums[out] @ sums[into].T), ((0, 1), (0, 1)))
    cost[:-1, -1] = own[out] - 2 * pull[out]
    cost[:, :-1] += own[into] + 2 * pull[into]
    change = np.append(rows[into], 0)[None, :] - np.append(rows[out], 0)[:, None]
    flat = np.arange(cost.size - 1)
    return _Swaps(
        np.append(out, -1)[flat // cost.shape[1]],
        np.append(into, -1)[flat % cost.shape[1]],
        cost.reshape(-1)[flat],
        change.reshape(-1)[flat],
    )


def _meet(sums: Floats, rows: Codes, goal: Floats, chosen: Flags, wanted: int) -> Flags:
    """Bring the rows to what is wanted by the cheapest swap, or two, or whatever subset comes nearest."""
    lacks = wanted - int(rows[chosen].sum())
    if lacks == 0:
        return chosen
    swaps = _swaps(sums, rows, goal, chosen)
    exact = np.flatnonzero(swaps.change == lacks)
    if len(exact):
        best = exact[int(swaps.cost[exact].argmin())]
        return _apply(swaps, [int(best)], chosen)
    order = np.argsort(swaps.cost, kind="stable")[: 4 * SWAPS]
    two = _two(sums, swaps, order, lacks)
    if two is not None:
        return _apply(swaps, list(two), chosen)
    nearest = nearest_subset(rows, chosen, wanted) if wanted > 0 else None
    return chosen if nearest is None else nearest


def _trade(sums: Floats, rows: Codes, goal: Floats, chosen: Flags) -> None:
    """Swap, in place, atoms or pairs of atoms that have as many rows, while that comes nearer to the goal."""
    for _ in range(ROUNDS):
        swaps = _swaps(sums, rows, goal, chosen)
        level = np.flatnonzero(swaps.change == 0)
        single = int(level[int(swaps.cost[level].argmin())]) if len(level) else -1
        gain = float(swaps.cost[single]) if len(level) else 0.0
        order = np.argsort(swaps.cost, kind="stable")[:SWAPS]
        two = _two(sums, swaps, order, 0, below=min(gain, -1e-9))
        if two is not None:
            chosen[:] = _apply(swaps, list(two), chosen)
        elif gain < -1e-9 * float((sums**2).sum(1).max()):
            chosen[:] = _apply(swaps, [single], chosen)
        else:
            return


def _two(sums: Floats, swaps: _Swaps, order: Codes, change: int, below: float = np.inf) -> tuple[int, int] | None:
    """Return the two swaps, of those in `order`, that together change rows by `change` and cost least."""
    padded = np.vstack([sums, np.zeros(sums.shape[1])])
    step = padded[swaps.into[order]] - padded[swaps.out[order]]
    together = 2 * step @ step.T
    together += swaps.cost[order][:, None]
    together += swaps.cost[order][None, :]
    fits = swaps.change[order][:, None] + swaps.change[order][None, :] == change
    for name in (swaps.out, swaps.into):
        ends = name[order]
        fits &= (ends[:, None] != ends[None, :]) | (ends[:, None] < 0)
    together[~fits] = np.inf
    best = int(together.argmin())
    if not together.reshape(-1)[best] < below:
        return None
    return int(order[best // len(order)]), int(order[best % len(order)])


def _apply(swaps: _Swaps, which: list[int], chosen: Flags) -> Flags:
    chosen = chosen.copy()
    for swap in which:
        if swaps.out[swap] >= 0:
            chosen[swaps.out[swap]] = False
        if swaps.into[swap] >= 0:
            chosen[swaps.into[swap]] = True
    return chosen
