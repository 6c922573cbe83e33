"""Read payloads of several inputs by the input's name."""

from collections.abc import Callable, Iterable

from tasks.config.inputs import Input
from tasks.sources.kinds import read_bytes


def reader(inputs: Iterable[Input]) -> Callable[[str, str], bytes]:
    """Return `read(input_name, path)`, which gives the stored bytes of one record.

    Parameters
    ----------
    inputs : iterable of Input
        The inputs that records may come from.

    Returns
    -------
    callable
        Raises `tasks.errors.Unreadable` for a payload that cannot be had.
    """
    known = {source.name: source for source in inputs}

    def read(name: str, path: str) -> bytes:
        return read_bytes(known[name], path)

    return read
