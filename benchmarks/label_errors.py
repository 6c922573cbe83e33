"""Whether an audit tells a model's error by right labels, and suspects find a systematic error, where 5 % are wrong.

    python -m benchmarks.label_errors [--simulations 200] [--pictures DIR]

Of the labels of train, dev and test half of those that are wrong are random, and half are systematic: one of four
devices calls its sevens ones. A small model is taught with train as it is; its answers on dev and test are audited:
150 records of each are drawn as `matchset labels audit` draws them, and somebody who knows says what is right. The
interval is to hold the model's error on other records with right labels. Made records are ten clouds of points; with
`--pictures` they are `<label>/<file>`, of which each simulation deals others to train, dev and test.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.audit import correct_error, draw_audit
from tasks.diagnosis.baseline import fit_baseline
from tasks.diagnosis.suspects import cross_validated, find_suspects
from tasks.diagnosis.suspects_together import Together, find_together
from tasks.modalities.image import MODALITY
from tasks.modalities.task_space import sense

CLASSES = 10
PARTS = {"train": 2_000, "dev": 1_000, "test": 1_000}
ELSEWHERE = 20_000
"""Made records on which the model's error is known."""
RANDOM, SYSTEMATIC = 0.025, 0.025
DEVICES, BAD = 4, 3
CHECKED = 150
"""Records of dev, and of test, that somebody checks."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class Records:
    """Records whose right labels are known: train, dev and test in this order, then those elsewhere."""

    features: NDArray[np.floating]
    truth: Codes

    @property
    def split(self) -> list[str]:
        """Of the records that are labelled."""
        return [name for name, rows in PARTS.items() for _ in range(rows)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--simulations", type=int, default=200)
    parser.add_argument("--pictures", type=Path, help="<label>/<file>")
    given = parser.parse_args()
    sets = made(given.simulations) if given.pictures is None else dealt(given.pictures, given.simulations)
    report("made" if given.pictures is None else given.pictures.name, sets, given.simulations)


def report(name: str, sets: Iterator[Records], simulations: int) -> None:
    """Simulate, and print the table."""
    counts: Counter[str] = Counter()
    for seed, records in enumerate(sets):
        rng = np.random.default_rng([seed, 5])
        labelled = len(records.split)
        truth = records.truth[:labelled]
        device = rng.integers(0, DEVICES, labelled)
        counts["false alarm"] += bool(systematic(records, at_random(truth, RANDOM + SYSTEMATIC, rng), device, seed)[0])
        label = at_random(truth, RANDOM, rng)
        label[(truth == 7) & (device == BAD)] = 1
        wrong = label != truth
        together, suspect = systematic(records, label, device, seed)
        counts["found"] += any(_is_planted(one) and "device" in one.where for one in together)
        counts["direction"] += any(_is_planted(one) for one in together)
        counts["other"] += any(not _is_planted(one) for one in together)
        counts["precision"] += (suspect & wrong).sum() / max(1, suspect.sum())
        counts["recall"] += (suspect & wrong).sum() / wrong.sum()
        answer = taught(records, label)
        error = float((answer[labelled:] != records.truth[labelled:]).mean())
        counts["right"] += error
        for given, low, high in audited(records, label, answer[:labelled], rng):
            counts["given"] += given / 2
            counts["held"] += (low <= error <= high) / 2
            counts["reach"] += (high - low) / 4
    print(f"{simulations} simulations, records: {name}\n\n| | % |\n|---|---|")
    for key, words in WORDS.items():
        print(f"| {words} | {100 * counts[key] / simulations:.1f} |")


WORDS = {
    "found": "the device is named, with what its labels should be",
    "direction": "the device or the direction (1 for 7) is named",
    "other": "something else is called systematic",
    "false alarm": "anything is called systematic where all errors are random",
    "precision": "suspects that are errors",
    "recall": "errors that are suspects",
    "given": "error on dev and test as they are",
    "right": "error by right labels, on other records",
    "held": "the audit's interval holds it",
    "reach": "the interval's half width",
}


def _is_planted(one: Together) -> bool:
    place = one.where.get("device", f"d{BAD}") == f"d{BAD}" and one.where.get("label", "1") == "1"
    return place and one.instead == "7"


def systematic(
    records: Records, label: Codes, device: Codes, seed: int
) -> tuple[tuple[Together, ...], NDArray[np.bool_]]:
    """Look for suspects among all labels, and for where those of train come together."""
    features = records.features[: len(label)]
    chances = cross_validated(features, label, [f"r{row}" for row in range(len(label))], seed=seed)
    found = find_suspects(chances, label)
    train = PARTS["train"]
    names, other = [str(code) for code in label[:train]], [str(code) for code in found.suggested[:train]]
    places = {"device": [f"d{code}" for code in device[:train]]}
    return find_together(found.suspect[:train], names, other, places), found.suspect


def at_random(truth: Codes, share: float, rng: np.random.Generator) -> Codes:
    """Give so many records any other label."""
    label = truth.copy()
    taken = rng.random(len(truth)) < share
    label[taken] = (truth[taken] + rng.integers(1, CLASSES, int(taken.sum()))) % CLASSES
    return label


def taught(records: Records, label: Codes) -> Codes:
    """Return the answers of a model that learned from train, about all records."""
    train = PARTS["train"]
    model = fit_baseline(records.features[:train], label[:train], np.ones(train), seed=1)
    return np.asarray(np.unique(label[:train])[model.predict(records.features).argmax(axis=1)])


def audited(
    records: Records, label: Codes, answer: Codes, rng: np.random.Generator
) -> Iterator[tuple[float, float, float]]:
    """Yield the error of dev and of test as they are, and the interval of that by right labels."""
    split, truth = records.split, records.truth
    first = PARTS["train"]
    drawn = draw_audit(split[first:], (answer != label)[first:], rows=CHECKED, rng=rng)
    names = [drawn.names[code] for code in drawn.stratum]
    population = {name: names.count(name) for name in drawn.names}
    for side in ("dev", "test"):
        at = [place for place in drawn.places.tolist() if split[first + place] == side]
        found = correct_error(
            side,
            [names[place] for place in at],
            population,
            [bool(answer[first + place] != truth[first + place]) for place in at],
            [bool(label[first + place] != truth[first + place]) for place in at],
            [str(place) for place in at],
        )
        yield found.given, found.error.low, found.error.high


def made(simulations: int) -> Iterator[Records]:
    """Draw ten overlapping clouds."""
    for seed in range(simulations):
        rng = np.random.default_rng([seed, 1])
        truth = rng.integers(0, CLASSES, sum(PARTS.values()) + ELSEWHERE)
        yield Records(np.eye(CLASSES)[truth] * 3 + rng.normal(0, 1.0, (len(truth), CLASSES)), truth)


def dealt(root: Path, simulations: int) -> Iterator[Records]:
    """Read pictures as the task space senses them, and deal them anew each time."""
    paths = sorted(path for path in root.rglob("*") if path.is_file())
    names = sorted({path.parent.name for path in paths})
    truth = np.array([names.index(path.parent.name) for path in paths], np.int64)
    features = sense("image", [MODALITY.open(path.read_bytes())[0] for path in paths], seed=1)
    for seed in range(simulations):
        order = np.random.default_rng([seed, 2]).permutation(len(paths))
        yield Records(features[order], truth[order])


if __name__ == "__main__":
    main()
