"""Compare how fast synthetic images are made with albumentations' Compose, in two processes each.

    python benchmarks/synthesis.py [--rounds 7] [--seconds 4]

Both sides get the same images in memory and the default policy's operations (benchmarks/bare.py has them as a Compose);
neither reads, decodes, encodes or writes. Rounds alternate, and a round's ratio compares neighbours, so that a busy
machine slows down both. Prints the Markdown table of benchmarks/README.md.
"""

import argparse
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from statistics import median

import cv2
import numpy as np
from bare import compose

from tasks.noise.image import apply, draw
from tasks.noise.policy import default_policy

PROCESSES = 2
BATCH = 256
JOBS = (("characters of 28 px", 28, False), ("photos of 224 px", 224, True))


def images(side_px: int, colour: bool, n: int) -> list[np.ndarray]:
    """Make images: strokes on black for characters, smooth patches with detail for photos."""
    rng = np.random.default_rng(side_px)
    made = []
    for _ in range(n):
        if colour:
            small = rng.integers(0, 256, (14, 14, 3), dtype=np.uint8)
            photo = cv2.resize(small, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
            made.append(cv2.add(photo, rng.integers(0, 20, photo.shape, dtype=np.uint8)))
        else:
            pixels = np.zeros((side_px, side_px), np.uint8)
            points = rng.integers(5, side_px - 5, (4, 2)).astype(np.int32)
            made.append(cv2.polylines(pixels, [points], isClosed=False, color=255, thickness=2, lineType=cv2.LINE_AA))
    return made


def ours(pictures: list[np.ndarray], number: int) -> None:
    draws = draw(default_policy("image"), [f"{number}-{i}" for i in range(len(pictures))], copies=1, seed=number)
    apply(pictures, draws)


def theirs(pictures: list[np.ndarray], number: int) -> None:
    augment = compose(min(pictures[0].shape[:2]), number)
    for pixels in pictures:
        augment(image=pixels)


def images_per_second(side: str, side_px: int, colour: bool, seconds: float) -> float:
    """Run one side in one process for some seconds, after a batch to warm up."""
    cv2.setNumThreads(1)
    make: Callable[[list[np.ndarray], int], None] = ours if side == "ours" else theirs
    pictures = images(side_px, colour, BATCH if side_px < 100 else BATCH // 8)
    make(pictures, 0)
    began, done, number = time.perf_counter(), 0, 1
    while (took := time.perf_counter() - began) < seconds:
        make(pictures, number)
        done, number = done + len(pictures), number + 1
    return done / took


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=7)
    arguments.add_argument("--seconds", type=float, default=4.0)
    given = arguments.parse_args()
    print("| images | Matchset, a second | Compose, a second | Matchset / Compose: median (each round) |")
    print("|---|---|---|---|")
    with ProcessPoolExecutor(PROCESSES) as pool:
        for name, side_px, colour in JOBS:
            rates: dict[str, list[float]] = {"ours": [], "theirs": []}
            for number in range(given.rounds):
                order = ("ours", "theirs") if number % 2 else ("theirs", "ours")
                for side in order:
                    jobs = [
                        pool.submit(images_per_second, side, side_px, colour, given.seconds) for _ in range(PROCESSES)
                    ]
                    rates[side].append(sum(job.result() for job in jobs))
            ratios = [a / b for a, b in zip(rates["ours"], rates["theirs"], strict=True)]
            each = ", ".join(f"{ratio:.1f}" for ratio in ratios)
            shown = (f"{median(rates[side]):,.0f}" for side in ("ours", "theirs"))
            print(f"| {name} | {' | '.join(shown)} | **{median(ratios):.1f}** ({each}) |", flush=True)


if __name__ == "__main__":
    main()
