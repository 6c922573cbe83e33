"""The data set's card: README.md with the front matter that `datasets.load_dataset` reads."""

import html
import re
from collections.abc import Collection

import yaml

from tasks.catalog.labels import Labels
from tasks.catalog.schema import SPLITS
from tasks.report.assumptions import Answer, all_answers
from tasks.report.contents import ReportContents
from tasks.report.embeddings import embedding_lines
from tasks.report.estimates import Estimates
from tasks.report.fitted_on import fitted_on_dev
from tasks.report.headline import headline
from tasks.report.helps import weight_sentence
from tasks.report.label_kind import measured_labels
from tasks.report.mismatch import sorted_changes
from tasks.report.redrawn import seen_before
from tasks.report.summary import description, rows_of
from tasks.report.wording import count, foreign, interval, number

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_MOST = 8
_ERROR = {
    "class": "An error",
    "several": "An error of a label that is annotated everywhere,",
    "number": "The share of answers that you count as wrong,",
}


def dataset_card(contents: ReportContents, splits: Collection[str]) -> str:
    """Write the card of a version.

    Parameters
    ----------
    contents : ReportContents
        What the report says too.
    splits : collection of str
        The splits that have a folder `data/<split>/`.

    Returns
    -------
    str
        Markdown with YAML front matter; write it as `README.md` beside `data/`.

    Notes
    -----
    Invariants: names and labels come out as text, whatever they contain; what is not known, such as the licence, is
    said to be not known.
    """
    present = [split for split in SPLITS if split in splits]
    labels = measured_labels(contents.measurements)
    parts = [
        _front_matter(contents, present),
        f"# {_text(str(contents.config['name']))}, version {_text(str(contents.verdict['version']))}",
        _text(description(contents)),
        _splits(contents, present),
        *_redraws(contents),
        _loading(present, labels),
        *_weights(contents),
        _making(contents),
        _verdict(contents),
        _limits(contents),
    ]
    return "\n\n".join(parts) + "\n"


def loaded_name(split: str) -> str:
    """Return what `load_dataset` calls a split: it allows letters, digits and underscores only."""
    return split.replace("-", "_")


