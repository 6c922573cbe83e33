"""Ctrl-C before a command has begun: no traceback, and the exit code of an interrupted program."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INTERRUPTED_AT = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
sys.argv = ["matchset", "check", "missing.yaml"]
from flows.cli import main
main()
"""


@pytest.mark.parametrize("module", ["flows.commands", "typer", "logging", "tasks.errors"])
def test_ctrl_c_while_the_command_line_loads_leaves_without_a_traceback(module) -> None:
    code = INTERRUPTED_AT.format(module=module)
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert done.stderr == "matchset: stopped. Nothing had begun.\n"


def test_ctrl_c_while_a_command_loads_what_it_needs_is_told_by_the_command() -> None:
    code = INTERRUPTED_AT.format(module="flows.plan")
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert "stopped. Nothing was published" in done.stderr


def test_the_console_script_loads_nothing_before_it_waits_for_ctrl_c() -> None:
    code = "import sys; before = set(sys.modules); import flows.cli; print(sorted(set(sys.modules) - before))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(found.stdout))
    assert {name for name in loaded if name.startswith(("flows", "tasks"))} == {"flows", "flows.cli"}
    assert not loaded & {"typer", "logging", "pathlib", "typing", "pydantic"}
