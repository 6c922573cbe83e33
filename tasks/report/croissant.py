"""Croissant metadata: what is in a version's folder, for programs that read data sets by their description."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.catalog.labels import labels_in
from tasks.catalog.schema import SPLITS
from tasks.report.contents import ReportContents
from tasks.report.summary import description

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that version 1.0 prescribes, word for word: readers warn about any other."""

_PUBLISHED = {
    "record_id": "Identifies the record, for ever.",
    "input": "The input that the record came from.",
    "domain": "source (plentiful, for training only) or target (what users send).",
    "label": "The record's class.",
    "group": "What must not cross splits, such as a speaker or a device.",
    "split": "train, train-dev, dev or test.",
    "synthetic": "Whether the record was made from another one by drawn noise.",
    "parent_id": "The record that a synthetic record was made from.",
    "weight": "How much the record counts in training: 1, or more for target records in train.",
    "image": "The image, encoded.",
    "audio": "The sound, encoded.",
}


def croissant_metadata(contents: ReportContents, files: Mapping[str, Path]) -> dict[str, Any]:
    """Describe the Parquet files of a version as Croissant 1.0.

    Parameters
    ----------
    contents : ReportContents
        Its verdict, configuration and splits are described.
    files : Mapping of str to Path
        Place in the version's folder, such as `data/train/real-00000.parquet`, -> where the file is now. Places outside
        `data/<split>/` are passed over.

    Returns
    -------
    dict
        JSON-LD; write it as `croissant.json` beside `data/`.

    Notes
    -----
    Invariants: one FileObject with its SHA-256 a file, one FileSet and one RecordSet a split. What is not known, such
    as licence and author, is left out, not invented.

    A FileSet names its files by pattern, not by `containedIn`: mlcroissant 1.1 takes the members of `containedIn` for
    archives and finds no columns in them.

    References
    ----------
    MLCommons Croissant format specification, version 1.0.
    """
    shards = {split: _shards(files, split) for split in SPLITS}
    present = {split: places for split, places in shards.items() if places}
    distribution = [_file_object(place, path) for places in present.values() for place, path in places.items()]
    distribution += [_file_set(split) for split in present]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": str(contents.config["name"]),
        "description": description(contents),
        **_version(str(contents.verdict["version"])),
        **({"datePublished": contents.published} if contents.published else {}),
        "distribution": distribution,
        "recordSet": [_record_set(split, next(iter(places.values()))) for split, places in present.items()],
    }


def _version(version: str) -> dict[str, str]:
    """Return the version as MAJOR.MINOR.PATCH, which the format asks for; nothing if it is not a number."""
    return {"version": f"{int(version)}.0.0"} if version.isdecimal() else {}


def _shards(files: Mapping[str, Path], split: str) -> dict[str, Path]:
    return {place: files[place] for place in sorted(files) if place.startswith(f"data/{split}/")}


def _file_object(place: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "@type": "cr:FileObject",
        "@id": place,
        "name": place,
        "contentUrl": place,
        "contentSize": f"{path.stat().st_size} B",
        "encodingFormat": "application/x-parquet",
        "sha256": digest,
    }


def _file_set(split: str) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{split}-files",
        "name": f"{split}-files",
        "description": f"The Parquet files of {split}.",
        "encodingFormat": "application/x-parquet",
        "includes": f"data/{split}/*.parquet",
    }


def _record_set(split: str, path: Path) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": split,
        "name": split,
        "description": f"The records of {split}.",
        "key": {"@id": f"{split}/record_id"},
        "field": _fields(split, pq.read_schema(path)),
    }


def _fields(split: str, schema: pa.Schema) -> list[dict[str, Any]]:
    labels = labels_in(schema)
    said = dict(_PUBLISHED)
    if labels.kind == "number":
        said["label"] = "The number to predict."
    for name, column in zip(labels.names, labels.columns, strict=False):
        said[column] = f"Whether {name} holds: 1, 0, or nothing where nobody looked."
    return [_field(split, column, said.get(column.name)) for column in schema]


def _field(split: str, column: pa.Field, said: str | None) -> dict[str, Any]:
    media = pa.types.is_struct(column.type)
    source: dict[str, Any] = {"fileSet": {"@id": f"{split}-files"}, "extract": {"column": column.name}}
    if media:
        source["transform"] = {"jsonPath": "bytes"}
    field = {
        "@type": "cr:Field",
        "@id": f"{split}/{quote(column.name, safe='')}",
        "name": column.name,
        "dataType": _data_type(column),
        "source": source,
    }
    if said:
        field["description"] = said
    if pa.types.is_list(column.type):
        field["repeated"] = True
    return field


def _data_type(column: pa.Field) -> str:
    kind = column.type.value_type if pa.types.is_list(column.type) else column.type
    if pa.types.is_struct(kind):
        return {"image": "sc:ImageObject", "audio": "sc:AudioObject"}.get(column.name, "sc:Text")
    if pa.types.is_boolean(kind):
        return "sc:Boolean"
    if pa.types.is_integer(kind):
        return "sc:Integer"
    return "sc:Float" if pa.types.is_floating(kind) else "sc:Text"
