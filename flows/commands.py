"""The commands: thin; each imports what it needs, so that --help is instant."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows import reviewing
from flows.baselining import register as register_baseline
from flows.diagnosing import register as register_diagnose
from flows.endings import told

app = typer.Typer(
    name="matchset",
    help="Build the data to train and judge on, when the data you can get is not the data your users will send.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done and valid; 1 failed; 2 wrong usage or configuration; 3 built, but a critical check "
    "failed, so nothing was published; or what compare --fail-on names.",
)
app.add_typer(reviewing.errors, name="errors")
app.add_typer(reviewing.labels, name="labels")
app.add_typer(reviewing.human, name="human")

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="The configuration, usually matchset.yaml.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Change a setting for this run: --set splits.dev.rows=300"),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show tracebacks and Prefect's own log.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Shards at a time; as many as there are cores by default.")]


class ModalityName(StrEnum):
    """What a record is."""

    image = "image"
    audio = "audio"
    tabular = "tabular"


class Runner(StrEnum):
    """What runs the shards."""

    threads = "threads"
    processes = "processes"
    dask = "dask"


class FailOn(StrEnum):
    """Which answers of a comparison are a failure."""

    never = "never"
    different = "different"
    undecided = "undecided"


class DemoName(StrEnum):
    """The demos."""

    digits = "digits"
    loans = "loans"


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where to write it.")] = Path(),
    modality: Annotated[ModalityName, typer.Option(help="What a record is.")] = ModalityName.image,
    verbose: Verbose = False,
) -> None:
    """Write a commented matchset.yaml to start from.

    Example: matchset init mydata --modality audio
    """
    with told(verbose):
        from flows.template import write_template

        path = write_template(folder, modality.value)
        typer.echo(f"Wrote {path}. Point its two inputs at your folders, then: matchset check {path}")


@app.command()
def check(config: Config, overrides: Overrides = None, verbose: Verbose = False) -> None:
    """Read the configuration and the inputs' heads, print the plan, and run nothing.

    Example: matchset check matchset.yaml
    """
    with told(verbose):
        from flows.plan import plan
        from tasks.config.load import load_config

        typer.echo(plan(load_config(config, overrides or ())))


@app.command()
def preview(
    config: Config,
    policy: Annotated[
        str | None,
        typer.Option(metavar="FILE|default|none|fitted", help="Which policy; by default the configuration's."),
    ] = None,
    rows: Annotated[int, typer.Option(min=1, max=100, help="Source records to show.")] = 12,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Other draws of other records; by default the configuration's.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page to write.")] = Path("matchset-preview.html"),
    overrides: Overrides = None,
    verbose: Verbose = False,
) -> None:
    """Show what a policy does to some source records, on one page, in seconds; builds nothing.

    Example: matchset preview matchset.yaml --policy default --rows 20
    """
    with told(verbose):
        from flows.preview import run_preview
        from tasks.config.load import load_config

        typer.echo(run_preview(load_config(config, overrides or ()), policy, rows=rows, seed=seed, out=out))


@app.command()
def fit(
    config: Config,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Copy the policy there, to read and to edit.")
    ] = None,
    runner: Annotated[Runner, typer.Option(help="What runs the shards.")] = Runner.threads,
    workers: Workers = None,
    overrides: Overrides = None,
    verbose: Verbose = False,
) -> None:
    """Fit a noise policy to the target and prove it on dev; publish nothing.

    A build afterwards goes on from there.

    Example: matchset fit matchset.yaml --out policy.yaml
    """
    with told(verbose):
        from flows.running import run_fit
        from tasks.config.load import load_config

        typer.echo(run_fit(load_config(config, overrides or ()), runner=runner.value, workers=workers, out=out))


@app.command()
def build(
    config: Config,
    runner: Annotated[Runner, typer.Option(help="What runs the shards.")] = Runner.threads,
    workers: Workers = None,
    overrides: Overrides = None,
    verbose: Verbose = False,
) -> None:
    """Run the main job: ingest, split, synthesize, measure, judge, publish.

    Example: matchset build matchset.yaml --runner processes --set seed=8
    """
    with told(verbose):
        from tasks.config.load import load_config

        _build(config, runner.value, workers, load_config(config, overrides or ()), verbose)


@app.command()
def redraw(
    config: Config,
    reason: Annotated[str, typer.Option(help="Why. The ledger and every later report keep it.")],
    from_train: Annotated[
        bool, typer.Option("--from-train", help="Draw from target records in train too: retrain before you compare.")
    ] = False,
    runner: Annotated[Runner, typer.Option(help="What runs the shards.")] = Runner.threads,
    workers: Workers = None,
    overrides: Overrides = None,
    verbose: Verbose = False,
) -> None:
    """Build with dev and test drawn anew: the only way to change what they hold.

    Draws from what was in dev and test and from target records that were never in train. Rejected, it changes nothing.

    Example: matchset redraw matchset.yaml --reason "a third phone is on sale"
    """
    with told(verbose):
        from tasks.config.load import load_config
        from tasks.config.redraw import asked_for

        wish = asked_for(reason, from_train=from_train)
        _build(config, runner.value, workers, load_config(config, overrides or ()), verbose, wish)


@app.command()
def report(
    place: Annotated[str, typer.Argument(metavar="CONFIG|STORE", help="A configuration, or a store's folder or URL.")],
    version: Annotated[int | None, typer.Option(min=1, help="Which version; the published one by default.")] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the report on 127.0.0.1 until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to serve on; 0 takes a free one.")] = 0,
    verbose: Verbose = False,
) -> None:
    """Print the verdict and where the report is, or serve it.

    Example: matchset report matchset.yaml --serve
    """
    with told(verbose):
        from flows.reporting import find_report, serve_folder, tell

        found = find_report(place, version)
        typer.echo(tell(found))
        if serve:
            serve_folder(found.folder, port)


@app.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A CSV or Parquet file, a folder, or STORE[@VERSION]:SPLIT.")],
    b: Annotated[str, typer.Argument(metavar="B", help="What to compare it with; of the same kind.")],
    atoms: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Of tables: the column that says which rows belong together.")
    ] = None,
    group: Annotated[
        str | None, typer.Option(metavar="REGEX", help="Of files: which belong together, such as '(?P<group>w\\d+)_'.")
    ] = None,
    label: Annotated[str | None, typer.Option(metavar="COLUMN", help="Of tables: the column of labels.")] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMNS", help="Leave columns out: --ignore id,day; may be repeated.")
    ] = None,
    margin: Annotated[float, typer.Option(help="Up to which a difference does not matter.")] = 0.10,
    seed: Annotated[int, typer.Option(min=0, help="Same data, same seed: same numbers.")] = 1,
    limit: Annotated[int | None, typer.Option(min=1, metavar="ROWS", help="Compare so many rows a side.")] = None,
    report_folder: Annotated[Path, typer.Option("--report", metavar="DIR", help="Where to write the page.")] = Path(
        "matchset-compare"
    ),
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the numbers too: .parquet, .csv or .json.")
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option(help="Exit 3 when A and B are different; or unless they are equivalent: undecided.")
    ] = FailOn.never,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that describe files; as many as there are cores by default.")
    ] = None,
    verbose: Verbose = False,
) -> None:
    """Compare any two tables, folders of images or sounds, or splits, as builds compare splits.

    Tells whether they are different, equivalent within the margin, or neither is known; writes a page that shows why.

    Example: matchset compare store:train store:dev --report train-dev
    """
    with told(verbose):
        from flows.comparable import Options
        from flows.compare_samples import run_compare, wish

        options = Options(wish(atoms, label, ignore or ()), group, margin, seed, limit, workers)
        state, found = run_compare(a, b, options, report=report_folder, out=out)
        typer.echo(found)
        if (fail_on is FailOn.different and state == "different") or (
            fail_on is FailOn.undecided and state != "equivalent"
        ):
            raise typer.Exit(3)


@app.command()
def schema(verbose: Verbose = False) -> None:
    """Print the JSON schema of the configuration, for editors and programs.

    Example: matchset schema > matchset.schema.json
    """
    with told(verbose):
        import json

        from tasks.config.dataset import DatasetConfig

        typer.echo(json.dumps(DatasetConfig.model_json_schema(), indent=2))


@app.command()
def demo(
    name: Annotated[DemoName, typer.Argument(help="Which demo.")] = DemoName.digits,
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Default: ./matchset-demo/NAME")] = None,
    runner: Annotated[Runner, typer.Option(help="What runs the shards.")] = Runner.threads,
    workers: Workers = None,
    verbose: Verbose = False,
) -> None:
    """Run the main job on real data that comes with the installed packages.

    Leaves data, matchset.yaml and store in DIR to play with.

    Example: matchset demo digits
    """
    with told(verbose):
        from flows.demo import write_demo
        from tasks.config.load import load_config

        path = write_demo(name.value, folder or Path("matchset-demo") / name.value)
        _build(path, runner.value, workers, load_config(path), verbose)
        typer.echo(f"Change {path} as you like, then: matchset build {path}")


register_baseline(app)
register_diagnose(app)


def _build(path: Path, runner: str, workers: int | None, config: object, verbose: bool, redraw: object = None) -> None:
    from flows.running import run_build

    said = run_build(config, runner=runner, workers=workers, verbose=verbose, redraw=redraw)  # type: ignore[arg-type]
    typer.echo(said)
