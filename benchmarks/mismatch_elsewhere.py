"""What Evidently and frouros say of pairs of tables; run by the python of an environment that has them.

/path/to/python benchmarks/mismatch_elsewhere.py FOLDER    (`<run>-x.csv`, `<run>-y.csv`; called by mismatch.py)
"""

import json
import sys
from pathlib import Path

import pandas as pd
from evidently import Dataset, Report
from evidently.presets import DataDriftPreset
from frouros.callbacks import PermutationTestDistanceBased
from frouros.detectors.data_drift import MMD

PERMUTATIONS = 100


def evidently(x: pd.DataFrame, y: pd.DataFrame) -> dict[str, bool]:
    """Run the preset with its own tests and limits."""
    found = Report([DataDriftPreset()]).run(Dataset.from_pandas(y), Dataset.from_pandas(x)).dict()["metrics"][0]
    count, share = found["value"]["count"], found["value"]["share"]
    return {"Evidently 0.7, some column": bool(count > 0), "Evidently 0.7, half of the columns": bool(share >= 0.5)}


def frouros(x: pd.DataFrame, y: pd.DataFrame) -> dict[str, bool]:
    """Test MMD of standardised columns, words as dummies, gaps at the mean."""
    both = pd.get_dummies(pd.concat([x, y], ignore_index=True), dtype=float)
    values = both.fillna(both.mean()).to_numpy()
    values = (values - values.mean(0)) / values.std(0)
    test = PermutationTestDistanceBased(
        num_permutations=PERMUTATIONS, random_state=1, num_jobs=1, name="test", verbose=False
    )
    detector = MMD(callbacks=[test])
    detector.fit(X=values[: len(x)])
    _, logs = detector.compare(X=values[len(x) :])
    return {"frouros 0.9, MMD": bool(logs["test"]["p_value"] < 0.05)}


def main() -> None:
    folder = Path(sys.argv[1])
    flags: dict[str, list[bool]] = {}
    for path in sorted(folder.glob("*-x.csv")):
        x, y = (pd.read_csv(path.with_name(path.name.replace("-x", side))) for side in ("-x", "-y"))
        for name, flag in (evidently(x, y) | frouros(x, y)).items():
            flags.setdefault(name, []).append(flag)
    print(json.dumps(flags))


if __name__ == "__main__":
    main()
