"""`matchset baseline`: train the first system on a published version, and print what its errors say."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.endings import told

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="The configuration, usually matchset.yaml.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="baseline")(baseline)


def baseline(
    config: Config,
    curve: Annotated[
        bool, typer.Option("--curve", help="Error against rows of training: is there data enough?")
    ] = False,
    wanted: Annotated[
        float | None, typer.Option(metavar="ERROR", help="How many rows would bring this error: .02; with --curve.")
    ] = None,
    transfer: Annotated[
        bool, typer.Option("--transfer", help="Pretrain on the source, fine-tune on the target, and compare.")
    ] = False,
    advice: Annotated[
        bool, typer.Option("--advice", help="Only what counts of labels advise; trains nothing.")
    ] = False,
    test: Annotated[bool, typer.Option("--test", help="Judge on test too: each time spends some of it.")] = False,
    version: Annotated[int | None, typer.Option(min=1, help="Which version; the published one by default.")] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Shards at a time; as many as there are cores by default.")
    ] = None,
    overrides: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Change a setting for this run: --set seed=8")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show tracebacks and Prefect's own log.")] = False,
) -> None:
    """Train a small model on the published data, and say what its errors say: the ladder, in minutes.

    Writes its predictions and a page into the store's diagnosis folder.

    Example: matchset baseline matchset.yaml --curve --wanted .02
    """
    with told(verbose):
        from tasks.config.load import load_config
        from tasks.errors import ConfigError

        if wanted is not None and not curve:
            raise ConfigError("--wanted: it asks the learning curve; add --curve")
        if wanted is not None and not wanted > 0:
            raise ConfigError(f"--wanted: an error above 0 wanted, such as .02, found {wanted:g}")
        if advice and (curve or transfer or test):
            raise ConfigError("--advice: it trains nothing; leave out --curve, --transfer and --test")
        settings = load_config(config, overrides or ())
        if advice:
            typer.echo(_advise(settings, version))
            return
        began = time.monotonic()
        from tasks.workers import prepare_workers

        prepare_workers()
        from flows.run_baseline import Asked, run_baseline
        from flows.runners import find_runner

        asked = Asked(version, test, curve, wanted, transfer)
        found = run_baseline.with_options(task_runner=find_runner("threads", workers))(settings, asked)
        typer.echo("\n".join([*tell(found.result), *_places(found.folder), f"{time.monotonic() - began:.0f} s"]))


def tell(result: Mapping[str, Any]) -> list[str]:
    """Return lines for the terminal."""
    from tasks.report.baseline import ABOUT, LANES
    from tasks.report.baseline_words import (
        advice_words,
        curve_words,
        error_words,
        next_words,
        points_words,
        span_words,
        synthesis_words,
        test_words,
        transfer_words,
    )

    first = result["first"]
    kind = first["kind"]
    model = "a small network" if result["first"]["judge"] == "network" else "a small model"
    lines = [f"{result['name']}: {model} on version {result['version']:06d}"]
    for lane, ladder in first["ladders"].items():
        lines += ["", LANES[lane]]
        for name, rate in ladder["levels"].items():
            step = next((link for link in ladder["links"] if link["upper"] == name), None)
            said = ""
            if step is not None:
                ends = span_words(step["ci_low"], step["ci_high"], kind)
                said = f"  {step['name']} {points_words(step['gap'], kind)} {ends}"
            lines.append(f"  {name:<10}{error_words(rate['error'], kind):>9}  {rate['n']:>7,} rows{said}")
    if "test" in result["looks"]:
        lines += ["", test_words(result["looks"]["test"])]
    lines += ["", next_words(first["ladders"]["published"]), synthesis_words(result)]
    for name, curve in result.get("curve", {}).get("curves", {}).items():
        lines += ["", *curve_words(curve, kind, about=ABOUT[name])]
    if "transfer" in result:
        lines += ["", *transfer_words(result["transfer"])]
    else:
        lines += ["", *advice_words(result["advice"])]
    return [*lines, ""]


def _places(folder: Path) -> list[str]:
    return [f"predictions  {folder / 'predictions.parquet'}", f"page         {folder / 'index.html'}"]


def _advise(settings: Any, version: int | None) -> str:
    from flows.published import find_version
    from tasks.config.load import with_secrets
    from tasks.modalities.label_counts import advise, read_counted
    from tasks.report.baseline_words import advice_words

    found = find_version(with_secrets(settings), version)
    return "\n".join(advice_words(advise(read_counted(found.manifest.path))))
