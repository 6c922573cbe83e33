"""The part of the main job that learns what a model of the task sees."""

from collections.abc import Sequence
from typing import Any

from flows.progress import each, one
from tasks.caching import Made
from tasks.learn import borrow_embedding, choose_shards, learn_task, sense_shard


def sense(plan: Made, rows: Sequence[Made], synthetic: Sequence[Made], **common: Any) -> list[Made]:
    """Turn some rows of each split into features: once for all small models.

    Parameters
    ----------
    plan : Made
        How records are laid out.
    rows, synthetic : sequence of Made
        Published shards, in step with the plan and with its shards of train.
    **common
        `work` and `config`, as every task takes them.
    """
    pictured = common["config"].synthesis.judge == "network"
    return each("sense", sense_shard, choose_shards(plan, rows, synthetic), pictured=pictured, **common)


def learn_space(
    sensed: Sequence[Made], synthetic: Sequence[Made], manifest: Made, embedded: Made | None, **common: Any
) -> Made:
    """Embed some rows of each split in the task space: in the user's embedding if there is one, else in a model's.

    A table of vectors knows no synthetic records, so it stands in for a model only where there are none: what synthesis
    does could not be told in its space.

    Parameters
    ----------
    sensed, synthetic : sequence of Made
        What was sensed of all splits, and the shards of synthetic records.
    manifest : Made
    embedded : Made, optional
        The user's embeddings.
    **common
        `work` and `config`, as every task takes them.
    """
    known = {} if embedded is None else embedded.facts["embeddings"]
    made = any(shard.facts["rows"] for shard in synthetic)
    own = [name for name, facts in known.items() if facts["kind"] == "callable" or not made]
    if own:
        return one("learn", borrow_embedding, manifest=manifest, name=own[0], **common)
    return one("learn", learn_task, sensed=list(sensed), **common)
