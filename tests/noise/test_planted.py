"""The benchmark of planted noise, small: what was planted is found, and nothing where nothing was."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = 130


@pytest.fixture
def planted(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return importlib.import_module("planted")


def test_blur_is_found_with_its_strength(planted) -> None:
    found = planted.plant(planted.drawn("characters", 2 * ROWS), planted.IMAGE_CASES["blur"], ROWS, 0)
    assert [operation.name for operation in found.fit.policy.operations] == ["gaussian_blur"]
    assert max(found.errors.values()) <= planted.LIMIT
    assert found.right


def test_nothing_is_found_where_nothing_was_planted(planted) -> None:
    for seed, source in enumerate((planted.drawn("characters", 2 * ROWS), planted.table(2 * ROWS))):
        found = planted.plant(source, {}, ROWS, seed)
        assert not found.fit.policy.operations
        assert found.right


def test_a_wrong_policy_is_not_called_right(planted) -> None:
    case = planted.IMAGE_CASES["blur"]
    weak = {"gaussian_blur": {"sigma_share": (0.015, 0.005)}}
    (error,) = planted.errors_of(planted.policy_of("image", weak), case).values()
    assert error == pytest.approx(0.4)
    assert planted.errors_of(planted.policy_of("image", {}), case) == {"gaussian_blur.sigma_share": float("inf")}
