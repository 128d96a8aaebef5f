"""The frame tables of object files, archives, shared libraries and executables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from runtime_sim.frametable.archives import MAGIC as ARCHIVE
from runtime_sim.frametable.archives import THIN_MAGIC, read_archive
from runtime_sim.frametable.calls import Calls
from runtime_sim.frametable.descriptors import Table
from runtime_sim.frametable.elf import MAGIC as ELF
from runtime_sim.frametable.errors import FrameTableError
from runtime_sim.frametable.image import Image, Section
from runtime_sim.frametable.kinds import Kind
from runtime_sim.frametable.layout import LAYOUTS, Layout
from runtime_sim.frametable.reading import read_table

# The separator is `__` up to OCaml 5.0 and in OxCaml, `.` from 5.1, `$` from 5.4.
_TABLE_NAME = re.compile(r"(caml.+?)(__|\.|\$)frametable")
_COMPILERS = {"__": "OCaml up to 5.0", ".": "OCaml 5.1 to 5.3", "$": "OCaml 5.4"}


@dataclass(frozen=True, slots=True)
class Unit:
    """The table of a compilation unit.

    `name` is the unit's, or `caml_system` and the like for what the runtime and the linker add;
    `member` is the archive's that it is in, if any. `kinds` go with the descriptors.
    """

    name: str
    member: str
    compiler: str
    layout: Layout
    table: Table
    kinds: tuple[Kind, ...]
    image: Image

    @property
    def arch(self) -> str:
        """The machine, by OCaml's name for it."""
        return self.image.machine.name


@dataclass(frozen=True, slots=True)
class ObjectTables:
    """The tables of a file in their order, and the machines that it has code for."""

    units: tuple[Unit, ...]
    archs: tuple[str, ...]


def read_object_file(data: bytes, layout: Layout | None = None) -> ObjectTables:
    """Read all frame tables of a file that is given whole.

    The layout is the one in which the tables make sense: where every return address follows code.
    One that is given is the only one tried; word size and byte order are always the file's. The
    compiler is told by the separator in the tables' names.

    Raises `FrameTableError` for what is neither an ELF file nor an archive, for damage, and for a
    program without symbols, whose tables cannot be found; `ElfReaderMissing` without pyelftools.
    """
    candidates = [layout] if layout else list(LAYOUTS.values())
    units: list[Unit] = []
    archs: dict[str, None] = {}
    for member, start, content in _members(data):
        try:
            image = Image(content)
            units += _units(image, member, candidates)
        except FrameTableError as error:
            part = ": ".join(filter(None, (member, error.part)))
            offset = None if error.offset is None else start + error.offset
            raise FrameTableError(error.message, offset, part) from None
        archs[image.machine.name] = None
    return ObjectTables(tuple(units), tuple(archs))


def _members(data: bytes) -> Iterator[tuple[str, int, bytes]]:
    if data.startswith((ARCHIVE, THIN_MAGIC)):
        for name, start, content in read_archive(data):
            # An archive may hold notes and the like, which no linker looks at.
            if content.startswith(ELF):
                yield name, start, content
    else:
        yield "", 0, data


def _units(image: Image, member: str, candidates: list[Layout]) -> Iterator[Unit]:
    if image.is_linked and not image.symbols:
        raise FrameTableError("it has no symbols, by which frame tables are found")
    relocated: dict[int, bytearray] = {}
    calls = Calls(image)
    tables = {
        symbol.value: match
        for symbol in image.symbols
        if symbol.section is not None and (match := _TABLE_NAME.fullmatch(symbol.name))
    }
    for address, match in tables.items():
        section = image.section_at(address)
        name = _unit_name(match[1])
        if section is None:
            raise FrameTableError("the table is in no section", part=name)
        if section.index not in relocated:
            relocated[section.index] = image.relocated(section)
        try:
            layout, table = _read(
                image, section, relocated[section.index], address - section.address, candidates
            )
        except FrameTableError as error:
            offset = None if error.offset is None else section.offset + error.offset
            raise FrameTableError(error.message, offset, name) from None
        compiler = "OxCaml" if layout.relative else _COMPILERS[match[2]]
        kinds = tuple(calls.kind(descriptor) for descriptor in table.descriptors)
        yield Unit(name, member, compiler, layout, table, kinds, image)


def _unit_name(prefix: str) -> str:
    """`Stdlib__List` of `camlStdlib__List`; what is no module keeps its `caml_`."""
    return prefix if prefix.startswith("caml_") else prefix.removeprefix("caml")


def _read(
    image: Image, section: Section, data: bytearray, offset: int, candidates: list[Layout]
) -> tuple[Layout, Table]:
    """The table in the first layout in which it makes sense."""
    failure = None
    for candidate in candidates:
        layout = replace(candidate, word_bytes=image.word_bytes, byte_order=image.byte_order)
        try:
            table = read_table(data, layout, offset, section.address)
            _check_addresses(image, table, section)
        except FrameTableError as error:
            failure = failure or error
        else:
            return layout, table
    assert failure is not None
    if len(candidates) > 1:
        names = " and ".join(f"'{candidate.name}'" for candidate in candidates)
        message = f"in none of the layouts {names}: {failure.message}"
        raise FrameTableError(message, failure.offset)
    raise failure


def _check_addresses(image: Image, table: Table, section: Section) -> None:
    for descriptor, place in zip(table.descriptors, table.places, strict=True):
        if not image.is_after_code(descriptor.return_address):
            raise FrameTableError(
                f"the return address {descriptor.return_address:#x} is not in code",
                place - section.address,
            )
