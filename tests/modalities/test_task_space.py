"""The task space from files to files: published rows in, coordinates of some of them out."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tasks.catalog.embeddings import embedding_column
from tasks.modalities.kinds import modality
from tasks.modalities.task_space import ROWS, TASK_EMBEDDING, borrow_space, learn_space, sense_rows


def published(
    kind: str, decoded, labels, *, split: str = "train", domain: str = "source", prefix: str = "r"
) -> pa.Table:
    """Return published rows of decoded records."""
    n = len(labels)
    ids = [f"{prefix}{row}" for row in range(n)]
    table = pa.table(
        {
            "record_id": ids,
            "input": ["web"] * n,
            "domain": [domain] * n,
            "label": pa.array(labels),
            "group": pa.nulls(n, pa.string()),
            "split": [split] * n,
            "synthetic": [False] * n,
            "parent_id": pa.nulls(n, pa.string()),
        }
    )
    payload = modality(kind).encode(decoded, ids)
    for name in payload.column_names:
        table = table.append_column(name, payload[name])
    return table


def shard(folder, name: str, table: pa.Table, plan: pa.Table | None = None, **settings):
    """Write a shard with its plan and sense it; return where its features lie."""
    out = folder / name
    out.mkdir()
    pq.write_table(table, out / "rows.parquet", row_group_size=16)
    if plan is None:
        plan = pa.table(
            {"atom": [f"a-{name}-{row // 2}" for row in range(len(table))]}
            | {column: table[column] for column in ("record_id", "split", "domain")}
        )
    pq.write_table(plan, out / "plan.parquet")
    given = {"take": 10_000, "embedded": 10_000, "synthetic": False, "seed": 1} | settings
    facts = sense_rows(out, out / "rows.parquet", out / "plan.parquet", **given)
    return out, plan, facts


def pictures(n: int, labels, *, seed: int, fade: float = 1.0):
    rng = np.random.default_rng(seed)
    found = []
    for label in labels[:n]:
        picture = rng.normal(30, 10, (28, 28))
        picture[:, 3 + 8 * int(label) : 8 + 8 * int(label)] += 200 * fade
        found.append(np.clip(picture, 0, 255).astype(np.uint8))
    return found


def test_rows_of_every_split_get_a_place_and_the_model_knows_its_task(tmp_path) -> None:
    labels = [str(row % 3) for row in range(120)]
    train = published("image", pictures(120, labels, seed=1), labels)
    dev = published(
        "image", pictures(40, labels, seed=2, fade=0.4), labels[:40], split="dev", domain="target", prefix="t"
    )
    made = train.slice(0, 50).set_column(0, "record_id", pa.array([f"r{row}#synthetic-1" for row in range(50)]))
    made = made.set_column(6, "synthetic", pa.array([True] * 50)).set_column(7, "parent_id", train["record_id"][:50])
    first, plan, facts = shard(tmp_path, "train", train, modality="image", embedded=30)
    copies, _, some = shard(tmp_path, "copies", made, plan, modality="image", take=30, embedded=30, synthetic=True)
    judged, _, _ = shard(tmp_path, "dev", dev, modality="image")
    assert (facts, some) == ({"rows": 120, "split": "train"}, {"rows": 30, "split": "train"})
    told = learn_space(tmp_path, [first, copies, judged], leave_out=(), modality="image", seed=1)
    assert told["kind"] == "class"
    assert told["rows"] == 120
    assert told["cross_fitted"]
    assert told["error"] < 0.1 < 0.6 < told["guessing"]
    table = pq.read_table(tmp_path / TASK_EMBEDDING)
    assert table.column_names == ["record_id", "split", "synthetic", "atom", *(f"e{n}" for n in range(told["width"]))]
    assert table.num_rows == 30 + 30 + 40
    atoms = dict(zip(table["record_id"].to_pylist(), table["atom"].to_pylist(), strict=True))
    assert atoms["r7#synthetic-1"] == atoms["r7"]
    again = learn_space(tmp_path, [first, copies, judged], leave_out=(), modality="image", seed=1)
    assert again == told
    assert pq.read_table(tmp_path / TASK_EMBEDDING).equals(table)


def test_few_target_rows_are_seen_wherever_they_stand_in_the_shard(tmp_path) -> None:
    labels = [str(row % 2) for row in range(80)]
    rows = published("image", pictures(80, labels, seed=1), labels)
    domains = ["target" if row in (3, 40, 77) else "source" for row in range(80)]
    rows = rows.set_column(2, "domain", pa.array(domains))
    folder, _, facts = shard(tmp_path, "train", rows, modality="image", take=10, embedded=5, targets=5)
    identity = pq.read_table(folder / "identity.parquet")
    assert facts["rows"] == 12
    assert identity["record_id"].to_pylist() == [*(f"r{row}" for row in range(10)), "r40", "r77"]
    assert identity["embedded"].to_pylist() == [True] * 5 + [False] * 7
    assert identity["atom"].to_pylist()[-1] == "a-train-38"
    whole, _, _ = shard(tmp_path, "whole", rows, modality="image")
    seen, all_seen = (np.load(place / "features.npy") for place in (folder, whole))
    assert np.array_equal(seen[-2:], all_seen[[40, 77]])


def test_a_real_picture_and_its_equal_copy_have_one_place(tmp_path) -> None:
    labels = [str(row % 2) for row in range(80)]
    train = published("image", pictures(80, labels, seed=1), labels)
    made = train.set_column(6, "synthetic", pa.array([True] * 80)).set_column(7, "parent_id", train["record_id"])
    first, plan, _ = shard(tmp_path, "train", train, modality="image")
    copies, _, _ = shard(tmp_path, "copies", made, plan, modality="image", synthetic=True)
    learn_space(tmp_path, [first, copies], leave_out=(), modality="image", seed=1)
    table = pq.read_table(tmp_path / TASK_EMBEDDING).to_pandas().filter(regex=r"^e\d+$").to_numpy()
    np.testing.assert_allclose(table[:80], table[80:], atol=1e-3)


def test_labels_and_features_of_test_teach_nothing(tmp_path) -> None:
    labels = [str(row % 2) for row in range(80)]
    train, _, _ = shard(tmp_path, "train", published("image", pictures(80, labels, seed=1), labels), modality="image")
    told = []
    for name, given, fade in (("one", labels, 1.0), ("other", labels[::-1], 0.1)):
        test = published("image", pictures(40, given, seed=3, fade=fade), given[:40], split="test", prefix=name)
        judged, _, _ = shard(tmp_path, name, test, modality="image")
        told.append(learn_space(tmp_path, [train, judged], leave_out=(), modality="image", seed=1))
        told.append(pq.read_table(tmp_path / TASK_EMBEDDING).slice(0, 80))
    assert told[0] == told[2]
    assert told[1].equals(told[3])


def test_silent_and_very_short_sounds_have_places(tmp_path) -> None:
    rng = np.random.default_rng(1)
    sounds = [(np.zeros(4_000, np.float32), 8_000), (np.zeros(1, np.float32), 8_000)]
    sounds += [(rng.normal(0, 0.1, 4_000).astype(np.float32), 8_000) for _ in range(58)]
    train, _, _ = shard(tmp_path, "train", published("audio", sounds, ["a", "b"] * 30), modality="audio")
    told = learn_space(tmp_path, [train], leave_out=(), modality="audio", seed=1)
    table = pq.read_table(tmp_path / TASK_EMBEDDING).to_pandas()
    assert len(table) == 60
    assert told["width"] > 0
    assert np.isfinite(table.filter(regex=r"^e\d+$")).to_numpy().all()


def test_a_table_is_learned_from_its_columns_but_not_from_those_left_out(tmp_path) -> None:
    rng = np.random.default_rng(1)
    wealth = rng.normal(size=300)
    columns = pa.table({"wealth": wealth, "town": rng.choice(["a", "b"], 300), "noise": rng.normal(size=300)})
    labels = np.where(wealth > 0, "yes", "no").tolist()
    train, _, _ = shard(tmp_path, "train", published("tabular", columns, labels), modality="tabular")
    seen = learn_space(tmp_path, [train], leave_out=(), modality="tabular", seed=1)
    unseen = learn_space(tmp_path, [train], leave_out=("wealth",), modality="tabular", seed=1)
    assert seen["error"] < 0.15
    assert unseen["error"] > 0.35


@pytest.mark.parametrize("labels", [[None] * 70, ["one"] * 70, [str(row) for row in range(70)]])
def test_rows_without_a_task_have_places_too(tmp_path, labels) -> None:
    table = published("image", pictures(70, ["0", "1"] * 35, seed=1), labels)
    table = table.set_column(3, "label", pa.array(labels, pa.string()))
    train, _, _ = shard(tmp_path, "train", table, modality="image")
    assert learn_space(tmp_path, [train], leave_out=(), modality="image", seed=1)["width"] > 0


def test_an_embedding_of_the_users_is_taken_as_it_is(tmp_path) -> None:
    n = 2 * ROWS
    ids = [f"r{row}" for row in range(n)]
    vectors = np.random.default_rng(1).normal(size=(2 * n, 3)).astype(np.float32)
    vectors[5] = np.nan
    manifest = pa.table(
        {
            "record_id": [*ids, *(f"{name}#synthetic-1" for name in ids)],
            "parent_id": pa.array([None] * n + ids, pa.string()),
            "split": ["train"] * 2 * n,
            "domain": ["source"] * 2 * n,
            "synthetic": [False] * n + [True] * n,
            "atom": ids * 2,
            "embedding_net": embedding_column(vectors),
        }
    )
    pq.write_table(manifest, tmp_path / "manifest.parquet")
    told = borrow_space(tmp_path, tmp_path / "manifest.parquet", "net", seed=1)
    assert (told["embedding"], told["width"], told["error"]) == ("net", 3, None)
    table = pq.read_table(tmp_path / TASK_EMBEDDING).to_pandas().set_index("record_id")
    real = table[~table["synthetic"]]
    assert ROWS - 1 <= len(real) <= ROWS
    assert "r5" not in real.index
    assert {name.partition("#")[0] for name in table.index[table["synthetic"]]} >= {*real.index}
    row = real.index[7]
    np.testing.assert_array_equal(real.loc[row, ["e0", "e1", "e2"]].astype(float), vectors[int(row[1:])])
