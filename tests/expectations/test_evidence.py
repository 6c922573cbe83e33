import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pandas as pd
import pytest

from expectations.checks import ASSUMPTIONS, declare_checks
from expectations.verdict import Verdict

pytestmark = pytest.mark.gx

EVIL = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)> ü 数字 \u202egnp.exe ${effect} {{ 7 * 7 }}"
CHECKS = declare_checks(inputs=("web", "app"))
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav", "section", "article"),
    *("h1", "h2", "h3", "p", "a", "b", "strong", "span", "code", "br", "div", "ul", "li", "dl", "dt", "dd"),
    *("table", "thead", "tbody", "tr", "th", "td", "details", "summary"),
    *("bdi", "path", "svg", "desc", "rect", "line", "circle", "text"),
}


class Page(HTMLParser):
    """What a browser would see in a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.policy = ""
        self._inside = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag
        self.tags.add(tag)
        self.attributes += attrs
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given.get("content") or ""
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        if self._inside != "style":
            self.words.append(data)


@pytest.fixture(scope="module")
def hostile(makers: SimpleNamespace) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A build whose labels, descriptors, domains and ids are as hostile as can be."""
    rows = makers.rows(descriptors=("brightness", EVIL), labels=("0", EVIL))
    for row in rows:
        if row["statistic"] == "cliffs_delta" and row["descriptor"] == EVIL:
            row |= {"effect": 0.4, "ci_low": 0.3, "ci_high": 0.5, "p_value": 0.001}
        if row["statistic"] == "label_count" and row["descriptor"] == EVIL:
            row["effect"] = 1.0
    manifest = makers.manifest()
    manifest.loc[3, "domain"] = EVIL
    manifest.loc[[4, 5], "record_id"] = EVIL
    manifest.loc[6, "label"] = None
    manifest.loc[7, "split"] = EVIL
    return makers.table(rows), manifest


