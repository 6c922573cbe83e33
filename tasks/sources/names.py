"""File names as text: any bytes that a file system allows become readable text, and back."""

import os
import re
import unicodedata

_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


def name_to_text(name: str) -> str:
    r"""Write a name that is not UTF-8 with its odd bytes as `\xff`; other names stay as they are.

    Parameters
    ----------
    name : str
        As Python gives it, undecodable bytes as lone surrogates.

    Returns
    -------
    str
        Valid Unicode. `text_to_name` gives the name back.

    Notes
    -----
    Invariant: two names never become one text. A name that already reads like an escape gets its backslash escaped.
    """
    if name.isascii() and "\\" not in name:
        return name
    unlike = _ESCAPE.sub(lambda found: "\\x5c" + found[0][1:], name)
    return os.fsencode(unlike).decode("utf-8", "backslashreplace")


def text_to_name(text: str) -> str:
    """Return the name that `name_to_text` made the text of."""
    if "\\x" not in text:
        return text
    parts = _ESCAPE.split(text)
    raw = [bytes([int(part, 16)]) if place % 2 else os.fsencode(part) for place, part in enumerate(parts)]
    return os.fsdecode(b"".join(raw))


def one_form(text: str) -> str:
    """Bring text to the one Unicode form in which names are compared: file systems and editors differ in theirs."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
