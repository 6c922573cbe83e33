"""Two tables of any kind, read into columns that can be compared: numbers, words, and what is neither."""

from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from tasks.errors import InputError, some
from tasks.shift.sample import Codes, Floats, Objects

Data: TypeAlias = pd.DataFrame | pa.Table | npt.NDArray[np.generic]

NUMBERS = {"integer", "floating", "mixed-integer-float", "boolean", "decimal", "empty"}
"""What pandas calls columns of Python objects that are numbers nevertheless."""


@dataclass(frozen=True)
class Columns:
    """Columns of two samples.

    Parameters
    ----------
    numbers : dict of str to (ndarray, ndarray)
        Name -> float64 values of x and y; NaN where missing. Dates and durations are seconds, truth values 0 and 1.
    words : dict of str to (ndarray, ndarray)
        Name -> codes of x and y from 0, the same value the same code; -1 where missing.
    refused : dict of str to str
        Name -> why the column cannot be compared.
    """

    numbers: dict[str, tuple[Floats, Floats]] = field(default_factory=dict)
    words: dict[str, tuple[Codes, Codes]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def read_columns(x: Data, y: Data) -> Columns:
    """Read the columns of two samples.

    Parameters
    ----------
    x, y : pandas.DataFrame, pyarrow.Table or ndarray, shape (n, p), (m, p)
        Columns of an array are called "0", "1", ...; a vector is one column.

    Returns
    -------
    Columns

    Raises
    ------
    InputError
        When a sample is none of these, or has two columns of one name.
    """
    frames = [_frame(data, side) for data, side in ((x, "x"), (y, "y"))]
    read = Columns()
    for name in dict.fromkeys([*frames[0].columns, *frames[1].columns]):
        lacking = [side for side, frame in zip("xy", frames, strict=True) if name not in frame.columns]
        if lacking:
            read.refused[name] = f"not in {lacking[0]}"
            continue
        sides = [_values(frame[name]) for frame in frames]
        # A column without any value takes after the other side.
        kinds = {side.dtype.kind for side in sides if not pd.isna(side).all()} or {"f"}
        if kinds == {"f"}:
            read.numbers[name] = (sides[0].astype(np.float64, copy=False), sides[1].astype(np.float64, copy=False))
        elif kinds == {"O"}:
            try:
                codes = pd.factorize(np.concatenate([side.astype(object) for side in sides]))[0].astype(np.int64)
            except TypeError:
                read.refused[name] = "holds lists or structures, not single values"
                continue
            read.words[name] = (codes[: len(sides[0])], codes[len(sides[0]) :])
        else:
            words, figures = ("x", "y") if sides[0].dtype.kind == "O" else ("y", "x")
            read.refused[name] = f"words in {words}, numbers in {figures}"
    return read


def read_codes(values: npt.ArrayLike | pd.Series | pa.Array | pa.ChunkedArray, rows: int, name: str) -> Objects:
    """Read atoms or labels, one a row.

    Returns
    -------
    ndarray of object, shape (rows,)
        None where missing.

    Raises
    ------
    InputError
        When there are not as many as rows.
    """
    series = values.to_pandas() if isinstance(values, pa.Array | pa.ChunkedArray) else pd.Series(values)
    if len(series) != rows:
        raise InputError(f"{name}: {rows:,} values wanted, one a row; found {len(series):,}.")
    found = series.to_numpy(dtype=object, copy=True)
    found[pd.isna(found)] = None
    return np.asarray(found, object)


def _frame(data: Data, side: str) -> pd.DataFrame:
    if isinstance(data, pd.DataFrame):
        frame = data.set_axis([str(name) for name in data.columns], axis=1)
    elif isinstance(data, pa.Table):
        frame = pd.DataFrame(
            {f"{at} {name}": _plain(data.column(at)) for at, name in enumerate(data.column_names)},
            index=range(data.num_rows),
        )
        frame = frame.set_axis(data.column_names, axis=1)
    elif isinstance(data, np.ndarray) and data.ndim in (1, 2):
        frame = pd.DataFrame(data if data.ndim == 2 else data[:, None])
        frame.columns = pd.Index([str(name) for name in frame.columns], dtype=object)
    else:
        found = f"an array of {data.ndim} dimensions" if isinstance(data, np.ndarray) else type(data).__name__
        raise InputError(f"{side}: a pandas DataFrame, a pyarrow Table or an array of rows wanted; found {found}.")
    twice = frame.columns[frame.columns.duplicated()].unique().tolist()
    if twice:
        raise InputError(f"{side}: several columns are called {some(twice)}; give each its own name.")
    return frame


def _plain(column: pa.ChunkedArray) -> Objects | pd.Series:
    if pa.types.is_decimal(column.type):
        column = column.cast(pa.float64())
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("ms"))
    if pa.types.is_time(column.type):
        column = column.cast(pa.time64("ns")).cast(pa.int64()).cast(pa.duration("ns"))
    return pd.Series(column.to_pandas())


def _values(series: pd.Series) -> npt.NDArray[np.generic]:
    """Return float64 or objects."""
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype):
        series = series.astype(object)
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        series = series - pd.Timestamp(0, tz=getattr(series.dtype, "tz", None))
    if pd.api.types.is_timedelta64_dtype(series.dtype):
        return np.asarray(series.dt.total_seconds(), np.float64)
    figures = pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_complex_dtype(series.dtype)
    if figures or (series.dtype == object and pd.api.types.infer_dtype(series, skipna=True) in NUMBERS):
        return np.asarray(series.to_numpy(np.float64, na_value=np.nan))
    return np.asarray(series.to_numpy(object))
