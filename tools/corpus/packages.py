"""The table of pinned Debian source packages that the corpus is made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("packages.tsv")
HEADER = ("package", "version", "files", "lines")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row: a source package, or one part of it (`ocaml:runtime`), and what was once counted.

    `files` and `lines` are the stub files and their lines in the pinned version; they say when
    the selection of stub files, or the source itself, has changed.
    """

    name: str
    version: str
    files: int
    lines: int

    @property
    def source(self) -> str:
        """The name of the Debian source package."""
        return self.name.partition(":")[0]


def parse_table(text: str) -> tuple[Entry, ...]:
    """Read the table; a malformed row or a source package with two versions is an error."""
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    if not rows or tuple(rows[0]) != HEADER:
        raise ValueError(f"the table must start with the columns {', '.join(HEADER)}")
    entries = []
    versions: dict[str, str] = {}
    for row in rows[1:]:
        if len(row) != len(HEADER):
            raise ValueError(f"a row must have {len(HEADER)} columns: {row}")
        entry = Entry(row[0], row[1], int(row[2]), int(row[3]))
        if versions.setdefault(entry.source, entry.version) != entry.version:
            raise ValueError(f"{entry.source} is pinned to two versions")
        entries.append(entry)
    if len({entry.name for entry in entries}) != len(entries):
        raise ValueError("a package stands in the table twice")
    return tuple(entries)


def load_table(path: Path = TABLE) -> tuple[Entry, ...]:
    return parse_table(path.read_text(encoding="utf-8"))


def pinned_versions(entries: tuple[Entry, ...]) -> dict[str, str]:
    """The version of each source package, in the order of the table."""
    return {entry.source: entry.version for entry in entries}
