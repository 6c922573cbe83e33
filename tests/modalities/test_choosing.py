"""Choosing a policy from published rows."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.modalities.choosing import asked_records, choose_among, taught_records
from tasks.modalities.kinds import modality as find_modality
from tasks.noise.policy import Policy
from tasks.noise.pool import load_pool
from tasks.noise.proposals import Proposal
from tasks.task_space.choice import NOTHING

ROWS = 120


def policy(modality: str, name: str, **magnitudes: list[float]) -> Policy:
    drawn = {key: {"normal": value} for key, value in magnitudes.items()}
    return Policy.model_validate(
        {"modality": modality, "operations": [{"name": name, "probability": 1, "magnitudes": drawn}]}
    )


DARK = policy("image", "gain", factor=[0.5, 0.05])


def published(modality: str, records: list, labels: list, prefix: str) -> pa.Table:
    ids = [f"{prefix}/{row}" for row in range(len(records))]
    payload = find_modality(modality).encode(records, ids)
    return pa.table(
        {
            "record_id": ids,
            "label": pa.array(labels, pa.string()),
            **dict(zip(payload.column_names, payload.columns, strict=True)),
        }
    )


def pictures(rng: np.random.Generator, light: float, prefix: str, labels: list[str] | None = None) -> pa.Table:
    """Bars, upright or lying, amidst grain; the target's are dark."""
    kinds = rng.integers(0, 2, ROWS)
    records = []
    for kind in kinds:
        picture = rng.normal(60, 25, (28, 28))
        at = int(rng.integers(6, 20))
        picture[(slice(None), slice(at, at + 3)) if kind else (slice(at, at + 3), slice(None))] += 130
        records.append(np.clip(picture * light, 0, 255).astype(np.uint8))
    return published("image", records, [str(kind) for kind in kinds] if labels is None else labels, prefix)


def choose(source: pa.Table, target: pa.Table, *, modality: str = "image", fitted: Policy = DARK, resources=None):
    return choose_among(
        [Proposal("fitted", fitted, 0.1)],
        source,
        target,
        target["record_id"].to_pylist(),
        resources=resources,
        leave_out=(),
        modality=modality,
        seed=3,
    )


def test_the_candidates_are_proposals_default_and_mixture() -> None:
    rng = np.random.default_rng(1)
    choice = choose(pictures(rng, 1, "a"), pictures(rng, 0.5, "b"))
    assert choice.table["candidate"].to_pylist() == [NOTHING, "fitted", "default", "random mixture"]
    assert choice.criterion == "labels"
    assert set(choice.table["rows"].to_pylist()) == {ROWS}


def test_labels_are_matched_by_name_and_unlabelled_rows_agree() -> None:
    rng = np.random.default_rng(1)
    source, target = pictures(rng, 1, "a"), pictures(rng, 0.5, "b")
    again = choose(source, target.take(pa.array(np.arange(ROWS)[::-1])))
    assert again.table["error"].to_pylist() == pytest.approx(choose(source, target).table["error"].to_pylist())
    bare = pictures(np.random.default_rng(2), 0.5, "b", labels=[None] * ROWS)
    assert choose(source, bare).criterion == "agreement"


def test_one_class_leaves_the_choice_to_the_fit() -> None:
    rng = np.random.default_rng(1)
    one = ["0"] * ROWS
    assert choose(pictures(rng, 1, "a", labels=one), pictures(rng, 0.5, "b", labels=one)) is None


def test_plain_pictures_of_two_labels_choose_nothing() -> None:
    grey = [np.full((20, 20), 128, np.uint8)] * ROWS
    labels = [str(row % 2) for row in range(ROWS)]
    sides = [published("image", grey, labels, prefix) for prefix in ("a", "b")]
    assert choose(*sides).name == NOTHING


def test_sounds_without_a_noise_pool_are_tried_with_made_up_noise() -> None:
    rng = np.random.default_rng(4)
    labels = [str(row % 2) for row in range(60)]
    tones = [
        (np.sin(2 * np.pi * (300 + 900 * int(label)) * np.arange(4000) / 8000).astype(np.float32) * 0.5, 8000)
        for label in labels
    ]
    noisy = [(np.asarray(tone + rng.normal(0, 0.1, 4000), np.float32), rate) for tone, rate in tones]
    nowhere = (load_pool(()), load_pool(()))
    sides = [published("audio", heard, labels, prefix) for heard, prefix in ((tones, "a"), (noisy, "b"))]
    found = choose(*sides, modality="audio", fitted=policy("audio", "noise", snr_db=[10, 3]), resources=nowhere)
    assert found.table.num_rows == 4
    assert found.table["error"].null_count == 0


def test_of_large_records_fewer_are_taken() -> None:
    ids = [f"a/{row}" for row in range(4000)]
    small, large = (pa.table({"record_id": ids, "size_bytes": pa.array([size] * 4000)}) for size in (300, 2**20))
    assert [taught_records(small, 1).num_rows, asked_records(small, 1).num_rows] == [2048, 1000]
    assert [taught_records(large, 1).num_rows, asked_records(large, 1).num_rows] == [128, 128]
