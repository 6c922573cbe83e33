"""Fit noise: settle which policy makes the synthetic records."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tasks.caching import Made, Ref, store_task
from tasks.catalog.atomic import write_table, write_text
from tasks.catalog.labels import common_bands, label_words, labels_in
from tasks.catalog.schema import DESCRIPTOR, DEV_FIT
from tasks.config.inputs import Input
from tasks.config.synthesis import Synthesis
from tasks.errors import PolicyError
from tasks.modalities.kinds import modality as find_modality
from tasks.noise.fitting import FEWEST_ROWS as FEWEST_TARGET
from tasks.noise.fitting import SOURCE_ROWS, TARGET_ROWS, Fit, fit_policy
from tasks.noise.modalities import ALTERED
from tasks.noise.named import named_policy
from tasks.noise.policy import Policy, dump_policy, load_policy
from tasks.splitting.atom_table import atom_hashes
from tasks.splitting.halves import first_half

LOG = logging.getLogger("matchset")
FIT_BYTES = 4 * 2**20
"""Stored bytes worth rendering some hundred times: 512 small images, or 140 photos of 30 kB, take a minute or two."""
BANDS = 5
"""Of a number to predict: source rows are weighted to equal shares of these bands of the target."""
FEWEST_ROWS = 128
"""Below, the distance scatters too much to choose by."""


@store_task("tasks.noise", "tasks.modalities", reads=("synthesis", "inputs", "modality"), always=True, retries=2)
def prepare_noise(
    out: Path, *, plans: list[Ref], synthesis: Synthesis, inputs: tuple[Input, ...], modality: str
) -> dict[str, Any]:
    """Collect what noise needs from outside of the store: `resources.json`, and `policy.yaml` where one is named."""
    if (policy := named_policy(synthesis, modality)) is not None:
        write_text(dump_policy(policy), out / "policy.yaml")
    prepared = find_modality(modality).prepare(synthesis, inputs, _joined(plans))
    write_text(json.dumps(prepared, sort_keys=True, allow_nan=False), out / "resources.json")
    return {}


@store_task("tasks.splitting", "tasks.noise.fitting", reads=("synthesis", "seed"))
def lend_dev(out: Path, *, train: list[Ref], dev: list[Ref], synthesis: Synthesis, seed: int) -> dict[str, Any]:
    """Set half of dev aside for a fit that finds no target record in train: `lent.parquet`, without rows otherwise."""
    records = _joined(dev)
    lent = np.zeros(records.num_rows, bool)
    if synthesis.policy == "fitted" and not pc.any(pc.equal(_joined(train)["domain"], "target")).as_py():
        lent = first_half(records, seed=seed, fewest=FEWEST_TARGET)
    write_table(records.filter(pa.array(lent)), out / "lent.parquet")
    return {"lent": int(lent.sum()), "kept": int((~lent).sum())}


@store_task(
    "tasks.noise",
    "tasks.descriptors",
    "tasks.payloads",
    "tasks.modalities",
    reads=("synthesis", "modality", "seed", "domain_defining"),
)
def fit_noise(
    out: Path,
    *,
    plans: list[Ref],
    train: list[Made],
    lent: Ref,
    resources: Made,
    synthesis: Synthesis,
    modality: str,
    seed: int,
    domain_defining: tuple[str, ...],
) -> dict[str, Any]:
    """Write the policy that a configuration names, or one fitted to the target records in train: `policy.yaml`.

    It is handed shards of train and what dev lends, and nothing else, so that no fit can look at test or at the half of
    dev that verifies it. What dev lent is named in `dev_fit.parquet` (record_id, atom).
    """
    facts: dict[str, Any] = {"policy": synthesis.policy}
    if synthesis.policy == "fitted":
        borrowed = pq.read_table(lent.path)
        fit = _fit(_joined(plans), borrowed, train, resources, modality, seed, domain_defining)
        write_table(fit.trace, out / "trace.parquet")
        settled = fit.policy
        facts |= {"reason": fit.reason, "gap": fit.gap, "default": fit.default, "fitted": fit.fitted}
        if borrowed.num_rows:
            write_table(borrowed.select(["record_id", "atom"]), out / DEV_FIT)
            facts["dev_rows"] = borrowed.num_rows
    else:  # the file as it is now, not as it was in an earlier build
        settled = load_policy(resources.ref("policy.yaml").path)
    write_text(dump_policy(settled), out / "policy.yaml")
    return facts | {"operations": len(settled.operations)}


def _fit(
    records: pa.Table,
    borrowed: pa.Table,
    train: list[Made],
    resources: Made,
    modality: str,
    seed: int,
    defining: tuple[str, ...],
) -> Fit:
    """Fit to a sample of the target records in train and of those borrowed, chosen by their ids and the seed."""
    kind = find_modality(modality)
    source = _some(records.filter(pc.equal(records["domain"], "source")), _affordable(records), seed)
    own = records.filter(pc.equal(records["domain"], "target"))
    target = _some(pa.concat_tables([own, borrowed], promote_options="permissive"), TARGET_ROWS, seed)
    rows = _rows_of(source["record_id"], train)
    decoded = kind.decode(rows)
    needs = kind.load(resources.json("resources.json"))
    parents = rows["record_id"].to_pylist()
    # What the file says (size, rate) is no noise that a policy could add, and what the domains were told apart by is a
    # difference that no noise shall imitate.
    altered = ALTERED.get(modality, frozenset())
    told = [
        name
        for name, note in kind.notes(records).items()
        if (not note.container or name in altered) and name not in defining
    ]
    names = [name for name in told if _is_number(records, name)]
    if not names:
        raise PolicyError(
            "synthesis.policy: fitted needs a numeric column that is compared and does not define the domain, and "
            "there is none. Set synthesis.policy to default or none."
        )

    def render(policy: Policy, seed: int) -> NDArray[np.float64]:
        draws = kind.draw(policy, parents, copies=1.0, seed=seed, resources=needs)
        return _matrix(kind.descriptors(kind.apply(decoded, draws, needs)), names)

    ours, theirs = _weighed_by(rows, target)
    return fit_policy(
        render,
        _matrix(target, names),
        modality=modality,
        seed=seed,
        source_labels=ours,
        target_labels=theirs,
        progress=LOG.info,
    )


def _weighed_by(source: pa.Table, target: pa.Table) -> tuple[list[str | None] | None, list[str | None] | None]:
    """Return what source rows are weighted by so that the fit does not imitate a difference of labels.

    Numbers are weighted by their bands in the target; several labels by their combinations, unless most target records
    have one that the source lacks: what is annotated may differ from input to input.
    """
    kind = labels_in(target.schema).kind
    bands = common_bands(target, BANDS) if kind == "number" else ()
    ours, theirs = label_words(source, bands), label_words(target, bands)
    if kind == "several":
        known = set(ours)
        if sum(words in known for words in theirs) <= len(theirs) / 2:
            return None, None
    return ours, theirs


def _joined(refs: list[Ref]) -> pa.Table:
    return pa.concat_tables([pq.read_table(ref.path) for ref in refs], promote_options="permissive")


def _some(records: pa.Table, most: int, seed: int) -> pa.Table:
    order = np.argsort(atom_hashes(records["record_id"].to_pylist(), seed), kind="stable")
    return records.take(pa.array(order[:most]))


def _rows_of(record_ids: pa.ChunkedArray, shards: list[Made]) -> pa.Table:
    wanted = record_ids.combine_chunks()
    found = [
        pq.read_table(made.ref("rows.parquet").path, filters=pc.is_in(pc.field("record_id"), wanted)) for made in shards
    ]
    return pa.concat_tables(found).sort_by("record_id")


def _affordable(records: pa.Table) -> int:
    """Return how many records a fit renders: fewer where they are large."""
    mean_bytes = pc.mean(pc.fill_null(records["size_bytes"], 0)).as_py() or 0
    return SOURCE_ROWS if not mean_bytes else int(min(SOURCE_ROWS, max(FEWEST_ROWS, FIT_BYTES / mean_bytes)))


def _is_number(records: pa.Table, name: str) -> bool:
    return bool(pa.types.is_floating(records.schema.field(DESCRIPTOR + name).type))


def _matrix(table: pa.Table, names: list[str]) -> NDArray[np.float64]:
    """Return descriptors of a table, (n, p)."""
    return np.column_stack([table[DESCRIPTOR + name].to_numpy().astype(np.float64) for name in names])
