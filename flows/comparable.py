"""What may be compared, and how: sides or options that do not go together are refused before anything is read."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import TypeAdapter, ValidationError

from flows.sides import Place
from tasks.config.section import did_you_mean, pattern_with
from tasks.errors import ConfigError
from tasks.sides.side import Side
from tasks.sides.tables import Wish

EXAMPLE = "(?P<group>w\\d+)_"


@dataclass(frozen=True)
class Options:
    """How to compare.

    Attributes
    ----------
    wish : Wish
        What columns of tables are for, and what is ignored.
    group : str, optional
        A regular expression with `(?P<group>...)` on the paths of files.
    margin : float
    seed : int
    limit : int, optional
        Rows a side that are compared at most.
    workers : int, optional
        Processes that describe files.
    """

    wish: Wish
    group: str | None = None
    margin: float = 0.10
    seed: int = 1
    limit: int | None = None
    workers: int | None = None


def refuse_unfit(places: list[Place], options: Options) -> None:
    """Refuse options that do not fit what is compared, and files beside tables.

    Raises
    ------
    ConfigError
    """
    tables = any(place.is_table for place in places)
    files = any(place.is_files for place in places)
    if (tables and files) or len({place.kind for place in places if place.is_files}) > 1:
        refuse_kinds(places, ["tabular" if place.is_table else place.kind for place in places])
    for option, value in (("--atoms", options.wish.atoms), ("--label", options.wish.label)):
        if value is not None and not tables:
            other = "--group for files" if option == "--atoms" else "files have the label of their folder"
            raise ConfigError(f"{option}: it names a column of a table, but neither side is one ({other})")
    if options.group is None:
        return
    if not files:
        raise ConfigError(
            "--group: it is searched in the paths of files, but neither side is a folder of files; of a table name the "
            "column: --atoms COLUMN"
        )
    try:
        TypeAdapter(Annotated[str, pattern_with("group", EXAMPLE)]).validate_python(options.group)
    except ValidationError as error:
        raise ConfigError(f"--group: {error.errors()[0]['ctx']['error']}") from None


def refuse_kinds(places: list[Place], kinds: list[str]) -> None:
    """Refuse sides of different kinds.

    Raises
    ------
    ConfigError
    """
    words = {"image": "images", "audio": "sounds", "tabular": "rows of a table"}
    if len(set(kinds)) > 1:
        said = [
            f"{side}, {place.name}, holds {words[kind]}" for side, place, kind in zip("AB", places, kinds, strict=True)
        ]
        raise ConfigError(f"{said[0]}, but {said[1]}: they have nothing in common that could be compared.")


def refuse_unknown(sides: list[Side], ignore: tuple[str, ...]) -> None:
    """Refuse to ignore a column that neither side has.

    Raises
    ------
    ConfigError
    """
    known = list(dict.fromkeys(name for side in sides for name in (*side.table.column_names, *side.left_out)))
    left = {name for side in sides for name in side.left_out}
    for name in ignore:
        if name not in left:
            raise ConfigError(f"--ignore: neither side has a column {name!r}{did_you_mean(name, known)}")