def _front_matter(contents: ReportContents, present: list[str]) -> str:
    rows = sum(sum(contents.splits.get(split, {}).values()) for split in present)
    modality = str(contents.config.get("modality", ""))
    matter = {
        "pretty_name": foreign(str(contents.config["name"])),  # one line: a second one could end the front matter
        "size_categories": [next((name for most, name in _SIZES if rows < most), "n>1M")],
        "tags": ["matchset", *([modality] if modality else [])],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": loaded_name(split), "path": f"data/{split}/*.parquet"} for split in present],
            }
        ],
    }
    return f"---\n{yaml.safe_dump(matter, sort_keys=False, allow_unicode=True)}---"


def _splits(contents: ReportContents, present: list[str]) -> str:
    purposes = {
        "train": "to train on",
        "train-dev": "stands for the training data: tells variance from data mismatch",
        "dev": "stands for the target: choose models on it",
        "test": "stands for the target: judge the chosen model once",
    }
    lines = [
        f"| {split} | {rows_of(contents, split) if split in contents.splits else ''} | {purposes[split]} |"
        for split in present
    ]
    return "\n".join(["## Splits", "", "| split | rows | for |", "|---|---|---|", *lines])


def _redraws(contents: ReportContents) -> list[str]:
    """Say when and why dev and test were drawn anew: errors on them do not go on from those of earlier versions."""
    if not contents.drawings:
        return []
    told = [f"- {_text(str(drawing))}" for drawing in contents.drawings]
    seen = [f"- {_text(sentence)}" for sentence in seen_before(contents)]
    return [
        "\n".join(
            [
                "## Drawn anew",
                "",
                "Errors on dev and test can be compared with those of versions since the last time only.",
                "",
                *told,
                *seen,
            ]
        )
    ]


def _loading(present: list[str], labels: Labels) -> str:
    first = "dev" if "dev" in present else (present or ["train"])[0]
    return "\n".join(
        [
            "## Loading",
            "",
            "```python",
            "from datasets import load_dataset",
            "",
            f'rows = load_dataset("path/to/this/folder", split="{loaded_name(first)}")',
            "```",
            "",
            "```python",
            "import pandas as pd",
            "",
            f'rows = pd.read_parquet("path/to/this/folder/data/{first}")',
            "```",
            "",
            f"Every row has record_id, input, domain, {_label_columns(labels)}, group, split, synthetic, parent_id and "
            "weight; `croissant.json` describes the columns for programs.",
            *_label_notes(labels),
        ]
    )


def _weights(contents: ReportContents) -> list[str]:
    """Say how to use the weights, where they are not all 1."""
    said = weight_sentence(contents)
    if not said:
        return []
    return [
        "\n".join(
            [
                "## Training",
                "",
                said,
                "",
                "```python",
                "from torch.utils.data import WeightedRandomSampler",
                "",
                'sampler = WeightedRandomSampler(train["weight"], len(train))  # DataLoader(train, sampler=sampler)',
                "```",
                "",
                "```python",
                'model.fit(features, train["label"], sample_weight=train["weight"])  # scikit-learn',
                "```",
            ]
        )
    ]


def _label_columns(labels: Labels) -> str:
    named = [_code(name) for name in labels.columns[:_MOST]]
    more = len(labels.columns) - len(named)
    return ", ".join(named) + (f" and {count(more)} more labels" if more else "")


def _label_notes(labels: Labels) -> list[str]:
    match labels.kind:
        case "several":
            return [
                "",
                f"A record may hold any of its {count(len(labels.names))} labels: 1 where it holds, 0 where it does "
                "not, null where nobody looked. A null is no 0: leave it out of a label's loss and of its error.",
            ]
        case "number":
            return ["", "The label is a number to predict."]
    return []


def _making(contents: ReportContents) -> str:
    lines = [
        f"- input {_code(entry.name)} ({entry.domain}): {count(entry.listed)} listed, {count(entry.used)} in a "
        f"split, {count(sum(entry.dropped.values()))} dropped, {count(entry.quarantined)} quarantined"
        for entry in contents.inputs
    ]
    synthetic = sum(origins.get("synthetic", 0) for origins in contents.splits.values())
    unused = "; `synthesis/policy-withdrawn.yaml` was fitted, and did not help" * (contents.proved == "withdrawn")
    lines.append(
        f"- {count(synthetic)} synthetic records by the policy {_code(contents.policy)}; every drawn parameter is in "
        "`synthesis/draws.parquet`"
        if synthetic
        else f"- no synthetic records{unused}"
    )
    if varied := sum(origins.get("varied", 0) for origins in contents.splits.values()):
        lines.append(
            f"- {count(varied)} varied copies of target records in train, by the generic policy; every drawn parameter "
            "is in `synthesis/target_draws.parquet`"
        )
    if half := fitted_on_dev(contents):
        lines.append(f"- {half}")
    if embedded := embedding_lines(contents):
        told = ", ".join(f"{_code(line.name)} ({line.width} numbers)" for line in embedded)
        lines.append(f"- splits were drawn by embeddings too: {told}; `manifest.parquet` has their matched columns")
    if contents.reproduce is not None:
        lines.append(f"- made again by {_code(contents.reproduce.command)}, seed {contents.reproduce.seed}")
    return "\n".join(["## How it was made", "", *lines])


def _verdict(contents: ReportContents) -> str:
    head = headline(contents)
    answers = all_answers(contents)
    tally = ", ".join(
        f"{count(head.tally[status])} {word}"
        for status, word in (("pass", "passed"), ("fail", "failed"), ("undecided", "undecided"))
    )
    lines = [
        "## Verdict",
        "",
        f"**{contents.verdict['status']}**: {count(len(answers))} checks, {tally}. Gap closed by synthetic data: "
        f"{head.gap}{f' ({head.gap_interval})' if head.gap_interval else ''}. The whole story is `report/index.html`.",
    ]
    if head.proof:
        lines += ["", _text(head.proof)]
    unmet = [answer for answer in answers if answer.status != "pass" and not answer.quiet]
    if unmet:
        lines += ["", "What did not pass:", "", *[_line(answer) for answer in unmet[:_MOST]]]
        if len(unmet) > _MOST:
            lines.append(f"- and {count(len(unmet) - _MOST)} more")
    return "\n".join(lines)


def _line(answer: Answer) -> str:
    found = f" Found {answer.effect} {answer.interval}".rstrip() + "." if answer.effect else ""
    return f"- {answer.status} ({answer.severity}): {_text(answer.question)}{found}"


def _limits(contents: ReportContents) -> str:
    lines = ["## Limits", ""]
    kind = measured_labels(contents.measurements).kind
    for split in ("dev", "test"):
        margin = Estimates(contents.measurements).one("margin", split)
        if margin is not None and margin.effect is not None:
            lines.append(f"- {_ERROR[kind]} measured on {split} is known to ± {margin.effect * 100:.1f} points (95 %).")
    changes = [change for change in sorted_changes(Estimates(contents.measurements)) if change.before.effect]
    if changes:
        worst = ", ".join(
            f"{_code(change.name)} {number(change.before.effect)} "
            f"{interval(change.before.low, change.before.high)}".rstrip()
            for change in changes[:3]
        )
        lines.append(f"- Training and dev data differ most in (Cliff's delta): {worst}.")
    lines.append("- Synthetic records were never judged by a person; train only on them together with real ones.")
    lines.append("- Licence: not known to the tool that made this card. Ask the owners of the inputs before sharing.")
    return "\n".join(lines)


def _text(text: str) -> str:
    """Escape what Markdown or HTML would act on."""
    shown = " ".join(foreign(text, 2000).split())
    return re.sub(r"([\\`*_{}\[\]#|~!$])", r"\\\1", html.escape(shown, quote=False))


def _code(text: str) -> str:
    """Set foreign text as code, in a fence longer than any run of backticks in it."""
    shown = foreign(" ".join(text.split()))
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
