"""Does synthesis help: a small model's error on dev with the synthetic records and without, told and drawn."""

from dataclasses import dataclass

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED
from tasks.diagnosis.proof import DRAWS, State, state_of
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimate, Estimates
from tasks.report.label_kind import measured_labels
from tasks.report.mismatch_words import sorted_parts
from tasks.report.plots import Bar, mismatch_plot
from tasks.report.wording import count, foreign, percent, round_number
from tasks.shift.families import OTHERS
from tasks.shift.measurements import NAN, Effect

TRAINED_ON = (
    ("real", "real records", "train"),
    ("real+synthetic", "real and synthetic records", "synthetic"),
    ("ceiling", "ceiling: with the rest of dev", "quiet"),
)
"""What models were trained on, as the measurements table has it, as a reader calls it, and its colour."""

JUDGES = {
    "ridge": "small, a ridge regression on random convolutions",
    "trees": "small, forty boosted trees",
    "network": "a small convolutional network, trained by PyTorch",
}
"""What a proof was made with, as its facts call it and as a reader does."""

NO_NOISE = "No noise was found that helps, so this version holds no synthetic records."

_SAID = 3
_LEVEL = 0.05


@dataclass(frozen=True)
class WeightLine:
    """A share of the weight for the target in train, and what a model trained so errs on dev."""

    share: str
    error: str
    against: str
    chosen: bool


@dataclass(frozen=True)
class Helps:
    """What the section says; texts are empty where there is nothing to say."""

    sentence: str
    why: str
    picture: Markup | None
    how: str
    weights: tuple[WeightLine, ...]
    weighed: str


def helps(contents: ReportContents) -> Helps:
    """Say and draw whether synthetic records help, and how much the target counts in training."""
    estimates = Estimates(contents.measurements)
    errors = {found.descriptor: found for found in estimates.all("baseline_error", "dev")}
    bars = [
        Bar(name, errors[key], kind)
        for key, name, kind in TRAINED_ON
        if key in errors and errors[key].effect is not None
    ]
    unit = f"{_noun(contents)} on dev"
    return Helps(
        sentence=proof_sentence(contents),
        why=_why_not(contents, estimates) if _no_noise_helps(contents) else "",
        picture=mismatch_plot(bars, floor=None, unit=unit, title="A small model’s error on dev") if bars else None,
        how=_how(errors, contents.judge),
        weights=_lines(estimates),
        weighed=" ".join(filter(None, (weight_sentence(contents), variation_sentence(contents)))),
    )


def found_state(contents: ReportContents) -> State:
    """Return what the gain's interval supports; "untried" where there was nothing to compare."""
    gain = Estimates(contents.measurements).one("synthesis_gain", AUGMENTED, "dev")
    if gain is None or gain.effect is None:
        return "untried"
    low, high = (NAN if end is None else end for end in (gain.low, gain.high))
    return state_of(Effect(gain.effect, low, high))


def proof_sentence(contents: ReportContents) -> str:
    """Say in one sentence whether synthetic records help; empty where none were made."""
    if not contents.proved:
        return NO_NOISE if contents.policy == "fitted" else ""
    estimates = Estimates(contents.measurements)
    errors = {found.descriptor: found for found in estimates.all("baseline_error", "dev")}
    gain, state = estimates.one("synthesis_gain", AUGMENTED, "dev"), found_state(contents)
    if state == "untried" or gain is None or gain.effect is None:
        return (
            "Whether the synthetic records help could not be tried: train or dev has too few labelled records for a "
            "small model."
        )
    with_them, without = (_percent(errors.get(name)) for name in ("real+synthetic", "real"))
    noun = _noun(contents)
    measured = (
        f"a small model’s {noun} on dev is {with_them} with them and {without} without, a gain of "
        f"{_points(gain.effect)} points {_span(gain)}".rstrip()
    )
    said = {
        "helps": f"The synthetic records help: {measured}.",
        "hurts": f"The synthetic records hurt: {measured}.",
        "nothing": f"The synthetic records do not help: {measured}.",
        "undecided": f"Whether the synthetic records help is not decided: {measured}.",
    }[state]
    unused = "So this version holds none. The policy is kept in synthesis/policy-withdrawn.yaml."
    return f"{said} {unused}" if contents.proved == "withdrawn" else said


def _no_noise_helps(contents: ReportContents) -> bool:
    if not contents.proved:
        return contents.policy == "fitted"
    return found_state(contents) in ("hurts", "nothing")


