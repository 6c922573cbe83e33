"""What a report is made of: everything the page, the card and the metadata say, and nothing they have to look up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from tasks.catalog.schema import MEASUREMENTS, QUARANTINE, empty
from tasks.report.distributions import HISTOGRAMS
from tasks.report.draws import DrawnParameter
from tasks.report.gallery import Example, GalleryRow


@dataclass(frozen=True)
class InputCounts:
    """What became of the records of one input; `listed` is the sum of the others.

    Parameters
    ----------
    name, domain, kind : str
        As configured.
    listed : int
        Files or rows that were found.
    used : int
        Records that are in a split.
    quarantined, dropped, left_out : int
        Records that could not be used; that repeat a record of dev or test; that the sizes leave without a split.
    """

    name: str
    domain: str
    kind: str
    listed: int
    used: int
    quarantined: int = 0
    dropped: int = 0
    left_out: int = 0


@dataclass(frozen=True)
class DescriptorNote:
    """What a descriptor means: its unit, its family (quality, content, container) and one sentence."""

    unit: str = ""
    family: str = ""
    doc: str = ""


@dataclass(frozen=True)
class DuplicatePair:
    """Two records that show the same thing; `kind` is `exact` or `near`."""

    kind: str
    first: Example
    second: Example


@dataclass(frozen=True)
class DuplicatesFound:
    """How many records repeat another one, how that was decided, and some of them."""

    exact: int = 0
    near: int = 0
    dropped: int = 0
    threshold: str = ""
    calibration: str = ""
    pairs: tuple[DuplicatePair, ...] = ()


@dataclass(frozen=True)
class AtomsFound:
    """What moves between splits as a whole: how many atoms, how many groups, and the largest atom's rows."""

    records: int
    atoms: int
    groups: int = 0
    largest_rows: int = 1


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
        The contents of `verdict.json`; each check may also carry `assumption` (what it belongs to), `remedy` (what to
        do if it does not pass) and `descriptor`.
    config : Mapping
        `name`, `modality`, `seed`, and whatever else of the configuration shall be shown.
    splits : Mapping
        Split -> origin (`source`, `target`, `synthetic`) -> rows.
    inputs : sequence of InputCounts
        What became of every record that was listed.
    measurements, quarantine, histograms : pa.Table
        With the columns of MEASUREMENTS, QUARANTINE and HISTOGRAMS.
    two_options : Mapping, optional
        `option_1` and `option_2`, each split -> origin -> rows, and `why`, a sentence.
    gallery : sequence of GalleryRow
        Examples, source beside synthetic beside target.
    policy : str
        `fitted`, `default`, `none` or a file's name; `drawn` says what it drew.
    drawn : sequence of DrawnParameter
        From `summarise_draws`.
    descriptors : Mapping of str to DescriptorNote
        What the descriptors mean.
    versions : Mapping of str to str
        Package -> version that made the data.
    reproduce : Reproduce, optional
        Command, seed, digests.
    evidence : str, optional
        Where the evidence pages are, seen from the report's folder.
    """

    verdict: Mapping[str, Any]
    config: Mapping[str, Any]
    splits: Mapping[str, Mapping[str, int]]
    measurements: pa.Table = field(default_factory=lambda: empty(MEASUREMENTS))
    inputs: Sequence[InputCounts] = ()
    quarantine: pa.Table = field(default_factory=lambda: empty(QUARANTINE))
    histograms: pa.Table = field(default_factory=lambda: empty(HISTOGRAMS))
    two_options: Mapping[str, Any] | None = None
    gallery: Sequence[GalleryRow] = ()
    policy: str = "none"
    drawn: Sequence[DrawnParameter] = ()
    descriptors: Mapping[str, DescriptorNote] = field(default_factory=dict)
    duplicates: DuplicatesFound | None = None
    atoms: AtomsFound | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    reproduce: Reproduce | None = None
    evidence: str | None = "gx/index.html"
