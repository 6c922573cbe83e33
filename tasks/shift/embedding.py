"""Embeddings between splits: each is one thing, measured as a whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.embeddings import embedding_matrix, names_of
from tasks.catalog.schema import EMBEDDING, SPLITS
from tasks.shift.accounting import count
from tasks.shift.block_distances import MOST_ROWS
from tasks.shift.gap import gap_closed
from tasks.shift.kernel import energy_distance
from tasks.shift.measurements import Effect, Measurement
from tasks.shift.multiplicity import adjust
from tasks.shift.sample import Codes, Flags, Floats, Points, Sample
from tasks.shift.space import REACH

AUGMENTED = "train+synthetic"


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
    synthetic = manifest["synthetic"].to_numpy()
    splits = manifest["split"].to_numpy()
    atoms = np.asarray(manifest["atom"].combine_chunks().dictionary_encode().indices, np.int64)
    lent = np.zeros(len(splits), bool)
    if fitted_to is not None:
        lent = pc.is_in(manifest["record_id"], value_set=fitted_to).to_numpy()
    found: dict[tuple[str, str], dict[str, Effect]] = {pair: {} for pair in pairs}
    for number, name in enumerate(names_of(manifest)):
        values = embedding_matrix(manifest[EMBEDDING + name])
        known = np.asarray(np.isfinite(values).all(axis=1))
        yield Measurement("embedding_width", None, None, name, count(facts[name]["width"]))
        yield Measurement("embedding_unused", None, None, name, count(facts[name]["unused"]))
        yield from _missing(name, known, splits, synthetic)
        chosen = {split: (splits == split) & ~synthetic & known for split in SPLITS}
        if (known & synthetic).any():
            chosen[AUGMENTED] = (splits == "train") & known
        chosen = {split: rows for split, rows in chosen.items() if rows.any()}
        samples = {split: _sample(values[rows], atoms[rows]) for split, rows in chosen.items()}
        unseen = samples
        if "dev" in samples:
            rest = chosen["dev"] & ~lent
            unseen = samples | {"dev": _sample(values[rest], atoms[rest])}
        for place, pair in enumerate(pairs):
            if {*pair} <= samples.keys():
                rng = np.random.default_rng([seed, 0xE3B, number, place])
                other = (unseen if pair[0] == AUGMENTED else samples)[pair[1]]
                found[pair][name] = embedding_distance(samples[pair[0]], other, rng=rng)
        if {AUGMENTED, "train", "dev"} <= samples.keys():
            floor = (unseen["dev"], samples["test"]) if "test" in samples else None
            closed = gap_closed(
                samples["train"], samples[AUGMENTED], unseen["dev"], floor=floor, seed=seed, fit=fit_embedding
            )
            yield Measurement("embedding_gap_closed", AUGMENTED, "dev", name, closed)
    for (a, b), effects in found.items():
        p_values = adjust([effect.p_value for effect in effects.values()]).tolist()
        for (name, effect), p_value in zip(effects.items(), p_values, strict=True):
            yield Measurement("embedding_distance", a, b, name, replace(effect, p_value=p_value))


def _missing(name: str, known: Flags, splits: Any, synthetic: Flags) -> Iterator[Measurement]:
    for split in SPLITS:
        rows = (splits == split) & ~synthetic
        if rows.any():
            share = float(np.mean(~known[rows]))
            yield Measurement("embedding_missing_share", split, None, name, count(share, int(rows.sum())))


def _sample(values: Points, atoms: Codes) -> Sample:
    """Return vectors as a sample: a column a coordinate."""
    return Sample({f"{place:02d}": column for place, column in enumerate(values.T.astype(np.float64))}, atoms=atoms)


def _columns(sample: Sample) -> Floats:
    return np.column_stack([*sample.numeric.values()])
