"""S17: much data for task A, little for B, the same input: transfer is advised, and only then; and a trial says so."""

import numpy as np

from tasks.diagnosis.proof import Rows
from tasks.diagnosis.transfer import advise_transfer, try_transfer
from tasks.task_space.targets import make_targets


def test_a_million_photos_and_a_hundred_scans_are_worth_a_transfer() -> None:
    found = advise_transfer(1_000_000, 100)
    assert found.state == "advised"
    assert "pretrain on the source, fine-tune on the target" in found.reason


def test_it_is_not_advised_the_other_way_round_nor_between_pictures_and_sound() -> None:
    assert advise_transfer(100, 1_000_000).state == "not advised"
    assert advise_transfer(500, 500).state == "not advised"
    assert advise_transfer(1_000_000, 100, same_input=False).state == "not advised"


def test_what_is_learned_on_the_first_task_helps_with_the_second() -> None:
    """One hundred times the rows, two tasks whose answers agree mostly: half of the target's own error is saved."""
    rng = np.random.default_rng(17)
    source, target, dev = 4000, 40, 600
    first = rng.normal(size=50)
    second = first + 0.5 * rng.normal(size=50)
    features = rng.normal(size=(source + target + dev, 50)).astype(np.float32)
    own = np.arange(len(features)) >= source
    labels = (np.where(own, features @ second, features @ first) > 0).astype(np.int64)
    taught = np.arange(source + target)
    rows = Rows(features, make_targets(labels, np.arange(len(features)) < len(taught)), np.arange(len(own)), own * 1)
    weights = np.where(own[taught], source / target, 1.0)
    dev_rows = rows.take(np.arange(len(taught), len(features)))
    found = try_transfer(rows.take(taught), own[taught], weights, dev_rows, seed=1)
    assert found.states["target only"] == "helps"
    assert found.errors["transfer"].effect < 0.6 * found.errors["target only"].effect
