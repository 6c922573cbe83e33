"""What should be alike is alike: dev and test, train and train-dev; and how far training is from dev."""

from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from expectations.check import Check, Severity
from expectations.limits import AS_NEAR, JOINT_LEVEL, JOINT_MARGIN, PRACTICAL_MARGIN, WASSERSTEIN_MARGIN
from tasks.catalog.schema import AUGMENTED
from tasks.config.inputs import LabelKind


def likeness_checks(
    present: Sequence[str], *, numeric: bool, categorical: bool, labels: LabelKind | None
) -> Iterator[Check]:
    """Ask whether dev is like test and train-dev like train: labels, every descriptor, all of them together."""
    anew = "Find the descriptor that differs in the report; enlarge {} in splits, or build in a new store."
    apart = (
        "They are not from one distribution. Where `inputs` in splits.dev or splits.test makes it so, take it out, so "
        "that both are drawn from all of the target; else enlarge both, and draw them anew: matchset redraw."
    )
    pairs: list[tuple[str, str, str, Severity, str]] = [
        ("dev", "test", "dev-like-test", "critical", apart),
        ("train", "train-dev", "train-dev-like-train", "warning", anew.format("train_dev")),
    ]
    for a, b, assumption, severity, remedy in pairs:
        if a in present and b in present:
            yield from _same_law(
                a, b, assumption, severity, remedy, numeric=numeric, categorical=categorical, labels=labels
            )


def _same_law(
    a: str,
    b: str,
    assumption: str,
    severity: Severity,
    remedy: str,
    *,
    numeric: bool,
    categorical: bool,
    labels: LabelKind | None,
) -> Iterator[Check]:
    """Ask whether two splits that should match do."""

    def within(
        name: str, question: str, severity: Severity, statistic: str, limit: float, *, family: bool = False
    ) -> Check:
        return Check(
            f"{name}.{a}.{b}",
            assumption,
            question,
            severity,
            statistic,
            "family_within" if family else "interval_within",
            limit,
            remedy,
            split_a=a,
            split_b=b,
        )

    for name, question, gravity, statistic, limit in _of_labels(a, b, severity, labels):
        yield within(name, question, gravity, statistic, limit, family=labels == "several")
    if numeric:
        yield within(
            "descriptors",
            f"Is every descriptor as large in {a} as in {b}?",
            severity,
            "cliffs_delta",
            PRACTICAL_MARGIN,
            family=True,
        )
        yield within(
            "wasserstein",
            f"Is every descriptor spread in {a} as it is in {b}?",
            "warning",
            "wasserstein",
            WASSERSTEIN_MARGIN,
            family=True,
        )
    if categorical:
        yield within(
            "categories",
            f"Do the categories of every descriptor have the same shares in {a} and {b}?",
            severity,
            "total_variation",
            PRACTICAL_MARGIN,
            family=True,
        )
    yield within(
        "missing",
        f"Is every descriptor missing as often in {a} as in {b}?",
        "warning",
        "missing_share_difference",
        PRACTICAL_MARGIN,
        family=True,
    )
    yield Check(
        f"joint.{a}.{b}",
        assumption,
        f"Do {a} and {b} agree in all descriptors together?",
        severity,
        "energy_distance",
        "no_difference",
        JOINT_LEVEL,
        remedy,
        split_a=a,
        split_b=b,
        reference="atoms",
    )
    # Silence of a test proves nothing: these two ask whether what differs is too little to matter.
    yield within(
        "near", f"Are {a} and {b} near enough in all descriptors together?", "warning", "energy_distance", JOINT_MARGIN
    )
    yield Check(
        f"told-apart.{a}.{b}",
        assumption,
        f"Is a classifier unable to tell {a} from {b}?",
        "warning",
        "domain_classifier",
        "interval_below",
        PRACTICAL_MARGIN,
        remedy,
        split_a=a,
        split_b=b,
    )


