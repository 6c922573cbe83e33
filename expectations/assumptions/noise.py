"""Recorded noise is varied enough, fits the target, and is no part of what models are judged on."""

from collections.abc import Iterator, Sequence

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

_MORE = (
    "Add recordings of other places to synthesis.noise: further clips of a recording count as that recording. Or lower "
    "synthesis.copies, or the probability of noise in a policy of your own."
)


def noise_checks(present: Sequence[str]) -> Iterator[Check]:
    """Ask whether the pool bears the noise that was made of it, fits the target, and is not heard in dev and test.

    Parameters
    ----------
    present : sequence of str
        The splits that the build has.
    """
    variety: list[tuple[str, Severity, float, str]] = [
        ("noise-varied", "warning", FEWEST_NOISES, f"Is the noise as varied as {FEWEST_NOISES:g} recordings are?"),
        ("noise-several", "critical", FEWEST_NOISES_AT_ALL, "Is the noise more than one recording?"),
    ]
    for name, severity, limit, question in variety:
        yield Check(name, "noise", question, severity, "noise_effective_recordings", "at_least", limit, _MORE)
    repeated: list[tuple[str, Severity, float]] = [
        ("noise-repeated", "warning", NOISE_REPEATED),
        ("noise-repeated-much", "critical", NOISE_REPEATED_AT_MOST),
    ]
    for name, severity, limit in repeated:
        question = f"Is each second of recorded noise heard at most {limit:g} times?"
        yield Check(name, "noise", question, severity, "noise_repetition", "at_most", limit, _MORE)
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
