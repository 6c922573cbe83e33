"""Descriptors of the user's own, through the whole flow: a table of vectors, and a function."""

import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from makers import image_config, image_folder, image_set

from flows.build_dataset import build_dataset
from flows.plan import plan
from tasks.config.load import load_config
from tasks.descriptors.embedding import COLUMNS, project
from tasks.errors import ConfigError, InputError
from tasks.payloads.audio import encode_audio

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]

ROOT = Path(__file__).resolve().parents[2]
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


@pytest.fixture(scope="module")
def embedded(tmp_path_factory, prefect_server):
    """A data set with a table of vectors, and its build."""
    folder = tmp_path_factory.mktemp("embedded")
    entry = {"name": "net", "kind": "table", "path": "vectors.parquet"}
    path = image_set(folder, descriptors=[entry])
    vectors = write_vectors(folder)
    return path, vectors, build_dataset(load_config(path))


def test_dev_and_test_are_nearer_in_an_embedding_than_random_halves_are(embedded) -> None:
    _, vectors, outcome = embedded
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    target = manifest[(manifest["domain"] == "target") & ~manifest["synthetic"]]
    rows, split = np.stack(vectors.loc[target["record_id"], "vector"].to_list()), target["split"].to_numpy()
    dev, test = rows[split == "dev"], rows[split == "test"]
    rng = np.random.default_rng(0)
    random = []
    for _ in range(100):
        order = rng.permutation(len(rows))
        random.append(far_apart(rows[order[: len(dev)]], rows[order[len(dev) :][: len(test)]]))
    assert far_apart(dev, test) < 0.5 * np.median(random)


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
    rows = pq.read_table(outcome.folder / "measurements.parquet").to_pandas()
    assert "task_error" not in set(rows["statistic"])  # the function stands in for a model of our own
    assert ("train+synthetic", "dev") in {
        *rows[rows["statistic"] == "task_distance"][["split_a", "split_b"]].itertuples(index=False, name=None)
    }
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


def table_set(folder: Path) -> Path:
    """500 rows without labels, whose ids count through both inputs."""
    inputs, first = [], 1
    for domain, rows, shift in (("source", 300, 0.0), ("target", 200, 0.5)):
        rng = np.random.default_rng(rows)
        values = {"heat": rng.normal(shift, 1, rows).round(4), "load": rng.normal(0, 1, rows).round(4)}
        pd.DataFrame({"row": range(first, first + rows)} | values).to_csv(folder / f"{domain}.csv", index=False)
        path = str(folder / f"{domain}.csv")
        inputs.append({"name": domain, "domain": domain, "kind": "table", "path": path, "id": "row", "ignore": ["row"]})
        first += rows
    path = folder / "matchset.yaml"
    path.write_text(yaml.safe_dump(image_config(folder, modality="tabular", inputs=inputs)), encoding="utf-8")
    return path


@pytest.mark.parametrize("options", [["--workers", "2"], ["--runner", "processes", "--workers", "2"]])
def test_functions_run_in_other_processes_too(tmp_path, options) -> None:
    path = called(tmp_path)
    code = "from flows.cli import main; main()"
    command = [sys.executable, "-c", code, "build", str(path), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    here = build_dataset(load_config(path, [f"store={tmp_path / 'here'}"]))
    there = tmp_path / "store" / "versions" / "000001"
    for name in ("manifest.parquet", "measurements.parquet"):
        assert pq.read_table(there / name).equals(pq.read_table(here.folder / name)), name


def test_rows_of_tables_have_vectors_by_their_ids(tmp_path) -> None:
    path = table_set(tmp_path)
    (tmp_path / "net.py").write_text(
        "def embed(rows):\n    return rows.select(['heat', 'load']).to_pandas().to_numpy()\n"
    )
    vectors = pd.DataFrame({"record": range(1, 501), "a": np.arange(500) % 7, "b": np.arange(500) % 11})
    vectors.iloc[1:].to_csv(tmp_path / "vectors.csv", index=False)
    entries = [
        {"name": "own", "kind": "table", "path": "vectors.csv", "id": "record", "columns": ["a", "b"]},
        {"name": "net", "kind": "callable", "function": "net:embed", "path": "."},
    ]
    given = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump(given | {"descriptors": entries}))
    outcome = build_dataset(load_config(path))
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    real = manifest[~manifest["synthetic"]].set_index("record_id")
    assert real["embedding_own"].isna().sum() == 1
    number = int(real.index[7].partition("/")[2])
    assert real["embedding_own"].iloc[7].tolist() == [(number - 1) % 7, (number - 1) % 11]
    np.testing.assert_allclose(real["embedding_net"].iloc[7], real[["descriptor_heat", "descriptor_load"]].iloc[7])
    rows = pq.read_table(outcome.folder / "measurements.parquet").to_pandas()
    assert set(rows.loc[rows["statistic"] == "embedding_gap_closed", "descriptor"]) == {"net"}


