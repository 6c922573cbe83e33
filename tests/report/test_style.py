"""The stylesheet: text can be read in both schemes, also by eyes that see few colours."""

import re
from pathlib import Path

import pytest

from tasks.report import page

STYLE = (Path(page.__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")


def scheme(dark: bool) -> dict[str, str]:
    blocks = re.findall(r":root \{(.*?)\}", STYLE, flags=re.DOTALL)
    found: dict[str, str] = {}
    for block in blocks[: 2 if dark else 1]:
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    return found


def channels(colour: str) -> list[float]:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(a: str, b: str) -> float:
    """Contrast ratio of WCAG 2.2."""
    light, dark = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), channels(x), strict=True)) for x in (a, b)
    )[::-1]
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["ink", "muted", "pass", "fail", "undecided"])
def test_text_has_a_contrast_of_at_least_4_5(dark, name) -> None:
    colours = scheme(dark)
    assert contrast(colours[name], colours["paper"]) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", ["train", "synthetic", "dev", "test", "train-dev"])
def test_lines_and_bars_have_a_contrast_of_at_least_3(dark, name) -> None:
    colours = scheme(dark)
    assert contrast(colours[name], colours["paper"]) >= 3


def test_splits_differ_by_dash_or_fill_as_well_as_by_colour() -> None:
    styles = {
        name: re.search(rf"\.step\.{name} \{{ (.*?) \}}", STYLE)[1] for name in ("train", "dev", "test", "train-dev")
    }
    assert "fill" in styles["dev"]
    assert "dasharray" in styles["test"] and "dasharray" in styles["train-dev"] and "dasharray" not in styles["train"]
    assert styles["test"] != styles["train-dev"]


def test_dark_colours_stay_off_paper() -> None:
    assert "@media screen and (prefers-color-scheme: dark)" in STYLE
    assert STYLE.count("prefers-color-scheme") == 1
