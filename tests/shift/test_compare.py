import math
from collections import defaultdict

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy import stats

from tasks.errors import InputError
from tasks.shift import compare as compare_module
from tasks.shift.compare import compare_samples


def table(rng, n, shift=0.0):
    return pd.DataFrame(
        {
            "bright": rng.normal(shift, 1, n),
            "gaps": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
            "codec": rng.choice(["flac", "mp3", "ogg"], n),
        }
    )


def rows_of(found):
    return {(row["descriptor"], row["statistic"]): row for row in found.descriptors.to_pylist()}


@pytest.fixture(scope="module")
def shifted():
    rng = np.random.default_rng(1)
    x, y = table(rng, 600), table(rng, 500, 0.5)
    return x, y, compare_samples(x, y, seed=3)


def test_a_shift_is_found_by_everything_and_blamed_on_its_column(shifted):
    _, _, found = shifted
    assert found.joint.p_value <= 0.002
    assert found.joint.ci_low > 0
    assert found.classifier.ci_low > 0
    assert found.classifier.p_value <= 0.002
    assert (found.joint.n_a, found.joint.n_b) == (600, 500)
    rows = rows_of(found)
    assert rows.keys() == {
        *(("bright", statistic) for statistic in ("cliffs_delta", "wasserstein")),
        *(("gaps", statistic) for statistic in ("cliffs_delta", "wasserstein", "missing_share_difference")),
        ("codec", "total_variation"),
    }
    assert {key for key, row in rows.items() if row["state"] == "different"} == {
        ("bright", "cliffs_delta"),
        ("bright", "wasserstein"),
    }
    assert rows["bright", "cliffs_delta"]["ci_high"] < 0
    assert found.labels is None


def test_rows_are_scored_by_how_much_like_the_other_sample_they_look(shifted):
    x, y, found = shifted
    scores = np.concatenate([found.scores_x, found.scores_y])
    assert (found.scores_x.shape, found.scores_y.shape) == ((600,), (500,))
    assert scores.dtype == np.float32
    assert 0 < scores.min() < 0.01
    assert 0.99 < scores.max() < 1
    auc = stats.mannwhitneyu(found.scores_y, found.scores_x).statistic / (600 * 500)
    assert 2 * auc - 1 == pytest.approx(found.classifier.effect, abs=1e-6)
    assert stats.spearmanr(scores, np.concatenate([x["bright"], y["bright"]])).statistic > 0.8


def test_what_tells_the_samples_apart_is_named(shifted):
    _, _, found = shifted
    shares = dict(zip(found.telling["descriptor"].to_pylist(), found.telling["share"].to_pylist(), strict=True))
    assert next(iter(shares)) == "bright"
    assert shares["bright"] > 0.9
    assert sum(shares.values()) == pytest.approx(1)


def test_rows_of_an_unseen_atom_look_alike_by_chance_only():
    """Atoms of 20 rows that a model had seen would be told by themselves."""
    rng = np.random.default_rng(12)
    atoms = np.repeat(np.arange(20), 20)
    x, y = (rng.normal(size=(20, 6))[atoms] + 0.1 * rng.normal(size=(400, 6)) for _ in range(2))
    found = compare_samples(x, y, atoms_x=atoms, atoms_y=20 + atoms, seed=1)
    assert abs(found.classifier.effect) < 0.5
    assert found.scores_y.mean() - found.scores_x.mean() == pytest.approx(found.classifier.effect / 2, abs=1e-5)


def test_the_same_seed_gives_the_same_numbers(shifted):
    x, y, found = shifted
    again = compare_samples(x, y, seed=3)
    assert (again.joint, again.classifier) == (found.joint, found.classifier)
    assert again.descriptors.equals(found.descriptors)
    assert compare_samples(x, y, seed=4).joint != found.joint


def test_kinds_of_tables_do_not_matter(shifted):
    x, y, found = shifted
    arrow = compare_samples(pa.Table.from_pandas(x), pa.Table.from_pandas(y), seed=3)
    assert arrow.descriptors.equals(found.descriptors)
    numbers = ["bright", "gaps"]
    arrays = compare_samples(x[numbers].to_numpy(), y[numbers].to_numpy(), seed=3)
    assert arrays.joint == compare_samples(x[numbers], y[numbers], seed=3).joint


