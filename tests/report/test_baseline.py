"""What is said of a baseline: each answer in its words, nothing that comes from data as anything but text."""

import pytest

from tasks.report.baseline_words import curve_words, error_words, needed_words, next_words, synthesis_words
from tasks.report.curve_plot import curve_plot

OFF = {"value": 0.12, "low": 0.1, "high": 0.14}


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("reached", "2.0 % is reached with 500 records, [300, 900]: there is data enough."),
        ("more", "2.0 % takes 500 records, [300, 900]."),
        ("not reachable", "2.0 % is not reachable by more records alone: the curve levels off at 12.0 % [10.0, 14.0]."),
        ("undecided", "2.0 %: undecided. From 300 on any number may do"),
    ],
)
def test_each_answer_has_its_words(state: str, said: str) -> None:
    needed = {"wanted": 0.02, "state": state, "value": 500.0, "low": 300.0, "high": 900.0}
    assert needed_words(needed, OFF, "class", about="records").startswith(said)


def test_what_synthesis_does_is_said_with_its_sureness() -> None:
    def told(low: float | None, high: float | None) -> str:
        ladder = {"links": [{"upper": "dev", "gap": 0.1}]}
        gain = {"effect": 0.05, "low": low, "high": high}
        ladders = {"published": ladder, "without synthetic": {"links": [{"upper": "dev", "gap": 0.2}]}}
        return synthesis_words({"first": {"kind": "class", "gains": {"dev": gain}, "ladders": ladders}})

    assert "20.0 points without the synthetic records and 10.0 with them: surely less error" in told(0.01, 0.09)
    assert "surely more error" in told(-0.09, -0.01)
    assert "no sure difference" in told(-0.01, 0.09)
    assert "too small to say" in told(None, None)
    assert "holds no synthetic" in synthesis_words({"first": {"kind": "class", "gains": {}, "ladders": {}}})


def test_the_next_step_or_what_would_decide() -> None:
    ladder = {"next": "data mismatch", "contenders": ["data mismatch"], "more": None}
    assert next_words(ladder) == "Work on data mismatch: it is surely the largest."
    more = {"split": "dev", "rows": 900, "factor": 2.0}
    open_ladder = {"next": None, "contenders": ["variance", "data mismatch"], "more": more}
    assert (
        next_words(open_ladder)
        == "Undecided: variance or data mismatch may be the largest. 900 rows of dev would tell."
    )


def test_a_number_has_no_percent() -> None:
    assert error_words(0.25, "number") == "0.250"
    assert error_words(0.25, "class") == "25.0 %"
    assert error_words(None, "class") == "–"


def curve(**changes: object) -> dict:
    rows = [100.0, 200.0, 400.0, 800.0]
    drawn = [{"rows": row, "value": row**-0.5, "low": 0.9 * row**-0.5, "high": 1.1 * row**-0.5} for row in rows]
    given = {"rows": rows, "errors": [row**-0.5 for row in rows], "deviations": [0.01] * 4, "drawn": drawn}
    ahead = [{"rows": 1600.0, "value": 0.025, "low": 0.02, "high": 0.03}]
    plain = {"most": 800.0, "misfit": 0.5, "by_atoms": True, "needed": None, "levels_off": OFF, "ahead": ahead}
    return given | plain | changes


def test_a_curve_is_drawn_with_its_band_its_points_and_what_is_wanted() -> None:
    needed = {"wanted": 0.02, "state": "more", "value": 2500.0, "low": 2000.0, "high": 3000.0}
    drawn = curve_plot(curve(needed=needed), rates=True, about="rows & <b>")
    assert drawn.count("<circle") == 4
    assert "wanted: 2" in drawn
    assert "<b>" not in drawn
    assert curve_plot(curve(), rates=False, about="rows").count("limit") == 0


def test_what_limits_a_curve_is_said() -> None:
    said = " ".join(curve_words(curve(misfit=0.01, by_atoms=False), "class", about="rows"))
    assert "leave a power law by more than chance" in said
    assert "few atoms" in said
    assert curve_words({"refused": "too few"}, "class", about="rows") == ["No curve over rows: too few."]
