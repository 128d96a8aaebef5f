"""OCaml values as Python sees them: held by their number, and read as plain data."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from runtime_sim.model import tags
from runtime_sim.native import Native

WORD = 8
_LONGEST_NAME = 80
_BOXED = {"_i": "int32", "_j": "int64", "_n": "nativeint"}
KINDS = tuple(_BOXED.values())
_FLOAT32 = "_f32"
_RESERVED_SHIFT = 56
_LARGEST = (1 << 46) - 1


@dataclass(frozen=True)
class Held:
    """A value that a runtime holds: a root, known by its number."""

    number: int
    owner: object = field(repr=False, compare=False)


@dataclass
class Block:
    """A block of values, or of flat floats; one that is shared is the same object."""

    tag: int
    fields: list[Data]


class Boxed(NamedTuple):
    """An integer in a custom block."""

    kind: str
    number: int


@dataclass
class Mixed:
    """A block of values with flat data behind them: whole words, for the type to tell what of."""

    tag: int
    fields: list[Data]
    flat: bytes


class Opaque(NamedTuple):
    """A block whose contents are not values; `name` is of a custom block's operations."""

    tag: int
    size: int
    name: str


Data: TypeAlias = int | float | bytes | Block | Boxed | Mixed | Opaque | None
"""None is OxCaml's null."""


class UnreadableValue(Exception):
    """A word that is no value."""


class Reader:
    """Reads the values of one runtime, however deep or cyclic they are."""

    def __init__(self, native: Native, sim: Any) -> None:
        self._native = native
        self._sim = sim
        self._header = native.ffi.new("unsigned long[1]")
        self._blocks: dict[int, Block | Mixed] = {}
        self._unread: list[tuple[Block | Mixed, tuple[int, ...]]] = []

    def read(self, word: int) -> Data:
        """The value of a word, with everything that it leads to."""
        result = self._shallow(word)
        while self._unread:
            block, words = self._unread.pop()
            block.fields.extend(map(self._shallow, words))
        return result

    def _shallow(self, word: int) -> Data:
        """A value whose fields may still have to be read."""
        if word & 1:
            return word >> 1
        if word == 0:
            return None
        known = self._blocks.get(word)
        if known is not None:
            return known
        self._copy(self._header, word - WORD, WORD)
        header = self._header[0]
        tag, size, reserved = header & 0xFF, header >> 10 & _LARGEST, header >> _RESERVED_SHIFT
        if tag == tags.STRING_TAG:
            content = self._bytes(word, size * WORD)
            return content[: len(content) - 1 - content[-1]]
        if tag == tags.DOUBLE_TAG:
            return _floats(self._bytes(word, WORD))[0]
        if tag == tags.CUSTOM_TAG:
            return self._custom(word, size)
        if tag in (tags.ABSTRACT_TAG, tags.CLOSURE_TAG, tags.INFIX_TAG):
            return Opaque(tag, size, "")
        content = self._bytes(word, size * WORD)
        if tag == tags.DOUBLE_ARRAY_TAG:
            return Block(tag, list(_floats(content)))
        values = reserved - 1 if reserved else size
        block = Mixed(tag, [], content[values * WORD :]) if reserved else Block(tag, [])
        self._blocks[word] = block
        self._unread.append((block, struct.unpack_from(f"={values}q", content)))
        return block

    def _custom(self, word: int, size: int) -> Data:
        (operations,) = struct.unpack("=Q", self._bytes(word, WORD))
        (identifier,) = struct.unpack("=Q", self._bytes(operations, WORD))
        name = self._name(identifier)
        if name == _FLOAT32:
            (float32,) = struct.unpack_from("=f", self._bytes(word + WORD, WORD))
            return float(float32)
        if name not in _BOXED:
            return Opaque(tags.CUSTOM_TAG, size, name)
        (number,) = struct.unpack("=q", self._bytes(word + WORD, WORD))
        if name == "_i":
            number = (number + 2**31) % 2**32 - 2**31  # the rest of the word says nothing
        return Boxed(_BOXED[name], number)

    def _name(self, address: int) -> str:
        name = b""
        while not name.endswith(b"\0") and len(name) < _LONGEST_NAME:
            name += self._bytes(address + len(name), 1)
        return name.rstrip(b"\0").decode("utf-8", "replace")

    def _bytes(self, address: int, count: int) -> bytes:
        if count > 1 << 32:
            raise UnreadableValue(f"a block of {count} bytes at {address:#x}")
        memory = self._native.ffi.new("char[]", count)
        self._copy(memory, address, count)
        return bytes(self._native.ffi.buffer(memory))

    def _copy(self, memory: Any, address: int, count: int) -> None:
        source = self._native.ffi.cast("void *", address)
        if not self._native.sim.sim_copy(self._sim, memory, source, count):
            raise UnreadableValue(f"no block at {address:#x}")


def _floats(content: bytes) -> tuple[float, ...]:
    return struct.unpack(f"={len(content) // WORD}d", content)
