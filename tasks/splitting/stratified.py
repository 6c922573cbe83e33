"""Dev and test from the target: atoms whole, label shares kept."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tasks.errors import SplitError

Codes = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


def draw_splits(
    labels: Codes,
    atoms: Codes,
    sizes: Mapping[str, int],
    *,
    seed: int,
    keys: Sequence[str] | None = None,
    existing: Mapping[str, Counts] | None = None,
    where: str = "the target",
) -> npt.NDArray[np.int8]:
    """Choose dev and test so that both have the target's label shares.

    Parameters
    ----------
    labels : ndarray of int64, shape (n,)
        Label codes; -1 where a record has no label.
    atoms : ndarray of int64, shape (n,)
        Atom codes.
    sizes : mapping of "dev" and "test" to int
        Rows that each split shall hold in the end, those of `existing` included.
    seed : int
    keys : sequence of str, length atoms, optional
        A stable name for each distinct atom code in ascending order; with them the order of rows and the numbering of
        atoms do not matter.
    existing : mapping of "dev", "test" and "rest" to ndarray, shape (labels,), optional
        Label counts that earlier versions already hold.
    where : str
        What the rows come from, for messages: `input 'app'`.

    Returns
    -------
    ndarray of int8, shape (n,)
        0 rest, 1 dev, 2 test.

    Raises
    ------
    SplitError
        When more rows are wanted than there are.
    """
    wanted = [int(sizes.get(name, 0)) for name in ("dev", "test")]
    held = {name: np.asarray(counts, np.int64) for name, counts in (existing or {}).items()}
    already = [int(held[name].sum()) if name in held else 0 for name in ("dev", "test")]
    more = [max(0, want - have) for want, have in zip(wanted, already, strict=True)]
    _refuse_too_many(more, atoms, where)
    return _draw(np.asarray(labels, np.int64), np.asarray(atoms, np.int64), more, seed, keys)


def _refuse_too_many(more: list[int], atoms: Codes, where: str) -> None:
    left, groups = len(atoms), len(np.unique(atoms))
    before = ""
    for name, want in zip(("dev", "test"), more, strict=True):
        if want > left:
            raise SplitError(
                f"splits.{name}: {want:,} rows wanted, but {where} leaves {left:,} rows in {groups:,} groups{before}. "
                f"Lower splits.{name} to {left:,} or add target data."
            )
        left -= want
        before = " after dev"


def atom_hashes(keys: Sequence[str], seed: int) -> npt.NDArray[np.uint64]:
    """Hash each atom's name with the seed: a random order that depends on neither rows nor numbering."""
    salt = seed.to_bytes(8, "little")
    return np.array(
        [int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8, key=salt).digest(), "little") for key in keys],
        np.uint64,
    )


def _draw(labels: Codes, atoms: Codes, more: list[int], seed: int, keys: Sequence[str] | None) -> npt.NDArray[np.int8]:
    distinct, code = np.unique(atoms, return_inverse=True)
    code = code.reshape(-1)
    order = np.argsort(atom_hashes(keys if keys is not None else [str(c) for c in distinct.tolist()], seed))
    cells, cell = np.unique(labels, return_inverse=True)
    counts = np.zeros((len(distinct), len(cells)))
    np.add.at(counts, (code, cell.reshape(-1)), 1)
    rows = counts.sum(1)
    order = order[np.argsort(-rows[order], kind="stable")]
    share = counts.sum(0) / max(1, len(labels))
    quota = np.array([len(labels) - sum(more), *more])[:, None] * share
    need = quota.copy()
    room = np.array([len(labels), *more])
    chosen = np.zeros(len(distinct), np.int8)
    weight = np.divide(1.0, quota, out=np.zeros_like(quota), where=quota > 0)
    for atom in order.tolist():
        cost = ((counts[atom] ** 2 - 2 * need * counts[atom]) * weight).sum(1)
        cost[room < rows[atom]] = np.inf
        best = int(np.argmin(cost))
        chosen[atom] = best
        need[best] -= counts[atom]
        room[best] -= int(rows[atom])
    return chosen[code]


@dataclass(frozen=True)
class SplitReport:
    """How well the drawn splits keep what was asked."""

    rows_wanted: dict[str, int]
    rows: dict[str, int]
    atoms: dict[str, int]
    label_gap: dict[str, float]
    """Total variation between a split's label shares and the target's."""
    thin: tuple[int, ...]
    """Codes of labels with fewer atoms than splits: they cannot be everywhere."""


def report_splits(labels: Codes, atoms: Codes, drawn: npt.NDArray[np.int8], sizes: Mapping[str, int]) -> SplitReport:
    """Compare drawn splits with the sizes and shares wanted."""
    names = {"rest": 0, "dev": 1, "test": 2}
    known = labels >= 0
    width = int(labels.max()) + 1 if known.any() else 1
    shares = np.bincount(labels[known], minlength=width) / max(1, known.sum())
    rows, groups, gap = {}, {}, {}
    for name, number in names.items():
        here = drawn == number
        rows[name] = int(here.sum())
        groups[name] = len(np.unique(atoms[here]))
        counts = np.bincount(labels[here & known], minlength=width)
        gap[name] = float(np.abs(counts / max(1, counts.sum()) - shares).sum() / 2)
    splits = 1 + sum(1 for want in sizes.values() if want)
    pairs = np.unique(np.column_stack([labels[known], atoms[known]]), axis=0)
    thin = tuple(
        int(code) for code, count in zip(*np.unique(pairs[:, 0], return_counts=True), strict=True) if count < splits
    )
    return SplitReport(dict(sizes), rows, groups, gap, thin)
