"""A folder as a side: what it holds is told by its files' names, and files are described as builds describe them."""

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from posixpath import splitext

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.catalog.atomic import write_table
from tasks.catalog.schema import DESCRIPTOR
from tasks.config.inputs import AudioFolder, ImageFolder
from tasks.descriptors.descriptor import Descriptor
from tasks.errors import InputError
from tasks.modalities.kinds import modality as find_modality
from tasks.sides.side import Side
from tasks.sources import audio_folder, image_folder
from tasks.sources.files import Folder, list_folder
from tasks.sources.names import name_to_text
from tasks.sources.shards import SHARD_BYTES, SHARD_ROWS
from tasks.sources.walking import walk

PARTS = ".parquet"
SUFFIXES = {"image": image_folder.SUFFIXES, "audio": audio_folder.SUFFIXES}
_COLUMNS = ("label", "group", "path", "content_hash")


def kind_of_folder(path: str, *, side: str) -> str:
    """Tell what a folder holds, by the names of its files: what there is most of.

    Returns
    -------
    str
        "image", "audio", or "parts" for Parquet files.

    Raises
    ------
    InputError
        When it holds none of them.
    """
    counts: Counter[str] = Counter()
    others = 0
    example = ""
    for found in walk(path):
        suffix = splitext(found.path)[1].lower()
        kind = next((kind for kind, known in SUFFIXES.items() if suffix in known), None)
        if found.refused is not None and found.refused.reason != "empty_file":
            continue
        if kind is None and suffix != PARTS:
            others += 1
            example = example or name_to_text(found.path)
            continue
        counts[kind or "parts"] += 1
    if not counts:
        what = f"only files of other kinds, such as {example!r}" if others else "no file"
        raise InputError(
            f"{side}: the folder {path} holds {what}. Expected images ({_some('image')}), sounds ({_some('audio')}), "
            f"or Parquet files that are parts of one table; a CSV file is named itself."
        )
    # Pictures beside the Parquet file that lists them are what the folder is about.
    return max(counts, key=lambda kind: (kind != "parts", counts[kind]))


def parts_of(path: str) -> list[str]:
    """Return the Parquet files below a folder, in the order of their paths."""
    return [str(Path(path) / found.path) for found in walk(path) if splitext(found.path)[1].lower() == PARTS]


def source_of(path: str, kind: str, *, side: str, group: str | None) -> Folder:
    """Say of a folder what the configuration of a build would."""
    folder = ImageFolder if kind == "image" else AudioFolder
    named = {"name": side, "domain": "source", "path": path, "kind": f"{kind}_folder", "group": group}
    return folder.model_validate(named)


def list_files(source: Folder, kind: str, into: Path) -> Iterator[Path]:
    """List a folder's files, each in a folder of its own or not: a new folder `into/00000` and so on for each shard.

    Yields
    ------
    Path
        A folder that holds `heads.parquet` and `unlisted.parquet`.
    """
    shards = list_folder(source, SUFFIXES[kind], shard_rows=SHARD_ROWS, shard_bytes=SHARD_BYTES, flat=True)
    for place, shard in enumerate(shards):
        folder = into / f"{place:05d}"
        write_table(shard.heads, folder / "heads.parquet")
        write_table(shard.refused, folder / "unlisted.parquet")
        yield folder


def join_files(name: str, kind: str, folders: Iterable[Path], *, grouped: bool, ignore: tuple[str, ...] = ()) -> Side:
    """Join described shards to a side.

    Parameters
    ----------
    name : str
        What the user called it.
    kind : str
        "image" or "audio".
    folders : iterable of Path
        What `list_files` made, with the `records.parquet` and `refused.parquet` of their description.
    grouped : bool
        Whether the user said which files belong together.
    ignore : tuple of str
        Descriptors that are not compared.

    Raises
    ------
    InputError
        When no file could be used.
    """
    parts, refused = [], []
    known: dict[str, Descriptor] = dict(find_modality(kind).notes(pa.table({})))
    for folder in folders:
        wanted = [*_COLUMNS, *(DESCRIPTOR + descriptor for descriptor in known)]
        parts.append(pq.read_table(folder / "records.parquet", columns=wanted))
        refused += [pq.read_table(folder / file) for file in ("unlisted.parquet", "refused.parquet")]
    records = pa.concat_tables(parts)
    why = pa.concat_tables(refused)
    counts = Counter(why["reason"].to_pylist())
    examples: dict[str, str] = {}
    for reason, path, detail in zip(*(why[column].to_pylist() for column in ("reason", "path", "detail")), strict=True):
        examples.setdefault(reason, f"{path}: {detail}")
    if not records.num_rows:
        told = ", ".join(f"{count:,} {reason}" for reason, count in sorted(counts.items()))
        raise InputError(f"{name}: no file can be used ({told}), such as {next(iter(examples.values()))!r}.")
    labelled = records["label"].null_count < records.num_rows
    return Side(
        name,
        kind,
        pa.table({descriptor: records[DESCRIPTOR + descriptor] for descriptor in known if descriptor not in ignore}),
        atoms=records["group"] if grouped else None,
        labels=records["label"] if labelled else None,
        paths=records["path"],
        content=records["content_hash"],
        refused=dict(counts),
        examples=examples,
        left_out=dict.fromkeys([descriptor for descriptor in known if descriptor in ignore], "left out by --ignore"),
        notes=known,
    )


def _some(kind: str) -> str:
    return ", ".join(sorted(SUFFIXES[kind]))
