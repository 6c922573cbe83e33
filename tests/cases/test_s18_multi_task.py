"""S18: one image, several labels, some not annotated: one model for all only where their amounts are similar."""

import pyarrow as pa

from tasks.diagnosis.multi_task import advise_multi_task
from tasks.modalities.label_counts import advise, count_labels


def manifest(rows: int = 100) -> pa.Table:
    """Street scenes: people in all, cars and signs in most, lights hardly ever annotated; a synthetic copy each."""
    place = list(range(rows))

    def known(share: int) -> list[int | None]:
        return [at % 2 if at % 10 < share else None for at in place]

    real = pa.table(
        {
            "split": ["train"] * (rows - 10) + ["dev"] * 10,
            "domain": ["source" if at % 5 else "target" for at in place],
            "synthetic": [False] * rows,
            "label_people": pa.array(known(10), pa.int8()),
            "label_car": pa.array(known(8), pa.int8()),
            "label_sign": pa.array(known(7), pa.int8()),
            "label_light": pa.array(known(1), pa.int8()),
        }
    )
    return pa.concat_tables([real, real.set_column(2, "synthetic", pa.array([True] * rows))])


def test_only_what_somebody_looked_at_in_real_records_of_train_counts() -> None:
    found = count_labels(manifest())
    assert sum(found["people"].values()) == 90
    assert sum(found["light"].values()) == 9
    assert found["people"]["target"] == 18


def test_signs_cars_and_people_go_together_and_lights_do_not() -> None:
    found = advise(manifest())["multi_task"]
    assert found["advised"]
    assert found["together"] == ("people", "car", "sign")
    (light,) = [amount for amount in found["amounts"] if amount["label"] == "light"]
    assert light["advice"] == "alone or carried"
    assert "amounts are similar" in found["rule"]


def test_a_hundred_tasks_of_a_thousand_records_each_are_the_best_case() -> None:
    found = advise_multi_task({f"task {place}": {"source": 1000, "target": 0} for place in range(100)})
    assert found.advised
    assert found.amounts[0].others == 99_000
