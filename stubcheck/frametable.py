"""`stubcheck frametable`: from files of native code to what their frame tables say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from runtime_sim.frametable import (
    LAYOUTS,
    ElfReaderMissing,
    FrameTableError,
    Kind,
    ObjectTables,
    Unit,
    read_object_file,
)
from stubcheck.errors import UserError


@dataclass(frozen=True, slots=True)
class FileTables:
    """A file and the frame tables in it."""

    path: str
    found: ObjectTables


@dataclass(frozen=True, slots=True)
class FrameTables:
    """What could be read, in the order of the paths, and why the rest could not."""

    files: tuple[FileTables, ...]
    unopened: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Figures of some tables.

    `bytes` are those of the descriptors with their padding, `live_slots` those of all together.
    `combined_allocations` is how many blocks are allocated at the `allocation_points`, of which
    one may allocate several; a poll is such a point and allocates none.
    """

    tables: int
    descriptors: int
    bytes: int
    by_kind: Counter[Kind]
    live_slots: int
    allocation_points: int
    combined_allocations: int


def read_frametables(paths: Sequence[str], layout: str | None) -> FrameTables:
    """Read the files, each by itself: one that is damaged leaves the others as they are.

    `layout` is the name of one, or None for whatever the tables of each file turn out to have.
    """
    files = []
    unopened = []
    for path in paths:
        try:
            with open(path, "rb") as file:
                data = file.read()
            found = read_object_file(data, LAYOUTS[layout] if layout else None)
        except OSError as error:
            unopened.append(f"cannot open '{path}': {error.strerror}")
        except FrameTableError as error:
            unopened.append(f"cannot read '{path}': {error}")
        except ElfReaderMissing:
            raise UserError(
                "stubcheck frametable needs pyelftools: pip install 'stubcheck[frametable]'"
            ) from None
        else:
            files.append(FileTables(path, found))
    return FrameTables(tuple(files), tuple(unopened))


def count(units: Iterable[Unit]) -> Counts:
    """The figures of some units together."""
    counted = list(units)
    descriptors = [each for unit in counted for each in unit.table.descriptors]
    allocations = [each.allocations for each in descriptors if each.allocations is not None]
    return Counts(
        tables=len(counted),
        descriptors=len(descriptors),
        bytes=sum(sum(unit.table.sizes()) for unit in counted),
        by_kind=Counter(kind for unit in counted for kind in unit.kinds),
        live_slots=sum(len(each.live) for each in descriptors),
        allocation_points=len(allocations),
        combined_allocations=sum(map(len, allocations)),
    )
