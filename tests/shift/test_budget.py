import numpy as np
import pytest

from tasks.catalog.schema import AUGMENTED
from tasks.shift.budget import Samples, mismatch_budget
from tasks.shift.families import OTHERS, Families
from tasks.shift.kernel import energy_distance
from tasks.shift.sample import Sample
from tasks.shift.space import fit_space

FAMILIES = Families({"bright": "light", "dark": "light", "soft": "blur", "tilt": "geometry", "wide": "container"})


def sample(rng, rows, first, **shifts):
    columns = {name: rng.normal(shifts.get(name, 0.0), 1, rows) for name in ("bright", "dark", "soft", "tilt", "wide")}
    return Sample(columns, {}, None, first + np.arange(rows) // 2)


def moved(source, **shifts):
    """Return copies of rows, of their parents' atoms, moved in some columns."""
    columns = {name: values + shifts.get(name, 0.0) for name, values in source.numeric.items()}
    return Sample(columns, {}, None, source.atoms)


def found(samples, families=FAMILIES, seed=1):
    rows = list(mismatch_budget(samples, families, seed=seed))
    return {(row.statistic, row.split_a, row.split_b, row.descriptor): row.effect for row in rows}


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(1)
    train = sample(rng, 800, 0)
    shifts = {"soft": 1.4, "wide": 0.8}
    return Samples(
        train,
        sample(rng, 400, 10_000, **shifts),
        synthetic=moved(train, soft=1.4),
        train_dev=sample(rng, 300, 20_000),
        test=sample(rng, 400, 30_000, **shifts),
    )


def test_parts_add_up_to_the_whole(world):
    budget = found(world)
    for a in ("train", AUGMENTED):
        parts = [
            effect.effect for (statistic, x, _, _), effect in budget.items() if (statistic, x) == ("mismatch_part", a)
        ]
        assert sum(parts) == pytest.approx(budget["mismatch", a, "dev", None].effect, abs=1e-4)


def test_what_differs_has_the_parts_and_what_does_not_has_none(world):
    budget = found(world)
    parts = {name: budget["mismatch_part", "train", "dev", name] for name in ("light", "blur", "geometry", "container")}
    assert parts["blur"].ci_low > 0.02
    assert parts["container"].ci_low > 0.02
    assert parts["blur"].effect > parts["container"].effect
    for name in ("light", "geometry"):
        assert abs(parts[name].effect) < 0.01
        assert parts[name].ci_low <= parts[name].effect <= parts[name].ci_high


def test_the_whole_is_the_energy_distance_of_these_rows():
    rng = np.random.default_rng(2)
    # No more rows than are looked at, each an atom of its own: nothing is chosen, and few enough are merged.
    a, b = (Sample({"x": rng.normal(at, 1, 120)}, {}, None, 1_000 * at + np.arange(120)) for at in (0, 1))
    space = fit_space([a, b])
    wanted = energy_distance(space.points(a), space.points(b), a.atoms, b.atoms, rng=rng)
    whole = found(Samples(a, b), Families())["mismatch", "train", "dev", None]
    assert whole.effect == pytest.approx(wanted.effect, abs=1e-5)
    assert whole.ci_low == pytest.approx(wanted.ci_low, abs=0.08)
    assert whole.ci_high == pytest.approx(wanted.ci_high, abs=0.08)


def test_floors_are_near_zero_and_the_mismatch_is_beyond_them(world):
    budget = found(world)
    for a, b in (("train", "train-dev"), ("dev", "test")):
        assert abs(budget["mismatch", a, b, None].effect) < 0.02
        assert budget["mismatch_over_floor", "train", "dev", b].ci_low > 0


def test_it_says_which_family_synthesis_closed(world):
    budget = found(world)
    assert budget["mismatch_closed", AUGMENTED, "dev", "blur"].ci_low > 0
    assert budget["mismatch_closed", AUGMENTED, "dev", None].ci_low > 0
    light = budget["mismatch_closed", AUGMENTED, "dev", "light"]
    assert abs(light.effect) < 0.01
    # Copies in place of their parents: nothing closes, and in common draws there is no doubt about it.
    idle = Samples(world.train, world.dev, synthetic=moved(world.train))
    nothing = found(idle)["mismatch_closed", AUGMENTED, "dev", None]
    assert nothing.ci_low <= 0 <= nothing.ci_high
    assert nothing.ci_high - nothing.ci_low < 0.1 * found(idle)["mismatch", "train", "dev", None].effect


def test_families_apart_are_taken_off_on_the_same_scale(world):
    plain = found(world)
    assert ("mismatch_content", "train", "dev", None) not in plain
    budget = found(world, Families(FAMILIES.of, apart={"container"}))
    content = budget["mismatch_content", "train", "dev", None].effect
    whole = budget["mismatch", "train", "dev", None].effect
    assert 0 < content < whole
    alike = Samples(world.train, moved(world.train))
    assert abs(found(alike, Families(FAMILIES.of, apart={"container"}))["mismatch", "train", "dev", None].effect) < 0.02


def test_gaps_may_be_a_family_of_their_own():
    rng = np.random.default_rng(3)
    holes = [np.where(rng.random(400) < share, np.nan, rng.normal(size=400)) for share in (0.05, 0.5)]
    a, b = (Sample({"income": column}, {}, None, at * 1_000 + np.arange(400)) for at, column in enumerate(holes))
    budget = found(Samples(a, b), Families({"income": "column income"}, gaps="missingness"))
    gaps, values = (budget["mismatch_part", "train", "dev", name] for name in ("missingness", "column income"))
    assert gaps.ci_low > 0.02
    assert gaps.effect > values.effect
    assert set(found(Samples(a, b), Families({"income": "column income"}))) == {
        ("mismatch", "train", "dev", None),
        ("mismatch_part", "train", "dev", "column income"),
    }


def test_equal_label_shares_take_off_what_the_labels_do():
    rng = np.random.default_rng(7)

    def labelled(first, share):
        kind = rng.random(600) < share
        values = {"x": rng.normal(3.0 * kind, 1), "y": rng.normal(size=600)}
        return Sample(values, {}, np.where(kind, "b", "a").astype(object), first + np.arange(600))

    train, dev = labelled(0, 0.2), labelled(1_000, 0.8)
    budget = found(Samples(train, dev), Families())
    assert budget["mismatch", "train", "dev", None].ci_low > 0.1
    assert abs(budget["label_reweighted_distance", "train", "dev", None].effect) < 0.03
    bare = Samples(train, Sample(dev.numeric, {}, None, dev.atoms))
    assert not any(key[0] == "label_reweighted_distance" for key in found(bare, Families()))
    strange = Sample(dev.numeric, {}, np.full(600, "c", object), dev.atoms)
    assert not any(key[0] == "label_reweighted_distance" for key in found(Samples(train, strange), Families()))


def test_of_many_families_the_largest_are_named():
    rng = np.random.default_rng(4)
    names = [f"c{at:02d}" for at in range(20)]

    def wide(first, shift):
        columns = {name: rng.normal(shift if name == "c13" else 0, 1, 300) for name in names}
        columns["c07"] = columns["c07"] + 0.5 * shift
        return Sample(columns, {}, None, first + np.arange(300))

    budget = found(Samples(wide(0, 0.0), wide(1_000, 2.0)), Families())
    named = [name for (statistic, _, _, name) in budget if statistic == "mismatch_part"]
    assert len(named) == 8
    assert {"c13", "c07", OTHERS} <= {*named}
    assert budget["mismatch_part", "train", "dev", "c13"].effect > budget["mismatch_part", "train", "dev", "c07"].effect


def test_same_seed_same_numbers(world):
    assert found(world, seed=3) == found(world, seed=3)
    assert found(world, seed=3) != found(world, seed=4)


def test_of_few_atoms_no_interval_is_given(world):
    dev = Sample(world.dev.numeric, {}, None, 50_000 + np.arange(400) // 100)
    few = found(Samples(world.train, dev))
    for key in (("mismatch", "train", "dev", None), ("mismatch_part", "train", "dev", "blur")):
        assert few[key].effect > 0.02
        assert np.isnan(few[key].ci_low) and np.isnan(few[key].ci_high)


@pytest.mark.parametrize("rows", [0, 1])
def test_too_few_synthetic_rows_leave_the_budget_of_train(world, rows):
    few = found(Samples(world.train, world.dev, synthetic=world.synthetic.take(np.arange(rows))))
    assert ("mismatch_part", "train", "dev", "blur") in few
    assert not any(key[1] == AUGMENTED for key in few)


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_too_few_rows_give_no_budget_and_no_complaint(rows):
    rng = np.random.default_rng(5)
    few = sample(rng, 2 * rows, 0).take(np.arange(rows))
    many = sample(rng, 50, 1_000)
    assert found(Samples(few, many)) == {} or rows == 2
    assert found(Samples(many, few)) == {} or rows == 2
    assert found(Samples(Sample({"x": np.ones(9)}, {}, None, np.arange(9)), many)) == {}


def test_intervals_of_parts_cover():
    """A hundred runs at 95 % leave +-4 points; the truth is the mean of their effects."""
    runs = []
    for seed in range(100):
        rng = np.random.default_rng([6, seed])
        a, b = sample(rng, 120, 0), sample(rng, 120, 1_000, soft=0.8, bright=0.5)
        runs.append(found(Samples(a, b), seed=seed))
    for key in [("mismatch", "train", "dev", None), ("mismatch_part", "train", "dev", "blur")]:
        truth = np.mean([run[key].effect for run in runs])
        assert 0.88 <= np.mean([run[key].ci_low <= truth <= run[key].ci_high for run in runs]) <= 1
