"""Certify: compare dev and test with each other and with the target, beside random splits of the same atoms."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
from scipy.stats import binomtest

from tasks.caching import Made, store_task
from tasks.catalog.atomic import write_table, write_text
from tasks.catalog.embeddings import EMBEDDINGS, with_embeddings
from tasks.catalog.labels import has_labels, label_array, labels_in
from tasks.catalog.schema import DESCRIPTOR
from tasks.shift.measurements import Effect, Measurement, measurements_table
from tasks.splitting.certificate import Certificate, Match, certify, plain_certificate
from tasks.splitting.described import descriptor_matrix, matrix_blocks
from tasks.splitting.refusal import NUMBERS


@store_task("tasks.splitting", reads=("seed",))
def certify_splits(out: Path, *, catalog: Made, embedded: Made | None, split: Made, seed: int) -> dict[str, Any]:
    """Judge the drawing of dev and test on features that it has not seen.

    Makes `certificate.json` for the report and `measurements.parquet` (MEASUREMENTS).
    """
    path = catalog.ref("catalog.parquet").path
    schema = pq.read_schema(path)
    described = [name for name in schema.names if name.startswith(DESCRIPTOR)]
    columns = [*labels_in(schema).spread(["record_id", "label", "atom"]), *described]
    target = pq.read_table(path, columns=columns, filters=pc.field("domain") == "target")
    if embedded is not None:
        target = with_embeddings(target, pq.read_table(embedded.ref(EMBEDDINGS).path))
    decided = pq.read_table(split.ref("assignments.parquet").path, columns=["record_id", "split"])
    place = pc.index_in(target["record_id"], value_set=decided["record_id"].combine_chunks())
    names = decided["split"].take(place).to_numpy()
    codes = np.select([names == name for name in NUMBERS], list(NUMBERS.values()), 0)
    atoms = np.asarray(target["atom"].combine_chunks().dictionary_encode().indices, np.int64)
    matrix = descriptor_matrix(target)
    blocks = matrix_blocks(target, matrix.shape[1])
    certificate = certify(matrix, label_array(target), atoms, codes, seed=seed, blocks=blocks)
    write_text(json.dumps(plain_certificate(certificate), allow_nan=False), out / "certificate.json")
    write_table(measurements_table(_measured(certificate, labelled=has_labels(target))), out / "measurements.parquet")
    return {"atoms": certificate.atoms}


def _measured(certificate: Certificate, *, labelled: bool = True) -> Iterator[Measurement]:
    for match in certificate.matches:
        rows = (match.rows_a, match.rows_b)
        for statistic, effect in (
            ("random_splits_as_near", _as_near(match, certificate)),
            ("fresh_energy_distance", Effect(match.energy_distance)),
            ("sliced_ks", Effect(match.sliced_ks)),
            ("largest_mean_difference", Effect(match.largest_difference)),
            *([("splits_nearer", Effect(certificate.nearer))] if certificate.nearer is not None else []),
            *([("label_gap", Effect(match.label_gap))] if labelled else []),
        ):
            # Of so many splits that exist.
            counted = (certificate.draws, 0) if statistic == "splits_nearer" else rows
            found = replace(effect, n_a=counted[0], n_b=counted[1])
            yield Measurement(statistic, match.split_a, match.split_b, None, found)


def _as_near(match: Match, certificate: Certificate) -> Effect:
    """Return the share of random splits that are as near, with its interval.

    The interval is between those that are nearer and those that are as near, which differ where splits repeat this one;
    of random splits at either end Wilson's, and exact where all splits that exist were compared.
    """
    draws, as_near = certificate.draws, certificate.as_near(match)
    if certificate.nearer is not None:
        nearer = round(match.nearer / 100 * draws)
        return Effect(match.percentile / 100, nearer / draws, as_near / draws)
    nearer = int(np.floor(np.mean(match.reference < match.distance * (1 - 1e-6)) * draws))
    low = binomtest(min(nearer, as_near), draws).proportion_ci(method="wilson").low
    high = binomtest(as_near, draws).proportion_ci(method="wilson").high
    return Effect(match.percentile / 100, float(low), float(high))
