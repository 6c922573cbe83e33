"""Which operations a modality has, and the module that renders them."""

import importlib
from types import ModuleType

from tasks.noise.audio_bounds import AUDIO
from tasks.noise.bounds import OperationBounds
from tasks.noise.image_bounds import IMAGE
from tasks.noise.tabular_bounds import TABULAR

BOUNDS: dict[str, dict[str, OperationBounds]] = {"image": IMAGE, "audio": AUDIO, "tabular": TABULAR}
"""Modality -> operation -> bounds."""


def renderer(modality: str) -> ModuleType:
    """Return the module with `draw` and `apply` of a modality; only now are its libraries loaded."""
    return importlib.import_module(f"tasks.noise.{modality}")
