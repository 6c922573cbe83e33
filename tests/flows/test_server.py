"""A real server, worker and schedule: what `prefect.yaml` promises to a team."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from makers import image_set

ROOT = Path(__file__).resolve().parent.parent.parent
DEPLOYMENT = "build-dataset/nightly"
TAIL_LINES = 40

pytestmark = pytest.mark.prefect


@dataclass
class Server:
    """A Prefect server of its own, and whoever talks to it."""

    home: Path
    port: int

    @property
    def api(self) -> str:
        return f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> dict[str, str]:
        strangers = ("PREFECT_", "MATCHSET_")
        own = {name: value for name, value in os.environ.items() if not name.startswith(strangers)}
        return own | {
            "PREFECT_HOME": str(self.home / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PYTHONPATH": str(ROOT),
            "PREFECT_CLI_COLORS": "false",
            "COLUMNS": "200",
        }

    def logs(self) -> str:
        """What the long-running processes said last."""
        files = sorted(self.home.glob("*.log"))
        tails = [(file.name, file.read_text(encoding="utf-8").splitlines()[-TAIL_LINES:]) for file in files]
        return "\n".join(line for name, lines in tails for line in [f"--- end of {name}", *lines])

    def prefect(self, *words: str, expected: int = 0) -> str:
        """Run a command from the project's folder, as a person would, and return what it printed."""
        command = [sys.executable, "-m", "prefect", *words]
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=180, check=False
            )
        except subprocess.TimeoutExpired as late:
            pytest.fail(f"prefect {' '.join(words)} did not end: {late.stdout!r}\n{self.logs()}")
        if done.returncode != expected:
            said = f"{done.stdout}\n{done.stderr}"
            pytest.fail(f"prefect {' '.join(words)} exited {done.returncode}, not {expected}:\n{said}\n{self.logs()}")
        return done.stdout

    def ask(self, path: str, **body: Any) -> Any:
        """Send a query to the server's API."""
        data = json.dumps(body).encode()
        request = urllib.request.Request(f"{self.api}/{path}", data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def run(self, name: str, config: Path, *, expected: int = 0) -> dict[str, Any]:
        """Trigger a run by the command line, wait for its end, and return what the server knows of it."""
        words = ["deployment", "run", DEPLOYMENT, "--flow-run-name", name, "--param", f"config={config}"]
        self.prefect(*words, "--watch", "--watch-timeout", "150", expected=expected)
        (run,) = self.ask("flow_runs/filter", flow_runs={"name": {"any_": [name]}})
        return run

    def artifacts(self, run: dict[str, Any]) -> dict[str, dict[str, Any]]:
        found = self.ask("artifacts/filter", artifacts={"flow_run_id": {"any_": [run["id"]]}})
        return {artifact["key"]: artifact for artifact in found if artifact["key"]}

    def said(self, run: dict[str, Any]) -> list[str]:
        """The run's log, as its page shows it."""
        return [line["message"] for line in self.ask("logs/filter", logs={"flow_run_id": {"any_": [run["id"]]}})]

    def wait_for(self, what: str, seconds: float, ready: Any) -> Any:
        """Ask until the answer is not empty."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := ready():
                return found
            time.sleep(0.5)
        pytest.fail(f"{what}: not within {seconds:.0f} s\n{self.logs()}")

    def healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.api}/health", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    @contextmanager
    def running(self, name: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """Keep a command running; it and all its descendants are gone when the block ends."""
        with (self.home / f"{name}.log").open("wb") as log:
            command = [sys.executable, "-m", "prefect", *words]
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
            try:
                yield process
            finally:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    # A worker's runs are sessions of their own, so they are found by descent and not by their process group.
    family = [process.pid, *_descendants(process.pid)]
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(15)
    for pid in family[1:]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _descendants(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    children: dict[int, list[int]] = {}
    for line in listed.splitlines():
        child, parent = (int(word) for word in line.split())
        children.setdefault(parent, []).append(child)
    found = [pid]
    for parent in found:
        found += children.get(parent, [])
    return found[1:]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with the project's deployments and a worker, as README sets them up."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(tmp_path_factory.mktemp("server"), port)
    with server.running("server", "server", "start", "--host", "127.0.0.1", "--port", str(port)) as process:
        server.wait_for("the server's start", 120, lambda: server.healthy() or process.poll() is not None)
        assert process.poll() is None, server.logs()
        server.prefect("work-pool", "create", "local", "--type", "process")
        server.prefect("--no-prompt", "deploy", "--all")
        with server.running("worker", "worker", "start", "--pool", "local"):
            yield server


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


def test_a_triggered_run_publishes_and_leaves_its_verdict(server: Server, data: Path) -> None:
    config = image_set(data / "good")
    run = server.run("triggered", config)
    assert run["state"]["type"] == "COMPLETED", f"{run['state']}\n{server.logs()}"
    assert (data / "good/store/CURRENT").read_text(encoding="utf-8") == "000001\n"
    artifacts = server.artifacts(run)
    assert set(artifacts) == {"verdict", "verdict-checks"}
    assert artifacts["verdict"]["data"].startswith("# Version 000001: valid")
    rows = json.loads(artifacts["verdict-checks"]["data"])
    judged = json.loads((data / "good/store/versions/000001/verdict.json").read_text(encoding="utf-8"))["checks"]
    assert sorted(row["question"] for row in rows) == sorted(check["question"] for check in judged)
    assert [row["status"] for row in rows] == sorted((row["status"] for row in rows), key="fail undecided pass".find)
    assert any(line.startswith("describe: 2 of 2 shards") for line in server.said(run))


def test_a_rejected_build_is_a_failed_run_that_names_the_check(server: Server, data: Path) -> None:
    config = image_set(data / "bad", validation={"fail_on": "critical"})
    for number in range(60):  # more than a fifth of what the input then holds
        (data / f"bad/target/0/empty-{number}.png").touch()
    run = server.run("rejected", config, expected=1)
    assert run["state"]["type"] == "FAILED", f"{run['state']}\n{server.logs()}"
    assert "RejectedError: nothing was published" in run["state"]["message"]
    assert "critical: Could at least 80% of input app be used?" in run["state"]["message"]
    assert "# Version 000001: invalid, not published" in server.artifacts(run)["verdict"]["data"]
    assert not (data / "bad/store/CURRENT").exists()


def test_the_schedule_gets_runs(server: Server) -> None:
    (declared,) = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    (schedule,) = declared["schedules"]
    minute, hour = (int(word) for word in schedule["cron"].split()[:2])
    runs = server.wait_for("scheduled runs", 90, lambda: _scheduled(server))
    for run in runs:
        due = datetime.fromisoformat(run["expected_start_time"]).astimezone(ZoneInfo(schedule["timezone"]))
        assert (due.hour, due.minute) == (hour, minute)
        assert run["parameters"] == declared["parameters"]
        assert run["auto_scheduled"]


def _scheduled(server: Server) -> list[dict[str, Any]]:
    state = {"type": {"any_": ["SCHEDULED"]}, "name": {"any_": ["Scheduled"]}}
    return server.ask("flow_runs/filter", flow_runs={"state": state})


def test_listings_work(server: Server) -> None:
    server.wait_for("scheduled runs", 90, lambda: _scheduled(server))
    assert DEPLOYMENT in server.prefect("deployment", "ls")
    assert "build-dataset" in server.prefect("flow-run", "ls")
