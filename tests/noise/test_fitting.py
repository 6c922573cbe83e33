"""Fitting a policy to target descriptors."""

import numpy as np
import pytest

from tasks.errors import PolicyError
from tasks.noise import fitting
from tasks.noise.candidates import additions, rescaled, widened
from tasks.noise.coordinates import coordinates, turned
from tasks.noise.drawing import draw_policy, drawn_values
from tasks.noise.fitting import fit_policy
from tasks.noise.modalities import BOUNDS, NEEDS
from tasks.noise.policy import Policy, default_policy, dump_policy, parse_policy
from tasks.noise.proposals import MOST, Proposal

NOTHING = Policy(modality="image")
M, N = 150, 200


def truth(**operations: dict) -> Policy:
    listed = [{"name": name, "probability": 1, "magnitudes": values} for name, values in operations.items()]
    return Policy.model_validate({"modality": "image", "operations": listed})


class World:
    """Records whose descriptors move with three magnitudes; no picture is needed to test a search."""

    def __init__(self, seed: int = 0, labels: int = 1) -> None:
        rng = np.random.default_rng(seed)
        self.label = [str(i % labels) for i in range(M)]
        self.clean = rng.normal(size=(M, 3)) + 2 * np.array([[int(name)] for name in self.label])
        self.calls = 0

    def render(self, policy: Policy, seed: int) -> np.ndarray:
        self.calls += 1
        draws = draw_policy(policy, [f"p{i}" for i in range(M)], copies=1, seed=seed)
        blur = drawn_values(draws, "gaussian_blur", "sigma_share", 0.0) / 0.01
        turn = drawn_values(draws, "rotation", "angle_deg", 0.0) / 5
        dark = np.log2(drawn_values(draws, "gain", "factor", 1.0)) * 4
        return self.clean + np.stack([blur, turn, dark], axis=1)


def target(policy: Policy, seed: int = 99, labels: int = 1) -> np.ndarray:
    return World(seed, labels).render(policy, seed)


BLURRED = truth(gaussian_blur={"sigma_share": {"normal": [0.02, 0.004]}}, gain={"factor": {"normal": [0.6, 0.1]}})


def test_a_gap_made_by_known_operations_is_closed_by_them() -> None:
    told: list[str] = []
    fit = fit_policy(World().render, target(BLURRED), modality="image", seed=1, progress=told.append)
    assert fit.gap > fit.guard
    assert fit.fitted < 0.05 * fit.gap
    assert fit.fitted < fit.default
    assert {"gaussian_blur", "gain"} <= {operation.name for operation in fit.policy.operations}
    mean, _ = fit.policy.operation("gaussian_blur").magnitudes["sigma_share"].normal
    assert mean == pytest.approx(0.02, rel=0.4)
    assert "falls from" in fit.reason
    assert len(told) == fit.trace.num_rows > 0
    assert fit.trace.schema == fitting.TRACE
    assert parse_policy(dump_policy(fit.policy), "") == fit.policy


def test_a_planted_operation_is_found_with_its_numbers() -> None:
    for sd in (0.004, 0.0005):
        planted = truth(gaussian_blur={"sigma_share": {"normal": [0.02, sd]}})
        fit = fit_policy(World().render, target(planted), modality="image", seed=1)
        (found,) = fit.policy.operations
        assert found.name == "gaussian_blur"
        assert found.probability == 1
        assert found.magnitudes["sigma_share"].normal[0] == pytest.approx(0.02, rel=0.1)


def test_spreads_stay_wide_where_the_policy_does_not_bring_the_samples_together() -> None:
    goal = target(truth(gaussian_blur={"sigma_share": {"normal": [0.02, 0]}}))
    goal[:, 1] += np.where(np.arange(len(goal)) % 2, 12.0, -12.0)  # no rotation goes so far
    fit = fit_policy(World().render, goal, modality="image", seed=1)
    assert fit.fitted > fit.guard
    for operation in fit.policy.operations:
        for name, magnitude in operation.magnitudes.items():
            neutral = BOUNDS["image"][operation.name].parameters[name].neutral
            assert magnitude.normal[1] >= 0.49 * abs(magnitude.normal[0] - neutral)
    assert {"few operations", "numbers fitted finely"} <= {proposal.name for proposal in fit.proposals}


