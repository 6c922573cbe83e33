"""The wish to draw dev and test anew, which is never granted without a reason."""

from typing import Annotated

from pydantic import AfterValidator, Field, ValidationError

from tasks.config.section import Section
from tasks.errors import ConfigError

LONGEST = 1_000


def _said(reason: str) -> str:
    if not (said := " ".join(reason.split())):
        raise ValueError('say why dev and test are to be drawn anew, e.g. "a third phone is on sale"; it is kept')
    return said


class Redraw(Section):
    """Draw dev and test anew."""

    reason: Annotated[str, Field(max_length=LONGEST), AfterValidator(_said)]
    """Why; the ledger keeps it for ever."""
    from_train: bool = False
    """Whether target records in train may be drawn too, although models were trained on them."""


def asked_for(reason: str, *, from_train: bool = False) -> Redraw:
    """Return the wish of somebody at a command line.

    Raises
    ------
    ConfigError
        When the reason is blank or longer than LONGEST characters.
    """
    try:
        return Redraw(reason=reason, from_train=from_train)
    except ValidationError as error:
        told = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise ConfigError(f"--reason: {told}") from error
