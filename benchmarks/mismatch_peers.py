"""What others would say of two tables: tests that `benchmarks/mismatch.py` runs beside ours, on the same samples."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats


def kolmogorov(x: pd.DataFrame, y: pd.DataFrame, run: int) -> dict[str, bool]:
    """Test numbers by KS, words and gaps by chi-squared."""
    p = []
    for name in x:
        if x[name].dtype.kind == "f":
            p.append(stats.ks_2samp(x[name].dropna(), y[name].dropna()).pvalue)
            if x[name].isna().any() or y[name].isna().any():
                gaps = [[side[name].isna().sum(), side[name].notna().sum()] for side in (x, y)]
                p.append(stats.chi2_contingency(gaps).pvalue)
        else:
            counts = pd.concat([x[name].value_counts(), y[name].value_counts()], axis=1).fillna(0)
            p.append(stats.chi2_contingency(counts).pvalue)
    return {"KS + Bonferroni": min(p) * len(p) < 0.05}


def encoded(x: pd.DataFrame, y: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    both = pd.concat([x, y], ignore_index=True)
    table = pd.get_dummies(both, dtype=float)
    for name in both:
        if both[name].dtype.kind == "f" and both[name].isna().any():
            table[f"{name} missing"] = both[name].isna().astype(float)
    values = table.fillna(table.mean()).to_numpy()
    values = (values - values.mean(0)) / values.std(0)
    return values[: len(x)], values[len(x) :]


def classifier_test(x: pd.DataFrame, y: pd.DataFrame, run: int) -> dict[str, bool]:
    """Learn on one half, test the other half's scores by Mann and Whitney."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier
    except ImportError:
        return {"C2ST": False}
    a, b = encoded(x, y)
    rng = np.random.default_rng([run, 3])
    rng.shuffle(a)
    rng.shuffle(b)
    h, k = len(a) // 2, len(b) // 2
    model = HistGradientBoostingClassifier(max_iter=60, max_depth=3, learning_rate=0.05, random_state=run)
    model.fit(np.concatenate([a[:h], b[:k]]), np.repeat([0, 1], [h, k]))
    scores = [model.decision_function(side) for side in (b[k:], a[h:])]
    return {"C2ST": stats.mannwhitneyu(*scores, alternative="greater").pvalue < 0.05}


def fourier(x: pd.DataFrame, y: pd.DataFrame, run: int, features: int = 256, draws: int = 199) -> dict[str, bool]:
    """Test the mean difference of random Fourier features at the median distance."""
    a, b = encoded(x, y)
    rng = np.random.default_rng([run, 4])
    both = np.concatenate([a, b])
    some = both[rng.choice(len(both), 200, replace=False)]
    median = np.sqrt(np.median(((some[:, None] - some[None]) ** 2).sum(-1)[np.triu_indices(200, 1)]))
    angle = both @ (rng.normal(size=(both.shape[1], features)) / median)
    phi = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
    signs = np.repeat([1 / len(a), -1 / len(b)], [len(a), len(b)])
    dealt = np.stack([signs, *(rng.permutation(signs) for _ in range(draws))])
    values = ((dealt @ phi) ** 2).sum(1)
    return {"RFF-MMD": np.mean(values >= values[0] * (1 - 1e-9)) < 0.05}


def elsewhere(python: str, samples: Path) -> dict[str, list[bool]]:
    """Ask the peers of another environment about every pair of tables in a folder.

    Parameters
    ----------
    python : str
        Interpreter of an environment with Evidently 0.7, frouros and pandas 2.
    samples : Path
        Holds `<run>-x.csv` and `<run>-y.csv`.
    """
    program = Path(__file__).with_name("mismatch_elsewhere.py")
    done = subprocess.run(
        [python, "-W", "ignore", str(program), str(samples)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{python} {program.name} failed:\n{done.stderr[-2_000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))
