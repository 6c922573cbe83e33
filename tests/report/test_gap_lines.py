"""Who closes how much of the gap, in the report."""

from tasks.report.gap_lines import gap_lines_plot, gap_lines_words
from tasks.report.page import render_report


def line(name, effect, low, high):
    return ("gap_line", "train+synthetic", "dev", name, effect, low, high, None, 512, 500)


LINES = (line("none", 0.0, 0.0, 0.0), line("fitted", 0.5, 0.45, 0.55), line("default", 0.1, 0.05, 0.15))


def test_lines_are_drawn_from_nothing_to_the_ceiling(make_contents, make_measured) -> None:
    mismatch = ("mismatch", "train", "dev", None, 0.4, 0.3, 0.5)
    measured = make_measured(mismatch, *LINES, line("ceiling", 0.75, 0.7, 0.8))
    contents = make_contents(measurements=measured, proved="fitted")
    picture = str(gap_lines_plot(contents))
    places = [picture.index(name) for name in ("no synthetic", "generic default", "fitted policy", "ceiling:")]
    assert places == sorted(places)
    assert "512 records of train" in gap_lines_words(contents)
    assert "more than 0.750 [0.700, 0.800] cannot be expected" in gap_lines_words(contents)
    assert "Who closes how much" in render_report(contents)


def test_a_withdrawn_policy_is_said_to_be_unused(make_contents, make_measured) -> None:
    contents = make_contents(measurements=make_measured(*LINES), proved="withdrawn")
    assert "fitted policy (not used)" in str(gap_lines_plot(contents))
    assert "ceiling" not in gap_lines_words(contents)


def test_without_copies_there_are_no_lines(make_contents, make_measured) -> None:
    contents = make_contents(measurements=make_measured(line("none", 0.0, 0.0, 0.0)))
    assert gap_lines_plot(contents) is None
    assert gap_lines_words(contents) == ""


def test_the_name_of_a_policy_comes_out_as_text(make_contents, make_measured) -> None:
    contents = make_contents(measurements=make_measured(LINES[0], line("named", 0.2, 0.1, 0.3)), policy="<b>.yaml")
    assert "policy &lt;b&gt;.yaml" in str(gap_lines_plot(contents))