def _of_labels(
    a: str, b: str, severity: Severity, labels: LabelKind | None
) -> list[tuple[str, str, Severity, str, float]]:
    """Return what is asked about the labels of two splits: id, question, severity, statistic, limit."""
    match labels:
        case "class":
            question = f"Do {a} and {b} have the same label shares?"
            return [("label-shares", question, severity, "label_share_tv", PRACTICAL_MARGIN)]
        case "several":
            rates = f"Does every label hold as often in {a} as in {b}, where it is annotated?"
            annotated = f"Is every label annotated as often in {a} as in {b}?"
            return [
                ("label-rates", rates, severity, "label_rate_difference", PRACTICAL_MARGIN),
                ("label-annotated", annotated, "warning", "label_annotated_difference", PRACTICAL_MARGIN),
            ]
        case "number":
            large = f"Are the numbers to predict as large in {a} as in {b}?"
            spread = f"Are the numbers to predict spread in {a} as they are in {b}?"
            return [
                ("label-values", large, severity, "label_cliffs_delta", PRACTICAL_MARGIN),
                ("label-spread", spread, "warning", "label_wasserstein", WASSERSTEIN_MARGIN),
            ]
    return []


def match_checks(judged: Sequence[str]) -> Iterator[Check]:
    """Ask whether dev and test were matched: beside random splits of the same atoms, on features not used to match."""
    pairs = [*combinations(judged, 2), *((split, "target") for split in judged)]
    for a, b in pairs:
        words = f"{a} and {b} nearer to each other" if b in judged else f"{a} nearer to the whole target"
        yield Check(
            f"matched.{a}.{b}",
            "matched",
            f"{'Are' if b in judged else 'Is'} {words} than {1 - AS_NEAR:.0%} of random splits?",
            "warning",
            "random_splits_as_near",
            "as_near",
            AS_NEAR,
            "New data differs from what dev and test were drawn of, or atoms are few and large (report, Match); "
            "matchset redraw draws them anew.",
            split_a=a,
            split_b=b,
            reference="splits_nearer",
        )


def mismatch_checks(
    present: Sequence[str], *, synthesized: bool, numeric: bool, defining: Collection[str]
) -> Iterator[Check]:
    """Ask how far training is from dev, and whether the synthetic records bring it closer.

    What the domains were told apart by is asked about on its own: that it differs says nothing about the rest.
    """
    if not {"train", "dev"} <= set(present):
        return
    expected = "Nothing: plentiful data is expected to differ. The noise policy and target data in train close the gap."
    trainings = [("train", expected)]
    if synthesized:
        trainings.append((AUGMENTED, "Fit the noise policy to more target records, or put more target data in train."))
    for a, remedy in trainings:
        words = "train with its synthetic records" if a == AUGMENTED else "train"
        yield Check(
            f"joint.{a}.dev",
            "mismatch",
            f"Is {words} like dev in all descriptors together?",
            "info",
            "energy_distance",
            "no_difference",
            JOINT_LEVEL,
            remedy,
            split_a=a,
            split_b="dev",
        )
        if numeric:
            yield Check(
                f"descriptors.{a}.dev",
                "mismatch",
                f"Is every {'other ' if defining else ''}descriptor as large in {words} as in dev?",
                "info",
                "cliffs_delta",
                "family_within",
                PRACTICAL_MARGIN,
                remedy,
                split_a=a,
                split_b="dev",
            )
        for kind in sorted(defining):
            yield Check(
                f"defining-{kind}.{a}.dev",
                "mismatch",
                f"Are the {kind} columns that define the domain alike in {words} and dev?",
                "info",
                {"numeric": "defining_cliffs_delta", "categorical": "defining_total_variation"}[kind],
                "family_within",
                PRACTICAL_MARGIN,
                "Nothing: the domains were told apart by them. The other descriptors are asked about apart.",
                split_a=a,
                split_b="dev",
            )
    if synthesized:
        yield Check(
            "gap-closed",
            "gap-closed",
            "Does the synthetic data bring train closer to dev?",
            "warning",
            "gap_closed",
            "above",
            0.0,
            "Set synthesis.policy to none, or give the fit more target records: this policy does not help.",
            split_a=AUGMENTED,
            split_b="dev",
        )
