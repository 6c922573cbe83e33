"""Compare any two samples: tables, folders of files, or splits of a store, as a page and as a table.

It runs without Prefect and without a store, see `tasks.compare`; what it measures is what builds measure.
"""

import logging
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from tqdm import tqdm

from flows.comparable import Options, refuse_kinds, refuse_unfit, refuse_unknown
from flows.sides import Place, find_place
from tasks.compare import describe_files
from tasks.descriptors.tabular import describe_rows
from tasks.errors import ConfigError
from tasks.report.comparison import write_comparison
from tasks.report.comparison_files import insist_on_writable, write_numbers
from tasks.report.comparison_looks import look_at
from tasks.report.comparison_told import tell
from tasks.sides.compared import Compared, compare_sides
from tasks.sides.folders import join_files, parts_of, source_of
from tasks.sides.looks import choose_looks
from tasks.sides.side import Side
from tasks.sides.splits import read_split
from tasks.sides.tables import Wish, read_tables
from tasks.sources.files import read_from_folder
from tasks.workers import prepare_workers

LOG = logging.getLogger("matchset")
QUIET_S = 15.0
"""Without a terminal: at most one line in so many seconds."""


def compare_places(a: str, b: str, options: Options) -> Compared:
    """Read two places and compare them.

    Parameters
    ----------
    a, b : str
        See `flows.sides.find_place`.
    options : Options

    Raises
    ------
    ConfigError
        When a place does not exist, an option does not fit it, or the two are of different kinds.
    InputError
        When a place cannot be read or holds nothing.
    """
    if not 0 < options.margin < 1:
        raise ConfigError(f"--margin: a number between 0 and 1 wanted, found {options.margin:g}")
    places = [find_place(name, side=side) for name, side in ((a, "A"), (b, "B"))]
    if any(place.is_files for place in places):
        prepare_workers()
    refuse_unfit(places, options)
    rng = np.random.default_rng(options.seed)
    sides = [_read(place, side, options).chosen(options.limit, rng) for place, side in zip(places, "AB", strict=True)]
    refuse_kinds(places, [side.kind for side in sides])
    refuse_unknown(sides, options.wish.ignore)
    return compare_sides(*_on_one_scale(places, sides), margin=options.margin, seed=options.seed)


def run_compare(a: str, b: str, options: Options, *, report: Path, out: Path | None) -> tuple[str, str]:
    """Compare, write the page and the table, and return the answer and what to tell the user.

    Parameters
    ----------
    a, b : str
    options : Options
    report : Path
        The folder for the page.
    out : Path, optional
        The file for the table.

    Returns
    -------
    str
        "different", "equivalent" or "undecided".
    str
        Lines for the terminal.
    """
    began = time.monotonic()
    insist_on_writable(report, out)
    compared = compare_places(a, b, options)
    looks = look_at(compared, choose_looks(compared), _files(a, b))
    places = {"report": write_comparison(compared, report, looks)}
    if out is not None:
        places["table"] = write_numbers(compared, out)
    return compared.answer.state, f"{tell(compared, places)}\n{time.monotonic() - began:.0f} s"


def _files(a: str, b: str) -> dict[str, Callable[[str], bytes]]:
    """Return what reads the files of the sides that are folders of files."""
    found: dict[str, Callable[[str], bytes]] = {}
    for letter, name in (("A", a), ("B", b)):
        place = find_place(name, side=letter)
        if place.is_files:
            source = source_of(place.path, place.kind, side=letter, group=None)
            found[letter] = partial(read_from_folder, source)
    return found


def wish(atoms: str | None, label: str | None, ignore: Iterable[str]) -> Wish:
    """Read what the options say of columns; those to ignore are separated by commas."""
    names = [name.strip() for given in ignore for name in given.split(",")]
    return Wish(atoms, label, tuple(dict.fromkeys(name for name in names if name)))


def _read(place: Place, side: str, options: Options) -> Side:
    ignore = options.wish.ignore
    if place.store is not None:
        return read_split(place.name, place.store, place.version, place.split, ignore=ignore)
    if place.is_table:
        paths = parts_of(place.path) if place.kind == "parts" else [place.path]
        return read_tables(place.name, paths, options.wish, side=side)
    source = source_of(place.path, place.kind, side=side, group=options.group)
    with tempfile.TemporaryDirectory(prefix="matchset-compare-") as scratch:
        shards = describe_files(source, place.kind, Path(scratch), workers=options.workers)
        return join_files(
            place.name, place.kind, list(_told(side, shards)), grouped=options.group is not None, ignore=ignore
        )


def _told(side: str, shards: Iterable[Path]) -> Iterator[Path]:
    if sys.stderr.isatty():
        yield from tqdm(shards, desc=f"{'describe ' + side:>12}", unit=" shards", leave=True)
        return
    began = told = time.monotonic()
    done = 0
    for done, folder in enumerate(shards, start=1):
        yield folder
        if time.monotonic() - told > QUIET_S:
            told = time.monotonic()
            LOG.info("describe %s: %d shards", side, done)
    LOG.info("describe %s: %d shards, %.1f s", side, done, time.monotonic() - began)


def _on_one_scale(places: list[Place], sides: list[Side]) -> tuple[Side, Side]:
    """Describe a table's columns as a build does, where the other side is what a build described."""
    made = []
    for place, side in zip(places, sides, strict=True):
        if place.is_table and any(other.store is not None for other in places):
            table = describe_rows(side.table)
            side = replace(side, table=table.rename_columns(side.table.column_names))
        made.append(side)
    return made[0], made[1]
