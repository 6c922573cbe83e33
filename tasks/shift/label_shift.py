"""Labels of two samples: their shares, and labels that only one of them has."""

import numpy as np

from tasks.shift.measurements import NAN, Effect
from tasks.shift.sample import Codes, Objects
from tasks.shift.univariate import compare_categories, encode


def label_share_tv(
    a: Objects, b: Objects, atoms_a: Codes, atoms_b: Codes, *, rng: np.random.Generator, confidence: float = 0.95
) -> Effect:
    """Measure the total variation between two samples' label shares; unlabelled rows do not count."""
    return compare_categories(a, b, atoms_a, atoms_b, rng=rng, confidence=confidence).total_variation


def label_counts(labels: Objects) -> dict[str, int]:
    """Count the rows of each label, most frequent first; unlabelled rows do not count."""
    codes, width = encode(np.asarray(labels, object))
    names = {int(code): str(label) for label, code in zip(labels.tolist(), codes.tolist(), strict=True) if code >= 0}
    counts = np.bincount(codes[codes >= 0], minlength=width)
    return dict(
        sorted(((names[code], int(counts[code])) for code in range(width)), key=lambda item: (-item[1], item[0]))
    )


def labels_unseen(a: Objects, b: Objects) -> tuple[Effect, list[str]]:
    """Count the labels of b that a lacks, and name them."""
    missing = sorted(label_counts(b).keys() - label_counts(a).keys())
    return Effect(float(len(missing)), NAN, NAN, NAN, len(a), len(b)), missing
