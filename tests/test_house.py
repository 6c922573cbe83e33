"""The house itself: the packages are ours, importing nouns is cheap, docs and configs stay true."""

import subprocess
import sys
from pathlib import Path

import pytest

import expectations
import flows
import tasks

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.parametrize("package", [flows, tasks, expectations])
def test_the_packages_are_this_project(package) -> None:
    assert Path(package.__file__).parent.parent == ROOT


def test_help_loads_neither_prefect_nor_great_expectations() -> None:
    slow = "'prefect', 'great_expectations', 'pandas', 'cv2'"
    code = f"import sys, flows.commands; print(sorted(name for name in ({slow}) if name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"


def test_package_files_hold_a_docstring_and_nothing_else() -> None:
    import ast

    for file in ROOT.glob("*/**/__init__.py"):
        if ".venv" in file.parts:
            continue
        body = ast.parse(file.read_text(encoding="utf-8")).body
        assert len(body) == 1, file
        assert isinstance(body[0], ast.Expr), file


def test_no_file_of_the_project_names_a_place_to_download_from() -> None:
    for name in ("constraints.txt", "pyproject.toml"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text, name
