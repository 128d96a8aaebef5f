"""What the debugging information of a shared library says: lines, static variables, returns."""

from __future__ import annotations

import bisect
import functools
import posixpath
from collections.abc import Iterator
from typing import Any, NamedTuple

from runtime_sim.outcome import Place
from runtime_sim.returns import Misfit, WrongReturn, find_misfits

_VALUE_BYTES = 8
_DATA_SECTIONS = (".data", ".bss")


class ElfReaderMissing(Exception):
    """pyelftools is not installed: it comes with an extra."""

    def __init__(self) -> None:
        super().__init__("running stubs needs pyelftools: pip install 'stubcheck[run]'")


class Definition(NamedTuple):
    """Where a function is defined, and whether it may be a primitive.

    It may if it can be called from elsewhere, and takes and returns values alone.
    """

    place: Place
    is_of_values: bool


class Variable(NamedTuple):
    """A static variable; `address` counts from where the library is loaded."""

    name: str
    address: int
    size: int


class Lines:
    """The line tables of a library, and its variables. Addresses count from where it is loaded."""

    def __init__(self, path: str) -> None:
        try:
            from elftools.elf.elffile import ELFFile
        except ImportError:
            raise ElfReaderMissing from None
        with open(path, "rb") as file:
            elf: Any = ELFFile(file)
            self.variables = list(_variables(elf))
            self._functions: dict[int, Place] = {}
            self.definitions: dict[str, Definition] = {}
            self.of_values: set[str] = set()
            """The static variables that are values, or arrays of values."""
            rows: list[tuple[int, Place | None]] = []
            misfits: list[tuple[range, Misfit]] = []
            for unit in _units(elf):
                rows += unit.rows()
                self.of_values.update(unit.variables_of_values())
                misfits += unit.misfits()
                for name, address, definition in unit.functions():
                    self._functions[address] = definition.place
                    self.definitions.setdefault(name, definition)
        rows.sort(key=lambda row: (row[0], row[1] is not None))
        self._starts = [start for start, _ in rows]
        self._places = [place for _, place in rows]
        self.wrong_returns = [
            WrongReturn(*code, misfit.given, misfit.declared)
            for function, misfit in misfits
            for code in self._code(function, misfit.line)
        ]

    def function_at(self, place: Place) -> str:
        """The function that a line is in, empty if there is none."""
        before = [
            (defined.line, name)
            for name, (defined, _) in self.definitions.items()
            if defined.path == place.path and defined.line <= place.line
        ]
        return max(before, default=(0, ""))[1]

    def _code(self, function: range, line: int) -> Iterator[tuple[int, int]]:
        """The code of a line of a function, from an address to another."""
        first = bisect.bisect_left(self._starts, function.start)
        last = bisect.bisect_left(self._starts, function.stop)
        for index in range(first, last):
            place = self._places[index]
            if place is not None and place.line == line:
                yield self._starts[index], self._starts[index + 1]

    def find(self, address: int) -> Place | None:
        """The line whose code an address is in."""
        index = bisect.bisect_right(self._starts, address) - 1
        return self._places[index] if index >= 0 else None

    def start(self, address: int) -> Place | None:
        """Where the function is defined that begins at an address."""
        return self._functions.get(address)


@functools.lru_cache(maxsize=64)
def read_lines(path: str, changed: int) -> Lines:
    """The lines of a library as it is since a time, read once for all runtimes that load it."""
    del changed
    return Lines(path)


