"""What every section of the configuration has in common: frozen, strict, helpful about typing errors."""

import difflib
import re
from typing import Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator


def did_you_mean(word: str, known: list[str]) -> str:
    """Return `; did you mean 'x'?` for the nearest known word, or the known words if none is near."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else f"; known here: {', '.join(sorted(known))}"


class Section(BaseModel):
    """A part of the configuration: immutable, and unknown keys are refused with the nearest known one."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unknown_keys(cls, given: Any) -> Any:
        if isinstance(given, dict):
            known = list(cls.model_fields)
            for key in given:
                if key not in known:
                    raise ValueError(f"unknown key {str(key)!r}{did_you_mean(str(key), known)}")
        return given


def _no_yes(given: Any) -> Any:
    if isinstance(given, bool):
        raise ValueError("a number is wanted; YAML reads yes, no, on, off, true and false as a truth value")
    return given


NotBool = BeforeValidator(_no_yes)
"""For numbers: Python would take `rows: yes` for 1."""


def pattern_with(part: str, example: str) -> AfterValidator:
    """Return a validator of regular expressions that need a part of this name, such as `(?P<group>...)`."""

    def check(given: Any) -> Any:
        if isinstance(given, str):
            try:
                names = re.compile(given).groupindex
            except re.error as error:
                raise ValueError(f"not a regular expression: {error}") from error
            if part not in names:
                raise ValueError(f"the expression needs a part named {part}, such as '{example}'")
        return given

    return AfterValidator(check)
