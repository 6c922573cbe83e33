"""The pool of recorded noise or rooms: which clips there are, from which recording, and why others are refused."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol, TypeVar

import numpy as np

from tasks.catalog.quarantine import REASONS as UNREADABLE
from tasks.errors import InputError, Unreadable, some
from tasks.noise.pool_clip import Clip
from tasks.noise.pool_quality import CLIPPED_SHARE, clipped_share
from tasks.payloads.audio import decode_audio

__all__ = ["EMPTY", "REASONS", "Clip", "Folder", "Pool", "Refused", "load_pool"]

SHORTEST_NOISE_S = 0.25
"""Shorter clips would repeat within a word, which sounds like a buzz, not like noise."""
SHORTEST_RESPONSE_S = 0.005
"""Shorter responses hold no reflection from any wall."""
SILENT_RMS = 1e-4
"""-80 dB: below the last bits of a 16-bit file there is nothing to mix."""
MOST_BYTES = 2**30
"""A pool is held in memory by every worker, two bytes a sample: that is nine hours at 16 kHz."""
REASONS: dict[str, str] = UNREADABLE | {
    "too_short": "It would repeat within a word, and sound like a buzz. Record longer, or delete it.",
    "silent": "There is nothing to mix. Delete it.",
    "clipped": "Its loudest samples are cut off, which adds tones that its scene has not. Record it at a lower level.",
    "no_recording": "Its name does not match `recording`, so that nobody knows which other clips it belongs to.",
    "too_small": "It has no texture to speak of. Take a larger picture, or delete it.",
    "plain": "It is one colour, which is no background. Delete it.",
    "same_as_record": "A record holds the same: a model would hear in training what it is judged on. Delete it.",
}
"""Reason -> what it means and what to do."""
SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif", ".opus"})


class Piece(Protocol):
    """What a pool holds: a clip, or a picture."""

    @property
    def name(self) -> str: ...
    @property
    def recording(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def length(self) -> float: ...


AnyPiece = TypeVar("AnyPiece", bound=Piece)


def by_recording(pieces: Sequence[AnyPiece]) -> dict[str, tuple[AnyPiece, ...]]:
    """Return the pieces of each recording, in order."""
    found: dict[str, list[AnyPiece]] = {}
    for piece in sorted(pieces, key=lambda piece: piece.name):
        found.setdefault(piece.recording, []).append(piece)
    return {name: tuple(found[name]) for name in sorted(found)}


class Folder(NamedTuple):
    """Where clips come from."""

    name: str
    path: Path
    recording: str | None = None
    """A regular expression on the file's name with `(?P<recording>...)`; without it each file is its own recording."""


class Refused(NamedTuple):
    """A file that is not used, and why."""

    name: str
    reason: str
    """A key of `REASONS`."""
    detail: str

    def __str__(self) -> str:
        return f"{self.name}: {self.reason}: {self.detail}"


@dataclass(frozen=True)
class Pool:
    """Clips that may be drawn, and files that may not."""

    clips: tuple[Clip, ...] = ()
    refused: tuple[Refused, ...] = ()
    """Files that are not used."""

    @cached_property
    def by_name(self) -> dict[str, Clip]:
        """Clip of each name."""
        return {clip.name: clip for clip in self.clips}

    @cached_property
    def by_recording(self) -> dict[str, tuple[Clip, ...]]:
        """Clips of each recording, in order."""
        return by_recording(self.clips)


EMPTY = Pool()
"""No recordings: noise is made up, rooms are not drawn."""


