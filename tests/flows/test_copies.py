"""Copies of dev and test records in the source: dropped from train, listed with a reason, and shown in the report."""

import cv2
import numpy as np
import pyarrow.parquet as pq
import pytest
from makers import image_set

from flows.build_dataset import build_dataset
from tasks.config.load import load_config

pytestmark = [pytest.mark.prefect, pytest.mark.gx, pytest.mark.usefixtures("prefect_server")]

LEAKS = ("shared_atoms", "shared_pairs", "shared_content", "shared_ids")


def turned(image, degrees):
    matrix = cv2.getRotationMatrix2D(((image.shape[1] - 1) / 2, (image.shape[0] - 1) / 2), degrees, 1)
    return cv2.warpAffine(image, matrix, image.shape[::-1], borderMode=cv2.BORDER_REPLICATE)


@pytest.fixture(scope="module")
def built(tmp_path_factory, prefect_server):
    """A build whose source holds each target image once more: turned, re-encoded, brighter, or byte by byte."""
    folder = tmp_path_factory.mktemp("copies")
    path = image_set(folder, source=160, target=120)
    changes = [
        lambda image: turned(image, 2.0),
        lambda image: turned(image, -2.0),
        lambda image: cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1], 0),
        lambda image: np.minimum(image.astype(int) + 15, 255).astype(np.uint8),
        lambda image: image,
    ]
    copies = {}
    for number, file in enumerate(sorted((folder / "target").rglob("*.png"))):
        copy = folder / "source" / file.parent.name / f"copy_{file.name}"
        cv2.imwrite(str(copy), changes[number % len(changes)](cv2.imread(str(file), 0)))
        copies[f"web/{copy.relative_to(folder / 'source').as_posix()}"] = (
            f"app/{file.relative_to(folder / 'target').as_posix()}"
        )
    return copies, build_dataset(load_config(path, ()))


def test_a_source_record_that_repeats_dev_or_test_is_dropped_with_its_reason(built) -> None:
    copies, outcome = built
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    split = dict(zip(manifest["record_id"], manifest["split"], strict=True))
    dropped = pq.read_table(outcome.folder / "dropped.parquet").to_pandas()
    reason = dict(zip(dropped["record_id"], dropped["reason"], strict=True))
    held = {copy: split[original] for copy, original in copies.items() if split.get(original) in ("dev", "test")}
    assert len(held) >= 80
    for copy, where in held.items():
        assert copy not in split
        assert reason[copy] == f"repeats_{where}"


def test_no_pair_that_was_tied_is_in_two_splits(built) -> None:
    copies, outcome = built
    manifest = pq.read_table(outcome.folder / "manifest.parquet").to_pandas()
    split = dict(zip(manifest["record_id"], manifest["split"], strict=True))
    tied = pq.read_table(outcome.folder / "duplicates.parquet").to_pylist()
    assert len(tied) >= len(copies)
    assert {pair["kind"] for pair in tied} == {"exact", "near"}
    assert all(len({split.get(pair["first"]), split.get(pair["second"])} - {None}) <= 1 for pair in tied)
    measured = pq.read_table(outcome.folder / "measurements.parquet").to_pylist()
    shared = [row for row in measured if row["statistic"] in LEAKS]
    assert {(row["split_a"], row["split_b"]) for row in shared} >= {
        ("train", "dev"),
        ("train", "test"),
        ("dev", "test"),
    }
    assert {row["statistic"] for row in shared} == set(LEAKS)
    assert all(row["effect"] == 0 for row in shared)


def test_the_report_shows_what_was_tied(built) -> None:
    _, outcome = built
    page = (outcome.folder / "report" / "index.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="atoms">') :]
    section = section[: section.index("</section>")]
    assert "near-duplicates" in section and "equal content" in section
    assert section.count('<div class="twin">') > 2
    assert "data:image/" in section