def test_sounds_are_embedded_too(tmp_path) -> None:
    rng = np.random.default_rng(1)
    for place, label, row in product(("studio", "car"), ("left", "right"), range(40)):
        file = tmp_path / place / label / f"{row:03d}.flac"
        file.parent.mkdir(parents=True, exist_ok=True)
        tone = np.sin(np.arange(4000) * rng.uniform(0.1, 0.5)) * np.hanning(4000) * rng.uniform(0.2, 0.8)
        file.write_bytes(encode_audio((tone + rng.normal(0, 0.01, 4000)).astype(np.float32), 8000))
    (tmp_path / "net.py").write_text(
        "import numpy as np\n"
        "def embed(sounds):\n"
        "    return np.array([[np.abs(samples).mean(), len(samples) / rate] for samples, rate in sounds])\n"
    )
    config = image_config(
        tmp_path,
        modality="audio",
        inputs=[
            {"name": name, "domain": domain, "kind": "audio_folder", "path": str(tmp_path / place)}
            for name, domain, place in (("web", "source", "studio"), ("app", "target", "car"))
        ],
        splits={"dev": {"rows": 20}, "test": {"rows": 20}, "train_dev": {"rows": 10}},
        descriptors=[{"name": "net", "kind": "callable", "function": "net:embed", "path": str(tmp_path)}],
    )
    (tmp_path / "matchset.yaml").write_text(yaml.safe_dump(config))
    outcome = build_dataset(load_config(tmp_path / "matchset.yaml"))
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    assert np.stack(manifest["embedding_net"].to_list())[:, 1] == pytest.approx(manifest["descriptor_duration_s"])


def test_new_records_join_and_nothing_moves(tmp_path) -> None:
    path = image_set(tmp_path, descriptors=[{"name": "net", "kind": "table", "path": "vectors.parquet"}])
    write_vectors(tmp_path)
    first = pq.read_table(build_dataset(load_config(path)).folder / "ledger.parquet").to_pandas()
    image_folder(tmp_path / "more", 40, seed=8, blur=True)
    for file in sorted((tmp_path / "more").rglob("*.png")):
        file.rename(tmp_path / "target" / file.parent.name / f"new_{file.name}")
    write_vectors(tmp_path)
    again = build_dataset(load_config(path, ["splits.dev.rows=50"]))
    grown = pq.read_table(again.folder / "ledger.parquet").to_pandas().set_index("record_id")
    assert (grown.loc[first["record_id"], "split"].to_numpy() == first["split"].to_numpy()).all()
    assert len(grown) == len(first) + 40
    manifest = pq.read_table(again.folder / "manifest.parquet").to_pandas()
    assert manifest.loc[~manifest["synthetic"], "embedding_net"].notna().all()
    assert (manifest.loc[~manifest["synthetic"], "split"] == "dev").sum() == 50


def test_an_edited_function_is_called_again_and_nothing_else_is_described(tmp_path) -> None:
    path = called(tmp_path)
    first = build_dataset(load_config(path))
    verbs = ("describe_shard", "tie_catalog", "embed_shard")
    before = {verb: made(tmp_path / "store", verb) for verb in verbs}
    assert not build_dataset(load_config(path)).fresh
    file = tmp_path / "code" / "my_network.py"
    file.write_text(file.read_text().replace("return np.where", "return 2 * np.where"))
    second = build_dataset(load_config(path))
    assert second.fresh
    for verb, known in before.items():
        assert (made(tmp_path / "store", verb) == known) is (verb != "embed_shard"), verb
    old, new = (pq.read_table(built.folder / "manifest.parquet")["embedding_mine"] for built in (first, second))
    assert new[0].as_py()[0] == 2 * old[0].as_py()[0]
