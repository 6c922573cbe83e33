"""All but the labels compared: with equal label shares on both sides, and within each label."""

import numpy as np

from tasks.shift.contrasts import contrast
from tasks.shift.features import Features
from tasks.shift.few_rows import FewRows
from tasks.shift.joint_test import joint_p
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Floats, Points
from tasks.shift.units import Units, deal

ROWS_A_CLASS = 1_000
"""Rows a side and class that distances are taken between."""


class WithinLabels:
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
