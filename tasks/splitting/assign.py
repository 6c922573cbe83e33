"""Every record gets its split, or a reason why it has none: ledger first, then dev and test, then train-dev."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tasks.catalog.labels import label_array
from tasks.catalog.ledger import settle
from tasks.catalog.schema import ASSIGNMENTS, LEDGER
from tasks.config.splits import Size, Splits
from tasks.errors import SplitError
from tasks.splitting.blocks import Blocks
from tasks.splitting.described import descriptor_matrix, matrix_blocks
from tasks.splitting.label_strata import with_ranks
from tasks.splitting.matched import match_splits
from tasks.splitting.refusal import NUMBERS
from tasks.splitting.sizes import SizePlan, plan_sizes
from tasks.splitting.train_dev import draw_train_dev

DROPPED = pa.schema(
    [
        pa.field("record_id", pa.string(), nullable=False),
        pa.field("atom", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),  # one of WHY_DROPPED
    ]
)
"""Records that are sound but in no split."""

WHY_DROPPED: dict[str, str] = {
    "repeats_dev": "A source record of an atom in dev: training on it would be training on dev.",
    "repeats_test": "A source record of an atom in test: training on it would be training on test.",
    "left_out": "A target record that dev and test leave, and that splits.target_in_train keeps out of train.",
    "incident": "Its atom newly ties together two splits of the ledger; the training side gives way.",
}
"""Reason -> what it means."""


@dataclass(frozen=True)
class Assigned:
    """What `assign_splits` found."""

    assignments: pa.Table
    """ASSIGNMENTS, ordered by record id."""
    dropped: pa.Table
    """DROPPED, ordered by record id."""
    sizes: Mapping[str, SizePlan]
    """Split -> what was asked for."""
    incidents: int
    """Records that the ledger's incidents leave without a split."""


def assign_splits(catalog: pa.Table, ledger: pa.Table | None, splits: Splits, *, seed: int, where: str) -> Assigned:
    """Assign each record of the catalog to a split.

    Parameters
    ----------
    catalog : pa.Table, n rows
        Columns record_id, input, domain, label (or one a label), atom, content_hash, and descriptors.
    ledger : pa.Table or None
        LEDGER: what is decided already, for ever.
    splits : Splits
        The sizes asked for.
    seed : int
    where : str
        What the target is called in messages: `input 'app'`.

    Raises
    ------
    SplitError
        When more rows are wanted than there are, and no version has been published yet. Later on the ledger's
        assignments stand, so that a shortfall is measured and reported instead.

    Notes
    -----
    Invariants: each record is in one split or dropped with a reason; no atom is in two splits; dev and test hold target
    records only; what the ledger assigned does not move; neither the order of rows nor the names of labels matter.
    """
    n = catalog.num_rows
    names, atoms = _codes(catalog["atom"])
    labels = label_array(catalog)
    is_target = np.asarray(catalog["domain"].to_numpy() == "target")
    settled = settle(
        catalog["record_id"],
        catalog["atom"],
        catalog["content_hash"],
        LEDGER.empty_table() if ledger is None else ledger,
        domain=catalog["domain"],
    )
    split, fresh = settled.split.copy(), settled.fresh
    reason = np.full(n, "", object)
    reason[settled.incident] = "incident"
    for name in ("dev", "test"):
        reason[settled.repeats == name] = f"repeats_{name}"

    wanted = {name: size for name, size in splits.sized.items() if name != "train-dev"}
    plans: dict[str, SizePlan] = {}
    described = descriptor_matrix(catalog)
    blocks = matrix_blocks(catalog, described.shape[1])
    for inputs, together in _drawn_together(wanted).items():
        drawn_from = is_target & _of_inputs(catalog, inputs, atoms, is_target)
        plans |= plan_sizes({name: wanted[name] for name in together}, np.bincount(atoms[drawn_from]))
        pool = np.flatnonzero(drawn_from & (reason == ""))
        held = _held(split[pool], fresh[pool] & (split[pool] == ""), {name: NUMBERS[name] for name in together})
        sizes = {name: plans[name] for name in together}
        drawn = match_splits(
            described[pool],
            with_ranks(labels[pool]),
            atoms[pool],
            {name: plan.rows for name, plan in sizes.items()} if ledger is None else _reachable(sizes, held),
            seed=seed,
            keys=_present(names, atoms[pool]),
            held=held,
            blocks=blocks,
            where="input " + " and ".join(map(repr, inputs)) if inputs else where,
        )
        for name in together:
            split[pool[(drawn == NUMBERS[name]) & (held < 0)]] = name
    for name in ("dev", "test"):
        tied = np.isin(atoms, atoms[split == name]) & (split == "") & (reason == "")
        reason[tied & ~is_target] = f"repeats_{name}"
        split[tied & is_target] = name

    rest = np.flatnonzero(fresh & is_target & (split == ""))
    kept_out = ~_joins_train(splits.target_in_train, described[rest], labels[rest], atoms[rest], names, seed, blocks)
    reason[rest[kept_out]] = "left_out"
    split[fresh & (split == "") & (reason == "")] = "train"

    if "train-dev" in splits.sized:
        training = np.flatnonzero(np.isin(split, ("train", "train-dev")))
        plan = plan_sizes({"train-dev": splits.sized["train-dev"]}, np.bincount(atoms[training], minlength=len(names)))
        plans |= plan
        held = _held(split[training], fresh[training], {"train-dev": 1})
        wanted_rows = plan["train-dev"].rows
        if ledger is not None:
            wanted_rows = _reachable({"dev": plan["train-dev"]}, held, spare=1)["dev"]
        if wanted_rows:
            held_out = draw_train_dev(
                described[training],
                labels[training],
                is_target[training].astype(np.int64),
                atoms[training],
                wanted_rows,
                seed=seed,
                keys=_present(names, atoms[training]),
                held=held,
                blocks=blocks,
            )
            split[training[held_out & (held < 0)]] = "train-dev"
    if not (split == "train").any():
        raise SplitError(_nothing_to_train_on(reason, split))
    return Assigned(_assigned(catalog, split), _dropped(catalog, reason), plans, int(settled.incident.sum()))


