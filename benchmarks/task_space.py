"""Ask whether distances in the task space order noise policies as a model's errors do, and whether an AUC still does.

    python benchmarks/task_space.py [--digits DIR] [--speech DIR] [--loans DIR] [--seeds 5]

Each DIR holds a pair as it is unpacked: `source/<label>/*` and `target_optdigits/<label>/*` with `target_optdigits.csv`
(digits), `source`, `target`, their CSV files, `noise_pool` and `impulse_responses` (speech), `source.csv` and
`target.csv` (loans). Of each seed: other source rows, other filters, other noise. Prints the tables of
benchmarks/README.md.
"""

import argparse
import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import yaml

from tasks.descriptors.tabular import describe_rows
from tasks.modalities.kinds import modality
from tasks.noise.policy import Policy, default_policy
from tasks.noise.pool import SHORTEST_RESPONSE_S, Folder, load_pool
from tasks.noise.tabular import table_statistics
from tasks.shift.compare import compare_samples
from tasks.shift.embedding import embedding_distance
from tasks.shift.sample import Sample
from tasks.task_space.columns import fit_columns
from tasks.task_space.folds import deal_folds
from tasks.task_space.head import fit_head
from tasks.task_space.moments import sum_up
from tasks.task_space.pictures import see_pictures
from tasks.task_space.sounds import hear_sounds
from tasks.task_space.space import TaskSpace, fit_task_space
from tasks.task_space.targets import make_targets

TEACHING, EMBEDDED = 4_000, 2_000
SUFFIXES = {"image": (".png",), "audio": (".wav",)}

HAND_MADE = {
    "digits": """
- {name: crop_to_content, probability: 1, magnitudes: {share: {normal: [.9, .1]}, stretch: {normal: [.9, .3]}}}
- {name: scale, probability: 1, magnitudes: {factor: {normal: [1, .05]}, aspect: {normal: [.85, .1]}}}
- {name: rotation, probability: .7, magnitudes: {angle_deg: {normal: [0, 6]}}}
- {name: shear, probability: .5, magnitudes: {x_deg: {normal: [0, 8]}}}
- {name: stroke_weight, probability: 1, magnitudes: {width_share: {normal: [.04, .02]}}}
- {name: downscale, probability: 1, magnitudes: {factor: {normal: [.29, .02]}}}
- {name: gamma, probability: .5, magnitudes: {exponent: {normal: [.8, .2]}}}
""",
    "speech": """
- {name: silence, probability: 1, magnitudes: {before_s: {normal: [.2, .1]}, after_s: {normal: [.2, .1]}}}
- {name: noise, probability: 1, magnitudes: {snr_db: {normal: [4, 5]}}}
- {name: speed, probability: .7, magnitudes: {factor: {log_uniform: [.85, 1.18]}}}
""",
}
"""By somebody who looked at the target: characters of 8 pixels that fill the frame; words amidst street noise."""


@dataclass(frozen=True)
class Side:
    """Decoded records, their labels and atoms."""

    records: Any
    labels: np.ndarray
    atoms: list[str]

    def take(self, rows: np.ndarray) -> "Side":
        """Return some records, by position."""
        chosen = self.records.take(rows) if isinstance(self.records, pa.Table) else [self.records[row] for row in rows]
        return Side(chosen, self.labels[rows], [self.atoms[row] for row in rows])


@dataclass(frozen=True)
class Pair:
    """A source and a target, and how noise is made."""

    name: str
    modality: str
    source: Side
    target: Side
    resources: Any = None

    def policies(self) -> dict[str, Policy | None]:
        """Return the policies to compare, by name."""
        found: dict[str, Policy | None] = {"none": None, "default": default_policy(self.modality)}
        if self.name in HAND_MADE:
            operations = yaml.safe_load(HAND_MADE[self.name])
            found["hand-made"] = Policy.model_validate({"modality": self.modality, "operations": operations})
        return found

    def render(self, side: Side, policy: Policy, seed: int) -> Any:
        """Make a noisy copy of each record."""
        kind = modality(self.modality)
        parents = [f"r{row}" for row in range(len(side.labels))]
        draws = kind.draw(policy, parents, copies=1.0, seed=seed, resources=self.resources)
        return kind.apply(side.records, draws, self.resources)

    def describe(self, records: Any) -> pa.Table:
        """Return descriptors, but for those of the container."""
        kind = modality(self.modality)
        table = kind.descriptors(records)
        notes = {} if self.modality == "tabular" else kind.notes(table)
        names = {name: name.removeprefix("descriptor_") for name in table.column_names}
        kept = [name for name, plain in names.items() if plain not in notes or not notes[plain].container]
        return table.select(kept).rename_columns([names[name] for name in kept])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in READERS:
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--no-classifier", action="store_true", help="leave out what takes longest")
    given = parser.parse_args()
    for name, read in READERS.items():
        if (folder := getattr(given, name)) is not None:
            report(read(folder), given.seeds, classify=not given.no_classifier)


