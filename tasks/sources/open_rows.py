"""Opening a table: CSV or Parquet, told by its content."""

from pathlib import Path

from tasks.errors import InputError
from tasks.sources.csv_rows import CsvRows
from tasks.sources.parquet_rows import ParquetRows
from tasks.sources.rows import Rows


def open_rows(path: str, *, where: str) -> Rows:
    """Open a table and read its column names.

    Parameters
    ----------
    path : str
        A CSV or Parquet file.
    where : str
        What names the file in the configuration, for messages.

    Raises
    ------
    InputError
        When the file is missing, unreadable, empty, or neither CSV nor Parquet.
    """
    if "://" in path:
        raise InputError(f"{where}: {path} is a URL, expected a file on this machine. Copy the table or mount it.")
    file = Path(path)
    if file.is_dir():
        raise InputError(f"{where}: {path} is a folder, expected a CSV or Parquet file. Name the file in it.")
    if not file.exists():
        raise InputError(f"{where}: there is no file {path}. Correct the path, or mount what should be there.")
    if not file.is_file():
        raise InputError(f"{where}: {path} is a pipe or a device, expected a CSV or Parquet file.")
    try:
        with file.open("rb") as opened:
            start = opened.read(4)
    except OSError as error:
        raise InputError(f"{where}: {path} cannot be read ({error.strerror}). Mend its permissions.") from error
    if not start:
        raise InputError(f"{where}: {path} is empty. Expected CSV with a header, or Parquet.")
    if start == b"PAR1":
        return ParquetRows.open(path, where=where)
    return CsvRows.open(path, where=where)
