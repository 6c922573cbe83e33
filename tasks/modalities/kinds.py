"""The modalities by name."""

import importlib
from typing import cast

from tasks.modalities.modality import Modality


def modality(name: str) -> Modality:
    """Return a modality; only now are its libraries loaded, which takes a second for images.

    Parameters
    ----------
    name : {"image", "audio", "tabular"}
    """
    return cast(Modality, importlib.import_module(f"tasks.modalities.{name}").MODALITY)
