"""The survey of a noise pool: what it measures of a small build, and of what it says nothing."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import soundfile

from tasks.modalities.noise_pieces import MOST_PIECES, pieces_of_clip
from tasks.modalities.noise_rows import Shard, listen
from tasks.modalities.noise_survey import survey_pool
from tasks.noise.audio import draw
from tasks.noise.noise_use import noise_use
from tasks.noise.policy import Policy, dump_policy
from tasks.noise.pool import EMPTY, Clip, Folder, load_pool
from tasks.payloads.audio import encode_audio

RATE = 8000
POLICY = Policy.model_validate(
    {
        "modality": "audio",
        "operations": [{"name": "noise", "probability": 0.5, "magnitudes": {"snr_db": {"uniform": [0, 5]}}}],
    }
)


def coloured(seconds: float, seed: int) -> np.ndarray:
    white = np.random.default_rng(seed).standard_normal(round(seconds * RATE))
    spectrum = np.fft.rfft(white)
    spectrum[1:] /= np.arange(1, len(spectrum)) ** (0.1 * (seed % 7))
    samples = np.fft.irfft(spectrum, len(white))
    return (0.1 * samples / samples.std()).astype(np.float32)


def word(label: int, seed: int) -> np.ndarray:
    """Half a second of a chord that the label names, between pauses."""
    t = np.arange(RATE) / RATE
    tone = sum(np.sin(2 * np.pi * f * t + seed) for f in (300 + 180 * label, 900 + 350 * label))
    faint = 1e-3 * np.random.default_rng(seed).standard_normal(RATE)
    return (0.1 * tone * ((t > 0.25) & (t < 0.75)) + faint).astype(np.float32)


def shard(folder: Path, split: str, domain: str, sounds: list[np.ndarray], labels: list[int]) -> Shard:
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"{domain}/{split}-{i}" for i in range(len(sounds))]
    payload = [{"bytes": encode_audio(sound, RATE), "path": name} for sound, name in zip(sounds, ids, strict=True)]
    rows = pa.table(
        {
            "record_id": ids,
            "label": [str(label) for label in labels],
            "domain": [domain] * len(ids),
            "audio": pa.array(payload, pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        }
    )
    plan = pa.table({"record_id": ids, "atom": ids, "domain": [domain] * len(ids)})
    places = folder / f"{split}-{domain}.rows.parquet", folder / f"{split}-{domain}.plan.parquet"
    pq.write_table(rows, places[0], row_group_size=7)
    pq.write_table(plan, places[1])
    return Shard(split, *places)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder of eight recordings of noise, and the policy."""
    (tmp_path / "street").mkdir()
    for number in range(8):
        soundfile.write(tmp_path / "street" / f"{number}.wav", coloured(4, number), RATE)
    (tmp_path / "policy.yaml").write_text(dump_policy(POLICY), encoding="utf-8")
    return tmp_path


def survey(place: Path, shards: list[Shard], parents: int = 40, folders: bool = True, seed: int = 1):
    pool = load_pool([Folder("street", place / "street")]) if folders else EMPTY
    draws = draw(POLICY, [f"p{i}" for i in range(parents)], copies=1, seed=seed, pool=pool)
    pq.write_table(noise_use(draws, np.ones(draws.num_rows), pool), place / "use.parquet")
    prepared = {"noise": [["street", str(place / "street"), None]] if folders else [], "rooms": [], "state": {}}
    out = place / "out"
    out.mkdir(exist_ok=True)
    facts = survey_pool(
        out, place / "use.parquet", place / "policy.yaml", prepared, shards, modality="audio", seed=seed
    )
    rows = pq.read_table(out / "measurements.parquet").to_pylist()
    return facts, {(row["statistic"], row["split_b"], row["descriptor"]): row for row in rows}, out


def build(place: Path, target_noise: list[np.ndarray]) -> list[Shard]:
    labels = [i % 4 for i in range(80)]
    clean = [word(label, i) for i, label in enumerate(labels)]
    noisy = [word(i % 4, i) + 0.3 * noise[:RATE] for i, noise in enumerate(target_noise)]
    return [
        shard(place / "s", "train", "source", clean, labels),
        shard(place / "s", "train-dev", "source", clean[:40], labels[:40]),
        *(shard(place / "s", split, "target", noisy, [i % 4 for i in range(len(noisy))]) for split in ("dev", "test")),
    ]