def test_a_family_of_many_descriptors_does_not_hide_one_of_few() -> None:
    world, goal = World(), target(truth(gaussian_blur={"sigma_share": {"normal": [0.02, 0.002]}}))
    noise = 8 * np.random.default_rng(5).standard_normal((M, 12))

    def render(policy: Policy, seed: int) -> np.ndarray:
        return np.column_stack([world.render(policy, seed), noise])

    far = np.column_stack([goal, 8 * np.random.default_rng(6).standard_normal((len(goal), 12)) + 20])
    families = ["blur", "geometry", "exposure", *["far"] * 12]
    fit = fit_policy(render, far, modality="image", seed=1, families=families)
    assert fit.policy.operation("gaussian_blur").magnitudes["sigma_share"].normal[0] == pytest.approx(0.02, rel=0.2)


def test_distances_only_fall_and_by_more_than_chance() -> None:
    fit = fit_policy(World().render, target(BLURRED), modality="image", seed=1)
    distances = [fit.gap, *fit.trace.column("distance").to_pylist()]
    assert (np.diff(distances) < -fit.scatter).all()
    assert distances[-1] == fit.fitted


def test_nothing_is_fitted_to_chance() -> None:
    alarms = 0
    for seed in range(15):
        world = World(seed)
        fit = fit_policy(world.render, target(NOTHING, 1000 + seed), modality="image", seed=seed)
        alarms += bool(fit.policy.operations)
        assert fit.policy.operations or "may be chance" in fit.reason
    assert alarms <= 1


def test_label_shift_is_not_repaired_by_noise() -> None:
    world = World(labels=2)
    other = World(99, labels=2)
    rows = np.array([i for i in range(M) if other.label[i] == "1" or i % 8 == 0])
    shifted, names = other.clean[rows], [other.label[i] for i in rows]
    blind = fit_policy(world.render, shifted, modality="image", seed=1, evaluations=200)
    knowing = fit_policy(
        world.render, shifted, modality="image", seed=1, source_labels=world.label, target_labels=names
    )
    assert blind.policy.operations
    assert not knowing.policy.operations
    assert knowing.gap < 0.1 * blind.gap


def test_labels_too_many_to_weigh_by_are_left_alone() -> None:
    names = [f"word {i}" for i in range(M)]
    one, other = (
        fit_policy(
            World().render, target(BLURRED), modality="image", seed=1, evaluations=30, source_labels=s, target_labels=t
        )
        for s, t in ((None, None), (names, names))
    )
    assert one.gap == other.gap


def test_same_arguments_same_policy() -> None:
    one, two = (fit_policy(World().render, target(BLURRED), modality="image", seed=5) for _ in range(2))
    assert one.policy == two.policy
    assert one.trace.equals(two.trace)


def test_the_number_of_tried_policies_is_limited() -> None:
    world = World()
    fit = fit_policy(world.render, target(BLURRED), modality="image", seed=5, evaluations=40)
    assert world.calls <= 40 + 3  # and nothing, the gap, the default
    assert fit.policy.operations


def test_both_searches_and_the_proposals_keep_to_the_limit() -> None:
    world, goal = World(), target(BLURRED)
    goal[:, 1] += np.where(np.arange(len(goal)) % 2, 12.0, -12.0)  # few operations do not explain it
    fit = fit_policy(world.render, goal, modality="image", seed=5, evaluations=260)
    assert "numbers fitted finely" in {proposal.name for proposal in fit.proposals}
    assert world.calls <= 260 + 3


