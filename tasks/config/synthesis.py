"""How training data is synthesized."""

from typing import Annotated, Literal

from pydantic import Field

from tasks.config.inputs import Name
from tasks.config.section import NotBool, Section, pattern_with

PolicyWord = Literal["fitted", "default", "none"]
"""What a policy can be besides the path of a file."""


class NoiseFolder(Section):
    """A folder of recorded noise."""

    name: Name
    path: str
    """A folder of sound files; a relative path counts from the configuration file."""
    recording: Annotated[str, pattern_with("recording", "(?P<recording>[a-z]+)_")] | None = None
    """A regular expression on the file's name with `(?P<recording>...)`: clips cut from one recording."""


class ImpulseResponses(Section):
    """A folder of room impulse responses."""

    path: str


class BackgroundFolder(Section):
    """A folder of pictures that may lie behind what images show: textures, tables, walls, scenes."""

    name: Name
    path: str
    """A folder of pictures; a relative path counts from the configuration file."""
    picture: Annotated[str, pattern_with("picture", "(?P<picture>[a-z]+)_")] | None = None
    """A regular expression on the file's name with `(?P<picture>...)`: crops of one photograph."""


class Synthesis(Section):
    """Noise-augmented copies of the source records in train."""

    copies: Annotated[float, NotBool, Field(ge=0, le=100)] = 1.0
    """Synthetic records per source record in train; 0.5 makes one of every second record."""
    target_copies: Annotated[float, NotBool, Field(ge=0, le=100)] | Literal["auto"] = "auto"
    """Varied copies per target record in train, by the generic policy, which share its weight; `auto`: a few where
    target records are few, or none."""
    policy: str = "fitted"
    """`fitted` to the target, `default`, `none`, or the path of a policy file."""
    judge: Literal["small", "network"] = "small"
    """What proves that synthetic records help: `small`, or `network`, a convolutional one that needs PyTorch."""
    noise: tuple[NoiseFolder, ...] = ()
    """Recorded noise, for audio."""
    impulse_responses: tuple[ImpulseResponses, ...] = ()
    """Rooms, for audio."""
    backgrounds: tuple[BackgroundFolder, ...] = ()
    """Pictures that the operation `background` puts behind what stands out from a plain border, for images."""
