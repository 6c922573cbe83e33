"""The account of a pool in a few numbers: how varied its noise is, how often it repeats, how much speech it bears."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tasks.noise.noise_use import effective_recordings

REPETITION = 10.0
"""Times that a second of the pool may be heard."""
HOUR_S = 3600.0


@dataclass(frozen=True)
class PoolAccount:
    """How a pool was used.

    Parameters
    ----------
    recordings, clips : int
        That the pool holds.
    heard_recordings : int
        Those that any record hears.
    noisy : int
        Synthetic records that hear recorded noise, each as often as it hears one.
    used : float
        Seconds of recorded noise in them.
    unique : float
        Seconds that the pool holds.
    effective : float
        How many equally used recordings would be as varied as those heard.
    largest_share : float
        Share of the noise that the most heard recording is.
    """

    recordings: int
    clips: int
    heard_recordings: int
    noisy: int
    used: float
    unique: float
    effective: float
    largest_share: float

    @property
    def repetition(self) -> float:
        """Seconds heard over seconds that there are: 0 for a pool that is not used."""
        return self.used / self.unique if self.unique else 0.0

    @property
    def supported_hours(self) -> float:
        """Hours of noisy speech that the pool bears without being heard more than `REPETITION` times."""
        return REPETITION * self.unique / HOUR_S


def pool_account(use: pa.Table) -> PoolAccount:
    """Sum up a table `tasks.noise.noise_use.NOISE_USE`.

    Noise that is made up does not count: it has no end, and no recording.
    """
    recorded = use.filter(pc.is_valid(use["length"]))
    by_recording = recorded.group_by("recording").aggregate([("used", "sum")])
    seconds = by_recording["used_sum"].to_numpy()
    used = float(seconds.sum())
    return PoolAccount(
        recordings=len(seconds),
        clips=recorded.num_rows,
        heard_recordings=int((seconds > 0).sum()),
        noisy=pc.sum(recorded["records"]).as_py() or 0,
        used=used,
        unique=float(pc.sum(recorded["length"]).as_py() or 0.0),
        effective=effective_recordings(recorded),
        largest_share=float(seconds.max() / used) if used else 0.0,
    )
