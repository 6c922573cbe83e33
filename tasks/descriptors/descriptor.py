"""What a descriptor is: one cheap number about a record, with its unit, its family and its source."""

from dataclasses import dataclass

CONTAINER = "container"
"""The family of what the file says, not what a person sees or hears: size in pixels, sample rate, duration."""


@dataclass(frozen=True)
class Descriptor:
    """One documented number about a record.

    Parameters
    ----------
    unit : str
        The unit a reader sees: `"grey levels"`, `"dB"`, `"degrees"`; `"share"` for 0 to 1; `""` for a bare number.
    family : str
        What kind of property it is: exposure, blur, noise, ...; `tasks.descriptors.families` says what moves each.
    doc : str
        One sentence: what it measures, which way is up, and its value where it has no meaning.
    source : str
        Where the measure comes from; empty where it is elementary.
    """

    unit: str
    family: str
    doc: str
    source: str = ""

    @property
    def container(self) -> bool:
        """Whether it tells about the file rather than the content; a comparison is given with and without those."""
        return self.family == CONTAINER
