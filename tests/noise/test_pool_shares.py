"""Noise shared out among categories: drawn as asked, and found in a target's pauses."""

import numpy as np
import pytest

from tasks.errors import PolicyError
from tasks.noise.audio import draw
from tasks.noise.policy import Policy, dump_policy, parse_policy
from tasks.noise.pool import Clip, Pool
from tasks.noise.pool_shares import category_shares


def noisy(shares) -> Policy:
    noise = {"name": "noise", "probability": 1.0, "magnitudes": {"snr_db": {"uniform": [0, 5]}}, "shares": shares}
    return Policy.model_validate({"modality": "audio", "operations": [noise]})


def pool(counts) -> Pool:
    return Pool(
        tuple(
            Clip(f"{name}/{r}", f"{name}/{r}", np.ones(200, np.int16), 1e-3, 100, 1e-6)
            for name, count in counts.items()
            for r in range(count)
        )
    )


def heard(policy, recorded) -> dict[str, float]:
    drawn = draw(policy, [f"p{row}" for row in range(2_000)], copies=1.0, seed=1, pool=recorded)
    names = [name.split("/")[0] for name in drawn["noise.recording"].to_pylist()]
    return {name: names.count(name) / len(names) for name in sorted(set(names))}


def test_categories_are_heard_as_often_as_asked_however_many_recordings_they_have() -> None:
    found = heard(noisy({"car": 0.7, "street": 0.3}), pool({"car": 1, "street": 5}))
    assert found == {"car": pytest.approx(0.7, abs=0.02), "street": pytest.approx(0.3, abs=0.02)}
    equal = heard(noisy(None), pool({"car": 1, "street": 5}))
    assert equal["car"] == pytest.approx(1 / 6, abs=0.01)


def test_a_folder_that_is_not_named_is_silent_unless_none_is_there() -> None:
    assert heard(noisy({"car": 1.0}), pool({"car": 2, "street": 2})) == {"car": 1.0}
    assert heard(noisy({"train": 1.0}), pool({"car": 2, "street": 2}))["street"] == pytest.approx(0.5, abs=0.01)


def test_shares_survive_the_file_and_wrong_ones_are_refused() -> None:
    policy = noisy({"car": 0.7, "on: street": 0.3})
    assert parse_policy(dump_policy(policy), "p.yaml") == policy
    with pytest.raises(PolicyError, match="0 everywhere"):
        parse_policy(dump_policy(policy).replace("0.7", "0").replace("0.3", "0"), "p.yaml")
    gain = "modality: audio\noperations: [{name: gain, probability: 1, magnitudes: {gain_db: {uniform: [0, 1]}}, %s}]"
    with pytest.raises(PolicyError, match="only noise on audio"):
        parse_policy(gain % "shares: {car: 1}", "p.yaml")


def pieces(n, slope, seed):
    bands = np.linspace(-1, 1, 24)
    return slope * bands + np.random.default_rng(seed).normal(0, 2, (n, 24))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_the_mixture_in_the_pauses_is_found(share) -> None:
    known = {"car": pieces(300, -12, 1), "street": pieces(300, 3, 2), "office": pieces(300, 14, 3)}
    cars = round(400 * share)
    target = np.concatenate([pieces(cars, -12, 4), pieces(400 - cars, 3, 5)])
    found = category_shares(target, np.arange(400) // 4, known, usual=dict.fromkeys(known, 1.0), seed=1)
    assert found is not None
    assert sum(found.values()) == pytest.approx(1, abs=0.002)
    assert found["car"] == pytest.approx(0.75 * share + 0.25 / 3, abs=0.08)
    assert found["office"] == pytest.approx(0.25 / 3, abs=0.06)


def test_a_mixture_that_nothing_speaks_against_stays_equal() -> None:
    known = {name: pieces(60, 0, seed) for seed, name in enumerate("abcdefgh")}
    found = category_shares(pieces(200, 0, 99), np.arange(200) // 4, known, usual=dict.fromkeys(known, 1.0), seed=1)
    assert found == dict.fromkeys("abcdefgh", pytest.approx(1 / 8, abs=0.03))


def test_a_category_of_few_recordings_is_not_heard_all_the_time() -> None:
    known = {"car": pieces(300, -12, 1), "street": pieces(300, 3, 2)}
    found = category_shares(pieces(200, -12, 3), np.arange(200) // 4, known, usual={"car": 1.0, "street": 9.0}, seed=1)
    assert found == {"car": pytest.approx(0.3), "street": pytest.approx(0.7)}


def test_too_little_says_nothing() -> None:
    known = {"car": pieces(50, -12, 1), "street": pieces(50, 3, 2)}
    assert category_shares(pieces(20, 3, 1), np.arange(20), known, usual=dict.fromkeys(known, 1.0), seed=1) is None
    assert category_shares(pieces(90, 3, 1), np.zeros(90, int), known, usual=dict.fromkeys(known, 1.0), seed=1) is None
    assert category_shares(pieces(90, 3, 1), np.arange(90), {"car": known["car"]}, usual={"car": 1.0}, seed=1) is None
