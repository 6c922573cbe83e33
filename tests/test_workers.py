"""Worker processes: they do the work elsewhere, and are never in the way of how a run ends."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tasks.errors import MatchsetError, Unreadable
from tasks.workers import alone_in_worker, in_worker, worker_processes

ROOT = Path(__file__).resolve().parents[1]


def test_without_workers_the_work_is_done_here() -> None:
    assert in_worker(os.getpid) == os.getpid()


def test_the_work_is_done_elsewhere_and_by_no_more_processes_than_asked_for() -> None:
    with worker_processes(2), ThreadPoolExecutor(6) as threads:
        places = set(threads.map(lambda _: in_worker(os.getpid), range(30)))
    assert os.getpid() not in places
    assert 1 <= len(places) <= 2
    assert in_worker(os.getpid) == os.getpid()


def test_workers_run_the_code_of_this_project_and_have_it_loaded() -> None:
    with worker_processes(1):
        loaded = in_worker(eval, "set(__import__('sys').modules)")
        place = in_worker(eval, "__import__('tasks.modalities.shards').__file__")
    assert {"tasks.modalities.shards", "tasks.modalities.image", "pandas"} <= loaded
    assert "prefect" not in loaded
    assert Path(place).parent == ROOT / "tasks"


def test_settings_and_results_travel() -> None:
    with worker_processes(1):
        assert in_worker(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]


def test_an_error_of_the_work_is_the_callers() -> None:
    with worker_processes(1):
        with pytest.raises(ZeroDivisionError):
            in_worker(divmod, 1, 0)
        with pytest.raises(Unreadable) as caught:
            in_worker(exec, "from tasks.errors import Unreadable; raise Unreadable('damaged', 'ends early')")
        assert caught.value.detail == "ends early"
        assert in_worker(divmod, 7, 2) == (3, 1)


def test_a_worker_that_is_killed_says_so() -> None:
    with worker_processes(1), pytest.raises(MatchsetError, match=r"killed during _exit.*--workers 1"):
        in_worker(os._exit, 9)


def test_idle_workers_leave_and_new_ones_come() -> None:
    with worker_processes(1):
        first = in_worker(os.getpid)
        gone = psutil.Process(first)
        gone.wait(30)
        assert in_worker(os.getpid) != first


def test_work_that_is_done_alone_waits_for_no_idle_worker_and_ends_none_that_is_busy() -> None:
    assert alone_in_worker(os.getpid) == os.getpid()
    with worker_processes(2):
        first = in_worker(os.getpid)
        assert alone_in_worker(os.getpid) != first
        with ThreadPoolExecutor(1) as thread:
            busy = thread.submit(in_worker, time.sleep, 1)
            time.sleep(0.5)
            alone_in_worker(os.getpid)
            assert busy.result() is None


def test_workers_end_with_a_process_that_is_killed() -> None:
    code = (
        "import os, time\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from tasks.workers import alone_in_worker, in_worker, worker_processes\n"
        "with worker_processes(1), ThreadPoolExecutor(1) as threads:\n"
        "    print(in_worker(os.getpid), flush=True)\n"
        "    in_worker(time.sleep, 600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    worker = psutil.Process(int(process.stdout.readline()))
    process.kill()
    process.communicate()
    worker.wait(30)


def test_an_interrupt_is_left_to_the_run() -> None:
    with worker_processes(1):
        worker = in_worker(os.getpid)
        with ThreadPoolExecutor(1) as threads:
            future = threads.submit(in_worker, time.sleep, 0.5)
            os.kill(worker, signal.SIGINT)
            assert future.result() is None
