"""Shares with their intervals, in words."""

from tasks.diagnosis.weighted_shares import Share


def in_percent(share: Share, unit: str = "") -> str:
    """Write `12.0 [7.1, 19.2]`, the unit behind the number; "not known" where nothing is."""
    if share.share != share.share:
        return "not known"
    return f"{100 * share.share:.1f}{unit} [{100 * share.low:.1f}, {100 * share.high:.1f}]"