def test_everything_is_measured_of_a_pool_that_is_used(place) -> None:
    facts, found, out = survey(place, build(place, [coloured(1, 70 + i) for i in range(8)]))
    assert facts == {"recorded": "sounds"}
    assert found["noise_effective_recordings", None, None]["effect"] > 5
    assert found["noise_repetition", None, None]["effect"] < 5
    for split in ("dev", "test"):
        apart = found["noise_heard_in", split, None]
        assert (apart["effect"], apart["n_b"]) == (0, 8)
    coverage = found["noise_coverage", "dev", None]
    assert 0 <= coverage["ci_low"] <= coverage["effect"] <= coverage["ci_high"] <= 1
    gap = found["noise_unseen_gap", "train-dev", None]
    assert gap["ci_low"] <= gap["effect"] <= gap["ci_high"]
    listed = pq.read_table(out / "noise_pool.parquet")
    assert listed.num_rows == 8
    assert listed["reason"].null_count == 8


def test_a_recording_that_dev_holds_is_named(place) -> None:
    taken, _ = soundfile.read(place / "street" / "3.wav", dtype="float32")
    noises = [coloured(1, 70 + i) for i in range(7)] + [taken[3000:]]
    _, found, _ = survey(place, build(place, noises))
    assert found["noise_heard_in", "dev", None]["effect"] == 1
    assert found["noise_recording_heard_in", "dev", "street/3"]["effect"] == 1


def test_noise_like_the_pools_is_covered_and_other_noise_is_not(place) -> None:
    def coverage(noises: list[np.ndarray]) -> float:
        _, found, _ = survey(place, build(place, noises))
        return found["noise_coverage", "dev", None]["effect"]

    def rumble(seed: int) -> np.ndarray:
        spectrum = np.fft.rfft(coloured(1, 7 * seed))
        samples = np.fft.irfft(spectrum / (1 + (np.arange(len(spectrum)) / 150) ** 4), RATE)
        return (0.1 * samples / samples.std()).astype(np.float32)

    assert coverage([coloured(1, 70 + i) for i in range(8)]) > 0.5 > coverage([rumble(i) for i in range(8)])


def test_the_same_seed_says_the_same(place) -> None:
    shards = build(place, [coloured(1, 70 + i) for i in range(8)])
    first, again = (survey(place, shards)[1] for _ in range(2))
    assert first == again


def test_nothing_is_said_of_noise_that_is_made_up_or_not_heard(place) -> None:
    shards = build(place, [coloured(1, 70)])
    assert survey(place, shards, folders=False)[:2] == ({"recorded": ""}, {})
    assert survey(place, shards, parents=0)[:2] == ({"recorded": ""}, {})


def test_refused_files_are_counted_even_where_the_rest_is_not_heard(place) -> None:
    (place / "street" / "notes.txt").write_text("who recorded what")
    facts, found, out = survey(place, build(place, [coloured(1, 70)]), parents=0)
    assert facts == {"recorded": ""}
    assert found["noise_refused", None, "not_supported"]["effect"] == 1
    assert pq.read_table(out / "noise_pool.parquet").num_rows == 9


def test_a_pool_of_few_recordings_is_not_probed(place) -> None:
    for number in range(3, 8):
        (place / "street" / f"{number}.wav").unlink()
    _, found, _ = survey(place, build(place, [coloured(1, 70 + i) for i in range(4)]))
    assert ("noise_unseen_gap", "train-dev", None) not in found
    assert found["noise_effective_recordings", None, None]["effect"] <= 3


def test_rows_are_read_with_their_own_atoms(place) -> None:
    shards = build(place, [coloured(1, 70 + i) for i in range(8)])
    found = listen(shards, "train", "source", 20)
    assert found is not None
    assert found.rows["record_id"].to_pylist() == found.atoms.tolist()
    assert len(found.atoms) == 20
    assert listen(shards, "train", "target", 20) is None


def test_of_a_long_clip_excerpts_spread_over_it_are_heard(place) -> None:
    steps = np.random.default_rng(0).integers(-3000, 3000, 60 * RATE).astype(np.int16)
    steps[: 30 * RATE] = np.cumsum(np.random.default_rng(1).integers(-9, 10, 30 * RATE)).clip(-3000, 3000)
    long = Clip("a/1", "a", steps, 1e-4, RATE, 0.01)
    pieces = pieces_of_clip([long], RATE / 2)
    assert len(pieces) == MOST_PIECES
    # Rumble first, hiss then: half of what is heard has less in its highest band than in its lowest.
    assert np.mean(pieces[:, 0] > pieces[:, -1] + 10) == pytest.approx(0.5, abs=0.1)
