"""The whole configuration: one frozen model that the command line, the flow and the server share."""

from itertools import permutations
from os.path import normpath
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.config.descriptors import Embedding
from tasks.config.inputs import Input, Name
from tasks.config.section import NotBool, Section, did_you_mean
from tasks.config.splits import Splits
from tasks.config.synthesis import Synthesis

Modality = Literal["image", "audio", "tabular"]
_KINDS = {
    "class": "one class a record (`label: column`, or the folders of an input of files)",
    "several": "several labels a record (`label: [column, column]`)",
    "number": "a number a record (`label: {number: column}`)",
}


class Validation(Section):
    """What becomes of a failed check."""

    fail_on: Literal["critical", "warning", "never"] = "critical"
    """From which severity on a failed check keeps the version from being published."""


class DatasetConfig(Section):
    """Everything that a build depends on, besides the data itself."""

    name: Name
    """The data set's name; a store belongs to one name."""
    seed: Annotated[int, NotBool, Field(ge=0, lt=2**32)]
    """Every random choice derives from it."""
    modality: Modality
    """What a record is."""
    store: str
    """The folder that versions are published in, or an fsspec URL such as `s3://bucket/prefix`; a relative path counts
    from the configuration file."""
    work: str | None = None
    """For a store behind a URL, the folder on this machine for its scratch and its mirror; by default in the cache."""
    inputs: Annotated[tuple[Input, ...], Field(min_length=1)]
    """Where data comes from: at least one source and one target."""
    descriptors: tuple[Embedding, ...] = ()
    """Descriptors of your own, beside those that are always computed: embeddings, from a table or a function."""
    splits: Splits
    synthesis: Synthesis = Synthesis()
    validation: Validation = Validation()

    @property
    def domain_defining(self) -> tuple[str, ...]:
        """The columns that define the domain in any of the tables, sorted."""
        return tuple(sorted({name for entry in self.inputs if entry.kind == "table" for name in entry.domain_defining}))

    @field_validator("store")
    @classmethod
    def _is_a_known_place(cls, store: str) -> str:
        protocol, url, _ = store.partition("://")
        if url and "${" not in protocol:
            from fsspec import available_protocols  # most stores are folders

            if protocol not in available_protocols():
                raise ValueError(
                    f"{protocol}:// is no protocol of fsspec; name a folder, or a URL such as s3://bucket/prefix"
                )
        return store

    @field_validator("work")
    @classmethod
    def _is_a_folder(cls, work: str | None) -> str | None:
        if work is not None and "://" in work:
            raise ValueError(f"{work!r} is a URL; scratch lies on this machine: name a folder")
        return work

    @model_validator(mode="after")
    def _work_is_for_urls(self) -> Self:
        if self.work is not None and "://" not in self.store and "${" not in self.store:
            raise ValueError(f"work: scratch of the folder {self.store} lies in its own folder work; take `work` out")
        return self

    @model_validator(mode="after")
    def _inputs_fit(self) -> Self:
        names = [entry.name for entry in self.inputs]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"inputs: the name {doubled[0]!r} is used twice; record ids start with it, rename one")
        if missing := [d for d in ("source", "target") if d not in {entry.domain for entry in self.inputs}]:
            raise ValueError(f"inputs: no input has domain {missing[0]!r}; a build needs at least one of each domain")
        wrong = {"image": "audio_folder", "audio": "image_folder"}.get(self.modality)
        for entry in self.inputs:
            if self.modality == "tabular" and entry.kind != "table":
                raise ValueError(f"inputs.{entry.name}: modality tabular takes kind table, not {entry.kind}")
            if entry.kind == wrong:
                raise ValueError(f"inputs.{entry.name}: kind {entry.kind} does not fit modality {self.modality}")
            if entry.kind == "table" and (self.modality == "tabular") == (entry.file is not None):
                remedy = "leave out `file`" if self.modality == "tabular" else "name the column with paths in `file`"
                raise ValueError(f"inputs.{entry.name}: a table for modality {self.modality}: {remedy}")
        return self

    @model_validator(mode="after")
    def _embeddings_are_told_apart(self) -> Self:
        names = [entry.name for entry in self.descriptors]
        if doubled := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"descriptors: the name {doubled[0]!r} is used twice; rename one")
        return self

    @model_validator(mode="after")
    def _all_or_none_are_labelled(self) -> Self:
        labelled = [entry for entry in self.inputs if entry.label_kind is not None]
        without = [entry.name for entry in self.inputs if entry.label_kind is None and entry.labelled]
        if without and labelled:
            raise ValueError(
                f"inputs.{without[0]}: `label` is not named, but input {labelled[0].name!r} has labels. Name the "
                f"column that holds them, or say `labelled: false` of a target that nobody has labelled; a data set "
                f"without any label leaves `label` out of every input."
            )
        for entry in labelled[1:]:
            first = labelled[0]
            if entry.label_kind != first.label_kind:
                raise ValueError(
                    f"inputs.{entry.name}.label: it says {_KINDS[entry.label_kind or 'class']}, but input "
                    f"{first.name!r} has {_KINDS[first.label_kind or 'class']}. The labels of a data set are of one "
                    f"kind: say the same of every input."
                )
        return self

    @model_validator(mode="after")
    def _splits_name_target_inputs(self) -> Self:
        domains = {entry.name: entry.domain for entry in self.inputs}
        targets = [name for name, domain in domains.items() if domain == "target"]
        for split, size in self.splits.sized.items():
            for name in size.inputs or ():
                if name not in domains:
                    raise ValueError(f"splits.{split}.inputs: no input is called {name!r}{did_you_mean(name, targets)}")
                if domains[name] != "target":
                    raise ValueError(
                        f"splits.{split}.inputs: input {name!r} is of domain source; dev and test hold target records "
                        f"only, from {', '.join(map(repr, targets))}"
                    )
        return self

    @model_validator(mode="after")
    def _places_are_apart(self) -> Self:
        places = [(f"inputs.{entry.name}", normpath(entry.path)) for entry in self.inputs]
        for key, written in (("store", self.store), ("work", self.work)):
            for where, place in places:
                if written is not None and _inside(normpath(written), place):
                    raise ValueError(
                        f"{key}: {written} lies in the folder of {where}, which would then read what was written. "
                        f"Name a folder outside of {place}."
                    )
        for (where, place), (other, inner) in permutations(places, 2):
            if _inside(inner, place):
                raise ValueError(
                    f"{where} reads {place}, in which {other} reads too: the same records would be in both. "
                    f"Name places that lie apart."
                )
        return self

    @model_validator(mode="after")
    def _synthesis_fits(self) -> Self:
        given = self.synthesis
        if self.modality != "audio" and (given.noise or given.impulse_responses):
            section = "noise" if given.noise else "impulse_responses"
            raise ValueError(
                f"synthesis.{section}: recordings are for modality audio, not {self.modality}; take it out"
            )
        if self.modality != "image" and given.backgrounds:
            raise ValueError(
                f"synthesis.backgrounds: pictures are for modality image, not {self.modality}; take it out"
            )
        return self


def _inside(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(outer.rstrip("/") + "/")
