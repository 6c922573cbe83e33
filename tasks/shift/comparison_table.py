"""A comparison as one long table, for programs."""

import math
import re
from collections.abc import Iterable

import pyarrow as pa

from tasks.shift.by_label import LabelComparison
from tasks.shift.compare import Comparison
from tasks.shift.measurements import Effect, Measurement

ROWS = pa.schema(
    [
        pa.field("about", pa.string(), nullable=False),  # all | part | descriptor | label
        pa.field("name", pa.string()),  # of the family, descriptor or label
        pa.field("statistic", pa.string(), nullable=False),
        pa.field("effect", pa.float64()),
        pa.field("ci_low", pa.float64()),
        pa.field("ci_high", pa.float64()),
        pa.field("p_value", pa.float64()),
        pa.field("p_adjusted", pa.float64()),
        pa.field("margin", pa.float64()),
        pa.field("state", pa.string()),  # different | equivalent | undecided; null where there is no margin
        pa.field("n_a", pa.int64()),
        pa.field("n_b", pa.int64()),
        pa.field("note", pa.string()),
    ]
)
_SIDE = re.compile(r"\bin ([xy])\b")


def comparison_table(found: Comparison, *, margin: float, parts: Iterable[Measurement] = ()) -> pa.Table:
    """Return every number of a comparison, a row each, with the schema ROWS.

    Parameters
    ----------
    found : Comparison
    margin : float
        What it was made with.
    parts : iterable of Measurement
        What the distance consists of: `mismatch_part` a family.
    """
    rows = [
        _whole("energy_distance", found.joint),
        _whole("classifier", found.classifier) | {"margin": margin},
        *(
            _whole(part.statistic, part.effect) | {"about": "part", "name": part.descriptor}
            for part in parts
            if part.statistic == "mismatch_part"
        ),
        *(
            {
                **{name: row[name] for name in ROWS.names if name in row},
                "about": "descriptor",
                "name": row["descriptor"],
                "n_a": row["n_x"],
                "n_b": row["n_y"],
                "note": said_of_sides(row["note"]),
            }
            for row in found.descriptors.to_pylist()
        ),
        *(_of_labels(found.labels, margin) if found.labels is not None else ()),
    ]
    return pa.Table.from_pylist([dict.fromkeys(ROWS.names) | row for row in rows], schema=ROWS)


def said_of_sides(note: str | None) -> str | None:
    """Call the sides of a note A and B."""
    return None if note is None else _SIDE.sub(lambda found: "in " + {"x": "A", "y": "B"}[found[1]], note)


def _of_labels(labels: LabelComparison, margin: float) -> list[dict[str, object]]:
    shares = _whole("label_share_tv", labels.shares) | {"margin": margin, "state": labels.state}
    rows = [shares, _whole("energy_distance_equal_label_shares", labels.reweighted)]
    for row in labels.classes.to_pylist():
        numbers = {name: row[name] for name in ROWS.names if name in row}
        rows.append(
            numbers
            | {"about": "label", "name": row["label"], "statistic": "energy_distance"}
            | {"n_a": row["n_x"], "n_b": row["n_y"]}
        )
    for side, only in (("A", labels.only_x), ("B", labels.only_y)):
        rows += [{"about": "label", "name": label, "statistic": "none", "note": f"only in {side}"} for label in only]
    return rows


def _whole(statistic: str, effect: Effect) -> dict[str, object]:
    numbers = {name: getattr(effect, name) for name in ("effect", "ci_low", "ci_high", "p_value")}
    return {
        "about": "all",
        "statistic": statistic,
        **{name: None if math.isnan(value) else float(value) for name, value in numbers.items()},
        "n_a": effect.n_a,
        "n_b": effect.n_b,
    }
