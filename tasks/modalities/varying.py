"""How many varied copies a target record in train has: enough that no model knows it by heart, and no more."""

from typing import Literal

MOST = 40
"""Copies a record at most. With 100 labelled digits of seven writers a network erred 3.5 % on more of theirs without
copies, 2.6 % with 3 a record, 2.0 % with 9 and 2.2 % with 30 (means of three seeds); on other writers' digits 6.6 %
with 4, 6.4 with 9, 6.1 with 19 and 5.9 with 40 (of six). On spoken digits it made no difference."""
SHARE = 0.1
"""Of all other records in train: a build takes a tenth longer to synthesize at most."""
FEW, FEW_SHARE = 4_000, 0.25
"""So many copies are always affordable, where they are no more than this share of all other records: seconds."""


def copies_of_target(
    wanted: float | Literal["auto"], *, policy: str, modality: str, targets: int, others: int
) -> float:
    """Return how many varied copies each target record in train has.

    Parameters
    ----------
    wanted : float or "auto"
        A number is taken as it is.
    policy : str
        Where it is `none` nobody wants synthetic records.
    modality : {"image", "audio", "tabular"}
        Rows of tables have none: no operation on them is known to leave a label alone.
    targets, others : int
        Records of the target in train, and source and synthetic ones.

    Returns
    -------
    float
        0 where less than one copy a record would be affordable: such target records are many.
    """
    if wanted != "auto":
        return float(wanted) if targets else 0.0
    if policy == "none" or modality == "tabular" or not targets:
        return 0.0
    affordable = max(SHARE * others, min(FEW, FEW_SHARE * others)) / targets
    return min(float(MOST), affordable) if affordable >= 1 else 0.0
