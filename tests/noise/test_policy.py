"""Policies as YAML, their errors, their severity."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.errors import PolicyError
from tasks.noise.drawing import draw_policy
from tasks.noise.modalities import BOUNDS
from tasks.noise.policy import Policy, default_policy, dump_policy, load_policy, parse_policy, scaled

MODALITIES = sorted(BOUNDS)


@st.composite
def policies(draw) -> Policy:
    modality = draw(st.sampled_from(MODALITIES))
    names = draw(st.lists(st.sampled_from(sorted(BOUNDS[modality])), unique=True, max_size=6))
    operations = []
    for name in names:
        parameters = BOUNDS[modality][name].parameters
        chosen = draw(st.lists(st.sampled_from(sorted(parameters)), unique=True, min_size=1))
        magnitudes = {}
        for parameter in chosen:
            inside = st.floats(parameters[parameter].low, parameters[parameter].high)
            if draw(st.booleans()):
                magnitudes[parameter] = {"normal": [draw(inside), draw(st.floats(0, 100))]}
            else:
                magnitudes[parameter] = {"uniform": sorted((draw(inside), draw(inside)))}
        operations.append({"name": name, "probability": draw(st.floats(0, 1)), "magnitudes": magnitudes})
    return Policy.model_validate({"modality": modality, "operations": operations})


@settings(max_examples=50, deadline=None)
@given(policies())
def test_a_policy_survives_its_yaml(policy) -> None:
    assert parse_policy(dump_policy(policy), "policy.yaml") == policy


def test_the_yaml_is_plain_for_readers_of_any_yaml() -> None:
    magnitudes = {"angle_deg": {"normal": [0, 1e-5]}}
    text = dump_policy(
        Policy.model_validate({"modality": "image", "operations": [{**ROTATION, "magnitudes": magnitudes}]})
    )
    assert "angle_deg: {normal: [0, 1.0e-05]}  # -30 to 30 deg" in text
    assert isinstance(yaml.safe_load(text)["operations"][0]["magnitudes"]["angle_deg"]["normal"][1], float)
    assert max(map(len, text.splitlines())) <= 120


@pytest.mark.parametrize("modality", MODALITIES)
def test_default_policies_are_valid_commented_and_give_each_operation_a_reason(modality) -> None:
    from importlib import resources

    policy = default_policy(modality)
    assert policy.modality == modality
    text = (resources.files("tasks.noise") / f"default_{modality}.yaml").read_text(encoding="utf-8")
    lines = text.splitlines()
    for place, line in enumerate(lines):
        if line.startswith("- name:"):
            assert lines[place - 1].startswith("# "), line


def test_a_policy_file_is_read(tmp_path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(dump_policy(default_policy("image")), encoding="utf-8")
    assert load_policy(file) == default_policy("image")


ROTATION = {"name": "rotation", "probability": 0.5, "magnitudes": {"angle_deg": {"normal": [0, 8]}}}


def _with(**change) -> dict:
    return {"modality": "image", "operations": [{**ROTATION, **change}]}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("- a\n- b", ["list", "modality"]),
        ("modality: [", ["not YAML"]),
        ("", ["NoneType"]),
        (
            _with(magnitudes={"angle_deg": {"uniform": [-90, 90]}}),
            ["angle_deg.uniform", "-90", "-30 to 30 deg", "6 and 9"],
        ),
        (_with(magnitudes={"angle_deg": {"normal": [45, 1]}}), ["angle_deg.normal", "45", "-30 to 30 deg"]),
        (_with(magnitudes={"angel_deg": {"normal": [0, 1]}}), ["angel_deg", "did you mean 'angle_deg'"]),
        (_with(magnitudes={"angle_deg": {"norml": [0, 1]}}), ["norml", "did you mean 'normal'"]),
        (_with(magnitudes={"angle_deg": {"uniform": [3, 1]}}), ["angle_deg", "lowest value first"]),
        (_with(magnitudes={"angle_deg": {"normal": [0, -1]}}), ["sd -1", "0 or more"]),
        (_with(magnitudes={"angle_deg": {"normal": ["a", 1]}}), ["angle_deg.normal[0]", "'a'"]),
        (_with(magnitudes={}), ["operations[0].magnitudes"]),
        (_with(name="rotatoin"), ["rotatoin", "did you mean 'rotation'"]),
        (_with(probability=1.5), ["operations[0].probability", "1.5"]),
        (_with(probabilty=0.5), ["probabilty", "did you mean 'probability'"]),
        ({"modality": "image", "operations": [ROTATION, ROTATION]}, ["rotation", "twice"]),
        ({"modality": "imag", "operations": []}, ["modality", "'imag'"]),
        ({"modality": "audio", "operations": [ROTATION]}, ["rotation", "audio"]),
        ({"operations": []}, ["modality"]),
        ({"modality": "image", "operation": []}, ["operation", "did you mean 'operations'"]),
    ],
)
def test_errors_name_file_key_found_and_allowed(given, words, tmp_path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(given if isinstance(given, str) else yaml.safe_dump(given), encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_policy(file)
    assert "mine.yaml" in str(error.value)
    for word in words:
        assert word in str(error.value)


def test_a_policy_that_is_not_there_or_not_text_is_refused(tmp_path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "no.yaml", tmp_path / "bytes.yaml", tmp_path):
        with pytest.raises(PolicyError, match=str(path.name)):
            load_policy(path)


def test_yaml_cannot_run_code(tmp_path) -> None:
    (tmp_path / "evil.yaml").write_text("!!python/object/apply:os.getcwd []", encoding="utf-8")
    with pytest.raises(PolicyError, match="not YAML"):
        load_policy(tmp_path / "evil.yaml")


@settings(max_examples=30, deadline=None)
@given(policies())
def test_severity_zero_is_the_identity_on_draws(policy) -> None:
    draws = draw_policy(scaled(policy, 0), ["a", "b", "c"], copies=1, seed=1)
    for name in draws.column_names[4:]:
        assert draws.column(name).null_count == 3


@settings(max_examples=30, deadline=None)
@given(policies(), st.floats(0, 20))
def test_any_severity_gives_a_valid_policy(policy, severity) -> None:
    assert parse_policy(dump_policy(scaled(policy, severity)), "") is not None


@pytest.mark.parametrize("severity", [-1, float("nan"), float("inf")])
def test_severities_that_are_none_are_refused(severity) -> None:
    with pytest.raises(PolicyError, match="severity"):
        scaled(default_policy("image"), severity)


def test_unknown_modality_is_refused() -> None:
    with pytest.raises(PolicyError, match="did you mean 'image'"):
        default_policy("images")
