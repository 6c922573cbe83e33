"""Embeddings between splits: each is one thing, measured as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.embeddings import embedding_matrix, names_of
from tasks.catalog.schema import AUGMENTED, EMBEDDING, SPLITS
from tasks.shift.accounting import count
from tasks.shift.block_distances import MOST_ROWS
from tasks.shift.gap import gap_closed
from tasks.shift.kernel import energy_distance
from tasks.shift.measurements import Effect, Measurement
from tasks.shift.multiplicity import adjust
from tasks.shift.sample import Codes, Flags, Floats, Points, Sample
from tasks.shift.space import REACH
from tasks.shift.split_rows import atom_codes, rows_by_split


@dataclass(frozen=True)
class EmbeddingSpace:
    """How an embedding becomes coordinates: moved and scaled as a whole, so that its distances keep their proportions.

    Two independent records of one normal distribution are about sqrt(2) apart, as in `tasks.shift.space.Space`.
    """

    centre: Floats
    scale: float

    @property
    def width(self) -> int:
        """The number of coordinates; none where all records have one vector."""
        return len(self.centre) if self.scale > 0 else 0

    def points(self, sample: Sample) -> Points:
        """Return the sample's coordinates, shape (n, width), float32, finite."""
        if not self.width:
            return np.zeros((len(sample), 0), np.float32)
        moved = (_columns(sample) - self.centre) / self.scale
        far = np.sqrt(np.einsum("nk,nk->n", moved, moved))
        return np.asarray(moved * np.minimum(1.0, REACH / np.maximum(far, REACH))[:, None], np.float32)


def fit_embedding(samples: Sequence[Sample]) -> EmbeddingSpace:
    """Choose the scale of an embedding by the samples' own spreads, which a difference between them does not widen."""
    sides = [_columns(sample) for sample in samples]
    centre = np.mean([np.median(side, axis=0) for side in sides], axis=0)
    # A vector far from all others must not set the scale: of the squared distances from the middle, a robust mean.
    spread = [float(np.median(((side - np.median(side, axis=0)) ** 2).sum(1))) for side in sides]
    if not all(spread):
        spread = [float(side.var(axis=0).sum()) for side in sides]
    return EmbeddingSpace(np.asarray(centre, np.float64), float(np.sqrt(np.mean(spread))))


def embedding_distance(a: Sample, b: Sample, *, rng: np.random.Generator) -> Effect:
    """Measure the energy distance between two samples of one embedding."""
    if not len(a) or not len(b):
        return Effect(float("nan"), n_a=len(a), n_b=len(b))
    few_a, few_b = a.choose(rng, MOST_ROWS), b.choose(rng, MOST_ROWS)
    space = fit_embedding([few_a, few_b])
    found = energy_distance(space.points(few_a), space.points(few_b), few_a.atoms, few_b.atoms, rng=rng)
    return replace(found, n_a=len(a), n_b=len(b))


def compare_vectors(
    values: npt.NDArray[np.floating],
    atoms: Codes,
    rows: Mapping[str, Flags],
    lent: Flags,
    pairs: Sequence[tuple[str, str]],
    *,
    seeds: tuple[int, ...],
) -> tuple[dict[tuple[str, str], Effect], Effect | None]:
    """Measure how far splits are apart in one space of vectors, and how much of the gap synthesis closes there.

    Parameters
    ----------
    values : ndarray, shape (n, p)
    atoms : ndarray of int64, shape (n,)
    rows : mapping of str to ndarray of bool, shape (n,)
        As `rows_by_split` tells them.
    lent : ndarray of bool, shape (n,)
        Rows of dev that the noise was fitted to: what it does is measured on the others.
    pairs : sequence of pairs of str
    seeds : tuple of int
        The first is the build's; all choose the rows of a pair together with its place.

    Returns
    -------
    dict
        Pair -> energy distance, where both splits have rows.
    Effect or None
        The gap closed, where there is synthetic data to close it.
    """
    samples = {split: Sample.of_vectors(values[chosen], atoms[chosen]) for split, chosen in rows.items()}
    unseen = samples
    if "dev" in samples:
        rest = rows["dev"] & ~lent
        unseen = samples | {"dev": Sample.of_vectors(values[rest], atoms[rest])}
    between = {}
    for place, (a, b) in enumerate(pairs):
        if {a, b} <= samples.keys():
            rng = np.random.default_rng([*seeds, place])
            between[a, b] = embedding_distance(samples[a], (unseen if a == AUGMENTED else samples)[b], rng=rng)
    if not {AUGMENTED, "train", "dev"} <= samples.keys():
        return between, None
    floor = (unseen["dev"], samples["test"]) if "test" in samples else None
    seed = seeds[0]
    return between, gap_closed(
        samples["train"], samples[AUGMENTED], unseen["dev"], floor=floor, seed=seed, fit=fit_embedding
    )


def lent_rows(records: pa.Table, fitted_to: pa.Array | None) -> Flags:
    """Tell the records that the noise was fitted to."""
    if fitted_to is None:
        return np.zeros(records.num_rows, bool)
    return np.asarray(pc.is_in(records["record_id"], value_set=fitted_to).to_numpy())


def measure_embeddings(
    manifest: pa.Table,
    facts: Mapping[str, Mapping[str, Any]],
    pairs: Sequence[tuple[str, str]],
    *,
    seed: int,
    fitted_to: pa.Array | None = None,
) -> Iterator[Measurement]:
    """Measure every embedding that a manifest holds.

    Parameters
    ----------
    manifest : pa.Table
        record_id, split, synthetic, atom, and `embedding_<name>` columns.
    facts : mapping
        Embedding -> `width` (numbers a vector), `unused` (vectors without a record).
    pairs : sequence of pairs of str
        The splits to compare. `train+synthetic` is compared where synthetic records have vectors.
    seed : int
    fitted_to : pa.Array, optional
        Records of dev that the noise was fitted to: what it does is measured on the others.

    Yields
    ------
    Measurement
        embedding_width, embedding_unused an embedding; embedding_missing_share a split;
        embedding_distance a pair, with p-values adjusted over the embeddings; embedding_gap_closed. The embedding's
        name stands in `descriptor`.
    """
    atoms = atom_codes(manifest)
    lent = lent_rows(manifest, fitted_to)
    every = rows_by_split(manifest)
    found: dict[tuple[str, str], dict[str, Effect]] = {pair: {} for pair in pairs}
    for number, name in enumerate(names_of(manifest)):
        values = embedding_matrix(manifest[EMBEDDING + name])
        known = np.asarray(np.isfinite(values).all(axis=1))
        yield Measurement("embedding_width", None, None, name, count(facts[name]["width"]))
        yield Measurement("embedding_unused", None, None, name, count(facts[name]["unused"]))
        for split in SPLITS:
            if split in every:
                share = count(float(np.mean(~known[every[split]])), int(every[split].sum()))
                yield Measurement("embedding_missing_share", split, None, name, share)
        between, closed = compare_vectors(
            values, atoms, rows_by_split(manifest, known), lent, pairs, seeds=(seed, 0xE3B, number)
        )
        for pair, effect in between.items():
            found[pair][name] = effect
        if closed is not None:
            yield Measurement("embedding_gap_closed", AUGMENTED, "dev", name, closed)
    for (a, b), effects in found.items():
        p_values = adjust([effect.p_value for effect in effects.values()]).tolist()
        for (name, effect), p_value in zip(effects.items(), p_values, strict=True):
            yield Measurement("embedding_distance", a, b, name, replace(effect, p_value=p_value))


def _columns(sample: Sample) -> Floats:
    return np.column_stack([*sample.numeric.values()])