def _why_not(contents: ReportContents, estimates: Estimates) -> str:
    """Say what noise cannot imitate: label shares and the columns that the domains were told apart by."""
    beyond = [
        found.descriptor
        for name in ("defining_cliffs_delta", "defining_total_variation")
        for found in estimates.all(name, "train", "dev")
        if found.descriptor is not None and found.low is not None and found.high is not None
        if found.low > 0 or found.high < 0
    ]
    shares = estimates.one("label_share_tv", "train", "dev")
    if shares is not None and shares.low is not None and shares.low > 0 and (shares.p_value or 0.0) < _LEVEL:
        two = len(estimates.all("label_count", "dev")) == 2
        beyond.append("base rate" if two else "the shares of their labels")
    parts = [part for part in sorted_parts(estimates) if (part.before.low or 0.0) > 0 and part.name not in beyond]
    rest = [part.name for part in parts if part.name != OTHERS][:_SAID]
    told = []
    if beyond:
        told.append(f"by {_listed(beyond)}, which noise cannot imitate")
    if rest:
        told.append(f"{'most else' if beyond else 'most'} in {_listed(rest)}, which this noise does not mend")
    return f"Train and dev differ {'; '.join(told)}." if told else ""


def _how(errors: dict[str | None, Estimate], judge: str) -> str:
    real = errors.get("real")
    if real is None or real.effect is None:
        return ""
    return (
        f"Means of {DRAWS} models, each trained on a draw of the training groups ({count(real.n_a)} real records at "
        f"most) and judged on the same {count(real.n_b)} records of dev; with and without differ in the synthetic "
        f"records alone. The model is {JUDGES.get(judge, 'small')}: it shows what helps, not how often yours will err. "
        "The ceiling is what "
        "labels of the target would bring: each record of dev is judged by a model that has learned from the others."
    )


def _lines(estimates: Estimates) -> tuple[WeightLine, ...]:
    against = {found.descriptor: found for found in estimates.all("weight_gain", "train", "dev")}
    chosen = estimates.one("target_weight", "train")
    lines = []
    for found in estimates.all("weight_error", "train", "dev"):
        name, less = found.descriptor or "", against.get(found.descriptor)
        beside = "" if less is None or less.effect is None or less.low == less.high else _points(less.effect)
        lines.append(
            WeightLine(
                "as it is" if name == "as it is" else percent(float(name)),
                f"{_percent(found)} {_percents(found)}".rstrip(),
                f"{beside} {_span(less)}".rstrip() if less is not None and beside else "",
                chosen is not None and chosen.descriptor == name,
            )
        )
    return tuple(lines)


def weight_sentence(contents: ReportContents) -> str:
    """Say what the target in train counts; empty where nothing of it is there."""
    chosen = Estimates(contents.measurements).one("target_weight", "train")
    if chosen is None or chosen.effect is None:
        return ""
    if chosen.descriptor == "as it is":
        return "Every record in train counts once, in the column weight."
    return (
        f"Each of the {count(chosen.n_a)} target records in train counts {round_number(chosen.effect)} times, in the "
        f"column weight, so that the target has {percent(float(chosen.descriptor or 0))} of the whole weight. Half is "
        "taken unless another share is clearly better."
    )


def variation_sentence(contents: ReportContents) -> str:
    """Say what became of varied copies of target records in train; empty where none were made."""
    for found in Estimates(contents.measurements).all("variation_gain", "train", "dev"):
        said = (
            "They share this weight with varied copies of themselves, of domain target and synthetic"
            if found.descriptor == "kept"
            else "Varied copies of them were tried and left out"
        )
        if found.effect is None:
            return f"{said}; what that does could not be tried."
        return f"{said}; the small model’s gain by such copies is {_points(found.effect)} points {_span(found)}."
    return ""


def _noun(contents: ReportContents) -> str:
    return "squared error (of dev’s variance)" if measured_labels(contents.measurements).kind == "number" else "error"


def _listed(names: list[str]) -> str:
    shown = [foreign(name, 40) for name in names]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _percent(found: Estimate | None) -> str:
    return "not known" if found is None or found.effect is None else f"{_points(found.effect)} %"


def _percents(found: Estimate) -> str:
    return "" if found.low is None or found.high is None else f"[{_points(found.low)}, {_points(found.high)}]"


def _points(value: float) -> str:
    """Write a difference of shares in points with its sign."""
    return f"{100 * value:.1f}".replace("-0.0", "0.0").replace("-", "−")


def _span(found: Estimate) -> str:
    if found.low is None or found.high is None:
        return "(without an interval: dev is a single group)"
    return f"[{_points(found.low)}, {_points(found.high)}]"
