import numpy as np
import pytest

from tasks.config.splits import Size
from tasks.splitting.advice import advice, detectable_lines, shortfall_lines
from tasks.splitting.sizes import plan_sizes


def said(atoms, **sizes):
    plans = plan_sizes({name: Size(**size) for name, size in sizes.items()}, atoms)
    return "\n".join([*detectable_lines(plans), *advice(plans, atoms)])


def test_a_million_rows_need_one_percent_each_not_a_fifth():
    text = said(np.ones(1_000_000), dev={"rows": 200_000}, test={"rows": 200_000})
    assert "of 1,000,000 target records about 10,000 are enough for dev and test each (1.0%, not a fifth)" in text
    assert "+-0.6 points, and 200,000 rows would make that +-0.1" in text
    assert "splits.dev asks for 200,000 rows: more than twice as many" in text


def test_little_data_is_cut_60_20_20():
    text = said(np.ones(1_000), dev={"rows": 200}, test={"rows": 200})
    assert "dev and test usually take a fifth each, 200 (60/20/20)" in text
    assert "to know it to +-2.0 points takes 865 rows" in text
    assert "to know it to +-1.0 points takes 3,458 rows, more than there are" in text
    assert "asks for" not in text


def test_without_a_test_set_nothing_is_said_of_one():
    text = said(np.ones(1_000), dev={"rows": 200})
    assert "test" not in text.replace("McNemar's test", "")
    assert "(80/20)" in text


def test_five_thousand_rows_from_forty_phones_are_worth_212():
    rng = np.random.default_rng(1)
    rows = rng.gamma(1 / 0.9**2, 1, 40)
    rows = rows / rows.sum() * 5_000
    rows = 125 + (rows - 125) * 0.9 / (rows.std() / rows.mean())
    text = said(rows, dev={"rows": 1_000}, test={"rows": 1_000})
    assert (
        "your 5,000 rows in 40 atoms are worth 212 independent ones, if errors inside an atom correlate by 0.1" in text
    )


@pytest.mark.parametrize("rows", [1, 5, 30])
def test_hardly_any_rows_are_told_to_show_nothing(rows):
    text = said(np.ones(4 * rows), dev={"rows": rows}, test={"rows": rows})
    assert "two models are told apart on dev never, with so few rows" in text
    assert "level 5%, power 80%" in text
    assert ("collect more" in text) == (rows < 25)


def foretold(atoms, **sizes):
    plans = plan_sizes({name: Size(**size) for name, size in sizes.items()}, atoms)
    return list(shortfall_lines(plans, dict.fromkeys(plans, atoms), 0.10))


def test_sizes_that_large_groups_keep_from_being_met_are_foretold():
    (line,) = foretold([100] * 8, dev={"rows": 150}, test={"rows": 200})
    assert "splits.dev: groups of 100 rows on average come no nearer to 150 rows than 100, 33% short" in line
    assert "so that a build is refused; ask for 100 or 200 rows" in line
    (line,) = foretold([100] * 8, dev={"rows": 205})
    assert "2% short; ask for 200 or 300 rows" in line


def test_nothing_is_foretold_where_sizes_can_be_met():
    assert not foretold([100] * 8 + [1] * 120, dev={"rows": 150})
    assert not foretold(list(range(2, 40)), dev={"rows": 100}, test={"margin": 0.1})
    assert not foretold([100] * 800, dev={"margin": 0.05})
