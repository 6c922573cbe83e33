"""One matrix for all geometry."""

import numpy as np
import pytest

from tasks.noise.drawing import draw_policy
from tasks.noise.image_bounds import IMAGE
from tasks.noise.image_geometry import fill_frame, matrices
from tasks.noise.policy import Policy

GEOMETRY = ("scale", "rotation", "shear", "perspective", "shift")


def _matrix(height: float, width: float, **operations: dict[str, float]) -> np.ndarray:
    listed = [
        {
            "name": name,
            "probability": 1,
            "magnitudes": {key: {"uniform": [value, value]} for key, value in values.items()},
        }
        for name, values in operations.items()
    ]
    draws = draw_policy(Policy.model_validate({"modality": "image", "operations": listed}), ["p"], copies=1, seed=1)
    return matrices(draws, np.array([height]), np.array([width]))[0]


EACH = {
    "scale": {"factor": 1.3, "aspect": 0.8},
    "rotation": {"angle_deg": 20.0},
    "shear": {"x_deg": 10.0, "y_deg": -5.0},
    "perspective": {"x": 0.1, "y": -0.2},
    "shift": {"x_share": 0.1, "y_share": -0.05},
}


def test_all_operations_are_one_matrix() -> None:
    product = np.eye(3)
    for name in GEOMETRY:
        product = _matrix(40, 60, **{name: EACH[name]}) @ product
    assert np.allclose(_matrix(40, 60, **EACH), product)


def test_nothing_drawn_is_the_identity() -> None:
    assert np.array_equal(_matrix(40, 61), np.eye(3))


@pytest.mark.parametrize("shape", [(28, 28), (1, 300), (300, 1), (200, 300)])
def test_no_pixel_of_the_result_looks_at_or_beyond_the_horizon(shape) -> None:
    corners = np.array([[x, y, 1] for x in (0, shape[1] - 1) for y in (0, shape[0] - 1)], float).T
    rng = np.random.default_rng(0)
    for _ in range(200):
        drawn = {
            name: {key: float(rng.choice([limits.low, limits.high])) for key, limits in IMAGE[name].parameters.items()}
            for name in GEOMETRY
        }
        seen = np.linalg.inv(_matrix(*shape, **drawn)) @ corners
        assert (seen[2] > 0.1).all()


def test_a_box_fills_its_frame() -> None:
    corners = np.array([[10, 5, 1], [19, 24, 1]], float).T  # the outer pixels of a box of 10 x 20
    for stretch, expected in ((1.0, [[0, 0], [59, 39]]), (0.0, [[20.5, 0.25], [38.5, 38.75]])):
        filled = (fill_frame((10, 5, 10, 20), (40, 60), 1, stretch) @ corners)[:2].T
        # The box spans from the outer edge of one outer pixel to that of the other, half a pixel further out.
        assert np.allclose(filled, expected, atol=2.6 if stretch else 1.1)
    assert np.allclose(fill_frame((10, 5, 10, 20), (40, 60), 0, 1), np.eye(3))
