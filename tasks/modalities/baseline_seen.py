"""What a baseline has seen of a version: rows that were read, what of them it learns from and is judged on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tasks.catalog.labels import Labels, has_labels, label_array, labels_in
from tasks.catalog.schema import DESCRIPTOR, WEIGHT
from tasks.diagnosis.baseline import fit_linear
from tasks.diagnosis.boosting import boosting, fit_bins
from tasks.diagnosis.mixture import SOURCE, SYNTHETIC, TARGET, VARIED
from tasks.diagnosis.network import CELLS, networks
from tasks.diagnosis.proof import FEWEST_TAUGHT, Learner, Rows
from tasks.errors import InputError
from tasks.modalities.task_space import FEATURES, IDENTITY, PICTURES
from tasks.task_space.columns import fit_columns
from tasks.task_space.targets import make_targets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Seen:
    """Everything that was seen, and what learns from it.

    Parameters
    ----------
    identity : pa.Table, n rows
    rows : Rows
    split : ndarray of str, shape (n,)
    taught : ndarray of bool, shape (n,)
    weights : ndarray of float64, shape (n,)
    learner : callable
    judge : {"ridge", "network", "trees"}
        What it is.
    fitted_to : ndarray of bool, shape (n,)
        Rows of dev that noise was fitted to: no error is counted on them.
    labels : Labels
    """

    identity: pa.Table
    rows: Rows
    split: NDArray[np.str_]
    taught: NDArray[np.bool_]
    weights: Floats
    learner: Learner
    judge: str
    fitted_to: NDArray[np.bool_]
    labels: Labels

    @property
    def real(self) -> NDArray[np.bool_]:
        """Rows that nobody made, shape (n,)."""
        return np.isin(self.rows.origin, (SOURCE, TARGET))

    def asked(self, split: str) -> NDArray[np.int64]:
        """Return the rows of a split that errors are counted on; of train those that are real and taught."""
        of_train = self.taught & self.real
        rows = of_train if split == "train" else (self.split == split) & ~self.fitted_to
        return np.flatnonzero(rows & self.rows.targets.known)

    def answered(self, split: str) -> NDArray[np.int64]:
        """Return the rows of a split that a model answers: all of a split that is judged, labelled or not."""
        return self.asked(split) if split == "train" else np.flatnonzero(self.split == split)


def load_seen(
    seen: Sequence[Path],
    *,
    fitted_to: Path | None,
    leave_out: Sequence[str],
    modality: str,
    linear: bool,
    seed: int,
    judge: str = "small",
) -> Seen:
    """Read what `tasks.modalities.published_rows.see_rows` made.

    Parameters
    ----------
    seen : sequence of Path
    fitted_to : Path, optional
    leave_out : sequence of str
        Columns of a table that no model of the task may use.
    modality : str
    linear : bool
        Features that a linear model can use, of tables too, and such a model, whatever `judge` says.
    seed : int
    judge : {"small", "network"}
        Of pictures and sounds: ridge regression on fixed filters, or a convolutional network that learns its own.

    Raises
    ------
    InputError
        When nothing in train or in dev has labels to learn or to judge by.
    """
    identity = pa.concat_tables([pq.read_table(folder / IDENTITY) for folder in seen])
    split = np.asarray(identity["split"].to_pylist(), str)
    synthetic = identity["synthetic"].to_numpy()
    taught = split == "train"
    for name in ("train", "dev"):
        if not has_labels(identity.filter(pa.array((split == name) & ~synthetic))):
            remedy = "nothing can be judged; label some of the target, one hundred records tell a lot"
            why = remedy if name == "dev" else "nothing can be learned"
            raise InputError(f"baseline: no record of {name} has a label, so {why}.")
    targets = make_targets(label_array(identity), taught & ~synthetic)
    counted = int((targets.known & taught & ~synthetic).sum()) if targets.kind != "none" else 0
    if counted < FEWEST_TAUGHT:
        raise InputError(
            f"baseline: {FEWEST_TAUGHT} labelled real records of train wanted, with two different labels at least; "
            f"found {counted:,}. A model would know fewer by heart."
        )
    taught &= targets.known
    of_target = pc.equal(identity["domain"], "target").to_numpy()
    origin = np.where(of_target, np.where(synthetic, VARIED, TARGET), np.where(synthetic, SYNTHETIC, SOURCE))
    atoms = np.unique(np.asarray(identity["atom"].to_pylist(), str), return_inverse=True)[1].reshape(-1)
    learner: Learner = fit_linear
    judged_by = "ridge"
    features: NDArray[np.floating]
    if modality == "tabular":
        columns = pa.concat_tables([pq.read_table(folder / f"{FEATURES}.parquet") for folder in seen])
        left = [name for name in columns.column_names if name.removeprefix(DESCRIPTOR) in leave_out]
        columns = columns.drop_columns(left)
        teaching = columns.filter(pa.array(taught))
        if linear:
            features = fit_columns(teaching, seed=seed).see(columns)
        else:
            bins = fit_bins(teaching)
            features, learner, judged_by = bins.see(columns), boosting(bins), "trees"
    elif judge == "network" and not linear:
        pictures = np.concatenate([np.load(folder / PICTURES) for folder in seen]).astype(np.float32)
        features, judged_by = pictures.reshape(len(pictures), -1), "network"
        learner = networks(pictures.shape[1:], cells=CELLS[modality], seed=seed)
    else:
        features = np.concatenate([np.load(folder / f"{FEATURES}.npy") for folder in seen])
    lent = np.zeros(identity.num_rows, bool)
    if fitted_to is not None:
        known = pq.read_table(fitted_to, columns=["record_id"])["record_id"].combine_chunks()
        lent = pc.is_in(identity["record_id"], value_set=known).to_numpy()
    return Seen(
        identity,
        Rows(features, targets, atoms, origin),
        split,
        taught,
        identity[WEIGHT].to_numpy().astype(np.float64),
        learner,
        judged_by,
        lent,
        labels_in(identity.schema),
    )
