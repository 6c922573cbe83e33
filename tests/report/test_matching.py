"""The section on the match: honest where atoms are few, silent where there is nothing to compare."""

import re

import numpy as np
import pytest

from tasks.report.matching import matching
from tasks.report.page import render_report
from tasks.splitting.certificate import certify, plain_certificate, read_certificate
from tasks.splitting.matched import match_splits


def drawn(n=400, atoms=None, *, sizes=None, seed=3):
    rng = np.random.default_rng(1)
    described = rng.normal(size=(n, 5)).astype(np.float32)
    labels = rng.integers(0, 3, n)
    atoms = np.arange(n) if atoms is None else atoms
    codes = match_splits(described, labels, atoms, sizes or {"dev": 80, "test": 80}, seed=seed)
    return certify(described, labels, atoms, codes, seed=seed)


def test_a_matched_split_is_beside_the_hill_of_random_ones() -> None:
    view = matching(drawn())
    assert [pair.name for pair in view.pairs] == [
        "dev and test",
        "dev and all target records",
        "test and all target records",
    ]
    assert all(pair.said == "none of the random splits are as near" for pair in view.pairs)
    assert not view.every
    assert str(view.plot).count('class="median"') == 3


def test_few_atoms_are_told() -> None:
    view = matching(drawn(atoms=np.arange(400) // 50, sizes={"dev": 100, "test": 100}))
    assert view.every
    assert view.atoms == 8
    assert view.draws == 8 * 7 * 6 * 5 // 4
    assert all("of the 420 splits" in pair.said for pair in view.pairs)


def test_without_test_only_dev_is_compared() -> None:
    view = matching(drawn(sizes={"dev": 80}))
    assert [pair.name for pair in view.pairs] == ["dev and all target records"]


def test_nothing_to_compare_says_so(make_contents) -> None:
    assert matching(None) is None
    page = render_report(make_contents(certificate=None))
    assert "no two sets of target records to compare" in page


def test_the_page_shows_it(make_contents) -> None:
    page = render_report(make_contents(certificate=drawn()))
    section = page[page.index('<section id="match">') :]
    assert re.search(r"dev and test: none of the random splits are as near", section)


def test_the_page_says_how_few_splits_exist(make_contents) -> None:
    few = drawn(atoms=np.arange(400) // 50, sizes={"dev": 100, "test": 100})
    page = render_report(make_contents(certificate=few))
    section = " ".join(page[page.index('<section id="match">') :].split())
    assert "beside those of all 420 splits of the same 8 atoms" in section
    assert "clearly nearer (by more than a tenth)" in section
    assert "random splits" not in section[: section.index("</section>")]


def test_a_certificate_comes_back_from_plain_values() -> None:
    found = drawn()
    again = read_certificate(plain_certificate(found))
    assert plain_certificate(again) == plain_certificate(found)
    assert again.match("dev", "test").percentile == pytest.approx(found.match("dev", "test").percentile)
