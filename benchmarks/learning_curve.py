"""How often a learning curve's intervals hold the truth, and whether what it says of rows needed is right.

    python -m benchmarks.learning_curve [--trials 200]

A linear task of two classes, some of whose labels are wrong, is learned by the model of `matchset baseline` from
nested choices of its rows; the truth is the mean error of 40 training sets drawn afresh, on 2,000 rows each. `now` is
the error at all rows, `x 4` that with four times as many, `rows` the interval of the rows for the error that twice
the rows truly have. "Sure" counts answers that are not undecided, "wrong" those of them that are not "more".
"""

import argparse
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tasks.diagnosis.baseline import fit_linear
from tasks.diagnosis.learning_curve import fit_curve, rows_needed
from tasks.diagnosis.mixture import Mixture
from tasks.diagnosis.taught_sizes import sum_up_trials, try_sizes
from tasks.task_space.targets import Targets, make_targets

FAR = 2_000
TRUTHS = 40
"""Training sets that a true error is the mean of."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Design:
    """A task: rows of train and dev, columns, the share of wrong labels, rows of an atom of dev."""

    rows: int
    dev: int
    width: int
    wrong: float
    atom: int = 1


DESIGNS = (
    Design(1_000, 300, 40, 0.0),
    Design(1_000, 300, 40, 0.1),
    Design(1_000, 2_000, 100, 0.1),
    Design(4_000, 500, 100, 0.05),
    Design(4_000, 2_000, 60, 0.15),
    Design(1_000, 1_000, 40, 0.1, atom=10),
)


class Task:
    """Rows of one task, drawn as often as asked."""

    def __init__(self, design: Design) -> None:
        self.design = design
        self.slope = np.random.default_rng([design.width, 3]).normal(size=design.width)

    def draw(self, rows: int, rng: np.random.Generator, atom: int = 1) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return features and labels; of an atom, features have a part in common and so do errors of labels."""
        whole = rng.normal(size=(rows // atom, self.design.width)).repeat(atom, axis=0)
        own = rng.normal(size=(len(whole), self.design.width))
        features = whole if atom == 1 else np.sqrt(0.3) * whole + np.sqrt(0.7) * own
        truth = features @ self.slope > 0
        flipped = rng.random(len(truth)) < self.design.wrong
        return features.astype(np.float32), np.where(flipped, ~truth, truth).astype(np.int64)

    def teach(self, features: NDArray[np.float32], labels: NDArray[np.int64]):
        """Return what is told how often each row is taught, and tells the losses on other rows."""
        targets = make_targets(np.append(labels, [0, 1]), np.append(np.ones(len(labels), bool), [False, False]))
        taught = Targets(targets.kind, targets.values[: len(labels)])
        source = np.zeros(len(labels), np.int64)

        def losses(counts: Floats, others: NDArray[np.float32], theirs: NDArray[np.int64]) -> Floats:
            (model,) = fit_linear(features, taught, source, counts, [Mixture(1.0, 0.0, 0.0)])
            judged = Targets(targets.kind, make_targets(theirs, np.ones(len(theirs), bool)).values)
            return judged.losses(model.predict(others))

        return losses

    def error(self, rows: int) -> float:
        """Return the mean error of models that were taught so many rows."""
        found = []
        for seed in range(TRUTHS):
            rng = np.random.default_rng([rows, seed, 4])
            features, labels = self.draw(rows, rng)
            found.append(float(self.teach(features, labels)(np.ones(rows), *self.draw(FAR, rng)).mean()))
        return float(np.mean(found))


def run(design: Design, trials: int) -> str:
    """Return a row of the table."""
    task = Task(design)
    truth = {times: task.error(times * design.rows) for times in (1, 2, 4)}
    held, wrong, sure, spans = np.zeros(3), 0, 0, []
    for seed in range(trials):
        rng = np.random.default_rng([seed, design.rows, design.dev, 5])
        features, labels = task.draw(design.rows, rng)
        dev, answers = task.draw(design.dev, rng, design.atom)
        losses = task.teach(features, labels)
        every = np.ones(design.rows, bool)
        found = try_sizes(
            lambda counts, losses=losses, dev=dev, answers=answers: losses(counts, dev, answers),
            np.arange(design.rows),
            np.zeros(design.rows, np.int64),
            every,
            every,
            np.arange(design.dev) // design.atom,
            seed=seed,
        )
        curve = fit_curve(sum_up_trials(found))
        now, ahead = curve.error_span(design.rows), curve.error_span(4 * design.rows)
        needed = rows_needed(curve, truth[2])
        held += [
            now.low <= truth[1] <= now.high,
            ahead.low <= truth[4] <= ahead.high,
            needed.rows.low <= 2 * design.rows <= needed.rows.high,
        ]
        sure += needed.state != "undecided"
        wrong += needed.state in ("reached", "not reachable")
        spans.append((ahead.high - ahead.low) / 2)
    shares = " | ".join(f"{100 * value / trials:.1f}" for value in held)
    atoms = f", atoms of {design.atom}" if design.atom > 1 else ""
    return (
        f"| {design.rows:,} rows, {design.width} columns, {design.wrong:.0%} wrong | {design.dev:,}{atoms} | "
        f"{100 * truth[1]:.1f}, {100 * truth[4]:.1f} | {shares} | {100 * np.median(spans):.1f} | "
        f"{100 * sure / trials:.0f} | {100 * wrong / trials:.1f} |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trials", type=int, default=200)
    given = parser.parse_args()
    print("| task | dev | error now, x 4 | now held % | x 4 held | rows held | half width of x 4 | sure | wrong |")
    print("|---|---|---|---|---|---|---|---|---|")
    for design in DESIGNS:
        print(run(design, given.trials), flush=True)
