"""What each column of a table is for, as the configuration says."""

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.catalog.labels import LABEL, Labels
from tasks.catalog.schema import BESIDE_PAYLOAD
from tasks.config.inputs import Table
from tasks.config.section import did_you_mean
from tasks.errors import ConfigError, some


@dataclass(frozen=True)
class Columns:
    """The columns that are read, by their part."""

    id: str | None
    labels: tuple[str, ...]
    group: str | None
    file: str | None
    features: tuple[str, ...]
    """What describes a row, in the table's order; empty for a table of files."""

    @property
    def read(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        named = [name for name in (self.id, *self.labels, self.group, self.file) if name is not None]
        return tuple(dict.fromkeys([*named, *self.features]))


def plan_columns(source: Table, columns: Sequence[str], labels: Labels, *, tabular: bool) -> Columns:
    """Tell what each column is for.

    Parameters
    ----------
    source : Table
    columns : sequence of str
        The columns that the file has.
    labels : Labels
        Of the whole data set.
    tabular : bool
        Whether the rows themselves are the records; else each row points at a file.

    Returns
    -------
    Columns
        Features are all columns that are neither id, label nor group, and not ignored.

    Raises
    ------
    ConfigError
        When a column that is named is not there; when one is there that is a label in another input, but is not named
        here; when a feature has the name of a column that is published for every record; when no feature is left.
    """
    where = f"inputs.{source.name}"
    group = source.group.column if source.group else None
    parts = {"id": source.id, "group.column": group, "file": source.file}
    lists = {
        "label": source.label_columns,
        "ignore": source.ignore,
        "sensitive": source.sensitive,
        "domain_defining": source.domain_defining,
    }
    named = [(part, name) for part, name in parts.items() if name is not None]
    for part, name in [*named, *((part, name) for part, names in lists.items() for name in names)]:
        if name not in columns:
            raise ConfigError(
                f"{where}.{part}: {source.path} has no column {name!r}{did_you_mean(name, list(columns))}"
            )
    apart = {name for _, name in named} | {*source.label_columns, *source.ignore}
    features = tuple(name for name in columns if name not in apart)
    if forgotten := [name for name in features if name in labels.names]:
        raise ConfigError(
            f"{where}.label: {source.path} has the columns {some(forgotten)}, which are labels in another input. List "
            f"them here too; or in `ignore`, and they count as not annotated here."
        )
    if not tabular:
        return Columns(source.id, source.label_columns, group, source.file, ())
    if taken := [name for name in features if name in BESIDE_PAYLOAD or (labels.names and name.startswith(LABEL))]:
        raise ConfigError(
            f"{where}: {source.path}: the columns {some(taken)} have names that Matchset publishes for every record. "
            f"Rename them in the table, or list them in `ignore`."
        )
    if not features:
        raise ConfigError(
            f"{where}: {source.path} has no column left that describes a row, besides id, label, group and `ignore`. "
            f"Add columns, or take some out of `ignore`."
        )
    return Columns(source.id, source.label_columns, group, None, features)
