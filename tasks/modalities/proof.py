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
from tasks.diagnosis.baseline import fit_linear
from tasks.diagnosis.boosting import boosting, fit_bins
from tasks.diagnosis.mixture import SOURCE, SYNTHETIC, TARGET, VARIED, target_weight
from tasks.diagnosis.network import CELLS, networks
from tasks.diagnosis.proof import Learner, Proof, Rows, prove
from tasks.diagnosis.shares import ShareTried, name_of, usual_share
from tasks.errors import MatchsetError
from tasks.modalities.task_space import FEATURES, IDENTITY, PICTURES
from tasks.shift.accounting import count
from tasks.shift.measurements import Measurement, measurements_table
from tasks.task_space.targets import Targets, make_targets

PROOF = "proof.parquet"
"""MEASUREMENTS: `baseline_error`, `synthesis_gain`, `variation_gain`, `weight_error`, `weight_gain`,
`target_weight`."""


def prove_rows(
    out: Path,
    sensed: Sequence[Path],
    *,
    fitted_to: Path | None,
    published: Mapping[str, int],
    fitted: bool,
    judge: str,
    asked_for: bool,
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
    fitted : bool
        Whether the noise was fitted, so that it is not used where it surely does not help; one that was asked for by
        name stays.
    judge : {"small", "network"}
        Which baseline it is; tables have trees in either case.
    asked_for : bool
        Whether somebody said how many varied target records he wants: then they stay as well.
    leave_out : sequence of str
        Columns of a table that no model of the task may use.
    modality : str
    seed : int

    Returns
    -------
    dict
        `proved`: what becomes of the synthetic records, "forced", "fitted" or "withdrawn"; None where there are none.
        `varied`: whether varied target records are kept; None where there are none. `weight`: what a target record in
        train, and a varied one, counts beside the others, which count once. `judge`: "ridge", "network" or "trees".
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
    made_of = np.where(target, VARIED, SYNTHETIC)
    origin = np.where(synthetic, made_of, np.where(target, TARGET, SOURCE))
    atoms = np.unique(np.asarray(identity["atom"].to_pylist(), str), return_inverse=True)[1].reshape(-1)
    features, learner, judged_by = _features(sensed, taught, leave_out, modality, judge, seed)

    def some(chosen: NDArray[np.bool_]) -> Rows:
        at = np.flatnonzero(chosen)
        return Rows(features[at], Targets(targets.kind, targets.values[at]), atoms[at], origin[at])

    found = prove(some(taught), some(asked), published, seed=seed, learner=learner)
    made = bool(published.get("synthetic", 0))
    withdrawn = made and fitted and found.useless
    kept = published if made and not withdrawn else {**published, "synthetic": 0}
    tried = found.shares.get(made and not withdrawn, ())
    share = next((one.share for one in tried if one.chosen), usual_share({**kept, "varied": 0}))
    vary = bool(published.get("varied", 0)) and (asked_for or found.vary)
    kept = kept if vary else {**kept, "varied": 0}
    weight = target_weight(kept, share)
    told = [*_measured(found), *_weighed(tried)]
    if published.get("varied", 0):
        told.append(Measurement("variation_gain", "train", "dev", "kept" if vary else "left out", found.varied))
    if kept.get("target", 0):
        told.append(Measurement("target_weight", "train", None, name_of(share), count(weight, kept["target"])))
    write_table(measurements_table(told), out / PROOF)
    proved = "withdrawn" if withdrawn else "fitted" if fitted else "forced"
    varied = vary if published.get("varied", 0) else None
    return {"proved": proved if made else None, "varied": varied, "weight": weight, "judge": judged_by}


def _named(identity: pa.Table, records: Path | None) -> NDArray[np.bool_]:
    if records is None:
        return np.zeros(identity.num_rows, bool)
    known = pq.read_table(records, columns=["record_id"])["record_id"].combine_chunks()
    return np.asarray(pc.is_in(identity["record_id"], value_set=known).to_numpy())


def _features(
    sensed: Sequence[Path], taught: NDArray[np.bool_], leave_out: Sequence[str], modality: str, judge: str, seed: int
) -> tuple[NDArray[np.floating], Learner, str]:
    """Return features of all rows, what learns from them, and what that is called."""
    if modality != "tabular" and judge == "network":
        pictures = np.concatenate([np.load(folder / PICTURES) for folder in sensed])
        learner = networks(pictures.shape[1:], cells=CELLS[modality], seed=seed)
        return pictures.reshape(len(pictures), -1), learner, "network"
    if modality != "tabular":
        return np.concatenate([np.load(folder / f"{FEATURES}.npy") for folder in sensed]), fit_linear, "ridge"
    columns = pa.concat_tables([pq.read_table(folder / f"{FEATURES}.parquet") for folder in sensed])
    columns = columns.drop_columns(
        [name for name in columns.column_names if name.removeprefix(DESCRIPTOR) in leave_out]
    )
    bins = fit_bins(columns.filter(pa.array(taught)))
    return bins.see(columns), boosting(bins), "trees"


def _measured(found: Proof) -> Iterator[Measurement]:
    """Turn a proof into measurements: errors stand in `descriptor` by what was trained on."""
    for name, effect in found.errors.items():
        yield Measurement("baseline_error", "dev", None, name, effect)
    yield Measurement("synthesis_gain", AUGMENTED, "dev", None, found.gain)


def _weighed(shares: Sequence[ShareTried]) -> Iterator[Measurement]:
    for tried in shares:
        yield Measurement("weight_error", "train", "dev", tried.name, tried.error)
        yield Measurement("weight_gain", "train", "dev", tried.name, tried.against)
