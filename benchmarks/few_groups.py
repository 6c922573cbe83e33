"""Dev and test of few groups: how near they are beside random splits, and beside StratifiedGroupKFold.

    python benchmarks/few_groups.py [--speech FOLDER] [--seeds 20] [--groups 6,8,12]

Made targets have groups of unequal size that differ in eight descriptors and in their label; a quarter of the rows is
dev, a quarter test. FOLDER holds `target/<label>/*` and `target.csv` (path, session): its sessions are the groups, 100
rows each are dev and test. The peer (`pip install scikit-learn`) is left out where it is not installed. It takes five
minutes.
"""

import argparse
import importlib.util
import os
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in a build; before numpy reads it

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tasks.splitting.certificate import PAIRS, certify
from tasks.splitting.matched import match_splits

GROUPS = (6, 8, 12, 16, 24, 40, 60, 100)
COLUMNS = 8

Codes = NDArray[np.int64]
Target = tuple[NDArray[np.float32], Codes, Codes, int]
"""Descriptors, labels, groups, and the rows of dev and of test."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--speech", type=Path, help="folder of recordings in sessions")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--groups", default=",".join(map(str, GROUPS)), help="numbers of groups, separated by commas")
    args = parser.parse_args()
    print("Percentile: splits that are as near, of random ones or of all that exist; median of seeds (most).\n")
    print(f"| groups | method | {' | '.join(f'{a} and {b}, %' for a, b in PAIRS)} | splits | rows off | CPU s |")
    print("|---" * 8 + "|")
    for groups in [int(number) for number in args.groups.split(",") if number]:
        report(f"{groups}", lambda seed, groups=groups: made(groups, seed), range(args.seeds))
    if args.speech is not None:
        sessions = speech(args.speech)
        report("sessions of speech", lambda seed: sessions, range(args.seeds))


def made(groups: int, seed: int) -> Target:
    rng = np.random.default_rng([seed, groups])
    atoms = np.repeat(np.arange(groups), np.maximum(5, np.exp(rng.normal(4, 0.5, groups))).astype(int))
    described = rng.normal(size=(len(atoms), COLUMNS)) + rng.normal(size=(groups, COLUMNS))[atoms]
    labels = np.digitize(described[:, 0] + rng.normal(size=len(atoms)), [-1, 0, 1])
    return described.astype(np.float32), labels, atoms, round(len(atoms) / 4)


def speech(folder: Path) -> Target:
    from tasks.descriptors.audio import describe_sounds
    from tasks.payloads.audio import decode_audio

    table = pd.read_csv(folder / "target.csv")
    sounds = [decode_audio((folder / path).read_bytes()) for path in table["path"]]
    described = describe_sounds([(sound.samples, sound.sample_rate_hz) for sound in sounds])
    labels = np.unique([Path(path).parts[1] for path in table["path"]], return_inverse=True)[1]
    return described, labels, np.unique(table["session"], return_inverse=True)[1], 100


def draw_matched(target: Target, seed: int) -> Codes:
    described, labels, atoms, rows = target
    return match_splits(described, labels, atoms, {"dev": rows, "test": rows}, seed=seed).astype(np.int64)


def draw_folds(target: Target, seed: int) -> Codes:
    from sklearn.model_selection import StratifiedGroupKFold

    described, labels, atoms, rows = target
    folds = StratifiedGroupKFold(round(len(atoms) / rows), shuffle=True, random_state=seed)
    codes = np.zeros(len(atoms), np.int64)
    for number, (_, fold) in zip((1, 2), folds.split(described, labels, atoms), strict=False):
        codes[fold] = number
    return codes


def report(name: str, make: Callable[[int], Target], seeds: range) -> None:
    methods = {"Matchset": draw_matched}
    if importlib.util.find_spec("sklearn") is not None:
        methods["StratifiedGroupKFold"] = draw_folds
    for method, draw in methods.items():
        percentiles, splits, off, seconds = [], [], [], []
        for seed in seeds:
            target = make(seed)
            began = time.process_time()
            codes = draw(target, seed)
            seconds.append(time.process_time() - began)
            off.append(sum(abs(int((codes == number).sum()) - target[3]) for number in (1, 2)))
            found = certify(*target[:3], codes, seed=1_000 + seed)
            percentiles.append([match.percentile for match in found.matches])
            splits.append(found.draws if found.nearer is not None else np.nan)
        middle, most = np.median(percentiles, 0), np.max(percentiles, 0)
        cells = " | ".join(f"{a:.3g} ({b:.3g})" for a, b in zip(middle, most, strict=True))
        exist = f"{np.nanmedian(splits):,.0f} exist" if np.isfinite(splits).any() else "1,000 random"
        print(f"| {name} | {method} | {cells} | {exist} | {np.mean(off):.1f} | {np.median(seconds):.2f} |", flush=True)


if __name__ == "__main__":
    main()
