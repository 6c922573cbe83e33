"""Two changes together, and magnitudes that lean to no side."""

import math

from tasks.noise.candidates import Candidate
from tasks.noise.joining import centred, joined
from tasks.noise.policy import Policy


def _policy(**operations: dict) -> Policy:
    listed = [{"name": name, "probability": 0.5, "magnitudes": values} for name, values in operations.items()]
    return Policy.model_validate({"modality": "image", "operations": listed})


def test_two_changes_are_joined_in_the_order_of_operations_and_scaled() -> None:
    dark = Candidate("", "gamma", _policy(gamma={"exponent": {"normal": [2.0, 0.1]}}))
    turned = Candidate("", "rotation", _policy(rotation={"angle_deg": {"normal": [-6.0, 3.0]}}))
    policy = joined(dark, turned, (1.0, 1.5))
    assert [operation.name for operation in policy.operations] == ["rotation", "gamma"]
    assert policy.operation("rotation").magnitudes["angle_deg"].normal == (-9.0, 4.5)
    assert policy.operation("gamma").magnitudes["exponent"].normal == (2.0, 0.1)
    assert policy.operation("gamma").probability == 0.5


def test_a_turn_that_spreads_more_than_it_leans_is_centred_and_goes_as_far() -> None:
    given = _policy(rotation={"angle_deg": {"normal": [6.0, 16.0]}}, shear={"x_deg": {"normal": [-3.0, 4.0]}})
    found = dict(centred(given))
    assert set(found) == {"rotation", "shear"}
    mean, spread = found["rotation"].operation("rotation").magnitudes["angle_deg"].normal
    assert mean == 0
    assert math.isclose(spread, math.hypot(6, 16), rel_tol=1e-2)
    assert found["rotation"].operation("shear") == given.operation("shear")


def test_what_leans_or_has_one_side_only_or_is_centred_is_left() -> None:
    assert not list(centred(_policy(rotation={"angle_deg": {"normal": [12.0, 4.0]}})))
    assert not list(centred(_policy(rotation={"angle_deg": {"normal": [0.0, 4.0]}})))
    assert not list(centred(_policy(gaussian_blur={"sigma_share": {"normal": [0.01, 0.02]}})))
    assert not list(centred(_policy(motion_blur={"length_share": {"normal": [0.0, 0.02]}})))
