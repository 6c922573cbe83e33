"""`matchset diagnose`: a model's predictions or errors in, the ladder and the one thing to do next out."""

from pathlib import Path
from typing import Annotated

import typer

from flows.endings import told


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="diagnose")(diagnose)


def diagnose(
    config: Annotated[
        Path | None, typer.Argument(metavar="[CONFIG]", help="The configuration; not needed with --errors alone.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Parquet or CSV: record_id, prediction; model, if several.")
    ] = None,
    errors: Annotated[
        Path | None, typer.Option(metavar="FILE", help="YAML or JSON: dev: {error: .1, n: 500}; human levels, too.")
    ] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME", help="Diagnose this one of several.")] = None,
    metric: Annotated[
        str, typer.Option(help="What models are ranked by: error, f1, weighted_error, a scorer of scikit-learn.")
    ] = "error",
    satisfice: Annotated[
        list[str] | None, typer.Option(metavar="THRESHOLD", help="'latency_ms <= 1000'; may be repeated.")
    ] = None,
    positive: Annotated[
        str | None, typer.Option(metavar="LABEL", help="The label that precision, recall and f1 are about.")
    ] = None,
    weight: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL=W", help="What a label, or COLUMN:VALUE, counts in weighted_error; repeatable."),
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="COLUMN", help="Average the metric over a column's groups.")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="Which version; the published one by default.")] = None,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="DIR", help="Where the page of --errors alone goes; the store, or here."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers for programs.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show tracebacks and Prefect's own log.")] = False,
) -> None:
    """Say what a model's errors consist of, and the one thing to do next; or that more rows would tell.

    Each look at dev is counted in the store.

    Example: matchset diagnose matchset.yaml --predictions predictions.parquet
    """
    with told(verbose):
        import json

        from tasks.errors import ConfigError

        if predictions is None and errors is None:
            raise ConfigError("diagnose: name a file with --predictions, or one with --errors")
        if predictions is not None and config is None:
            raise ConfigError("diagnose: --predictions needs the configuration whose store they were made on")
        if predictions is None:
            assert errors is not None  # noqa: S101 - refused above
            from flows.diagnose_rates import diagnose_rates

            found = diagnose_rates(errors, report=_place(config, version, model, report), model=model or "model")
        else:
            from flows.diagnose_model import Judging, diagnose_model

            judging = Judging(metric, tuple(satisfice or ()), positive, by, _weights(weight or ()), model, version)
            given = None if errors is None else str(errors)
            found = diagnose_model(str(config), str(predictions), given, judging)
        typer.echo(json.dumps(found.values, indent=2) if as_json else found.text)


def _place(config: Path | None, version: int | None, model: str | None, report: Path | None) -> Path:
    """Return where the page of rates goes: where somebody says, else into the store that a configuration names."""
    if report is not None or config is None:
        return report or Path("matchset-diagnosis")
    from flows.published import find_version
    from tasks.config.load import load_config, with_secrets
    from tasks.diagnose import folder_name

    return find_version(with_secrets(load_config(config)), version).diagnosis / folder_name(model or "rates")


def _weights(given: list[str] | tuple[()]) -> dict[str, float]:
    from tasks.errors import ConfigError

    found = {}
    for text in given:
        name, _, value = text.rpartition("=")
        try:
            found[name] = float(value)
        except ValueError:
            found[name] = -1.0
        if not name or not 0 <= found[name] < float("inf"):
            raise ConfigError(
                f"--weight: LABEL=W or COLUMN:VALUE=W wanted with W of 0 or more, such as offensive=10; found {text!r}"
            )
    return found
