"""What is tied into atoms: how many, by what, and the largest of them."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LARGEST = 5
"""Atoms that are listed one by one."""
GIANT = {True: 0.1, False: 0.02}
"""Share of all records from which on an atom with and without a group is pointed out: twenty speakers are no surprise,
and look-alikes alone should not tie more than a fiftieth."""

TIES = {"group": "a group", "exact": "equal content", "near": "near-duplicates"}
"""Kind of tie -> in words."""


@dataclass(frozen=True)
class TiedBy:
    """How many atoms of several records are tied in one way; `ties` is in words."""

    ties: str
    atoms: int
    records: int


@dataclass(frozen=True)
class LargeAtom:
    """One of the largest atoms: its name, its records, what ties them, and how many of them are in which split."""

    name: str
    records: int
    share: float
    ties: str
    groups: tuple[str, ...]
    splits: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class AtomsFound:
    """What moves between splits as a whole.

    Parameters
    ----------
    records, atoms : int
        How many there are.
    groups : int
        How many groups the records name.
    largest_rows : int
        Records of the largest atom.
    kinds : tuple of TiedBy
        Atoms of several records by what ties them, most records first.
    largest : tuple of LargeAtom
        The largest atoms of several records.
    """

    records: int
    atoms: int
    groups: int = 0
    largest_rows: int = 1
    kinds: tuple[TiedBy, ...] = ()
    largest: tuple[LargeAtom, ...] = ()

    @property
    def several(self) -> TiedBy:
        """All atoms of several records together."""
        return TiedBy("", sum(kind.atoms for kind in self.kinds), sum(kind.records for kind in self.kinds))

    @property
    def giants(self) -> tuple[LargeAtom, ...]:
        """Those of the largest that hold more of all records than they should, and more than two."""
        return tuple(atom for atom in self.largest if atom.share > GIANT[bool(atom.groups)] and atom.records > 2)


def find_atoms(catalog: pa.Table, pairs: pa.Table, splits: pa.Table) -> AtomsFound:
    """Say what ties records into atoms.

    Parameters
    ----------
    catalog : pa.Table, n rows
        Columns record_id, atom, group: all records, those too that are in no split.
    pairs : pa.Table
        Columns first, second (record ids) and kind (`exact` or `near`): what was tied.
    splits : pa.Table
        Columns record_id and split.

    Returns
    -------
    AtomsFound
    """
    atoms = catalog["atom"].combine_chunks().dictionary_encode()
    codes, names = atoms.indices.to_numpy(), atoms.dictionary.to_pylist()
    sizes = np.bincount(codes, minlength=len(names))
    groups = catalog["group"].to_pylist()
    shared = Counter((code, group) for code, group in zip(codes.tolist(), groups, strict=True) if group is not None)
    ties: dict[int, set[str]] = {}
    for (code, _), records in shared.items():
        if records > 1:
            ties.setdefault(code, set()).add("group")
    places = pc.index_in(pairs["first"], value_set=catalog["record_id"].combine_chunks()).to_numpy()
    for code, kind in zip(codes[places].tolist(), pairs["kind"].to_pylist(), strict=True):
        ties.setdefault(code, set()).add(kind)
    for (code, _), records in shared.items():
        if records == sizes[code]:
            ties[code] = {"group"}  # the group alone would do
    worded = {code: " and ".join(word for kind, word in TIES.items() if kind in found) for code, found in ties.items()}
    several = np.flatnonzero(sizes > 1)
    counted, held = Counter[str](), Counter[str]()
    for code in several.tolist():
        counted[worded.get(code, "")] += 1
        held[worded.get(code, "")] += int(sizes[code])
    kinds = tuple(TiedBy(word, counted[word], records) for word, records in sorted(held.items(), key=_most_first))
    first = sorted(several.tolist(), key=lambda code: (-sizes[code], names[code]))[:LARGEST]
    split_of = splits["split"].take(pc.index_in(catalog["record_id"], value_set=splits["record_id"].combine_chunks()))
    where = np.array(split_of.to_pylist(), dtype=object)
    largest = tuple(
        LargeAtom(
            name=names[code],
            records=int(sizes[code]),
            share=float(sizes[code] / len(codes)),
            ties=worded.get(code, ""),
            groups=tuple(sorted(group for owner, group in shared if owner == code)),
            splits=tuple(sorted(Counter(split or "in no split" for split in where[codes == code]).items())),
        )
        for code in first
    )
    return AtomsFound(
        records=len(codes),
        atoms=len(names),
        groups=len({group for _, group in shared}),
        largest_rows=int(sizes.max(initial=0)),
        kinds=kinds,
        largest=largest,
    )


def _most_first(entry: tuple[str, int]) -> tuple[int, str]:
    return -entry[1], entry[0]
