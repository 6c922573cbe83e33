"""Which operations a modality has."""

from tasks.noise.audio_bounds import AUDIO
from tasks.noise.bounds import OperationBounds
from tasks.noise.image_bounds import IMAGE
from tasks.noise.tabular_bounds import TABULAR

BOUNDS: dict[str, dict[str, OperationBounds]] = {"image": IMAGE, "audio": AUDIO, "tabular": TABULAR}
"""Modality -> operation -> bounds."""

NEEDS: dict[str, dict[str, str]] = {"image": {"background": "backgrounds"}}
"""Modality -> operation -> the section of `synthesis` without which it does nothing, and no search tries it."""

ALTERED: dict[str, frozenset[str]] = {"audio": frozenset({"duration_s"})}
"""Modality -> descriptors of the container that operations alter all the same, so that a fit looks at them too."""
