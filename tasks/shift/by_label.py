"""Label shift apart from covariate shift: the shares of labels first, then all else as if the shares were equal."""

import math
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tasks.shift.contrasts import contrast
from tasks.shift.descriptor_table import MARGIN
from tasks.shift.features import Features
from tasks.shift.few_rows import FewRows
from tasks.shift.intervals import Pairing
from tasks.shift.joint_test import joint_p
from tasks.shift.measurements import NAN, Effect
from tasks.shift.multiplicity import adjust
from tasks.shift.sample import Codes, Floats, Objects, Points
from tasks.shift.tails import p_values
from tasks.shift.units import Units, deal
from tasks.shift.univariate import compare_coded, encode

MOST_CLASSES = 50
"""Labels beyond the most frequent ones are not compared one by one."""

ROWS_A_CLASS = 1_000
"""Rows a side and class that distances are taken between."""

COLUMNS = pa.schema(
    [
        ("label", pa.string()),
        ("n_x", pa.int64()),
        ("n_y", pa.int64()),
        ("effect", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("p_value", pa.float64()),
        ("p_adjusted", pa.float64()),
        ("note", pa.string()),
    ]
)


@dataclass(frozen=True)
class LabelComparison:
    """What is known of the labels of two samples, and of the rest once labels are put aside.

    Parameters
    ----------
    shares : Effect
        Total variation between the label shares; its p-value by dealing whole atoms.
    state : str
        Of the shares: "different", "equivalent" or "undecided", as in the table of descriptors.
    only_x, only_y : tuple of str
        Labels that the other sample lacks.
    reweighted : Effect
        Energy distance with both sides' label shares equal to their mean; labels on one side only are left out.
    classes : pa.Table
        The same within each label: label, n_x, n_y, effect, interval, p_value, p_adjusted over the labels, note.
    """

    shares: Effect
    state: str
    only_x: tuple[str, ...]
    only_y: tuple[str, ...]
    reweighted: Effect
    classes: pa.Table


def compare_by_label(
    labels_x: Objects,
    labels_y: Objects,
    features: Features,
    units: Units,
    pairing: Pairing,
    few: FewRows,
    rng: np.random.Generator,
    *,
    margin: float = MARGIN,
    level: float = 0.05,
) -> LabelComparison:
    """Compare label shares, then what is left once they are equal, then class by class.

    Parameters
    ----------
    labels_x, labels_y : ndarray of object, shape (n,), (m,)
        None where a row has none; such rows do not count here.
    features, units, pairing, few
        The rows.
    rng : numpy.random.Generator

    Notes
    -----
    Rows are weighted so that every label has the mean of its two shares on both sides, and features are centred within
    each label: then deals of atoms do not scatter by the labels that they happen to hold. A model's error changes with
    the labels' shares even where no image or sound changed, and noise cannot mend that (Lipton, Wang & Smola 2018; the
    reverse of their assumption is what is tested here).
    """
    codes, width = encode(np.concatenate([labels_x, labels_y]))
    n = len(labels_x)
    names = np.empty(width, object)
    known = codes >= 0
    names[codes[known]] = np.concatenate([labels_x, labels_y])[known]
    counts = np.array([np.bincount(side[side >= 0], minlength=width) for side in (codes[:n], codes[n:])])
    common = np.flatnonzero(counts.min(0) > 0)
    common = common[np.argsort(-counts[:, common].sum(0), kind="stable")][:MOST_CLASSES]
    shares = compare_coded(codes[:n], codes[n:], width, pairing).total_variation
    shares = shares.with_p(_shares_p(codes, width, units, rng)) if not math.isnan(shares.effect) else shares
    state = "different" if shares.p_value < level and shares.ci_low > margin else "undecided"
    state = "equivalent" if shares.ci_high < margin and width > 1 and not math.isnan(shares.p_value) else state
    only = [tuple(sorted(str(names[at]) for at in np.flatnonzero(counts[1 - side] == 0))) for side in (0, 1)]
    reweighted, rows = _Classes(codes, n, common, features, units, few, rng).compare()
    adjusted = adjust([effect.p_value for effect in rows]).tolist()
    cells = [
        {"label": str(names[at]), **_cells(effect, q)} for at, effect, q in zip(common, rows, adjusted, strict=True)
    ]
    return LabelComparison(shares, state, only[0], only[1], reweighted, pa.Table.from_pylist(cells, schema=COLUMNS))


def _shares_p(codes: Codes, width: int, units: Units, rng: np.random.Generator) -> float:
    if min(units.x, units.y) < 2 or width < 2:
        return NAN
    frequent = np.argsort(-np.bincount(codes[codes >= 0], minlength=width), kind="stable")[:MOST_CLASSES]
    rows = codes >= 0
    count = len(units.in_x)
    sizes = np.bincount(units.of_row[rows], minlength=count).astype(np.float64)
    columns = []
    for at in frequent:
        held = np.bincount(units.of_row[codes == at], minlength=count)
        columns.append(held - sizes * held.sum() / sizes.sum())
    found = contrast(np.column_stack(columns), sizes, deal(units.in_x, rng))
    return float(p_values(found.squares.sum(0, keepdims=True), units.x, units.y)[0])


class _Classes:
    """Sums of the features by unit and label, from which everything else is put together."""

    def __init__(
        self,
        codes: Codes,
        n: int,
        common: Codes,
        features: Features,
        units: Units,
        few: FewRows,
        rng: np.random.Generator,
    ) -> None:
        self.features, self.units, self.few, self.rng = features, units, few, rng
        place = np.full(int(codes.max(initial=-1)) + 2, -1)
        place[common] = np.arange(len(common))
        self.place = place[codes]
        self.split = n
        self.labels = len(common)

    def compare(self) -> tuple[Effect, list[Effect]]:
        """Compare with equal shares, and within each label."""
        n = self.split
        rows = [
            (np.flatnonzero(self.place[:n] == at), np.flatnonzero(self.place[n:] == at)) for at in range(self.labels)
        ]
        if not self.labels:
            return Effect(NAN), []
        G = len(self.units.in_x)
        cell = np.where(self.place >= 0, self.units.of_row * self.labels + self.place, -1)
        sums = self.features.sums(cell, G * self.labels).reshape(G, self.labels, -1)
        sizes = np.bincount(cell[cell >= 0], minlength=G * self.labels).reshape(G, self.labels).astype(np.float64)
        sums -= sizes[:, :, None] * (sums.sum(0) / sizes.sum(0)[:, None])[None]
        own = np.array([[len(side) for side in pair] for pair in rows], np.float64)
        shares = own / own.sum(0)
        effect = self._reweighted(rows, shares.mean(1))
        p_value = self._reweighted_p(sums, sizes, shares)
        each = [
            self.few.distance(x, y, self.rng, ROWS_A_CLASS).with_p(self._p(sums[:, at], sizes[:, at]))
            for at, (x, y) in enumerate(rows)
        ]
        return effect.with_p(p_value), each

    def _reweighted_p(self, sums: Floats, sizes: Floats, shares: Floats) -> float:
        """Test with equal label shares; units of one label are dealt among themselves, so that every deal has them."""
        held = sizes.sum(1) > 0
        in_x, sums, sizes = self.units.in_x[held], sums[held], sizes[held]
        x, y = int(in_x.sum()), int((~in_x).sum())
        if min(x, y) < 2:
            return NAN
        pure = np.count_nonzero(sizes, axis=1) == 1
        dealt = deal(in_x, self.rng, fold=np.where(pure, sizes.argmax(1), self.labels))
        # What a row weighs depends on the side that it is dealt to.
        weights = (shares.mean(1, keepdims=True) / shares).T
        sides = [(np.einsum("l,glq->gq", weight, sums), sizes @ weight) for weight in weights]
        return joint_p(self.features, contrast(*sides[0], dealt, on_y=sides[1]), x, y)

    def _p(self, sums: Floats, sizes: Floats) -> float:
        held = sizes > 0
        in_x = self.units.in_x[held]
        x, y = int(in_x.sum()), int((~in_x).sum())
        if min(x, y) < 2:
            return NAN
        dealt: Points = deal(in_x, self.rng)
        return joint_p(self.features, contrast(sums[held], sizes[held], dealt), x, y)

    def _reweighted(self, rows: list[tuple[Codes, Codes]], shares: Floats) -> Effect:
        """Measure the distance between rows chosen so that both sides have these label shares."""
        chosen = []
        for side in (0, 1):
            most = min(len(pair[side]) / share for pair, share in zip(rows, shares, strict=True))
            wanted = [round(share * most) for share in shares]
            chosen.append(
                np.concatenate(
                    [self.rng.permutation(pair[side])[:count] for pair, count in zip(rows, wanted, strict=True)]
                )
            )
        found = self.few.distance(chosen[0], chosen[1], self.rng)
        n, m = (sum(len(pair[side]) for pair in rows) for side in (0, 1))
        return Effect(found.effect, found.ci_low, found.ci_high, found.p_value, n, m)


def _cells(found: Effect, adjusted: float) -> dict[str, object]:
    names = ("effect", "ci_low", "ci_high", "p_value", "p_adjusted")
    numbers = (found.effect, found.ci_low, found.ci_high, found.p_value, adjusted)
    cells = {name: None if math.isnan(number) else number for name, number in zip(names, numbers, strict=True)}
    note = "too few rows or atoms to tell" if math.isnan(found.p_value) else None
    return {"n_x": found.n_a, "n_y": found.n_b, **cells, "note": note}
