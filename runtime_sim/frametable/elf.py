"""The tables of an ELF file: its sections, symbols and relocations.

pyelftools reads the headers. The long arrays are unpacked here: a library of OCaml code has more
symbols and relocations than an object for each field of each would bear.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from runtime_sim.frametable.errors import ElfReaderMissing, FrameTableError
from runtime_sim.frametable.layout import ByteOrder
from runtime_sim.frametable.machines import MACHINES, Machine

MAGIC = b"\x7fELF"

SYMBOLS, DYNAMIC_SYMBOLS = "SHT_SYMTAB", "SHT_DYNSYM"
RELOCATIONS = ("SHT_RELA", "SHT_REL")
_NO_BITS = "SHT_NOBITS"
_LOADED, _CODE = 2, 4  # SHF_ALLOC, SHF_EXECINSTR
_UNDEFINED, _RESERVED, _ABSOLUTE = 0, 0xFF00, 0xFFF1  # SHN_UNDEF, SHN_LORESERVE, SHN_ABS
_FUNCTION = 2  # STT_FUNC


class Header(NamedTuple):
    """What is used of a section's header; `place` is where that stands in the file."""

    type: str
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    place: int

    @property
    def is_loaded(self) -> bool:
        return bool(self.flags & _LOADED)

    @property
    def is_code(self) -> bool:
        return bool(self.flags & _CODE)


class Symbol(NamedTuple):
    """A name, and the address or offset in its section; `section` is None if that is elsewhere."""

    name: str
    value: int
    section: int | None
    is_function: bool


class Relocation(NamedTuple):
    """What is to be put in a place; `addend` None if it stands there already."""

    place: int
    type: int
    symbol: int
    addend: int | None


class ElfFile:
    """The headers of an ELF file and its arrays.

    Raises `FrameTableError` for what is no ELF file, is damaged or cut off, or is for a machine
    that is not known; `ElfReaderMissing` without pyelftools.
    """

    machine: Machine
    is_linked: bool
    """Whether it is a program or a shared library, and not an object file."""
    word_bytes: int
    byte_order: ByteOrder
    headers: list[Header]

    def __init__(self, data: bytes) -> None:
        try:
            from elftools.elf.elffile import ELFFile
        except ImportError:
            raise ElfReaderMissing from None
        if not data.startswith(MAGIC):
            raise FrameTableError("neither an ELF file nor an archive", 0)
        self._data = data
        try:
            elf = ELFFile(io.BytesIO(data))
            machine = elf["e_machine"]
            self.is_linked = elf["e_type"] != "ET_REL"
            self.word_bytes = elf.elfclass // 8
            self.byte_order = "little" if elf.little_endian else "big"
            start, step = elf["e_shoff"], elf["e_shentsize"]
            self.headers = [
                Header(
                    str(section["sh_type"]),
                    section["sh_flags"],
                    section["sh_addr"],
                    section["sh_offset"],
                    section["sh_size"],
                    section["sh_link"],
                    section["sh_info"],
                    start + step * index,
                )
                for index, section in enumerate(elf.iter_sections())
            ]
        except Exception as error:
            # Over damaged headers pyelftools raises whatever it happens to run into.
            reason = str(error).partition("\n")[0] or type(error).__name__
            raise FrameTableError(f"a damaged ELF file: {reason}") from None
        if machine not in MACHINES:
            known = ", ".join(known.name for known in MACHINES.values())
            raise FrameTableError(f"code for '{machine}', where only {known} can be read", 18)
        self.machine = MACHINES[machine]
        self._order = "<" if self.byte_order == "little" else ">"

    def first(self, section_type: str) -> Header | None:
        """The first section of a type."""
        return next((header for header in self.headers if header.type == section_type), None)

    def content(self, header: Header) -> bytes:
        """The bytes of a section; none of one that takes no room in the file."""
        if header.type == _NO_BITS:
            return b""
        if header.offset + header.size > len(self._data):
            raise FrameTableError("a section is cut off whose header stands there", header.place)
        return self._data[header.offset : header.offset + header.size]

    def symbols(self, header: Header | None) -> Iterator[Symbol]:
        """The symbols of a table in its order, which is how relocations name them."""
        if header is None:
            return
        if header.link >= len(self.headers):
            raise FrameTableError("symbols without names, by the header there", header.place)
        names = self.content(self.headers[header.link])
        wide = self.word_bytes == 8
        for entry in self._entries(header, "IBBHQQ" if wide else "IIIBBH"):
            if wide:
                start, info, _, index, value, _ = entry
            else:
                start, value, _, info, _, index = entry
            end = names.find(b"\0", start)
            name = names[start:end].decode("utf-8", "replace") if end >= 0 else ""
            is_elsewhere = index == _UNDEFINED or (index >= _RESERVED and index != _ABSOLUTE)
            section = None if is_elsewhere else index
            yield Symbol(name, value, section, info & 0xF == _FUNCTION)

    def relocations(self, header: Header) -> Iterator[Relocation]:
        """The relocations of a section: places are offsets, or addresses in a linked program."""
        wide = self.word_bytes == 8
        shift, mask = (32, 0xFFFFFFFF) if wide else (8, 0xFF)
        if header.type == "SHT_RELA":
            for place, info, addend in self._entries(header, "QQq" if wide else "IIi"):
                yield Relocation(place, info & mask, info >> shift, addend)
        else:
            for place, info in self._entries(header, "QQ" if wide else "II"):
                yield Relocation(place, info & mask, info >> shift, None)

    def _entries(self, header: Header, fields: str) -> Iterable[tuple[int, ...]]:
        content = self.content(header)
        entry = struct.Struct(self._order + fields)
        if len(content) % entry.size:
            raise FrameTableError("a table ends amid an entry, by the header there", header.place)
        return entry.iter_unpack(content)
