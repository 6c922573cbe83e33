"""Which operations a modality has."""

from tasks.noise.audio_bounds import AUDIO
from tasks.noise.bounds import OperationBounds
from tasks.noise.image_bounds import IMAGE
from tasks.noise.tabular_bounds import TABULAR

BOUNDS: dict[str, dict[str, OperationBounds]] = {"image": IMAGE, "audio": AUDIO, "tabular": TABULAR}
"""Modality -> operation -> bounds."""