def _nothing_to_train_on(reason: npt.NDArray[np.object_], split: npt.NDArray[np.object_]) -> str:
    found = [f"{np.count_nonzero(split == name):,} in {name}" for name in ("train-dev", "dev", "test")]
    found += [
        f"{np.count_nonzero(reason == why):,} {why}: {WHY_DROPPED[why]}" for why in WHY_DROPPED if (reason == why).any()
    ]
    return (
        f"train: no record is left for it, of {len(split):,}; found {'; '.join(found)} Name smaller groups in the "
        "inputs' `group`, lower the sizes in `splits`, or, if groups were named after the first build, build anew."
    )


def _drawn_together(sizes: Mapping[str, Size]) -> dict[tuple[str, ...], list[str]]:
    """Return which splits are drawn from the same inputs, and are matched therefore; no inputs stand for all."""
    together: dict[tuple[str, ...], list[str]] = {}
    for name, size in sizes.items():
        together.setdefault(tuple(sorted(size.inputs or ())), []).append(name)
    return together


def _of_inputs(
    catalog: pa.Table, inputs: tuple[str, ...], atoms: npt.NDArray[np.int64], is_target: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Tell the records whose atom has target records of these inputs only."""
    if not inputs:
        return np.ones(len(atoms), bool)
    others = is_target & ~np.isin(catalog["input"].to_numpy().astype(str), inputs)
    return ~np.isin(atoms, atoms[others])


def _held(
    split: npt.NDArray[np.object_], fresh: npt.NDArray[np.bool_], codes: Mapping[str, int]
) -> npt.NDArray[np.int64]:
    """Return what is decided already: the codes of some splits, 0 for all others, -1 where a record is to be drawn."""
    held = np.where(fresh, -1, 0)
    for name, code in codes.items():
        held[~fresh & (split == name)] = code
    return held


def _reachable(plans: Mapping[str, SizePlan], held: npt.NDArray[np.int64], spare: int = 0) -> dict[str, int]:
    """Lower sizes to what new records can fill: what the ledger gave to train stays there, and a check says so."""
    sizes, rows = {}, max(0, int((held < 0).sum()) - spare)
    for name, code in (("dev", 1), ("test", 2)):
        if name in plans:
            already = int((held == code).sum())
            more = min(max(0, plans[name].rows - already), rows)
            sizes[name] = already + more
            rows -= more
    return sizes


def _joins_train(
    share: str | float,
    described: npt.NDArray[np.float32],
    labels: npt.NDArray[np.generic],
    atoms: npt.NDArray[np.int64],
    names: list[str],
    seed: int,
    blocks: Blocks,
) -> npt.NDArray[np.bool_]:
    if share in ("rest", "none"):
        return np.full(len(labels), share == "rest")
    wanted = round(float(share) * len(labels))
    keys = _present(names, atoms)
    told = with_ranks(labels)
    drawn = match_splits(described, told, atoms, {"dev": wanted}, seed=seed + 1, keys=keys, blocks=blocks)
    return np.asarray(drawn == 1)


def _codes(column: pa.ChunkedArray) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Return the distinct values in ascending order, and each row's position among them; -1 for null."""
    values = column.to_numpy()
    known = np.array([value is not None for value in values], bool)
    distinct, inverse = np.unique(values[known].astype(str), return_inverse=True)
    codes = np.full(len(values), -1, np.int64)
    codes[known] = inverse
    return distinct.tolist(), codes


def _present(names: list[str], atoms: npt.NDArray[np.int64]) -> list[str]:
    return [names[code] for code in np.unique(atoms).tolist()]


def _assigned(catalog: pa.Table, split: npt.NDArray[np.object_]) -> pa.Table:
    chosen = catalog.select(["record_id", "atom"]).append_column("split", pa.array(split.tolist(), pa.string()))
    return chosen.filter(pa.array(split != "")).cast(ASSIGNMENTS).sort_by("record_id")


def _dropped(catalog: pa.Table, reason: npt.NDArray[np.object_]) -> pa.Table:
    chosen = catalog.select(["record_id", "atom"]).append_column("reason", pa.array(reason.tolist(), pa.string()))
    return chosen.filter(pa.array(reason != "")).cast(DROPPED).sort_by("record_id")
