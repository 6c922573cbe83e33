"""S20: every weak link names the knobs that move it, and no other."""

import pytest

from tasks.diagnosis.knobs import GOALS, KNOBS, LINKS
from tasks.diagnosis.ladder import LEVELS, climb
from tasks.diagnosis.rates import Rate
from tasks.report.ladder_words import tell_ladder


@pytest.mark.parametrize("weak", range(4))
def test_the_weak_link_names_its_own_knobs(weak: int) -> None:
    errors = [0.01 + 0.09 * (place > weak) for place in range(5)]
    rates = {name: Rate(error, 10_000) for name, error in zip(LEVELS, errors, strict=True)}
    ladder = climb({name: rates[name] for name in LEVELS[1:]}, humans={"people": rates["human"]})
    assert ladder.next_link == LINKS[weak]
    assert ladder.knobs == KNOBS[LINKS[weak]]
    told = tell_ladder(ladder)
    assert GOALS[LINKS[weak]] in told
    for link in LINKS:
        assert all((knob in told) is (link == LINKS[weak]) for knob in KNOBS[link])