class _Unit:
    """What was compiled from one file."""

    def __init__(self, unit: Any, program: Any) -> None:
        self._unit = unit
        self._program = program
        header = program.header
        # Before DWARF 5 files are numbered from 1, and folder 0 is not written down.
        self._first = 0 if header.version >= 5 else 1
        top = unit.get_top_DIE().attributes
        self._folder = _text(top["DW_AT_comp_dir"].value) if "DW_AT_comp_dir" in top else ""
        self._folders = [""] * self._first + list(map(_text, header.include_directory))

    def rows(self) -> Iterator[tuple[int, Place | None]]:
        """Where the code of each line starts; None where a sequence of lines ends."""
        for entry in self._program.get_entries():
            state = entry.state
            if state is None:
                continue
            if state.end_sequence:
                yield state.address, None
            elif state.line:
                yield state.address, Place(self._file(state.file), state.line)

    def functions(self) -> Iterator[tuple[str, int, Definition]]:
        """The functions, by name: their addresses, and where they are defined."""
        for entry in self._unit.get_top_DIE().iter_children():
            attributes = entry.attributes
            if entry.tag == "DW_TAG_subprogram" and "DW_AT_low_pc" in attributes:
                if "DW_AT_decl_line" in attributes and "DW_AT_name" in attributes:
                    path = self._file(attributes["DW_AT_decl_file"].value)
                    place = Place(path, attributes["DW_AT_decl_line"].value)
                    name = _text(attributes["DW_AT_name"].value)
                    definition = Definition(place, _is_of_values(entry))
                    yield name, attributes["DW_AT_low_pc"].value, definition

    def misfits(self) -> Iterator[tuple[range, Misfit]]:
        """The CAMLreturns that do not fit their functions, with the addresses of these."""
        for entry in self._unit.get_top_DIE().iter_children():
            attributes = entry.attributes
            if entry.tag == "DW_TAG_subprogram" and "DW_AT_low_pc" in attributes:
                start, size = attributes["DW_AT_low_pc"].value, attributes["DW_AT_high_pc"]
                end = size.value if size.form == "DW_FORM_addr" else start + size.value
                for misfit in find_misfits(entry):
                    yield range(start, end), misfit

    def variables_of_values(self) -> Iterator[str]:
        """The names of the static variables that are values, those of functions included."""
        for entry in self._unit.get_top_DIE().iter_children():
            inner = entry.iter_children() if entry.tag == "DW_TAG_subprogram" else ()
            for variable in (entry, *inner):
                if variable.tag == "DW_TAG_variable" and _is_value(variable):
                    if "DW_AT_name" in variable.attributes:
                        yield _text(variable.attributes["DW_AT_name"].value)

    def _file(self, number: int) -> str:
        entry = self._program.header.file_entry[number - self._first]
        folder = self._folders[entry.dir_index]
        return posixpath.join(self._folder, folder, _text(entry.name))


def _is_of_values(function: Any) -> bool:
    if "DW_AT_external" not in function.attributes:
        return False
    parameters = [
        entry for entry in function.iter_children() if entry.tag == "DW_TAG_formal_parameter"
    ]
    return all(map(_is_value, [function, *parameters]))


_AROUND = frozenset({"DW_TAG_array_type", "DW_TAG_const_type", "DW_TAG_volatile_type"})


def _is_value(entry: Any) -> bool:
    """Whether something has the type `value`, or is an array of that."""
    while "DW_AT_type" in entry.attributes:
        entry = entry.get_DIE_from_attribute("DW_AT_type")
        if entry.tag not in _AROUND:
            name = entry.attributes.get("DW_AT_name")
            return name is not None and _text(name.value) == "value"
    return False


def _units(elf: Any) -> Iterator[_Unit]:
    if not elf.has_dwarf_info():
        return
    dwarf = elf.get_dwarf_info()
    for unit in dwarf.iter_CUs():
        program = dwarf.line_program_for_CU(unit)
        if program is not None:
            yield _Unit(unit, program)


def _variables(elf: Any) -> Iterator[Variable]:
    table = elf.get_section_by_name(".symtab")
    if table is None:
        return
    data = {
        index
        for index, section in enumerate(elf.iter_sections())
        if section.name.startswith(_DATA_SECTIONS)
    }
    for symbol in table.iter_symbols():
        is_variable = symbol["st_info"]["type"] == "STT_OBJECT" and symbol["st_shndx"] in data
        if is_variable and symbol["st_size"] >= _VALUE_BYTES:
            yield Variable(symbol.name, symbol["st_value"], symbol["st_size"])


def _text(name: Any) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
