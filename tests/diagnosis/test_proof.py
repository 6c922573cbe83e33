"""The proof: synthetic rows that bring train to dev help, copies do nothing, wrong labels hurt."""

import numpy as np
import pytest

from tasks.diagnosis.mixture import SOURCE, SYNTHETIC, TARGET, VARIED, mix, target_weight
from tasks.diagnosis.proof import Proof, Rows, prove, state_of
from tasks.shift.measurements import NAN, Effect
from tasks.task_space.targets import Targets, make_targets

SHIFT = 4.0


def task(n: int, seed: int, shift: float):
    """Return features and labels, which the first column tells without a shift, and the second one with it."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    features = rng.normal(size=(n, 8)).astype(np.float32)
    features[:, 1 if shift else 0] += 3 * labels
    features[:, 0] *= 1 + shift
    return features, labels


def rows(parts, *, first_atom: int = 0) -> Rows:
    """Return rows of (features, labels, origin, atoms)."""
    features = np.concatenate([part[0] for part in parts])
    labels = np.concatenate([part[1] for part in parts]).astype(np.int64)
    origin = np.concatenate([np.full(len(part[1]), part[2]) for part in parts])
    atoms = np.concatenate([part[3] for part in parts]) + first_atom
    return Rows(features, make_targets(labels, np.ones(len(labels), bool)), atoms, origin)


def setting(kind: str, *, n: int = 400, dev: int = 600, targets: int = 0) -> tuple[Rows, Rows, dict[str, int]]:
    source = (*task(n, 1, 0.0), SOURCE, np.arange(n))
    copies = {
        "helps": task(n, 2, SHIFT)[0],
        "same": source[0],
        "hurts": source[0],
    }[kind]
    named = task(n, 2, SHIFT)[1] if kind == "helps" else 1 - source[1] if kind == "hurts" else source[1]
    parts = [source, (copies, named, SYNTHETIC, np.arange(n))]
    if targets:
        parts.append((*task(targets, 3, SHIFT), TARGET, np.arange(n, n + targets)))
    asked = rows([(*task(dev, 4, SHIFT if kind == "helps" else 0.0), TARGET, np.arange(dev))], first_atom=10_000)
    return rows(parts), asked, {"source": n, "target": targets, "synthetic": n}


def test_copies_that_look_like_dev_help() -> None:
    found = prove(*setting("helps"), seed=1)
    assert found.state == "helps"
    assert found.gain.ci_low > 0.05
    assert found.errors["real+synthetic"].effect < found.errors["real"].effect
    assert found.errors["ceiling"].effect < found.errors["real"].effect
    assert found.gain.effect == pytest.approx(found.errors["real"].effect - found.errors["real+synthetic"].effect)


def test_plain_copies_do_nothing() -> None:
    found = prove(*setting("same", dev=2_000), seed=1)
    assert found.state == "nothing"
    assert found.gain.ci_low <= 0 <= found.gain.ci_high < 0.01


def test_wrong_labels_hurt() -> None:
    found = prove(*setting("hurts"), seed=1)
    assert found.state == "hurts"


def test_few_rows_of_dev_prove_nothing() -> None:
    """No row answered differently by either model is no proof that none ever will."""
    train, dev, published = setting("same")
    found = prove(train, dev.take(np.arange(30)), published, seed=1)
    assert found.state == "undecided"


def test_rows_of_one_atom_are_one_witness() -> None:
    train, dev, published = setting("helps")
    alone = Rows(dev.features, dev.targets, np.zeros(len(dev.atoms), np.int64), dev.origin)
    assert prove(train, alone, published, seed=1).state == "undecided"
    few = Rows(dev.features, dev.targets, np.arange(len(dev.atoms)) // 60, dev.origin)
    many = prove(train, dev, published, seed=1).gain
    wide = prove(train, few, published, seed=1).gain
    assert wide.ci_high - wide.ci_low > many.ci_high - many.ci_low


def test_the_same_rows_and_seed_give_the_same_proof() -> None:
    train, dev, published = setting("helps", targets=40)
    assert prove(train, dev, published, seed=1) == prove(train, dev, published, seed=1)
    assert prove(train, dev, published, seed=1) != prove(train, dev, published, seed=2)


def test_neither_the_order_of_rows_nor_labels_of_dev_change_what_was_learned() -> None:
    train, dev, published = setting("helps", targets=40)
    order = np.random.default_rng(1).permutation(len(dev.atoms))
    turned = prove(train, dev.take(order), published, seed=1)
    assert turned.gain.effect == pytest.approx(prove(train, dev, published, seed=1).gain.effect)
    wrong = Rows(dev.features, Targets("class", 1 - dev.targets.values), dev.atoms, dev.origin)
    assert prove(train, wrong, published, seed=1).gain.effect == pytest.approx(-turned.gain.effect)


@pytest.mark.parametrize("lacking", ["rows", "labels", "dev"])
def test_too_little_is_untried(lacking) -> None:
    train, dev, published = setting("helps")
    if lacking == "rows":
        train = train.take(np.arange(40))
    elif lacking == "labels":
        train = Rows(train.features, Targets("none", np.empty((len(train.atoms), 0))), train.atoms, train.origin)
    else:
        dev = dev.take(np.arange(0))
    found = prove(train, dev, published, seed=1)
    assert found == Proof("untried", found.gain, {}, {})
    assert np.isnan(found.gain.effect)


def test_without_synthetic_rows_there_is_no_gain_but_shares_are_tried() -> None:
    train, dev, published = setting("helps", targets=40)
    real = train.take(np.flatnonzero(train.origin != SYNTHETIC))
    found = prove(real, dev, published | {"synthetic": 0}, seed=1)
    assert found.state == "untried"
    assert set(found.errors) == {"real", "ceiling"}
    assert set(found.shares) == {False}


def test_half_is_taken_unless_another_share_is_clearly_better() -> None:
    train, dev, published = setting("helps", targets=40)
    found = prove(train, dev, published, seed=1)
    for shares in found.shares.values():
        assert [tried.share for tried in shares] == [None, 0.25, 0.5, 0.75]
        (chosen,) = [tried for tried in shares if tried.chosen]
        assert chosen.share == 0.5 or chosen.against.ci_high < 0
        plain = shares[0]
        assert plain.weight == 1
        assert plain.error.effect >= chosen.error.effect


def test_a_target_that_is_no_minority_is_left_as_it_is() -> None:
    train, dev, published = setting("helps", targets=40)
    found = prove(train, dev, published | {"target": 5_000}, seed=1)
    assert found.shares == {}


@pytest.mark.parametrize(
    ("low", "high", "state"),
    [
        (0.001, 0.2, "helps"),
        (0.001, 0.005, "helps"),
        (-0.2, -0.001, "hurts"),
        (-0.005, 0.005, "nothing"),
        (-0.1, 0.005, "nothing"),
        (-0.005, 0.02, "undecided"),
        (NAN, NAN, "undecided"),
    ],
)
def test_what_an_interval_supports(low, high, state) -> None:
    assert state_of(Effect(0.0, low, high)) == state


def varied(kind: str) -> tuple[Rows, Rows, dict[str, int]]:
    """Few target records beside much of the source, and 20 copies of each: new draws of their kind, or wrong labels."""
    few, copies = 10, 40
    features, labels = task(few, 3, SHIFT)
    more = task(few * copies, 5, SHIFT)
    told = more[1] if kind == "helps" else 1 - more[1]
    parts = [
        (*task(400, 1, 0.0), SOURCE, np.arange(400)),
        (features, labels, TARGET, np.arange(400, 400 + few)),
        (more[0], told, VARIED, np.tile(np.arange(400, 400 + few), copies)),
    ]
    asked = rows([(*task(800, 4, SHIFT), TARGET, np.arange(800))], first_atom=10_000)
    return rows(parts), asked, {"source": 400, "target": few, "varied": few * copies}


def test_varied_target_rows_that_tell_more_help_and_wrong_ones_are_left_out() -> None:
    good, bad = (prove(*varied(kind), seed=1) for kind in ("helps", "hurts"))
    assert good.varied.ci_low > 0
    assert good.vary
    assert bad.varied.ci_high < 0
    assert not bad.vary


def test_varied_target_rows_change_nothing_else() -> None:
    train, dev, published = varied("helps")
    alone = train.take(np.flatnonzero(train.origin != VARIED))
    with_them, without = prove(train, dev, published, seed=1), prove(alone, dev, published | {"varied": 0}, seed=1)
    assert not np.isfinite(without.varied.effect)
    assert without.vary
    for key, error in without.errors.items():
        assert with_them.errors[key].effect == pytest.approx(error.effect, abs=1e-9)
    assert {key: len(tried) for key, tried in with_them.shares.items()} == {False: 4}


def test_varied_rows_share_the_weight_of_the_target() -> None:
    published = {"source": 900, "synthetic": 600, "target": 10, "varied": 90}
    weight = target_weight(published, 0.5)
    assert weight * (10 + 90) == pytest.approx(900 + 600)
    found = mix(published, target=0.5)
    assert found.target + found.varied == pytest.approx(0.5)
    assert found.varied == pytest.approx(9 * found.target)
    assert sum(found.shares) == pytest.approx(1)
