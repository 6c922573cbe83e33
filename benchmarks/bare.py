"""The bare script: decode, augment, encode, write, in two processes; no catalog, no checks, no report.

What somebody would write in an hour with albumentations: the limit that a build is compared with.
Usage: python bare.py SOURCE TARGET OUT --copies N [--processes 2]
"""

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

os.environ.setdefault("NO_ALBUMENTATIONS_UPDATE", "1")

import albumentations as A  # noqa: N812 - as everybody does
import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SHARD_ROWS = 2048
PNG_OPTIONS = (cv2.IMWRITE_PNG_COMPRESSION, 1, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
"""The same as the build's, so that no codec setting decides the comparison."""


def compose(side_px: int, seed: int) -> A.Compose:
    """Return the default policy's operations as albumentations has them: same probabilities, like strengths.

    The five geometric operations are two here, as one would write it: an affine warp with nine records in ten, and a
    perspective.
    """
    blur_px = max(3, int(0.08 * side_px) // 2 * 2 + 1)
    return A.Compose(
        [
            A.Affine(
                scale=(0.85, 1.18), rotate=(-12, 12), shear={"x": (-10, 10)}, translate_percent=(-0.07, 0.07), p=0.9
            ),
            A.Perspective((0.02, 0.08), p=0.3),
            A.Morphological(scale=(2, 3), p=0.2),
            A.Defocus((1, max(1, int(0.03 * side_px))), p=0.2),
            A.GaussianBlur(sigma_limit=(0.1, max(0.2, 0.02 * side_px)), p=0.2),
            A.MotionBlur((3, blur_px), p=0.1),
            A.Downscale((0.4, 0.99), p=0.2),
            A.Illumination(p=0.1),
            A.RandomBrightnessContrast((-0.1, 0.1), (0, 0), p=0.3),
            A.PlanckianJitter(p=0.3) if side_px > SMALL_PX else A.NoOp(p=0.3),  # of grey images it wants nothing
            A.ColorJitter(brightness=0, contrast=0, saturation=(0.6, 1.4), hue=0, p=0.2),
            A.ShotNoise((0.001, 0.06), p=0.2),
            A.GaussNoise((0.0, 0.05), p=0.2),
            A.RandomGamma((70, 140), p=0.3),
            A.RandomBrightnessContrast((0, 0), (-0.3, 0.3), p=0.3),
            A.RandomBrightnessContrast((-0.1, 0.1), (0, 0), p=0.2),
            A.ImageCompression(quality_range=(40, 95), p=0.2),
        ],
        seed=seed,
    )


SMALL_PX = 100


def write_shard(paths: list[str], copied: int, out: Path, number: int) -> int:
    """Write one shard: the bytes of each file, and of a synthetic copy of the first `copied` of them."""
    cv2.setNumThreads(1)
    originals = [Path(path).read_bytes() for path in paths]
    made = []
    augment = None
    for data in originals[:copied]:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
        colour = pixels.ndim == 3
        pixels = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB) if colour else pixels
        augment = augment or compose(min(pixels.shape[:2]), number)
        noisy = augment(image=pixels)["image"]
        noisy = cv2.cvtColor(noisy, cv2.COLOR_RGB2BGR) if colour else noisy
        made.append(cv2.imencode(".png", noisy, PNG_OPTIONS)[1].tobytes())
    labels = [Path(path).parent.name for path in paths]
    for name, images, named in (("real", originals, labels), ("synthetic", made, labels[:copied])):
        if images:
            table = pa.table({"image": images, "label": named})
            pq.write_table(table, out / f"{name}-{number:05d}.parquet", compression="zstd")
    return len(made)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--copies", type=int, required=True, help="synthetic copies in all, of the first source files")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    given.out.mkdir(parents=True)
    files = sorted(str(path) for path in given.source.rglob("*.*")) + sorted(str(p) for p in given.target.rglob("*.*"))
    # Small data sets are cut in two as well: both processes shall have work.
    rows = min(SHARD_ROWS, -(-len(files) // given.processes))
    shards = range(0, len(files), rows)
    with ProcessPoolExecutor(given.processes) as pool:
        jobs = [
            pool.submit(write_shard, files[at : at + rows], max(0, min(rows, given.copies - at)), given.out, number)
            for number, at in enumerate(shards)
        ]
        print(sum(job.result() for job in jobs))


if __name__ == "__main__":
    main()
