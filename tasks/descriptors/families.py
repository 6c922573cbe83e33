"""The families of descriptors: what in the world moves each of them, and which noise answers it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tasks.descriptors.descriptor import CONTAINER, Descriptor

COLUMN = "column"
"""The families of a table are its columns, each by itself: `column income`."""
MISSINGNESS = "missingness"
"""Cells without a value, over all columns; no descriptor has this family, since a value has that of its column."""


@dataclass(frozen=True)
class Family:
    """Descriptors that one thing in the world moves together.

    Parameters
    ----------
    sentence : str
        What in the world changes it, and what answers it.
    operations : tuple of str
        Operations of a noise policy that move it most; none where noise must not or cannot.
    """

    sentence: str
    operations: tuple[str, ...] = ()


FAMILIES: dict[str, dict[str, Family]] = {
    "image": {
        "exposure": Family(
            "The light, the exposure, the camera's tone curve and what lies behind change it; answered by gain, gamma, "
            "contrast and background.",
            ("gain", "gamma", "contrast", "brightness", "vignette", "background"),
        ),
        "colour": Family(
            "Lamps, white balance and the camera's taste change it; answered by white balance and saturation.",
            ("white_balance", "saturation"),
        ),
        "blur": Family(
            "A lens out of focus, a moving hand, or a smoothing scaler changes it; answered by blur of either kind.",
            ("defocus", "gaussian_blur", "motion_blur"),
        ),
        "noise": Family(
            "Little light and a small sensor change it; answered by shot and Gaussian noise.",
            ("shot_noise", "gaussian_noise"),
        ),
        "resolution": Family(
            "Enlarging a small picture, or taking it from afar, changes it; answered by downscale.", ("downscale",)
        ),
        "compression": Family("Saving as JPEG with low quality changes it; answered by jpeg.", ("jpeg",)),
        "geometry": Family(
            "Framing, the camera's position, the hand that writes and the pen change it; answered by warps and stroke "
            "weight.",
            ("crop_to_content", "scale", "rotation", "shear", "perspective", "shift", "stroke_weight"),
        ),
        CONTAINER: Family("Settings of the camera or the export change it; no noise answers it."),
    },
    "audio": {
        "level": Family("Distance, voice and the volume setting change it; answered by gain.", ("gain",)),
        "noise": Family("What sounds behind the speaker changes it; answered by noise.", ("noise",)),
        "pauses": Family(
            "How tightly a sound is cut and how fast somebody speaks change it; answered by silence and speed.",
            ("silence", "speed"),
        ),
        "clipping": Family("A microphone or input that is set too loud changes it; no noise answers it."),
        "spectrum": Family(
            "Voice, microphone and distance change its colour; answered, in part, by speed and band limit.",
            ("speed", "band_limit"),
        ),
        "band": Family(
            "A telephone line, a codec or a cheap microphone changes it; answered by band limit and codec.",
            ("band_limit", "codec"),
        ),
        "reverberation": Family(
            "The room and the distance to the microphone change it; answered by room and reverberation.",
            ("room", "reverberation"),
        ),
        CONTAINER: Family("Settings of the recorder and the length of what is said change it; no noise answers it."),
    },
    "tabular": {
        COLUMN: Family(
            "Who is asked, where and when, and how the value is recorded change a column; answered by measurement "
            "noise, rounding and category confusion.",
            ("measurement_noise", "rounding", "category_confusion"),
        ),
        MISSINGNESS: Family("A form that may be left empty changes it; answered by missingness.", ("missingness",)),
    },
}
"""Modality -> family -> what moves it, in the order in which a report shows them."""


def column_family(name: str) -> str:
    """Return the family of a table's column."""
    return f"{COLUMN} {name}"


def explain_family(modality: str, family: str) -> Family | None:
    """Return what moves a family; None where nobody wrote it down, as for descriptors of a user's own."""
    families = FAMILIES.get(modality, {})
    return families.get(family) or (families.get(COLUMN) if family.startswith(f"{COLUMN} ") else None)


def members(known: Mapping[str, Descriptor]) -> dict[str, list[str]]:
    """Return family -> names of its descriptors, both in order of appearance."""
    found: dict[str, list[str]] = {}
    for name, descriptor in known.items():
        found.setdefault(descriptor.family, []).append(name)
    return found
