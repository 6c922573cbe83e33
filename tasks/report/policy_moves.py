"""What a policy moves: descriptors that its operations are seen in, of train, of synthetic records, and of dev."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from tasks.catalog.schema import AUGMENTED
from tasks.report.contents import ReportContents
from tasks.report.silhouettes import SYNTHETIC, legend_mark, silhouette
from tasks.report.wording import number

SEEN_IN: Mapping[str, Mapping[str, str]] = {
    "image": {
        "crop_to_content": "foreground_height",
        "scale": "foreground_width",
        "rotation": "slant",
        "shear": "slant",
        "shift": "off_centre",
        "stroke_weight": "stroke_width",
        "background": "contrast",
        "defocus": "sharpness",
        "gaussian_blur": "sharpness",
        "motion_blur": "sharpness",
        "downscale": "fine_detail",
        "gain": "brightness",
        "white_balance": "red_blue_cast",
        "saturation": "saturation",
        "shot_noise": "noise_level",
        "gaussian_noise": "noise_level",
        "gamma": "brightness",
        "contrast": "contrast",
        "brightness": "brightness",
        "jpeg": "blockiness",
    },
    "audio": {
        "speed": "duration_s",
        "silence": "silence_share",
        "room": "decay_s",
        "reverberation": "decay_s",
        "noise": "snr_db",
        "band_limit": "band_limit_hz",
        "codec": "band_limit_hz",
        "gain": "level_dbfs",
    },
}
"""Modality -> operation -> the descriptor that tells most of it; others move it too."""

SIDES = ("train", SYNTHETIC, "dev")


@dataclass(frozen=True)
class Move:
    """One descriptor: the operations that are seen in it, its picture, and the middle of each side."""

    name: str
    unit: str
    operations: str
    plot: Markup
    middles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Moves:
    """All pictures, and their legend."""

    panels: tuple[Move, ...]
    legend: tuple[tuple[str, Markup], ...]


def policy_moves(contents: ReportContents) -> Moves | None:
    """Draw the descriptors that drawn operations are seen in, in the order of the draws; None where there are none."""
    links = SEEN_IN.get(str(contents.config.get("modality", "")), {})
    operations = dict.fromkeys(drawn.operation for drawn in contents.drawn if drawn.rows)
    seen: dict[str, list[str]] = {}
    for operation in operations:
        if operation in links:
            seen.setdefault(links[operation], []).append(operation.replace("_", " "))
    panels = tuple(
        _move(contents, name, named, rows) for name, named in seen.items() if (rows := _sides(contents, name))
    )
    return Moves(panels, tuple((side, legend_mark(side)) for side in SIDES)) if panels else None


def _sides(contents: ReportContents, name: str) -> list[dict[str, Any]]:
    """Return the histograms of train, synthetic records and dev; none where one of them is missing.

    Both are counted in one histogram, on the same bins as train alone.
    """
    found = {row["split"]: row for row in contents.histograms.to_pylist() if row["descriptor"] == name}
    if not {"train", AUGMENTED, "dev"} <= found.keys() or found["train"]["edges"] is None:
        return []
    both, train = found[AUGMENTED], found["train"]
    made = [whole - part for whole, part in zip(both["counts"], train["counts"], strict=True)]
    return [train, both | {"split": SYNTHETIC, "counts": made}, found["dev"]]


def _move(contents: ReportContents, name: str, operations: Sequence[str], rows: list[dict[str, Any]]) -> Move:
    described = contents.descriptors.get(name)
    unit = described.unit if described else ""
    middles = tuple((row["split"], number(_middle(row["edges"], row["counts"]))) for row in rows)
    return Move(name, unit, ", ".join(operations), silhouette(rows, name=name, unit=unit), middles)


def _middle(edges: Sequence[float], counts: Sequence[int]) -> float | None:
    """Return the median as a histogram knows it: within its bin, in proportion."""
    half = sum(counts) / 2
    passed = 0
    for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True):
        if count and passed + count >= half:
            return low + (high - low) * (half - passed) / count
        passed += count
    return None
