"""How much the target counts in training: a few shares are tried, half is taken unless another is clearly better."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.mixture import target_weight
from tasks.shift.measurements import Effect

Floats = NDArray[np.float64]

HALF = 0.5
"""All source with a little target, unweighted, was worse than the target alone on all of five real pairs; half of the
mixture was the best share or undecided from it on each."""
SHARES = (0.25, HALF, 0.75)
NATURAL = "as it is"


@dataclass(frozen=True)
class ShareTried:
    """A share of the total weight for the target in train.

    Parameters
    ----------
    share : float or None
        None: every row counts once.
    weight : float
        What a target row counts beside rows that count once.
    error : Effect
        The baseline's on dev.
    against : Effect
        Its error less that of the usual share; below 0 it is better. Of the usual share itself 0.
    chosen : bool
    """

    share: float | None
    weight: float
    error: Effect
    against: Effect
    chosen: bool

    @property
    def name(self) -> str:
        """The share in words, as the measurements table has it."""
        return name_of(self.share)


def name_of(share: float | None) -> str:
    """Say a share as the measurements table has it."""
    return NATURAL if share is None else f"{share:g}"


def natural_share(published: Mapping[str, int]) -> float:
    """Return the target's share of train where every row counts once."""
    return published.get("target", 0) / max(1, sum(published.values()))


def usual_share(published: Mapping[str, int]) -> float | None:
    """Return the share that is taken unless another is clearly better; None where the target is no minority."""
    return HALF if 0 < natural_share(published) < HALF else None


def shares_to_try(published: Mapping[str, int]) -> list[float | None]:
    """Return the shares worth trying: as it is, and those that raise the target."""
    own = natural_share(published)
    return [None, *(share for share in SHARES if 0 < own < share and own < HALF)]


def choose_share(
    losses: Mapping[float | None, Floats],
    published: Mapping[str, int],
    *,
    judge: Callable[[Floats], Effect],
) -> list[ShareTried]:
    """Choose among shares by their errors on dev.

    Parameters
    ----------
    losses : mapping of share to ndarray, shape (draws, n)
    published : mapping of str to int
        Rows of train by origin. `usual_share` of them is taken unless another errs less with an interval that excludes
        0; of several such the one that errs least.
    judge : callable
        Losses, or their differences, to their mean with its interval.

    Returns
    -------
    list of ShareTried
        In the order of `losses`; one of them is chosen.
    """
    usual = usual_share(published)
    against = {share: judge(values - losses[usual]) for share, values in losses.items()}
    better = [share for share, found in against.items() if share != usual and found.ci_high < 0]
    chosen = min(better, key=lambda share: against[share].effect, default=usual)
    nothing = Effect(0.0, 0.0, 0.0, n_a=against[usual].n_a, n_b=against[usual].n_b)
    return [
        ShareTried(
            share,
            target_weight(published, share),
            judge(values),
            nothing if share == usual else against[share],
            share == chosen,
        )
        for share, values in losses.items()
    ]
