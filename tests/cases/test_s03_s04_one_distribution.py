"""S3 and S4: a dev and a test set that are not of one distribution are told apart, and by what."""

import numpy as np
import pyarrow as pa

from tasks.shift.answer import answer
from tasks.shift.compare import compare_samples

ROWS = 600


def compared(dev: dict[str, np.ndarray], test: dict[str, np.ndarray]):
    return answer(compare_samples(pa.table(dev), pa.table(test), seed=1))


def test_s03_dev_from_some_regions_and_test_from_another() -> None:
    rng = np.random.default_rng(1)
    dev = {"region": rng.choice(["US", "UK", "Europe"], ROWS), "age": rng.normal(40, 10, ROWS)}
    test = {"region": np.full(ROWS, "Asia"), "age": rng.normal(40, 10, ROWS)}
    found = compared(dev, test)
    assert found.state == "different"
    assert "region" in found.differing
    assert "age" not in found.differing


def test_s04_loans_of_medium_and_of_low_incomes() -> None:
    rng = np.random.default_rng(2)

    def loans(income: float) -> dict[str, np.ndarray]:
        return {"income": rng.lognormal(income, 0.3, ROWS), "term": rng.choice([120.0, 240.0, 360.0], ROWS)}

    found = compared(loans(4.0), loans(3.2))
    assert found.state == "different"
    assert found.differing[0] == "income"
    assert "term" not in found.differing
    assert compared(loans(4.0), loans(4.0)).state != "different"
