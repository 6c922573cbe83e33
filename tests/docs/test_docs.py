"""The pages' commands, run as a reader would: block by block, in one folder, with what the page calls your data.

- `bash` and `console` blocks are run, but for lines that need a server or take long: those only have to exist.
- a `text` block right after one is what it prints; `...` stands for anything.
- a `text` block that begins with store/ lists files, which are in the store of a build.
- a `yaml` block whose first line names a file replaces that file's sections; any other is a whole configuration.
- `python` blocks are run.
"""

import doctest
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from makers import image_set

from tasks.config.load import load_config, parse_config

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$(?=(\s*^```text$)?)", re.MULTILINE | re.DOTALL)
NOT_RUN = re.compile(r"^(make|prefect) | --serve\b")
LIMIT_S = 300

pytestmark = [pytest.mark.prefect, pytest.mark.gx]


@dataclass
class Reader:
    """Somebody who follows a page in a folder of their own."""

    home: Path
    environment: dict[str, str]

    def run(self, script: str) -> str:
        """Run lines of a block and return what they print; the first that fails ends it."""
        command = ["bash", "-euo", "pipefail", "-c", script]
        done = subprocess.run(
            command, cwd=self.home, env=self.environment, stdout=-1, stderr=-2, text=True, timeout=LIMIT_S, check=False
        )
        assert done.returncode == 0, f"{script}\nexited {done.returncode} after printing\n{done.stdout}"
        return done.stdout

    def shell(self, block: str) -> str:
        """Run a block's lines, but for those that only have to exist."""
        lines = [line for line in block.splitlines() if line.strip()]
        for line in lines:
            if NOT_RUN.search(line):
                self.exists(line.split("#")[0].split())
        return self.run("\n".join(line for line in lines if not NOT_RUN.search(line)))

    def exists(self, words: list[str]) -> None:
        """Check that a command is there: a target of the Makefile, or options that its help accepts."""
        if words[0] == "make":
            makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{words[1]}: \$\(READY\)$", makefile, re.MULTILINE), words
        elif words[0] == "prefect":
            self.run(" ".join([sys.executable, "-m", *words, "--help"]))
        else:
            self.run(" ".join([*words, "--help"]))

    def finds(self, names: set[str]) -> None:
        """Check that the store holds files of these names."""
        held = {file.name for file in (self.home / "matchset-demo/digits/store").rglob("*")}
        assert len(names) > 10
        assert not names - held

    def configure(self, block: str) -> None:
        """Put a block's sections into the file that it names."""
        named = re.match(r"# (\S+\.yaml)\n", block)
        if named is None:
            parse_config(yaml.safe_load(block), "the page's example")
            return
        path = self.home / named[1]
        sections = yaml.safe_load(path.read_text(encoding="utf-8")) | yaml.safe_load(block)
        path.write_text(yaml.safe_dump(sections), encoding="utf-8")
        load_config(path)


@pytest.fixture
def reader(own_data: Path, prefect_server: None) -> Reader:
    """A reader who has a Prefect server running, which saves each build the start of one."""
    from prefect.settings import PREFECT_API_URL

    (own_data / ".venv").symlink_to(sys.prefix)
    strangers = ("PREFECT_", "MATCHSET_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strangers)}
    own = {
        "PATH": f"{own_data}/.venv/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "PREFECT_API_URL": str(PREFECT_API_URL.value()),
        "PREFECT_HOME": str(own_data / "prefect"),
        "HF_HOME": str(own_data / "cache"),
        "HF_HUB_OFFLINE": "1",
    }
    return Reader(own_data, kept | own)


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_reader_can_follow_the_page(page: Path, reader: Reader) -> None:
    text = page.read_text(encoding="utf-8")
    if "matchset-demo/digits" in text:  # what `make demo` leaves, in small
        image_set(reader.home / "matchset-demo/digits")
        reader.run("matchset build matchset-demo/digits/matchset.yaml")
    printed = ""
    expected = False
    for kind, block, followed in BLOCK.findall(text):
        match kind:
            case "bash" | "console":
                printed = reader.shell(block)
            case "text" if block.startswith("store/"):
                reader.finds(set(re.findall(r"[\w-]+\.(?:parquet|json|yaml|md|html)|CURRENT", block)))
            case "text" if expected:
                flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
                assert doctest.OutputChecker().check_output(block, printed, flags), f"{block}\nbut printed\n{printed}"
            case "yaml":
                reader.configure(block)
            case "python":
                reader.run(f"python - <<'EOF'\n{block}EOF\n")
        expected = bool(followed) and kind in ("bash", "console")


def test_every_block_says_what_it_is() -> None:
    for page in PAGES:
        fences = re.findall(r"^```(\w*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(fences[0::2]) <= {"bash", "console", "text", "yaml", "python"}, page.name
        assert set(fences[1::2]) <= {""}, page.name
