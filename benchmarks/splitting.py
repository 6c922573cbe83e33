"""Dev and test drawn by Matchset and by its peers, in turns on the same data: how near, how fast, labels kept.

    python benchmarks/splitting.py [--data FOLDER] [--seeds 5] [--only 'loans;digits;growth']

FOLDER holds `loans/source.csv` (label `high_priced`) and `digits/source/<label>/*.png`; without it those rows are left
out. Peers come from `pip install twinning goodpoints scikit-learn`; one that is not installed is left out. Everything
takes about a quarter of an hour, of which peers take most; `--only` takes names of rows, and `growth`.
"""

import argparse
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in a build; before numpy reads it

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaln

from tasks.splitting.certificate import certify
from tasks.splitting.matched import match_splits
from tasks.splitting.random_splits import deal

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

EXACT = 10_000
"""Rows up to which the energy distance is computed from all pairs; beyond, along random directions."""
DIRECTIONS = 200
"""Of up to 50,000 rows; of more, `FEW_DIRECTIONS`, the same for every method."""
FEW_DIRECTIONS = 24
BIN = 2_048
LONGEST_TWINNING = 200_000
"""Rows beyond which Twinning needs minutes."""
RANDOM_DRAWS = 4
"""Random splits a seed: they scatter most, and ratios are taken to their mean."""
GROWTH = (10_000, 30_000, 100_000, 300_000, 1_000_000)
GROWTH_ROUNDS = 3


@dataclass(frozen=True)
class Data:
    """A data set to halve."""

    name: str
    descriptors: NDArray[np.float32]
    labels: Codes
    atoms: Codes
    points: Numbers
    """Standardised descriptors, missing indicators and labels: what peers are given and what all are judged in."""


@dataclass(frozen=True)
class Drawn:
    """One drawing by one method."""

    distance: float
    gap: float
    cpu_s: float
    wall_s: float
    memory_mb: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of real data")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--only", default="", help="names of rows, separated by semicolons")
    args = parser.parse_args()
    only = {name.strip() for name in args.only.split(";") if name.strip()}
    names = [name for name, _ in settings(args.data)]
    if unknown := only - {*names, "growth"}:
        parser.error(f"--only: {', '.join(sorted(unknown))} not among {'; '.join([*names, 'growth'])}")
    warm_up()
    if not only or only - {"growth"}:
        print(
            "Energy distance between dev and test x 1e-4, mean of seeds (least-most); label gap: total variation of "
            "label shares;\nseconds: medians; memory: peak above the input's, most of seeds.\n"
        )
        print(
            "| data | method | distance | of random | of Twinning: distance, CPU | label gap | CPU s | wall s "
            "| memory MB | percentile |"
        )
        print("|---|---|---|---|---|---|---|---|---|---|")
    seeds = range(args.first_seed, args.first_seed + args.seeds)
    for name, make in settings(args.data):
        if only and name not in only:
            continue
        if isinstance(make, str):
            print(f"| {name} | left out | {make} | | | | | | | |")
            continue
        compare(make, seeds)
    if not only or "growth" in only:
        grow()


def settings(folder: Path | None) -> Iterator[tuple[str, Callable[[int], Data] | str]]:
    """Yield each row's name and how its data is made, or why it is not."""
    yield "10k x 10", lambda seed: synthetic("10k x 10", 10_000, 10, 0, seed)
    yield "20k x 20", lambda seed: synthetic("20k x 20", 20_000, 20, 0, seed)
    for name, read in (("loans", loans), ("digits", digits)):
        if folder is None:
            yield name, "no --data"
        elif not (folder / name / "source").exists() and not (folder / name / "source.csv").exists():
            yield name, f"{name}/source not in --data"
        else:
            yield name, lambda seed, read=read, place=folder / name: read(place)
    yield "20k, 100 groups", lambda seed: synthetic("20k, 100 groups", 20_000, 20, 100, seed)
    yield "20k, 1,000 groups", lambda seed: synthetic("20k, 1,000 groups", 20_000, 20, 1_000, seed)
    yield "100k x 10", lambda seed: synthetic("100k x 10", 100_000, 10, 0, seed)
    yield "1M x 10", lambda seed: synthetic("1M x 10", 1_000_000, 10, 0, seed)
    yield "1M, 50k groups", lambda seed: synthetic("1M, 50k groups", 1_000_000, 10, 50_000, seed)


