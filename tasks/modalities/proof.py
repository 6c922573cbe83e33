"""The proof from files to files: rows of train and dev that were sensed in, what a baseline makes of them out."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tasks.catalog.atomic import write_table
from tasks.catalog.labels import label_array
from tasks.catalog.schema import AUGMENTED, DESCRIPTOR
from tasks.diagnosis.mixture import SOURCE, SYNTHETIC, TARGET
from tasks.diagnosis.proof import Proof, Rows, prove
from tasks.errors import MatchsetError
from tasks.modalities.task_space import FEATURES, IDENTITY
from tasks.shift.measurements import Measurement, measurements_table
from tasks.task_space.columns import fit_columns
from tasks.task_space.targets import Targets, make_targets

PROOF = "proof.parquet"
"""MEASUREMENTS: `baseline_error`, `synthesis_gain`, `weight_error`, `weight_gain`."""


def prove_rows(
    out: Path,
    sensed: Sequence[Path],
    *,
    fitted_to: Path | None,
    published: Mapping[str, int],
    leave_out: Sequence[str],
    modality: str,
    seed: int,
) -> dict[str, Any]:
    """Compare baselines on dev: `proof.parquet`.

    Parameters
    ----------
    out : Path
        The folder to fill.
    sensed : sequence of Path
        Folders that `tasks.modalities.task_space.sense_rows` filled, of train and dev alone.
    fitted_to : Path, optional
        Records of dev that the noise was fitted to: nothing is proved on them.
    published : mapping of str to int
        Rows of train by origin.
    leave_out : sequence of str
        Columns of a table that no model of the task may use.
    modality : str
    seed : int

    Returns
    -------
    dict
        `state` (`tasks.diagnosis.proof.State`), and `shares`: the target's share of the weight that was chosen with
        synthetic records (`"with"`) and `"without"`; null where every row counts once.
    """
    identity = pa.concat_tables([pq.read_table(folder / IDENTITY) for folder in sensed])
    if strange := set(identity["split"].to_pylist()) - {"train", "dev"}:
        raise MatchsetError(f"a proof is made on train and dev alone, but was handed rows of {', '.join(strange)}")
    train = pc.equal(identity["split"], "train").to_numpy()
    asked = ~train & ~_named(identity, fitted_to)
    synthetic = identity["synthetic"].to_numpy()
    target = pc.equal(identity["domain"], "target").to_numpy()
    taught = train & (synthetic | identity["embedded"].to_numpy() | target)
    targets = make_targets(label_array(identity), taught & ~synthetic)
    origin = np.where(synthetic, SYNTHETIC, np.where(target, TARGET, SOURCE))
    atoms = np.unique(np.asarray(identity["atom"].to_pylist(), str), return_inverse=True)[1].reshape(-1)
    features = _features(sensed, taught, leave_out, modality, seed)

    def some(chosen: NDArray[np.bool_]) -> Rows:
        at = np.flatnonzero(chosen)
        return Rows(features[at], Targets(targets.kind, targets.values[at]), atoms[at], origin[at])

    found = prove(some(taught), some(asked), published, seed=seed)
    write_table(measurements_table(_measured(found)), out / PROOF)
    return {
        "state": found.state,
        "shares": {"with": found.share(synthetic=True), "without": found.share(synthetic=False)},
    }


def _named(identity: pa.Table, records: Path | None) -> NDArray[np.bool_]:
    if records is None:
        return np.zeros(identity.num_rows, bool)
    known = pq.read_table(records, columns=["record_id"])["record_id"].combine_chunks()
    return np.asarray(pc.is_in(identity["record_id"], value_set=known).to_numpy())


def _features(
    sensed: Sequence[Path], taught: NDArray[np.bool_], leave_out: Sequence[str], modality: str, seed: int
) -> NDArray[np.floating]:
    if modality != "tabular":
        return np.concatenate([np.load(folder / f"{FEATURES}.npy") for folder in sensed])
    columns = pa.concat_tables([pq.read_table(folder / f"{FEATURES}.parquet") for folder in sensed])
    columns = columns.drop_columns(
        [name for name in columns.column_names if name.removeprefix(DESCRIPTOR) in leave_out]
    )
    return fit_columns(columns.filter(pa.array(taught)), seed=seed).see(columns)


def _measured(found: Proof) -> Iterator[Measurement]:
    """Turn a proof into measurements: errors stand in `descriptor` by what was trained on."""
    for name, effect in found.errors.items():
        yield Measurement("baseline_error", "dev", None, name, effect)
    yield Measurement("synthesis_gain", AUGMENTED, "dev", None, found.gain)
    for synthetic, shares in found.shares.items():
        split = AUGMENTED if synthetic else "train"
        for tried in shares:
            yield Measurement("weight_error", split, "dev", tried.name, tried.error)
            yield Measurement("weight_gain", split, "dev", tried.name, tried.against)
