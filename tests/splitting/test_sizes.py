import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.config.splits import Size
from tasks.splitting.design_effect import design_effect, intraclass_correlation
from tasks.splitting.detectable import detectable_difference, detectable_gain
from tasks.splitting.margins import half_width, rows_for_margin
from tasks.splitting.reserve import rows_that_meet
from tasks.splitting.sizes import plan_sizes, usual_rows
from tasks.splitting.worth import worth_of


def test_rows_for_margin_agrees_with_the_textbook():
    # z^2 p (1 - p) / h^2 = 3.8415 x .09 / .0004
    assert rows_for_margin(0.02, 0.10) == 865
    assert rows_for_margin(0.01, 0.10) == 3458


@given(margin=st.floats(0.005, 0.4), error=st.floats(0.001, 0.999), confidence=st.floats(0.6, 0.999))
def test_rows_for_margin_give_the_margin(margin, error, confidence):
    rows = rows_for_margin(margin, error, confidence)
    assert half_width(rows, error, confidence) <= margin * 1.03
    if rows > 20:
        assert half_width(rows - math.ceil(0.1 * rows), error, confidence) > margin * 0.97


def test_small_errors_take_more_rows_than_the_normal_interval_says():
    assert rows_for_margin(0.005, 0.005) > 3.8415 * 0.005 * 0.995 / 0.005**2


def test_a_million_rows_need_one_percent_each_and_a_thousand_a_fifth():
    assert usual_rows(1_000_000) == 10_000
    assert usual_rows(1_000) == 200


def test_half_width_agrees_with_wilsons_interval_of_scipy():
    scipy_stats = pytest.importorskip("scipy.stats")
    found = scipy_stats.binomtest(30, 200).proportion_ci(method="wilson")
    assert half_width(200, 30 / 200) == pytest.approx((found.high - found.low) / 2, rel=1e-6)


def test_rows_in_few_phones_are_worth_little():
    # Forty phones whose rows vary by a coefficient of variation of .9: 5,000 rows are worth about 212.
    rng = np.random.default_rng(1)
    rows = rng.gamma(1 / 0.9**2, 1, 40)
    rows = rows / rows.sum() * 5_000
    rows = 125 + (rows - 125) * 0.9 / (rows.std() / rows.mean())
    assert 5_000 / design_effect(rows, icc=0.10) == pytest.approx(212, abs=1)


@given(st.lists(st.integers(1, 50), min_size=1, max_size=30), st.floats(0, 1))
def test_design_effect_is_that_of_the_formula(rows, icc):
    m, cv = np.mean(rows), np.std(rows) / np.mean(rows)
    assert design_effect(rows, icc) == pytest.approx(1 + (m * (1 + cv**2) - 1) * icc)


def test_single_rows_are_worth_one_each():
    assert design_effect(np.ones(7)) == 1.0
    assert design_effect([]) == 1.0


def test_intraclass_correlation_finds_the_one_that_was_put_in():
    rng = np.random.default_rng(3)
    atoms = np.repeat(np.arange(400), 10)
    rate = rng.beta(0.9, 8.1, 400)  # mean .1, intraclass correlation 1 / (.9 + 8.1 + 1)
    errors = rng.random(4_000) < rate[atoms]
    assert intraclass_correlation(errors, atoms) == pytest.approx(0.1, abs=0.03)
    assert math.isnan(intraclass_correlation([1, 0, 1], [1, 2, 3]))


@pytest.mark.parametrize(
    ("dev", "test", "p"), [(2_500, 2_500, 0.10), (400, 400, 0.10), (2_000, 500, 0.05), (200, 400, 0.3)]
)
def test_a_gap_that_should_be_noticed_is_noticed_four_times_in_five(dev, test, p):
    rng = np.random.default_rng(5)
    gap = detectable_difference(dev, test, p)
    a, b = rng.binomial(dev, p, 4_000) / dev, rng.binomial(test, p + gap, 4_000) / test
    pooled = (a * dev + b * test) / (dev + test)
    noticed = np.abs(a - b) > 1.96 * np.sqrt(pooled * (1 - pooled) * (1 / dev + 1 / test))
    assert noticed.mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(("rows", "disagreement"), [(500, 0.1), (2_500, 0.1), (2_500, 0.02), (10_000, 0.4)])
def test_a_gain_that_should_be_noticed_by_mcnemars_test_is_noticed_four_times_in_five(rows, disagreement):
    rng = np.random.default_rng(6)
    gain = detectable_gain(rows, disagreement)
    shares = [(disagreement + gain) / 2, (disagreement - gain) / 2, 1 - disagreement]
    better, worse, _ = rng.multinomial(rows, shares, 4_000).T
    noticed = np.abs(better - worse) > 1.96 * np.sqrt(better + worse)
    assert noticed.mean() == pytest.approx(0.8, abs=0.03)


def test_the_design_effect_is_how_much_wider_errors_in_atoms_scatter():
    rng = np.random.default_rng(7)
    rows = np.repeat([5, 20, 35], 10)  # errors inside an atom correlate by 1 / (.9 + 8.1 + 1)
    wrong = rng.binomial(rows, rng.beta(0.9, 8.1, (20_000, len(rows)))).sum(1) / rows.sum()
    assert 1.96 * wrong.std() == pytest.approx(half_width(rows.sum() / design_effect(rows, 0.1), 0.1), rel=0.04)


