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
from tasks.catalog.schema import DESCRIPTOR, DEV_FIT
from tasks.config.inputs import Input
from tasks.config.synthesis import Synthesis
from tasks.diagnosis.network import insist_on_network
from tasks.errors import PolicyError
from tasks.modalities.choosing import asked_records, choose_among, taught_records
from tasks.modalities.kinds import modality as find_modality
from tasks.modalities.media import Media
from tasks.modalities.noise_shares import share_out
from tasks.modalities.noise_taken import taken_clips
from tasks.modalities.sampled import affordable, rows_of, some_records
from tasks.modalities.weighed import weighed_by
from tasks.noise.fitting import Fit, fit_policy, rows_worth
from tasks.noise.modalities import ALTERED, NEEDS
from tasks.noise.named import named_policy
from tasks.noise.policy import Policy, dump_policy, load_policy
from tasks.task_space.choice import Choice

LOG = logging.getLogger("matchset")
FIT_BYTES = 4 * 2**20
"""Stored bytes worth rendering some hundred times: 512 small images, or 140 photos of 30 kB, take a minute or two."""
FEWEST_ROWS = 128
"""Below, the distance scatters too much to choose by."""


@store_task("tasks.noise", "tasks.modalities", reads=("synthesis", "inputs", "modality"), always=True, retries=2)
def prepare_noise(
    out: Path, *, plans: list[Ref], catalog: Made, synthesis: Synthesis, inputs: tuple[Input, ...], modality: str
) -> dict[str, Any]:
    """Collect what noise needs from outside of the store: `resources.json`, and `policy.yaml` where one is named.

    Of the catalog only hashes are read: recorded noise that is a record of any split is refused.
    """
    if synthesis.judge == "network":
        insist_on_network()  # now, not after everything else has been made
    if (policy := named_policy(synthesis, modality)) is not None:
        write_text(dump_policy(policy), out / "policy.yaml")
    kind = find_modality(modality)
    prepared = kind.prepare(synthesis, inputs, _joined(plans))
    if isinstance(kind, Media) and (prepared.get("noise") or prepared.get("backgrounds")):
        hashes = pq.read_table(catalog.ref("catalog.parquet").path, columns=["record_id", "file_hash", "content_hash"])
        prepared["taken"] = taken_clips(kind, prepared, hashes)
    write_text(json.dumps(prepared, sort_keys=True, allow_nan=False), out / "resources.json")
    return {}


@store_task(
    "tasks.noise",
    "tasks.descriptors",
    "tasks.payloads",
    "tasks.modalities",
    "tasks.task_space",
    reads=("synthesis", "inputs", "modality", "seed", "domain_defining"),
)
def fit_noise(
    out: Path,
    *,
    plans: list[Ref],
    train: list[Made],
    lent: Made,
    resources: Made,
    synthesis: Synthesis,
    inputs: tuple[Input, ...],
    modality: str,
    seed: int,
    domain_defining: tuple[str, ...],
) -> dict[str, Any]:
    """Write the policy that a configuration names, or one fitted to the target records in train: `policy.yaml`.

    A fit proposes policies by distance (`trace.parquet`), then a small model chooses among them, the default, a mixture
    of random policies and nothing (`choice.parquet`, schema `tasks.task_space.choice.CHOICE`). It is handed shards of
    train and what dev lends, and nothing else, so that no fit can look at test or at the half of dev that verifies it.
    What dev lent is named in `dev_fit.parquet` (record_id, atom).
    """
    facts: dict[str, Any] = {"policy": synthesis.policy}
    if synthesis.policy == "fitted":
        borrowed = pq.read_table(lent.ref("lent.parquet").path)
        records, shards = _joined(plans), [*train, *([lent] if borrowed.num_rows else [])]
        own = records.filter(pc.equal(records["domain"], "target"))
        target = pa.concat_tables([own, borrowed], promote_options="permissive")
        source = records.filter(pc.equal(records["domain"], "source"))
        fit = _fit(source, target, train, resources, modality, seed, domain_defining)
        write_table(fit.trace, out / "trace.parquet")
        facts |= {"reason": fit.reason, "gap": fit.gap, "default": fit.default, "fitted": fit.fitted}
        settled = fit.policy
        sensitive = [name for entry in inputs if entry.kind == "table" for name in entry.sensitive]
        leave_out = (*domain_defining, *sensitive)
        choice = _choose(fit, source, target, train, shards, resources, modality, seed, leave_out)
        if choice is not None:
            write_table(choice.table, out / "choice.parquet")
            facts |= {"reason": choice.reason, "chosen": choice.name, "criterion": choice.criterion}
            settled = choice.policy
        prepared = resources.json("resources.json")
        if prepared.get("noise") and settled.operation("noise"):
            settled, heard = share_out(settled, _rows(asked_records(target, seed), shards), prepared, seed=seed)
            facts["reason"] = f"{facts['reason']} {heard}".rstrip()
        if borrowed.num_rows:
            write_table(borrowed.select(["record_id", "atom"]), out / DEV_FIT)
            facts["dev_rows"] = borrowed.num_rows
    else:  # the file as it is now, not as it was in an earlier build
        settled = load_policy(resources.ref("policy.yaml").path)
    write_text(dump_policy(settled), out / "policy.yaml")
    return facts | {"operations": len(settled.operations)}


