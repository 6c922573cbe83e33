"""What `tasks.shift.compare` claims, tried: false alarms, coverage, power beside peers, seconds and memory.

    python benchmarks/mismatch.py [--runs 1000] [--only calibration|labels|power|peers|speed] [--designs "100 4"]
                                  [--keep FOLDER] [--evidently /path/to/python]

Every row makes its own data. Peers: Kolmogorov-Smirnov and chi-squared with Bonferroni (scipy), a classifier two-sample
test (scikit-learn's gradient boosting, learnt on one half, judged on the other), MMD by random Fourier features with
permutations of rows. With --evidently, an interpreter of another environment (`pip install "evidently==0.7.*" frouros
"pandas<3"`), also Evidently's drift preset and frouros' MMD.
"""

import argparse
import os
import resource
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy reads it
os.environ.setdefault("OMP_NUM_THREADS", "1")  # small fits spend their time waiting for each other otherwise

import numpy as np
import pandas as pd
from mismatch_calibration import calibration, draw, percent
from mismatch_peers import classifier_test, elsewhere, fourier, kolmogorov

from tasks.shift.compare import compare_samples

Generator = np.random.Generator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--only", choices=("calibration", "labels", "power", "peers", "speed"))
    parser.add_argument("--evidently", help="python of an environment with evidently, frouros and pandas 2")
    parser.add_argument("--rows", type=int, default=500_000, help="a side, for speed")
    parser.add_argument("--designs", default="", help="only designs or differences whose name holds this")
    parser.add_argument("--keep", type=Path, help="folder of calibration runs, which later ones add to")
    args = parser.parse_args()
    parts = {
        "calibration": lambda: calibrate(args.runs, args.designs.split(), args.keep),
        "labels": lambda: labels(args.runs),
        "power": lambda: power(args.runs, args.designs),
        "peers": lambda: peers(args.runs, args.evidently),
        "speed": lambda: speed(args.rows),
    }
    for name, part in parts.items():
        if args.only in (None, name):
            part()
            print(flush=True)