def test_missing_and_constant_descriptors_are_taken() -> None:
    world, goal = World(), target(BLURRED)

    def render(policy: Policy, seed: int) -> np.ndarray:
        values = world.render(policy, seed)
        return np.column_stack(
            [values, np.full(M, np.nan), np.ones(M), np.where(np.arange(M) % 3, np.nan, values[:, 0])]
        )

    wide = np.column_stack([goal, np.full(len(goal), np.nan), np.ones(len(goal)), goal[:, 0]])
    assert fit_policy(render, wide, modality="image", seed=1, evaluations=150).policy.operations


def test_when_nothing_helps_nothing_is_added(monkeypatch) -> None:
    world = World()
    far = target(NOTHING) + np.array([[0.0, 40.0, 0.0]])
    still = fit_policy(lambda policy, seed: world.clean, far, modality="image", seed=1, evaluations=60)
    assert not still.policy.operations
    assert "No operation" in still.reason


def test_the_default_is_taken_where_it_is_nearer(monkeypatch) -> None:
    world, goal = World(), target(BLURRED)

    def render(policy: Policy, seed: int) -> np.ndarray:
        return goal[:M] if policy == default_policy("image") else world.clean

    fit = fit_policy(render, goal, modality="image", seed=1, evaluations=60)
    assert fit.policy == default_policy("image")
    assert "default is used" in fit.reason


def test_too_few_rows_and_foreign_labels_are_refused() -> None:
    with pytest.raises(PolicyError, match="found 150 and 5"):
        fit_policy(World().render, target(NOTHING)[:5], modality="image", seed=1)
    with pytest.raises(PolicyError, match="no label in common"):
        fit_policy(
            World().render,
            target(NOTHING),
            modality="image",
            seed=1,
            source_labels=["a"] * M,
            target_labels=["b"] * M,
        )


@pytest.mark.parametrize("modality", sorted(BOUNDS))
def test_every_candidate_is_a_valid_policy(modality) -> None:
    for start in (default_policy(modality), Policy(modality=modality)):
        candidates = list(additions(start))
        assert all(candidate.policy != start for candidate in candidates)
        names = [candidate.change for candidate in candidates]
        assert len(set(names)) == len(names)
        for first in candidates[::40]:
            along = coordinates(first.policy)
            for steps in (-9.0, 0.5, 9.0):
                policy = turned(first.policy, along, [steps] * len(along), narrowest=0.5)
                assert parse_policy(dump_policy(policy), "") == policy
        for candidate in candidates[::5]:
            assert parse_policy(dump_policy(candidate.policy), "") == candidate.policy
    needing = frozenset(NEEDS.get(modality, {}))
    offered = {candidate.operation for candidate in additions(Policy(modality=modality))}
    assert offered == set(BOUNDS[modality]) - needing
    offered = {candidate.operation for candidate in additions(Policy(modality=modality), needing)}
    assert offered == set(BOUNDS[modality])


def test_proposals_begin_with_the_policy_and_all_differ() -> None:
    fit = fit_policy(World().render, target(BLURRED), modality="image", seed=1)
    first, *others = fit.proposals
    assert (first.policy, first.distance) == (fit.policy, fit.fitted)
    assert 3 <= len(fit.proposals) <= MOST
    assert len({dump_policy(proposal.policy) for proposal in fit.proposals}) == len(fit.proposals)
    assert len({proposal.name for proposal in fit.proposals}) == len(fit.proposals)
    assert [proposal.distance for proposal in others] == sorted(proposal.distance for proposal in others)
    assert all(parse_policy(dump_policy(proposal.policy), "") == proposal.policy for proposal in fit.proposals)


def test_nothing_stands_alone() -> None:
    fit = fit_policy(World().render, target(NOTHING), modality="image", seed=1)
    assert fit.proposals == (Proposal("fitted", NOTHING, fit.gap),)


@pytest.mark.parametrize("modality", sorted(BOUNDS))
def test_changing_all_magnitudes_stays_inside_the_bounds(modality) -> None:
    start = default_policy(modality)
    for changed in (widened(start, 2.0), rescaled(start, 0.5), rescaled(start, 3.0)):
        assert parse_policy(dump_policy(changed), "") == changed
    assert widened(start, 0.0) == start
