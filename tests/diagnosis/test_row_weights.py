"""What records count: by label, by what a column says of them, and never by a name that nothing has."""

import numpy as np
import pandas as pd
import pytest

from tasks.diagnosis.levels import weighted
from tasks.diagnosis.row_weights import check_weights, row_weights
from tasks.errors import ConfigError

ROWS = pd.DataFrame(
    {
        "label": ["a", "b", "b", "a:b"],
        "country": ["at", "de", "de", None],
        "blurred": [1.0, 0.0, 1.0, 0.0],
        "night": [True, False, False, True],
    }
)


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ({}, [1, 1, 1, 1]),
        ({"b": 5}, [1, 5, 5, 1]),
        ({"a:b": 3}, [1, 1, 1, 3]),
        ({"label:a": 3}, [3, 1, 1, 1]),
        ({"country:de": 0.5}, [1, 0.5, 0.5, 1]),
        ({"blurred:1": 2, "night:true": 4}, [4, 1, 2, 4]),
        ({"b": 5, "country:de": 7, "blurred:1": 6}, [6, 7, 7, 1]),
    ],
)
def test_the_largest_weight_that_fits_counts(weights, found) -> None:
    assert row_weights(ROWS, weights).tolist() == found


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("c", "no label 'c'; labels are 'a', 'a:b', 'b'"),
        ("country:fr", "'country' is nowhere 'fr'; it holds"),
        ("land:de", "no label 'land:de'"),
    ],
)
def test_a_name_that_no_record_has_is_refused(name: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        check_weights({"model": ROWS}, {name: 2.0})
    check_weights({"model": ROWS}, {"b": 2.0, "night:false": 1.0})


def test_nothing_is_left_to_count_where_all_weigh_nothing() -> None:
    with pytest.raises(ConfigError, match="weighs 0"):
        row_weights(ROWS, {"a": 0, "b": 0, "a:b": 0})


def test_the_interval_of_an_error_weighted_by_a_tag_covers() -> None:
    held = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        tag = rng.random(800) < 0.1
        loss = (rng.random(800) < np.where(tag, 0.4, 0.1)).astype(float)
        rows = pd.DataFrame({"label": "x", "tag": tag, "loss": loss, "atom": np.arange(800)})
        low, high = weighted(rows, {"tag:true": 10.0}).interval()
        held.append(low <= (10 * 0.1 * 0.4 + 0.9 * 0.1) / (10 * 0.1 + 0.9) <= high)
    assert 0.91 <= np.mean(held) <= 0.985, np.mean(held)