def warm_up() -> None:
    """Let every method draw once, so that none is charged for imports and first calls."""
    data = synthetic("warm-up", 1_000, 3, 0, 0)
    for name, method in METHODS.items():
        if not why_not(name, data):
            method(data, 0)


def compare(make: Callable[[int], Data], seeds: range) -> None:
    """Let all methods halve the data, in turns, and print a row for each."""
    found: dict[str, list[Drawn]] = {}
    percentile, title = np.nan, ""
    for seed in seeds:
        data = make(seed)
        title = data.name
        splits: dict[tuple[str, int], Codes] = {}
        costs: dict[tuple[str, int], tuple[float, float, float]] = {}
        for name, method in METHODS.items():
            if why_not(name, data):
                continue
            for draw in range(RANDOM_DRAWS if name == "random" else 1):
                splits[name, draw], costs[name, draw] = measured(method, data, seed + 1_000 * draw)
        distances = energy_distances(data.points, list(splits.values()), seed)
        for (key, codes), distance in zip(splits.items(), distances, strict=True):
            found.setdefault(key[0], []).append(Drawn(distance, label_gap(data.labels, codes), *costs[key]))
        if seed == seeds[0]:
            codes = splits["matchset", 0]
            percentile = certify(data.descriptors, data.labels, data.atoms, codes, seed=seed).matches[0].percentile
    best = min(mean_distance(rows) for rows in found.values())
    for name, rows in found.items():
        own = mean_distance(rows)
        shown = f"**{1e4 * own:.3g}**" if own == best else f"{1e4 * own:.3g}"
        each = [1e4 * row.distance for row in rows]
        cpu, wall = (float(np.median([getattr(row, key) for row in rows])) for key in ("cpu_s", "wall_s"))
        twins = found.get("twinning")
        beside = ""
        if twins and name != "twinning":
            beside = f"{own / mean_distance(twins):.2f}, {cpu / float(np.median([row.cpu_s for row in twins])):.2f}"
        print(
            f"| {title} | {name} | {shown} ({min(each):.3g}-{max(each):.3g}) "
            f"| 1/{mean_distance(found['random']) / own:.3g} | {beside} | {np.mean([row.gap for row in rows]):.5f} "
            f"| {cpu:.2f} | {wall:.2f} | {max(row.memory_mb for row in rows):,.0f} "
            f"| {'' if name != 'matchset' else f'{percentile:.1f} %'} |",
            flush=True,
        )


def mean_distance(rows: list[Drawn]) -> float:
    """Return the mean over seeds."""
    return float(np.mean([row.distance for row in rows]))


def measured(method: "Method", data: Data, seed: int) -> tuple[Codes, tuple[float, float, float]]:
    """Draw, and return CPU seconds, seconds, and the megabytes by which memory's peak exceeds what there was before."""
    before = _peak_anew()
    cpu, wall = time.process_time(), time.perf_counter()
    codes = method(data, seed)
    spent = time.process_time() - cpu, time.perf_counter() - wall
    return codes, (*spent, _memory_mb("VmHWM") - before)


