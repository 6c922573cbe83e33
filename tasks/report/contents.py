"""What a report is made of: everything the page, the card and the metadata say, and nothing they have to look up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tasks.catalog.redraws import Drawing
from tasks.catalog.schema import MEASUREMENTS, QUARANTINE, empty
from tasks.descriptors.descriptor import Descriptor
from tasks.noise.noise_use import NOISE_USE
from tasks.noise.pool_table import NOISE_POOL
from tasks.report.accounts import InputCounts
from tasks.report.atoms import AtomsFound
from tasks.report.draws import DrawnParameter
from tasks.report.gallery import DuplicatePair, Example, GalleryRow
from tasks.shift.histograms import HISTOGRAMS
from tasks.splitting.certificate import Certificate
from tasks.splitting.two_options import TwoOptions


@dataclass(frozen=True)
class DuplicatesFound:
    """How many pairs of records show the same thing, how that was decided, and some of them.

    Parameters
    ----------
    exact, near : int
        Pairs of identical payloads, and of near-duplicates.
    threshold : float
        The distance up to which two records count as near-duplicates.
    calibration : str
        One sentence: how the threshold was set.
    pairs : tuple of DuplicatePair
        Some of them, to look at.
    """

    exact: int = 0
    near: int = 0
    threshold: float = 0.0
    calibration: str = ""
    pairs: tuple[DuplicatePair, ...] = ()


@dataclass(frozen=True)
class Reproduce:
    """All that is needed to make the same version again."""

    command: str
    seed: int
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReportContents:
    """Everything that a report says about one version.

    Parameters
    ----------
    verdict : Mapping
        The contents of `verdict.json`. Beyond the contract's keys a check may carry `assumption` (the block that it
        belongs to), `statistic`, `descriptor`, `rule` (how it decides), `reason` and `remedy`.
    assumptions : Mapping of str to str
        What the checks' `assumption` keys mean, in words.
    config : Mapping
        `name`, `modality`, `seed`, and whatever else of the configuration shall be shown.
    splits : Mapping
        Split -> origin (`source`, `target`, `varied`, `synthetic`) -> rows; from `count_origins`.
    inputs : sequence of InputCounts
        What became of every record that was listed; from `count_inputs`.
    measurements, quarantine, histograms : pa.Table
        With the columns of MEASUREMENTS, QUARANTINE and HISTOGRAMS.
    label_histogram : pa.Table
        HISTOGRAMS of a number to predict; empty for other labels.
    two_options : TwoOptions, optional
        What shuffling everything would have made of dev and test.
    gallery : sequence of GalleryRow
        Examples, source beside synthetic beside target.
    likeness : sequence of (kind, examples)
        From `like_records`: what looks most and least like dev in train, and least like train in dev.
    policy : str
        `fitted`, `default`, `none` or a file's name; `drawn` says what it drew.
    policy_reason : str
        Of a fitted policy: one sentence on what the fit did and why.
    proved : str, optional
        What became of synthetic records: `forced`, `fitted` or `withdrawn`; None where none were made.
    judge : str
        What proved it: `ridge`, `trees` or `network`.
    choice : pa.Table, optional
        Of a fitted policy: the candidates it was chosen from, with the columns of `tasks.task_space.choice.CHOICE`.
    choice_criterion : str
        `labels`, `agreement`, or empty.
    dev_fit_rows : int
        Records of dev that the policy was fitted to, for want of target records in train.
    drawn : sequence of DrawnParameter
        From `summarise_draws`.
    noise_use, noise_pool : pa.Table
        With the columns of NOISE_USE and NOISE_POOL: how long recorded noise is heard, and the files that it is of.
    descriptors : Mapping of str to Descriptor
        What the descriptors mean.
    drawings : sequence of Drawing
        The times that dev and test were drawn anew, this version included.
    certificate : Certificate, optional
        How near dev and test are, beside random splits.
    versions : Mapping of str to str
        Package -> version that made the data.
    reproduce : Reproduce, optional
        Command, seed, digests.
    evidence : str, optional
        Where the evidence pages are, seen from the report's folder.
    published : str
        The day of publication as `2026-11-23`, or empty.
    """

    verdict: Mapping[str, Any]
    config: Mapping[str, Any]
    splits: Mapping[str, Mapping[str, int]]
    assumptions: Mapping[str, str] = field(default_factory=dict)
    measurements: pa.Table = field(default_factory=lambda: empty(MEASUREMENTS))
    inputs: Sequence[InputCounts] = ()
    quarantine: pa.Table = field(default_factory=lambda: empty(QUARANTINE))
    histograms: pa.Table = field(default_factory=lambda: empty(HISTOGRAMS))
    label_histogram: pa.Table = field(default_factory=lambda: empty(HISTOGRAMS))
    two_options: TwoOptions | None = None
    corrected: Mapping[str, int] = field(default_factory=dict)
    """Split -> labels that people corrected."""
    gallery: Sequence[GalleryRow] = ()
    likeness: Sequence[tuple[str, tuple[Example, ...]]] = ()
    policy: str = "none"
    policy_reason: str = ""
    choice: pa.Table | None = None
    choice_criterion: str = ""
    proved: str | None = None
    judge: str = ""
    dev_fit_rows: int = 0
    drawn: Sequence[DrawnParameter] = ()
    noise_use: pa.Table = field(default_factory=lambda: empty(NOISE_USE))
    noise_pool: pa.Table = field(default_factory=lambda: empty(NOISE_POOL))
    descriptors: Mapping[str, Descriptor] = field(default_factory=dict)
    duplicates: DuplicatesFound | None = None
    atoms: AtomsFound | None = None
    certificate: Certificate | None = None
    drawings: Sequence[Drawing] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    reproduce: Reproduce | None = None
    evidence: str | None = "gx/index.html"
    published: str = ""
