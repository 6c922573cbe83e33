"""The part of the main job that proves what synthesis does, and lets the target count for more in training."""

from collections.abc import Sequence
from typing import Any

from flows.progress import each, one
from tasks.caching import Made
from tasks.contrast import contrast_policies
from tasks.prove import prove_synthesis, withdraw_shard
from tasks.weigh import weigh_shard

SEEN = ("train", "dev")
"""Splits that a proof may look at."""


def prove(
    plan: Made, synthetic: Sequence[Made], varied: Sequence[Made], sensed: Sequence[Made], policy: Made, **common: Any
) -> Made:
    """Compare small models with and without the synthetic records, and with and without varied target records.

    Parameters
    ----------
    plan : Made
        How records are laid out.
    synthetic, varied : sequence of Made
    sensed : sequence of Made
        Some rows of every split; those of test are not handed on.
    policy : Made
        Names the records of dev that it was fitted to, if there are any.
    **common
        `work` and `config`, as every task takes them.
    """
    targets = sum(count for name, count in plan.facts["targets"].items() if name.startswith("train/"))
    published = {
        "source": plan.facts["rows"]["train"] - targets,
        "target": targets,
        "synthetic": sum(made.facts["rows"] for made in synthetic),
        "varied": sum(made.facts["rows"] for made in varied),
    }
    shown = [made for made in sensed if made.facts["split"] in SEEN]
    return one("prove", prove_synthesis, sensed=shown, policy=policy, published=published, **common)


def contrast(
    plan: Made, rows: Sequence[Made], synthetic: Sequence[Made], resources: Made, **common: Any
) -> Made | None:
    """Make copies of some rows of train by the generic policy, to hold the build's own against; None without train.

    Parameters
    ----------
    plan : Made
        How records are laid out: shards are shuffled, so that the first of train is a random choice.
    rows : sequence of Made
        Published shards, in step with the plan.
    synthetic : sequence of Made
        Synthetic records, those that are withdrawn too.
    resources : Made
    **common
        `work` and `config`, as every task takes them.
    """
    first = next((place for place, name in enumerate(plan.names) if name.startswith("train/")), None)
    if first is None or not synthetic:
        return None
    shard = {"plan": plan.ref(plan.names[first]), "rows": rows[first].ref("rows.parquet")}
    made = synthetic[0].ref("records.parquet")
    return one("contrast", contrast_policies, **shard, made=made, resources=resources, **common)


def withdraw(proof: Made, synthetic: Sequence[Made], sensed: Sequence[Made], **common: Any) -> tuple[list[Made], ...]:
    """Leave synthetic records out of the version if they were fitted and do not help; and what was sensed of them."""
    if proof.facts["proved"] != "withdrawn":
        return [*synthetic], [*sensed]
    left = each("withdraw", withdraw_shard, [{"shard": made} for made in synthetic], **common)
    return left, [made for made in sensed if not made.facts["synthetic"]]


def weigh(plan: Made, rows: Sequence[Made], proof: Made, **common: Any) -> list[Made]:
    """Write those shards of train again in which target records stand; nothing where they count once."""
    weight = proof.facts["weight"]
    named = list(zip(plan.names, rows, strict=True))
    wanted = [name for name in plan.names if name.startswith("train/") and plan.facts["targets"][name]]
    if weight == 1.0 or not wanted:
        return [*rows]
    shards = [{"rows": made.ref("rows.parquet"), "weight": weight} for name, made in named if name in wanted]
    weighed = dict(zip(wanted, each("weigh", weigh_shard, shards, **common), strict=True))
    return [weighed.get(name, made) for name, made in named]
