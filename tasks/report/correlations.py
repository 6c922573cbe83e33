"""Pairs of columns that hang together otherwise in train than in dev, in a sentence."""

from tasks.report.estimates import Estimate, Estimates
from tasks.report.wording import count, foreign, interval, number

_NAMED = 3


def correlation_sentence(estimates: Estimates) -> str:
    """Say which pairs of columns are correlated otherwise in dev than in train, the largest first; empty where none is.

    Parameters
    ----------
    estimates : Estimates
        With `correlation_difference`, which holds only pairs that differ for sure, after adjustment for all.
    """
    found = [pair for pair in estimates.all("correlation_difference", "train", "dev") if pair.effect is not None]
    if not found:
        return ""
    found.sort(key=lambda pair: (-abs(pair.effect or 0.0), pair.descriptor or ""))
    named = "; ".join(_said(pair) for pair in found[:_NAMED])
    rest = len(found) - _NAMED
    more = f"; and {count(rest)} more pair{'' if rest == 1 else 's'} in measurements.parquet" if rest > 0 else ""
    return (
        "Columns also hang together otherwise, by Spearman’s correlation in dev less that in train, of pairs that "
        f"differ for sure: {named}{more}."
    )


def _said(pair: Estimate) -> str:
    return f"{foreign(pair.descriptor or '', 80)} {number(pair.effect)} {interval(pair.low, pair.high)}".rstrip()