def read_folders(
    folders: Sequence[Folder],
    read: Callable[[str, Path, Folder], AnyPiece | Refused],
    size_of: Callable[[AnyPiece], int],
    *,
    section: str,
    thing: str,
    remedy: str,
    taken: Mapping[str, str],
) -> tuple[tuple[AnyPiece, ...], tuple[Refused, ...]]:
    """Read every file of some folders, in order: what can be used, and what not.

    Parameters
    ----------
    folders : sequence of Folder
    read : callable (name, path, folder) -> piece or Refused
    size_of : callable piece -> int
        The bytes that it takes in every worker.
    section, thing, remedy : str
        What messages call the section and a piece, and what to do where all of them are too large.
    taken : mapping of str to str
        Files that hold what a record holds -> the record: they are refused, and not read.

    Raises
    ------
    InputError
        If a folder is missing, holds nothing that can be used, or all of them take too much memory.
    """
    pieces: list[AnyPiece] = []
    refused: list[Refused] = []
    for folder in folders:
        root, where = Path(folder.path), f"{section} {folder.name!r}"
        if not root.is_dir():
            raise InputError(f"{where}: no folder at {root}. Correct its path or take it out")
        before, unused = len(pieces), len(refused)
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            name = f"{folder.name}/{path.relative_to(root).as_posix()}"
            same = taken.get(name)
            found = (
                read(name, path, folder) if same is None else Refused(name, "same_as_record", f"{same} holds the same")
            )
            if isinstance(found, Refused):
                refused.append(found)
            else:
                pieces.append(found)
        if len(pieces) == before:
            why = some([str(refusal) for refusal in refused[unused:]])
            raise InputError(f"{where}: no {thing} in {root} can be used; refused: {why or 'no files'}")
        if (size := sum(map(size_of, pieces))) > MOST_BYTES:
            raise InputError(
                f"{where}: the {thing}s up to here take {size / 2**30:.1f} GB in every worker, at most "
                f"{MOST_BYTES / 2**30:g} GB is held. {remedy}"
            )
    return tuple(pieces), tuple(refused)


def load_pool(
    folders: Sequence[Folder], *, shortest_s: float = SHORTEST_NOISE_S, taken: Mapping[str, str] = MappingProxyType({})
) -> Pool:
    """Read the clips of folders.

    Parameters
    ----------
    folders : sequence of Folder
    shortest_s : float
        Clips shorter than that are refused.
    taken : mapping of str to str
        Clips that hold what a record holds -> the record: they are refused.

    Returns
    -------
    Pool

    Raises
    ------
    InputError
        See `read_folders`.
    """
    clips, refused = read_folders(
        folders,
        partial(_read, shortest_s=shortest_s),
        lambda clip: clip.steps.nbytes,
        section="noise",
        thing="clip",
        remedy="Use fewer or shorter clips, or a lower sample rate",
        taken=taken,
    )
    return Pool(clips, refused)


def _read(name: str, path: Path, folder: Folder, shortest_s: float) -> Clip | Refused:
    if path.suffix.lower() not in SUFFIXES:
        return Refused(name, "not_supported", f"not a sound file: {path.suffix or 'no suffix'}")
    recording = _recording(folder, path)
    if recording is None:
        return Refused(name, "no_recording", f"does not match recording: {folder.recording!r}")
    try:
        sound = decode_audio(path.read_bytes())
    except Unreadable as error:
        return Refused(name, error.reason, error.detail)
    except OSError as error:
        return Refused(name, "unreadable", str(error.strerror or error))
    duration_s = len(sound.samples) / sound.sample_rate_hz
    if duration_s < shortest_s:
        return Refused(name, "too_short", f"{duration_s:.3f} s, at least {shortest_s:g} s wanted")
    power = float(np.mean(np.square(sound.samples, dtype=np.float64)))
    if power < SILENT_RMS**2:
        return Refused(name, "silent", f"below {20 * np.log10(SILENT_RMS):.0f} dB of full scale throughout")
    if (flat := clipped_share(sound.samples)) > CLIPPED_SHARE:
        return Refused(name, "clipped", f"{flat:.1%} of its samples are cut off; at most {CLIPPED_SHARE:.0%} may be")
    step = float(np.max(np.abs(sound.samples))) / 32767
    steps = np.rint(sound.samples / step).astype(np.int16)
    return Clip(name, f"{folder.name}/{recording}", steps, step, sound.sample_rate_hz, power, sound.channels)


def _recording(folder: Folder, path: Path) -> str | None:
    """Return which recording a file is cut from; None where its name does not tell."""
    if folder.recording is None:
        return path.stem
    found = re.search(folder.recording, path.name)
    return None if found is None else found.group("recording") or path.stem
