"""How far a noise operation may go: hard bounds within which a person would still give the same label."""

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
