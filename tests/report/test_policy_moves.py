"""What a policy moves: train, synthetic records and dev in the descriptors that its operations are seen in."""

import numpy as np
import pyarrow as pa
import pytest

from tasks.descriptors.audio import DESCRIPTORS as AUDIO
from tasks.descriptors.image import DESCRIPTORS as IMAGE
from tasks.noise.modalities import BOUNDS
from tasks.report.draws import summarise_draws
from tasks.report.page import render_report
from tasks.report.policy_moves import SEEN_IN, policy_moves
from tasks.shift.histograms import descriptor_histograms


def draws(**columns):
    named = {name.replace("__", "."): pa.array(values, pa.float64()) for name, values in columns.items()}
    return summarise_draws(pa.table({"record_id": ["a", "b"], **named}))


@pytest.fixture
def moved(make_contents):
    """Train around 0, synthetic records around 5, dev around 6."""
    rng = np.random.default_rng(1)
    train, made, dev = (rng.normal(middle, 0.1, 400) for middle in (0, 5, 6))
    samples = {"train": {"sharpness": train}, "train+synthetic": {"sharpness": np.concatenate([train, made])}}
    histograms = descriptor_histograms(samples | {"dev": {"sharpness": dev}})
    drawn = draws(gaussian_blur__sigma_share=[0.01, None], defocus__radius_share=[None, 0.02])
    return make_contents(histograms=histograms, drawn=drawn)


def test_synthetic_records_are_drawn_without_the_rest_of_train(moved) -> None:
    (panel,) = policy_moves(moved).panels
    assert panel.name == "sharpness"
    assert panel.operations == "gaussian blur, defocus"
    middles = {side: float(middle.replace("−", "-")) for side, middle in panel.middles}
    assert middles["train"] == pytest.approx(0, abs=0.3)
    assert middles["synthetic"] == pytest.approx(5, abs=0.3)
    assert middles["dev"] == pytest.approx(6, abs=0.3)
    assert "What it moved" in render_report(moved)


def test_operations_that_were_not_drawn_or_that_no_descriptor_sees_have_no_picture(make_contents, moved) -> None:
    for drawn in (draws(gaussian_blur__sigma_share=[None, None]), draws(perspective__x=[0.1, 0.1])):
        assert policy_moves(make_contents(histograms=moved.histograms, drawn=drawn)) is None
    table = make_contents(
        config={"name": "a", "modality": "tabular", "seed": 1}, drawn=draws(rounding__step_share=[1, 1])
    )
    assert policy_moves(table) is None


@pytest.mark.parametrize(("modality", "known"), [("image", IMAGE), ("audio", AUDIO)])
def test_operations_and_descriptors_are_those_that_there_are(modality, known) -> None:
    assert SEEN_IN[modality].keys() <= BOUNDS[modality].keys()
    assert set(SEEN_IN[modality].values()) <= known.keys()
