"""Missing values as descriptors."""

import numpy as np

from tasks.noise.drawing import draw_policy, drawn_values
from tasks.noise.fitting import fit_policy
from tasks.noise.gaps import MISSING, families_with_gaps, gappy_columns, with_gaps
from tasks.noise.policy import Policy
from tasks.noise.uniforms import uniforms


def test_gaps_are_marked_where_either_sample_has_some() -> None:
    first = np.array([[1.0, np.nan, 1.0, np.nan], [2.0, np.nan, 2.0, 3.0]])
    second = np.array([[1.0, 5.0, np.nan, 2.0], [2.0, 6.0, 2.0, 2.0]])
    columns = gappy_columns(first, second)
    assert columns.tolist() == [2, 3]
    assert with_gaps(second, columns)[:, 4:].tolist() == [[1, 0], [0, 0]]
    assert families_with_gaps(["a", "b", "c", "d"], columns) == ["a", "b", "c", "d", MISSING, MISSING]


def test_planted_missingness_is_found_with_its_rate() -> None:
    def table(seed: int, policy: Policy) -> np.ndarray:
        values = np.random.default_rng(seed).normal(size=(300, 5))
        draws = draw_policy(policy, [f"{seed}-{i}" for i in range(300)], copies=1, seed=seed)
        rate = drawn_values(draws, "missingness", "rate", 0.0)
        keys = draws.column("seed").to_numpy()
        hit = np.stack([uniforms(keys, f"column {column}") < rate + 0.05 for column in range(5)], axis=1)
        return np.where(hit, np.nan, values)

    planted = {"name": "missingness", "probability": 1, "magnitudes": {"rate": {"normal": [0.2, 0.02]}}}
    target = table(9, Policy.model_validate({"modality": "tabular", "operations": [planted]}))
    fit = fit_policy(lambda policy, seed: table(1, policy), target, modality="tabular", seed=1)
    (found,) = fit.policy.operations
    assert found.name == "missingness"
    assert abs(found.magnitudes["rate"].normal[0] * found.probability - 0.2) < 0.04
