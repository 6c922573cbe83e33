"""What the pages say exists: commands, options, settings, exit codes, links."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from flows.cli import STOPPED
from flows.commands import app
from tasks.config.dataset import DatasetConfig
from tasks.errors import ConfigError, MatchsetError, RejectedError

ROOT = Path(__file__).resolve().parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(get_command(app).commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_is_in_the_readme(command: str) -> None:
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert f"Example: matchset {command}" in shown.output
    assert f"| `matchset {command}" in README


def test_the_pages_name_no_command_that_is_not_there() -> None:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"(?:^|[`/])matchset (\w+)", text, re.MULTILINE))
        assert named <= set(COMMANDS), page.name


def test_the_readmes_options_are_there() -> None:
    for command, row in re.findall(r"^\| `matchset (\w+)(.*)$", README, re.MULTILINE):
        offered = {option for parameter in get_command(app).commands[command].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z][a-z-]*", row)) <= offered, command


def test_every_setting_is_in_the_reference() -> None:
    reference = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    assert not [key for key in _settings() if f"`{key}`" not in reference and f"{key}:" not in reference]


def _settings() -> Iterator[str]:
    schema = DatasetConfig.model_json_schema()
    for section in (schema, *schema["$defs"].values()):
        yield from section.get("properties", {})


def test_the_exit_codes_are_those_of_the_errors() -> None:
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}
    assert listed == {0, MatchsetError.exit_code, ConfigError.exit_code, RejectedError.exit_code, STOPPED}


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if "://" not in link and not (page.parent / link).exists()]
