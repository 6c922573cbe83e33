"""The tables that verbs hand to each other: their columns and what they mean."""

import pyarrow as pa
import pyarrow.compute as pc

HEADS = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),  # <input>/<path> or <input>/<id>; stable for ever
        pa.field("input", pa.string(), nullable=False),
        pa.field("domain", pa.string(), nullable=False),  # source | target
        pa.field("label", pa.string()),  # of classes; see tasks.catalog.labels for what stands here otherwise
        pa.field("group", pa.string()),
        pa.field("path", pa.string()),  # posix, relative to the input's folder; null for rows of a table
        pa.field("size_bytes", pa.int64()),
        pa.field("mtime_ns", pa.int64()),  # tells a changed file from a known one; goes no further than this table
    ]
)
"""What is known of a record before its payload is opened. Tabular shards carry a struct column `features` too."""

RECORDS = pa.schema(
    [
        *(field for field in HEADS if field.name != "mtime_ns"),
        pa.field("file_hash", pa.string(), nullable=False),  # blake2b-128 of the stored bytes, hex
        pa.field("content_hash", pa.string(), nullable=False),  # blake2b-128 of the decoded payload, hex
        pa.field("fingerprint", pa.binary(), nullable=False),  # near-duplicate key of the modality; b"" if none
        pa.field("plain", pa.bool_(), nullable=False),  # the stored bytes show any reader just what was described
    ]
)
"""A described record. Descriptor columns `descriptor_<name>` follow: floating (NaN: missing) or string; for rows of a
table the published columns too, as `feature_<name>`."""

QUARANTINE = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("input", pa.string(), nullable=False),
        pa.field("path", pa.string()),
        pa.field("reason", pa.string(), nullable=False),  # one of tasks.catalog.quarantine.REASONS
        pa.field("detail", pa.string(), nullable=False),
    ]
)
"""What could not be used, and why."""

ASSIGNMENTS = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("atom", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),  # train | train-dev | dev | test
    ]
)
"""Which record is in which split, and with whom it moves."""

LEDGER = pa.schema(
    [
        *ASSIGNMENTS,
        pa.field("content_hash", pa.string(), nullable=False),
        pa.field("since_version", pa.int64(), nullable=False),
        pa.field("released_in", pa.int64()),  # the version that drew dev and test anew; null while it holds
        pa.field("release_reason", pa.string()),  # why, in the words of whoever asked for that
    ]
)
"""The assignments of all versions, for ever: those that hold, and those that `matchset redraw` took back. A ledger of
an older release lacks the last two columns, which then are null."""

DEV_FIT = "dev_fit.parquet"
"""Beside a policy that was fitted to half of dev: which records those are (record_id, atom)."""

MEASUREMENTS = pa.schema(
    [
        pa.field("statistic", pa.string(), nullable=False),
        pa.field("split_a", pa.string()),
        pa.field("split_b", pa.string()),
        pa.field("descriptor", pa.string()),  # a descriptor, label, reason or input: what the statistic is about
        pa.field("effect", pa.float64()),
        pa.field("ci_low", pa.float64()),
        pa.field("ci_high", pa.float64()),
        pa.field("p_value", pa.float64()),
        pa.field("n_a", pa.int64()),
        pa.field("n_b", pa.int64()),
    ]
)
"""One long table; tasks write it, expectations judge it."""

PUBLISHED = ("record_id", "input", "domain", "label", "group", "split", "synthetic", "parent_id")
"""The columns that every published row has, whatever its modality; of several labels each has a column in place of
`label` (`tasks.catalog.labels`)."""

WEIGHT = "weight"
"""The published column that says how much a record counts in training."""

BESIDE_PAYLOAD = (*PUBLISHED, WEIGHT)
"""What a published row holds besides its payload; of `PUBLISHED` the manifest knows all, of the weight nothing."""

SPLITS = ("train", "train-dev", "dev", "test")

AUGMENTED = "train+synthetic"
"""What train with its synthetic records is called where splits are compared."""

VARIED_ROW = pc.field("synthetic") & (pc.field("domain") == "target")
"""Which rows are varied copies of target records in train: whoever compares splits leaves them out, since they
are like dev because their parents are."""

NOISE = "noise"
"""What recorded noise is called where it is compared with a split."""

DESCRIPTOR = "descriptor_"
"""Prefix of the columns that hold descriptors."""

EMBEDDING = "embedding_"
"""Prefix of the columns that hold embeddings: lists of a few numbers, null where a record has none."""

FEATURE = "feature_"
"""Prefix of the columns that hold the published columns of a table's row."""


def empty(schema: pa.Schema) -> pa.Table:
    """Return a table of that schema without rows."""
    return schema.empty_table()
