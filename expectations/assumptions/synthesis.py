"""Synthetic records help whoever trains on them: the only proof that counts."""

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from expectations.check import Check, Severity
from expectations.limits import GAIN
from tasks.catalog.schema import AUGMENTED

Proved: TypeAlias = Literal["forced", "fitted", "withdrawn"]
"""What became of synthetic records: asked for by name; fitted and used; fitted and left out, for they do not help."""

_SEVERITY: dict[Proved, Severity] = {"forced": "critical", "fitted": "warning", "withdrawn": "info"}
_REMEDY: dict[Proved, str] = {
    "forced": "Set synthesis.policy to none, or to fitted, which is used only where it helps.",
    "fitted": "Give the fit more target records, or set synthesis.policy to none.",
    "withdrawn": "Nothing: for that reason this version holds no synthetic records.",
}


def proof_checks(present: Sequence[str], proved: Proved | None) -> Iterator[Check]:
    """Ask whether a small model errs less on dev when it is trained on the synthetic records too.

    Parameters
    ----------
    present : sequence of str
        The splits that there are.
    proved : Proved, optional
        None where no synthetic record was made. Whoever asks for a policy by name is refused one that does not help; a
        fitted one that does not help has been left out already, so that its failure is for information.
    """
    if proved is None or not {"train", "dev"} <= set(present):
        return
    yield Check(
        "synthesis-helps",
        "synthesis-helps",
        "Does a small model err less on dev when it is trained on the synthetic records too?",
        _SEVERITY[proved],
        "synthesis_gain",
        "gains",
        GAIN,
        _REMEDY[proved],
        split_a=AUGMENTED,
        split_b="dev",
    )
