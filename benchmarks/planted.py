"""Whether a fit finds the noise that was planted, with its numbers, and does nothing where none was.

    python benchmarks/planted.py [--source DIR] [--rows 512] [--from 0] [--only blur noise]
        [--nothing 10]

The target of every case is other records of the source, after operations that are known. The source is drawn by the
script: characters of 28 pixels, pictures of 96 pixels, and a table with gaps; or, with `--source`, the pictures of a
folder `<label>/<file>`.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pictures import KINDS

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # the script is no part of the package, and runs from anywhere

from tasks.modalities.kinds import modality as find_modality  # noqa: E402
from tasks.noise.bounds import Parameter  # noqa: E402
from tasks.noise.fitting import TABLE_ROWS, Fit, fit_policy  # noqa: E402
from tasks.noise.modalities import BOUNDS  # noqa: E402
from tasks.noise.policy import Policy  # noqa: E402
from tasks.noise.tabular import table_statistics  # noqa: E402

LIMIT = 0.2
"""Relative error of a mean, as a share of its way from the neutral value (of a mean at the neutral value: of the
spread)."""
PICTURE_PX = 96
TARGET_SEED, FIT_SEED = 99, 7

Magnitudes = dict[str, tuple[float, float]]

IMAGE_CASES: dict[str, dict[str, Magnitudes]] = {
    "blur": {"gaussian_blur": {"sigma_share": (0.025, 0.005)}},
    "gamma": {"gamma": {"exponent": (1.7, 0.15)}},
    "noise": {"gaussian_noise": {"sd": (0.08, 0.02)}},
    "rotation": {"rotation": {"angle_deg": (12.0, 4.0)}},
    "rotation both ways": {"rotation": {"angle_deg": (0.0, 12.0)}},
    "blur and noise": {"gaussian_blur": {"sigma_share": (0.02, 0.005)}, "gaussian_noise": {"sd": (0.06, 0.02)}},
    "rotation and gamma": {"rotation": {"angle_deg": (-10.0, 3.0)}, "gamma": {"exponent": (0.6, 0.1)}},
    "rotation and noise": {"rotation": {"angle_deg": (12.0, 4.0)}, "gaussian_noise": {"sd": (0.08, 0.02)}},
}
TABLE_CASES: dict[str, dict[str, Magnitudes]] = {
    "missingness": {"missingness": {"rate": (0.2, 0.05)}},
    "missingness and measurement noise": {
        "missingness": {"rate": (0.15, 0.03)},
        "measurement_noise": {"sd_share": (0.4, 0.05)},
    },
}


@dataclass(frozen=True)
class Source:
    """Records to plant noise in."""

    modality: str
    records: Any
    """A list of pictures, or a table."""
    resources: Any = None
    material: frozenset[str] = frozenset()
    """Operations that have what they need in the resources."""


@dataclass(frozen=True)
class Found:
    """What became of one case."""

    fit: Fit
    errors: dict[str, float]
    """Relative error of each planted mean; infinite where its operation was not found."""
    further: tuple[str, ...]
    """Operations that were not planted."""

    @property
    def right(self) -> bool:
        """Whether every planted operation was found within the limit, and no other."""
        return not self.further and all(error <= LIMIT for error in self.errors.values())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, help="pictures <label>/<file>")
    parser.add_argument("--rows", type=int, default=512, help="pictures of the source and of the target")
    parser.add_argument("--table-rows", type=int, default=TABLE_ROWS, help="the same of tables")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the seed of the first case: other rows")
    parser.add_argument("--only", nargs="*", help="names of cases")
    parser.add_argument("--nothing", type=int, default=10, help="cases with nothing planted")
    given = parser.parse_args()
    pictures = (
        {"folder": folder(given.source, 4 * given.rows)}
        if given.source
        else {kind: drawn(kind, 2 * given.rows) for kind in KINDS}
    )
    jobs = [(what, source, IMAGE_CASES) for what, source in pictures.items()]
    jobs.append(("table", table(2 * given.table_rows), TABLE_CASES))
    print("| source | planted | found | relative errors % | gap | after | policies | CPU s |")
    print("|---|---|---|---|---|---|---|---|")
    for what, source, cases in jobs:
        for seed, (name, operations) in enumerate(cases.items(), given.first):
            if not given.only or name in given.only:
                began = time.process_time()
                rows = given.table_rows if source.modality == "tabular" else given.rows
                found = plant(source, operations, rows, seed)
                print_case(what, name, found, time.process_time() - began)
    for seed in range(given.nothing):
        what, source, _ = jobs[seed % len(jobs)]
        rows = given.table_rows if source.modality == "tabular" else given.rows
        print_case(what, "nothing", plant(source, {}, rows, 100 + given.first + seed), 0.0)


def print_case(what: str, name: str, found: Found, took: float) -> None:
    words = "; ".join(
        f"{each.name} "
        + ", ".join(f"{key} {value.pair[0]:g} ± {value.pair[1]:g}" for key, value in each.magnitudes.items())
        for each in found.fit.policy.operations
    )
    errors = ", ".join(f"{100 * error:.0f}" for error in found.errors.values())
    verdict = "yes" if found.right else "no"
    tried = max(found.fit.trace["evaluations"].to_pylist(), default=0)
    numbers = f"{found.fit.gap:.3g} | {found.fit.fitted:.3g} | {tried} | {took:.0f}"
    print(f"| {what} | {name} | {verdict}: {words or 'nothing'} | {errors} | {numbers} |", flush=True)


def plant(source: Source, operations: dict[str, Magnitudes], rows: int, seed: int) -> Found:
    """Fit `rows` records of the source to as many others that underwent the operations."""
    kind = find_modality(source.modality)
    size = source.records.num_rows if isinstance(source.records, pa.Table) else len(source.records)
    order = np.random.default_rng(seed).permutation(size)
    ours, theirs = order[:rows], order[rows : 2 * rows]
    first = kind.descriptors(_taken(source.records, ours))
    notes = kind.notes(_notable(source.records))
    names = [
        name
        for name, note in notes.items()
        if not note.container and pa.types.is_floating(first.schema.field(f"descriptor_{name}").type)
    ]

    def render(policy: Policy, draw_seed: int, chosen: NDArray[np.intp] = ours) -> NDArray[np.float64]:
        parents = [f"{len(chosen)}-{place}" for place in chosen.tolist()]
        draws = kind.draw(policy, parents, copies=1.0, seed=draw_seed, resources=source.resources)
        made = kind.descriptors(kind.apply(_taken(source.records, chosen), draws, source.resources))
        return np.column_stack([made[f"descriptor_{name}"].to_numpy().astype(np.float64) for name in names])

    target = render(policy_of(source.modality, operations), TARGET_SEED + seed, theirs)
    families = [notes[name].family for name in names]
    fit = fit_policy(
        render, target, modality=source.modality, seed=FIT_SEED + seed, families=families, material=source.material
    )
    return Found(fit, errors_of(fit.policy, operations), _further(fit.policy, operations))


def policy_of(modality: str, operations: dict[str, Magnitudes]) -> Policy:
    listed = [
        {"name": name, "probability": 1, "magnitudes": {key: {"normal": pair} for key, pair in magnitudes.items()}}
        for name, magnitudes in operations.items()
    ]
    return Policy.model_validate({"modality": modality, "operations": listed})


def errors_of(policy: Policy, operations: dict[str, Magnitudes]) -> dict[str, float]:
    """Return the relative error of each planted mean, of the share of records as well as of the strength."""
    errors = {}
    for name, magnitudes in operations.items():
        operation = policy.operation(name)
        for parameter, pair in magnitudes.items():
            limits = BOUNDS[policy.modality][name].parameters[parameter]
            found = operation.magnitudes.get(parameter) if operation else None
            errors[f"{name}.{parameter}"] = (
                _error(found.pair, pair, operation.probability, limits) if operation and found else float("inf")
            )
    return errors


def _error(found: Sequence[float], planted: Sequence[float], probability: float, limits: Parameter) -> float:
    neutral = limits.neutral or 0.0
    way = abs(planted[0] - neutral)
    mean = probability * (found[0] - neutral)
    if way == 0:  # both ways alike: what counts is how far
        return max(abs(mean), abs(probability * found[1] - planted[1])) / planted[1]
    return abs(mean - (planted[0] - neutral)) / way


def _further(policy: Policy, operations: dict[str, Magnitudes]) -> tuple[str, ...]:
    return tuple(each.name for each in policy.operations if each.name not in operations)


def _taken(records: Any, places: NDArray[np.intp]) -> Any:
    if isinstance(records, pa.Table):
        return records.take(pa.array(places))
    return [records[place] for place in places.tolist()]


def _notable(records: Any) -> Any:
    """Return what `notes` asks for: of a table its feature columns under their catalog names."""
    if isinstance(records, pa.Table):
        return records.rename_columns([f"feature_{name}" for name in records.column_names])
    return None


def folder(root: Path, most: int) -> Source:
    """Read some pictures of a folder."""
    paths = sorted(path for path in root.rglob("*") if path.suffix.lower() in {".png", ".jpg", ".jpeg"})
    chosen = np.random.default_rng(0).permutation(len(paths))[:most]
    return Source("image", [_pixels(paths[place].read_bytes()) for place in chosen.tolist()])


def drawn(kind: str, count: int) -> Source:
    """Draw characters, or photos of which the middle 96 pixels are taken."""
    _, draw = KINDS[kind]
    encoded = [draw(np.random.default_rng([1, place]), place % 10, shifted=False) for place in range(count)]
    return Source("image", [_middle(_pixels(data)) for data in encoded])


def _pixels(data: bytes) -> NDArray[np.uint8]:
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    return np.ascontiguousarray(pixels[..., 2::-1] if pixels.ndim == 3 else pixels)


def _middle(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    top, left = (max(0, (size - PICTURE_PX) // 2) for size in pixels.shape[:2])
    return np.ascontiguousarray(pixels[top : top + PICTURE_PX, left : left + PICTURE_PX])


def table(count: int) -> Source:
    """Draw correlated columns, all with gaps, since noise leaves cells empty only where gaps occur."""
    rng = np.random.default_rng(3)
    base = rng.normal(size=(count, 1))
    values = np.round(50 + 10 * (0.6 * base + rng.normal(size=(count, 6))), 1)
    gaps = rng.random(values.shape) < np.linspace(0.02, 0.08, 6)
    columns = {f"column_{place}": pa.array(values[:, place], pa.float64(), mask=gaps[:, place]) for place in range(6)}
    records = pa.table(columns)
    return Source("tabular", records, table_statistics(records))


if __name__ == "__main__":
    main()
