"""A configuration file becomes the frozen model: YAML, overrides, paths, secrets, and errors a person can use."""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from tasks.config.dataset import DatasetConfig
from tasks.config.problems import problems
from tasks.config.synthesis import PolicyWord
from tasks.errors import ConfigError

_PLACEHOLDER = re.compile(r"(?P<escape>\$?)\$\{(?P<name>[A-Za-z_][A-Za-z0-9_]*)\}")


def load_config(path: Path, overrides: Sequence[str] = ()) -> DatasetConfig:
    """Read a configuration; its relative paths count from the folder that it lies in.

    Parameters
    ----------
    path : Path
        A YAML file.
    overrides : sequence of str
        `key=value` with a dotted key (`splits.dev.rows=300`, `inputs.0.path=other`); the value is read as YAML.

    Raises
    ------
    ConfigError
        When the file is missing, is not YAML, or does not fit; the message names the key, what was found, and the
        nearest known key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        remedy = "write one with: matchset init --modality image"
        raise ConfigError(f"{path}: there is no such configuration file; {remedy}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read as a text file ({error})") from error
    try:
        given = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(given, dict):
        raise ConfigError(f"{path}: expected `key: value` lines, found {type(given).__name__}")
    for override in overrides:
        _set(given, override)
    return parse_config(_with_paths(given, path.resolve().parent), str(path))


def parse_config(given: dict[str, Any], where: str) -> DatasetConfig:
    """Check a configuration that is already a mapping.

    Raises
    ------
    ConfigError
        With one line a problem, at most five.
    """
    try:
        return DatasetConfig.model_validate(given)
    except ValidationError as error:
        found = problems(error)
        more = [f"and {len(found) - 5} more"] if len(found) > 5 else []
        raise ConfigError("\n".join(f"{where}: {line}" for line in [*found[:5], *more])) from error


def with_secrets(config: DatasetConfig) -> DatasetConfig:
    """Replace each `${NAME}` by the environment's value: at the moment of use, so that nobody stores or prints it.

    `$${NAME}` stands for the text `${NAME}` itself. What the environment holds is taken as it is.

    Raises
    ------
    ConfigError
        When the environment lacks the name. Values are never part of a message.
    """

    def value(match: re.Match[str]) -> str:
        name = match["name"]
        if match["escape"]:
            return f"${{{name}}}"
        found = os.environ.get(name)
        if found is None:
            raise ConfigError(
                f"the configuration uses ${{{name}}}, but the environment has no {name}. Set it, or write $${{{name}}} "
                f"if that very text is meant."
            )
        return found

    def expanded(given: Any) -> Any:
        match given:
            case str():
                return _PLACEHOLDER.sub(value, given)
            case dict():
                return {key: expanded(entry) for key, entry in given.items()}
            case list():
                return [expanded(entry) for entry in given]
        return given

    given = config.model_dump(mode="json")
    filled = expanded(given)
    if filled == given:
        return config
    try:
        return DatasetConfig.model_validate(filled)
    except ValidationError:  # its words hold values, which nobody but the environment shall say
        used = sorted({f"${{{found['name']}}}" for found in _PLACEHOLDER.finditer(str(given)) if not found["escape"]})
        raise ConfigError(
            f"the configuration does not fit once {', '.join(used)} are filled in from the environment. Their values "
            f"are not shown; write them into a copy of the configuration and run: matchset check COPY"
        ) from None


def _set(given: dict[str, Any], override: str) -> None:
    key, equals, text = override.partition("=")
    if not equals or not key:
        raise ConfigError(f"--set {override}: expected key=value, such as splits.dev.rows=300")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ConfigError(f"--set {override}: the value is not valid YAML") from error
    here: Any = given
    *way, last = key.split(".")
    for part in way:
        here = _step(here, part, override, make=True)
    if isinstance(here, list):
        _step(here, last, override, make=False)
        here[int(last)] = value
    elif isinstance(here, dict):
        here[last] = value
    else:
        raise ConfigError(f"--set {override}: {'.'.join(way)} is a single value, it has no key {last!r}")


def _step(here: Any, part: str, override: str, *, make: bool) -> Any:
    if isinstance(here, list):
        if not part.isdecimal() or int(part) >= len(here):
            raise ConfigError(f"--set {override}: expected a position from 0 to {len(here) - 1}, found {part!r}")
        return here[int(part)]
    if isinstance(here, dict):
        if make and not isinstance(here.get(part), dict | list):
            here[part] = {}
        return here[part]
    raise ConfigError(f"--set {override}: nothing has a key {part!r} there")


def _with_paths(given: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Make the relative paths of a configuration absolute; values of the wrong type are left to the model."""

    def absolute(value: Any) -> Any:
        if isinstance(value, list):
            return [absolute(entry) for entry in value]
        if not isinstance(value, str) or "://" in value or value.startswith("${"):
            return value
        return str(folder / Path(value).expanduser())

    def at(section: Any, key: str) -> None:
        if isinstance(section, dict) and key in section:
            section[key] = absolute(section[key])

    def every(section: Any, key: str) -> list[Any]:
        entries = section.get(key) if isinstance(section, dict) else None
        return entries if isinstance(entries, list) else []

    at(given, "store")
    at(given, "work")
    for entry in every(given, "inputs"):
        at(entry, "path")
        at(entry.get("group") if isinstance(entry, dict) else None, "csv")
    for entry in every(given, "descriptors"):
        at(entry, "path")
    synthesis = given.get("synthesis")
    if isinstance(synthesis, dict):
        if synthesis.get("policy") not in get_args(PolicyWord):
            at(synthesis, "policy")
        for section in ("noise", "impulse_responses", "backgrounds"):
            for entry in every(synthesis, section):
                at(entry, "path")
    return given
