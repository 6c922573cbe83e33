"""Recorded noise is varied enough, fits the target, and is no part of what models are judged on."""

from collections.abc import Iterator, Sequence

from expectations.check import Check, Severity
from expectations.limits import (
    FEWEST_NOISES,
    FEWEST_NOISES_AT_ALL,
    NOISE_REPEATED,
    NOISE_REPEATED_AT_MOST,
    NOISE_TONAL,
)

_MORE = (
    "Add recordings of other places to synthesis.noise: further clips of a recording count as that recording. Or lower "
    "synthesis.copies, or the probability of noise in a policy of your own."
)


def noise_checks(judged: Sequence[str]) -> Iterator[Check]:
    """Ask whether the pool bears the noise that was made of it.

    Parameters
    ----------
    judged : sequence of str
        Those of dev and test that the build has.
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
