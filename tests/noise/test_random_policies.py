"""The mixture of random policies."""

import pytest

from tasks.noise.drawing import draw_policy
from tasks.noise.modalities import BOUNDS, NEEDS
from tasks.noise.policy import dump_policy, parse_policy
from tasks.noise.random_policies import OPERATIONS, SHARE, random_mixture


@pytest.mark.parametrize("modality", sorted(BOUNDS))
def test_the_mixture_is_a_policy_with_every_operation(modality) -> None:
    mixture = random_mixture(modality)
    known = [name for name in BOUNDS[modality] if name not in NEEDS.get(modality, {})]
    assert [operation.name for operation in mixture.operations] == known
    assert parse_policy(dump_policy(mixture), "") == mixture
    wanted = min(OPERATIONS, SHARE * len(known))
    assert sum(operation.probability for operation in mixture.operations) == pytest.approx(wanted, abs=0.02)


def test_every_strength_inside_the_bounds_is_drawn() -> None:
    draws = draw_policy(random_mixture("image"), [f"p{row}" for row in range(4000)], copies=1, seed=1)
    angles = draws["rotation.angle_deg"].drop_null().to_numpy()
    assert angles.min() < -28
    assert angles.max() > 28
    assert 0.2 < len(angles) / 4000 < 0.4
