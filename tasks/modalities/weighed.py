"""What source rows are weighted by, so that no fit imitates a difference of labels."""

import pyarrow as pa

from tasks.catalog.labels import common_bands, label_words, labels_in

BANDS = 5
"""Of a number to predict: source rows are weighted to equal shares of these bands of the target."""

Words = list[str | None] | None


def weighed_by(source: pa.Table, target: pa.Table) -> tuple[Words, Words]:
    """Return what source rows are weighted by so that the fit does not imitate a difference of labels.

    Numbers are weighted by their bands in the target; several labels by their combinations, unless most target records
    have one that the source lacks: what is annotated may differ from input to input. Nothing is weighted where nobody
    has labelled most of the target.
    """
    kind = labels_in(target.schema).kind
    bands = common_bands(target, BANDS) if kind == "number" else ()
    ours, theirs = label_words(source, bands), label_words(target, bands)
    if sum(words is None for words in theirs) > len(theirs) / 2:
        return None, None
    if kind == "several":
        known = set(ours)
        if sum(words in known for words in theirs) <= len(theirs) / 2:
            return None, None
    return ours, theirs
