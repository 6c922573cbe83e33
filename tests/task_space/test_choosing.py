"""Choosing a policy by what a small model learns from it."""

import numpy as np
import pytest

from tasks.noise.drawing import draw_policy, drawn_values
from tasks.noise.policy import Policy, default_policy
from tasks.noise.random_policies import random_mixture
from tasks.task_space.choice import CHOICE, MARGIN, NOTHING, Named
from tasks.task_space.choosing import DRAWS, choose_policy

M, N, WIDTH = 300, 200, 6


def turned(degrees: float) -> Policy:
    operation = {"name": "rotation", "probability": 1, "magnitudes": {"angle_deg": {"normal": [degrees, 2]}}}
    return Policy.model_validate({"modality": "image", "operations": [operation]})


HELPS, LESS, DOES_NOTHING = Named("helps", turned(20)), Named("less", turned(8)), Named("idle", turned(0))


class World:
    """Two classes told apart by two features, one of which a rotation shifts; the target is rotated by 20 degrees."""

    def __init__(self, seed: int = 0, shift: float = 20) -> None:
        rng = np.random.default_rng(seed)
        self.labels = rng.integers(0, 2, M)
        self.clean = self.rows(self.labels, 0, rng)
        self.their_labels = rng.integers(0, 2, N)
        self.theirs = self.rows(self.their_labels, shift, rng)
        self.calls = 0

    @staticmethod
    def rows(labels, shift, rng) -> np.ndarray:
        found = rng.normal(size=(len(labels), WIDTH)).astype(np.float32)
        found[:, 0] += 3 * labels - np.float32(shift / 3)
        found[:, 1] += 3 * labels
        return found

    def features_of(self, policy: Policy, seed: int) -> np.ndarray:
        self.calls += 1
        draws = draw_policy(policy, [f"p{row}" for row in range(M)], copies=1, seed=seed)
        found = self.clean.copy()
        found[:, 0] -= (drawn_values(draws, "rotation", "angle_deg", 0.0) / 3).astype(np.float32)
        return found

    def choose(self, *candidates: Named, labels="own", atoms=None, seed=1, **settings):
        theirs = self.their_labels if isinstance(labels, str) else labels
        atoms = np.arange(N) if atoms is None else atoms
        return choose_policy(
            candidates, self.features_of, self.clean, self.labels, self.theirs, theirs, atoms, seed=seed, **settings
        )


def test_what_helps_is_chosen_and_the_table_says_why() -> None:
    told: list[str] = []
    choice = World().choose(LESS, HELPS, DOES_NOTHING, progress=told.append)
    assert (choice.name, choice.policy, choice.criterion) == ("helps", HELPS.policy, "labels")
    assert choice.table.schema == CHOICE
    rows = {row["candidate"]: row for row in choice.table.to_pylist()}
    assert list(rows) == [NOTHING, "less", "helps", "idle"]
    assert [name for name, row in rows.items() if row["chosen"]] == ["helps"]
    assert rows["helps"]["ci_high"] < 0
    assert rows["helps"]["error"] < rows["less"]["error"] < rows[NOTHING]["error"]
    assert rows["helps"]["draws"] == DRAWS
    assert rows["helps"]["rows"] == rows["helps"]["units"] == N
    assert "helps was chosen" in choice.reason
    assert f"{N} labelled target rows" in choice.reason
    assert told[-1] == choice.reason


def test_the_same_arguments_give_the_same_choice() -> None:
    first, again = (World().choose(LESS, HELPS) for _ in range(2))
    assert first == again


def test_nothing_is_chosen_where_nothing_is_to_be_gained() -> None:
    chosen = 0
    for seed in range(20):
        choice = World(seed, shift=0).choose(DOES_NOTHING, LESS, Named("slight", turned(3)), seed=seed)
        chosen += choice.name != NOTHING
        if choice.name == NOTHING:
            assert choice.policy == Policy(modality="image")
            assert "No noise is added" in choice.reason
    assert chosen <= 1


@pytest.mark.parametrize("known", [None, 30])
def test_few_labels_are_replaced_by_what_random_policies_teach(known) -> None:
    world = World()
    labels = None if known is None else np.where(np.arange(N) < known, world.their_labels, -1)
    choice = world.choose(HELPS, Named("mixture", random_mixture("image")), labels=labels)
    assert choice.criterion == "agreement"
    assert "mixture" not in choice.table["candidate"].to_pylist()  # it would agree with itself
    assert "taught by random policies" in choice.reason


def test_models_taught_by_noise_have_to_agree_by_a_margin(monkeypatch) -> None:
    found = World().choose(HELPS, labels=None).table.to_pylist()[1]
    assert found["chosen"]
    monkeypatch.setitem(MARGIN, "agreement", -found["ci_high"] + 0.01)
    assert World().choose(HELPS, labels=None).name == NOTHING
    assert World().choose(HELPS).name == "helps"


def test_rows_of_an_atom_count_together() -> None:
    world = World()
    single = world.choose(HELPS).table.to_pylist()[1]
    tied = world.choose(HELPS, atoms=np.arange(N) // 20).table.to_pylist()[1]
    assert (single["units"], tied["units"]) == (N, N // 20)
    assert single["difference"] == tied["difference"]
    few = world.choose(HELPS, atoms=np.arange(N) % 2)
    assert few.table.to_pylist()[1]["units"] == N
    assert "too few groups" in few.reason


@pytest.mark.parametrize("label", [0, -1])
def test_without_a_task_there_is_no_choice(label) -> None:
    world = World()
    world.labels = np.full(M, label)
    assert world.choose(LESS, HELPS) is None
    assert world.calls == 0


def test_a_number_and_several_labels_are_asked_about_as_what_they_are() -> None:
    world = World()
    numbers = world.labels + 0.1 * world.clean[:, 2]
    choice = choose_policy(
        [LESS, HELPS],
        world.features_of,
        world.clean,
        numbers.astype(np.float64),
        world.theirs,
        (world.their_labels + 0.1 * world.theirs[:, 2]).astype(np.float64),
        np.arange(N),
        seed=1,
    )
    assert choice.name == "helps"
    assert "in variances" in choice.reason
    several = np.column_stack([world.labels, 1 - world.labels]).astype(float)
    theirs = np.column_stack([world.their_labels, np.full(N, np.nan)]).astype(float)
    choice = choose_policy([HELPS], world.features_of, world.clean, several, world.theirs, theirs, np.arange(N), seed=1)
    assert choice.name == "helps"


def test_records_that_all_look_alike_choose_nothing() -> None:
    world = World()
    world.clean = np.zeros_like(world.clean)
    world.theirs = np.zeros_like(world.theirs)
    world.features_of = lambda policy, seed: world.clean
    assert world.choose(HELPS, Named("default", default_policy("image"))).name == NOTHING
