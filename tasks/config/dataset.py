"""The whole configuration: one frozen model that the command line, the flow and the server share."""

from itertools import permutations
from os.path import normpath
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from tasks.config.inputs import Input, Name
from tasks.config.section import NotBool, Section, did_you_mean
from tasks.config.splits import Splits
from tasks.config.synthesis import Synthesis

Modality = Literal["image", "audio", "tabular"]


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
    """The folder that versions are published in; a relative path counts from the configuration file."""
    inputs: Annotated[tuple[Input, ...], Field(min_length=1)]
    """Where data comes from: at least one source and one target."""
    splits: Splits
    synthesis: Synthesis = Synthesis()
    validation: Validation = Validation()

    @property
    def domain_defining(self) -> tuple[str, ...]:
        """The columns that define the domain in any of the tables, sorted."""
        return tuple(sorted({name for entry in self.inputs if entry.kind == "table" for name in entry.domain_defining}))

    @field_validator("store")
    @classmethod
    def _is_a_folder(cls, store: str) -> str:
        if "://" in store:
            raise ValueError(f"{store!r} is a URL; only folders are supported so far: name one")
        return store

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
    def _all_or_none_are_labelled(self) -> Self:
        without = [entry.name for entry in self.inputs if not entry.labelled]
        if without and len(without) < len(self.inputs):
            labelled = next(entry.name for entry in self.inputs if entry.labelled)
            raise ValueError(
                f"inputs.{without[0]}: `label` is not named, but input {labelled!r} has labels. Name the column that "
                f"holds them; a data set without any label leaves `label` out of every input."
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
        for where, place in places:
            if _inside(normpath(self.store), place):
                raise ValueError(
                    f"store: {self.store} lies in the folder of {where}, which would then read what was published. "
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
        return self


def _inside(inner: str, outer: str) -> bool:
    return inner == outer or inner.startswith(outer.rstrip("/") + "/")
