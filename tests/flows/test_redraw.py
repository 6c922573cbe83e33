"""Drawing dev and test anew: what is released, what is kept, what is refused, and what a kill leaves."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from makers import digit_like, image_set
from typer.testing import CliRunner

from flows.build_dataset import build_dataset
from flows.commands import app
from tasks.catalog.atomic import write_table
from tasks.catalog.digest import digest_file
from tasks.catalog.store import Store
from tasks.config.load import load_config
from tasks.config.redraw import Redraw
from tasks.errors import RejectedError, StoreError
from tasks.payloads.image import encode_image

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]
WHY = "a third phone <is> on sale"


def build(path: Path, *overrides: str, **redraw: object):
    return build_dataset(load_config(path, overrides), Redraw(**redraw) if redraw else None)


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def splits_of(version: Path) -> dict[str, str]:
    rows = pq.read_table(version / "manifest.parquet", columns=["record_id", "split", "synthetic"]).to_pandas()
    return dict(rows[~rows["synthetic"]][["record_id", "split"]].itertuples(index=False))


def held(splits: dict[str, str], *names: str) -> set[str]:
    return {record for record, split in splits.items() if split in names}


def formerly(version: Path) -> dict[tuple[str, str], float]:
    rows = pq.read_table(version / "measurements.parquet").to_pandas().query("statistic == 'formerly_in'")
    return {(row.split_a, row.split_b): row.effect for row in rows.itertuples()}


@pytest.fixture(scope="module")
def redrawn(tmp_path_factory, prefect_server):
    """A first version, and a second with new data and dev and test drawn anew."""
    folder = tmp_path_factory.mktemp("bars")
    path = image_set(folder)
    first = build(path)
    rng = np.random.default_rng(9)
    for row in range(40):
        file = folder / "target" / str(row % 4) / f"new-{row}.png"
        file.write_bytes(encode_image(digit_like(rng, row % 4, blur=True)))
    return path, first, build(path, reason=WHY)


def test_dev_and_test_are_drawn_anew_and_nothing_comes_out_of_train(redrawn) -> None:
    _, first, second = redrawn
    before, after = splits_of(first.folder), splits_of(second.folder)
    assert (second.version, second.fresh) == (2, True)
    assert len(held(after, "dev")) == len(held(after, "test")) == 40
    assert held(before, "dev") != held(after, "dev")
    assert not held(before, "train", "train-dev") & held(after, "dev", "test")
    assert held(before, "train") <= held(after, "train", "train-dev")
    assert held(after, "dev", "test") & {record for record in after if "/new-" in record}


def test_the_ledger_keeps_the_old_rows_and_the_reason_for_ever(redrawn) -> None:
    path, first, second = redrawn
    old = pq.read_table(first.folder / "ledger.parquet").to_pandas()
    new = pq.read_table(path.parent / "store" / "ledger.parquet").to_pandas()
    same = ["record_id", "atom", "split", "content_hash", "since_version"]
    assert new[same].iloc[: len(old)].equals(old[same])
    freed = new[new["released_in"].notna()]
    assert set(freed["record_id"]) == held(splits_of(first.folder), "dev", "test")
    assert set(freed["released_in"]) == {2}
    assert set(freed["release_reason"]) == {WHY}
    now = new[new["released_in"].isna()]
    assert dict(now[["record_id", "split"]].itertuples(index=False)) == splits_of(second.folder)


def test_what_was_judged_on_before_is_counted(redrawn) -> None:
    _, first, second = redrawn
    before, after = splits_of(first.folder), splits_of(second.folder)
    found = formerly(second.folder)
    for now in ("dev", "test"):
        assert found[now, "train"] == 0
        for then in ("dev", "test"):
            assert found[now, then] == len(held(after, now) & held(before, then))
    assert set(formerly(first.folder).values()) == {0}


def test_the_next_build_keeps_the_new_draw(redrawn) -> None:
    again = build(redrawn[0])
    assert (again.version, again.fresh) == (2, False)


def test_report_and_page_say_which_version_drew_anew_and_why(redrawn) -> None:
    path, first, second = redrawn
    told = run("report", path).output
    assert f"version 2 drew dev and test anew, from 40 of dev and 40 of test and what was in no split: {WHY}" in told
    assert "drew" not in run("report", path, "--version", "1").output
    page = (second.folder / "report" / "index.html").read_text(encoding="utf-8")
    assert "a third phone &lt;is&gt; on sale" in page
    assert "drawn anew" not in (first.folder / "report" / "index.html").read_text(encoding="utf-8")


def test_records_in_train_are_drawn_only_when_asked_and_that_is_a_failed_check(tmp_path) -> None:
    path = image_set(tmp_path)
    first = build(path)
    second = build(path, "splits.dev.rows=60", "splits.test.rows=60", reason="larger", from_train=True)
    before, after = splits_of(first.folder), splits_of(second.folder)
    trained = held(before, "train") & held(after, "dev")
    assert trained
    assert formerly(second.folder)["dev", "train"] == len(trained)
    check = next(check for check in second.verdict.checks if check.id == "trained-on-before.dev")
    assert (check.status, check.severity, check.effect) == ("fail", "warning", len(trained))


def test_a_rejected_redraw_leaves_version_and_ledger_as_they_were(redrawn) -> None:
    path, _, second = redrawn
    ledger = path.parent / "store" / "ledger.parquet"
    before = digest_file(ledger)
    with pytest.raises(RejectedError, match="Does dev lack no more than 10% of the rows"):
        build(path, "splits.dev.rows=150", "validation.fail_on=critical", reason="larger")
    assert digest_file(ledger) == before
    rejected = path.parent / "store" / "work" / "rejected" / "report" / "index.html"
    assert "larger" in rejected.read_text(encoding="utf-8")
    assert build(path).version == second.version


@pytest.mark.parametrize("killed_at", ["folder", "ledger", "CURRENT"])
def test_killed_in_the_middle_the_ledger_is_whole_and_the_command_goes_on(tmp_path, monkeypatch, killed_at) -> None:
    path = image_set(tmp_path, synthesis={"policy": "none"})
    first = build(path)
    store = Store(tmp_path / "store")
    before = digest_file(store.ledger_path)

    class Killed(BaseException):
        """What a kill is to the code that runs: no handler of errors catches it."""

    def publish(self: Store, staged: Path, ledger) -> int:
        if killed_at != "folder":
            staged.rename(self.version_folder(2))
        if killed_at == "CURRENT":
            write_table(ledger, self.ledger_path)
        raise Killed("killed")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "publish", publish)
        with pytest.raises(BaseException, match="killed"):
            build(path, reason=WHY)
    assert store.current_version() == 1
    assert (digest_file(store.ledger_path) == before) == (killed_at != "CURRENT")
    assert store.read_ledger() is not None
    second = build(path, reason=WHY)
    assert (second.version, second.fresh) == (2, True)
    ledger = pq.read_table(store.ledger_path).to_pandas()
    assert set(ledger["release_reason"].dropna()) == {WHY}
    assert set(ledger.loc[ledger["released_in"].notna(), "since_version"]) == {1}
    assert ledger["released_in"].notna().sum() == len(held(splits_of(first.folder), "dev", "test"))


def test_an_older_releases_ledger_is_read_and_a_servers_parameters_are_checked(tmp_path) -> None:
    path = image_set(tmp_path, synthesis={"policy": "none"})
    first = build(path)
    ledger = tmp_path / "store" / "ledger.parquet"
    write_table(pq.read_table(ledger).drop_columns(["released_in", "release_reason"]), ledger)
    before = digest_file(ledger)
    assert build(path).version == first.version
    with pytest.raises(Exception, match="say why dev and test are to be drawn anew"):
        build_dataset(str(path), redraw={"reason": " "})
    assert digest_file(ledger) == before
    assert build_dataset(str(path), redraw={"reason": WHY}).version == 2
    assert set(pq.read_table(ledger)["release_reason"].drop_null().to_pylist()) == {WHY}


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_without_a_reason_nothing_is_drawn(tmp_path, reason) -> None:
    result = run("redraw", image_set(tmp_path), "--reason", reason)
    assert result.exit_code == 2
    assert "--reason: say why dev and test are to be drawn anew" in result.output
    assert run("redraw", tmp_path / "matchset.yaml").exit_code == 2
    assert not (tmp_path / "store").exists()


def test_a_store_without_any_version_is_told_to_build_first(tmp_path) -> None:
    result = run("redraw", image_set(tmp_path), "--reason", WHY)
    assert result.exit_code == 1
    assert "holds no version, so there is no dev or test to draw anew. Build the first one" in result.output
    assert not (tmp_path / "store").exists()


def test_a_ledger_that_is_gone_never_means_that_everything_is_drawn_anew(tmp_path) -> None:
    path = image_set(tmp_path, synthesis={"policy": "none"})
    first = build(path)
    (tmp_path / "store" / "ledger.parquet").unlink()
    for redraw in ({}, {"reason": WHY}):
        with pytest.raises(StoreError, match=r"the ledger is gone.* copy .*versions/000001/ledger\.parquet"):
            build(path, **redraw)
    assert json.loads((first.folder / "verdict.json").read_text())["version"] == "000001"
