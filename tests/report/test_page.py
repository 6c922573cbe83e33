"""The page: inert, self-contained, complete, well-formed, and the same every time."""

import dataclasses
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.catalog.quarantine import quarantine_table
from tasks.report.contents import ReportContents
from tasks.report.gallery import GalleryRow, image_example
from tasks.report.page import render_report, write_report

VOID = {"meta", "img", "br", "col", "hr", "input", "link"}
NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "../../etc/passwd",
    "</style><script>alert(1)</script>",
    "]]></svg><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "\u202egnp.exe\u2066",
    "ملف صورة",
    "日本語 🙂 e\u0301",
    "a\x00b\x1b[31m\u2028",
    "&lt;b&gt; & <b>",
    "x" * 5000,
]


class Page(HTMLParser):
    """Collects what a browser would act on, and fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, attrs)
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.getpos())

    def handle_data(self, data):
        self.text.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def assert_inert(text: str) -> Page:
    page = Page(text)
    assert not {"script", "iframe", "object", "embed", "form", "link", "base"} & {tag for tag, _ in page.tags}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("src", "href", "poster", "action"):
                assert value and (value.startswith(("data:image/", "data:audio/", "#")) or value == "gx/index.html")
    style = text[text.index("<style>") : text.index("</style>")]
    assert "@import" not in style and "url(" not in style
    return page


@pytest.mark.parametrize("word", NASTY)
def test_foreign_words_come_out_as_text(make_contents, word) -> None:
    page = assert_inert(render_report(make_contents(name=word, word=word)))
    shown = "".join(page.text)
    if word.isprintable() and len(word) < 100:
        assert word in shown


@settings(max_examples=25, deadline=None)
@given(word=st.text(st.characters(exclude_categories=()), min_size=1, max_size=30))
def test_any_word_is_inert_and_encodable(word) -> None:
    contents = ReportContents(
        verdict={"version": "1", "status": "valid", "checks": []},
        config={"name": word},
        splits={},
        quarantine=quarantine_table([(word.encode("utf-8", "replace").decode(), "app", None, "damaged", "x")]),
        assumptions={},
        policy=word,
        versions={word: word},
    )
    text = render_report(contents)
    text.encode("utf-8")
    assert_inert(text)
    outside = re.sub(r"[\n ]", "", text)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", outside)


def test_the_policy_of_the_page_forbids_scripts_and_addresses(make_contents) -> None:
    metas = Page(render_report(make_contents())).all("meta")
    policy = next(meta["content"] for meta in metas if meta.get("http-equiv") == "Content-Security-Policy")
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:"


def test_the_verdict_comes_first_and_every_section_is_there(make_contents) -> None:
    text = render_report(make_contents())
    order = ["verdict", "assumptions", "splits", "gap", "distributions", "labels", "gallery", "records", "policy"]
    places = [text.index(f'id="{name}"') for name in [*order, "reproduce"]]
    assert places == sorted(places)


def test_anchors_lead_somewhere_and_ids_are_unique(make_contents) -> None:
    page = Page(render_report(make_contents()))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {anchor["href"][1:] for anchor in page.all("a") if anchor["href"].startswith("#")}
    assert targets <= set(ids)


def test_pictures_have_words_and_tables_have_headers(make_contents) -> None:
    text = render_report(make_contents())
    page = Page(text)
    assert page.all("img") and all(image["alt"] for image in page.all("img"))
    for svg in page.all("svg"):
        assert svg.get("aria-hidden") == "true" or (svg["role"] == "img" and svg["aria-label"])
    for table in re.findall(r"<table.*?</table>", text, flags=re.DOTALL):
        assert "<th scope=" in table


def test_a_status_is_told_by_word_and_shape_not_by_colour_alone(make_contents) -> None:
    text = render_report(make_contents())
    badges = re.findall(r'<span class="status [a-z]+">(<svg.*?</svg>)([a-z]+)</span>', text, flags=re.DOTALL)
    shapes = {word: re.sub(r'class="\w+"', "", svg) for svg, word in badges}
    assert {"passed", "failed", "undecided"} <= shapes.keys()
    assert len({shapes["passed"], shapes["failed"], shapes["undecided"]}) == 3


def test_nothing_measured_is_said_not_hidden() -> None:
    contents = ReportContents(
        verdict={"version": "000001", "status": "invalid", "checks": []}, config={"name": "empty"}, splits={}
    )
    page = assert_inert(render_report(contents))
    shown = "".join(page.text)
    for words in ("No check was made", "not measured", "No mismatch was measured", "No descriptors", "No labels"):
        assert words in shown


def test_missing_numbers_never_reach_the_page(make_contents, make_measured, make_check) -> None:
    nan = math.nan
    table = make_measured(
        ("gap_closed", "train+synthetic", "dev", None, nan, nan, nan),
        ("mismatch", "train", "dev", None, nan, None, None),
        ("mismatch", "dev", "test", None, 0.5, None, nan),
        ("mismatch_part", "train", "dev", "blur", 0.5, None, nan),
        ("cliffs_delta", "train", "dev", "sharpness", nan, nan, nan),
        ("cliffs_delta", "train", "dev", "noise", 0.1, nan, math.inf),
        ("margin", "dev", None, None, nan),
        ("label_count", "dev", None, "3", nan),
    )
    checks = [check | {"effect": nan, "ci_low": nan, "ci_high": math.inf, "limit": nan} for check in [make_check()] * 2]
    verdict = {"version": "000002", "status": "invalid", "checks": checks}
    text = render_report(make_contents(measurements=table, verdict=verdict))
    shown = "".join(assert_inert(text).text)
    assert not re.search(r"\bnan\b|\binf\b|\bNone\b", shown)


def test_an_invalid_version_says_so_first(make_contents, make_check) -> None:
    grave = make_check(status="fail", severity="critical", effect=3.0, question="Do dev and test share no records?")
    text = render_report(make_contents(verdict={"version": "", "status": "invalid", "checks": [grave]}))
    shown = " ".join("".join(Page(text).text).split())
    assert "bars is invalid 1 critical check failed: do not train or judge on this data." in shown
    assert shown.index("What needs attention") < shown.index("Assumptions What")


def test_the_same_contents_give_the_same_bytes(make_contents, tmp_path) -> None:
    first = write_report(make_contents(), tmp_path / "a").read_bytes()
    assert write_report(make_contents(), tmp_path / "b").read_bytes() == first
    assert [file.name for file in (tmp_path / "a").iterdir()] == ["index.html"]


def test_the_page_stays_small_enough_to_be_mailed(make_contents, make_measured) -> None:
    rng = np.random.default_rng(0)
    photo = rng.integers(0, 255, (640, 480, 3)).astype(np.uint8)
    gallery = [
        GalleryRow(str(i), *[image_example(f"{i}", role, photo) for role in ("source", "target")]) for i in range(300)
    ]
    labels = [("label_count", "dev", None, f"label {i}", 1.0) for i in range(20_000)]
    names = [f"column {i}" for i in range(3000)]
    deltas = [("cliffs_delta", a, "dev", name, 0.1, 0.0, 0.2) for name in names for a in ("train", "train+synthetic")]
    rows = [(f"app/{i}", "app", f"{i}.png", "truncated", "short") for i in range(5000)]
    text = render_report(
        make_contents(gallery=gallery, measurements=make_measured(*labels, *deltas), quarantine=quarantine_table(rows))
    )
    assert len(text.encode()) < 3_000_000
    shown = "".join(assert_inert(text).text)
    assert "19,960 rarer labels" in shown and "and 4,997 more" in shown and "2,960 more descriptors" in shown
    assert "more pictures or sounds would make this page too large" in shown


def test_evidence_elsewhere_is_refused(make_contents) -> None:
    for address in ("https://example.org/", "javascript:alert(1)", "../other.html", "//host/x.html"):
        with pytest.raises(ValueError, match="below the report's folder"):
            render_report(make_contents(evidence=address))
    assert "gx/index.html" not in render_report(make_contents(evidence=None))


def test_a_picture_from_elsewhere_is_refused(make_contents) -> None:
    contents = make_contents()
    row = contents.gallery[0]
    stranger = dataclasses.replace(row, source=dataclasses.replace(row.source, picture="https://example.org/a.png"))
    with pytest.raises(ValueError, match="not a picture or sound"):
        render_report(make_contents(gallery=(stranger,)))
