"""How often the ladder speaks, and how often it is right: simulated ladders of known truth.

    python -m benchmarks.ladder [--ladders 4000]

A ladder's four steps are drawn from an exponential law whose scale is itself drawn from 0.5, 2 and 6 points, so that
some ladders have one large step, some several alike, and some none. Every level is counted on as many rows. `ties` are
ladders whose two largest steps are equal: neither is right, and each is named in at most 5 %.
"""

import argparse

import numpy as np

from tasks.diagnosis.knobs import LINKS
from tasks.diagnosis.ladder import LEVELS, climb
from tasks.diagnosis.rates import Rate, combined

ROWS = (200, 500, 2000, 10_000)
SCALES = (0.005, 0.02, 0.06)


def climbed(truth: np.ndarray, n: int, rng: np.random.Generator):
    seen = rng.binomial(n, truth) / n
    rates = {name: Rate(float(error), n) for name, error in zip(LEVELS, seen, strict=True)}
    return climb({name: rates[name] for name in LEVELS[1:]}, humans={"people": rates["human"]}), rates


def run(ladders: int, n: int, rng: np.random.Generator) -> str:
    spoke = right = naive = held = tied = 0
    for _ in range(ladders):
        gaps = rng.exponential(1, 5) * rng.choice(SCALES, 5)
        truth = np.minimum(np.cumsum(gaps), 0.9)
        found, rates = climbed(truth, n, rng)
        largest = LINKS[int(np.argmax(np.diff(truth)))]
        spoke += found.next_link is not None
        right += found.next_link == largest
        naive += max(found.links, key=lambda link: link.gap).name == largest
        _, low, high = combined({"dev": 1.0, "train-dev": -1.0}, rates, 0.95)
        held += low <= truth[3] - truth[2] <= high
        equal, _ = climbed(np.array([0.02, 0.03, 0.08, 0.13, 0.13]), n, rng)
        tied += equal.next_link is not None
    return (
        f"| {n:,} | {spoke / ladders:.0%} | {right / max(1, spoke):.1%} | {naive / ladders:.0%} | "
        f"{held / ladders:.1%} | {tied / ladders:.1%} |"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--ladders", type=int, default=4000)
    ladders = parser.parse_args().ladders
    print("| rows a level | speaks | right where it speaks | largest-looking is right | covers | ties named |")
    print("|---|---|---|---|---|---|")
    for count in ROWS:
        print(run(ladders, count, np.random.default_rng(count)))
