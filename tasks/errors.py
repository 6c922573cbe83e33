"""The exception family: what was wanted, what was found, where, and the remedy."""

from collections.abc import Sequence


class MatchsetError(Exception):
    """A failure that a person can act on; the command line prints its message and exits 1."""

    exit_code = 1


class ConfigError(MatchsetError):
    """The configuration or the command is wrong; exits 2."""

    exit_code = 2


class InputError(MatchsetError):
    """An input as a whole cannot be used: missing, unreadable, empty."""


class SplitError(MatchsetError):
    """The splits that were asked for cannot be drawn from the records that there are."""


class StoreError(MatchsetError):
    """The store is another project's, locked, damaged or full."""


class RejectedError(MatchsetError):
    """The version was built, but a check as grave as `validation.fail_on` failed: nothing was published."""

    exit_code = 3


class PolicyError(ConfigError):
    """A noise policy names an unknown operation or leaves its bounds."""


class Unreadable(Exception):  # noqa: N818 - a reason for quarantine, not a failure of the run
    """One payload that cannot be used; the record goes to the quarantine.

    Parameters
    ----------
    reason : str
        One of `tasks.catalog.quarantine.REASONS`.
    detail : str
        What was found, for a person: `"ends after 812 of 3,104 bytes"`.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail


def some(items: Sequence[object], most: int = 5) -> str:
    """Name at most `most` items, then how many more there are.

    >>> some(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    shown = ", ".join(repr(item) for item in items[:most])
    rest = len(items) - most
    return f"{shown} and {rest:,} more" if rest > 0 else shown
