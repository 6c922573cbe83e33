import numpy as np
import pytest

from tasks.descriptors.embedding_join import NOWHERE, join_vectors
from tasks.errors import InputError

RECORDS = ["app/1/a.png", "app/1/b.png", "web/1/c.png"]


@pytest.mark.parametrize(
    ("keys", "place", "unused"),
    [
        (["web/1/c.png", "app/1/a.png", "app/1/b.png"], [1, 2, 0], 0),
        (["1/c.png", "1/a.png"], [1, NOWHERE, 0], 0),
        (["./1/c.png", "1\\a.png", "other"], [1, NOWHERE, 0], 1),
        (["app/1/a.png", "1/b.png"], [0, 1, NOWHERE], 0),
    ],
)
def test_keys_are_record_ids_or_what_follows_the_input(keys, place, unused) -> None:
    joined = join_vectors(RECORDS, keys, where="here")
    assert joined.place.tolist() == place
    assert joined.unused == unused


def test_names_in_another_unicode_form_are_the_same() -> None:
    assert join_vectors(["app/cafe\u0301.png"], ["app/caf\u00e9.png"], where="here").place.tolist() == [0]


def test_a_whole_record_id_wins_over_a_path() -> None:
    joined = join_vectors(["app/web/1", "web/1"], ["web/1"], where="here")
    assert joined.place.tolist()[1] == 0


@pytest.mark.parametrize(
    ("records", "keys", "told"),
    [
        (RECORDS, ["1/a.png", "1/a.png"], "1 records have more than one vector: '1/a.png'"),
        (["app/x", "web/x"], ["x"], "'x' may mean 'app/x' or 'web/x'. Write whole record ids"),
        (RECORDS, ["a.png"], "none of its 1 keys, such as 'a.png', means one of the 3 records, such as 'app/1/a.png'"),
    ],
)
def test_what_is_not_clear_is_refused(records, keys, told) -> None:
    with pytest.raises(InputError, match=f"here: {told}"):
        join_vectors(records, keys, where="here")


def test_the_order_of_keys_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    records = [f"app/{row}" for row in range(50)]
    keys = [f"app/{row}" for row in rng.permutation(40)]
    place = join_vectors(records, keys, where="here").place
    assert [keys[row] for row in place[:40]] == records[:40]
    assert (place[40:] == NOWHERE).all()
