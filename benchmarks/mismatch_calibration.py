"""False alarms and coverage of `tasks.shift.compare`, design by design; runs are kept, and later ones add to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from tasks.shift.compare import Comparison, compare_samples

Generator = np.random.Generator

SHIFTED_RUNS = 300
"""Of 1,000 runs so many are repeated with a difference: they show coverage only, to +-2.5 points."""


FIRST_SHIFTED = 10_000
"""The number, and so the seed, of the first run with a difference."""

SHIFT = 0.3

AT_ONCE = 50
"""Runs that are kept in one file: what is killed loses at most these, and what is less is not kept."""

NAMES = ("joint", "classifier", "cliffs_delta", "wasserstein", "total_variation", "missing_share_difference")


@dataclass(frozen=True)
class Design:
    """How many rows, and who belongs together."""

    name: str
    sizes_x: list[int]
    sizes_y: list[int]
    p: int


def designs() -> list[Design]:
    """List the designs of the calibration table."""
    found = []
    for n in (100, 300, 1_000):
        for p in (4, 32):
            uneven = [size for _ in range(n // 20) for size in (1, 2, 5, 12)]
            found += [
                Design(f"{n} | {n}, rows", [1] * n, [1] * n, p),
                Design(f"{n} | {n}, atoms of 10", [10] * (n // 10), [10] * (n // 10), p),
                Design(f"{n} | {3 * n}, rows", [1] * n, [1] * (3 * n), p),
                Design(f"{n} | {3 * n}, atoms of 10", [10] * (n // 10), [10] * (3 * n // 10), p),
                Design(f"{n} | {n}, atoms of 1 to 12", uneven, uneven, p),
                Design(f"{n} | {n}, rows against atoms of 10", [1] * n, [10] * (n // 10), p),
            ]
    return found


def draw(
    rng: Generator, sizes: list[int], p: int, shift: float = 0.0, prefix: str = ""
) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw rows whose atoms share .3 of the variance: numbers (one skewed, one with gaps) and a quarter words."""
    atoms = np.repeat(np.arange(len(sizes)), sizes)
    values = np.sqrt(0.3) * rng.normal(size=(len(sizes), p + 1))[atoms] + np.sqrt(0.7) * rng.normal(
        size=(len(atoms), p + 1)
    )
    values[:, 1:p] += 0.3 * values[:, :1]
    values += shift
    words = max(1, p // 4)
    table = pd.DataFrame(values[:, : p - words], columns=[f"n{at}" for at in range(p - words)])
    table["n0"] = np.exp(0.7 * table["n0"])
    table["n1"] = table["n1"].where(values[:, p] < 1.0)
    for at in range(p - words, p):
        table[f"w{at}"] = np.array(["a", "b", "c", "d"])[np.digitize(values[:, at], [-0.5, 0.5, 1.3])]
    return table, np.array([f"{prefix}{atom}" for atom in atoms])


def calibration(runs: int, words: list[str], keep: Path) -> None:
    """Print false alarms at 5 % and coverage, without a difference and with one of .3 sd in every column.

    Parameters
    ----------
    runs : int
        For each design; those that `keep` holds already are not run again.
    words : list of str
        Only designs whose name holds all of them.
    keep : Path
        Folder of what was found so far; a folder that other code wrote must not be used again.
    """
    after = max(1, runs * SHIFTED_RUNS // 1_000)
    print(f"False alarms at 5 % (and coverage of intervals, without | with a difference), {runs} | {after} runs\n")
    print("| design | columns | " + " | ".join(NAMES) + " | any, adjusted |")
    print("|---" * (len(NAMES) + 3) + "|", flush=True)
    for design in designs():
        if not all(word in f"{design.name}, {design.p} columns" for word in words):
            continue
        same = pd.concat(list(kept(design, 0, runs, 0.0, keep)))
        other = pd.concat(list(kept(design, FIRST_SHIFTED, after, SHIFT, keep)))
        print(
            f"| {design.name} | {design.p} | " + " | ".join(cells(same, other, truth(design.p, keep))) + " |",
            flush=True,
        )


def kept(design: Design, first: int, runs: int, shift: float, keep: Path) -> Iterator[pd.DataFrame]:
    """Yield what some runs find, from files where they are there."""
    folder = keep / f"{design.name}, {design.p} columns".replace(" | ", "-").replace(", ", "-").replace(" ", "-")
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(first, first + runs, AT_ONCE):
        path = folder / f"{start}.parquet"
        if not path.exists():
            numbers = range(start, min(start + AT_ONCE, first + runs))
            rows = [row | {"run": run} for run in numbers for row in rows_of(compare(design, run, shift))]
            if len(numbers) < AT_ONCE:
                yield pd.DataFrame(rows)
                return
            aside = path.with_suffix(".part")
            pd.DataFrame(rows).to_parquet(aside)
            aside.rename(path)
        found = pd.read_parquet(path)
        yield found[found["run"] < first + runs]


def cells(same: pd.DataFrame, other: pd.DataFrame, truths: dict[tuple[str, str], float]) -> list[str]:
    """Sum up runs of one law, and runs with a difference, as cells of the table."""
    found = []
    for name in NAMES:
        null, moved = same[same["statistic"] == name], other[other["statistic"] == name]
        alarms = null["p_value"] < 0.05
        held = (null["ci_low"] <= 0) & (null["ci_high"] >= 0)
        # Joint distance and classifier are unbiased: their mean over all runs is what one run's interval should hold.
        mean = moved["effect"].mean()
        true = np.array([truths.get((name, descriptor), mean) for descriptor in moved["descriptor"]])
        holds = (moved["ci_low"] <= true) & (moved["ci_high"] >= true)
        found.append(f"{percent(alarms)} ({percent(held, 0)} \\| {percent(holds, 0)})")
    least = same.groupby("run")["p_adjusted"].min()
    return [*found, percent(least < 0.05)]


def compare(design: Design, run: int, shift: float) -> Comparison:
    rng = np.random.default_rng([run, design.p, len(design.sizes_x), len(design.sizes_y)])
    x, atoms_x = draw(rng, design.sizes_x, design.p, prefix="x")
    y, atoms_y = draw(rng, design.sizes_y, design.p, shift, prefix="y")
    return compare_samples(x, y, atoms_x=atoms_x, atoms_y=atoms_y, seed=run)


def rows_of(found: Comparison) -> Iterator[dict[str, object]]:
    """Yield what was tested, and with which result."""
    columns = ("effect", "ci_low", "ci_high", "p_value", "p_adjusted")
    for name in ("joint", "classifier"):
        effect = vars(getattr(found, name))
        if not np.isnan(effect["p_value"]):
            yield {"statistic": name, "descriptor": None} | {column: effect.get(column) for column in columns}
    for row in found.descriptors.to_pylist():
        if row["p_value"] is not None:
            yield {name: row[name] for name in ("statistic", "descriptor", *columns)}


def truth(p: int, keep: Path) -> dict[tuple[str, str], float]:
    """Measure the effects of the shift on samples so large that they are known."""
    path = keep / f"truth-{p}.parquet"
    if not path.exists():
        rng = np.random.default_rng(7)
        ones = [1] * 200_000
        x, y = draw(rng, ones, p)[0], draw(rng, ones, p, SHIFT)[0]
        pd.DataFrame(list(rows_of(compare_samples(x, y, seed=0)))).to_parquet(path)
    # What a classifier tells depends on how many rows it learns from: only descriptors have one truth.
    found = pd.read_parquet(path).dropna(subset="descriptor")
    return dict(zip(zip(found["statistic"], found["descriptor"], strict=True), found["effect"], strict=True))


def percent(flags: list[bool] | pd.Series, digits: int = 1) -> str:
    """Say how often."""
    return f"{100 * np.mean(flags):.{digits}f}" if len(flags) else ""
