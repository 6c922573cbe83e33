"""Descriptors of the user's own, through the whole flow: a table of vectors, and a function."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_set

from flows.build_dataset import build_dataset
from flows.plan import plan
from tasks.config.load import load_config
from tasks.descriptors.embedding import COLUMNS, project
from tasks.errors import ConfigError, InputError

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]

WIDE = 96


def vectors_of(ids: list[str], seed: int = 0) -> np.ndarray:
    """One vector a record, which no descriptor of the picture tells: three directions matter."""
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(len(ids), 3)) * [4, 2, 1] + (rng.random((len(ids), 1)) < 0.3) * [8, 0, 0]
    return (hidden @ rng.normal(size=(3, WIDE)) + 0.1 * rng.normal(size=(len(ids), WIDE))).astype(np.float32)


def record_ids(folder: Path) -> list[str]:
    names = {"web": "source", "app": "target"}
    return [
        f"{name}/{file.relative_to(folder / place).as_posix()}"
        for name, place in names.items()
        for file in sorted((folder / place).rglob("*.png"))
    ]


def write_vectors(folder: Path, *, leave_out: int = 0) -> pd.DataFrame:
    ids = record_ids(folder)
    table = pd.DataFrame({"record_id": ids, "vector": list(vectors_of(ids))})
    table.iloc[leave_out:].to_parquet(folder / "vectors.parquet")
    return table.set_index("record_id")


def far_apart(a: np.ndarray, b: np.ndarray) -> float:
    """The energy distance of two sets of vectors."""

    def mean(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1)).mean())

    return 2 * mean(a, b) - mean(a, a) - mean(b, b)


def drawn(outcome, vectors: pd.DataFrame) -> float:
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    dev, test = (
        np.stack(vectors.loc[manifest.loc[manifest["split"] == split, "record_id"], "vector"].to_list())
        for split in ("dev", "test")
    )
    return far_apart(dev, test)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory, prefect_server):
    """A data set with a table of vectors, and its build."""
    folder = tmp_path_factory.mktemp("embedded")
    entry = {"name": "net", "kind": "table", "path": "vectors.parquet"}
    path = image_set(folder, descriptors=[entry])
    vectors = write_vectors(folder)
    return path, vectors, build_dataset(load_config(path))


def test_dev_and_test_are_nearer_in_an_embedding_that_they_are_drawn_with(embedded, tmp_path) -> None:
    path, vectors, outcome = embedded
    without = build_dataset(load_config(path, ["descriptors=[]", f"store={tmp_path / 'store'}"]))
    assert drawn(outcome, vectors) < 0.5 * drawn(without, vectors)


def test_the_manifest_holds_few_columns_of_an_embedding(embedded) -> None:
    _, vectors, outcome = embedded
    manifest = pq.read_table(outcome.folder / "manifest.parquet")
    column = manifest["embedding_net"]
    assert column.type.list_size == COLUMNS
    real = manifest.filter(pc.invert(manifest["synthetic"]))
    assert real["embedding_net"].null_count == 0
    assert column.null_count == manifest.num_rows - real.num_rows > 0  # a table knows no synthetic record
    first = real["record_id"][0].as_py()
    expected = project(np.stack([vectors.loc[first, "vector"]]))[0]
    np.testing.assert_array_equal(real["embedding_net"][0].as_py(), expected)


def test_an_embedding_is_measured_and_checked_as_a_whole(embedded) -> None:
    _, _, outcome = embedded
    rows = pq.read_table(outcome.folder / "measurements.parquet").to_pandas()
    mine = rows[rows["statistic"].str.startswith("embedding")]
    assert set(mine["descriptor"]) == {"net"}
    pairs = mine[mine["statistic"] == "embedding_distance"]
    assert set(zip(pairs["split_a"], pairs["split_b"], strict=True)) == {
        ("dev", "test"),
        ("train", "train-dev"),
        ("train", "dev"),
    }
    assert pairs[["ci_low", "ci_high", "p_value"]].notna().all().all()
    assert not rows["descriptor"].str.contains("embedding", na=False).any()
    checks = {check.id: check for check in outcome.verdict.checks}
    assert checks["embedded.net"].status == "pass"
    assert checks["embedding-net.dev.test"].severity == "critical"
    assert checks["embedding-net.dev.test"].status != "fail"
    assert checks["matched.dev.test"].status == "pass"
    assert not [name for name in checks if name.startswith("embedding-gap-closed")]


def made(store: Path, verb: str) -> set[str]:
    """What a task has made, by its keys."""
    return {folder.name for folder in (store / "work" / verb).iterdir()}


def test_other_vectors_change_what_depends_on_them_and_nothing_else(tmp_path) -> None:
    path = image_set(tmp_path, descriptors=[{"name": "net", "kind": "table", "path": "vectors.parquet"}])
    write_vectors(tmp_path)
    first = build_dataset(load_config(path))
    store = path.parent / "store"
    before = {verb: made(store, verb) for verb in ("describe_shard", "tie_catalog", "join_embeddings")}
    assert not build_dataset(load_config(path)).fresh
    ids = record_ids(tmp_path)
    table = pd.DataFrame({"record_id": ids, "vector": list(vectors_of(ids, seed=9))})
    table.iloc[20:].to_parquet(tmp_path / "vectors.parquet")
    second = build_dataset(load_config(path))
    assert second.fresh
    for verb, known in before.items():
        assert (made(store, verb) == known) is (verb != "join_embeddings"), verb
    ledgers = [pq.read_table(outcome.folder / "ledger.parquet")["split"].to_pylist() for outcome in (first, second)]
    assert ledgers[0] == ledgers[1]
    checks = {check.id: check for check in second.verdict.checks}
    assert checks["embedded.net"].status == "fail"
    assert checks["embedded.net"].severity == "warning"


FUNCTION = '''
import numpy as np

def embed(pictures):
    """Light by quarters, and nothing for what is very dark."""
    found = np.array([[part.mean() for half in np.array_split(picture, 2) for part in np.array_split(half, 2, axis=1)]
                      for picture in pictures])
    return np.where(found.max(axis=1, keepdims=True) < 20, np.nan, found)

def broken(pictures):
    if len(pictures) > 4:
        raise RuntimeError("too bright")
    return embed(pictures)

def drawn(pictures):
    return embed(pictures) + np.random.default_rng().normal(size=(len(pictures), 1))
'''


def called(folder: Path, function: str = "embed", **settings) -> Path:
    entry = {"name": "mine", "kind": "callable", "function": f"my_network:{function}", "path": "code"} | settings
    path = image_set(folder, descriptors=[entry])
    (folder / "code").mkdir(exist_ok=True)
    (folder / "code" / "my_network.py").write_text(FUNCTION, encoding="utf-8")
    return path


def test_a_function_embeds_synthetic_records_too(tmp_path) -> None:
    outcome = build_dataset(load_config(called(tmp_path)))
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    synthetic = manifest[manifest["synthetic"]]
    assert synthetic["embedding_mine"].notna().mean() > 0.9
    assert len(manifest["embedding_mine"].dropna().iloc[0]) == 4
    checks = {check.id: check for check in outcome.verdict.checks}
    assert checks["embedding-gap-closed-mine"].effect is not None
    assert checks["embedding-mine.dev.test"].status != "fail"


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"function": "broken"}, InputError, "RuntimeError on a batch of 8 records, from 'web/.*too bright"),
        ({"function": "drawn"}, InputError, "called twice with the same 8 records it gave other vectors"),
        ({"function": "none"}, ConfigError, "has no function 'none'"),
        ({"path": "elsewhere"}, ConfigError, "there is no folder"),
        ({"path": None}, ConfigError, "no module 'my_network' is installed"),
    ],
)
def test_what_is_wrong_with_a_function_is_told(tmp_path, settings, error, told) -> None:
    with pytest.raises(error, match=told):
        build_dataset(load_config(called(tmp_path, **settings)))


def test_the_plan_tells_whose_vectors_are_missing(tmp_path) -> None:
    path = called(tmp_path)
    entries = [{"name": "net", "kind": "table", "path": "vectors.parquet"}]
    given = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(given | {"descriptors": [*entries, *given["descriptors"]]}))
    table = write_vectors(tmp_path)
    stray = pd.DataFrame({"record_id": ["app/9/none.png"], "vector": [table["vector"].iloc[0]]})
    pd.concat([table.iloc[250:].reset_index(), stray]).to_parquet(tmp_path / "vectors.parquet")
    told = plan(load_config(path))
    assert "net          table    records with a vector: 0 of 240 in web, 150 of 160 in app; 1 vectors belong" in told
    assert "mine         callable my_network:embed can be imported" in told
    assert "my_network:embed" in told


@pytest.mark.parametrize(
    ("entry", "error", "told"),
    [
        ({"path": "none.csv"}, InputError, "descriptors.net: there is no file .*none.csv"),
        ({"path": "ids.csv"}, ConfigError, "descriptors.net.columns: .* has no column for the vector besides"),
        ({"path": "strangers.csv"}, InputError, "none of its 2 keys, such as 'x', means one of the 400 records"),
        ({"path": "ids.csv", "id": "recordid"}, ConfigError, "has no column 'recordid'; did you mean 'record_id'"),
    ],
)
def test_a_table_that_cannot_serve_is_told_by_the_plan(tmp_path, entry, error, told) -> None:
    path = image_set(tmp_path, descriptors=[{"name": "net", "kind": "table"} | entry])
    (tmp_path / "ids.csv").write_text("record_id\nx\ny\n")
    (tmp_path / "strangers.csv").write_text("record_id,e\nx,1\ny,2\n")
    with pytest.raises(error, match=told):
        plan(load_config(path))
