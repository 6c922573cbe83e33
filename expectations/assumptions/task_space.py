"""What a small model of the task sees: splits that should be alike are near in it, and how far training is from dev."""

from collections.abc import Iterator, Sequence

from expectations.check import Check, Severity
from expectations.limits import JOINT_MARGIN
from tasks.catalog.schema import AUGMENTED


def task_space_checks(present: Sequence[str], *, synthesized: bool) -> Iterator[Check]:
    """Ask of the task space what is asked of all descriptors together.

    Distances are in its own units, in which two independent records are as far apart as in all descriptors together: so
    the limit is the same. A pair that differs in nothing that descriptors tell may still differ in what a model sees.
    """
    unlike = (
        "Something differs that no descriptor tells: look at the records (report, The gap), and bring a descriptor or "
        "an embedding that sees it. {}"
    )
    expected = "Nothing: plentiful data is expected to differ. The noise policy and target data in train close the gap."
    pairs: list[tuple[str, str, str, Severity, str]] = [
        (
            "dev",
            "test",
            "dev-like-test",
            "warning",
            unlike.format("Enlarge both, and draw them anew: matchset redraw."),
        ),
        ("train", "train-dev", "train-dev-like-train", "warning", unlike.format("Enlarge train_dev in splits.")),
        ("train", "dev", "mismatch", "info", expected),
    ]
    if synthesized:
        pairs.append((AUGMENTED, "dev", "mismatch", "info", expected))
    for a, b, assumption, severity, remedy in pairs:
        if b in present and (a in present or (a == AUGMENTED and "train" in present)):
            words = f"Is {'train with its synthetic records' if a == AUGMENTED else a}"
            floor = assumption != "mismatch"
            yield Check(
                f"near-to-model.{a}.{b}",
                assumption,
                f"{f'Are {a} and {b}' if floor else words} near enough{'' if floor else f' to {b}'} to a small model?",
                severity,
                "task_distance",
                "interval_within",
                JOINT_MARGIN,
                remedy,
                split_a=a,
                split_b=b,
            )
    if synthesized and {"train", "dev"} <= set(present):
        yield Check(
            "gap-closed-to-model",
            "gap-closed",
            "Does the synthetic data bring train closer to dev to a small model?",
            "info",
            "task_gap_closed",
            "above",
            0.0,
            "What the noise changes is not what a model looks at. Train with and without the synthetic records, and "
            "compare.",
            split_a=AUGMENTED,
            split_b="dev",
        )
