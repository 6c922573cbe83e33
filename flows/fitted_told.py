"""What the terminal says of a fit: the policy, what it was chosen from, and what it does on dev."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from flows.fit_policy import CHOICE, Settled
from flows.fitted_place import POLICY
from tasks.diagnosis.proof import state_of
from tasks.modalities.proof import PROOF
from tasks.noise.policy import Policy, load_policy
from tasks.report.wording import interval, number, percent
from tasks.shift.measurements import NAN, Effect

DOES = {
    "helps": "it helps",
    "hurts": "it hurts, so a build would make no synthetic records",
    "nothing": "it does nothing that matters, so a build would make no synthetic records",
    "undecided": "the interval does not tell whether it helps",
}


def tell_fit(settled: Settled, name: str) -> list[str]:
    """Return the lines.

    Parameters
    ----------
    settled : Settled
    name : str
        The data set's.
    """
    fit = settled.fit
    lent = fit.get("dev_rows", 0)
    fitted_to = f"{lent:,} records of dev, lent by half" if lent else f"{settled.targets:,} target records in train"
    policy = load_policy(settled.folder / POLICY)
    return [
        f"{name}: policy fitted to {fitted_to}. {fit['reason']}",
        *_policy(policy),
        "",
        f"distance  {number(fit['gap'])} as it is, {number(fit['default'])} with the default policy, "
        f"{number(fit['fitted'])} with the nearest one found",
        *_choice(settled.folder / CHOICE),
        *_proof(settled.folder / PROOF),
    ]


def _policy(policy: Policy) -> Iterator[str]:
    if not policy.operations:
        yield "  no operation: nothing is done to the source"
    for operation in policy.operations:
        drawn = ", ".join(
            f"{name} {magnitude.name} {number(magnitude.pair[0])} to {number(magnitude.pair[1])}"
            if magnitude.name != "normal"
            else f"{name} {number(magnitude.pair[0])} ± {number(magnitude.pair[1])}"
            for name, magnitude in operation.magnitudes.items()
        )
        yield f"  {operation.name:<18} {percent(operation.probability):>6}  {drawn}"


def _choice(path: Path) -> Iterator[str]:
    if not path.exists():
        return
    yield ""
    yield "chosen by a small model's error on what was fitted to, each against nothing"
    rows = pq.read_table(path).to_pylist()
    width = max(len(row["candidate"]) for row in rows)
    for row in rows:
        against = ""
        if row["difference"] is not None:
            against = f"{number(row['difference'])} {interval(row['ci_low'], row['ci_high'])}"
        mark = "*" if row["chosen"] else " "
        yield f"{mark} {row['candidate']:<{width}}  {number(row['error']):>6}  {against}".rstrip()


def _proof(path: Path) -> Iterator[str]:
    rows = {(row["statistic"], row["descriptor"]): row for row in pq.read_table(path).to_pylist()}
    gain = rows.get(("synthesis_gain", None), {})
    low, high = (NAN if gain.get(end) is None else gain[end] for end in ("ci_low", "ci_high"))
    yield ""
    if gain.get("effect") is None:
        yield "proof     none: nothing was made, or there is too little with labels for a model to tell"
        return
    without, beside = (rows["baseline_error", name]["effect"] for name in ("real", "real+synthetic"))
    does = DOES[state_of(Effect(gain["effect"], low, high))]
    yield (
        f"proof     a small model's error on dev is {number(without)} without synthetic records, {number(beside)} with "
        f"them: {number(gain['effect'])} {interval(low, high)} less; {does}"
    )
