"""Kill builds with SIGKILL at random moments, run them again, and compare what they publish with an undisturbed run.

    python benchmarks/resume.py [--kills 10] [--seed 0]

Prints a Markdown table: when the build was killed, what it had done, whether the second run published the same bytes,
and how long the second run took as a share of an undisturbed one.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from makers import image_set  # noqa: E402 - the tests' makers make the data here too

from tasks.catalog.digest import digest_file  # noqa: E402


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--kills", type=int, default=10)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    moments = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as place:
        config = image_set(Path(place), source=6000, target=600)
        began = time.monotonic()
        finish(start(config, Path(place) / "undisturbed"))
        undisturbed = time.monotonic() - began
        expected = digests(Path(place) / "undisturbed")
        print(f"An undisturbed build of 6,600 images: {undisturbed:.1f} s, {len(expected)} published files.\n")
        print("| killed after (s) | tasks done by then | same bytes | second run (share of an undisturbed one) |")
        print("|---|---|---|---|")
        same = 0
        for number in range(given.kills):
            store = Path(place) / f"store-{number}"
            moment = moments.uniform(0.05, 1.0) * undisturbed
            process = start(config, store)
            time.sleep(moment)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            done = len(list(store.glob("work/*/*/done.json")))
            began = time.monotonic()
            finish(start(config, store))
            share = (time.monotonic() - began) / undisturbed
            equal = digests(store) == expected
            same += equal
            print(f"| {moment:.1f} | {done} | {'yes' if equal else 'NO'} | {share:.2f} |", flush=True)
        print(f"\n{same} of {given.kills} second runs published the bytes of the undisturbed run.")


def start(config: Path, store: Path) -> subprocess.Popen[bytes]:
    command = [
        sys.executable,
        "-c",
        "from flows.cli import main; main()",
        "build",
        str(config),
        "--set",
        f"store={store}",
    ]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def finish(process: subprocess.Popen[bytes]) -> None:
    if code := process.wait():
        raise SystemExit(f"the build ended with exit code {code}")


def digests(store: Path) -> dict[str, str]:
    version = store / "versions" / (store / "CURRENT").read_text().strip()
    files = sorted((version / "data").rglob("*.parquet"))
    return {file.relative_to(version).as_posix(): digest_file(file) for file in files}


if __name__ == "__main__":
    main()
