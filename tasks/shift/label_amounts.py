"""How much of every label each split holds, counted; for a number to predict, where its values lie."""

from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tasks.catalog.labels import LABEL, Labels, label_array
from tasks.shift.measurements import NAN, Effect, Measurement
from tasks.shift.sample import Codes, Flags, Floats
from tasks.shift.shares import mean_by_atoms, share_by_atoms

JUDGED = ("dev", "test")
QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Of a number: its ends, its middle half, and what lies between."""


def count_label_amounts(real: pa.Table, present: Mapping[str, pa.Table], labels: Labels) -> Iterator[Measurement]:
    """Count what each split holds of every label.

    Parameters
    ----------
    real : pa.Table
        All real records in a split: the labels' columns, domain, atom.
    present : mapping of str to pa.Table
        Split -> its real records; only splits that have some.
    labels : Labels

    Yields
    ------
    Measurement
        Of classes label_count a split and label, labels_unseen of train and dev or test. Of several labels, a split or
        domain and label: label_annotated, label_positives, label_negatives, label_rate (positives among annotated, with
        its interval); label_amount_ratio of train (annotated, of the most annotated label); labels_unseen;
        label_answers (distinct ones); unlabelled_rows. Of numbers label_mean, label_quantile, label_answers;
        label_outside_train.
    """
    match labels.kind:
        case "several":
            yield from _of_several(real, present, labels)
        case "number":
            yield from _of_numbers(real, present)
        case _:
            yield from _of_classes(real, present)


def _of_classes(real: pa.Table, present: Mapping[str, pa.Table]) -> Iterator[Measurement]:
    names = sorted(label for label in pc.unique(real["label"]).to_pylist() if label is not None)
    for split, part in present.items():
        rows = part.num_rows
        counted = {entry["values"]: entry["counts"] for entry in pc.value_counts(part["label"]).to_pylist()}
        for label in names:
            yield Measurement("label_count", split, None, label, _count(counted.get(label, 0), rows))
        if names and split in JUDGED and "train" in present:
            known = set(pc.unique(present["train"]["label"]).to_pylist())
            unseen = len(set(counted) - known - {None})
            yield Measurement("labels_unseen", "train", split, None, _count(unseen, present["train"].num_rows, rows))


def _of_several(real: pa.Table, present: Mapping[str, pa.Table], labels: Labels) -> Iterator[Measurement]:
    domains = {name: real.filter(pc.equal(real["domain"], name)) for name in ("source", "target")}
    answers: dict[str, dict[str, set[float]]] = {}
    for part, records in {**present, **{name: rows for name, rows in domains.items() if rows.num_rows}}.items():
        atoms, values = _atoms(records), label_array(records)
        answers[part] = {}
        for place, name in enumerate(labels.names):
            column = values[:, place]
            known = ~np.isnan(column)
            held = column[known] == 1
            answers[part][name] = set(np.unique(column[known]).tolist())
            counts = {"annotated": int(known.sum()), "positives": int(held.sum()), "negatives": int((~held).sum())}
            for what, number in counts.items():
                yield Measurement(f"label_{what}", part, None, name, _count(number, len(column)))
            yield Measurement("label_rate", part, None, name, share_by_atoms(held, atoms[known]))
    if "train" in present:
        yield from _amounts_of_train(present["train"], labels)
        for split in (name for name in JUDGED if name in present):
            unseen = sum(bool(answers[split][name] - answers["train"][name]) for name in labels.names)
            sizes = (present["train"].num_rows, present[split].num_rows)
            yield Measurement("labels_unseen", "train", split, None, _count(unseen, *sizes))
    for name in labels.names:
        found = set().union(*(given[name] for given in answers.values()))
        yield Measurement("label_answers", None, None, name, _count(len(found), real.num_rows))
    unlabelled = int(np.isnan(label_array(real)).all(axis=1).sum())
    yield Measurement("unlabelled_rows", None, None, None, _count(unlabelled, real.num_rows))


def _amounts_of_train(train: pa.Table, labels: Labels) -> Iterator[Measurement]:
    annotated = {name: train.num_rows - train[LABEL + name].null_count for name in labels.names}
    most = max(annotated.values())
    for name, rows in annotated.items():
        ratio = _count(rows / most if most else NAN, rows, most)
        yield Measurement("label_amount_ratio", "train", None, name, ratio)


def _of_numbers(real: pa.Table, present: Mapping[str, pa.Table]) -> Iterator[Measurement]:
    for split, part in present.items():
        values = label_array(part)
        known = np.isfinite(values)
        yield Measurement("label_mean", split, None, None, mean_by_atoms(values[known], _atoms(part)[known]))
        for quantile in QUANTILES if known.any() else ():
            reached = float(np.quantile(values[known], quantile))
            yield Measurement("label_quantile", split, None, f"{quantile:.0%}", _count(reached, int(known.sum())))
        if split in JUDGED and "train" in present:
            yield Measurement("label_outside_train", "train", split, None, _outside(present["train"], values))
    every = label_array(real)
    answers = len(np.unique(every[np.isfinite(every)]))
    yield Measurement("label_answers", None, None, None, _count(answers, real.num_rows))


def _outside(train: pa.Table, values: Floats) -> Effect:
    """Return the share of values that lie beyond those of train."""
    seen = label_array(train)
    low, high = np.nanmin(seen), np.nanmax(seen)
    beyond: Flags = (values < low) | (values > high)
    return _count(float(beyond.mean()), len(seen), len(values))


def _atoms(records: pa.Table) -> Codes:
    return np.asarray(records["atom"].combine_chunks().dictionary_encode().indices, np.int64)


def _count(value: float, n_a: int = 0, n_b: int = 0) -> Effect:
    return Effect(float(value), float(value), float(value), NAN, n_a, n_b)
