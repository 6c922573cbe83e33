"""Random numbers by record and name."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tasks.noise.uniforms import mix, record_keys, uniforms


def _keys(n: int, seed: int = 7) -> np.ndarray:
    return record_keys([f"web/{i}" for i in range(n)], np.ones(n, np.int32), seed)


def test_numbers_are_uniform_and_inside_the_open_interval() -> None:
    u = uniforms(_keys(20_000), "rotation.angle_deg")
    assert u.min() > 0
    assert u.max() < 1
    assert stats.kstest(u, "uniform").pvalue > 1e-3


def test_extreme_keys_stay_inside_the_open_interval() -> None:
    keys = np.array([0, 1, 2**64 - 1, 2**63, 0x9E3779B97F4A7C15], np.uint64)
    for name in ("a", "b", ""):
        u = uniforms(keys, name)
        assert ((u > 0) & (u < 1)).all()


def test_streams_and_neighbouring_keys_are_unrelated() -> None:
    a, b = uniforms(_keys(20_000), "shift.x_share"), uniforms(_keys(20_000), "shift.y_share")
    other = uniforms(_keys(20_000, seed=8), "shift.x_share")
    near = uniforms(np.arange(20_000, dtype=np.uint64), "shift.x_share")
    for x, y in ((a, b), (a, other), (near[:-1], near[1:])):
        assert abs(np.corrcoef(x, y)[0, 1]) < 0.03
    assert stats.kstest(near, "uniform").pvalue > 1e-3


def test_scrambling_is_a_bijection_on_a_sample() -> None:
    values = np.arange(100_000, dtype=np.uint64) * np.uint64(2**40 + 1)
    assert len(np.unique(mix(values))) == len(values)


def test_the_finalizer_is_the_published_one() -> None:
    # First outputs of SplitMix64 from state 0 (Vigna's splitmix64.c): the state moves by the golden ratio each time.
    golden = 0x9E3779B97F4A7C15
    state = np.array([golden, (2 * golden) % 2**64], np.uint64)
    assert mix(state).tolist() == [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.tuples(st.text(st.characters(codec="utf-8"), max_size=12), st.integers(1, 9)), unique=True, max_size=20
    ),
    st.integers(0, 2**63 - 1),
)
def test_a_key_depends_on_its_own_record_only(records, seed) -> None:
    parents, copies = [r[0] for r in records], np.array([r[1] for r in records], np.int32)
    keys = record_keys(parents, copies, seed)
    assert len(set(keys.tolist())) == len(records)
    for i, parent in enumerate(parents):
        assert record_keys([parent], copies[i : i + 1], seed)[0] == keys[i]