def test_monotone_transformations_and_names_do_not_matter(shifted):
    x, y, found = shifted
    names = {"flac": 3, "mp3": 1, "ogg": 2}
    sides = [side.assign(bright=np.exp(side["bright"]), codec=side["codec"].map(names).astype(str)) for side in (x, y)]
    rows, before = rows_of(compare_samples(*sides, seed=3)), rows_of(found)
    assert {key: row["p_value"] for key, row in rows.items()} == {key: row["p_value"] for key, row in before.items()}


def test_large_samples_of_one_law_are_equivalent():
    rng = np.random.default_rng(2)
    found = compare_samples(table(rng, 4_000), table(rng, 5_000), seed=1)
    assert set(found.descriptors["state"].to_pylist()) == {"equivalent"}
    assert abs(found.classifier.effect) < 0.05


def test_a_difference_that_does_not_matter_is_not_different():
    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(40_000, 1)), rng.normal(0.06, 1, (40_000, 1))
    rows = rows_of(compare_samples(x, y, seed=1))
    assert rows["0", "cliffs_delta"]["p_adjusted"] < 1e-6
    assert rows["0", "cliffs_delta"]["state"] == "equivalent"


def test_p_values_are_small_enough_to_survive_many_columns():
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(400, 60)), rng.normal(size=(400, 60))
    y[:, 7] += 0.5
    rows = rows_of(compare_samples(x, y, seed=1))
    found = rows["7", "cliffs_delta"]
    exact = stats.mannwhitneyu(x[:, 7], y[:, 7]).pvalue
    assert found["p_adjusted"] < 1e-4
    assert abs(math.log10(found["p_value"]) - math.log10(exact)) < 0.4 * -math.log10(exact)


@pytest.mark.parametrize("difference", ["correlation", "spread", "gaps", "category"])
def test_differences_beyond_the_mean_are_found(difference):
    rng = np.random.default_rng(5)
    x, y = table(rng, 1_000), table(rng, 1_000)
    x["more"], y["more"] = rng.normal(size=(2, 1_000))
    match difference:
        case "correlation":
            y["more"] = 0.3 * y["bright"] + math.sqrt(0.91) * y["more"]
        case "spread":
            y["more"] *= 1.3
        case "gaps":
            y["gaps"] = y["gaps"].mask(rng.random(1_000) < 0.15)
        case "category":
            y["codec"] = y["codec"].mask(rng.random(1_000) < 0.25, "flac")
    found = compare_samples(x, y, seed=1)
    assert found.joint.p_value < 0.01
    assert found.classifier.p_value < 0.05


def test_labels_apart():
    rng = np.random.default_rng(6)
    labels_x = rng.choice(["a", "b"], 800)
    labels_y = rng.choice(["a", "b", "c"], 800, p=[0.75, 0.2, 0.05])
    x, y = rng.normal(size=(800, 3)), rng.normal(size=(800, 3))
    x[:, 0] += 2 * (labels_x == "a")
    y[:, 0] += 2 * (labels_y == "a")
    found = compare_samples(x, y, labels_x=labels_x, labels_y=labels_y, seed=1)
    labels = found.labels
    assert found.joint.p_value <= 0.002
    assert labels.state == "different"
    assert labels.shares.ci_low < 0.3 < labels.shares.ci_high
    assert (labels.only_x, labels.only_y) == ((), ("c",))
    assert labels.reweighted.p_value > 0.05
    assert labels.reweighted.ci_low <= 0
    assert labels.classes["label"].to_pylist() == ["a", "b"]
    assert min(labels.classes["p_adjusted"].to_pylist()) > 0.05


def test_what_changes_within_a_class_is_found_there():
    rng = np.random.default_rng(7)
    labels_x, labels_y = rng.choice(["a", "b"], 800), rng.choice(["a", "b"], 800, p=[0.8, 0.2])
    x, y = rng.normal(size=(800, 3)), rng.normal(size=(800, 3))
    y[:, 0] += 0.8 * (labels_y == "b")
    labels = compare_samples(x, y, labels_x=labels_x, labels_y=labels_y, seed=1).labels
    rows = {row["label"]: row for row in labels.classes.to_pylist()}
    assert rows["b"]["p_adjusted"] < 0.01 < rows["a"]["p_adjusted"]
    assert labels.reweighted.p_value < 0.01


