"""The mismatch in plain words: how large it is, what it consists of, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tasks.catalog.schema import AUGMENTED
from tasks.report.estimates import Estimate, Estimates
from tasks.report.wording import foreign, interval, number, percent, round_number
from tasks.shift.budget import MARGIN

SATURATED = 0.95
"""2 AUC - 1 from which a classifier no longer ranks: pairs whose errors differ fivefold are all told apart so well."""

LABEL_MARGIN = 0.10
"""Total variation up to which label shares count as the same: errors then differ by at most a tenth of how far apart
those of the labels are."""

_LEVEL = 0.05
_SAID = 3
_COLUMN = "column "


@dataclass(frozen=True)
class Part:
    """A family's part of the mismatch, before and after synthesis."""

    family: str
    before: Estimate
    after: Estimate | None
    closed: Estimate | None

    @property
    def name(self) -> str:
        """The family as a reader calls it: a table's families are its columns."""
        return self.family.removeprefix(_COLUMN)


def sorted_parts(estimates: Estimates) -> tuple[Part, ...]:
    """Return the families with their parts, the largest first."""
    after = {found.descriptor: found for found in estimates.all("mismatch_part", AUGMENTED, "dev")}
    closed = {found.descriptor: found for found in estimates.all("mismatch_closed", AUGMENTED, "dev")}
    parts = [
        Part(found.descriptor, found, after.get(found.descriptor), closed.get(found.descriptor))
        for found in estimates.all("mismatch_part", "train", "dev")
        if found.descriptor is not None and found.effect is not None
    ]
    return tuple(sorted(parts, key=lambda part: (-(part.before.effect or 0.0), part.family)))


def say_parts(estimates: Estimates, parts: Sequence[Part]) -> str:
    """Say how large the mismatch is, what it consists of, and what synthesis made of it."""
    whole = estimates.one("mismatch", "train", "dev")
    if whole is None or whole.effect is None:
        return ""
    if not parts or whole.low is None or whole.low <= 0 or whole.effect < MARGIN:
        return f"Train and dev are {with_interval(whole)} apart: too little, or too uncertain, to share out."
    said = [part for part in parts[:_SAID] if (part.before.effect or 0.0) > 0]
    rest = whole.effect - sum(part.before.effect or 0.0 for part in said)
    names = [f"{foreign(part.name, 40)} {rough(part.before.effect)}" for part in said]
    if len(parts) > len(said):
        names.append(f"{'all else' if len(parts) > len(said) + 1 else foreign(parts[-1].name, 40)} {rough(rest)}")
    sentence = f"Of the mismatch {_rough_interval(whole)} between train and dev: {', '.join(names)}."
    return sentence + _synthesis(estimates, parts) + _label_shift(estimates)


def _label_shift(estimates: Estimates) -> str:
    """Name label shift beside the mismatch, where there is some for certain."""
    shares = estimates.one("label_share_tv", "train", "dev")
    rate = _base_rate(estimates)
    if shares is None or shares.low is None or shares.p_value is None or not rate:
        return ""
    return f" The labels shift too: {rate}." if shares.low > 0 and shares.p_value < _LEVEL else ""


def _synthesis(estimates: Estimates, parts: Sequence[Part]) -> str:
    closed = estimates.one("gap_closed", AUGMENTED, "dev")
    if closed is None or closed.effect is None:
        return ""
    if closed.low is None or closed.high is None or closed.low <= 0 <= closed.high:
        return " Whether synthesis closed any of it is undecided."
    if closed.effect <= 0:
        return f" Synthesis widened it by {percent(-closed.effect)}{_most(parts, -1)}."
    return f" Synthesis closed {percent(closed.effect)} of it{_most(parts, 1)}."


def _most(parts: Sequence[Part], sign: int) -> str:
    """Name the family that synthesis moved most, and one that it moved the wrong way."""

    def sure(part: Part, way: int) -> bool:
        end = None if part.closed is None else part.closed.low if way > 0 else part.closed.high
        return end is not None and way * end > 0

    moved = [part for part in parts if part.closed is not None and part.closed.effect is not None and sure(part, sign)]
    if not moved:
        return ""
    most = max(moved, key=lambda part: sign * (part.closed.effect or 0.0) if part.closed else 0.0)
    said = f", most of it in {foreign(most.name, 40)}"
    against = [part for part in parts if sure(part, -sign)]
    if against and sign > 0:
        said += f"; it widened {', '.join(foreign(part.name, 40) for part in against[:3])}"
    return said


def say_floors(estimates: Estimates) -> str:
    """Say whether the mismatch is beyond what splits of one law show: three states."""
    over = {found.descriptor: found for found in estimates.all("mismatch_over_floor", "train", "dev")}
    floors, beyond, states = [], [], []
    for a, b in (("train", "train-dev"), ("dev", "test")):
        floor, more = estimates.one("mismatch", a, b), over.get(b)
        if floor is None or floor.effect is None or more is None or more.effect is None:
            continue
        floors.append(f"{a} and {b} are {rough(floor.effect)} apart")
        beyond.append(_rough_interval(more))
        states.append(_state(more))
    if not floors:
        return ""
    said = f"{', '.join(floors)}; train is {' and '.join(beyond)} farther from dev than that"
    found = states[0] if len({*states}) == 1 else "; ".join(states)
    return f"{said[0].upper()}{said[1:]}: {found}."


