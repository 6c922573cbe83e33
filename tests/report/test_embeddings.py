from tasks.report.card import dataset_card
from tasks.report.embeddings import embedding_lines
from tasks.report.page import render_report

ROWS = [
    ("embedding_width", None, None, "net", 768.0),
    ("embedding_unused", None, None, "net", 3.0),
    ("embedding_missing_share", "dev", None, "net", 0.02),
    ("embedding_missing_share", "train", None, "net", 0.125),
    ("embedding_distance", "train", "dev", "net", 0.5, 0.4, 0.6),
    ("embedding_distance", "dev", "test", "net", 0.01, 0.0, 0.02),
    ("embedding_width", None, None, "<u>", 4.0),
    ("embedding_missing_share", "dev", None, "<u>", 0.0),
    ("embedding_distance", "train+synthetic", "dev", "<u>", 0.2, 0.1, 0.3),
    ("embedding_gap_closed", "train+synthetic", "dev", "<u>", 0.25, -0.1, 0.6),
]


def test_each_embedding_has_a_line(make_contents, make_measured) -> None:
    first, second = embedding_lines(make_contents(measurements=make_measured(*ROWS)))
    assert (second.name, second.width, second.missing, second.unused) == ("net", "768", "12 %", "3")
    assert [cell.value for cell in second.distances] == ["0.500", "–", "–", "0.0100"]
    assert second.distances[0].interval == "[0.400, 0.600]"
    assert second.closed.value == "–"
    assert (first.closed.value, first.closed.interval) == ("25 %", "[−10 %, 60 %]")
    assert first.unused == ""


def test_the_page_and_the_card_show_them_and_escape_their_names(make_contents, make_measured) -> None:
    contents = make_contents(measurements=make_measured(*ROWS))
    page = render_report(contents)
    assert "Embeddings of your own" in page
    assert "3 vectors of" in page
    assert "<u>" not in page
    assert "splits were drawn by embeddings too: `<u>` (4 numbers), `net` (768 numbers)" in dataset_card(
        contents, ["dev"]
    )


def test_without_any_nothing_is_said(make_contents) -> None:
    assert embedding_lines(make_contents()) == ()
    assert "Embeddings of your own" not in render_report(make_contents())
    assert "embeddings" not in dataset_card(make_contents(), ["dev"])
