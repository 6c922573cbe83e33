"""How much of the way from the training data to the target the synthetic data goes."""

import numpy as np

from tasks.shift.intervals import RESAMPLES, merge_atoms
from tasks.shift.kernel import MOST_ROWS, block_distances, energies, some_rows
from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Sample
from tasks.shift.space import fit_space


def gap_closed(
    train: Sample,
    with_synthetic: Sample,
    dev: Sample,
    *,
    seed: int,
    floor: tuple[Sample, Sample] | None = None,
    rows: int = MOST_ROWS,
    draws: int = RESAMPLES,
    confidence: float = 0.95,
) -> Effect:
    """Measure 1 - (D(train + synthetic, dev) - floor) / (D(train, dev) - floor).

    Parameters
    ----------
    train, with_synthetic, dev : Sample
        `with_synthetic` holds the training rows too; a synthetic row carries its parent's atom.
    floor : pair of Sample, optional
        Two samples that should match, such as dev and test; without them the floor is 0, the value that an unbiased
        distance has on average between samples of one distribution.

    Returns
    -------
    Effect
        1: closed; 0: nothing gained; below 0: farther away. NaN when train and dev are not apart in the first place.
    """
    rng = np.random.default_rng([seed, 0x6A9])
    space = fit_space([train, dev])
    parts = [train, with_synthetic, dev, *(floor or ())]
    if min(len(part) for part in parts) == 0:
        return Effect(NAN, n_a=len(with_synthetic), n_b=len(dev))
    takes = [some_rows(len(part), rng, rows) for part in parts]
    points = [space.points(part)[take] for part, take in zip(parts, takes, strict=True)]
    atoms = np.concatenate([part.atoms[take] for part, take in zip(parts, takes, strict=True)])
    common = merge_atoms(atoms, rng, 1_000)
    count = int(common.max()) + 1
    ends = np.cumsum([len(take) for take in takes])[:-1]
    blocks: list[Codes] = []
    weight_rows = []
    draw = rng.multinomial(count, np.full(count, 1 / count), size=draws).T.astype(np.float64)
    draw = np.column_stack([np.ones(count), draw])
    offset = 0
    for part in np.split(common, ends):
        distinct, code = np.unique(part, return_inverse=True)
        blocks.append(code.reshape(-1) + offset)
        weight_rows.append((offset, offset + len(distinct), draw[distinct]))
        offset += len(distinct)
    block = np.concatenate(blocks)
    K = block_distances(np.concatenate(points), block, offset)
    size = np.bincount(block, minlength=offset).astype(np.float64)
    weights = []
    for start, stop, drawn in weight_rows:
        full = np.zeros((offset, draws + 1))
        full[start:stop] = drawn
        weights.append(full)
    before = energies(K, size, weights[0], weights[2])
    after = energies(K, size, weights[1], weights[2])
    base = energies(K, size, weights[3], weights[4]) if floor else np.zeros(draws + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        closed = 1 - (after - base) / (before - base)
    if not before[0] - base[0] > 0:
        return Effect(NAN, n_a=len(with_synthetic), n_b=len(dev))
    low, high = np.nanquantile(closed[1:], [(1 - confidence) / 2, (1 + confidence) / 2])
    effect = float(closed[0])
    return Effect(effect, min(effect, float(low)), max(effect, float(high)), NAN, len(with_synthetic), len(dev))