def _state(found: Estimate) -> str:
    if found.low is not None and found.low > MARGIN:
        return "a mismatch"
    if found.high is not None and found.high < MARGIN:
        return f"no mismatch that matters, for the interval lies below {round_number(MARGIN)}"
    return f"undecided, for the interval holds {round_number(MARGIN)}, from which on it matters"


def say_content(estimates: Estimates, parts: Sequence[Part]) -> str:
    """Say what would be left without what the files say, or the columns that define the domain."""
    left = estimates.one("mismatch_content", "train", "dev")
    if left is None or left.effect is None:
        return ""
    tables = any(part.family.startswith(_COLUMN) for part in parts)
    what = "the columns that define the domain" if tables else "what the files say (size, length, sample rate)"
    return f"If {what} did not differ, {with_interval(left)} would be left."


def say_labels(estimates: Estimates) -> str:
    """Say how label shares differ, apart from everything else: noise must not mend that."""
    shares = estimates.one("label_share_tv", "train", "dev")
    if shares is None or shares.effect is None:
        return ""
    if shares.high is not None and shares.high < LABEL_MARGIN:
        return f"The labels have the same shares in train and dev: total variation {with_interval(shares)}."
    if not shares.low:
        return (
            f"Whether label shares differ between train and dev is undecided: total variation {with_interval(shares)}."
        )
    said = f"The labels are another matter: their shares differ by {with_interval(shares)} (total variation)"
    rate = _base_rate(estimates)
    said += f", most of all {rate}" if rate else ""
    left = estimates.one("label_reweighted_distance", "train", "dev")
    if left is not None and left.effect is not None:
        said += f". With equal shares of every label train and dev are {with_interval(left)} apart"
    return said + ". No noise changes label shares: weights or more target data do."


def _base_rate(estimates: Estimates) -> str:
    """Name the label whose share changes most."""
    counts = {
        split: {found.descriptor: found.effect or 0.0 for found in estimates.all("label_count", split)}
        for split in ("train", "dev")
    }
    totals = {split: sum(found.values()) for split, found in counts.items()}
    if not all(totals.values()):
        return ""
    names = sorted({name for found in counts.values() for name in found if name is not None})
    rates = {name: [counts[split].get(name, 0.0) / totals[split] for split in ("train", "dev")] for name in names}
    most = max(names, key=lambda name: (round(abs(rates[name][0] - rates[name][1]), 9), name))
    before, after = (percent(rate) for rate in rates[most])
    return f"label {foreign(most, 40)} is {before} of train and {after} of dev"


def say_unexplained(estimates: Estimates) -> str:
    """Say how much of what a model of the task sees is not in any descriptor; of a table all columns are."""
    if any((part.descriptor or "").startswith(_COLUMN) for part in estimates.all("mismatch_part", "train", "dev")):
        return ""
    whole, left = estimates.one("task_distance", "train", "dev"), estimates.one("task_unexplained", "train", "dev")
    if whole is None or whole.effect is None or left is None or left.effect is None:
        return ""
    said = (
        f"To a small model of the task train and dev are {with_interval(whole)} apart; once a linear prediction "
        f"from the descriptors is taken off, {with_interval(left)}"
    )
    if left.low is not None and left.low > MARGIN:
        return f"{said}: something may matter to the task that no descriptor tells."
    if left.high is not None and left.high < MARGIN:
        return f"{said}: the descriptors tell all of it that matters."
    return f"{said}: whether something matters that no descriptor tells is undecided."


def say_classifier(estimates: Estimates, train: Mapping[str, int]) -> str:
    """Say how well a classifier tells train from dev, and that it cannot rank where it tells all apart.

    Parameters
    ----------
    estimates : Estimates
    train : mapping of str to int
        Origin (source, target, synthetic) -> rows of train: nobody can tell its target records from dev.
    """
    found = estimates.one("domain_classifier", "train", "dev")
    if found is None or found.effect is None:
        return ""
    said = f"A classifier tells train from dev with 2 AUC − 1 = {with_interval(found)} (0: by chance, 1: always)"
    after = estimates.one("domain_classifier", AUGMENTED, "dev")
    if after is not None and after.effect is not None:
        said += f", train+synthetic from dev with {with_interval(after)}"
    content = estimates.one("domain_classifier_content", "train", "dev")
    if content is not None and content.effect is not None:
        said += f"; from what the records show alone, {with_interval(content)}"
    most = _most_told(train, "source", "target")
    if most < 1:
        said += f". Some of train is of the target itself, so {number(most)}"
        said += f" and {number(_most_told(train, *train))} are" if after is not None else " is"
        said += " what telling all else apart would give"
    if found.effect > SATURATED * most:
        said += (
            f". Above {round_number(SATURATED)}{' of that' if most < 1 else ''} it is saturated: it can no longer tell "
            "a large mismatch from a larger one, nor rank noise policies; the distances above can"
        )
    return said + "."


def _most_told(train: Mapping[str, int], *origins: str) -> float:
    """Return 2 AUC - 1 of who tells all rows of train of some origins from dev, but for those of the target."""
    rows = sum(train.get(origin, 0) for origin in origins)
    return 1 - train.get("target", 0) / rows if rows else 1.0


def rough(value: float | None) -> str:
    """Write a distance with two decimals, for a sentence; the picture has them all."""
    if value is None:
        return number(value)
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _rough_interval(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return rough(found.effect)
    return f"{rough(found.effect)} [{rough(found.low)}, {rough(found.high)}]"


def with_interval(found: Estimate) -> str:
    """Write an estimate and its interval."""
    return f"{number(found.effect)} {interval(found.low, found.high)}".strip()
