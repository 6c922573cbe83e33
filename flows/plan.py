"""The plan of a build: what the inputs hold, and which sizes can be met. Reads heads only, writes nothing."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from expectations.limits import SHORTFALL
from flows.inventory import Inventory, take_inventory
from flows.places import insist_on_places
from flows.plan_embeddings import embedding_lines
from tasks.catalog.labels import configured_labels
from tasks.catalog.remote import shown
from tasks.config.dataset import DatasetConfig
from tasks.config.inputs import LabelKind
from tasks.config.load import with_secrets
from tasks.config.splits import Size
from tasks.errors import PolicyError, SplitError
from tasks.noise.fitting import FEWEST_ROWS
from tasks.sources.kinds import agreed_types
from tasks.splitting.advice import advice, detectable_lines, shortfall_lines
from tasks.splitting.sizes import SizePlan, plan_sizes
from tasks.splitting.two_options import Part, two_options


def plan(config: DatasetConfig) -> str:
    """Return the plan as text.

    Raises
    ------
    InputError
        When an input cannot be listed, or a folder of recordings is missing.
    PolicyError
        When the policy that is named is missing or wrong, or there is too little to fit one to.
    SplitError
        When the sizes asked for cannot be met.
    """
    config = with_secrets(config)
    insist_on_places(config)
    types = agreed_types(config.inputs, modality=config.modality)
    labels = configured_labels(config.inputs)
    inventories = [take_inventory(source, labels, modality=config.modality, types=types) for source in config.inputs]
    target = [entry for entry in inventories if entry.source.domain == "target"]
    atoms = np.array([rows for entry in target for rows in entry.atom_rows()], np.int64)
    drawn_from = {split: _atoms_of(target, size) for split, size in _wanted(config, "dev", "test").items()}
    judged: dict[str, SizePlan] = {}
    for split, size in _wanted(config, "dev", "test").items():
        judged |= plan_sizes({split: size}, drawn_from[split])
    sizes = judged | plan_sizes(_wanted(config, "train-dev"), _training_atoms(config, inventories, judged))
    _refuse_too_many(sizes, _wanted(config, "dev", "test"), target)
    _refuse_no_train(sizes, config, inventories)
    fitted_to = _fitted_to(sizes, config, inventories)
    lines = [f"{config.name}: {config.modality}, seed {config.seed}, store {shown(config.store)}", "", "inputs"]
    for entry in inventories:
        lines += entry.lines()
    lines += embedding_lines(config, {entry.source.name: entry.ids for entry in inventories})
    lines += ["", "splits (groups are counted; near-duplicates are known once the records have been read)"]
    lines += [_size_line(size) for size in sizes.values()]
    lines += shortfall_lines(judged, drawn_from, SHORTFALL)
    lines += _apart(config)
    lines += ["", "what these sizes can show", *detectable_lines(judged)]
    lines += _errors_of(labels.kind, target, judged)
    lines += ["", "advice", *advice(judged, atoms)]
    lines += ["", *_two_options(config, inventories, sizes)]
    lines += [
        "",
        f"synthesis: {config.synthesis.copies:g} copies per source record in train, policy {config.synthesis.policy}"
        + fitted_to,
    ]
    return "\n".join(lines)


def _wanted(config: DatasetConfig, *splits: str) -> dict[str, Size]:
    return {split: size for split, size in config.splits.sized.items() if split in splits}


def _atoms_of(target: list[Inventory], size: Size) -> npt.NDArray[np.int64]:
    """Return the rows of each atom that a split is drawn from: of all target inputs, or of those it is forced to."""
    return np.array(
        [
            rows
            for entry in target
            if size.inputs is None or entry.source.name in size.inputs
            for rows in entry.atom_rows()
        ],
        np.int64,
    )


def _training_atoms(
    config: DatasetConfig, inventories: list[Inventory], judged: dict[str, SizePlan]
) -> npt.NDArray[np.float64]:
    """Return the rows of each atom for training; of each target atom the part that joins train on average."""
    source = [rows for entry in inventories if entry.source.domain == "source" for rows in entry.atom_rows()]
    target = [rows for entry in inventories if entry.source.domain == "target" for rows in entry.atom_rows()]
    share = max(0, _joins(config, inventories, judged)) / max(1, sum(target))
    return np.array([*source, *(rows * share for rows in target)], np.float64)


def _refuse_too_many(sizes: dict[str, SizePlan], wanted: dict[str, Size], target: list[Inventory]) -> None:
    taken: dict[tuple[str, ...] | None, tuple[int, str]] = {}
    for split, size in wanted.items():
        drawn_from = [entry for entry in target if size.inputs is None or entry.source.name in size.inputs]
        used, after = taken.get(size.inputs, (0, ""))
        left, rows = sum(entry.rows for entry in drawn_from) - used, sizes[split].rows
        if rows > left:
            names = " and ".join(repr(entry.source.name) for entry in drawn_from)
            raise SplitError(
                f"splits.{split}: {rows:,} rows wanted, but input {names} leaves {left:,} rows{after}. "
                f"Lower splits.{split} to {left:,} or add target data."
            )
        taken[size.inputs] = used + rows, f" after {split}"


def _refuse_no_train(sizes: dict[str, SizePlan], config: DatasetConfig, inventories: list[Inventory]) -> None:
    joins = _joins(config, inventories, sizes)
    left = sum(entry.rows for entry in inventories if entry.source.domain == "source") + joins
    wanted = sizes["train-dev"].rows if "train-dev" in sizes else 0
    if wanted >= left:
        raise SplitError(
            f"splits.train_dev: {wanted:,} rows wanted, but there are {left:,} rows for training, and some must stay "
            f"there. Lower splits.train_dev well below {left:,} or add source data."
        )


def _fitted_to(sizes: dict[str, SizePlan], config: DatasetConfig, inventories: list[Inventory]) -> str:
    """Say what a policy will be fitted to, and refuse a fit to too few records."""
    if config.synthesis.policy != "fitted":
        return ""
    joins, dev = _joins(config, inventories, sizes), sizes["dev"].rows
    if joins >= FEWEST_ROWS:
        return " to the target records in train"
    if joins or dev // 2 < FEWEST_ROWS:
        found = f"{joins:,} target rows join train" if joins else f"no target row joins train, and dev has {dev:,} rows"
        raise PolicyError(
            f"synthesis.policy: fitted needs {FEWEST_ROWS} target rows in train, or none there and {2 * FEWEST_ROWS} "
            f"in dev, whose half then serves the fit; {found}. Leave more of the target to train, or set "
            f"synthesis.policy to default."
        )
    return f" to one half of dev, as no target record joins train; the gap is measured on the other {dev - dev // 2:,}"


def _joins(config: DatasetConfig, inventories: list[Inventory], sizes: dict[str, SizePlan]) -> int:
    """Count the target rows that join train."""
    left = sum(entry.rows for entry in inventories if entry.source.domain == "target")
    left -= sum(sizes[split].rows for split in ("dev", "test") if split in sizes)
    share = {"rest": 1.0, "none": 0.0}.get(str(config.splits.target_in_train))
    return round(left * (float(config.splits.target_in_train) if share is None else share))


def _size_line(size: SizePlan) -> str:
    grouped = size.design_effect > 1.005
    worth = (
        f", in groups worth {size.worth:,} independent ones (design effect {size.design_effect:.3g})" if grouped else ""
    )
    return (
        f"  {size.split:<10} {size.rows:>8,} rows{worth}: an error of {size.expected_error:.0%} is measured to "
        f"+-{100 * size.margin:.1f} points ({size.confidence:.0%} confidence)"
    )


def _errors_of(kind: LabelKind, target: list[Inventory], judged: dict[str, SizePlan]) -> Iterator[str]:
    """Say what an error is where a record has no single class."""
    if kind == "number":
        yield "  the label is a number: an error is the share of answers that you count as wrong, such as those that"
        yield "  are 10 % off. How well a mean error is known depends on how errors scatter, which only a model tells."
    if kind == "several":
        rows = max(1, sum(entry.rows for entry in target))
        shares = {name: sum(entry.annotated[name] for entry in target) / rows for name in dict(target[0].annotated)}
        name, share = min(shares.items(), key=lambda item: item[1])
        worth = ", ".join(f"{round(plan.rows * share):,} of {split}'s rows" for split, plan in judged.items())
        yield "  an error is one label's, and counts the rows in which that label is annotated;"
        yield f"  {name} is annotated least: in about {worth}"


def _apart(config: DatasetConfig) -> Iterator[str]:
    """Say what comes of dev and test that are drawn from different inputs."""
    named = {split: size.inputs for split, size in _wanted(config, "dev", "test").items()}
    if len({None if inputs is None else frozenset(inputs) for inputs in named.values()}) > 1:
        told = [f"from {', '.join(inputs or ('all target inputs',))}" for inputs in named.values()]
        yield f"  dev is drawn {told[0]} and test {told[1]}: a build is refused if these differ"


def _two_options(config: DatasetConfig, inventories: list[Inventory], sizes: dict[str, SizePlan]) -> Iterator[str]:
    rows = {d: sum(e.rows for e in inventories if e.source.domain == d) for d in ("source", "target")}
    dev, test = (sizes[split].rows if split in sizes else 0 for split in ("dev", "test"))
    options = two_options(rows["source"], rows["target"], dev, test, _joins(config, inventories, sizes))

    def said(part: Part) -> str:
        return f"{part.source:,} source + {part.target:,} target"

    yield "two options"
    yield (
        f"  1 shuffle all     train {said(options.shuffled_train)} | dev {said(options.shuffled_dev)} "
        f"| test {said(options.shuffled_test)}"
    )
    yield (
        f"  2 target judged   train {said(options.targeted_train)} | dev {said(options.targeted_dev)} "
        f"| test {said(options.targeted_test)}"
    )
    yield "  Matchset takes option 2: dev and test then stand for what users will send."
