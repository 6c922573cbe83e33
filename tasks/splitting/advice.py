"""How large dev and test should be, for somebody who asks."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from tasks.splitting.design_effect import ICC, design_effect
from tasks.splitting.detectable import POWER
from tasks.splitting.margins import half_width, rows_for_margin
from tasks.splitting.sizes import SizePlan, detectable_gap, usual_rows
from tasks.splitting.subset_sum import reachable_sums

FEWEST_IN_ALL = 100
"""Target records below which an error measured on a fifth of them says next to nothing (20 rows: +-13 points)."""


def detectable_lines(sizes: dict[str, SizePlan]) -> Iterator[str]:
    """Say which differences dev and test can show, and at which level and power.

    Parameters
    ----------
    sizes : dict of split name to SizePlan
        Of dev and, if there is one, test.
    """
    for split, size in sizes.items():
        found = "never, with so few rows" if math.isnan(size.gain) else f"from {_points(size.gain)} points on"
        yield f"  two models are told apart on {split} {found}"
    if {"dev", "test"} <= sizes.keys():
        gap = detectable_gap(sizes["dev"], sizes["test"])
        found = "never, with so few rows" if math.isnan(gap) else f"from {_points(gap)} points on"
        yield f"  an error that is higher on test than on dev is noticed {found}"
    level = 1 - sizes["dev"].confidence
    yield (
        f"  (level {level:.0%}, power {POWER:.0%}; models compared on the same rows by McNemar's test, half of their "
        f"errors shared)"
    )


def advice(sizes: dict[str, SizePlan], atom_rows: npt.ArrayLike) -> Iterator[str]:
    """Advise on the sizes of dev and test: a fifth each of little data, about 10,000 of much, or by the interval.

    Parameters
    ----------
    sizes : dict of split name to SizePlan
        Of dev and, if there is one, test, as they are asked for.
    atom_rows : array_like, shape (g,)
        Rows of each atom of the target.
    """
    rows = int(np.sum(atom_rows))
    effect = design_effect(atom_rows, ICC)
    usual = usual_rows(rows, effect)
    dev = sizes["dev"]
    judged = " and ".join(sizes)

    def known(size: int) -> str:
        return _points(half_width(size / effect, dev.expected_error, dev.confidence))

    if usual < rows // 5:
        yield (
            f"  of {rows:,} target records about {usual:,} are enough for {judged} each ({usual / rows:.1%}, not a "
            f"fifth): an error of {dev.expected_error:.0%} is then known to +-{known(usual)} points, and "
            f"{rows // 5:,} rows would make that +-{known(rows // 5)}"
        )
    else:
        parts = "60/20/20" if "test" in sizes else "80/20"
        yield (
            f"  of {rows:,} target records {judged} usually take a fifth each, {usual:,} ({parts}): an error of "
            f"{dev.expected_error:.0%} is then known to +-{known(usual)} points"
        )
    if rows < FEWEST_IN_ALL:
        yield "  so few target records judge no model well: collect more before you choose between models"
    for points in (0.02, 0.01):
        needed = rows_for_margin(points, dev.expected_error, dev.confidence, effect)
        more = ", more than there are" if needed > rows else ""
        yield f"  to know it to +-{_points(points)} points takes {needed:,} rows{more}"
    for split, size in sizes.items():
        if size.margin_wanted is None and size.rows > 2 * max(1, usual):
            yield f"  splits.{split} asks for {size.rows:,} rows: more than twice as many, which train could have"
    if effect > 1.005:
        yield (
            f"  your {rows:,} rows in {np.count_nonzero(atom_rows):,} atoms are worth {math.floor(rows / effect):,} "
            f"independent ones, if errors inside an atom correlate by {ICC:g}: more atoms help, more rows of one hardly"
        )


def shortfall_lines(
    sizes: Mapping[str, SizePlan], atom_rows: Mapping[str, npt.ArrayLike], most: float
) -> Iterator[str]:
    """Foretell which splits large atoms keep from their sizes.

    Parameters
    ----------
    sizes : mapping of split name to SizePlan
    atom_rows : mapping of split name to array_like
        Rows of each atom that the split is drawn from.
    most : float
        Share of the rows asked for that a split may lack before a build is refused.
    """
    for split, size in sizes.items():
        rows = np.asarray(atom_rows[split], np.int64)
        rows = rows[rows > 0]
        if not len(rows) or np.count_nonzero(rows == 1) >= rows.max():
            continue
        sums = reachable_sums(rows, size.rows + int(rows.max()))
        if sums is None or not len(sums):
            continue
        nearest = int(sums[np.abs(sums - size.rows).argmin()])
        if nearest >= size.rows:
            continue
        above = sums[sums > size.rows].tolist()
        better = " or ".join(f"{total:,}" for total in (nearest, *above[:1]))
        refused = (
            f": more than {most:.0%}, so that a build is refused" if size.rows - nearest > most * size.rows else ""
        )
        key = split.replace("-", "_")
        yield (
            f"  splits.{key}: groups of {rows.mean():,.0f} rows on average come no nearer to {size.rows:,} rows than "
            f"{nearest:,}, {1 - nearest / size.rows:.0%} short{refused}; ask for {better} rows, or name smaller groups"
        )


def _points(share: float) -> str:
    return f"{100 * share:.1f}"