def _fit(
    source: pa.Table,
    target: pa.Table,
    train: list[Made],
    resources: Made,
    modality: str,
    seed: int,
    defining: tuple[str, ...],
) -> Fit:
    """Fit to a sample of the target records, chosen by their ids and the seed."""
    kind = find_modality(modality)
    ours_at_most, theirs_at_most = rows_worth(modality)
    most = affordable(source, most=ours_at_most, fewest=FEWEST_ROWS, stored_bytes=FIT_BYTES)
    target = some_records(target, theirs_at_most, seed)
    rows = _rows(some_records(source, most, seed), train)
    decoded = kind.decode(rows)
    prepared = resources.json("resources.json")
    needs = kind.load(prepared)
    material = frozenset(name for name, section in NEEDS.get(modality, {}).items() if prepared.get(section))
    parents = rows["record_id"].to_pylist()
    # What the file says (size, rate) is no noise that a policy could add, and what the domains were told apart by is a
    # difference that no noise shall imitate.
    altered = ALTERED.get(modality, frozenset())
    notes = kind.notes(source)
    told = [name for name, note in notes.items() if (not note.container or name in altered) and name not in defining]
    names = [name for name in told if _is_number(source, name)]
    if not names:
        raise PolicyError(
            "synthesis.policy: fitted needs a numeric column that is compared and does not define the domain, and "
            "there is none. Set synthesis.policy to default or none."
        )

    def render(policy: Policy, seed: int) -> NDArray[np.float64]:
        draws = kind.draw(policy, parents, copies=1.0, seed=seed, resources=needs)
        return _matrix(kind.descriptors(kind.apply(decoded, draws, needs)), names)

    ours, theirs = weighed_by(rows, target)
    return fit_policy(
        render,
        _matrix(target, names),
        modality=modality,
        seed=seed,
        source_labels=ours,
        target_labels=theirs,
        families=[notes[name].family for name in names],
        material=material,
        progress=LOG.info,
    )


def _choose(
    fit: Fit,
    source: pa.Table,
    target: pa.Table,
    train: list[Made],
    shards: list[Made],
    resources: Made,
    modality: str,
    seed: int,
    leave_out: tuple[str, ...],
) -> Choice | None:
    """Ask a small model about the target records that were fitted to, as many as can be decoded.

    None where there is nothing to imitate, or no task to learn: the fit is then left as it is.
    """
    if fit.gap <= fit.guard:
        return None
    rows = _rows(asked_records(target, seed), shards)
    atoms = dict(zip(target["record_id"].to_pylist(), target["atom"].to_pylist(), strict=True))
    return choose_among(
        fit.proposals,
        _rows(taught_records(source, seed), train),
        rows,
        [atoms[record_id] for record_id in rows["record_id"].to_pylist()],
        resources=find_modality(modality).load(resources.json("resources.json")),
        leave_out=leave_out,
        modality=modality,
        seed=seed,
        progress=LOG.info,
    )


def _joined(refs: list[Ref]) -> pa.Table:
    return pa.concat_tables([pq.read_table(ref.path) for ref in refs], promote_options="permissive")


def _rows(records: pa.Table, shards: list[Made]) -> pa.Table:
    """Read records as published; of what dev lends, the file that holds no other."""
    files = [made.ref("lent_rows.parquet" if "lent_rows.parquet" in made.names else "rows.parquet") for made in shards]
    return rows_of(records["record_id"].to_pylist(), [file.path for file in files])


def _is_number(records: pa.Table, name: str) -> bool:
    return bool(pa.types.is_floating(records.schema.field(DESCRIPTOR + name).type))


def _matrix(table: pa.Table, names: list[str]) -> NDArray[np.float64]:
    """Return descriptors of a table, (n, p)."""
    return np.column_stack([table[DESCRIPTOR + name].to_numpy().astype(np.float64) for name in names])