def report(pair: Pair, seeds: int, *, classify: bool) -> None:
    rows: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for seed in range(1, seeds + 1):
        for policy, found in measure(pair, seed, classify=classify and seed == 1).items():
            for name, value in found.items():
                rows[policy][name].append(value)
        print(
            f"{pair.name}, seed {seed}: "
            + ", ".join(f"{k} {v['error'][-1]:.3f} {v['distance'][-1]:.3f}" for k, v in rows.items()),
            flush=True,
        )
    print(f"\n{pair.name}, {seeds} seeds: mean (least to most)\n")
    print("| synthetic copies | error on the target (%) | task distance | AUC, task space | AUC, descriptors |")
    print("|---" * 5 + "|")
    for policy, found in rows.items():
        cells = [span(np.array(found["error"]) * 100, 1), span(np.array(found["distance"]), 3)]
        cells += [f"{found[name][0]:.3f}" if found[name] else "" for name in ("auc_task", "auc_descriptors")]
        print(f"| {policy} | " + " | ".join(cells) + " |")
    names = list(rows)
    for a, b in [(names[0], names[1])] + ([(names[1], names[2])] if len(names) > 2 else []):
        for what in ("error", "distance"):
            less = np.subtract(rows[a][what], rows[b][what])
            half = 1.96 * less.std(ddof=1) / np.sqrt(len(less)) if len(less) > 1 else float("nan")
            print(
                f"{a} less {b}, {what}: {less.mean():.3f} +- {half:.3f}, above 0 in {(less > 0).sum()} of {len(less)}"
            )
    print(flush=True)


def span(values: np.ndarray, digits: int) -> str:
    return f"{values.mean():.{digits}f} ({values.min():.{digits}f} to {values.max():.{digits}f})"


def measure(pair: Pair, seed: int, *, classify: bool) -> dict[str, dict[str, float]]:
    """Learn the space on clean source rows; then measure each policy in it, and train a model on what it makes."""
    rng = np.random.default_rng([seed, 0xBE])
    source = pair.source.take(np.sort(rng.permutation(len(pair.source.labels))[:TEACHING]))
    target, n = pair.target, len(source.labels)
    few = min(EMBEDDED, n)
    see = sense(pair, source, seed)
    ours, theirs = see(source.records), see(target.records)
    teaching = np.arange(n + len(theirs)) < n
    atoms = [f"source {atom}" for atom in source.atoms] + [f"target {atom}" for atom in target.atoms]
    folds = deal_folds(atoms, ["train"] * n + ["dev"] * len(theirs), teaching, seed=seed)
    labels = np.concatenate([source.labels, target.labels])
    space = fit_task_space(np.concatenate([ours, theirs]), labels, folds, teaching, seed=seed)
    codes = np.unique(atoms, return_inverse=True)[1].astype(np.int64)
    found: dict[str, dict[str, float]] = {}
    for name, policy in pair.policies().items():
        made = None if policy is None else pair.render(source, policy, seed)
        copies = None if made is None else see(made)
        found[name] = {"error": error(ours, copies, source.labels, theirs, target.labels)}
        x, rows = embedded(space, ours[:few], None if copies is None else copies[:few], folds[:few])
        y = space.embed(theirs, folds[n:])
        ends = sample(x, codes[:few][rows]), sample(y, codes[n:])
        found[name]["distance"] = embedding_distance(*ends, rng=np.random.default_rng(seed)).effect
        if classify:
            sides = {"atoms_x": codes[:few][rows].astype(str), "atoms_y": codes[n:].astype(str)}
            task = compare_samples(x, y, **sides, seed=seed)
            told = [pair.describe(source.take(np.arange(few)).records)]
            if made is not None:
                told.append(pair.describe(made).slice(0, few))
            described = compare_samples(pa.concat_tables(told), pair.describe(target.records), **sides, seed=seed)
            found[name]["auc_task"] = (1 + task.classifier.effect) / 2
            found[name]["auc_descriptors"] = (1 + described.classifier.effect) / 2
    return found


