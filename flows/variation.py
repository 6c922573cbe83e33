"""The part of the main job that varies the target records in train: few records that count much are met often."""

from collections.abc import Sequence
from typing import Any

from flows.progress import each
from tasks.caching import Made
from tasks.learn import choose_variations, sense_shard
from tasks.modalities.varying import copies_of_target
from tasks.synthesize import vary_shard
from tasks.weigh import weigh_shard


def vary(
    plan: Made, rows: Sequence[Made], synthetic: Sequence[Made], resources: Made, **common: Any
) -> tuple[list[Made], list[Made]]:
    """Make varied copies of the target records in train, and turn some of them into features.

    Parameters
    ----------
    plan : Made
        How records are laid out.
    rows, synthetic : sequence of Made
        Published shards, in step with the plan and with its shards of train.
    resources : Made
        What noise needs.
    **common
        `work` and `config`, as every task takes them.

    Returns
    -------
    list of Made, list of Made
        The copies, and what small models see of them; both empty where none are wanted.
    """
    settings, counts = common["config"], plan.facts["targets"]
    named = {name: made for name, made in zip(plan.names, rows, strict=True) if name.startswith("train/")}
    targets = sum(counts[name] for name in named)
    copies = copies_of_target(
        settings.synthesis.target_copies,
        policy=settings.synthesis.policy,
        modality=settings.modality,
        targets=targets,
        others=plan.facts["rows"].get("train", 0) - targets + sum(made.facts["rows"] for made in synthetic),
    )
    held = [name for name in named if copies and counts[name]]
    if not held:
        return [], []
    parents = [{"rows": named[name].ref("rows.parquet"), "copies": copies} for name in held]
    made = each("vary", vary_shard, parents, resources=resources, **common)
    pictured = settings.synthesis.judge == "network"
    return made, each("sense", sense_shard, choose_variations(plan, held, made), pictured=pictured, **common)


def kept(proof: Made, varied: Sequence[Made]) -> list[Made]:
    """Return the varied copies that the version holds: none if they were tried and do not help."""
    return [*varied] if proof.facts["varied"] else []


def weigh_varied(varied: Sequence[Made], proof: Made, **common: Any) -> list[Made]:
    """Let varied copies count as much as the records that they were made of."""
    weight = proof.facts["weight"]
    if weight == 1.0 or not varied:
        return [*varied]
    shards = [{"rows": made.ref("rows.parquet"), "weight": weight} for made in varied]
    return each("weigh", weigh_shard, shards, **common)
