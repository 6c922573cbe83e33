"""Builds in processes of their own: runners, workers, signals, and kills at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from makers import image_set

from tasks.catalog.digest import digest_file
from tasks.catalog.store import open_store

pytestmark = [pytest.mark.prefect, pytest.mark.gx]
ROOT = Path(__file__).resolve().parents[2]


def start(path: Path, *options: str) -> subprocess.Popen[str]:
    """Start `matchset build` as a user does, in a process group of its own."""
    code = "from flows.cli import main; main()"
    command = [sys.executable, "-c", code, "build", str(path), *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def digests(store: Path) -> dict[str, str]:
    version = store / "versions" / (store / "CURRENT").read_text().strip()
    files = sorted((version / "data").rglob("*.parquet"))
    return {file.relative_to(version).as_posix(): digest_file(file) for file in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    """A data set of several shards, its build's bytes, and how long the build took."""
    path = image_set(tmp_path_factory.mktemp("bars"), source=2300, target=200)
    began = time.monotonic()
    code, output = finish(start(path, "--workers", "1"))
    assert code == 0, output
    return path, digests(path.parent / "store"), time.monotonic() - began


@pytest.mark.parametrize("options", [["--workers", "2"], ["--runner", "processes", "--workers", "2"]])
def test_neither_runner_nor_workers_change_a_byte(undisturbed, tmp_path, options) -> None:
    path, expected, _ = undisturbed
    code, output = finish(start(path, *options, "--set", f"store={tmp_path / 'store'}"))
    assert code == 0, output
    assert digests(tmp_path / "store") == expected


def test_killed_at_any_moment_the_next_run_publishes_the_same_bytes(undisturbed, tmp_path) -> None:
    path, expected, seconds = undisturbed
    moments = random.Random(5)
    store = f"store={tmp_path / 'store'}"
    for _ in range(2):
        process = start(path, "--set", store)
        time.sleep(moments.uniform(0.4, 0.9) * seconds)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)
        process.stdout.close()
        if (tmp_path / "store" / "CURRENT").exists():
            assert digests(tmp_path / "store") == expected
    code, output = finish(start(path, "--set", store))
    assert code == 0, output
    assert digests(tmp_path / "store") == expected
    assert not list((tmp_path / "store").rglob("*.tmp"))


def test_ctrl_c_says_how_to_go_on_and_leaves_no_half(undisturbed, tmp_path) -> None:
    path, _, _ = undisturbed
    process = start(path, "--set", f"store={tmp_path / 'store'}")
    while not process.stdout.readline().startswith("describe"):
        assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    code, output = finish(process)
    assert code == 130, output
    assert "Nothing was published; the same build goes on where it stopped" in output
    assert not (tmp_path / "store" / "CURRENT").exists()


def test_a_second_build_on_a_store_is_turned_away(undisturbed, tmp_path) -> None:
    path, _, _ = undisturbed
    with open_store(tmp_path / "store", "bars"):
        code, output = finish(start(path, "--set", f"store={tmp_path / 'store'}"))
    assert code == 1
    assert "another build is running" in output


def test_a_rejected_build_exits_3_and_names_the_check(tmp_path) -> None:
    path = image_set(tmp_path, validation={"fail_on": "critical"})
    for file in sorted((tmp_path / "target").rglob("*.png"))[:60]:
        file.write_bytes(b"not an image")
    code, output = finish(start(path))
    assert code == 3, output
    assert "nothing was published" in output
    assert "Could at least 80% of input app be used? No" in output
    assert "Traceback" not in output
