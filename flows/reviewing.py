"""The commands by which people look at records: error analysis, label audit, human level."""

from pathlib import Path
from typing import Annotated

import typer

from flows.endings import told

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="The configuration, usually matchset.yaml.")]
Files = Annotated[
    list[Path], typer.Argument(metavar="FILE...", help="Filled-in sheets, one a person: .json, .xlsx or .csv.")
]
Predictions = Annotated[
    Path, typer.Option(metavar="FILE", help="The model's answers: record_id, prediction and, if you like, probability.")
]
Model = Annotated[str | None, typer.Option(help="Which model, where the file has several.")]
Version = Annotated[int | None, typer.Option(min=1, help="Which version; the published one by default.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show tracebacks.")]

_SETTINGS = {"help_option_names": ["-h", "--help"]}

errors = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=_SETTINGS,
    help="Tag what went wrong in some wrong answers; learn what is worth working on.\n\n"
    "Example: matchset errors sheet matchset.yaml --predictions predictions.csv",
)
labels = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=_SETTINGS,
    help="Check labels of dev and test; learn the error by right labels; correct them.\n\n"
    "Example: matchset labels audit matchset.yaml --predictions predictions.csv",
)
human = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings=_SETTINGS,
    help="Let people label records of dev; learn how often they err.\n\nExample: matchset human sheet matchset.yaml",
)


@errors.command("sheet")
def errors_sheet(
    config: Config,
    predictions: Predictions,
    rows: Annotated[int, typer.Option(min=1, max=2000, help="Wrong answers to look at.")] = 100,
    tags: Annotated[str, typer.Option(help="Tags to start with, comma-separated.")] = "",
    model: Model = None,
    version: Version = None,
    verbose: Verbose = False,
) -> None:
    """Write a page and a spreadsheet of wrong answers on dev to tag.

    Example: matchset errors sheet matchset.yaml --predictions predictions.csv --tags "blurry,cut off"
    """
    with told(verbose):
        from flows.review_errors import write_error_sheet

        own = [tag.strip() for tag in tags.split(",") if tag.strip()]
        typer.echo(write_error_sheet(config, predictions, rows=rows, model=model, tags=own, version=version))


@errors.command("read")
def errors_read(config: Config, files: Files, verbose: Verbose = False) -> None:
    """Sum up tagged sheets: each tag's share of the errors and how far the error falls at most, the biggest first.

    Example: matchset errors read matchset.yaml anna.json ben.xlsx
    """
    with told(verbose):
        from flows.review_errors import read_error_sheets

        typer.echo(read_error_sheets(config, files))


@labels.command("audit")
def labels_audit(
    config: Config,
    predictions: Predictions,
    rows: Annotated[int, typer.Option(min=2, max=5000, help="Records to check in each of dev and test.")] = 100,
    model: Model = None,
    version: Version = None,
    verbose: Verbose = False,
) -> None:
    """Write a page and a spreadsheet of labels to check, and list those that a small model doubts.

    Example: matchset labels audit matchset.yaml --predictions predictions.csv
    """
    with told(verbose):
        from flows.review_labels import write_audit

        typer.echo(write_audit(config, predictions, rows=rows, model=model, version=version))


@labels.command("apply")
def labels_apply(
    config: Config,
    files: Files,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell the corrected error; write no correction.")] = False,
    verbose: Verbose = False,
) -> None:
    """Tell the error by right labels, and correct dev and test alike: the next build does.

    Example: matchset labels apply matchset.yaml anna.json
    """
    with told(verbose):
        from flows.review_labels import apply_audit

        typer.echo(apply_audit(config, files, dry_run=dry_run))


@human.command("sheet")
def human_sheet(
    config: Config,
    rows: Annotated[int, typer.Option(min=1, max=5000, help="Records of dev to label.")] = 200,
    version: Version = None,
    verbose: Verbose = False,
) -> None:
    """Write a page on which people label random records of dev.

    Example: matchset human sheet matchset.yaml --rows 100
    """
    with told(verbose):
        from flows.review_human import write_human_sheet

        typer.echo(write_human_sheet(config, rows=rows, version=version))


@human.command("read")
def human_read(config: Config, files: Files, verbose: Verbose = False) -> None:
    """Tell each person's error, the team's, and the human level that a model is compared with.

    Example: matchset human read matchset.yaml anna.json ben.json cleo.json
    """
    with told(verbose):
        from flows.review_human import read_human_sheets

        typer.echo(read_human_sheets(config, files))
