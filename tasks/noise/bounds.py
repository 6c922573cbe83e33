"""How far a noise operation may go: hard bounds within which a person would still give the same label."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

Spacing = Literal["linear", "log", "decibel"]


@dataclass(frozen=True)
class Parameter:
    """One magnitude of an operation.

    Parameters
    ----------
    low, high : float
        Hard bounds, in `unit`; no draw leaves them.
    neutral : float or None
        The value at which the operation changes nothing; None where there is none (a direction, say).
    why : str
        Why the bounds preserve the label.
    unit : str
        Unit, for messages.
    spacing : {"linear", "log", "decibel"}
        What half of it means: half the distance to `neutral`, its square root, or 6 dB more.
    """

    low: float
    high: float
    neutral: float | None
    why: str
    unit: str = ""
    spacing: Spacing = "linear"

    @property
    def allowed(self) -> str:
        """The bounds in words: `-30 to 30 deg`."""
        return f"{self.low:g} to {self.high:g} {self.unit}".rstrip()

    def mover(self, severity: float) -> Callable[[float], float]:
        """Return what moves a value towards (severity below 1) or away from (above 1) the neutral one.

        Bounds are not looked at: clip the result to them.
        """
        neutral = self.neutral
        if self.spacing == "decibel":
            return lambda value: value - 20 * math.log10(severity)
        if neutral is None:
            return lambda value: value
        if self.spacing == "log":
            return lambda value: neutral * math.exp(min(max(severity * math.log(value / neutral), -50), 50))
        return lambda value: neutral + severity * (value - neutral)


@dataclass(frozen=True)
class OperationBounds:
    """What an operation does and the bounds of its magnitudes.

    Parameters
    ----------
    doc : str
        One line for people.
    parameters : dict of str to Parameter
        Magnitudes that a policy may draw.
    recorded : tuple of str
        Text columns that the draw adds, such as the name of a noise clip.
    """

    doc: str
    parameters: dict[str, Parameter]
    recorded: tuple[str, ...] = field(default=())
