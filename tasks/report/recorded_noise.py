"""The pool in the report: which recordings are heard, or pictures seen, how often, and what was not used."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from markupsafe import Markup

from tasks.catalog.schema import NOISE
from tasks.noise.pool import REASONS
from tasks.noise.pool_account import REPETITION, PoolAccount, pool_account
from tasks.noise.pool_quality import TONAL_SHARE
from tasks.report.bars import share_bar
from tasks.report.contents import ReportContents
from tasks.report.estimates import Estimates
from tasks.report.losses import Reason
from tasks.report.wording import count, foreign, number, percent

MOST_LINES = 40
"""Recordings that have a line of their own, those heard most; the parquet file has all."""
_EXAMPLES = 3


@dataclass(frozen=True)
class RecordingLine:
    """One recording of the pool."""

    name: str
    clips: str
    lasts: str
    heard: str
    times: str
    share: str
    bar: Markup
    note: str


@dataclass(frozen=True)
class RecordedNoise:
    """What the report says of a pool."""

    title: str
    heads: tuple[str, ...]
    sentences: tuple[str, ...]
    lines: tuple[RecordingLine, ...]
    more: int
    refused: tuple[Reason, ...]
    files: int


def recorded_noise(contents: ReportContents) -> RecordedNoise | None:
    """Return what there is to say of recorded noise; None where no file of noise was configured."""
    use, pool = contents.noise_use, contents.noise_pool
    if not pool.num_rows:
        return None
    found = pool_account(use)
    pictures = bool(pc.any(pc.is_valid(pool["width_px"])).as_py()) or "picture" in use["unit"].to_pylist()
    if not found.noisy:
        sentences = [_UNSEEN if pictures else _UNUSED]
    elif pictures:
        sentences = _seen(found)
    else:
        sentences = [*_account(found), *_measured(Estimates(contents.measurements))]
    sentences += [] if pictures else _changed(pool)
    lines = _lines(use, pool, found) if found.noisy else []
    return RecordedNoise(
        "Backgrounds" if pictures else "Recorded noise",
        _PICTURES if pictures else _SOUNDS,
        tuple(sentences),
        tuple(lines[:MOST_LINES]),
        max(0, len(lines) - MOST_LINES),
        _refused(pool),
        pool.num_rows,
    )


_UNUSED = (
    "No synthetic record hears the recordings: the policy does not add noise, or no synthetic record is published."
)


_UNSEEN = (
    "No synthetic record has one of the pictures behind it: the policy has no operation background, or no synthetic "
    "record is published."
)
_SOUNDS = ("Recording", "Clips", "Lasts", "Heard", "Times", "Of the noise")
_PICTURES = ("Photograph", "Pictures", "Holds", "Seen", "Times", "Of the backgrounds")


def _seen(found: PoolAccount) -> list[str]:
    return [
        f"{count(found.heard_recordings)} of {count(found.recordings)} photographs are drawn, as varied as "
        f"{number(found.effective)} that are seen equally often; the most seen is {percent(found.largest_share)} of "
        "all backgrounds. Crops of one photograph count as one.",
        f"{count(found.noisy)} synthetic records drew one; each part of a picture is drawn {number(found.repetition)} "
        f"times on average, where {number(REPETITION)} are advised at most. Of those drawn, only records with a plain "
        "border show it.",
    ]


def _account(found: PoolAccount) -> list[str]:
    return [
        f"{count(found.heard_recordings)} of {count(found.recordings)} recordings are heard, as varied as "
        f"{number(found.effective)} that are heard equally long; the most heard is {percent(found.largest_share)} of "
        "the noise. Clips of one recording count as one.",
        f"{_hours(found.used / 3600)} of noise are made of {_hours(found.unique / 3600)} of recordings: each "
        f"second is heard {number(found.repetition)} times on average. At {number(REPETITION)} times at most, the pool "
        f"supports {_hours(found.supported_hours)} of noisy records.",
    ]


def _hours(hours: float) -> str:
    return f"{number(hours * 60)} minutes" if hours < 2 else f"{number(hours)} hours"


def _measured(estimates: Estimates) -> list[str]:
    told = []
    for split in ("train", "dev"):
        if (inside := estimates.one("noise_coverage", NOISE, split)) is not None:
            between = f" [{percent(inside.low)}, {percent(inside.high)}]" if not inside.exact else ""
            others = estimates.one("noise_coverage_of_others", NOISE, split)
            beside = (
                f"; one recording of the pool is covered by the others to {percent(others.effect)}" if others else ""
            )
            near = f"{percent(inside.effect)}{between} of what is heard in the target’s pauses"
            told.append(f"The pool comes near {near}{beside}.")
    seen, unseen = (estimates.one(f"noise_{kind}_error", NOISE, "train-dev") for kind in ("seen", "unseen"))
    gap = estimates.one("noise_unseen_gap", NOISE, "train-dev")
    if seen and unseen and gap:
        between = f" [{_points(gap.low)}, {_points(gap.high)}]" if not gap.exact else ""
        told.append(
            f"A small model trained in half of the recordings errs on {percent(seen.effect)} of train-dev in these and "
            f"on {percent(unseen.effect)} in the other half: {_points(gap.effect)}{between} points more."
        )
    for split in ("dev", "test"):
        if (heard := estimates.one("noise_heard_in", NOISE, split)) is not None:
            names = [
                foreign(entry.descriptor or "") for entry in estimates.all("noise_recording_heard_in", NOISE, split)
            ]
            which = f": {', '.join(names)}" if names else ""
            told.append(
                f"Recordings are heard in {count(heard.effect)} of {count(heard.n_b)} records of {split}{which}."
            )
    return told


def _points(share: float | None) -> str:
    return percent(share).removesuffix(" %")


def _changed(pool: pa.Table) -> list[str]:
    used = pool.filter(pc.is_null(pool["reason"]))
    stereo = pc.sum(pc.greater(used["channels"], 1)).as_py() or 0
    rates = sorted(pc.unique(used["sample_rate_hz"]).to_pylist())
    told = []
    if stereo:
        told.append(f"{count(stereo)} of the files {'has' if stereo == 1 else 'have'} several channels, mixed to one.")
    if len(rates) > 1:
        told.append(f"Files of {', '.join(count(rate) for rate in rates)} Hz are brought to each record’s rate.")
    return told


def _lines(use: pa.Table, pool: pa.Table, found: PoolAccount) -> list[RecordingLine]:
    recorded = use.filter(pc.is_valid(use["length"]))
    tonal = set(pool.filter(pc.greater_equal(pool["tonal_share"], TONAL_SHARE))["recording"].to_pylist())
    summed = recorded.group_by("recording").aggregate([("clip", "count"), ("used", "sum"), ("length", "sum")])
    unit = " s" if "s" in recorded["unit"].to_pylist() else ""
    rows = sorted(summed.to_pylist(), key=lambda row: (-row["used_sum"], row["recording"]))
    return [
        RecordingLine(
            row["recording"],
            count(row["clip_count"]),
            f"{number(row['length_sum'])}{unit}",
            f"{number(row['used_sum'])}{unit}",
            number(row["used_sum"] / row["length_sum"]),
            percent(row["used_sum"] / found.used),
            share_bar(row["used_sum"] / found.used, found.largest_share, "synthetic", about=row["recording"]),
            "Steady tones: music, an alarm or a voice? Listen to it." if row["recording"] in tonal else "",
        )
        for row in rows
    ]


def _refused(pool: pa.Table) -> tuple[Reason, ...]:
    out = []
    for reason in pc.unique(pool["reason"].drop_null()).to_pylist():
        rows = pool.filter(pc.equal(pool["reason"], reason))
        first = tuple((row["file"], row["detail"] or "") for row in rows.slice(0, _EXAMPLES).to_pylist())
        out.append(Reason(reason, REASONS.get(reason, ""), rows.num_rows, first))
    return tuple(sorted(out, key=lambda entry: (-entry.rows, entry.reason)))
