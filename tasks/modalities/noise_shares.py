"""Shares of a policy's recorded noise, fitted to target records."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.noise_pieces import highest_hz, pieces_of_clip, pieces_of_pauses
from tasks.noise.policy import Policy
from tasks.noise.pool import Pool
from tasks.noise.pool_decks import deck_shares
from tasks.noise.pool_shares import category_shares


def share_out(policy: Policy, target: pa.Table, resources: Mapping[str, Any], *, seed: int) -> tuple[Policy, str]:
    """Let a policy's recorded noise be of the categories that are heard in the target's pauses.

    Parameters
    ----------
    policy : Policy
    target : pa.Table
        Published rows that the fit may see.
    resources : mapping
        What noise was prepared with.
    seed : int

    Returns
    -------
    Policy
        As it was where it has no recorded noise, one category alone, or pauses say too little.
    str
        A sentence about the shares; empty where there are none.
    """
    noise = policy.operation("noise") if policy.modality == "audio" else None
    if noise is None or len(resources.get("noise", ())) < 2 or not target.num_rows:
        return policy, ""
    kind = find_modality("audio")
    pool: Pool = kind.load(dict(resources))[0]
    sounds = kind.decode(target)
    highest = highest_hz([*(rate for _, rate in sounds), *(clip.sample_rate_hz for clip in pool.clips)])
    known: dict[str, list[Any]] = {}
    usual: dict[str, float] = {}
    lengths_s = np.array([sum(clip.duration_s for clip in clips) for clips in pool.by_recording.values()])
    for clips, turns in zip(pool.by_recording.values(), deck_shares(lengths_s).tolist(), strict=True):
        usual[clips[0].category] = usual.get(clips[0].category, 0.0) + turns
        known.setdefault(clips[0].category, []).append(pieces_of_clip(clips, highest))
    pauses = [pieces_of_pauses(samples, rate, highest) for samples, rate in sounds]
    of_sound = np.repeat(np.arange(len(pauses)), [len(pieces) for pieces in pauses])
    pieces = {name: np.concatenate(parts) for name, parts in known.items()}
    shares = category_shares(np.concatenate(pauses), of_sound, pieces, usual=usual, seed=seed)
    if shares is None:
        return policy, ""
    told = ", ".join(f"{name} {share:.0%}" for name, share in sorted(shares.items(), key=lambda entry: -entry[1]))
    changed = noise.model_copy(update={"shares": shares})
    operations = tuple(changed if operation is noise else operation for operation in policy.operations)
    said = f"By what is heard in the target's pauses, noisy records hear: {told}."
    return policy.model_copy(update={"operations": operations}), said
