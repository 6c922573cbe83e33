"""The pool of recorded noise or rooms: which clips there are, from which recording, and why others are refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tasks.errors import InputError, Unreadable, some
from tasks.payloads.audio import decode_audio

SHORTEST_NOISE_S = 0.25
"""Shorter clips would repeat within a word, which sounds like a buzz, not like noise."""
SHORTEST_RESPONSE_S = 0.005
"""Shorter responses hold no reflection from any wall."""
SILENT_RMS = 1e-4
"""-80 dB: below the last bits of a 16-bit file there is nothing to mix."""
MOST_BYTES = 2**30
"""A pool is held in memory by every worker, two bytes a sample: that is nine hours at 16 kHz."""
SUFFIXES = frozenset({".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif", ".opus"})


class Folder(NamedTuple):
    """Where clips come from."""

    name: str
    path: Path
    recording: str | None = None
    """A regular expression on the file's name with `(?P<recording>...)`; without it each file is its own recording."""


@dataclass(frozen=True)
class Clip:
    """One clip of a pool.

    Parameters
    ----------
    name : str
        `<folder>/<file>`.
    recording : str
        `<folder>/<recording>`: clips cut from one recording share it.
    steps : (n,) int16
        Samples, as steps of `step`: half the memory of float32.
    step : float
    sample_rate_hz : int
    power : float
        Mean square of the samples.
    """

    name: str
    recording: str
    steps: NDArray[np.int16]
    step: float
    sample_rate_hz: int
    power: float

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.steps) / self.sample_rate_hz

    def samples(self, start: int, length: int) -> NDArray[np.float32]:
        """Cut samples out, going round to the beginning where the clip ends: (length,) float32."""
        if start + length <= len(self.steps):
            cut = self.steps[start : start + length]
        else:
            cut = self.steps.take(np.arange(start, start + length), mode="wrap")
        return cut * np.float32(self.step)


@dataclass(frozen=True)
class Pool:
    """Clips that may be drawn, and files that may not."""

    clips: tuple[Clip, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    """(name, reason) of files that are not used."""

    @cached_property
    def by_name(self) -> dict[str, Clip]:
        """Clip of each name."""
        return {clip.name: clip for clip in self.clips}

    @cached_property
    def by_recording(self) -> dict[str, tuple[Clip, ...]]:
        """Clips of each recording, in order."""
        found: dict[str, list[Clip]] = {}
        for clip in sorted(self.clips, key=lambda clip: clip.name):
            found.setdefault(clip.recording, []).append(clip)
        return {name: tuple(found[name]) for name in sorted(found)}


EMPTY = Pool()
"""No recordings: noise is made up, rooms are not drawn."""


def load_pool(folders: Sequence[Folder], *, shortest_s: float = SHORTEST_NOISE_S) -> Pool:
    """Read the clips of folders.

    Parameters
    ----------
    folders : sequence of Folder
    shortest_s : float
        Clips shorter than that are refused.

    Returns
    -------
    Pool

    Raises
    ------
    InputError
        If a folder is missing, or holds no clip that can be used.
    """
    clips: list[Clip] = []
    refused: list[tuple[str, str]] = []
    for folder in folders:
        root = Path(folder.path)
        if not root.is_dir():
            raise InputError(f"noise {folder.name!r}: no folder at {root}. Correct its path or take it out")
        before = len(clips)
        for path in sorted(path for path in root.rglob("*") if path.is_file()):
            name = f"{folder.name}/{path.relative_to(root).as_posix()}"
            try:
                clips.append(_read(name, path, folder, shortest_s))
            except _Refused as reason:
                refused.append((name, str(reason)))
        if len(clips) == before:
            found = some([f"{name}: {reason}" for name, reason in refused if name.startswith(f"{folder.name}/")])
            raise InputError(f"noise {folder.name!r}: no clip in {root} can be used; refused: {found or 'no files'}")
        if (size := sum(clip.steps.nbytes for clip in clips)) > MOST_BYTES:
            raise InputError(
                f"noise {folder.name!r}: the clips up to here take {size / 2**30:.1f} GB in every worker, at most "
                f"{MOST_BYTES / 2**30:g} GB is held. Use fewer or shorter clips, or a lower sample rate"
            )
    return Pool(tuple(clips), tuple(refused))


class _Refused(Exception):  # noqa: N818 - a reason, not a failure
    pass


def _read(name: str, path: Path, folder: Folder, shortest_s: float) -> Clip:
    if path.suffix.lower() not in SUFFIXES:
        raise _Refused(f"not a sound file: {path.suffix or 'no suffix'}")
    try:
        sound = decode_audio(path.read_bytes())
    except Unreadable as error:
        raise _Refused(f"{error.reason}: {error.detail}") from error
    except OSError as error:
        raise _Refused(f"unreadable: {error}") from error
    duration_s = len(sound.samples) / sound.sample_rate_hz
    if duration_s < shortest_s:
        raise _Refused(f"too short: {duration_s:.3f} s, at least {shortest_s:g} s wanted")
    power = float(np.mean(np.square(sound.samples, dtype=np.float64)))
    if power < SILENT_RMS**2:
        raise _Refused("silent")
    step = float(np.max(np.abs(sound.samples))) / 32767
    steps = np.rint(sound.samples / step).astype(np.int16)
    return Clip(name, f"{folder.name}/{_recording(folder, path)}", steps, step, sound.sample_rate_hz, power)


def _recording(folder: Folder, path: Path) -> str:
    if folder.recording is None:
        return path.stem
    found = re.search(folder.recording, path.name)
    if found is None:
        raise _Refused(f"its name does not match recording: {folder.recording!r}")
    return found.group("recording") or path.stem
