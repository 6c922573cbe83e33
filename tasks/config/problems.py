"""What the model found wrong with a configuration, in words for the person who wrote it."""

from typing import Any

from pydantic import ValidationError

from tasks.config.dataset import DatasetConfig  # noqa: F401 - its sections must be known
from tasks.config.section import Section, did_you_mean

_SECTION = "expected `key: value` lines or {key: value}"
_WORDS = {
    "dict_type": _SECTION,
    "model_type": _SECTION,
    "model_attributes_type": _SECTION,
    "tuple_type": "expected a list, such as [a, b]",
    "too_short": "expected at least one entry",
    "missing": "is missing",
    "string_type": "expected text",
    "string_pattern_mismatch": "expected letters, digits, '.', '_' and '-', at most 64, the first a letter or digit",
}
"""Type of pydantic's error -> what to say instead of its words, which speak of Python."""


def problems(error: ValidationError) -> list[str]:
    """Return one line a problem: the key's place, what is wrong with it, and what was found.

    Parameters
    ----------
    error : ValidationError
        Of `DatasetConfig`.

    Returns
    -------
    list of str
        A value that fits none of several forms is told once a form, without the forms that it was not meant to have.
    """
    found = error.errors(include_url=False)
    # A union tries every form; "should be 'none'" helps nobody who gave a mapping that is wrong inside, and "should be
    # a mapping" nobody who misspelt the word.
    telling = [_place(entry) for entry in found if not _beside_the_point(entry)]
    return [
        _problem(entry)
        for entry in found
        if not (_beside_the_point(entry) and any(place.startswith(_place(entry)) for place in telling))
    ]


def _beside_the_point(entry: Any) -> bool:
    match entry["input"]:
        case dict():
            return entry["type"] in ("literal_error", "string_type")
        case str():
            return bool(entry["type"] == "model_type")
        case bool() | float():
            return bool(entry["type"] == "literal_error")
    return False


def _place(entry: Any) -> str:
    return ".".join(str(part) for part in entry["loc"] if isinstance(part, int) or part in _KEYS)


def _problem(entry: Any) -> str:
    place = _place(entry)
    message = _WORDS.get(entry["type"], str(entry["msg"]).removeprefix("Value error, "))
    found = entry["input"]
    if entry["type"].startswith("union_tag"):
        known = entry.get("ctx", {}).get("expected_tags", "")
        kinds = [kind.strip(" '") for kind in known.split(",") if kind] or list(_KINDS[entry["loc"][0]])
        given = found.get("kind") if isinstance(found, dict) else None
        near = did_you_mean(given, kinds) if isinstance(given, str) else ""
        return f"{place}.kind: expected {', '.join(kinds[:-1])} or {kinds[-1]}{near} (found {_said(given)})"
    simple = found is None or isinstance(found, str | int | float)
    told = f" (found {_said(found)})" if simple and entry["type"] != "missing" else ""
    return f"{place}: {message}{told}" if place else f"{message}{told}"


def _said(value: Any) -> str:
    return "nothing" if value is None else repr(value)


def _keys(section: type[Section]) -> set[str]:
    return set(section.model_fields).union(*(_keys(sub) for sub in section.__subclasses__()))


# Pydantic names union members in an error's place too ("splits.test.Size.rows"); only these are keys of the file.
_KEYS = _keys(Section)
_KINDS = {"inputs": ("image_folder", "audio_folder", "table"), "descriptors": ("table", "callable")}
