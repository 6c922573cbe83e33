"""The page of a comparison: inert, well-formed, the same every time, and it says the answer first."""

import re
from html.parser import HTMLParser

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.descriptors.families import explain_family
from tasks.descriptors.image import DESCRIPTORS
from tasks.report.comparison import render_comparison
from tasks.report.comparison_told import tell
from tasks.report.comparison_words import main_rows, p_value, sorted_rows
from tasks.report.effects import apart_plot, effects_plot
from tasks.sides.compared import compare_sides
from tasks.sides.side import Side

VOID = {"meta", "br", "col", "hr"}
NASTY = [
    "<script>alert(1)</script>",
    "</style><script>x</script>",
    '"><img src=x onerror=y>',
    "\u202egnp.exe",
    "a\x00b",
    "🙂 ü",
]


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags, self.open, self.ids, self.anchors = set(), [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("src",)
            if name == "href":
                self.anchors.append(value)
            if name == "id":
                self.ids.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def side(name: str, rows: int, seed: int, shift: float = 0.0, word: str = "w", **more: object) -> Side:
    rng = np.random.default_rng(seed)
    table = pa.table(
        {
            word: pa.array(rng.normal(shift, 1, rows)),
            "words": pa.array(rng.choice([word, "other"], rows)),
            "gaps": pa.array(np.where(rng.random(rows) < 0.3, None, 1.0).tolist(), pa.float64()),
            "flag": pa.array(rng.random(rows) < 0.5),
            "day": pa.array(rng.integers(0, 10**9, rows), pa.timestamp("s")),
            "never": pa.nulls(rows),
        }
    )
    labels = pa.chunked_array([pa.array(rng.choice([word, "9", "10"], rows))])
    return Side(name, "tabular", table, labels=labels, **more)


def compared(word: str = "w", *, rows: int = 200, shift: float = 1.0):
    a = side(
        "a.csv", rows, 1, word=word, refused={word: 3}, examples={word: word}, left_out={word + "2": "holds lists"}
    )
    return compare_sides(a, side(word, rows, 2, shift, word=word), margin=0.1, seed=1)


def check(text: str) -> Page:
    text.encode("utf-8")
    page = Page(text)
    assert not {"script", "iframe", "object", "img", "form", "link", "base"} & page.tags
    assert {anchor.removeprefix("#") for anchor in page.anchors} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    return page


@pytest.mark.parametrize("word", NASTY)
def test_foreign_words_come_out_as_text(word) -> None:
    check(render_comparison(compared(word)))


@settings(max_examples=10)
@given(word=st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20))
def test_any_word_is_inert(word) -> None:
    if word not in ("words", "gaps", "flag", "day", "never"):
        check(render_comparison(compared(word, rows=30)))


def test_the_same_comparison_gives_the_same_bytes() -> None:
    assert render_comparison(compared()) == render_comparison(compared())


def test_the_answer_comes_first_and_is_in_one_sentence() -> None:
    text = render_comparison(compared())
    order = ["answer", "effects", "labels", "distributions", "numbers", "made"]
    places = [text.index(f'id="{name}"') for name in order]
    assert places == sorted(places)
    assert "A and B are different" in text[: places[1]]
    assert "3 refused" in text
    assert "holds lists" in text


def test_a_page_of_nothing_is_a_page() -> None:
    same = side("x", 5, 1)
    check(render_comparison(compare_sides(same, same, margin=0.1, seed=1)))
    nothing = Side("n", "tabular", pa.table({"a": [1.0]})), Side("m", "tabular", pa.table({"b": [1.0]}))
    text = render_comparison(compare_sides(*nothing, margin=0.1, seed=1))
    check(text)
    assert "not measured" in text
    assert "not in B" in text


def test_the_terminal_says_what_the_page_says(tmp_path) -> None:
    told = tell(compared(), {"report": tmp_path / "index.html"})
    for part in (
        "A  200 rows  a.csv",
        "3 refused: w, such as w",
        "A and B are different",
        "joint distance",
        "index.html",
    ):
        assert part in told
    assert max(len(line) for line in told.splitlines() if not line.startswith(("Nothing", "A and B"))) < 120


def test_a_descriptor_has_one_line_unless_its_shape_or_gaps_tell_more() -> None:
    rng = np.random.default_rng(1)
    narrow, wide = (
        pa.table({"x": pa.array(rng.normal(0, s, 2000)), "y": pa.array(rng.normal(size=2000))}) for s in (1, 3)
    )
    found = compare_sides(Side("n", "tabular", narrow), Side("w", "tabular", wide), margin=0.1, seed=1)
    lines = [(row["name"], row["statistic"]) for row in main_rows(sorted_rows(found))]
    assert lines[0] == ("x", "wasserstein")
    assert sorted(lines[1:]) == [("x", "cliffs_delta"), ("y", "cliffs_delta")]


def test_plots_of_nothing_say_so() -> None:
    assert "not measured" in apart_plot(None, None, None, margin=0.1, state="undecided")
    assert "0.1" in apart_plot(-0.05, -0.1, 0.02, margin=0.1, state="equivalent")
    row = {"name": "x", "effect": 0.3, "ci_low": None, "ci_high": None, "state": "undecided"}
    assert "0.3" in effects_plot([row], margin=0.1, unit="u")


def test_p_values_are_bounds_where_a_table_ends() -> None:
    assert [p_value(p) for p in (None, float("nan"), 1e-9, 0.0213, 0.5)] == ["–", "–", "< 0.0001", "0.021", "0.50"]


def test_what_the_distance_consists_of_adds_up_and_is_said() -> None:
    found = compared()
    parts = {part.descriptor: part.effect.effect for part in found.parts if part.statistic == "mismatch_part"}
    whole = next(part.effect.effect for part in found.parts if part.statistic == "mismatch")
    assert sum(parts.values()) == pytest.approx(whole, rel=1e-4)
    assert max(parts, key=lambda name: parts[name]) == "w"
    assert "which consists of w " in tell(found, {})
    assert "What the distance consists of" in render_comparison(found)
    assert "What the distance consists of" not in render_comparison(compared(shift=0.0))


def test_families_of_descriptors_are_explained() -> None:
    rng = np.random.default_rng(1)
    sides = [
        Side(
            name,
            "image",
            pa.table({d: pa.array(rng.normal(s, 1, 200)) for d in ("sharpness", "brightness")}),
            notes=DESCRIPTORS,
        )
        for name, s in (("n", 0.0), ("m", 1.0))
    ]
    text = render_comparison(compare_sides(*sides, margin=0.1, seed=1))
    check(text)
    assert explain_family("image", "exposure").sentence.split(";")[0] in text.replace("&#39;", "'")
