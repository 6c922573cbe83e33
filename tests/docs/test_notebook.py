"""The example notebook runs from top to bottom and says what it is there to say."""

import json
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parent.parent.parent / "docs/diagnosis.ipynb"


def test_the_notebook_runs(capsys: pytest.CaptureFixture[str]) -> None:
    book = json.loads(PAGE.read_text(encoding="utf-8"))
    assert all(cell["outputs"] == [] for cell in book["cells"] if cell["cell_type"] == "code")
    names: dict[str, object] = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    told = capsys.readouterr().out
    assert told.count("Work on data mismatch") == 2
    assert told.splitlines()[-1] == "Take large: best by f1, surely. 1 missed a threshold."
