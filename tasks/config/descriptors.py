"""Descriptors that a user brings along: embeddings from a table, or from a function of their own."""

import re
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, Field, field_validator

from tasks.config.section import Section


def _fits_a_column(name: str) -> str:
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_]{0,31}", name):
        raise ValueError("expected letters, digits and '_', at most 32, the first a letter: it names a column")
    return name


def _names_a_function(function: str) -> str:
    if not re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*", function):
        raise ValueError("expected module:function, such as mypackage.mymodel:embed")
    return function


EmbeddingName = Annotated[str, AfterValidator(_fits_a_column)]


class EmbeddingTable(Section):
    """Vectors that somebody computed before: a row a record."""

    name: EmbeddingName
    """What the embedding is called in measurements, checks and report."""
    kind: Literal["table"]
    path: str | Annotated[tuple[str, ...], Field(min_length=1)]
    """A CSV or Parquet file, or several; a relative path counts from the configuration file."""
    id: str = "record_id"
    """The column that names the record: `<input>/<path>` or `<input>/<id>`, or without
    `<input>/` where that is clear."""
    columns: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """The columns that hold the vector, or the one that holds it as a list; by default all but `id`."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files, in the order in which they are read."""
        return (self.path,) if isinstance(self.path, str) else self.path

    @field_validator("columns")
    @classmethod
    def _are_named_once(cls, columns: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if columns is not None and (twice := sorted({name for name in columns if columns.count(name) > 1})):
            raise ValueError(f"{twice[0]!r} is named twice; name each column once")
        return columns


class EmbeddingCallable(Section):
    """A Python function that is handed decoded records and returns a vector for each."""

    name: EmbeddingName
    """What the embedding is called in measurements, checks and report."""
    kind: Literal["callable"]
    function: Annotated[str, AfterValidator(_names_a_function)]
    """`module:function`, such as `mypackage.mymodel:embed`."""
    path: str | None = None
    """The folder that the module lies in; without it, the installed environment. A relative path counts from the
    configuration file."""
    version: Annotated[str, Field(coerce_numbers_to_str=True)] = ""
    """Change it when the function gives other vectors although its file is the same: other weights, another package."""

    @property
    def module(self) -> str:
        """The module's dotted name."""
        return self.function.partition(":")[0]

    @property
    def attribute(self) -> str:
        """The function's name in its module."""
        return self.function.partition(":")[2]


Embedding: TypeAlias = Annotated[EmbeddingTable | EmbeddingCallable, Field(discriminator="kind")]
