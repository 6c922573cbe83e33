"""One clip of a pool: its samples, and how it goes on where it ends."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

SEAM_S = 0.02
"""Where a clip that is shorter than a record begins anew, its end fades into its beginning over so long: as long as a
frame of speech, so that no click marks the place, and short enough that a second of noise stays a second."""


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
    channels : int
        That the file has; they are mixed to one.
    """

    name: str
    recording: str
    steps: NDArray[np.int16]
    step: float
    sample_rate_hz: int
    power: float
    channels: int = 1

    @property
    def category(self) -> str:
        """The folder of `synthesis.noise` that it lies in."""
        return self.recording.partition("/")[0]

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.steps) / self.sample_rate_hz

    @property
    def length(self) -> float:
        """What a deck counts: its seconds."""
        return self.duration_s

    def samples(self, start: int, length: int) -> NDArray[np.float32]:
        """Cut samples out; where the clip ends, it fades into its beginning: (length,) float32.

        Parameters
        ----------
        start : int
            0 <= start < n.
        length : int
        """
        if start + length <= len(self.steps):
            return self.steps[start : start + length] * np.float32(self.step)
        return self._round.take(np.arange(start, start + length), mode="wrap") * np.float32(self.step)

    @cached_property
    def _round(self) -> NDArray[np.float32]:
        """The clip as a ring: its last samples are faded into its first ones, at equal power, and left out."""
        fade = min(round(SEAM_S * self.sample_rate_hz), len(self.steps) // 4)
        ring = self.steps[: len(self.steps) - fade].astype(np.float32)
        turn = (np.arange(fade, dtype=np.float32) + np.float32(0.5)) / np.float32(max(1, fade)) * np.float32(np.pi / 2)
        ring[:fade] = np.sin(turn) * self.steps[:fade] + np.cos(turn) * self.steps[len(self.steps) - fade :]
        return ring
