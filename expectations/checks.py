"""The checks of a build: every assumption that somebody who trains on the data relies on."""

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from expectations.assumptions.accounting import accounting_checks
from expectations.assumptions.embeddings import embedding_checks
from expectations.assumptions.likeness import likeness_checks, match_checks, mismatch_checks
from expectations.assumptions.manifest import manifest_checks
from expectations.assumptions.noise import Recorded, background_checks, noise_checks
from expectations.assumptions.separation import separation_checks, synthetic_checks, target_checks
from expectations.assumptions.sizes import atom_checks, label_checks, size_checks
from expectations.assumptions.synthesis import Proved, proof_checks
from expectations.assumptions.task_space import task_space_checks
from expectations.assumptions.traps import trap_checks
from expectations.check import Check
from tasks.catalog.schema import SPLITS
from tasks.config.inputs import LabelKind

__all__ = ["ASSUMPTIONS", "Check", "declare_checks"]

ASSUMPTIONS: Final[dict[str, str]] = {
    "manifest": "The manifest is sound: every row is known, in one split, and has a label if the inputs have labels",
    "target-only": "Dev and test hold nothing but target records",
    "sizes": "The splits are as large as was asked for",
    "labels": "Dev and test hold enough of every label, and train knows them all",
    "ids-apart": "No record is in two splits",
    "atoms-apart": "No atom (group or near-duplicates) is in two splits",
    "near-duplicates-apart": "No pair of near-duplicates is in two splits",
    "content-apart": "No payload is in two splits",
    "groups-apart": "No group is in two splits",
    "synthetic-in-train": "Synthetic records descend from train and stay there",
    "atoms": "No single atom dominates a split",
    "dev-like-test": "Dev and test stand for the same data",
    "matched": "Dev and test are nearer to each other and to the target than random splits are",
    "train-dev-like-train": "Train-dev stands for the training data",
    "mismatch": "How far the training data is from dev",
    "gap-closed": "Synthetic data brings training closer to dev",
    "synthesis-helps": "Synthetic data helps whoever trains on it",
    "reach": "Synthetic data reaches what the target holds, and does not give itself away",
    "noise": "Recorded noise is varied, and no part of what models are judged on",
    "accounted": "Every record that was listed is accounted for",
    "ledger": "No record changes its split from one version to the next",
    "descriptors": "The descriptors tell records apart",
}
"""Assumption -> what is assumed, in words; the order of the report."""


def declare_checks(
    splits: Collection[str] = SPLITS,
    *,
    inputs: Sequence[str] = (),
    synthesized: bool = True,
    recorded: Recorded = "sounds",
    proved: Proved | None = "fitted",
    sized_by_margin: Collection[str] = (),
    numeric: bool = True,
    categorical: bool = False,
    labels: LabelKind | None = "class",
    defining: Collection[str] = (),
    ordinary: bool = True,
    seen_by_model: bool = True,
    embeddings: Mapping[str, bool] = MappingProxyType({}),
) -> tuple[Check, ...]:
    """Declare the checks of one build.

    Parameters
    ----------
    splits : collection of str
        The splits that the build has; checks on other splits are left out, not passed.
    inputs : sequence of str
        The names of the inputs.
    synthesized : bool
        Whether the version holds synthetic records.
    recorded : {"sounds", "pictures", ""}
        What of the user's any of them holds: recorded noise, or backgrounds.
    proved : Proved, optional
        What became of synthetic records, those left out included; None where none was made.
    sized_by_margin : collection of str
        The splits that were sized by the interval wanted instead of by rows.
    numeric, categorical : bool
        Which kinds of descriptors there are.
    labels : {"class", "several", "number"} or None
        What the inputs' labels are; without, whatever is asked about labels is left out, not passed.
    defining : collection of {"numeric", "categorical"}
        Which kinds of descriptors define the domain.
    ordinary : bool
        Whether there is a numeric descriptor that does not.
    seen_by_model : bool
        Whether a small model of the task is learnt: of images and sound, without an embedding that stands in for it.
    embeddings : mapping of str to bool
        Embedding -> whether synthetic records have vectors in it too.

    Returns
    -------
    tuple of Check
        In the order of `ASSUMPTIONS`, with unique ids.

    Raises
    ------
    ValueError
        For a split that is none of `tasks.catalog.schema.SPLITS`.
    """
    if unknown := sorted(set(splits) - set(SPLITS)):
        raise ValueError(f"not splits: {unknown}; the splits are {', '.join(SPLITS)}")
    present = [split for split in SPLITS if split in splits]
    judged = [split for split in present if split in ("dev", "test")]
    declared = [
        *manifest_checks(present, judged, synthesized=synthesized, labels=labels),
        *target_checks(judged),
        *size_checks(present, sized_by_margin),
        *label_checks(judged, "train" in present, labels),
        *separation_checks(present),
        *(synthetic_checks(present) if synthesized else ()),
        *atom_checks(present),
        *match_checks(judged),
        *likeness_checks(present, numeric=numeric, categorical=categorical, labels=labels),
        *mismatch_checks(present, synthesized=synthesized, numeric=numeric and ordinary, defining=defining),
        *(task_space_checks(present, synthesized=synthesized) if seen_by_model else ()),
        *proof_checks(present, proved if synthesized or proved == "withdrawn" else None),
        *trap_checks(present, synthesized=synthesized),
        *embedding_checks(present, embeddings, synthesized=synthesized),
        *(noise_checks(present) if recorded == "sounds" and synthesized else ()),
        *(background_checks() if recorded == "pictures" and synthesized else ()),
        *accounting_checks(inputs, judged if "train" in present else ()),
    ]
    order = {assumption: at for at, assumption in enumerate(ASSUMPTIONS)}
    return tuple(sorted(declared, key=lambda check: order[check.assumption]))
