"""A version in a few sentences of plain text, for the card and the metadata."""

from tasks.catalog.schema import SPLITS
from tasks.report.accounts import ORIGINS
from tasks.report.contents import ReportContents
from tasks.report.wording import count

_THINGS = {"image": "images", "audio": "sounds", "tabular": "rows of a table"}


def description(contents: ReportContents) -> str:
    """Say in one paragraph what a version holds."""
    things = _THINGS.get(str(contents.config.get("modality", "")), "records")
    splits = "; ".join(f"{split}: {rows_of(contents, split)}" for split in SPLITS if split in contents.splits)
    return (
        f"{contents.config['name']}, version {contents.verdict['version']}: {things} in splits whose dev and test "
        f"stand for the target, the data that users send, while training also draws on the more plentiful source. "
        f"{splits}. "
        f"Built and judged by Matchset; the verdict on its assumptions is {contents.verdict['status']}."
    )


def rows_of(contents: ReportContents, split: str) -> str:
    """Say how many rows a split has, and of which origin."""
    origins = contents.splits[split]
    parts = ", ".join(f"{count(origins[name])} {name}" for name in ORIGINS if origins.get(name))
    return f"{count(sum(origins.values()))} rows ({parts})" if parts else "no rows"
