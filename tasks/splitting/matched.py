"""Dev and test that match each other and the target in everything described, atoms whole."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tasks.splitting.apart import weigh_atoms
from tasks.splitting.atom_table import Codes, tabulate
from tasks.splitting.blocks import Blocks, described_columns
from tasks.splitting.canonical import arrange
from tasks.splitting.exchange import MOST_ATOMS, exchange
from tasks.splitting.few_atoms import are_few, choose_of_all
from tasks.splitting.part import Pool, draw_part
from tasks.splitting.points import label_columns
from tasks.splitting.refusal import NUMBERS, refuse
from tasks.splitting.repair import meet_sizes


def match_splits(
    descriptors: npt.NDArray[np.floating],
    labels: npt.NDArray[np.generic],
    atoms: Codes,
    sizes: Mapping[str, int],
    *,
    seed: int,
    keys: Sequence[str] | None = None,
    held: npt.NDArray[np.integer] | None = None,
    strata: Codes | None = None,
    blocks: Blocks | None = None,
    where: str = "the target",
) -> npt.NDArray[np.int8]:
    """Choose dev and test so that their joint distribution of labels and descriptors is the target's.

    Parameters
    ----------
    descriptors : ndarray of float32, shape (n, p)
        Any units. NaN where missing: matched as an indicator of its own, as infinite values are. p may be 0.
    labels : ndarray, shape (n,) or (n, k)
        Integer codes, -1 for none; numbers (float, NaN for none); or multi-hot with NaN for "not annotated".
    atoms : ndarray of int64, shape (n,)
        Atom codes; rows of one atom stay together.
    sizes : mapping of "dev" and "test" to int
        Rows of each in the end, those held included; 0 or absent: none is drawn.
    seed : int
        Other seeds give other splits.
    keys : sequence of str, length atoms, optional
        A stable name for each distinct atom code in ascending order; with them the numbers of atoms do not matter.
    held : ndarray of int, shape (n,), optional
        Rows that earlier versions have placed: 0 rest, 1 dev, 2 test; -1 where a row is to be placed. They stay and
        count. Further rows of a held atom follow it.
    strata : ndarray of int64, shape (n,), optional
        What labels of several kinds belong to, so that single rows keep its counts too, however rare each label is.
    blocks : ndarray of int, shape (p,), optional
        Which columns belong to which embedding, 0 where a column stands for itself: an embedding counts as a whole.
    where : str
        What the rows come from, for messages: `input 'app'`.

    Returns
    -------
    ndarray of int8, shape (n,)
        0 rest, 1 dev, 2 test.

    Raises
    ------
    SplitError
        When more rows are wanted than there are, or fewer atoms than splits are left.
    ValueError
        When shapes do not agree.

    Notes
    -----
    First the rows of dev and test together are drawn from all, then dev from them: what is near the target and cut
    into two that are near each other is near the target twice. Each draw is that of `draw_part`.
    With some dozens of atoms that leaves the second draw little to choose from: `exchange` then goes on with all three
    distances together, and of a dozen atoms `choose_of_all` looks at every assignment instead.

    Invariants: atoms are whole; sizes are exact wherever atoms allow, and otherwise off by at most half of the largest
    atom, unless a split would be empty; where no free atom has several rows, label counts are kept within one row; what
    is held does not move; neither the order of rows nor the names of labels matter; the same seed gives the same
    splits.
    """
    atoms = np.asarray(atoms, np.int64)
    labels = np.asarray(labels)
    n = len(atoms)
    if np.shape(descriptors)[:1] != (n,) or len(labels) != n or np.ndim(descriptors) != 2:
        raise ValueError(
            f"descriptors (n, p), labels (n, ...) and atoms (n,) wanted, but shapes {np.shape(descriptors)}, "
            f"{labels.shape} and {atoms.shape} found"
        )
    canonical = arrange(descriptors, labels, atoms, seed=seed, keys=keys, strata=strata)
    order, starts = canonical.order, canonical.starts
    rows = np.diff(starts)
    before = np.full(n, -1) if held is None else np.asarray(held, np.int64)[order]
    line = np.maximum.reduceat(before, starts[:-1]) if n else np.empty(0, np.int64)
    free = line < 0
    wanted = np.array([int(sizes.get(name, 0)) for name in NUMBERS], np.int64)
    lacks = np.maximum(0, wanted - [int(rows[line == number].sum()) for number in NUMBERS.values()])
    refuse(lacks, canonical.atom[free[canonical.atom]], where)
    if not lacks.any():
        line[free] = 0
        return _in_given_order(line[canonical.atom], order)

    rng = np.random.default_rng([seed, 0x3A7C])
    described = described_columns(np.asarray(descriptors)[order], blocks)
    named = label_columns(canonical.labels, described.spread, rng)
    pool = Pool(np.concatenate([described.columns, named.columns], axis=1), named.cell, canonical.atom, starts)
    several = bool((free & (rows > 1)).any())
    if several and are_few(int(free.sum()), lacks):
        line[free] = choose_of_all(weigh_atoms(pool, free, line, rng), lacks, rng)
        return _in_given_order(line[canonical.atom], order)
    both = draw_part(pool, free, line > 0, int(lacks.sum()), rng)
    dev = both & bool(lacks[0])
    if lacks.all():
        dev = draw_part(pool.only(both | (line > 0)), both, line == 1, int(lacks[0]), rng)
    line = np.where(free, np.where(dev, 1, np.where(both, 2, 0)), line)
    line = _sized(pool, line, free, lacks, seed)
    if several and free.sum() <= MOST_ATOMS:
        apart = weigh_atoms(pool, free, np.where(free, -1, line), rng)
        line[free] = exchange(apart, line[free], np.flatnonzero(lacks) + 1, rng)
    return _in_given_order(line[canonical.atom], order)


def _sized(pool: Pool, line: Codes, free: npt.NDArray[np.bool_], lacks: Codes, seed: int) -> Codes:
    """Move the fewest atoms where a split misses its size."""
    rows = np.diff(pool.starts)
    got = np.array([int(rows[free & (line == number)].sum()) for number in NUMBERS.values()])
    if (got == lacks).all():
        return line
    members = free[pool.atom]
    table = tabulate(pool.cell[members], pool.atom[members], seed=seed)
    place = np.empty(len(rows), np.int64)
    place[pool.atom[members]] = table.atom
    mine = np.flatnonzero(free)
    found = np.zeros(len(mine), np.int64)
    found[place[mine]] = line[mine]
    everything = np.bincount(table.cell, weights=table.count, minlength=table.cells)
    shares = np.concatenate([[table.rows.sum() - lacks.sum()], lacks]) / max(1, table.rows.sum())
    meet_sizes(table, shares[:, None] * everything[None, :], lacks, found)
    line[mine] = found[place[mine]]
    return line


def _in_given_order(codes: Codes, order: Codes) -> npt.NDArray[np.int8]:
    out = np.empty(len(order), np.int8)
    out[order] = codes
    return out
