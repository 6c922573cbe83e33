"""Whether noise helps a net on target records that neither the fit nor the training has seen.

    pip install torch
    python benchmarks/noise.py --source DIR --target DIR --told CSV --column NAME --from VALUE [--noise DIR --rooms DIR]
        [--labels 100]

Folders hold `<label>/<file>`: pictures, or sounds of 8 kHz. The CSV tells of each path of the target; rows whose column
is below a value (as text, or as a number) lend at most 500 records to the fit, which reads their labels to choose among
its proposals; no net learns from them, and errors are counted on all others. Every line is a build of its own; the net
is trained on the source and synthetic records of its train split. With `--labels` so many target records are lent with
their labels: the net learns from them too, and draws all records by the weights that the build published.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.dataset as ds
import yaml
from reference_net import error, see, train

ROOT = Path(__file__).resolve().parent.parent
LENT = 500
FEW = 20
"""Records of dev, which a build cannot do without."""
SEEDS = range(3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--source", "--target", "--told"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--column", required=True, help="of the CSV: such as writer, or take")
    parser.add_argument("--from", dest="first", required=True, help="the value from which on errors are counted")
    parser.add_argument("--noise", type=Path, help="recorded noise")
    parser.add_argument("--rooms", type=Path, help="impulse responses")
    parser.add_argument("--policies", nargs="+", default=["none", "default", "fitted"], help="or policy files")
    parser.add_argument("--labels", type=int, default=0, help="target records in train whose labels are used, too")
    parser.add_argument("--work", type=Path, help="where builds go; a temporary folder by default")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        judge(given, given.work or Path(temporary))


def judge(given: argparse.Namespace, work: Path) -> None:
    modality = "image" if next(given.source.rglob("*.png"), None) else "audio"
    lent, unseen = halves(given)
    copy(lent, given.target, work / "lent")
    names = sorted({path.parent.name for path in unseen})
    judged = see([path.read_bytes() for path in unseen], modality)
    truth = np.array([names.index(path.parent.name) for path in unseen])
    print(f"{len(lent):,} records lent to the fit, errors on {len(unseen):,} others\n")
    print("| policy | error, mean of 3 seeds (each) % | build s | operations |\n|---|---|---|---|")
    for policy in given.policies:
        began = time.perf_counter()
        version = build(given, work, modality, policy)
        took = time.perf_counter() - began
        rows = ds.dataset(version / "data" / "train").to_table(
            filter=None if given.labels else pc.field("domain") == "source", columns=["label", "weight", modality]
        )
        weights = rows["weight"].to_numpy() if given.labels else None
        pictures = see(rows[modality].combine_chunks().field("bytes").to_pylist(), modality)
        codes = np.array([names.index(label) for label in rows["label"].to_pylist()])
        nets = [train(pictures, codes, modality, classes=len(names), seed=seed, weights=weights) for seed in SEEDS]
        errors = [100 * error(net, judged, truth) for net in nets]
        used = yaml.safe_load((version / "synthesis/policy.yaml").read_text())["operations"]
        each = ", ".join(f"{value:.1f}" for value in errors)
        names_used = ", ".join(operation["name"] for operation in used)
        print(f"| {policy} | {np.mean(errors):.1f} ({each}) | {took:.0f} | {names_used} |", flush=True)


def halves(given: argparse.Namespace) -> tuple[list[Path], list[Path]]:
    """Return the records that a fit may see, and those that errors are counted on."""
    told = pd.read_csv(given.told)
    numbers = pd.api.types.is_numeric_dtype(told[given.column])
    lent = (told[given.column] < (float(given.first) if numbers else given.first)).to_numpy()
    paths = np.array([given.told.parent / path for path in told["path"]])
    ours = np.random.default_rng(1).permutation(paths[lent])[: (given.labels or LENT) + FEW]
    return sorted(ours.tolist()), sorted(paths[~lent].tolist())


def copy(paths: list[Path], root: Path, to: Path) -> None:
    shutil.rmtree(to, ignore_errors=True)
    for path in paths:
        place = to / path.relative_to(root)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def build(given: argparse.Namespace, work: Path, modality: str, policy: str) -> Path:
    """Build and return the published version's folder."""
    named = Path(policy).stem
    synthesis = {"policy": str(Path(policy).resolve()) if Path(policy).suffix else policy}
    if given.noise:
        pattern = "(?P<recording>[a-z0-9-]+)_"
        synthesis["noise"] = [{"name": "pool", "path": str(given.noise.resolve()), "recording": pattern}]
    if given.rooms:
        synthesis["impulse_responses"] = [{"path": str(given.rooms.resolve())}]
    config = {
        "name": "noise",
        "seed": 7,
        "modality": modality,
        "store": f"store-{named}",
        "inputs": [
            {"name": "source", "domain": "source", "kind": f"{modality}_folder", "path": str(given.source.resolve())},
            {"name": "target", "domain": "target", "kind": f"{modality}_folder", "path": "lent"},
        ],
        "splits": {"dev": {"rows": FEW}, "test": "none", "train_dev": "none" if given.labels else {"fraction": 0.15}},
        "synthesis": synthesis,
        "validation": {"fail_on": "never"},
    }
    file = work / f"{named}.yaml"
    file.write_text(yaml.safe_dump(config))
    command = [sys.executable, "-c", "from flows.cli import main; main()", "build", str(file)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    store = work / f"store-{named}"
    return store / "versions" / (store / "CURRENT").read_text().strip()


if __name__ == "__main__":
    main()
