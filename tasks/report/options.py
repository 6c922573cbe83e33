"""Two ways to split, as a table: shuffle everything, or keep dev and test to the target."""

from dataclasses import dataclass

from tasks.report.contents import ReportContents
from tasks.report.wording import count, percent
from tasks.splitting.two_options import Part


@dataclass(frozen=True)
class Cell:
    """The rows of one split in one option."""

    split: str
    total: str
    origins: str


@dataclass(frozen=True)
class Options:
    """Both ways, and the reason for the second."""

    shuffled: tuple[Cell, ...]
    targeted: tuple[Cell, ...]
    why: str


def two_options(contents: ReportContents) -> Options | None:
    """Return the table of options, or None if there is none."""
    given = contents.two_options
    if given is None:
        return None
    shuffled = {"train": given.shuffled_train, "dev": given.shuffled_dev, "test": given.shuffled_test}
    targeted = {"train": given.targeted_train, "dev": given.targeted_dev, "test": given.targeted_test}
    return Options(_cells(shuffled), _cells(targeted), _why(given.shuffled_dev))


def _cells(parts: dict[str, Part]) -> tuple[Cell, ...]:
    return tuple(
        Cell(split, count(part.rows), f"{count(part.source)} source + {count(part.target)} target")
        for split, part in parts.items()
    )


def _why(dev: Part) -> str:
    share = percent(dev.source / dev.rows) if dev.rows else "none"
    return (
        f"Option 2 was taken. Shuffled together, {share} of dev would be source records, so a team would choose its "
        f"models for data that its users do not send; only {count(dev.target)} of {count(dev.rows)} rows would speak "
        "for them. The price of option 2 is that training and dev data differ; the next section measures by how much."
    )
