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
from tasks.shift.measurements import NAN, Effect
from tasks.shift.multiplicity import adjust
from tasks.shift.sample import Codes, Objects
from tasks.shift.tails import p_values
from tasks.shift.units import Units, deal
from tasks.shift.univariate import compare_coded, encode
from tasks.shift.within_labels import WithinLabels

MOST_CLASSES = 50
"""Labels beyond the most frequent ones are not compared one by one."""

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
    reweighted, rows = WithinLabels(codes, n, common, features, units, few, rng).compare()
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


def _cells(found: Effect, adjusted: float) -> dict[str, object]:
    names = ("effect", "ci_low", "ci_high", "p_value", "p_adjusted")
    numbers = (found.effect, found.ci_low, found.ci_high, found.p_value, adjusted)
    cells = {name: None if math.isnan(number) else number for name, number in zip(names, numbers, strict=True)}
    note = "too few rows or atoms to tell" if math.isnan(found.p_value) else None
    return {"n_x": found.n_a, "n_y": found.n_b, **cells, "note": note}
