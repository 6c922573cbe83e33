"""Where data comes from: one section an input."""

from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, model_validator

from tasks.config.section import Section, pattern_with

Domain: TypeAlias = Literal["source", "target"]
LabelKind: TypeAlias = Literal["class", "several", "number"]
"""What a label is: one of some classes, several yes-or-no labels, or a number to predict."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class GroupColumn(Section):
    """The group stands in a column of the table itself."""

    column: str


class GroupCsv(Section):
    """The group stands in a CSV file: one row a record."""

    csv: str
    """The CSV file; a relative path counts from the configuration file."""
    key: str = "path"
    """The column that names the record: its path (inside the input, or ending with it) or its id."""
    column: str
    """The column that holds the group."""


class NumberLabel(Section):
    """The label is a number to predict: a price, an age, a load."""

    number: str
    """The column that holds it."""


class _Input(Section):
    name: Name
    """Short name; it starts every record id, so it never changes."""
    domain: Domain
    """`source`: plentiful, for training only. `target`: what users will send."""
    path: str
    """A folder or file; a relative path counts from the configuration file."""
    labels: tuple[Annotated[str, Field(coerce_numbers_to_str=True)], ...] | None = None
    """The labels that may occur; a record with another label goes to the quarantine."""
    labelled: bool = True
    """`false` for a target input that nobody has labelled, beside a source that is: noise is fitted to it all the same.
    Files may then lie at any depth, and a table names no `label`."""

    @model_validator(mode="after")
    def _what_is_unlabelled_lists_no_labels(self) -> Self:
        if not self.labelled and self.labels is not None:
            raise ValueError("labels: they are listed, but `labelled: false` says that there are none; take one out")
        if not self.labelled and self.domain == "source":
            raise ValueError("labelled: only a target input may be without labels: it is the source that teaches")
        return self


class _Files(_Input):
    group: Annotated[str, pattern_with("group", "(?P<group>w\\d+)_")] | GroupCsv | None = None
    """What must not cross splits: a regular expression on the path with `(?P<group>...)`, or a CSV file."""

    @property
    def label_kind(self) -> LabelKind | None:
        """What its labels are: those of a folder are classes; None where nobody has labelled it."""
        return "class" if self.labelled else None


class ImageFolder(_Files):
    """Images as `<path>/<label>/<file>`."""

    kind: Literal["image_folder"]


class AudioFolder(_Files):
    """Sound files as `<path>/<label>/<file>`."""

    kind: Literal["audio_folder"]


class Table(_Input):
    """Rows of a CSV or Parquet file; with `file`, a column that points at image or audio files."""

    kind: Literal["table"]
    label: str | Annotated[tuple[str, ...], Field(min_length=1)] | NumberLabel | None = None
    """The column that holds the class; or a list of columns, each 1, 0 or empty for "nobody looked"; or `{number:
    price}`, the column that holds a value to predict. Without it no input has labels, or this one says `labelled:
    false`."""
    id: str | None = None
    """The column that identifies a row; without it a row is known by its position."""
    file: str | None = None
    """The column that holds the path of an image or audio file, relative to the table's folder."""
    group: GroupColumn | None = None
    """The column that holds the group: `{column: speaker}`."""
    ignore: tuple[str, ...] = ()
    """Columns that are not published and not compared."""
    sensitive: tuple[str, ...] = ()
    """Columns kept for fairness: published, never used to match or to make noise."""
    domain_defining: tuple[str, ...] = ()
    """Columns that define the domain, such as the income of a table cut by income."""

    @property
    def label_kind(self) -> LabelKind | None:
        """What its labels are: a record without any is then refused; None where records have no labels."""
        match self.label:
            case None:
                return None
            case str():
                return "class"
            case NumberLabel():
                return "number"
        return "several"

    @property
    def label_columns(self) -> tuple[str, ...]:
        """The columns that hold labels."""
        match self.label:
            case None:
                return ()
            case str():
                return (self.label,)
            case NumberLabel():
                return (self.label.number,)
        return self.label

    @model_validator(mode="after")
    def _labels_have_a_column(self) -> Self:
        if not self.labelled and self.label is not None:
            raise ValueError("label: a column is named, but `labelled: false` says that there is none; take one out")
        if self.labels is not None and self.label is None:
            raise ValueError("labels: they are listed, but no column holds them; name it in `label`")
        if self.labels is not None and self.label_kind != "class":
            raise ValueError("labels: they list classes, but `label` names numbers or several columns; take it out")
        named = self.label_columns
        if doubled := sorted({name for name in named if named.count(name) > 1}):
            raise ValueError(f"label: column {doubled[0]!r} is listed twice; list it once")
        others = {"id": self.id, "file": self.file, "group": self.group.column if self.group else None}
        for part, column in others.items():
            if self.label_kind != "class" and column in named:
                raise ValueError(f"label: column {column!r} is the {part} too; a label needs a column of its own")
        return self


Input = Annotated[ImageFolder | AudioFolder | Table, Field(discriminator="kind")]
