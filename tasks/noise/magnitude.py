"""Two-parameter distributions of a magnitude, inside hard bounds."""

import math

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator
from scipy.special import ndtr, ndtri

from tasks.config.section import Section
from tasks.noise.bounds import Parameter

Pair = tuple[float, float]


class Magnitude(Section):
    """How large a magnitude is drawn: exactly one distribution of two parameters."""

    normal: Pair | None = None
    """Mean and standard deviation, truncated to the bounds of the parameter."""
    uniform: Pair | None = None
    """Lowest and highest value."""
    log_uniform: Pair | None = None
    """Lowest and highest value; each doubling is as likely."""

    @model_validator(mode="after")
    def _one_distribution(self) -> "Magnitude":
        given = [name for name in ("normal", "uniform", "log_uniform") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give one of normal: [mean, sd], uniform: [low, high], log_uniform: [low, high]")
        first, second = self.pair
        if not (math.isfinite(first) and math.isfinite(second)):
            raise ValueError(f"{given[0]}: found {[first, second]}, allowed: finite numbers")
        if self.normal is not None and second < 0:
            raise ValueError(f"normal: found sd {second:g}, allowed: 0 or more")
        if self.normal is None and first > second:
            raise ValueError(f"{given[0]}: found {[first, second]}, allowed: lowest value first")
        if self.log_uniform is not None and first <= 0:
            raise ValueError(f"log_uniform: found {[first, second]}, allowed: numbers above 0")
        return self

    @property
    def name(self) -> str:
        """Which distribution it is."""
        return "normal" if self.normal is not None else "uniform" if self.uniform is not None else "log_uniform"

    @property
    def pair(self) -> Pair:
        """Its two parameters."""
        pair = self.normal or self.uniform or self.log_uniform
        if pair is None:
            raise ValueError("a magnitude without a distribution")
        return pair

    def outside(self, bounds: Parameter) -> bool:
        """Tell whether it asks for values beyond the bounds; of a normal one only the mean has to lie inside."""
        asked = self.pair[:1] if self.normal is not None else self.pair
        return any(not bounds.low <= value <= bounds.high for value in asked)

    def values(self, u: NDArray[np.float64], bounds: Parameter) -> NDArray[np.float64]:
        """Turn uniform numbers into magnitudes by the inverse of the distribution function.

        Parameters
        ----------
        u : (n,) float64 in (0, 1)
        bounds : Parameter

        Returns
        -------
        (n,) float64
            Never outside the bounds.
        """
        first, second = self.pair
        if self.normal is not None:
            if second == 0:
                drawn = np.full_like(u, first)
            else:
                low, high = ndtr((bounds.low - first) / second), ndtr((bounds.high - first) / second)
                drawn = first + second * ndtri(low + u * (high - low))
        elif self.uniform is not None:
            drawn = first + u * (second - first)
        else:
            drawn = first * (second / first) ** u
        return np.clip(drawn, bounds.low, bounds.high)

    def scaled(self, severity: float, bounds: Parameter) -> "Magnitude":
        """Return it with values nearer to (below 1) or farther from (above 1) the neutral one, inside the bounds."""
        move = bounds.mover(severity)
        first, second = self.pair
        if self.normal is None:
            ends = sorted(min(max(move(end), bounds.low), bounds.high) for end in (first, second))
            name = self.name if ends[0] > 0 else "uniform"  # doublings do not reach zero
            return Magnitude.model_validate({name: ends})
        mean = min(max(move(first), bounds.low), bounds.high)
        if bounds.neutral is not None and bounds.spacing != "decibel":
            second *= severity * (mean / first if bounds.spacing == "log" else 1)
        return Magnitude(normal=(mean, second))
