"""Colours of a terminal, and what must not reach one."""

from __future__ import annotations

import re

_CODES = {
    "red": "1;31",
    "yellow": "1;33",
    "cyan": "1;36",
    "magenta": "35",
    "green": "32",
    "bold": "1",
    "dim": "2",
}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\ud800-\udfff]")


class Style:
    """Paints text, or leaves it as it is."""

    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def paint(self, text: str, name: str) -> str:
        """The text, printable, in a colour."""
        plain = printable(text)
        return f"\x1b[{_CODES[name]}m{plain}\x1b[0m" if self._colour and plain else plain


def printable(text: str) -> str:
    """The text of a file without what a terminal would obey or could not show."""
    return _UNPRINTABLE.sub("\ufffd", text)
