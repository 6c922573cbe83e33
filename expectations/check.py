"""What a check is: one question about the measurements or the manifest, with its bound and its remedy."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

Severity: TypeAlias = Literal["critical", "warning", "info"]
Status: TypeAlias = Literal["pass", "fail", "undecided"]

SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
"""From the gravest to the mildest."""

Rule: TypeAlias = Literal[
    "at_most",
    "at_least",
    "interval_within",
    "interval_below",
    "family_within",
    "above",
    "gains",
    "no_difference",
    "as_near",
    "rows",
]
"""How a check decides.

at_most, at_least
    Counts and shares that are known exactly: the effect against the limit. Never undecided, unless missing.
interval_within
    The whole interval of the absolute effect below the limit passes; the whole interval above it fails.
interval_below
    The same of the effect itself, for measures that only chance takes below 0.
family_within
    The same for every descriptor of a pair at once; failing also takes significance after Benjamini-Hochberg.
above
    The whole interval above the limit passes; the whole interval below it fails.
gains
    The whole interval above 0 passes, however small the gain; the whole interval below the limit fails: a gain that is
    surely smaller is none.
no_difference
    The p-value of one joint test of two samples that should come from one law; silence counts only with rows enough
    and, where the check refers to their number, atoms enough on both sides.
as_near
    As `interval_within`, of a share of splits; where all splits that exist were looked at and none is nearer, which the
    reference counts, it is undecided instead of failing.
rows
    A condition on every row of the manifest, which Great Expectations evaluates itself.
"""


@dataclass(frozen=True, slots=True)
class Check:
    """One question that a build must answer.

    Parameters
    ----------
    id : str
        Unique and stable: people silence, sort and compare versions by it.
    assumption : str
        Key of `expectations.checks.ASSUMPTIONS`; checks of one assumption share a suite and a page.
    question : str
        In words, answered by yes when the check passes.
    severity : {"critical", "warning", "info"}
        What a failure means.
    statistic : str
        The measurement it reads, or the condition on the manifest for rule `rows`.
    split_a, split_b : str or None
        The splits that it reads; None where the statistic is not about a split.
    descriptor : str or None
        The descriptor, label or input that it reads; None reads all there are.
    rule : Rule
        How it decides.
    limit : float
        The bound, in the statistic's unit; with `reference`, as a multiple of that measurement.
    remedy : str
        What to do when it does not pass.
    reference : str or None
        Another statistic of the same splits: what the limit is a multiple of; for `no_difference`, the atoms;
        for `as_near`, the splits that are nearer of all that exist.
    """

    id: str
    assumption: str
    question: str
    severity: Severity
    statistic: str
    rule: Rule
    limit: float
    remedy: str
    split_a: str | None = None
    split_b: str | None = None
    descriptor: str | None = None
    reference: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the fields as plain values."""
        return asdict(self)
