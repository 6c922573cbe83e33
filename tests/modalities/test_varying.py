"""How many copies target records in train have: few where they are many, none where nobody wants any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.modalities.varying import FEW, FEW_SHARE, MOST, SHARE, copies_of_target

COUNTS = st.integers(0, 100_000)


@given(targets=COUNTS, others=COUNTS)
def test_copies_are_a_tenth_of_the_others_or_few_and_never_less_than_one_a_record(targets: int, others: int) -> None:
    found = copies_of_target("auto", policy="fitted", modality="image", targets=targets, others=others)
    assert found == 0 or 1 <= found <= MOST
    assert found * targets <= max(SHARE * others, min(FEW, FEW_SHARE * others)) * (1 + 1e-9)


@given(targets=COUNTS, others=COUNTS)
@pytest.mark.parametrize(("policy", "modality"), [("none", "image"), ("fitted", "tabular")])
def test_nobody_who_wants_no_noise_and_no_table_has_copies(
    policy: str, modality: str, targets: int, others: int
) -> None:
    assert copies_of_target("auto", policy=policy, modality=modality, targets=targets, others=others) == 0


def test_a_thousand_records_beside_a_hundred_thousand_have_a_tenth_of_these() -> None:
    found = copies_of_target("auto", policy="fitted", modality="image", targets=1_000, others=100_000)
    assert found == pytest.approx(10)


def test_a_hundred_records_beside_twenty_thousand_have_as_many_as_are_worth_it() -> None:
    assert copies_of_target("auto", policy="default", modality="audio", targets=100, others=20_000) == MOST


@pytest.mark.parametrize("wanted", [0.0, 2.5, 40.0])
def test_a_number_is_taken_as_it_is(wanted: float) -> None:
    assert copies_of_target(wanted, policy="none", modality="tabular", targets=10, others=10) == wanted
    assert copies_of_target(wanted, policy="none", modality="tabular", targets=0, others=10) == 0
