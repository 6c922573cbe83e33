"""A store behind a URL: what is built here is published there, and another machine goes on from it."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from makers import digit_like, image_set
from numpy.random import default_rng
from typer.testing import CliRunner

from flows.build_dataset import build_dataset
from flows.commands import app
from flows.places import insist_on_version
from tasks.catalog.remote import Remote
from tasks.config.load import load_config
from tasks.errors import StoreError
from tasks.payloads.image import encode_image

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]
URL = "memory://lake/bars"


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def built(tmp_path_factory, prefect_server):
    folder = tmp_path_factory.mktemp("bars")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        path = image_set(folder, store=URL, work=str(folder / "here"))
        yield path, build_dataset(load_config(path))


def test_the_version_is_behind_the_url_byte_for_byte(built) -> None:
    _, outcome = built
    assert outcome.place == f"{URL}/versions/000001"
    remote = Remote(URL)
    assert remote.names() == ["CURRENT", "STORE.json", "ledger.parquet", "versions"]
    for file in (path for path in outcome.folder.rglob("*") if path.is_file()):
        name = file.relative_to(outcome.folder).as_posix()
        assert remote.read(f"versions/000001/{name}") == file.read_bytes(), name


def test_pandas_reads_a_split_by_its_url(built) -> None:
    import pandas as pd

    rows = pd.read_parquet(f"{URL}/versions/000001/data/dev", storage_options={})
    assert len(rows) == 40


def test_nothing_changed_nothing_published_from_another_machine_either(built, tmp_path) -> None:
    path, _ = built
    again = build_dataset(load_config(path, [f"work={tmp_path / 'there'}"]))
    assert (again.version, again.fresh) == (1, False)
    assert Remote(URL).names("versions") == ["000001"]


def test_the_report_is_fetched_from_the_url(built) -> None:
    path, _ = built
    for place in (URL, path):
        found = run("report", place)
        assert found.exit_code == 0, found.output
        assert "version 000001: valid" in found.output
        page = Path(found.output.split("report  ")[1].strip())
        assert "Matchset report" in page.read_text(encoding="utf-8")
    assert "has no version 7; it has 000001" in run("report", URL, "--version", 7).output
    nowhere = run("report", "memory://lake/nowhere")
    assert nowhere.exit_code == 2
    assert "memory://lake/nowhere is not a store yet" in nowhere.output


def test_a_redraw_looks_behind_the_url_for_a_version(built, tmp_path) -> None:
    path, _ = built
    insist_on_version(load_config(path, [f"work={tmp_path / 'there'}"]))
    with pytest.raises(StoreError, match="memory://lake/nowhere holds no version"):
        insist_on_version(load_config(path, ["store=memory://lake/nowhere", f"work={tmp_path / 'nowhere'}"]))


def test_new_data_joins_from_another_machine_and_nothing_moves(built, tmp_path) -> None:
    """Last: it publishes the second version."""
    path, first = built
    before = pq.read_table(first.folder / "manifest.parquet").to_pandas().query("not synthetic")
    rng = default_rng(9)
    for row in range(12):
        file = path.parent / "target" / str(row % 4) / f"new-{row}.png"
        file.write_bytes(encode_image(digit_like(rng, row % 4, blur=True)))
    second = build_dataset(load_config(path, [f"work={tmp_path / 'there'}"]))
    assert (second.version, second.fresh) == (2, True)
    after = pq.read_table(second.folder / "manifest.parquet").to_pandas().query("not synthetic")
    joined = before.merge(after, on="record_id", suffixes=("", "_now"))
    assert len(joined) == len(before)
    assert (joined["split"] == joined["split_now"]).all()
    assert json.loads(Remote(URL).read("versions/000002/verdict.json"))["status"] == "valid"
    assert Remote(URL).read("CURRENT") == b"000002\n"