def test_where_nothing_could_be_noticed_nothing_is_promised():
    assert math.isnan(detectable_gain(30, 0.1))
    assert math.isnan(detectable_difference(2, 2, 0.1))
    assert math.isnan(detectable_difference(0, 100, 0.1))


@given(st.floats(50, 1e6), st.floats(0.01, 0.5))
def test_more_rows_show_smaller_differences(rows, p):
    more = 4 * rows
    for few, many in (
        (detectable_difference(rows, rows, p), detectable_difference(more, more, p)),
        (detectable_gain(rows, p), detectable_gain(more, p)),
    ):
        assert math.isnan(few) or many < few


def test_what_was_drawn_is_told_not_what_was_wanted():
    plans = plan_sizes({"dev": Size(rows=100), "test": Size(margin=0.05), "train-dev": Size(rows=5)}, np.ones(1_000))
    split = ["dev"] * 80 + ["test"] * 150 + ["train"] * 20
    atom = [f"a{row // 8}" for row in range(80)] + [f"b{row}" for row in range(150)] + ["c"] * 20
    facts = worth_of(plans, split, atom)
    assert (facts["dev"]["rows"], facts["dev"]["worth"]) == (100, 47)  # ten atoms of eight: design effect 1.7
    assert facts["dev"]["design_effect"] == pytest.approx(1.7)
    assert facts["dev"]["margin"] == pytest.approx(half_width(80 / 1.7, 0.10))
    assert facts["test"]["gap"] == pytest.approx(detectable_difference(80 / 1.7, 150, 0.10))
    assert facts["test"]["margin_wanted"] == 0.05
    assert "worth" not in facts["train-dev"]  # nothing was drawn
    json.dumps(facts, allow_nan=False)
    assert worth_of(plans, ["dev"] * 3, ["a", "b", "c"])["dev"]["gain"] is None


def test_a_gain_between_two_models_is_seen_more_easily_the_less_they_disagree():
    assert detectable_gain(2_500, 0.05) < detectable_gain(2_500, 0.20) < detectable_difference(2_500, 2_500, 0.20)


def test_plans_take_rows_or_a_margin():
    plans = plan_sizes({"dev": Size(rows=500), "test": Size(margin=0.02)}, np.ones(2_000))
    assert (plans["dev"].rows, plans["dev"].worth, plans["dev"].margin_wanted) == (500, 500, None)
    assert plans["test"].rows == 868  # the textbook's 865, by Wilson's interval
    assert 0.0199 < plans["test"].margin <= 0.02


def test_margins_count_what_rows_in_groups_are_worth():
    alone, grouped = (plan_sizes({"dev": Size(margin=0.02)}, rows)["dev"] for rows in (np.ones(5_000), [125] * 40))
    assert grouped.rows == pytest.approx(alone.rows * 13.4, rel=0.002)
    assert grouped.margin == pytest.approx(alone.margin, rel=0.001)
    assert grouped.worth == pytest.approx(alone.rows, abs=1)


@given(st.floats(0.02, 0.3), st.floats(0.01, 0.99))
def test_single_rows_that_meet_a_margin_are_the_fewest(margin, error):
    wanted = rows_that_meet(margin, error, 0.95, np.ones(10**5), 0.1)
    assert half_width(wanted, error) <= margin
    assert wanted == 1 or half_width(wanted - 1, error) > margin


@given(st.floats(0.02, 0.3), st.lists(st.integers(1, 40), min_size=1, max_size=60))
def test_more_rows_are_asked_for_than_there_are_only_where_all_are_too_few(margin, atoms):
    wanted = rows_that_meet(margin, 0.10, 0.95, atoms, 0.1)
    all_meet_it = half_width(sum(atoms) / design_effect(atoms), 0.10) < margin
    assert (wanted <= sum(atoms)) == all_meet_it
    assert wanted > sum(atoms) or wanted >= rows_that_meet(margin, 0.10, 0.95, np.ones(10**5), 0.1)


def test_a_margin_is_met_by_nearly_every_draw_of_uneven_atoms():
    rng = np.random.default_rng(8)
    atoms = rng.geometric(0.1, 2_000)
    met = []
    wanted = rows_that_meet(0.03, 0.10, 0.95, atoms, 0.1)
    for _ in range(400):
        order = rng.permutation(len(atoms))
        drawn = atoms[order[: int(np.searchsorted(np.cumsum(atoms[order]), wanted)) + 1]]
        met.append(half_width(drawn.sum() / design_effect(drawn), 0.10) <= 0.03)
    assert np.mean(met) > 0.95
    assert wanted < 1.2 * rows_for_margin(0.03, 0.10, effect=design_effect(atoms))


def test_a_margin_asks_for_rows_that_atoms_add_up_to():
    assert rows_that_meet(0.08, 0.10, 0.95, np.full(2_000, 30), 0.1) % 30 == 0


def test_a_fraction_is_of_all_the_rows_whatever_their_atoms():
    for atoms in (np.ones(1_000), [125] * 8):
        plans = plan_sizes({"dev": Size(fraction=0.2), "test": Size(fraction=1e-6)}, atoms)
        assert (plans["dev"].rows, plans["test"].rows) == (200, 1)
        assert plans["dev"].margin_wanted is None
