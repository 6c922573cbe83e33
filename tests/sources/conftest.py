"""Folders and tables to list, made when a test needs them."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tasks.config.inputs import ImageFolder, Table
from tasks.sources.kinds import list_shards
from tasks.sources.shards import Shard


class Listing:
    """All shards of an input, as plain values."""

    def __init__(self, shards: Iterable[Shard]) -> None:
        self.shards = list(shards)
        self.heads: list[dict[str, Any]] = [row for shard in self.shards for row in shard.heads.to_pylist()]
        self.refused: list[dict[str, Any]] = [row for shard in self.shards for row in shard.refused.to_pylist()]

    @property
    def paths(self) -> list[str]:
        return [row["path"] for row in self.heads]

    @property
    def reasons(self) -> dict[str, str]:
        """Path, or record id where there is none, to reason."""
        return {row["path"] or row["record_id"]: row["reason"] for row in self.refused}

    @property
    def details(self) -> str:
        return "\n".join(row["detail"] for row in self.refused)

    def column(self, name: str) -> list[Any]:
        return [row[name] for row in self.heads]

    def feature(self, name: str) -> list[Any]:
        return [row["features"][name] for row in self.heads]

    @property
    def types(self) -> dict[str, pa.DataType]:
        return {field.name: field.type for field in self.shards[0].heads.schema.field("features").type}


@pytest.fixture
def folder(tmp_path: Path) -> Callable[..., Path]:
    """Write files below a folder: name -> content."""

    def write(files: Mapping[str, bytes] | Iterable[str], name: str = "data") -> Path:
        root = tmp_path / name
        root.mkdir(exist_ok=True)
        for path in files:
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(files[path] if isinstance(files, Mapping) else b"x")
        return root

    return write


@pytest.fixture
def images() -> Callable[..., ImageFolder]:
    def section(path: Path | str, **more: Any) -> ImageFolder:
        return ImageFolder(**{"name": "app", "domain": "target", "kind": "image_folder", "path": str(path), **more})

    return section


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Table]:
    """Write a table and return its section."""

    def section(content: str | bytes | pa.Table, **more: Any) -> Table:
        path = tmp_path / ("rows.parquet" if isinstance(content, pa.Table) else "rows.csv")
        if isinstance(content, pa.Table):
            import pyarrow.parquet as pq

            pq.write_table(content, path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return Table(**{"name": "loans", "domain": "source", "kind": "table", "path": str(path), **more})

    return section


@pytest.fixture
def listed() -> Callable[..., Listing]:
    def run(source: Any, modality: str | None = None, **more: Any) -> Listing:
        known = {"image_folder": "image", "audio_folder": "audio", "table": "tabular"}
        return Listing(list_shards(source, modality=modality or known[source.kind], **more))

    return run
