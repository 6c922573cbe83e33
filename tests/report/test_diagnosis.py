"""The page and the lines of a ladder say the same, and nothing of a name gets out of its text."""

import re

import pytest

from tasks.diagnosis.ladder import climb
from tasks.diagnosis.rates import Rate
from tasks.report.diagnosis import render_diagnosis
from tasks.report.ladder_words import headline, ladder_values, tell_ladder

LEVELS = {
    name: Rate(error, 5000) for name, error in zip(("train", "train-dev", "dev"), (0.01, 0.015, 0.10), strict=True)
}


def test_the_terminal_says_the_link_and_its_knobs_alone() -> None:
    told = tell_ladder(climb(LEVELS))
    assert told.startswith("Work on data mismatch")
    assert re.search(r"data mismatch +8\.5 +\[7\.\d, 9\.\d\] +<- next", told)
    assert "target records in train" in told
    assert "regularisation" not in told


def test_what_would_decide_is_a_number_of_rows() -> None:
    few = {name: Rate(rate.error, 60) for name, rate in LEVELS.items()} | {"train": Rate(0.05, 60)}
    assert re.search(
        r"Undecided: .* may be the largest\. About n = [\d,]+ more rows of|times as many", headline(climb(few))
    )


def test_values_are_plain() -> None:
    import json

    kept = json.loads(json.dumps(ladder_values(climb(LEVELS)), allow_nan=False))
    assert kept["next"] == "data mismatch"
    assert [link["upper"] for link in kept["links"]] == ["train-dev", "dev"]


@pytest.mark.parametrize("n", [5000, 30])
def test_the_page_is_self_contained_and_escaped(n: int) -> None:
    ladder = climb({name: Rate(rate.error, n) for name, rate in LEVELS.items()}, humans={"<b>us</b>": Rate(0.005)})
    page = render_diagnosis("<script>alert(1)</script>", ladder, cells={"train_target": Rate(0.02, 300)})
    assert "<script" not in page
    assert "<b>us" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert headline(ladder) in page
    assert page.count("<svg") == 1


def test_one_level_alone_is_no_ladder() -> None:
    ladder = climb({"dev": LEVELS["dev"]})
    assert "one level alone" in headline(ladder)
    assert "<svg" not in render_diagnosis("m", ladder, cells={})