@pytest.fixture(scope="module")
def judged(
    hostile: tuple[pd.DataFrame, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Verdict]:
    from expectations.suites import judge

    folder = tmp_path_factory.mktemp("gx")
    return folder, judge(*hostile, CHECKS, run_name=f"digits 000001 {EVIL}", version="000001", out=folder)


@pytest.fixture(scope="module")
def pages(judged: tuple[Path, Verdict]) -> dict[str, Page]:
    return {path.name: Page(path) for path in sorted(judged[0].glob("*.html"))}


def test_there_is_a_page_for_every_assumption_and_an_index(pages: dict[str, Page]) -> None:
    assert set(pages) == {"index.html", *(f"{assumption}.html" for assumption in ASSUMPTIONS)}


def test_nothing_is_fetched_from_elsewhere(judged: tuple[Path, Verdict], pages: dict[str, Page]) -> None:
    local = re.compile(r"[A-Za-z0-9_.+/-]+(#[^:/]*)?")
    for name, page in pages.items():
        for link in page.links:
            assert local.fullmatch(link), (name, link)
            assert "//" not in link
        source = (judged[0] / name).read_text(encoding="utf-8")
        assert not re.findall(r"(?:src|href|srcset|action|data)\s*=\s*[\"']?\s*(?:[a-z]+:|//)", source), name
        assert "@import" not in source
        assert "url(" not in source


def test_every_link_leads_somewhere(judged: tuple[Path, Verdict], pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        for link in set(page.links) - {"../index.html"}:
            target, _, part = link.partition("#")
            assert (judged[0] / target).is_file(), (name, link)
            if part:
                assert unquote(part) in pages[target].ids, (name, link)


def test_pages_hold_no_script_and_nothing_that_runs(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert page.tags <= TAGS, name
        assert not [key for key, _ in page.attributes if key.startswith("on") or key == "style"], name


def test_the_policy_allows_the_pages_own_style_and_nothing_else(
    judged: tuple[Path, Verdict], pages: dict[str, Page]
) -> None:
    for name, page in pages.items():
        (style,) = re.findall(r"<style>(.*?)</style>", (judged[0] / name).read_text(encoding="utf-8"), re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}';" in page.policy
        assert page.policy.startswith("default-src 'none';")
        assert "unsafe" not in page.policy
        assert "script" not in page.policy


def test_hostile_words_are_shown_as_they_are(pages: dict[str, Page]) -> None:
    shown = (
        "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)> ü 数字 \\u202egnp.exe ${effect} {{ 7 * 7 }}"
    )
    for name in ("index.html", "labels.html", "dev-like-test.html", "manifest.html"):
        assert shown in pages[name].text, name
        assert "\u202e" not in pages[name].text


def test_every_check_stands_on_its_page_with_all_that_decides_it(
    judged: tuple[Path, Verdict], pages: dict[str, Page]
) -> None:
    for answer in judged[1].checks:
        page = pages[f"{answer.assumption}.html"]
        assert answer.id in page.ids
        assert answer.question in page.text
        assert answer.severity in page.text
        assert answer.status == "pass" or answer.remedy in page.text
        for rows in (answer.n_a, answer.n_b):
            assert rows is None or f"{rows:,}" in page.text


def test_failures_stand_on_top(judged: tuple[Path, Verdict]) -> None:
    source = (judged[0] / "manifest.html").read_text(encoding="utf-8")
    order = re.findall(r'<article class="check (\w+)', source)
    assert order == sorted(order, key=["fail", "undecided", "pass"].index)
    assert {"fail", "pass"} <= set(order)


def test_the_index_lists_what_is_not_met(judged: tuple[Path, Verdict], pages: dict[str, Page]) -> None:
    unmet = [answer for answer in judged[1].checks if answer.status != "pass"]
    assert unmet
    for answer in unmet:
        assert answer.question in pages["index.html"].text
    for title in ASSUMPTIONS.values():
        assert title in pages["index.html"].text


def test_what_great_expectations_rendered_stands_on_the_pages(pages: dict[str, Page]) -> None:
    assert "values must never be null" in pages["manifest.html"].text
    assert "Unexpected Value Count" in pages["manifest.html"].text
    assert "cliffs_delta of every descriptor in dev against test" in pages["dev-like-test.html"].text
    for page in pages.values():
        assert "Rendering failed" not in page.text
        assert "An unexpected Exception" not in page.text


def test_the_results_are_stored_as_json(judged: tuple[Path, Verdict]) -> None:
    found = {}
    for assumption in ASSUMPTIONS:
        text = (judged[0] / "results" / f"{assumption}.json").read_text(encoding="utf-8")
        stored = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
        for item in stored["results"]:
            found[item["expectation_config"]["meta"]["check"]["id"]] = item["success"]
    assert found == {answer.id: answer.status == "pass" for answer in judged[1].checks}


def test_a_second_verdict_replaces_the_first(hostile: tuple[pd.DataFrame, pd.DataFrame], tmp_path: Path) -> None:
    from expectations.suites import judge

    few = tuple(check for check in CHECKS if check.assumption == "ledger")
    for version in ("000001", "000002"):
        judge(*hostile, few, run_name=version, out=tmp_path)
    assert "000002" in Page(tmp_path / "ledger.html").text
    assert "000001" not in Page(tmp_path / "ledger.html").text


def test_a_block_without_a_template_is_an_error_not_a_hole() -> None:
    from great_expectations.render import RenderedDocumentContent, RenderedGraphContent, RenderedSectionContent
    from jinja2 import TemplateNotFound

    from expectations.pages.view import EvidenceView

    document = RenderedDocumentContent(
        sections=[RenderedSectionContent(content_blocks=[RenderedGraphContent(graph={})], section_name="x")],
        page_title="x",
        expectation_suite_name="x",
        renderer_type="x",
    )
    counts = dict.fromkeys(("fail", "undecided", "pass", "noted"), 0)
    with pytest.raises(TemplateNotFound, match="graph"):
        EvidenceView().render(document, counts=counts, run_name="x", gx_version="x")
