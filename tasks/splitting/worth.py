"""What the splits that were drawn are worth: the precision of an error, and the differences that they can show."""

import math
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from tasks.splitting.sizes import SizePlan, detectable_gap


def worth_of(plans: Mapping[str, SizePlan], split: npt.ArrayLike, atom: npt.ArrayLike) -> dict[str, dict[str, Any]]:
    """Say what each split is worth, as facts that JSON can hold.

    Parameters
    ----------
    plans : mapping of split name to SizePlan
        What was asked for.
    split, atom : array_like of str, shape (n,)
        The records that were drawn.

    Returns
    -------
    dict
        Split -> the fields of its plan, where `rows` and `margin_wanted` are what was asked for, and `margin`,
        `design_effect`, `worth` (independent rows), `gain` (between two models) and, for test, `gap` (above dev) are of
        what was drawn. None where nothing could be noticed.
    """
    splits, atoms = np.asarray(split), np.asarray(atom)
    drawn = {}
    for name, plan in plans.items():
        held = np.unique(atoms[splits == name].astype(str), return_counts=True)[1]
        if held.size:
            drawn[name] = plan.drawn(held)
    facts: dict[str, dict[str, Any]] = {}
    for name, plan in plans.items():
        if name not in drawn:
            facts[name] = asdict(plan)
            continue
        got = drawn[name]
        found = {"margin": got.margin, "design_effect": got.design_effect, "worth": got.worth, "gain": got.gain}
        if name == "test" and "dev" in drawn:
            found["gap"] = detectable_gap(drawn["dev"], got)
        facts[name] = asdict(plan) | {key: None if math.isnan(value) else value for key, value in found.items()}
    return facts