WRONG = {
    "three dimensions": (np.zeros((2, 2, 2)), np.zeros((2, 2)), {}, "x: .* 3 dimensions"),
    "a list": (np.zeros((2, 2)), [1, 2], {}, "y: .* found list"),
    "one name twice": (pd.DataFrame(np.zeros((2, 2)), columns=["a", "a"]), np.zeros((2, 2)), {}, "several columns"),
    "atoms too few": (np.zeros((3, 2)), np.zeros((3, 2)), {"atoms_y": [1]}, "atoms_y: 3 values wanted"),
    "labels of one side": (np.zeros((3, 2)), np.zeros((3, 2)), {"labels_x": [1, 2, 3]}, "both wanted"),
}


@pytest.mark.parametrize(("x", "y", "more", "message"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_read_is_told(x, y, more, message):
    with pytest.raises(InputError, match=message):
        compare_samples(x, y, seed=1, **more)


def numbers(*values):
    return pd.DataFrame({"a": np.array(values, float)})


MANY = 60
RNG = np.random.default_rng(8)
NORMAL, OTHER = (numbers(*RNG.normal(size=MANY)) for _ in range(2))
UNDECIDED = {
    "no rows": (numbers(), NORMAL, {}),
    "no rows at all": (numbers(), numbers(), {}),
    "one row": (numbers(1), NORMAL, {}),
    "two rows": (numbers(1, 2), numbers(2, 3), {}),
    "three rows": (numbers(1, 2, 3), numbers(2, 3, 5), {}),
    "constant": (numbers(*[1] * MANY), numbers(*[1] * MANY), {}),
    "infinite": (numbers(*[np.inf] * MANY), numbers(*[np.inf] * MANY), {}),
    "no value": (numbers(*[np.nan] * MANY), numbers(*[np.nan] * MANY), {}),
    "no common column": (NORMAL, OTHER.rename(columns={"a": "b"}), {}),
    "no column": (pd.DataFrame(index=range(9)), pd.DataFrame(index=range(9)), {}),
    "words against numbers": (NORMAL, pd.DataFrame({"a": ["x", "y"] * 30}), {}),
    "lists": (pd.DataFrame({"a": [[1]] * 9}), pd.DataFrame({"a": [[1]] * 9}), {}),
    "one atom": (NORMAL, NORMAL, {"atoms_x": ["one"] * MANY, "atoms_y": ["other"] * MANY}),
    "one atom for both": (NORMAL, OTHER, {"atoms_x": ["one"] * MANY, "atoms_y": ["one"] * MANY}),
    "one atom on a side": (NORMAL, OTHER, {"atoms_x": ["one"] * MANY}),
    "the same rows": (NORMAL, NORMAL, {}),
    "very many categories": tuple(
        [pd.DataFrame({"a": [f"id {at}" for at in range(first, first + 100_000)]}) for first in (0, 50_000)] + [{}]
    ),
    "ids": (
        pd.DataFrame({"a": [f"{at}" for at in range(40)]}),
        pd.DataFrame({"a": [f"y{at}" for at in range(40)]}),
        {},
    ),
    "labels on one side only": (NORMAL, OTHER, {"labels_x": ["a"] * MANY, "labels_y": ["b"] * MANY}),
    "labels nowhere": (NORMAL, OTHER, {"labels_x": [None] * MANY, "labels_y": [None] * MANY}),
    "a label a row": (NORMAL, OTHER, {"labels_x": list(range(MANY)), "labels_y": list(range(MANY))}),
}


@pytest.mark.parametrize(("x", "y", "more"), UNDECIDED.values(), ids=UNDECIDED)
@pytest.mark.filterwarnings("error")
def test_what_cannot_be_told_is_undecided(x, y, more):
    found = compare_samples(x, y, seed=1, **more)
    assert set(found.descriptors["state"].to_pylist()) <= {"undecided"}
    assert not found.joint.p_value < 0.01
    assert not found.classifier.p_value < 0.01
    scores = np.concatenate([found.scores_x, found.scores_y])
    assert scores.shape == (len(x) + len(y),)
    assert np.isnan(scores).all() == math.isnan(found.classifier.effect)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("unit", [1e300, 1e-300])
def test_units_do_not_matter(unit):
    one = compare_samples(NORMAL, OTHER, seed=1)
    other = compare_samples(NORMAL * unit, OTHER * unit, seed=1)
    assert other.joint.effect == pytest.approx(one.joint.effect, rel=1e-4)
    assert other.joint.p_value == one.joint.p_value


@pytest.mark.filterwarnings("error")
def test_infinities_are_the_least_and_the_greatest():
    rng = np.random.default_rng(9)
    x, y = rng.normal(size=200), rng.normal(size=200)
    x[rng.random(200) < 0.3] = np.inf
    rows = rows_of(compare_samples(x, y, seed=1))
    assert rows["0", "cliffs_delta"]["ci_low"] > 0.1


@pytest.mark.filterwarnings("error")
def test_columns_of_one_side_and_of_other_kinds_have_notes():
    n = 40
    x = pa.table({"only": range(n), "kind": [1.5] * n, "dated": pa.array(range(n), pa.date32()), "none": pa.nulls(n)})
    y = pa.table({"kind": ["a"] * n, "dated": pa.array(range(5, n + 5), pa.date32()), "none": range(n)})
    found = compare_samples(x, y, seed=1)
    notes = {row["descriptor"]: row["note"] for row in found.descriptors.to_pylist() if row["note"]}
    assert notes == {"only": "not in y", "kind": "words in y, numbers in x", "none": "no value in x"}
    missing = rows_of(found)["none", "missing_share_difference"]
    assert (missing["effect"], missing["state"]) == (1.0, "different")


DESIGNS = {
    "rows": ([1] * 100, [1] * 100),
    "fewer against more atoms": ([10] * 10, [10] * 30),
    "rows against atoms": ([1] * 100, [10] * 30),
}
RUNS = 40


@pytest.mark.parametrize(("size", "stricter"), [(1, True), (10, False)], ids=["rows against atoms", "atoms alike"])
def test_sides_of_unlike_atoms_are_rotated_too_and_the_larger_p_value_counts(monkeypatch, size, stricter):
    def p_values():
        rng = np.random.default_rng(8)
        ten = np.repeat(np.arange(10), 10)
        x, y = rng.normal(size=(100, 6)), rng.normal(size=(10, 6))[ten] + 0.5
        found = compare_samples(x, y, atoms_x=np.arange(100) // size, atoms_y=1_000 + ten, seed=1)
        return np.array([found.joint.p_value, *found.descriptors["p_value"].to_pylist()])

    both = p_values()
    monkeypatch.setattr(compare_module, "rotate", lambda sums, sizes, in_x, found, rng: found)
    dealt = p_values()
    assert (both >= dealt).all()
    assert (both > dealt).any() == stricter


@pytest.mark.parametrize("sizes", DESIGNS.values(), ids=DESIGNS)
def test_false_alarms_and_coverage(sizes):
    """Alarms at 5 % of 40 runs exceed 7 with probability .0007."""
    alarms, held = defaultdict(int), defaultdict(int)
    for run in range(RUNS):
        rng = np.random.default_rng([run, 11])
        sides, atoms = [], []
        for side in sizes:
            atom = np.repeat(np.arange(len(side)), side)
            values = rng.normal(size=(len(side), 4))[atom] * math.sqrt(0.3) + rng.normal(size=(len(atom), 4)) * 0.7**0.5
            words = np.array(["p", "q", "r"])[np.digitize(values[:, 3], [-0.5, 0.6])]
            sides.append(pd.DataFrame(values[:, :3], columns=["a", "b", "c"]).assign(w=words))
            atoms.append(atom)
        found = compare_samples(*sides, atoms_x=atoms[0], atoms_y=1_000 + atoms[1], seed=run)
        rows = rows_of(found)
        tests = {"joint": found.joint.p_value, "classifier": found.classifier.p_value}
        tests |= {name: rows[key]["p_value"] for name, key in KEYS.items()}
        tests["family"] = min(row["p_adjusted"] for row in rows.values())
        for name, p_value in tests.items():
            alarms[name] += p_value < 0.05
        intervals = {name: (rows[key]["ci_low"], rows[key]["ci_high"]) for name, key in KEYS.items()}
        for name in ("joint", "classifier"):
            intervals[name] = (getattr(found, name).ci_low, getattr(found, name).ci_high)
        for name, (low, high) in intervals.items():
            held[name] += low <= 0 <= high
    assert max(alarms.values()) <= stats.binom.ppf(0.9997, RUNS, 0.05), dict(alarms)
    assert sum(alarms.values()) > 0
    assert min(held.values()) >= stats.binom.ppf(0.0003, RUNS, 0.95), dict(held)


KEYS = {"cliffs_delta": ("a", "cliffs_delta"), "wasserstein": ("b", "wasserstein"), "words": ("w", "total_variation")}