def calibrate(runs: int, words: list[str], keep: Path | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        calibration(runs, words, keep or Path(folder))


def labels(runs: int) -> None:
    """Print false alarms where only label shares differ, and where nothing does."""
    print(f"Labels, false alarms at 5 % and coverage, 300 | 300, {runs} runs\n")
    print("| design | label shares | joint | reweighted | class by class | adjusted | shares cover |")
    print("|---" * 7 + "|")
    for size in (1, 10):
        for share in (0.5, 0.7):
            rows = defaultdict(list)
            for run in range(runs):
                rng = np.random.default_rng([run, size, int(100 * share)])
                sides = []
                for part in (0.5, share):
                    x, atoms = draw(rng, [size] * (300 // size), 4)
                    label = np.where(rng.random(300 // size)[atoms.astype(int)] < part, "a", "b")
                    x["n2"] += 0.8 * (label == "a")
                    sides.append((x, atoms, label))
                (x, ax, lx), (y, ay, ly) = sides
                ay = np.char.add("y", ay)
                found = compare_samples(x, y, atoms_x=ax, atoms_y=ay, labels_x=lx, labels_y=ly, seed=run)
                rows["shares"].append(found.labels.shares.p_value < 0.05)
                true = share - 0.5
                rows["cover"].append(found.labels.shares.ci_low <= true <= found.labels.shares.ci_high)
                rows["joint"].append(found.joint.p_value < 0.05)
                rows["reweighted"].append(found.labels.reweighted.p_value < 0.05)
                table = found.labels.classes.to_pylist()
                rows["class"] += [row["p_value"] < 0.05 for row in table if row["p_value"] is not None]
                rows["adjusted"].append(any(row["p_adjusted"] < 0.05 for row in table if row["p_adjusted"] is not None))
            cells = [percent(rows[name]) for name in ("shares", "joint", "reweighted", "class", "adjusted", "cover")]
            print(f"| atoms of {size}, shares .5 and {share} | " + " | ".join(cells) + " |", flush=True)


def power(runs: int, word: str) -> None:
    """Print how often each method finds a planted difference at 1,000 rows a side."""
    print(f"Found at 5 % (%), 1,000 | 1,000 single rows, ten columns, {runs} runs\n")
    methods: dict[str, Callable[[pd.DataFrame, pd.DataFrame, int], dict[str, bool]]] = {
        "ours": ours,
        "KS + Bonferroni": kolmogorov,
        "C2ST": classifier_test,
        "RFF-MMD": fourier,
    }
    header = ("joint", "classifier", "descriptors", *list(methods)[1:])
    print("| difference | " + " | ".join(header) + " |")
    print("|---" * (len(header) + 1) + "|")
    for name, plant in ((name, plant) for name, plant in DIFFERENCES.items() if word in name):
        seen = defaultdict(list)
        for run in range(runs):
            rng = np.random.default_rng([run, 77])
            x, y = mixed(rng), plant(mixed(rng), rng)
            for method in methods.values():
                for column, flag in method(x, y, run).items():
                    seen[column].append(flag)
        print(f"| {name} | " + " | ".join(percent(seen[column], 0) for column in header) + " |", flush=True)


def mixed(rng: Generator, n: int = 1_000) -> pd.DataFrame:
    """Draw nine numbers and a word of five kinds."""
    table = pd.DataFrame(rng.normal(size=(n, 9)), columns=[f"n{at}" for at in range(9)])
    table["n8"] = table["n8"].where(rng.random(n) > 0.1)
    table["w"] = rng.choice(list("abcde"), n, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    return table


def moved(table: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return table.assign(n0=table["n0"] + 0.2)


def stretched(table: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return table.assign(n0=table["n0"] * 1.2)


def correlated(table: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return table.assign(n1=0.2 * table["n0"] + np.sqrt(1 - 0.2**2) * table["n1"])


def slightly_correlated(table: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    """All nine numbers by .1."""
    common = rng.normal(size=len(table))
    numbers = {f"n{at}": np.sqrt(0.9) * table[f"n{at}"] + np.sqrt(0.1) * common for at in range(9)}
    return table.assign(**numbers)


def recategorised(table: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return table.assign(w=table["w"].mask((table["w"] == "a") & (rng.random(len(table)) < 0.2), "e"))


def gapped(table: pd.DataFrame, rng: Generator) -> pd.DataFrame:
    return table.assign(n8=table["n8"].mask(rng.random(len(table)) < 0.05))


DIFFERENCES: dict[str, Callable[[pd.DataFrame, Generator], pd.DataFrame]] = {
    "none": lambda table, _: table,
    "mean of one column, .2 sd": moved,
    "spread of one column, x 1.2": stretched,
    "correlation .2 of two columns": correlated,
    "correlation .1 of nine columns": slightly_correlated,
    "one category, .30 to .24": recategorised,
    "gaps of one column, .10 to .145": gapped,
}


def peers(runs: int, python: str | None) -> None:
    """Print everybody's false alarms on the same samples, of single rows and of atoms that only ours can be told of."""
    print(f"False alarms at 5 % (%), 300 | 300, four columns, {runs} runs\n")
    rows = {}
    for size in (1, 10):
        seen = defaultdict(list)
        with tempfile.TemporaryDirectory() as folder:
            for run in range(runs):
                rng = np.random.default_rng([run, size, 78])
                (x, ax), (y, ay) = (draw(rng, [size] * (300 // size), 4, prefix=side) for side in "xy")
                for column, flag in ours(x, y, run, atoms_x=ax, atoms_y=ay).items():
                    seen[f"ours, {column}"].append(flag)
                for method in (kolmogorov, classifier_test, fourier):
                    for column, flag in method(x, y, run).items():
                        seen[column].append(flag)
                if python:
                    for side, table in (("x", x), ("y", y)):
                        table.to_csv(Path(folder, f"{run}-{side}.csv"), index=False)
            seen |= elsewhere(python, Path(folder)) if python else {}
        rows["single rows" if size == 1 else f"atoms of {size}"] = seen
    print("| method | " + " | ".join(rows) + " |")
    print("|---" * (1 + len(rows)) + "|")
    for method in seen:
        print(f"| {method} | " + " | ".join(percent(each[method]) for each in rows.values()) + " |", flush=True)


def ours(x: pd.DataFrame, y: pd.DataFrame, run: int, **atoms: np.ndarray) -> dict[str, bool]:
    found = compare_samples(x, y, seed=run, **atoms)
    adjusted = [q for q in found.descriptors["p_adjusted"].to_pylist() if q is not None]
    return {
        "joint": found.joint.p_value < 0.05,
        "classifier": found.classifier.p_value < 0.05,
        "descriptors": min(adjusted) < 0.05,
    }


def speed(rows: int) -> None:
    """Print seconds and memory of the whole comparison, and whether correlations of .05 are found."""
    print(f"20 columns, {rows:,} rows a side, correlations of .05 on one side only\n")
    rng = np.random.default_rng(5)
    x = rng.normal(size=(rows, 20))
    y = np.sqrt(0.95) * rng.normal(size=(rows, 20)) + np.sqrt(0.05) * rng.normal(size=(rows, 1))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started, used = time.perf_counter(), time.process_time()
    found = compare_samples(x, y, seed=1)
    seconds, used = time.perf_counter() - started, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{seconds:.1f} s, {used:.1f} CPU s, peak {peak:,.0f} MB of which {before:,.0f} MB before the comparison")
    print(f"joint p {found.joint.p_value:.4f}, classifier {found.classifier}")


if __name__ == "__main__":
    main()
