"""Embeddings of the user's own: every record has one, and what should be alike is alike in it."""

from collections.abc import Iterator, Mapping, Sequence

from expectations.check import Check, Severity
from expectations.limits import EMBEDDED, JOINT_LEVEL
from tasks.catalog.schema import AUGMENTED


def embedding_checks(present: Sequence[str], embeddings: Mapping[str, bool], *, synthesized: bool) -> Iterator[Check]:
    """Ask about each embedding what is asked about all descriptors together.

    Parameters
    ----------
    present : sequence of str
        The splits that the build has.
    embeddings : mapping of str to bool
        Embedding -> whether synthetic records have vectors too: a function can be called on them, a table knows none.
    synthesized : bool
    """
    pairs: list[tuple[str, str, str, Severity, str]] = [
        (
            "dev",
            "test",
            "dev-like-test",
            "critical",
            "They are not from one distribution. Where `inputs` in splits.dev or splits.test makes it so, take it out; "
            "else enlarge both, and draw them anew: matchset redraw.",
        ),
        ("train", "train-dev", "train-dev-like-train", "warning", "Enlarge train_dev in splits, or build anew."),
        (
            "train",
            "dev",
            "mismatch",
            "info",
            "Nothing: plentiful data is expected to differ. The noise policy and target data in train close the gap.",
        ),
    ]
    for name, copied in embeddings.items():
        yield Check(
            f"embedded.{name}",
            "descriptors",
            f"Have at least {1 - EMBEDDED:.0%} of the records of every split a vector in {name}?",
            "warning",
            "embedding_missing_share",
            "at_most",
            EMBEDDED,
            "Records without one are matched as such, and not compared in it. Complete the table, or let the function "
            "return NaN for fewer of them.",
            descriptor=name,
        )
        for a, b, assumption, severity, remedy in pairs:
            if a in present and b in present:
                yield Check(
                    f"embedding-{name}.{a}.{b}",
                    assumption,
                    f"{'Is train like dev' if assumption == 'mismatch' else f'Do {a} and {b} agree'} in the embedding "
                    f"{name}?",
                    severity,
                    "embedding_distance",
                    "no_difference",
                    JOINT_LEVEL,
                    remedy,
                    split_a=a,
                    split_b=b,
                    descriptor=name,
                    reference=None if assumption == "mismatch" else "atoms",
                )
        if synthesized and copied and {"train", "dev"} <= set(present):
            yield Check(
                f"embedding-gap-closed-{name}",
                "gap-closed",
                f"Does the synthetic data bring train closer to dev in the embedding {name}?",
                "info",
                "embedding_gap_closed",
                "above",
                0.0,
                "The policy is fitted to the descriptors, not to this embedding: train with and without the synthetic "
                "records, and compare.",
                split_a=AUGMENTED,
                split_b="dev",
                descriptor=name,
            )