def _peak_anew() -> float:
    """Forget the peak of memory, where the system lets that be done, and return what is held now."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return float("nan")
    return _memory_mb("VmRSS")


def _memory_mb(key: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1024


def grow() -> None:
    """Draw halves of more and more rows, and print how time grows."""
    cpu, wall = (np.full((GROWTH_ROUNDS, len(GROWTH)), np.nan) for _ in range(2))
    for turn in range(GROWTH_ROUNDS):
        for place, rows in enumerate(GROWTH):
            _, (cpu[turn, place], wall[turn, place], _) = measured(draw_matched, synthetic("", rows, 10, 0, turn), turn)
    print(f"\n| rows, 10 columns | {' | '.join(f'{rows:,}' for rows in GROWTH)} | grows as |")
    print("|---" * (len(GROWTH) + 2) + "|")
    for name, seconds in (("CPU s", cpu), ("wall s", wall)):
        middle = np.median(seconds, axis=0)
        power = np.polyfit(np.log(GROWTH), np.log(middle), 1)[0]
        print(f"| {name} | {' | '.join(f'{value:.3g}' for value in middle)} | n^{power:.2f} |", flush=True)


def synthetic(name: str, n: int, p: int, groups: int, seed: int) -> Data:
    """Draw correlated descriptors, a third of them skewed, a label of five unequal classes, and groups that differ."""
    rng = np.random.default_rng([seed, n, p, groups])
    descriptors = rng.normal(size=(n, p)) @ (np.eye(p) + 0.3 * rng.normal(size=(p, p)))
    atoms = np.arange(n)
    if groups:
        atoms = np.concatenate([np.arange(groups), rng.integers(0, groups, n - groups)])
        descriptors += rng.normal(size=(groups, p))[atoms] * descriptors.std(0)
    descriptors[:, : p // 3] = np.exp(0.5 * descriptors[:, : p // 3] / descriptors[:, : p // 3].std(0))
    score = descriptors[:, 0] + descriptors[:, -1] + rng.normal(size=n)
    labels = np.digitize(score, np.quantile(score, [0.3, 0.6, 0.8, 0.95]))
    return dataset(name, descriptors, labels, atoms)


@cache
def loans(folder: Path) -> Data:
    """Read the loans of the source domain: many discrete columns, many blanks."""
    table = pd.read_csv(folder / "source.csv")
    labels = table.pop("high_priced").to_numpy().astype(np.int64)
    return dataset("loans", table.drop(columns="row_id").to_numpy(np.float64), labels, np.arange(len(table)))


@cache
def digits(folder: Path) -> Data:
    """Describe the digits of the source domain."""
    import cv2

    from tasks.descriptors.image import describe_images

    paths = sorted((folder / "source").glob("*/*.png"))
    described = describe_images([cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) for path in paths])
    return dataset("digits", described, np.array([int(path.parent.name) for path in paths]), np.arange(len(paths)))


def dataset(name: str, descriptors: Numbers, labels: Codes, atoms: Codes) -> Data:
    columns = []
    for column in np.asarray(descriptors, np.float64).T:
        known = np.isfinite(column)
        columns.append(np.where(known, column, column[known].mean()))
        if not known.all():
            columns.append(known.astype(np.float64))
    columns += [(labels == label).astype(np.float64) for label in np.unique(labels)]
    points = np.column_stack([(c - c.mean()) / c.std() for c in columns if c.std() > 1e-9])
    points = points[:, np.sort(np.unique(np.round(points, 9), axis=1, return_index=True)[1])]
    return Data(name, np.asarray(descriptors, np.float32), labels, atoms, points)


def draw_random(data: Data, seed: int) -> Codes:
    rows = np.bincount(data.atoms)
    half = len(data.atoms) // 2
    return deal(rows, half, len(data.atoms) - half, 1, np.random.default_rng(seed))[0][data.atoms]


def draw_stratified(data: Data, seed: int) -> Codes:
    from sklearn.model_selection import StratifiedKFold

    return _second(len(data.atoms), StratifiedKFold(2, shuffle=True, random_state=seed).split(data.points, data.labels))


def draw_stratified_groups(data: Data, seed: int) -> Codes:
    from sklearn.model_selection import StratifiedGroupKFold

    folds = StratifiedGroupKFold(2, shuffle=True, random_state=seed)
    return _second(len(data.atoms), folds.split(data.points, data.labels, data.atoms))


def draw_twins(data: Data, seed: int) -> Codes:
    from twinning import twin

    np.random.seed(seed)  # noqa: NPY002 - the only way to seed it
    return _ones(len(data.atoms), twin(data.points, 2).astype(np.int64))


def draw_thinned_in_bins(data: Data, seed: int) -> Codes:
    return _thinned(data, seed, BIN)


def draw_thinned(data: Data, seed: int) -> Codes:
    return _thinned(data, seed, len(data.atoms))


def draw_matched(data: Data, seed: int) -> Codes:
    half = len(data.atoms) // 2
    sizes = {"dev": half, "test": len(data.atoms) - half}
    return match_splits(data.descriptors, data.labels, data.atoms, sizes, seed=seed).astype(np.int64)


Method = Callable[[Data, int], Codes]
METHODS: dict[str, Method] = {
    "random": draw_random,
    "stratified": draw_stratified,
    "StratifiedGroupKFold": draw_stratified_groups,
    "twinning": draw_twins,
    "kernel thinning in bins": draw_thinned_in_bins,
    "kernel thinning, whole": draw_thinned,
    "matchset": draw_matched,
}
NEEDS = {"stratified": "sklearn", "StratifiedGroupKFold": "sklearn", "twinning": "twinning", "kernel": "goodpoints"}


def why_not(name: str, data: Data) -> str:
    """Return why a method has no row, or nothing."""
    package = next((package for start, package in NEEDS.items() if name.startswith(start)), "")
    grouped = len(np.unique(data.atoms)) < len(data.atoms)
    if package and importlib.util.find_spec(package) is None:
        reason = f"{package} is not installed"
    elif grouped == (name in ("stratified", "twinning") or name.startswith("kernel")) and grouped:
        reason = "knows no groups"
    elif name == "StratifiedGroupKFold" and not grouped:
        reason = "the same as stratified"
    elif name == "twinning" and len(data.atoms) > LONGEST_TWINNING:
        reason = "takes minutes"
    elif name == "kernel thinning, whole" and len(data.atoms) > 10_000:
        reason = "needs the square of the rows in memory"
    else:
        return ""
    if (data.name, name) not in _SAID:
        _SAID.add((data.name, name))
        print(f"{data.name}: no {name}: {reason}", file=sys.stderr)
    return reason


_SAID: set[tuple[str, str]] = set()


def _thinned(data: Data, seed: int, size: int) -> Codes:
    """Halve by kernel thinning, with the energy kernel, which is what all are judged by."""
    from goodpoints import kt

    rng = np.random.default_rng(seed)
    chosen = []
    for part in np.array_split(rng.permutation(len(data.atoms)), max(1, round(len(data.atoms) / size))):
        part = part[: len(part) // 2 * 2]
        apart = _apart(data.points[part], data.points[part])
        mean = apart.mean(1)
        kernel = np.ascontiguousarray(mean[:, None] + mean[None, :] - apart)
        chosen.append(part[kt.thin_K(kernel, kernel, 1, seed=int(rng.integers(1 << 31)), unique=True)])
    return _ones(len(data.atoms), np.concatenate(chosen))


def energy_distances(points: Numbers, splits: list[Codes], seed: int) -> list[float]:
    """Return 2 E|x - y| - E|x - x'| - E|y - y'| for each split; of many rows its estimate along directions."""
    weights = np.array([np.where(codes == 1, 1 / (codes == 1).sum(), -1 / (codes == 2).sum()) for codes in splits])
    n, q = points.shape
    if n <= EXACT:
        total = np.zeros(len(splits))
        for start in range(0, n, 1_000):
            block = slice(start, start + 1_000)
            total -= (weights[:, block] * (weights @ _apart(points, points[block]))).sum(1)
        return total.tolist()
    rng = np.random.default_rng(seed)
    total = np.zeros(len(splits))
    number = DIRECTIONS if n <= 50_000 else FEW_DIRECTIONS
    for _ in range(number):
        direction = rng.normal(size=q)
        along = points @ (direction / np.linalg.norm(direction))
        order = np.argsort(along)
        steps = np.diff(along[order])
        for place, weight in enumerate(weights):
            total[place] += 2 * float(steps @ np.cumsum(weight[order])[:-1] ** 2)
    return (total / number * float(np.exp(gammaln((q + 1) / 2) - gammaln(q / 2))) * np.sqrt(np.pi)).tolist()


def label_gap(labels: Codes, codes: Codes) -> float:
    """Return the total variation between the label shares of dev and test."""
    shares = [np.bincount(labels[codes == c], minlength=labels.max() + 1) / (codes == c).sum() for c in (1, 2)]
    return float(np.abs(shares[0] - shares[1]).sum() / 2)


def _apart(a: Numbers, b: Numbers) -> Numbers:
    squares = (a**2).sum(1)[:, None] + (b**2).sum(1) - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0, out=squares), out=squares)


def _ones(n: int, chosen: Codes) -> Codes:
    codes = np.full(n, 2)
    codes[chosen] = 1
    return codes


def _second(n: int, folds: Iterator[tuple[Codes, Codes]]) -> Codes:
    return _ones(n, next(folds)[1])


if __name__ == "__main__":
    main()
