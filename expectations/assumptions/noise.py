"""Recorded noise and backgrounds are varied enough; noise fits the target, and is in nothing that judges models."""

from collections.abc import Iterator, Sequence
from typing import Literal, TypeAlias

from expectations.check import Check, Severity
from expectations.limits import (
    FEWEST_NOISES,
    FEWEST_NOISES_AT_ALL,
    NOISE_COVERED,
    NOISE_LEARNED,
    NOISE_REPEATED,
    NOISE_REPEATED_AT_MOST,
    NOISE_TONAL,
)
from tasks.catalog.schema import NOISE

Recorded: TypeAlias = Literal["sounds", "pictures", ""]
"""What of the user's synthetic records hold."""

_MORE = (
    "Add recordings of other places to synthesis.noise: further clips of a recording count as that recording. Or lower "
    "synthesis.copies, or the probability of noise in a policy of your own."
)
_PICTURES = (
    "Add pictures of other places to synthesis.backgrounds: further crops of a photograph count as that photograph. Or "
    "lower synthesis.copies, or the probability of background in a policy of your own."
)


def background_checks() -> Iterator[Check]:
    """Ask whether there are backgrounds enough for the records that have one."""
    varied, several = "Are the backgrounds as varied as {:g} pictures are?", "Is there more than one background?"
    yield from _variety(varied, several, _PICTURES)
    yield from _repetition("Is each part of a background seen at most {:g} times?", _PICTURES)


def _variety(varied: str, several: str, mend: str) -> Iterator[Check]:
    asked: list[tuple[str, Severity, float, str]] = [
        ("noise-varied", "warning", FEWEST_NOISES, varied),
        ("noise-several", "critical", FEWEST_NOISES_AT_ALL, several),
    ]
    for name, severity, limit, question in asked:
        statistic = "noise_effective_recordings"
        yield Check(name, "noise", question.format(limit), severity, statistic, "at_least", limit, mend)


def _repetition(question: str, mend: str) -> Iterator[Check]:
    asked: list[tuple[str, Severity, float]] = [
        ("noise-repeated", "warning", NOISE_REPEATED),
        ("noise-repeated-much", "critical", NOISE_REPEATED_AT_MOST),
    ]
    for name, severity, limit in asked:
        yield Check(name, "noise", question.format(limit), severity, "noise_repetition", "at_most", limit, mend)


def noise_checks(present: Sequence[str]) -> Iterator[Check]:
    """Ask whether the pool bears the noise that was made of it, fits the target, and is not heard in dev and test.

    Parameters
    ----------
    present : sequence of str
        The splits that the build has.
    """
    varied, several = "Is the noise as varied as {:g} recordings are?", "Is the noise more than one recording?"
    yield from _variety(varied, several, _MORE)
    yield from _repetition("Is each second of recorded noise heard at most {:g} times?", _MORE)
    yield Check(
        "noise-tonal",
        "noise",
        "Is the noise free of recordings that may be music, alarms or voices?",
        "warning",
        "noise_tonal_share",
        "at_most",
        NOISE_TONAL,
        "Listen to the recordings that the report names. Take out music, and voices that say words: a "
        "model would learn them as noise.",
    )
    for split in [split for split in present if split in ("dev", "test")]:
        yield Check(
            f"noise-apart.{split}",
            "noise",
            f"Is no recording of noise that train hears also heard in {split}?",
            "critical",
            "noise_heard_in",
            "at_most",
            0.0,
            f"Take the recordings that the report names out of synthesis.noise: {split} flatters a model that heard "
            "its noise.",
            split_a=NOISE,
            split_b=split,
        )
    yield Check(
        "noise-covers-target",
        "noise",
        "Does the noise come near what is heard in the target's pauses?",
        "warning",
        "noise_coverage",
        "above",
        NOISE_COVERED,
        "Record noise where the target was recorded, without anybody speaking, and add it to synthesis.noise.",
        split_a=NOISE,
        reference="noise_coverage_of_others",
    )
    if "train-dev" in present:
        yield Check(
            "noise-learned-by-heart",
            "noise",
            "Does a small model err in recordings that it has not heard as it does in those that it has?",
            "warning",
            "noise_unseen_gap",
            "interval_below",
            NOISE_LEARNED,
            f"It learns the recordings, not what noise is. {_MORE}",
            split_a=NOISE,
            split_b="train-dev",
        )
