"""What a baseline's errors say, in sentences: the same on the page and on the terminal."""

from collections.abc import Mapping
from typing import Any

from tasks.report.wording import count, foreign, number

Told = Mapping[str, Any]


def error_words(value: float | None, kind: str) -> str:
    """Say an error: a share as percent, of a number the squared error in variances."""
    if value is None:
        return "–"
    return f"{100 * value:.1f} %" if kind != "number" else number(value)


def points_words(value: float | None, kind: str, *, sign: bool = True) -> str:
    """Say a difference of errors, in points."""
    if value is None:
        return "–"
    if kind == "number":
        return f"{value:+.3g}" if sign else f"{value:.3g}"
    return f"{100 * value:+.1f}" if sign else f"{100 * value:.1f}"


def span_words(low: float | None, high: float | None, kind: str) -> str:
    """Say both ends of an interval of an error or a difference."""
    return (
        ""
        if low is None or high is None
        else f"[{points_words(low, kind, sign=False)}, {points_words(high, kind, sign=False)}]"
    )


def next_words(ladder: Told) -> str:
    """Say which link to work on, or what would decide."""
    if ladder["next"]:
        return f"Work on {ladder['next']}: it is surely the largest."
    rivals = " or ".join(ladder["contenders"][:3])
    more = ladder["more"]
    told = ""
    if more and more["rows"] and more["split"]:
        told = f" {count(more['rows'])} rows of {more['split']} would tell."
    return f"Undecided: {rivals or 'nothing'} may be the largest.{told}"


def synthesis_words(result: Told) -> str:
    """Say what the synthetic records do to the step from train-dev to dev."""
    first = result["first"]
    kind, gain = first["kind"], first["gains"].get("dev")
    if gain is None:
        return "This version holds no synthetic records."
    steps = {
        lane: next((link["gap"] for link in ladder["links"] if link["upper"] == "dev"), None)
        for lane, ladder in first["ladders"].items()
    }
    without, with_them = steps.get("without synthetic"), steps.get("published")
    unit = "" if kind == "number" else " points"
    step = (
        f"The step to dev is {points_words(without, kind, sign=False)}{unit} without the synthetic records and "
        f"{points_words(with_them, kind, sign=False)} with them"
    )
    low, high = gain["low"], gain["high"]
    if low is None or high is None:
        sure = "whether that is luck, dev is too small to say"
    elif low > 0:
        sure = "surely less error on dev"
    elif high < 0:
        sure = "surely more error on dev"
    else:
        sure = "no sure difference on dev"
    change = f"{points_words(gain['effect'], kind)} {span_words(low, high, kind)}".strip()
    return f"{step}: {sure} (gain {change}{unit})."


def test_words(looks: int) -> str:
    """Say how often test was looked at."""
    return (
        f"Test was looked at {count(looks)} time{'' if looks == 1 else 's'} since it was drawn: each spends some of it."
    )


def curve_words(curve: Told, kind: str, *, about: str) -> list[str]:
    """Say where a curve leads, and whether a wanted error can be reached by rows alone."""
    if "refused" in curve:
        return [f"No curve over {about}: {curve['refused']}."]
    off, most = curve["levels_off"], curve["most"]
    told = [
        f"Error on dev falls from {error_words(curve['errors'][0], kind)} at {count(round(curve['rows'][0]))} to "
        f"{error_words(curve['errors'][-1], kind)} at {count(round(most))} {about}; a thousand times as many leave "
        f"{error_words(off['value'], kind)} {span_words(off['low'], off['high'], kind)}."
    ]
    double = curve["ahead"][0]
    told.append(
        f"Twice as many would bring {error_words(double['value'], kind)} "
        f"{span_words(double['low'], double['high'], kind)}."
    )
    if curve["misfit"] < 0.05:
        told.append("The errors leave a power law by more than chance does; intervals are widened for it.")
    if not curve["by_atoms"]:
        told.append("Dev has few atoms: the intervals speak of records of these atoms, and not of others.")
    if (needed := curve["needed"]) is not None:
        told.append(needed_words(needed, off, kind, about=about))
    return told


def needed_words(needed: Told, off: Told, kind: str, *, about: str) -> str:
    """Say how many rows an error takes."""
    wanted = error_words(needed["wanted"], kind)
    low, value, high = (None if needed[name] is None else round(needed[name]) for name in ("low", "value", "high"))
    match needed["state"]:
        case "reached":
            return (
                f"{wanted} is reached with {count(value)} {about}, [{count(low)}, {count(high)}]: there is data enough."
            )
        case "more":
            return f"{wanted} takes {count(value)} {about}, [{count(low)}, {count(high)}]."
        case "not reachable":
            levels = f"{error_words(off['value'], kind)} {span_words(off['low'], off['high'], kind)}"
            return f"{wanted} is not reachable by more {about} alone: the curve levels off at {levels}."
    best = "the best law never reaches it" if value is None else f"the best law takes {count(value)} {about}"
    return (
        f"{wanted}: undecided. From {count(low)} on any number may do, and perhaps none does; {best}. More rows of "
        "dev, or of train, would tell."
    )


def transfer_words(told: Told) -> list[str]:
    """Say what counts advise and what the trial found."""
    advice = told["advice"]
    lines = [f"Transfer is {advice['state']}: {advice['reason']}."]
    if told["refused"]:
        return [*lines, f"Not tried: {told['refused']}."]
    tried, kind = told["tried"], told["kind"]
    unit = "" if kind == "number" else " points"
    for lane, gain in tried["against"].items():
        change = f"{points_words(gain['effect'], kind)} {span_words(gain['low'], gain['high'], kind)}".strip()
        said = {"helps": "better than", "hurts": "worse than", "nothing": "no better than"}.get(
            tried["states"][lane], "not surely better or worse than"
        )
        lines.append(f"Tried: transfer is {said} {_lane(lane)} ({change}{unit}).")
    return lines


def advice_words(advice: Told) -> list[str]:
    """Say what counts alone say."""
    lines = [f"Transfer is {advice['transfer']['state']}: {advice['transfer']['reason']}."]
    other = [
        foreign(name, 40) for name, one in advice["by_label"].items() if one["state"] != advice["transfer"]["state"]
    ]
    if other:
        more = f" and {len(other) - 5:,} more" if len(other) > 5 else ""
        opposite = "not advised" if advice["transfer"]["state"] == "advised" else "advised"
        lines.append(f"By label it is {opposite} for {', '.join(other[:5])}{more}.")
    if (several := advice["multi_task"]) is not None:
        lines.append(f"One model for several labels: {several['reason']}")
        lines += [
            f"  {foreign(amount['label'], 40)}: {count(amount['annotated'])} annotated in train "
            f"({count(amount['source'])} source, {count(amount['target'])} target); {amount['reason']}"
            for amount in several["amounts"][:20]
        ]
    return lines


def _lane(name: str) -> str:
    return {"target only": "the target alone", "mixture": "the mixture"}.get(name, name)
