import numpy as np
import pyarrow as pa
import pytest

from tasks.shift.unexplained import measure_unexplained


def world(rng, *, told, hidden, rows=400):
    """Return a task table and a manifest: dev is moved by `told` in what a descriptor tells and by `hidden` besides."""
    parts, records = [], []
    for split, first, moved in (("train", 0, 0.0), ("dev", 10_000, 1.0), ("test", 20_000, 1.0)):
        seen = rng.normal(told * moved, 1, rows)
        other = rng.normal(hidden * moved, 1, rows)
        ids = [f"{split}/{at}" for at in range(rows)]
        parts.append(
            {
                "record_id": ids,
                "split": [split] * rows,
                "synthetic": [False] * rows,
                "atom": [f"{first + at // 2}" for at in range(rows)],
                "e0": (2 * seen + rng.normal(0, 0.1, rows)).astype(np.float32),
                "e1": other.astype(np.float32),
            }
        )
        records.append({"record_id": ids, "label": ["a"] * rows, "descriptor_seen": seen})
    return (pa.concat_tables([pa.table(part) for part in each]) for each in (parts, records))


def unexplained(task, manifest, **given):
    return {(row.split_a, row.split_b): row.effect for row in measure_unexplained(task, manifest, seed=1, **given)}


def test_what_descriptors_tell_is_taken_off():
    task, manifest = world(np.random.default_rng(1), told=1.5, hidden=0.0)
    found = unexplained(task, manifest)
    assert found.keys() == {("train", "dev")}
    assert abs(found["train", "dev"].effect) < 0.01


def test_what_they_do_not_tell_is_left():
    task, manifest = world(np.random.default_rng(2), told=0.0, hidden=1.5)
    found = unexplained(task, manifest)["train", "dev"]
    assert found.ci_low > 0.1
    assert (found.n_a, found.n_b) == (400, 400)


def test_synthetic_rows_are_predicted_without_their_parents():
    rng = np.random.default_rng(3)
    task, manifest = world(rng, told=1.0, hidden=0.5)
    train = task.filter(pa.array(np.asarray(task["split"]) == "train"))
    copies = train.set_column(
        0, "record_id", pa.array([f"{name}#synthetic-1" for name in train["record_id"].to_pylist()])
    )
    copies = copies.set_column(2, "synthetic", pa.array(np.ones(400, bool)))
    told = manifest.slice(0, 400).set_column(0, "record_id", copies["record_id"])
    found = unexplained(pa.concat_tables([task, copies]), pa.concat_tables([manifest, told]))
    assert found["train+synthetic", "dev"].effect == pytest.approx(found["train", "dev"].effect, abs=0.02)
    lent = task.filter(pa.array(np.asarray(task["split"]) == "dev"))["record_id"].combine_chunks().slice(0, 200)
    kept = unexplained(pa.concat_tables([task, copies]), pa.concat_tables([manifest, told]), fitted_to=lent)
    assert kept["train+synthetic", "dev"].n_b == 200
    assert kept["train", "dev"].n_b == 400


def test_without_coordinates_descriptors_or_atoms_there_is_nothing_to_measure():
    task, manifest = world(np.random.default_rng(4), told=1.0, hidden=1.0)
    assert unexplained(task.drop_columns(["e0", "e1"]), manifest) == {}
    assert unexplained(task, manifest.drop_columns(["descriptor_seen"])) == {}
    assert unexplained(task.set_column(3, "atom", pa.array(["one"] * task.num_rows)), manifest) == {}
    assert unexplained(task, manifest.slice(0, 0)) == {}
