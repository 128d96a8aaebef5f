"""A library of stubs that is loaded into this process."""

from __future__ import annotations

import functools
import os
from array import array
from pathlib import Path
from typing import Any

from runtime_sim.lines import Lines, read_lines
from runtime_sim.native import Native
from runtime_sim.outcome import Place
from runtime_sim.values import WORD


class StubsNotLoaded(Exception):
    """A library that the dynamic linker refuses, or a primitive that none of them has."""


class StubLibrary:
    """The names, the lines and the variables of one library."""

    def __init__(self, native: Native, library: Path) -> None:
        self._native = native
        self._path = str(library.resolve())
        # What the stubs lack must show now: when they are called it would end the process.
        self._handle = native.system.dlopen(self._path.encode(), native.now)
        if not self._handle:
            raise StubsNotLoaded(native.text(native.system.dlerror()))
        self.base = int(native.ffi.cast("struct link_map *", self._handle).l_addr)

    def close(self) -> None:
        """Give it back; its variables go if nobody else has loaded it."""
        self._native.sim.sim_close_library(self._handle)

    def find(self, name: str) -> Any:
        """The address of a function, NULL if there is none of that name."""
        return self._native.system.dlsym(self._handle, name.encode())

    def place(self, address: Any) -> Place | None:
        """The line that an address is in, if it is one of this library."""
        return self._lines.find(self._offset(address)) if self._has(address) else None

    def start(self, address: Any) -> Place | None:
        """Where a function of this library is defined that begins at an address."""
        return self._lines.start(self._offset(address)) if self._has(address) else None

    def _has(self, address: Any) -> bool:
        info = self._native.ffi.new("Dl_info *")
        if not address or not self._native.system.dladdr(address, info):
            return False
        return bool(self._native.text(info.dli_fname) == self._path)

    def _offset(self, address: Any) -> int:
        return int(self._native.ffi.cast("uintptr_t", address)) - self.base

    def variable_with(self, word: int) -> str:
        """The static variable that holds a word, empty if there is none."""
        for variable in self._lines.variables:
            start = self._native.ffi.cast("char *", self.base + variable.address)
            content = bytes(self._native.ffi.buffer(start, variable.size // WORD * WORD))
            if word in array("q", content):
                return variable.name
        return ""

    def has_value(self, variable: str) -> bool:
        """Whether a static variable of this library is declared as a value."""
        return variable in self._lines.of_values

    @functools.cached_property
    def _lines(self) -> Lines:
        return read_lines(self._path, os.stat(self._path).st_mtime_ns)
