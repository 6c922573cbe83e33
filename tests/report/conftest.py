"""Contents of a small report, made from a seed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from tasks.catalog.quarantine import quarantine_table
from tasks.catalog.schema import MEASUREMENTS
from tasks.descriptors.descriptor import Descriptor
from tasks.report.accounts import InputCounts
from tasks.report.atoms import AtomsFound, LargeAtom, TiedBy
from tasks.report.contents import DuplicatesFound, ReportContents, Reproduce
from tasks.report.draws import summarise_draws
from tasks.report.gallery import DuplicatePair, GalleryRow, image_example
from tasks.shift.histograms import descriptor_histograms
from tasks.splitting.two_options import two_options

Make = Callable[..., Any]


def check(**changes: Any) -> dict[str, Any]:
    """Make one check of a verdict."""
    made: dict[str, Any] = {
        "id": "rows-short.dev",
        "assumption": "sizes",
        "question": "Has dev all the rows that were asked for?",
        "status": "pass",
        "severity": "warning",
        "statistic": "rows_short",
        "rule": "at_most",
        "split_a": "dev",
        "split_b": None,
        "descriptor": None,
        "effect": 0.0,
        "ci_low": None,
        "ci_high": None,
        "limit": 0.0,
        "p_value": None,
        "n_a": 500,
        "n_b": None,
        "reason": "",
        "remedy": "Lower splits.dev, or add target data.",
    }
    return made | changes


def measured(*rows: tuple[Any, ...]) -> pa.Table:
    """Make measurements from (statistic, split_a, split_b, descriptor, effect, ci_low, ci_high)."""
    names = MEASUREMENTS.names
    return pa.Table.from_pylist(
        [dict.fromkeys(names) | dict(zip(names, row, strict=False)) for row in rows], schema=MEASUREMENTS
    )


def report_contents(name: str = "bars", word: str = "3", **changes: Any) -> ReportContents:
    """Make the contents of a report in which every section has something to say; `word` is each foreign word in it."""
    rng = np.random.default_rng(5)
    pixels = rng.integers(0, 255, (28, 28)).astype(np.uint8)
    samples = {
        split: {"sharpness": rng.normal(size=300), word: np.array([word, "other"] * 150, object)}
        for split in ("train", "train+synthetic", "train-dev", "dev", "test")
    }
    draws = pa.table(
        {
            "record_id": ["a#synthetic-1", "b#synthetic-1"],
            "parent_id": ["a", "b"],
            "rotation.angle_deg": pa.array([3.0, None]),
            "background.clip": pa.array([word, word]),
        }
    )
    given: dict[str, Any] = {
        "verdict": {
            "version": "000002",
            "status": "valid",
            "checks": [
                check(),
                check(
                    id="descriptors.dev.test",
                    assumption="dev-like-test",
                    question=f"Is {word} alike?",
                    status="undecided",
                    severity="critical",
                    statistic="cliffs_delta",
                    rule="family_within",
                    split_b="test",
                    descriptor=word,
                    effect=0.08,
                    ci_low=-0.02,
                    ci_high=0.2,
                    limit=0.1,
                    p_value=0.2,
                    n_b=480,
                    reason=f"{word}: 0.080 spans 0.1",
                    remedy=f"Look at {word}.",
                ),
                check(
                    id="joint.train.dev",
                    assumption="mismatch",
                    question="Is train like dev?",
                    status="fail",
                    severity="info",
                    statistic="energy_distance",
                    rule="no_difference",
                    split_a="train",
                    split_b="dev",
                    effect=1.5,
                    ci_low=1.2,
                    ci_high=1.9,
                    limit=0.01,
                    p_value=0.0005,
                ),
            ],
        },
        "config": {"name": name, "modality": "image", "seed": 3},
        "assumptions": {"sizes": "The splits are as large as was asked for", "mismatch": f"About {word}"},
        "splits": {
            "train": {"source": 2000, "target": 100, "synthetic": 2000},
            "train-dev": {"source": 300},
            "dev": {"target": 500},
            "test": {"target": 480},
        },
        "measurements": measured(
            ("gap_closed", "train+synthetic", "dev", None, 0.6, 0.5, 0.7),
            ("energy_distance", "train", "dev", None, 1.5, 1.2, 1.9),
            ("mismatch", "train", "dev", None, 1.5, 1.2, 1.9),
            ("mismatch", "train+synthetic", "dev", None, 0.6, 0.5, 0.8),
            ("mismatch", "train", "train-dev", None, 0.1, -0.1, 0.2),
            ("mismatch", "dev", "test", None, 0.0, -0.1, 0.1),
            ("mismatch_over_floor", "train", "dev", "train-dev", 1.4, 1.1, 1.8),
            ("mismatch_part", "train", "dev", "blur", 1.1, 0.9, 1.3),
            ("mismatch_part", "train", "dev", word, 0.4, 0.3, 0.5),
            ("mismatch_part", "train+synthetic", "dev", "blur", 0.1, 0.0, 0.2),
            ("mismatch_part", "train+synthetic", "dev", word, 0.5, 0.4, 0.6),
            ("mismatch_closed", "train+synthetic", "dev", "blur", 1.0, 0.8, 1.2),
            ("mismatch_closed", "train+synthetic", "dev", word, -0.1, -0.15, -0.05),
            ("mismatch_content", "train", "dev", None, 1.2, 1.0, 1.4),
            ("domain_classifier", "train", "dev", None, 0.97, 0.95, 0.98),
            ("label_share_tv", "train", "dev", None, 0.1, 0.05, 0.2),
            ("cliffs_delta", "train", "dev", "sharpness", -0.7, -0.8, -0.6),
            ("cliffs_delta", "train+synthetic", "dev", "sharpness", -0.2, -0.3, -0.1),
            ("cliffs_delta", "dev", "test", "sharpness", 0.02, -0.05, 0.09),
            ("total_variation", "train", "dev", word, 0.3, 0.2, 0.4),
            ("label_count", "dev", None, word, 200.0),
            ("label_count", "dev", None, "other", 300.0),
            ("label_count", "test", None, "other", 480.0),
            ("rows_wanted", "dev", None, None, 500.0),
            ("margin", "dev", None, None, 0.026),
            ("rows_worth", "dev", None, None, 212.0),
            ("detectable_gain", "dev", None, None, 0.039),
            ("detectable_gap", "dev", "test", None, 0.058),
            ("margin", "test", None, None, 0.027),
        ),
        "inputs": (
            InputCounts(word, "source", 2310, 2300, 3, {"repeats_dev": 7}),
            InputCounts("app", "target", 1080, 1080),
        ),
        "quarantine": quarantine_table([(f"app/{word}", "app", word, "truncated", f"{word} ends early")] * 5),
        "histograms": descriptor_histograms(samples),
        "two_options": two_options(200_000, 10_000, 2_500, 2_500),
        "gallery": (
            GalleryRow(
                word,
                image_example(f"web/{word}", "source", pixels),
                image_example(f"web/{word}#synthetic-1", "synthetic", pixels, {word: word}),
                image_example(f"app/{word}", "target", pixels),
            ),
        ),
        "likeness": (("most", (image_example(f"web/{word}", "source", pixels),)),),
        "policy": "fitted",
        "drawn": summarise_draws(draws),
        "descriptors": {
            "sharpness": Descriptor("grey levels", "blur", "How sharp it is."),
            word: Descriptor("", "", word),
        },
        "duplicates": DuplicatesFound(
            2, 1, 0.03, "Calibrated.", (DuplicatePair("near", *[image_example(word, "target", pixels)] * 2),)
        ),
        "atoms": AtomsFound(
            3380,
            3100,
            40,
            85,
            (TiedBy("a group", 38, 290), TiedBy("equal content and near-duplicates", 12, 28)),
            (
                LargeAtom(f"web/{word}/7.png", 85, 85 / 3380, "near-duplicates", (), (("train", 85),)),
                LargeAtom(f"web/{word}/8.png", 80, 80 / 3380, "a group", (word, "w2", "w3", "w4"), (("dev", 80),)),
            ),
        ),
        "versions": {"numpy": "2.4.6"},
        "reproduce": Reproduce(f"matchset build {word}.yaml", 3, {word: "b1946ac9"}),
    }
    return ReportContents(**(given | changes))


@pytest.fixture
def make_check() -> Make:
    return check


@pytest.fixture
def make_measured() -> Make:
    return measured


@pytest.fixture
def make_contents() -> Make:
    return report_contents
