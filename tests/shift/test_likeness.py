import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tasks.shift.compare import compare_samples
from tasks.shift.likeness import LIKENESS, choose_by_likeness


def sides(shift=1.5, rows=200, p=2):
    rng = np.random.default_rng(1)
    x, y = (pd.DataFrame(rng.normal(at, 1, (rows, p)), columns=[*"ab"][:p]) for at in (0, shift))
    atoms = (np.arange(rows) // 2, 10_000 + np.arange(rows) // 2)
    ids = tuple(pa.array([f"{side}{at:03d}" for at in range(rows)]) for side in ("train/", "dev/"))
    return x, y, atoms, ids


def test_records_that_look_like_the_other_side_come_first():
    x, y, atoms, ids = sides()
    told = compare_samples(x, y, atoms_x=atoms[0], atoms_y=atoms[1], seed=1)
    found = choose_by_likeness((told.scores_x, told.scores_y), ids, atoms, most=5)
    assert found.schema.equals(LIKENESS)
    kinds = {kind: found.filter(pc.equal(found["kind"], kind)) for kind in ("most", "least", "dev")}
    means = {}
    for kind, rows in kinds.items():
        frame = y if kind == "dev" else x
        places = [int(name[-3:]) for name in rows["record_id"].to_pylist()]
        assert len({place // 2 for place in places}) == len(places) == 5  # one an atom
        assert rows["place"].to_pylist() == [1, 2, 3, 4, 5]
        means[kind] = frame.iloc[places].to_numpy().mean()
    assert means["least"] < 0 < means["most"]
    assert means["dev"] > 1.5
    assert kinds["most"]["dev_like"][0].as_py() > 0.5 > kinds["least"]["dev_like"][0].as_py()


def test_without_a_classifier_nothing_is_chosen():
    x, y, _, ids = sides()
    one = (np.zeros(len(x), int), np.ones(len(y), int))
    told = compare_samples(x, y, atoms_x=one[0], atoms_y=one[1], seed=1)
    found = choose_by_likeness((told.scores_x, told.scores_y), ids, one)
    assert found.num_rows == 0
