"""Whether an audit tells a model's error by right labels, and suspects find a systematic error, where 5 % are wrong.

    python -m benchmarks.label_errors [--simulations 200] [--told CSV]

Half of the wrong labels are random; half are systematic: one device calls its sevens ones. A small model is taught with
the wrong labels, cross-validated by atoms, and its answers are audited: 150 records each of dev and test are drawn as
`matchset labels audit` draws them, and somebody who knows says what is right. Made records are ten clouds of points;
with `--told` they are pictures of digits, whose writers are dealt to four devices, and to dev and test.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tasks.diagnosis.audit import correct_error, draw_audit
from tasks.diagnosis.suspects import cross_validated, find_suspects
from tasks.diagnosis.suspects_together import find_together
from tasks.modalities.image import MODALITY
from tasks.modalities.task_space import sense

CLASSES = 10
ROWS = 4_000
RANDOM, SYSTEMATIC = 0.025, 0.025
DEVICES = 4
BAD = "d3"
CHECKED = 150
"""Records of dev, and of test, that somebody checks."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Labelled:
    """Records whose right labels are known."""

    features: NDArray[np.floating]
    truth: Codes
    atoms: list[str]
    device: NDArray[np.str_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=200)
    parser.add_argument("--told", type=Path, help="CSV: path of a picture beside it, label, writer")
    given = parser.parse_args()
    print(
        "| records | simulations | systematic found | another called systematic | so called where all are random | "
        "suspects that are errors | errors that are suspects | error as it is | by right labels | "
        "audit holds the truth | half width |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    if given.told is None:
        report("made", made(given.simulations), given.simulations)
    else:
        whole = digits(given.told)
        report("real digits", dealt(whole, given.simulations), given.simulations)


def report(name: str, sets: Iterator[Labelled], simulations: int) -> None:
    """Simulate, and print one row of the table."""
    counts = np.zeros(8)
    held = asked = 0
    for seed, records in enumerate(sets):
        rng = np.random.default_rng([seed, 5])
        random = spoil_at_random(records.truth, RANDOM + SYSTEMATIC, rng)
        counts[2] += bool(_together(records, random, seed)[0])
        label = spoil_at_random(records.truth, RANDOM, rng)
        label = spoil_device(records, label, rng)
        places, suspect, chances = _together(records, label, seed)
        wrong = label != records.truth
        hit = [place == (BAD, "7") for place in places]
        counts[0] += any(hit)
        counts[1] += any(not one for one in hit)
        counts[3] += (suspect & wrong).sum() / max(1, suspect.sum())
        counts[4] += (suspect & wrong).sum() / wrong.sum()
        answer = chances.argmax(axis=1)
        counts[5] += (answer != label).mean()
        counts[6] += (answer != records.truth).mean()
        for low, high, error in audited(records, label, answer, rng):
            held += low <= error <= high
            asked += 1
            counts[7] += (high - low) / 4
    shares = [f"{100 * value / simulations:.1f} %" for value in counts]
    print(
        f"| {name} | {simulations} | " + " | ".join(shares[:7]) + f" | {held / asked:.1%} | {shares[7]} |", flush=True
    )


def _together(records: Labelled, label: Codes, seed: int):
    chances = cross_validated(records.features, label, records.atoms, seed=seed)
    found = find_suspects(chances, label)
    told = find_together(
        found.suspect,
        [str(code) for code in label],
        [str(code) for code in found.suggested],
        {"device": records.device.tolist()},
    )
    return [(one.where.get("device"), one.instead) for one in told], found.suspect, chances


def spoil_at_random(truth: Codes, share: float, rng: np.random.Generator) -> Codes:
    """Give so many records any other label."""
    label = truth.copy()
    taken = rng.random(len(truth)) < share
    label[taken] = (truth[taken] + rng.integers(1, CLASSES, int(taken.sum()))) % CLASSES
    return label


def spoil_device(records: Labelled, label: Codes, rng: np.random.Generator) -> Codes:
    """Let one device call its sevens ones; all of them, if they are no more than the share that is wanted."""
    sevens = np.flatnonzero((records.truth == 7) & (records.device == BAD))
    wanted = min(len(sevens), round(SYSTEMATIC * len(label)))
    spoilt = label.copy()
    spoilt[rng.choice(sevens, wanted, replace=False)] = 1
    return spoilt


def audited(records: Labelled, label: Codes, answer: Codes, rng: np.random.Generator):
    """Yield the interval that an audit gives for dev and for test, and the error that it is meant for.

    The error is that on all records that dev and test are drawn from.
    """
    names = sorted(set(records.atoms))
    in_dev = dict(zip(names, rng.permutation(len(names)) % 2 == 0, strict=True))
    split = ["dev" if in_dev[atom] else "test" for atom in records.atoms]
    drawn = draw_audit(split, answer != label, rows=CHECKED, rng=rng)
    names = [drawn.names[code] for code in drawn.stratum]
    population = {name: names.count(name) for name in drawn.names}
    error = float((answer != records.truth).mean())
    for side in ("dev", "test"):
        at = [place for place in drawn.places.tolist() if split[place] == side]
        found = correct_error(
            side,
            [names[place] for place in at],
            population,
            [bool(answer[place] != records.truth[place]) for place in at],
            [bool(label[place] != records.truth[place]) for place in at],
            [records.atoms[place] for place in at],
        )
        yield found.error.low, found.error.high, error


def made(simulations: int) -> Iterator[Labelled]:
    """Draw ten overlapping clouds, a record an atom, of four devices."""
    for seed in range(simulations):
        rng = np.random.default_rng([seed, 1])
        truth = rng.integers(0, CLASSES, ROWS)
        features = np.eye(CLASSES)[truth] * 3 + rng.normal(0, 1.0, (ROWS, CLASSES))
        device = np.array([f"d{code}" for code in rng.integers(0, DEVICES, ROWS)])
        yield Labelled(features, truth, [f"r{row}" for row in range(ROWS)], device)


def digits(told: Path) -> Labelled:
    """Read digits as the task space senses them; the writer is the atom."""
    table = pd.read_csv(told, dtype=str)
    pictures = [MODALITY.open((told.parent / path).read_bytes())[0] for path in table["path"]]
    features = sense("image", pictures, seed=1)
    return Labelled(features, table["label"].astype(np.int64).to_numpy(), table["writer"].tolist(), np.array([]))


def dealt(whole: Labelled, simulations: int) -> Iterator[Labelled]:
    """Deal writers to devices anew each time."""
    writers = sorted(set(whole.atoms))
    for seed in range(simulations):
        order = np.random.default_rng([seed, 2]).permutation(len(writers))
        device = {writers[at]: f"d{place % DEVICES}" for place, at in enumerate(order.tolist())}
        yield Labelled(whole.features, whole.truth, whole.atoms, np.array([device[name] for name in whole.atoms]))


if __name__ == "__main__":
    main()
