"""Features for judging a split: random waves that no split was made with."""

from dataclasses import dataclass

import numpy as np

from tasks.splitting.points import Points

BANDWIDTHS = (0.35, 0.7, 1.4)
"""In square roots of what the columns' variances add up to: from differences between neighbours to those of whole
regions."""

STREAM = 0xCE27
"""Mixed into the seed, so that these features are independent of those that splits are matched by."""


@dataclass(frozen=True)
class Waves:
    """Cosines and sines whose mean differences sum to a squared kernel distance.

    References
    ----------
    Rahimi & Recht 2007, Random features for large-scale kernel machines.
    """

    frequencies: Points
    """Shape (q, waves)."""

    @property
    def features(self) -> int:
        """How many there are."""
        return int(2 * self.frequencies.shape[1])

    def __call__(self, points: Points) -> Points:
        """Return features of rows, shape (len(points), features)."""
        angle = points @ self.frequencies
        waves = np.concatenate([np.cos(angle), np.sin(angle)], axis=1)
        return np.asarray(waves / np.sqrt(np.float32(max(1, angle.shape[1]))), np.float32)


def draw_waves(columns: int, each: int, rng: np.random.Generator, *, spread: int | None = None) -> Waves:
    """Draw frequencies for points of so many columns, `each` a bandwidth; their variances add up to `spread`."""
    widths = np.repeat(np.array(BANDWIDTHS) * np.sqrt(max(1, columns if spread is None else spread)), each)
    return Waves((rng.standard_normal((columns, len(widths))) / widths).astype(np.float32))
