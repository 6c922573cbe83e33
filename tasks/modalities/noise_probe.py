"""The probe: whether a small model that is trained in some recordings errs more in others that it has not heard."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tasks.catalog.labels import label_array, labels_in
from tasks.modalities.noise_rows import Listened
from tasks.noise.audio import Sound, apply, draw
from tasks.noise.policy import Policy
from tasks.noise.pool import Pool
from tasks.task_space.head import fit_head
from tasks.task_space.moments import sum_up
from tasks.task_space.paired import Paired, paired_difference
from tasks.task_space.sounds import hear_sounds
from tasks.task_space.targets import make_targets

FEWEST_RECORDINGS = 4
"""With fewer, a half of the pool is one recording, and the probe asks about that recording."""
FEWEST_ROWS = 60
"""Records to train on; with fewer the model knows nothing that noise could take from it."""
LEVEL = 0.05


@dataclass(frozen=True)
class Probe:
    """What the probe found.

    Parameters
    ----------
    seen, unseen : float
        Error of small models on records in recordings that they were trained in, and in others: a share for classes,
        in variances for numbers.
    gap : Paired
        Unseen less seen, record by record, with its interval by atoms.
    """

    seen: float
    unseen: float
    gap: Paired


def probe_pool(
    train: Listened,
    held: Listened,
    sounds: tuple[Sequence[Sound], Sequence[Sound]],
    policy: Policy,
    pool: Pool,
    *,
    seed: int,
) -> Probe | None:
    """Train two small models, each in one half of the recordings, and ask each in both halves.

    Parameters
    ----------
    train, held : Listened
        Records to train on, and others to ask about: labels and atoms.
    sounds : (sounds of train, sounds of held)
    policy : Policy
        Its noise is given to every record, so that the question is about noise.
    pool : Pool
    seed : int

    Returns
    -------
    Probe or None
        None where there are too few recordings, records or labels.

    Notes
    -----
    Each half serves once as the one that is heard in training, so that a half whose noise is harder does not count.
    What is asked in recordings that were heard in training begins elsewhere in them.
    """
    halves = _halves(pool, seed)
    if halves is None or len(train.atoms) < FEWEST_ROWS or len(held.atoms) < 2:
        return None
    columns = labels_in(train.rows.schema).columns
    labels = label_array(pa.concat_tables([train.rows.select(columns), held.rows.select(columns)]))
    teaching = np.arange(len(labels)) < len(train.atoms)
    targets = make_targets(labels, teaching)
    if targets.kind == "none" or int((targets.known & teaching).sum()) < FEWEST_ROWS:
        return None
    always = _noisy(policy)
    taught, asked = sounds
    clean = hear_sounds(taught, seed=seed)
    ids, others = train.rows["record_id"].to_pylist(), held.rows["record_id"].to_pylist()
    heard = [hear_sounds(_made(taught, ids, always, half, seed), seed=seed) for half in halves]
    probes = [hear_sounds(_made(asked, others, always, half, seed + 1), seed=seed) for half in halves]
    known = targets.values[: len(taught)]
    losses = np.empty((2, 2, len(asked)))
    for learned in range(2):
        head = fit_head(sum_up(np.concatenate([clean, heard[learned]]), np.concatenate([known, known])))
        for place in range(2):
            scores = np.concatenate([np.zeros((len(taught), known.shape[1])), head.scores(probes[place])])
            losses[learned, place] = targets.losses(scores)[len(taught) :]
    seen, unseen = (losses[0, 0] + losses[1, 1]) / 2, (losses[0, 1] + losses[1, 0]) / 2
    gap = paired_difference(unseen - seen, held.atoms, level=LEVEL)
    return Probe(float(np.nanmean(seen)), float(np.nanmean(unseen)), gap)


def _halves(pool: Pool, seed: int) -> tuple[Pool, Pool] | None:
    names = list(pool.by_recording)
    if len(names) < FEWEST_RECORDINGS:
        return None
    shuffled = np.random.default_rng([seed, 0x9001]).permutation(len(names))
    first = {names[place] for place in shuffled[: len(names) // 2].tolist()}
    return (
        Pool(tuple(clip for clip in pool.clips if clip.recording in first)),
        Pool(tuple(clip for clip in pool.clips if clip.recording not in first)),
    )


def _noisy(policy: Policy) -> Policy:
    kept = tuple(
        operation.model_copy(update={"probability": 1.0}) if operation.name == "noise" else operation
        for operation in policy.operations
        if operation.name != "room"
    )
    return policy.model_copy(update={"operations": kept})


def _made(sounds: Sequence[Sound], ids: Sequence[str], policy: Policy, pool: Pool, seed: int) -> list[Sound]:
    draws: pa.Table = draw(policy, ids, copies=1.0, seed=seed, pool=pool)
    made = apply(sounds, draws, pool=pool)
    return [(noisy, rate) for noisy, (_, rate) in zip(made, sounds, strict=True)]
