"""The part of the main job that few configurations ask for: descriptors of the user's own."""

from collections.abc import Sequence
from typing import Any

from flows.progress import each, one
from tasks.caching import Made
from tasks.embed import embed_shard, embed_synthetic, identify_embeddings, join_embeddings, read_embedding


def embed_catalog(
    shards: Sequence[dict[str, Any]], described: Sequence[Made], catalog: Made, **common: Any
) -> Made | None:
    """Embed the records of the catalog: None where the configuration asks for no embedding.

    Parameters
    ----------
    shards : sequence of dict
        Of each shard, the input that it lists as `source`.
    described : sequence of Made
        What became of each shard.
    **common
        `work` and `config`, as every task takes them.
    """
    descriptors = common["config"].descriptors
    if not descriptors:
        return None
    identity = one("identify", identify_embeddings, **common).facts["identity"]
    entries = [{"entry": entry, "identity": identity[entry.name]} for entry in descriptors]
    tables = [entry for entry in entries if entry["entry"].kind == "table"]
    calls = [
        {"records": made.ref("records.parquet"), "source": shard["source"], **entry}
        for entry in entries
        if entry["entry"].kind == "callable"
        for shard, made in zip(shards, described, strict=True)
    ]
    vectors = each("read vectors", read_embedding, tables, **common) if tables else []
    vectors += each("embed", embed_shard, calls, **common) if calls else []
    return one("join", join_embeddings, catalog=catalog.ref("catalog.parquet"), vectors=vectors, **common)


def embed_copies(synthetic: Sequence[Made], embedded: Made | None, **common: Any) -> list[Made]:
    """Embed the synthetic records by the functions that the configuration names; a table knows nothing of them."""
    functions = [entry for entry in common["config"].descriptors if entry.kind == "callable"]
    if embedded is None or not functions:
        return []
    calls = [
        {
            "rows": made.ref("rows.parquet"),
            "entry": entry,
            "identity": embedded.facts["embeddings"][entry.name]["identity"],
        }
        for entry in functions
        for made in synthetic
        if made.facts["rows"]
    ]
    return each("embed copies", embed_synthetic, calls, **common)
