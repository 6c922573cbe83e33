"""Which shards the task space is learned from: enough rows, few of large ones, parents with their copies."""

import pytest

from tasks.caching import Made
from tasks.learn import BYTES, FEWEST, TEACHING, choose_shards
from tasks.modalities.task_space import ROWS


@pytest.fixture
def version(tmp_path):
    """Return a maker of a plan, its rows and its synthetic rows, of so many bytes a row; some are of the target."""

    def make(sizes: dict[str, int], *, each: int = 300, copies: float = 1.0, targets: int = 0):
        made, synthetic = [], []
        for name, rows in sorted(sizes.items()):
            folder = tmp_path / name.replace("/", "-")
            folder.mkdir()
            with (folder / "rows.parquet").open("wb") as file:
                file.truncate(each * rows)
            made.append(Made(folder, {"rows.parquet": name}, {"rows": rows}))
            if name.startswith("train/"):
                synthetic.append(Made(folder, {"rows.parquet": f"{name}-copies"}, {"rows": int(copies * rows)}))
        plan = Made(tmp_path, {name: name for name in sizes}, {"targets": dict.fromkeys(sizes, targets)})
        return plan, made, synthetic

    return make


LARGE = {
    "train/00000.parquet": 2_048,
    "train/00001.parquet": 2_048,
    "train/00002.parquet": 2_048,
    "dev/00000.parquet": 700,
}


def test_twice_as_many_rows_teach_as_are_embedded_with_their_copies(version) -> None:
    chosen = choose_shards(*version(LARGE))
    taught = [shard for shard in chosen if shard["plan"].digest.startswith("train/") and not shard["synthetic"]]
    assert sum(shard["take"] for shard in taught) == TEACHING * ROWS
    assert [shard["embedded"] for shard in taught] == [ROWS, 0]
    copies = [shard for shard in chosen if shard["synthetic"]]
    assert [(shard["plan"].digest, shard["take"]) for shard in copies] == [("train/00000.parquet", ROWS)]
    assert [shard["take"] for shard in chosen if shard["plan"].digest.startswith("dev/")] == [700]


def test_of_large_records_few_are_decoded(version) -> None:
    chosen = choose_shards(*version(LARGE, each=BYTES // 100))
    assert [shard["take"] for shard in chosen if shard["plan"].digest.startswith("dev/")] == [100]


def test_of_huge_records_some_are_decoded_nevertheless(version) -> None:
    chosen = choose_shards(*version(LARGE, each=BYTES))
    assert [shard["take"] for shard in chosen if shard["plan"].digest.startswith("dev/")] == [FEWEST]


def test_many_copies_have_fewer_parents(version) -> None:
    chosen = choose_shards(*version(LARGE, copies=4))
    assert [shard["take"] for shard in chosen if shard["synthetic"]] == [ROWS // 4]


def test_without_synthetic_rows_there_is_nothing_of_them(version) -> None:
    chosen = choose_shards(*version({"train/00000.parquet": 3, "test/00000.parquet": 2}, copies=0))
    assert [shard["synthetic"] for shard in chosen] == [False, False]


def test_target_rows_of_train_are_looked_for_in_every_shard(version) -> None:
    chosen = choose_shards(*version(LARGE, targets=30))
    looked = {shard["plan"].digest: shard["targets"] for shard in chosen if not shard["synthetic"]}
    # The first shard is sensed whole, and of the others what stands beyond the rows that are taken.
    assert looked == {
        "dev/00000.parquet": 0,
        "train/00000.parquet": 0,
        "train/00001.parquet": 30,
        "train/00002.parquet": 30,
    }