def sense(pair: Pair, source: Side, seed: int) -> Callable[[Any], np.ndarray]:
    if pair.modality == "image":
        return lambda pixels: see_pictures(pixels, seed=seed)
    if pair.modality == "audio":
        return lambda sounds: hear_sounds(sounds, seed=seed)
    columns = fit_columns(describe_rows(source.records), seed=seed)
    return lambda table: columns.see(describe_rows(table))


def error(
    ours: np.ndarray, copies: np.ndarray | None, labels: np.ndarray, theirs: np.ndarray, truth: np.ndarray
) -> float:
    """Return the error on the target of a head that learned from the source and its copies."""
    features = ours if copies is None else np.concatenate([ours, copies])
    known = np.concatenate([labels] * (1 if copies is None else 2))
    targets = make_targets(known, np.ones(len(known), bool))
    head = fit_head(sum_up(features, targets.values))
    return float(np.mean(np.unique(labels)[head.scores(theirs).argmax(axis=1)] != truth))


def embedded(
    space: TaskSpace, ours: np.ndarray, copies: np.ndarray | None, folds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    rows = np.arange(len(ours))
    if copies is None:
        return space.embed(ours, folds), rows
    return np.concatenate([space.embed(ours, folds), space.embed(copies, folds)]), np.concatenate([rows, rows])


def sample(values: np.ndarray, atoms: np.ndarray) -> Sample:
    return Sample({f"{at:02d}": column for at, column in enumerate(values.T.astype(np.float64))}, atoms=atoms)


def read_folder(kind: str, folder: Path, atoms: dict[str, str]) -> Side:
    paths = sorted(path for path in folder.glob("*/*") if path.suffix in SUFFIXES[kind])
    opened = modality(kind).open  # type: ignore[attr-defined]
    records = [opened(path.read_bytes())[0] for path in paths]
    named = [path.relative_to(folder.parent).as_posix() for path in paths]
    return Side(records, np.array([int(path.parent.name) for path in paths]), [atoms.get(name, name) for name in named])


def read_groups(path: Path, column: str) -> dict[str, str]:
    with path.open(encoding="utf-8") as file:
        return {row["path"]: row[column] for row in csv.DictReader(file)}


def read_digits(folder: Path) -> Pair:
    writers = read_groups(folder / "target_optdigits.csv", "writer")
    target = read_folder("image", folder / "target_optdigits", writers)
    return Pair("digits", "image", read_folder("image", folder / "source", {}), target)


def read_speech(folder: Path) -> Pair:
    """Read spoken digits; target atoms are recording sessions, since of two speakers no interval could be told."""
    source = read_folder("audio", folder / "source", read_groups(folder / "source.csv", "speaker"))
    target = read_folder("audio", folder / "target", read_groups(folder / "target.csv", "session"))
    pool = load_pool([Folder("street", folder / "noise_pool", r"(?P<recording>[a-z-]+\d?)_")])
    rooms = load_pool([Folder("rooms", folder / "impulse_responses")], shortest_s=SHORTEST_RESPONSE_S)
    return Pair("speech", "audio", source, target, (pool, rooms))


def read_loans(folder: Path) -> Pair:
    sides = []
    for name in ("source", "target"):
        table = pyarrow.csv.read_csv(folder / f"{name}.csv")
        sensitive = ["black", "asian", "white", "amind", "hipac", "hispanic", "non_hispanic"]
        sensitive += ["male", "female", "agegte62", "agelt62"]
        features = table.drop_columns(["row_id", "high_priced", "income_std", *sensitive])
        ids = [f"{name} {row}" for row in table["row_id"].to_pylist()]
        sides.append(Side(features, table["high_priced"].to_numpy().astype(np.int64), ids))
    return Pair("loans", "tabular", *sides, table_statistics(sides[0].records))


READERS = {"digits": read_digits, "speech": read_speech, "loans": read_loans}

if __name__ == "__main__":
    main()
