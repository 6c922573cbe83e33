"""Similar amounts go together, others do not; what nobody looked at is not counted."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.diagnosis.multi_task import SIMILAR, advise_multi_task


def counts(**given: int) -> dict[str, dict[str, int]]:
    return {name: {"source": rows - rows // 4, "target": rows // 4} for name, rows in given.items()}


def test_labels_of_similar_amounts_are_learned_together() -> None:
    found = advise_multi_task(counts(sign=1000, light=900, car=800, people=1100))
    assert found.advised
    assert found.together == ("people", "sign", "light", "car")
    (sign,) = [amount for amount in found.amounts if amount.label == "sign"]
    assert sign.others == 900 + 800 + 1100
    assert "add 2,800 annotated records" in sign.reason


def test_a_label_with_far_less_is_carried_and_one_that_nobody_looked_for_is_left_out() -> None:
    found = advise_multi_task(counts(sign=1000, car=900, people=40, light=0))
    assert found.advised
    by = {amount.label: amount.advice for amount in found.amounts}
    assert by == {"sign": "together", "car": "together", "people": "alone or carried", "light": "nothing"}
    assert "Not for 1, which have less than half" in found.reason


def test_one_large_label_among_small_ones_is_no_reason() -> None:
    found = advise_multi_task(counts(cats=100_000, scans=100))
    assert not found.advised
    assert found.together == ("cats",)
    assert found.reason.startswith("No: cats has 100,000")


@pytest.mark.parametrize("given_counts", [{}, counts(only=30), counts(a=0, b=0)])
def test_nothing_to_compare_is_no_advice(given_counts: dict[str, dict[str, int]]) -> None:
    assert not advise_multi_task(given_counts).advised


@given(st.lists(st.integers(1, 10_000), min_size=2, max_size=8), st.integers(2, 9), st.randoms())
def test_neither_order_nor_names_nor_a_common_factor_matter(rows: list[int], factor: int, random: Random) -> None:
    names = [f"l{place}" for place in range(len(rows))]
    plain = {name: {"source": row, "target": 0} for name, row in zip(names, rows, strict=True)}
    order = names[:]
    random.shuffle(order)
    other = {name: {"source": 0, "target": factor * plain[name]["source"]} for name in order}
    first, second = advise_multi_task(plain), advise_multi_task(other)
    assert first.advised == second.advised
    assert set(first.together) == set(second.together)
    assert all(row >= SIMILAR * max(rows) for name, row in zip(names, rows, strict=True) if name in first.together)
