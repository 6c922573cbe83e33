"""Compare builds with a bare script that only decodes, augments, encodes and writes, on the same cores.

    python benchmarks/build.py [--rounds 3] [--only speed|memory|bytes] [--work DIR]

Every run is a process of its own, builds and bare script in turn; both start with nothing made. Work is what a run
takes beyond the same run on 40 images. Prints the Markdown tables of benchmarks/README.md.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
import yaml
from pictures import TARGET_LEAST, TARGET_ONE_IN, write_pictures

ROOT = Path(__file__).resolve().parent.parent
TINY = 40
JOBS = (("characters", 20_000), ("photos", 2_000))
SAMPLED_S = 0.05


@dataclass(frozen=True)
class Run:
    """What one process and its children took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", choices=("speed", "memory", "bytes"))
    arguments.add_argument("--work", type=Path, help="where data and stores go; a temporary folder by default")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        build(work, "characters", TINY)  # the first start makes Prefect's database
        if given.only in (None, "speed"):
            speed(work, given.rounds)
        if given.only in (None, "memory"):
            memory(work)
        if given.only in (None, "bytes"):
            same_bytes(work)


def speed(work: Path, rounds: int) -> None:
    print("| job | build: work, start-up (s) | bare: work, start-up (s) | work, build / bare: median (each) |")
    print("|---|---|---|---|")
    for kind, n in JOBS:
        runs: dict[str, list[Run]] = {"build": [], "build-tiny": [], "bare": [], "bare-tiny": []}
        for _ in range(rounds):
            runs["build"].append(build(work, kind, n))
            runs["bare"].append(bare(work, kind, n))
            runs["build-tiny"].append(build(work, kind, TINY))
            runs["bare-tiny"].append(bare(work, kind, TINY))
        start = {name: median(run.wall_s for run in runs[f"{name}-tiny"]) for name in ("build", "bare")}
        took = {name: [run.wall_s - start[name] for run in runs[name]] for name in ("build", "bare")}
        ratios = [one / other for one, other in zip(took["build"], took["bare"], strict=True)]
        each = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        cells = [f"{median(took[name]):.1f}, {start[name]:.1f}" for name in ("build", "bare")]
        print(f"| {n:,} {kind} | {cells[0]} | {cells[1]} | {median(ratios):.2f} ({each}) |", flush=True)


def memory(work: Path) -> None:
    print("\n| images | peak memory of all processes (MB) |\n|---|---|")
    for n in (5_000, 40_000):
        print(f"| {n:,} characters | {build(work, 'characters', n).peak_mb:,.0f} |", flush=True)


def same_bytes(work: Path) -> None:
    print("\n| runner | workers | digest of data/ |\n|---|---|---|")
    for runner in ("threads", "processes"):
        for workers in (1, 2):
            build(work, "characters", 5_000, "--runner", runner, "--workers", str(workers))
            print(f"| {runner} | {workers} | `{digest(work / 'store')[:16]}` |", flush=True)


def data(work: Path, kind: str, n: int) -> Path:
    folder = work / f"{kind}-{n}"
    if not (folder / "complete").exists():
        write_pictures(folder, kind, n)
        (folder / "complete").touch()
    return folder


def build(work: Path, kind: str, n: int, *options: str) -> Run:
    """Run the command line on n pictures, with one synthetic copy of each source picture in train, into a new store."""
    folder = data(work, kind, n)
    held = max(n // TARGET_ONE_IN, TARGET_LEAST) * 3 // 10
    config = {
        "name": kind,
        "seed": 7,
        "modality": "image",
        "store": str(work / "store"),
        "inputs": [
            {"name": name, "domain": domain, "kind": "image_folder", "path": str(folder / domain)}
            for name, domain in (("web", "source"), ("app", "target"))
        ],
        "splits": {"dev": {"rows": held}, "test": {"rows": held}},
        "synthesis": {"policy": "default"},
        "validation": {"fail_on": "never"},
    }
    path = work / "matchset.yaml"
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    shutil.rmtree(work / "store", ignore_errors=True)
    return timed([sys.executable, "-c", "from flows.cli import main; main()", "build", str(path), *options])


def bare(work: Path, kind: str, n: int) -> Run:
    """Run the bare script: as many synthetic records as the build makes."""
    folder, out = data(work, kind, n), work / "bare"
    shutil.rmtree(out, ignore_errors=True)
    copies = n - max(n // TARGET_ONE_IN, TARGET_LEAST)
    script = str(Path(__file__).parent / "bare.py")
    return timed(
        [sys.executable, script, str(folder / "source"), str(folder / "target"), str(out), "--copies", str(copies)]
    )


def timed(command: list[str]) -> Run:
    began, before = time.monotonic(), os.times()
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak: list[float] = [0.0]
    watcher = threading.Thread(target=_watch, args=(process, peak))
    watcher.start()
    _, errors = process.communicate()
    wall, after = time.monotonic() - began, os.times()
    watcher.join()
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}\n{errors[-2000:]}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return Run(wall, cpu, peak[0] / 2**20)


def _watch(process: subprocess.Popen[str], peak: list[float]) -> None:
    """Sample the memory of a process and all below it; what they share is counted once (the proportional set size)."""
    parent = psutil.Process(process.pid)
    while process.poll() is None:
        total = 0.0
        try:
            for one in (parent, *parent.children(recursive=True)):
                total += one.memory_full_info().pss
        except psutil.Error:
            continue
        peak[0] = max(peak[0], total)
        time.sleep(SAMPLED_S)


def digest(store: Path) -> str:
    """Return one digest over the names and contents of all published files of data/."""
    version = store / "versions" / (store / "CURRENT").read_text().strip()
    whole = hashlib.blake2b(digest_size=16)
    for file in sorted((version / "data").rglob("*.parquet")):
        whole.update(file.relative_to(version).as_posix().encode() + file.read_bytes())
    return whole.hexdigest()


if __name__ == "__main__":
    main()
