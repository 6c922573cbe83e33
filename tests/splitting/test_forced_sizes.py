"""Sizes of splits that are forced to some inputs refer to what these hold."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tasks.config.splits import Splits
from tasks.errors import SplitError
from tasks.splitting.assign import assign_splits


def _catalog(rows: dict[str, int], atoms: dict[str, list[str]]) -> pa.Table:
    inputs = [name for name, number in rows.items() for _ in range(number)]
    n = len(inputs)
    return pa.table(
        {
            "record_id": [f"{name}/{at}" for at, name in enumerate(inputs)],
            "input": inputs,
            "domain": ["source" if name == "web" else "target" for name in inputs],
            "label": [str(at % 2) for at in range(n)],
            "atom": [atom for name in rows for atom in atoms[name]],
            "content_hash": [f"{at:032d}" for at in range(n)],
            "descriptor_size": pa.array(np.random.default_rng(1).normal(size=n), pa.float32()),
        }
    )


@pytest.fixture
def catalog() -> pa.Table:
    rows = {"web": 100, "us": 400, "asia": 1_600}
    atoms = {name: [f"{name}-{at}" for at in range(number)] for name, number in rows.items()}
    atoms["asia"] = [f"asia-{at // 40}" for at in range(1_600)]
    return _catalog(rows, atoms)


def _assigned(catalog, **splits):
    return assign_splits(catalog, None, Splits.model_validate(splits), seed=1, where="the target")


def test_a_fraction_is_of_the_inputs_that_the_split_is_drawn_from(catalog):
    found = _assigned(catalog, dev={"fraction": 0.25, "inputs": ["us"]}, test={"fraction": 0.25})
    assert found.sizes["dev"].rows == 100
    assert found.sizes["test"].rows == 500


def test_the_design_effect_is_that_of_the_inputs_that_the_split_is_drawn_from(catalog):
    found = _assigned(
        catalog, dev={"margin": 0.05, "inputs": ["us"]}, test={"margin": 0.08, "inputs": ["asia"]}, target_in_train=1.0
    )
    assert found.sizes["dev"].design_effect == 1.0
    assert found.sizes["dev"].rows == pytest.approx(140, abs=3)
    assert found.sizes["test"].design_effect == pytest.approx(1 + 39 * 0.1)
    drawn = found.assignments.filter(pc.equal(found.assignments["split"], "test"))
    got = found.sizes["test"].drawn(drawn["atom"].value_counts().field("counts").to_numpy())
    assert got.margin <= 0.08


def test_what_forced_inputs_lack_is_refused_by_their_name(catalog):
    with pytest.raises(SplitError, match="500 rows wanted, but input 'us' leaves 400 rows"):
        _assigned(catalog, dev={"rows": 500, "inputs": ["us"]}, test={"rows": 100})
