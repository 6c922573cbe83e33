"""A table as a side: its columns, typed as builds type them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tasks.config.section import did_you_mean
from tasks.errors import ConfigError, InputError, some
from tasks.sides.side import Side
from tasks.sources.open_rows import open_rows
from tasks.sources.rows import Rows

BATCH_ROWS = 65_536

NESTED = "holds lists, structures or bytes, not single values"


@dataclass(frozen=True)
class Wish:
    """What the user says of a table's columns.

    Attributes
    ----------
    atoms : str, optional
        The column that says which rows belong together.
    label : str, optional
        The column of labels.
    ignore : tuple of str
        Columns that are not compared.
    """

    atoms: str | None = None
    label: str | None = None
    ignore: tuple[str, ...] = ()

    @property
    def apart(self) -> set[str]:
        """Columns that are no descriptors."""
        return {name for name in (self.atoms, self.label, *self.ignore) if name is not None}


def read_tables(name: str, paths: Sequence[str], wish: Wish, *, side: str) -> Side:
    """Read a table, in one file or in parts.

    Parameters
    ----------
    name : str
        What the user called it.
    paths : sequence of str
        CSV or Parquet files with the same columns, in their order.
    wish : Wish
        Columns in `ignore` need not be there.
    side : str
        "A" or "B", for messages.

    Returns
    -------
    Side

    Raises
    ------
    ConfigError
        When the column of atoms or of labels is not there.
    InputError
        When a file cannot be read, parts do not fit together, or there is no row.
    """
    opened = [open_rows(path, where=side) for path in paths]
    columns = list(dict.fromkeys(column for rows in opened for column in rows.columns))
    for option, wanted in (("--atoms", wish.atoms), ("--label", wish.label)):
        if wanted is not None and wanted not in columns:
            raise ConfigError(f"{option}: {side}, {name}, has no column {wanted!r}{did_you_mean(wanted, columns)}")
    refused: Counter[str] = Counter()
    examples: dict[str, str] = {}
    parts: list[pa.Table] = []
    places: list[pa.Array] = []
    left_out = dict.fromkeys([column for column in columns if column in wish.ignore], "left out by --ignore")
    for path, rows in zip(paths, opened, strict=True):
        wanted_here = [name for name in rows.columns if name not in wish.ignore or name in (wish.atoms, wish.label)]
        part, nested, places = _read(rows, wanted_here, refused, examples)
        parts.append(part)
        for column in nested:
            if column in (wish.atoms, wish.label):
                raise ConfigError(f"{side}: {path}: column {column!r} {NESTED}: name another one.")
            left_out[column] = NESTED
    table = _joined(parts, paths, side)
    if not table.num_rows:
        raise InputError(f"{side}: {name} has no rows that can be read{_told(refused)}: there is nothing to compare.")
    kept = [column for column in table.column_names if column not in wish.apart and column not in left_out]
    return Side(
        name,
        "tabular",
        table.select(kept),
        atoms=None if wish.atoms is None else table[wish.atoms],
        labels=None if wish.label is None else _labels(table[wish.label]),
        paths=pa.chunked_array(places, pa.int64()) if len(paths) == 1 else None,
        refused=dict(refused),
        examples=examples,
        left_out=left_out,
    )


def _read(
    rows: Rows, names: Sequence[str], refused: Counter[str], examples: dict[str, str]
) -> tuple[pa.Table, list[str], list[pa.Array]]:
    types = rows.types(names)
    known = {name: kind for name, kind in types.items() if kind is not None}
    parts, places = [], []
    for batch in rows.batches(list(known), BATCH_ROWS):
        places.append(batch.rows)
        parts.append(pa.table({name: rows.typed(batch.columns[name], kind) for name, kind in known.items()}))
        for bad in batch.bad:
            refused["has other fields than the header"] += 1
            examples.setdefault("has other fields than the header", bad.detail)
    schema = pa.schema(list(known.items()))
    table = pa.concat_tables(parts) if parts else schema.empty_table()
    return table, [name for name, kind in types.items() if kind is None], places


def _joined(parts: Sequence[pa.Table], paths: Sequence[str], side: str) -> pa.Table:
    if len(parts) == 1:
        return parts[0]
    held = {path: set(part.column_names) for path, part in zip(paths, parts, strict=True)}
    every = set().union(*held.values())
    for path, names in held.items():
        if lacking := sorted(every - names):
            raise InputError(
                f"{side}: the part {path} lacks columns that other parts have: {some(lacking)}. "
                f"Name a folder whose files are parts of one table."
            )
    try:
        return pa.concat_tables(parts, promote_options="permissive")
    except pa.ArrowException as error:
        raise InputError(
            f"{side}: the parts of the table do not fit together ({' '.join(str(error).split())}). "
            f"Write them with the same types."
        ) from error


def _labels(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Labels as text; whole numbers without a decimal point, on whichever side they were stored as what."""
    if pa.types.is_floating(column.type):
        values = pc.if_else(pc.is_finite(column), column, pa.scalar(None, column.type))
        if values.null_count == len(values) or pc.all(pc.equal(pc.floor(values), values)).as_py():
            column = values.cast(pa.int64(), safe=False)
    return column.cast(pa.string())


def _told(refused: Counter[str]) -> str:
    if not refused:
        return ""
    return " (" + ", ".join(f"{count:,} refused: {reason}" for reason, count in sorted(refused.items())) + ")"
