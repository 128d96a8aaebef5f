"""An ELF file as memory: sections at addresses, with what linker and loader put into them."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from runtime_sim.frametable.elf import (
    DYNAMIC_SYMBOLS,
    RELOCATIONS,
    SYMBOLS,
    ElfFile,
    Header,
    Relocation,
    Symbol,
)
from runtime_sim.frametable.errors import FrameTableError
from runtime_sim.frametable.layout import align

_FIRST_ADDRESS = 0x10000
_ALIGNMENT = 64


@dataclass(frozen=True, slots=True)
class Section:
    """A part of memory; `size` is more than there are data where nothing is loaded.

    `index` and `offset` are its number and its place in the file.
    """

    index: int
    offset: int
    address: int
    data: bytes
    size: int
    is_code: bool

    @property
    def end(self) -> int:
        return self.address + self.size


class Image:
    """The memory of a program before it runs, or of an object file if it were linked alone.

    The sections of an object file have no addresses yet: they are given some, one after the other,
    so that both kinds of file are read in the same way. What another file defines is at 0.
    """

    def __init__(self, data: bytes) -> None:
        """Raises what `ElfFile` raises."""
        self._elf = ElfFile(data)
        self.machine = self._elf.machine
        self.word_bytes = self._elf.word_bytes
        self.byte_order = self._elf.byte_order
        self.is_linked = self._elf.is_linked
        self._sections = self._place_sections()
        self._by_address = sorted(self._sections.values(), key=lambda section: section.address)
        self._starts = [section.address for section in self._by_address]
        # All symbols, or what is left of them when a program has been stripped.
        table = self._elf.first(SYMBOLS) or self._elf.first(DYNAMIC_SYMBOLS)
        self.symbols = self._placed(self._elf.symbols(table))

    def section_at(self, address: int) -> Section | None:
        """The section that an address lies in."""
        index = bisect.bisect_right(self._starts, address) - 1
        if index < 0 or address >= self._by_address[index].end:
            return None
        return self._by_address[index]

    def is_after_code(self, address: int) -> bool:
        """Whether the byte before an address belongs to an instruction."""
        section = self.section_at(address - 1)
        return section is not None and section.is_code

    def code_before(self, address: int, size: int) -> bytes:
        """The bytes of code that end at an address; fewer at the start of a section."""
        section = self.section_at(address - 1)
        if section is None or not section.is_code:
            return b""
        end = address - section.address
        return section.data[max(0, end - size) : end]

    def code_at(self, address: int, size: int) -> bytes:
        """The bytes of code from an address on; fewer at the end of a section."""
        section = self.section_at(address)
        if section is None or not section.is_code:
            return b""
        start = address - section.address
        return section.data[start : start + size]

    def relocated(self, section: Section) -> bytearray:
        """A section's data once they are linked and loaded where they are.

        Relocations of other types than those of data are left alone.
        """
        machine = self.machine
        data = bytearray(section.data)
        for relocation in self._relocations_of(section):
            size = machine.absolute.get(relocation.type) or machine.relative.get(relocation.type)
            if relocation.type == machine.load and self.is_linked:
                size = self.word_bytes
            if size is None:
                continue
            start = relocation.place - section.address
            if start + size > len(data):
                raise FrameTableError("a relocation beyond the end of its section")
            stored = data[start : start + size]
            value = self._value(relocation, stored)
            if relocation.type in machine.relative:
                value -= relocation.place
            bits = value & ((1 << 8 * size) - 1)
            data[start : start + size] = bits.to_bytes(size, self.byte_order)
        return data

    def call_target(self, field: int) -> tuple[str, int | None] | None:
        """The name and the address of what a relocated field of an object file's code calls.

        The name is empty if it is only a section's; the address is None if another file has it.
        None if nothing is relocated there.
        """
        relocation = self._code_relocations.get(field)
        if relocation is None:
            return None
        symbol = self._symbol(self.symbols, relocation.symbol)
        if symbol.section is None:
            return symbol.name, None
        addend = relocation.addend
        if addend is None:
            addend = int.from_bytes(self.code_at(field, 4), self.byte_order, signed=True)
        return symbol.name, symbol.value + addend + self.machine.call_bias

    def pointer_at(self, address: int) -> tuple[str, int | None]:
        """The name of what a word of a linked program's data will point to, or its address."""
        relocation = self._load_relocations.get(address)
        if relocation is not None and relocation.symbol:
            symbol = self._symbol(self._dynamic_symbols, relocation.symbol)
            return symbol.name, None if symbol.section is None else symbol.value
        if relocation is not None and relocation.addend is not None:
            return "", relocation.addend
        section = self.section_at(address)
        if section is None:
            return "", None
        start = address - section.address
        stored = section.data[start : start + self.word_bytes]
        return "", int.from_bytes(stored, self.byte_order)

    def function_before(self, address: int) -> tuple[str, int] | None:
        """The function of the instruction before an address, and the distance from its start."""
        addresses, names = self._functions
        index = bisect.bisect_left(addresses, address) - 1
        section = self.section_at(address - 1)
        if index < 0 or section is None or addresses[index] < section.address:
            return None
        return names[index], address - addresses[index]

    @cached_property
    def _functions(self) -> tuple[list[int], list[str]]:
        """Where functions start, in order, and their names.

        A label does where there is no function: assembler files need not say what is what.
        """
        named = {
            symbol.value: symbol.name
            for is_function in (False, True)
            for symbol in self.symbols
            if symbol.is_function is is_function and symbol.name and self._is_in_code(symbol)
        }
        addresses = sorted(named)
        return addresses, [named[address] for address in addresses]

    def _is_in_code(self, symbol: Symbol) -> bool:
        section = None if symbol.section is None else self._sections.get(symbol.section)
        return section is not None and section.is_code

    def _place_sections(self) -> dict[int, Section]:
        """The sections that are loaded, by their number in the file."""
        placed = {}
        free = _FIRST_ADDRESS
        for index, header in enumerate(self._elf.headers):
            if header.is_loaded:
                address = header.address if self.is_linked else free
                data = self._elf.content(header)
                placed[index] = Section(
                    index, header.offset, address, data, header.size, header.is_code
                )
                free = align(free + header.size + 1, _ALIGNMENT)
        return placed

    def _placed(self, symbols: Iterator[Symbol]) -> list[Symbol]:
        """The symbols with addresses for offsets."""
        if self.is_linked:
            return list(symbols)
        starts: dict[int | None, int] = {
            index: section.address for index, section in self._sections.items()
        }
        return [
            symbol._replace(value=symbol.value + start)
            if (start := starts.get(symbol.section))
            else symbol
            for symbol in symbols
        ]

    def _relocations_of(self, section: Section) -> Iterator[Relocation]:
        """What is relocated in a section, at addresses."""
        if self.is_linked:
            for relocation in self._load_relocations.values():
                if section.address <= relocation.place < section.end:
                    yield relocation
            return
        for header in self._relocation_headers.get(section.index, ()):
            for relocation in self._elf.relocations(header):
                yield relocation._replace(place=section.address + relocation.place)

    @cached_property
    def _relocation_headers(self) -> dict[int, list[Header]]:
        """The sections of relocations, by the section that is relocated."""
        headers: dict[int, list[Header]] = {}
        for header in self._elf.headers:
            if header.type in RELOCATIONS:
                headers.setdefault(header.info, []).append(header)
        return headers

    @cached_property
    def _code_relocations(self) -> dict[int, Relocation]:
        return {
            relocation.place: relocation
            for section in self._sections.values()
            if section.is_code and not self.is_linked
            for relocation in self._relocations_of(section)
        }

    @cached_property
    def _load_relocations(self) -> dict[int, Relocation]:
        return {
            relocation.place: relocation
            for header in self._elf.headers
            if header.type in RELOCATIONS and header.is_loaded
            for relocation in self._elf.relocations(header)
        }

    @cached_property
    def _dynamic_symbols(self) -> list[Symbol]:
        return list(self._elf.symbols(self._elf.first(DYNAMIC_SYMBOLS)))

    def _value(self, relocation: Relocation, stored: bytes | bytearray) -> int:
        """The address that a relocation stands for, with what is added to it."""
        addend = relocation.addend
        if addend is None:
            addend = int.from_bytes(stored, self.byte_order)
        if not relocation.symbol:
            return addend
        symbols = self._dynamic_symbols if self.is_linked else self.symbols
        symbol = self._symbol(symbols, relocation.symbol)
        return addend + (0 if symbol.section is None else symbol.value)

    def _symbol(self, symbols: list[Symbol], number: int) -> Symbol:
        if number >= len(symbols):
            raise FrameTableError(f"a relocation names symbol {number} of {len(symbols)}")
        return symbols[number]
