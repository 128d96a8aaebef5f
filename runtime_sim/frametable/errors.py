"""What can be wrong with a file of frame tables."""

from __future__ import annotations


class FrameTableError(Exception):
    """Bytes that are no frame table, or a file that none can be read from.

    `offset` is where, in bytes from the start of what was read, if that can be said. `part` is the
    member of an archive or the table that was being read.
    """

    def __init__(self, message: str, offset: int | None = None, part: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.part = part

    def __str__(self) -> str:
        place = "" if self.offset is None else f" (at byte {self.offset:#x})"
        return f"{self.part}: {self.message}{place}" if self.part else self.message + place


class ElfReaderMissing(Exception):
    """pyelftools is not installed: it comes with an extra."""
