"""Human level: each person, the team, and the lowest of them."""

import numpy as np
import pytest

from tasks.diagnosis.human import TEAM, measure_people
from tasks.diagnosis.sheet_answers import UNSURE, Answer, Answers

LABELS = {str(record): str(record % 5) for record in range(200)}
ATOMS = {record: record for record in LABELS}


def person(name: str, wrong: set[int], unsure: set[int] = frozenset(), rows: int = 200) -> Answers:
    given = []
    for record in range(rows):
        label = UNSURE if record in unsure else str((record + 1) % 5) if record in wrong else str(record % 5)
        given.append(Answer(str(record), label=label))
    return Answers("human", "s", 1, name, tuple(given), 200 - rows)


def test_a_team_errs_less_than_its_people_and_is_the_proxy() -> None:
    people = [person("anna", set(range(10))), person("ben", set(range(5, 20))), person("cleo", {0, *range(40, 60)})]
    found = measure_people(people, LABELS, ATOMS)
    assert [one.name for one in found.people] == ["anna", "ben", "cleo"]
    assert [one.error.share for one in found.people] == pytest.approx([0.05, 0.075, 0.105])
    assert found.team is not None
    assert found.team.error.share == pytest.approx(6 / 200)  # 0 and 5 to 9 are wrong for two of three
    assert found.best.name == TEAM
    assert found.as_errors() == {"human": {"error": 0.03, "n": 200}}
    assert "anna" in found.overlapping
    assert found.agreement is not None
    assert measure_people(people[::-1], LABELS, ATOMS) == found


def test_who_cannot_tell_is_wrong_alone_and_silent_in_a_team() -> None:
    unsure = person("anna", set(), unsure=set(range(20)))
    assert measure_people([unsure], LABELS, ATOMS).people[0].error.share == pytest.approx(0.1)
    assert measure_people([unsure], LABELS, ATOMS).people[0].unsure == 20
    team = measure_people([unsure, person("ben", set()), person("cleo", set())], LABELS, ATOMS).team
    assert team is not None
    assert team.error.share == 0


def test_two_people_are_no_team_and_nobody_is_nothing() -> None:
    found = measure_people([person("anna", {1}), person("ben", {2}, rows=100)], LABELS, ATOMS)
    assert found.team is None
    assert [one.error.n for one in found.people] == [200, 100]
    with pytest.raises(ValueError, match="nobody"):
        measure_people([Answers("human", "s", 1, "anna", (), 200)], LABELS, ATOMS)


def test_a_tie_is_wrong_by_chance() -> None:
    answers = [
        Answers("human", "s", 1, name, (Answer("0", label=label),), 0) for name, label in zip("abc", "012", strict=True)
    ]
    team = measure_people(answers, {"0": "0"}, {"0": "0"}).team
    assert team is not None
    assert team.error.share == pytest.approx(2 / 3)


def test_intervals_cover_a_persons_error() -> None:
    rng = np.random.default_rng(8)
    inside = 0
    for _ in range(300):
        found = measure_people([person("anna", set(np.flatnonzero(rng.random(200) < 0.06).tolist()))], LABELS, ATOMS)
        inside += found.best.error.low <= 0.06 <= found.best.error.high
    assert 0.92 <= inside / 300 <= 0.985
