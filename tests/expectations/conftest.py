from collections.abc import Callable, Sequence
from itertools import combinations
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from tasks.catalog.schema import MEASUREMENTS, SPLITS

Rows = list[dict[str, Any]]


def measurement(statistic: str, a: str | None = None, b: str | None = None, **given: Any) -> dict[str, Any]:
    row = dict.fromkeys(MEASUREMENTS.names) | {"statistic": statistic, "split_a": a, "split_b": b}
    return row | {"effect": 0.0, "n_a": 500, "n_b": 500 if b else None} | given


def sound_rows(
    splits: Sequence[str] = SPLITS,
    inputs: Sequence[str] = ("web", "app"),
    descriptors: Sequence[str] = ("brightness", "sharpness", "noise_db"),
    labels: Sequence[str] = ("0", "1", "2"),
) -> Rows:
    """Every measurement of a build that has nothing wrong with it."""
    rows: Rows = []
    for split in splits:
        rows.append(measurement("largest_atom_share", split, effect=0.02))
        rows.append(measurement("atoms", split, effect=120.0))
        if split != "train":
            rows.append(measurement("rows_short", split))
            rows.append(measurement("rows_wanted", split, effect=500.0))
            rows.append(measurement("margin", split, effect=0.019))
            rows.append(measurement("margin_wanted", split, effect=0.02))
            rows.append(measurement("synthetic_parents", "synthetic", split))
        if split in ("dev", "test"):
            rows.append(measurement("source_rows", split))
            rows.append(measurement("labels_unseen", "train", split))
            rows.append(measurement("formerly_in", split, "train"))
            rows += [measurement("label_count", split, descriptor=label, effect=50.0) for label in labels]
    for a, b in combinations(splits, 2):
        rows += [measurement(f"shared_{kind}", a, b) for kind in ("ids", "atoms", "pairs", "content", "groups")]
    alike, apart = {"effect": 0.01, "ci_low": -0.03, "ci_high": 0.05}, {"effect": 0.4, "ci_low": 0.35, "ci_high": 0.45}
    for a, b, found, p in (
        ("dev", "test", alike, 0.8),
        ("train", "train-dev", alike, 0.6),
        ("train", "dev", apart, 0.001),
        ("train+synthetic", "dev", apart, 0.001),
    ):
        if b in splits and (a in splits or a == "train+synthetic"):
            for statistic in ("cliffs_delta", "wasserstein", "missing_share_difference"):
                rows += [measurement(statistic, a, b, descriptor=name, p_value=p, **found) for name in descriptors]
            rows.append(measurement("total_variation", a, b, descriptor="colour_space", p_value=p, **found))
            rows.append(measurement("label_share_tv", a, b, p_value=p, **found))
            near = {"effect": -0.002, "ci_low": -0.002, "ci_high": 0.006} if found is alike else found
            rows.append(measurement("energy_distance", a, b, p_value=p, **near))
            rows.append(measurement("task_distance", a, b, p_value=p, **near))
            rows.append(measurement("domain_classifier", a, b, p_value=p, **found))
    near = {"effect": 0.001, "ci_low": 0.0, "ci_high": 0.004}
    judged = [split for split in ("dev", "test") if split in splits]
    for a, b in [*combinations(judged, 2), *((split, "target") for split in judged)]:
        rows.append(measurement("random_splits_as_near", a, b, **near))
    rows.append(measurement("synthesis_gain", "train+synthetic", "dev", effect=0.2, ci_low=0.1, ci_high=0.3))
    for space in ("", "task_"):
        rows.append(measurement(f"{space}gap_closed", "train+synthetic", "dev", effect=0.45, ci_low=0.3, ci_high=0.6))
        rows.append(measurement(f"{space}coverage", "synthetic", "dev", effect=0.8, ci_low=0.7, ci_high=0.9))
        rows.append(measurement(f"{space}coverage_floor", "synthetic", "dev", effect=0.97))
    rows.append(measurement("detectable_excess", "synthetic", "dev", effect=-0.2, ci_low=-0.3, ci_high=-0.1))
    rows.append(measurement("noise_effective_recordings", effect=18.0))
    rows.append(measurement("noise_repetition", effect=3.0))
    rows.append(measurement("noise_tonal_share"))
    rows += [measurement("noise_heard_in", "noise", split) for split in judged]
    rows.append(measurement("noise_coverage", "noise", "train", effect=0.5, ci_low=0.45, ci_high=0.55))
    rows.append(measurement("noise_coverage_of_others", "noise", "train", effect=0.6))
    rows.append(measurement("noise_unseen_gap", "noise", "train-dev", effect=0.01, ci_low=-0.01, ci_high=0.03))
    rows += [measurement("quarantined_share", descriptor=name, effect=0.001) for name in inputs]
    names = (
        "rows_unaccounted",
        "ledger_moved",
        "ledger_incidents",
        "constant_descriptors",
        "synthetic_parents_missing",
    )
    return rows + [measurement(name) for name in names]


def table(rows: Rows) -> pd.DataFrame:
    return pa.Table.from_pylist(rows, schema=MEASUREMENTS).to_pandas()


@pytest.fixture
def measurements() -> pd.DataFrame:
    return table(sound_rows())


@pytest.fixture
def remeasured() -> Callable[..., pd.DataFrame]:
    """Return a sound build's measurements with the rows of one statistic changed, or dropped with no changes."""

    def change(statistic: str, a: str | None = None, b: str | None = None, **given: Any) -> pd.DataFrame:
        rows = []
        for row in sound_rows():
            hit = row["statistic"] == statistic and (a is None or row["split_a"] == a) and b in (None, row["split_b"])
            if not hit:
                rows.append(row)
            elif given:
                rows.append(row | given)
        return table(rows)

    return change


def sound_manifest() -> pd.DataFrame:
    """Sixteen records a split, and a synthetic copy of every record in train."""
    rows = []
    for split in SPLITS:
        domain, name = ("target", "app") if split in ("dev", "test") else ("source", "web")
        for at in range(16):
            record = f"{name}/{split}/{at:02d}.png"
            real = {
                "record_id": record,
                "input": name,
                "domain": domain,
                "label": str(at % 3),
                "group": f"w{at}",
                "split": split,
                "synthetic": False,
                "parent_id": None,
            }
            rows.append(real)
            if split == "train":
                copy = {"record_id": f"{record}#synthetic-1", "synthetic": True, "parent_id": record}
                rows.append(real | copy)
    return pd.DataFrame(rows)


@pytest.fixture
def manifest() -> pd.DataFrame:
    return sound_manifest()


@pytest.fixture(scope="session")
def makers() -> SimpleNamespace:
    """The makers themselves, for tests that need their own rows."""
    return SimpleNamespace(rows=sound_rows, table=table, manifest=sound_manifest)
