"""Recorded noise in the report."""

import numpy as np
import pyarrow as pa

from tasks.noise.noise_use import NOISE_USE
from tasks.noise.pool_table import NOISE_POOL
from tasks.report.page import render_report
from tasks.report.recorded_noise import MOST_LINES, recorded_noise


def use(heard: list[float], name: str = "street") -> pa.Table:
    rows = [
        {
            "recording": f"{name}/{i}",
            "clip": f"{name}/{i}.wav",
            "records": int(seconds),
            "used": seconds,
            "length": 10.0,
            "repetition": seconds / 10,
        }
        for i, seconds in enumerate(heard)
    ]
    return pa.Table.from_pylist(rows, schema=NOISE_USE)


def pool(used: int, *refused: tuple[str, str, str], tonal: int | None = None, name: str = "street") -> pa.Table:
    rows = [
        {
            "file": f"{name}/{i}.wav",
            "recording": f"{name}/{i}",
            "duration_s": 10.0,
            "sample_rate_hz": 8000 if i else 44_100,
            "channels": 1 if i else 2,
            "tonal_share": 0.9 if i == tonal else 0.0,
        }
        for i in range(used)
    ]
    rows += [{"file": file, "reason": reason, "detail": detail} for file, reason, detail in refused]
    return pa.Table.from_pylist(rows, schema=NOISE_POOL)


def test_every_recording_has_a_line_most_heard_first(make_contents) -> None:
    found = recorded_noise(make_contents(noise_use=use([30, 50, 20]), noise_pool=pool(3, tonal=2)))
    assert found is not None
    assert [(line.name, line.share, line.times) for line in found.lines] == [
        ("street/1", "50 %", "5"),
        ("street/0", "30 %", "3"),
        ("street/2", "20 %", "2"),
    ]
    assert [bool(line.note) for line in found.lines] == [False, False, True]
    text = " ".join(found.sentences)
    assert "3 of 3 recordings" in text
    assert "each second is heard 3.33 times" in text
    assert "supports 5 minutes" in text
    assert "1 of the files has several channels" in text
    assert "8,000, 44,100 Hz" in text


def test_refused_files_are_listed_by_reason(make_contents) -> None:
    files = pool(
        1, ("a/x.wav", "silent", "nothing"), ("a/y.wav", "silent", "nothing"), ("a/z.txt", "not_supported", ".txt")
    )
    found = recorded_noise(make_contents(noise_use=use([1]), noise_pool=files))
    assert found is not None
    assert [(entry.reason, entry.rows) for entry in found.refused] == [("silent", 2), ("not_supported", 1)]


def test_measurements_are_told(make_contents, make_measured) -> None:
    rows = make_measured(
        ("noise_coverage", "noise", "train", None, 0.4, 0.36, 0.44),
        ("noise_coverage_of_others", "noise", "train", None, 0.59, 0.59, 0.59),
        ("noise_seen_error", "noise", "train-dev", None, 0.13, 0.13, 0.13),
        ("noise_unseen_error", "noise", "train-dev", None, 0.34, 0.34, 0.34),
        ("noise_unseen_gap", "noise", "train-dev", None, 0.21, 0.17, 0.26),
        ("noise_heard_in", "noise", "dev", None, 1.0, 1.0, 1.0),
        ("noise_recording_heard_in", "noise", "dev", "street/<b>", 1.0, 1.0, 1.0),
    )
    contents = make_contents(noise_use=use([5, 5]), noise_pool=pool(2), measurements=rows)
    found = recorded_noise(contents)
    assert found is not None
    text = " ".join(found.sentences)
    assert "comes near 40 % [36 %, 44 %]" in text
    assert "errs on 13 % of train-dev in these and on 34 %" in text
    assert "21 [17, 26] points more" in text
    assert "street/<b>" in text
    page = render_report(contents)
    assert "street/&lt;b&gt;" in page
    assert "Recorded noise" in page


def test_a_pool_that_nobody_hears_is_said_to_be_so_and_without_one_nothing_is_said(make_contents) -> None:
    found = recorded_noise(make_contents(noise_use=use([0, 0]), noise_pool=pool(2)))
    assert found is not None
    assert not found.lines
    assert "No synthetic record hears" in found.sentences[0]
    assert recorded_noise(make_contents()) is None
    assert 'id="recorded-noise"' not in render_report(make_contents())


def test_of_many_recordings_the_most_heard_are_shown(make_contents) -> None:
    n = MOST_LINES + 7
    found = recorded_noise(make_contents(noise_use=use(np.arange(1.0, n + 1).tolist()), noise_pool=pool(n)))
    assert found is not None
    assert (len(found.lines), found.more) == (MOST_LINES, 7)
