"""S10: about 100 wrong answers on dev, several ideas at once: shares and ceilings with intervals, biggest first."""

import numpy as np
import pytest

from tasks.diagnosis.sheet import draw_sheet
from tasks.diagnosis.sheet_answers import Answer, Answers
from tasks.diagnosis.tags import analyse_tags
from tasks.diagnosis.weighted_shares import weighted_share

ERROR = weighted_share(np.array([1.0] * 100 + [0.0] * 900), np.ones(1000), np.arange(1000))


def analysed(tags: dict[str, list[str]], error=ERROR, reviewer: str = "anna"):
    rows = tuple(Answer(record, frozenset(given)) for record, given in tags.items())
    answers = [Answers("errors", "s", 1, reviewer, rows, 0)]
    ids = list(tags)
    return analyse_tags(answers, ids, ["all"] * len(ids), ids, {"all": len(ids)}, error)


def test_dogs_are_not_worth_it_and_great_cats_are() -> None:
    """Of 100 errors of a 10 % error: 5 dogs, or 50; great cats 43, blurry 61, mislabelled 6, some with two tags."""
    marks = {"dog": range(5), "great cat": range(57, 100), "blurry": range(20, 81), "mislabelled": range(94, 100)}
    found = analysed({str(r): [tag for tag, rows in marks.items() if r in rows] for r in range(100)})
    assert [one.tag for one in found.tags] == ["blurry", "great cat", "mislabelled", "dog"]
    shares = {one.tag: one.share.share for one in found.tags}
    assert shares == pytest.approx({"blurry": 0.61, "great cat": 0.43, "mislabelled": 0.06, "dog": 0.05})
    assert sum(shares.values()) > 1
    dog = found.tags[-1]
    assert dog.ceiling.share == pytest.approx(0.005)  # 10 % falls to 9.5 % at most
    assert 0.001 < dog.ceiling.low < 0.005 < dog.ceiling.high < 0.013
    half = analysed({str(r): ["dog"] if r < 50 else [] for r in range(100)}).tags[0]
    assert half.ceiling.share == pytest.approx(0.05)
    assert 0.035 < half.ceiling.low < 0.05 < half.ceiling.high < 0.068
    assert found.untagged.share == pytest.approx(0.15)


def test_shares_and_ceilings_cover_those_of_all_errors() -> None:
    """Dev of 2,000 rows, 15 % error, 100 of the wrong answers looked at, drawn by likeness and confidence."""
    rng = np.random.default_rng(10)
    inside = np.zeros(2)
    for _ in range(300):
        wrong = rng.random(2000) < 0.15
        rows = int(wrong.sum())
        like = rng.random(rows)
        tagged = rng.random(rows) < np.where(like < 0.3, 0.6, 0.1)  # 25 % of all errors
        drawn = draw_sheet(like, rng.random(rows), rows=100, rng=rng)
        ids = [str(at) for at in drawn.places]
        names = [drawn.names[code] for code in drawn.stratum]
        answers = tuple(Answer(str(at), frozenset({"far"} if tagged[at] else ())) for at in drawn.places)
        error = weighted_share(wrong.astype(float), np.ones(2000), np.arange(2000))
        found = analyse_tags(
            [Answers("errors", "s", 1, "anna", answers, 0)],
            ids,
            [names[at] for at in drawn.places],
            ids,
            {name: names.count(name) for name in set(names)},
            error,
        ).tags[0]
        inside += [found.share.low <= 0.25 <= found.share.high, found.ceiling.low <= 0.0375 <= found.ceiling.high]
    assert (inside / 300 >= 0.92).all(), inside / 300
    assert (inside / 300 <= 0.985).all(), inside / 300


def test_half_a_sheet_says_the_same_less_surely() -> None:
    tags = {str(r): ["blurry"] if r % 3 == 0 else [] for r in range(100)}
    whole, half = analysed(tags), analysed(dict(list(tags.items())[:50]))
    assert half.tags[0].share.share == pytest.approx(whole.tags[0].share.share, abs=0.01)
    assert half.tags[0].share.high > whole.tags[0].share.high


def test_reviewers_who_differ_are_told() -> None:
    ids = [str(r) for r in range(60)]
    first = tuple(Answer(r, frozenset({"blurry"} if int(r) < 30 else ())) for r in ids)
    second = tuple(Answer(r, frozenset({"blurry"} if 10 <= int(r) < 40 else ())) for r in ids)
    both = [Answers("errors", "s", 1, "anna", first, 0), Answers("errors", "s", 1, "ben", second, 0)]
    found = analyse_tags(both, ids, ["all"] * 60, ids, {"all": 60}, ERROR).tags[0]
    assert found.share.share == pytest.approx(0.5)
    assert found.agreement is not None
    assert found.agreement.kappa == pytest.approx(1 / 3, abs=0.01)
