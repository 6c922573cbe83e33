"""Write the commented configuration that a newcomer starts from: one a modality."""

from importlib import resources
from pathlib import Path

from tasks.catalog.atomic import write_text
from tasks.errors import ConfigError

FILE = "matchset.yaml"


def template(modality: str) -> str:
    """Return the text of a modality's template."""
    file = resources.files("tasks.config") / "templates" / f"{modality}.yaml"
    return file.read_text(encoding="utf-8")


def write_template(folder: Path, modality: str) -> Path:
    """Write the template into a folder, which is made if it is missing.

    Raises
    ------
    ConfigError
        When a configuration is there already: it may be somebody's work.
    """
    path = folder / FILE
    if path.exists():
        raise ConfigError(f"{path} exists already; move it away, or name another folder: matchset init DIR")
    write_text(template(modality), path)
    return path
