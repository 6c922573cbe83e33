"""Whether splits are nearer than random ones; where few splits exist, nothing is asked for that none of them is."""

from collections.abc import Mapping, Sequence
from typing import Any

from expectations.check import Status
from tasks.report.wording import interval, number


def decide_nearness(row: Mapping[str, Any], limit: float, every: Sequence[Mapping[str, Any]]) -> tuple[Status, str]:
    """Decide a share of splits that are as near, and say why.

    Parameters
    ----------
    row : mapping
        The share, with an interval from those that are nearer to those that are as near.
    limit : float
    every : sequence of mapping
        Measured only where all splits that exist were compared: how many are nearer in all distances together
        (`effect`), of how many (`n_a`). Empty where they are beside random splits.

    Notes
    -----
    Invariants: it passes only if the whole interval is below the limit; it does not fail where all splits that exist
    were looked at and none is nearer in all distances together, since no drawing can do better.
    """
    effect, low, high = row["effect"], row["ci_low"], row["ci_high"]
    if effect is None:
        return "undecided", "the share of random splits that are as near could not be measured"
    if low is None or high is None:
        return "undecided", f"{number(effect)} without an interval"
    shown = f"{number(effect)} {interval(low, high)}"
    status: Status = "pass" if high < limit else "undecided" if low <= limit else "fail"
    words = {"pass": "lies within", "undecided": "spans", "fail": "lies beyond"}
    reason = f"{shown} {words[status]} {limit:g}"
    counted = [found for found in every if found["effect"] is not None and found["n_a"]]
    if status == "pass" or not counted:
        return status, reason
    nearer, there = int(counted[0]["effect"]), int(counted[0]["n_a"])
    exist = f"{there:,} splits of these atoms and sizes exist" if there > 1 else "no other split of these sizes exists"
    if nearer:
        return status, f"{reason}; {exist}, of which {nearer:,} are clearly nearer, all distances together"
    together = ", and none is clearly nearer than this one, all distances together" if there > 1 else ""
    return "undecided", f"{reason}, but {exist}{together}"
