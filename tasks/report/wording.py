"""Numbers and foreign words as a reader sees them."""

import math
import unicodedata

_MINUS = "−"
_NOTHING = "–"
_REORDERING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LONGEST = 160


def count(value: int | float | None) -> str:
    """Write a whole number: 12,345; a dash for None.

    >>> count(12345)
    '12,345'
    """
    if value is None or not math.isfinite(value):
        return _NOTHING
    return f"{round(value):,}".replace("-", _MINUS)


def number(value: float | None) -> str:
    """Write a number with three significant digits, whole numbers as they are; a dash for None and NaN.

    >>> number(0.01234), number(-2.0), number(123456.7)
    ('0.0123', '−2', '123,457')
    """
    if value is None or not math.isfinite(value):
        return _NOTHING
    if abs(value) >= 1e15:
        return f"{value:.2e}".replace("e+", "e").replace("-", _MINUS)
    if value == round(value):
        return count(value)
    if abs(value) >= 1000:
        return f"{value:,.0f}".replace("-", _MINUS)
    if abs(value) < 0.0005:
        return f"{value:.1e}".replace("e-0", "e-").replace("-", _MINUS)
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:.{min(digits, 4)}f}".replace("-", _MINUS)


def percent(share: float | None) -> str:
    """Write a share as percent, with one decimal below ten.

    >>> percent(0.5), percent(0.0213)
    ('50 %', '2.1 %')
    """
    if share is None or not math.isfinite(share * 100):
        return _NOTHING
    if 0 < abs(share) < 0.0005:
        return "< 0.1 %" if share > 0 else f"> {_MINUS}0.1 %"
    value = round(share * 100, 1) + 0.0  # no negative zero
    whole = abs(value) >= 10 or abs(share * 100 - round(share * 100)) < 1e-9
    text = f"{value:.0f}" if whole else f"{value:.1f}"
    return f"{text} %".replace("-", _MINUS)


def interval(low: float | None, high: float | None) -> str:
    """Write an interval in brackets; empty if there is none.

    >>> interval(0.1, 0.25)
    '[0.100, 0.250]'
    """
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    return f"[{number(low)}, {number(high)}]"


def round_number(value: float | None) -> str:
    """Write a number that somebody chose, such as a limit: without zeros at its end.

    >>> round_number(0.1), round_number(1000.0)
    ('0.1', '1,000')
    """
    text = number(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def inert(text: str) -> str:
    r"""Make the characters visible that would otherwise steer the reader's screen.

    Control characters, marks that turn the reading direction, and halves of surrogate pairs come out as `\u202e`.
    Right-to-left letters stay as they are.
    """
    return "".join(rf"\u{ord(sign):04x}" if _steers(sign) else sign for sign in text)


def foreign(text: str, most: int = _LONGEST) -> str:
    """Make a label, path or value fit to be shown: inert, and its middle left out if it is very long."""
    if len(text) <= most:
        return inert(text)
    head, tail = most * 2 // 3, most // 6
    return f"{inert(text[:head])} … {inert(text[-tail:])} ({len(text):,} characters)"


def _steers(sign: str) -> bool:
    return sign in _REORDERING or unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")
