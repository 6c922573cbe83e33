"""Synthetic records reach what the target holds, and do not give themselves away."""

from collections.abc import Iterator, Sequence

from expectations.check import Check
from expectations.limits import PRACTICAL_MARGIN, REACHED


def trap_checks(present: Sequence[str], *, synthesized: bool) -> Iterator[Check]:
    """Ask how much of dev synthetic records reach, and whether they are easier to tell from it than the source is."""
    if not synthesized or not {"train", "dev"} <= set(present):
        return
    narrow = (
        "The policy is narrower than the target, or leads elsewhere: look at it (matchset preview), widen its "
        "magnitudes, or fit it to more target records."
    )
    yield Check(
        "reached-by-model.synthetic.dev",
        "reach",
        f"Do synthetic records reach at least {REACHED:.0%} as much of dev as test does, to a small model?",
        "warning",
        "task_coverage",
        "above",
        REACHED,
        narrow,
        split_a="synthetic",
        split_b="dev",
        reference="task_coverage_floor",
    )
    yield Check(
        "reached.synthetic.dev",
        "reach",
        f"Do synthetic records reach at least {REACHED:.0%} as much of dev as test does, in all descriptors together?",
        "info",
        "coverage",
        "above",
        REACHED,
        narrow,
        split_a="synthetic",
        split_b="dev",
        reference="coverage_floor",
    )
    yield Check(
        "given-away.synthetic.dev",
        "reach",
        "Are synthetic records no easier to tell from dev than source records are?",
        "warning",
        "detectable_excess",
        "interval_below",
        PRACTICAL_MARGIN,
        "The noise leaves traces that the target has not: look at it (matchset preview), take operations out of the "
        "policy, or set synthesis.policy to none.",
        split_a="synthetic",
        split_b="dev",
    )
