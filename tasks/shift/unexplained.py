"""What a model of the task sees of the mismatch that no descriptor tells."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.schema import AUGMENTED, DESCRIPTOR
from tasks.shift.embedding import fit_embedding
from tasks.shift.kernel import energy_distance
from tasks.shift.measurements import Measurement
from tasks.shift.sample import Codes, Flags, Floats, Points, Sample
from tasks.shift.space import fit_space
from tasks.shift.split_rows import atom_codes, rows_by_split
from tasks.shift.task import coordinates_of, vectors_of

FOLDS = 5
"""As many as leave four fifths of the atoms to learn from."""

RIDGE = 0.01
"""Penalty a row, of standardised descriptors: little, for there are many more rows than descriptors."""


def measure_unexplained(
    task: pa.Table, manifest: pa.Table, *, seed: int, fitted_to: pa.Array | None = None
) -> Iterator[Measurement]:
    """Measure how far training data is from dev in the task space, once what descriptors tell of it is taken off.

    Parameters
    ----------
    task : pa.Table
        record_id, split, synthetic, atom, and coordinates `e0`, `e1` and so on.
    manifest : pa.Table
        record_id, label and `descriptor_` columns of at least these records.
    seed : int
    fitted_to : pa.Array, optional
        Records of dev that the noise was fitted to: what it does is measured on the others.

    Yields
    ------
    Measurement
        `task_unexplained` of (train, dev) and (train+synthetic, dev): an energy distance, on the scale of
        `task_distance`. No rows without coordinates, descriptors or one of the splits.

    Notes
    -----
    Ridge regression of the coordinates on the descriptors, learnt from real training rows and never from a row's own
    atom: Blinder (1973) and Oaxaca (1973) part a difference of means so; here whole distributions of residuals are
    compared. A linear prediction explains no more than is linear: what is left is an upper bound.
    """
    names = coordinates_of(task)
    described = [name for name in manifest.column_names if name.startswith(DESCRIPTOR)]
    places = pc.index_in(task["record_id"], value_set=manifest["record_id"].combine_chunks())
    known = np.asarray(pc.is_valid(places))
    if not names or not described or not known.any():
        return
    task = task.filter(pa.array(known))
    values, atoms = vectors_of(task, names), atom_codes(task)
    rows = Sample.from_table(manifest.take(places.filter(pa.array(known))), atoms)
    splits = rows_by_split(task)
    if min(len(np.unique(atoms[splits[name]])) if name in splits else 0 for name in ("train", "dev")) < 2 * FOLDS:
        return
    train, dev = splits["train"], splits["dev"]
    space = fit_space([rows.take(np.flatnonzero(side)) for side in (train, dev)])
    rng = np.random.default_rng([seed, 0x0B])
    left = values - _predicted(space.points(rows), values, atoms, train, _folds(atoms, rng))
    scale = fit_embedding([Sample.of_vectors(values[side], atoms[side]) for side in (train, dev)]).scale
    if not scale > 0:
        return
    points = np.asarray((left - left[train].mean(0)) / scale, np.float32)
    unseen = dev & ~np.asarray(pc.is_in(task["record_id"], value_set=fitted_to)) if fitted_to is not None else dev
    pairs = {"train": dev, AUGMENTED: unseen}
    for name, b in pairs.items():
        if (a := splits.get(name)) is None:
            continue
        found = energy_distance(points[a], points[b], atoms[a], atoms[b], rng=rng)
        yield Measurement("task_unexplained", name, "dev", None, replace(found, n_a=int(a.sum()), n_b=int(b.sum())))


def _folds(atoms: Codes, rng: np.random.Generator) -> Codes:
    distinct, code = np.unique(atoms, return_inverse=True)
    return np.asarray(rng.permutation(np.arange(len(distinct)) % FOLDS)[code.reshape(-1)], np.int64)


def _predicted(X: Points, values: Floats, atoms: Codes, taught: Flags, folds: Codes) -> Floats:
    """Predict each row by a model that has not seen its atom; rows of atoms that teach nothing, by the mean of all."""
    X = np.asarray(X, np.float64)
    spread = X[taught].std(0)
    X = (X - X[taught].mean(0)) / np.where(spread > 0, spread, 1.0)
    inside = np.isin(atoms, atoms[taught])
    predicted = np.zeros(values.shape)
    for fold in range(FOLDS):
        rows = taught & (folds != fold)
        middle = values[rows].mean(0)
        penalty = RIDGE * rows.sum() * np.eye(X.shape[1])
        weights = np.linalg.solve(X[rows].T @ X[rows] + penalty, X[rows].T @ (values[rows] - middle))
        own = inside & (folds == fold)
        predicted[own] = middle + X[own] @ weights
        predicted[~inside] += (middle + X[~inside] @ weights) / FOLDS
    return predicted
