"""CAMLreturns of another kind than the function that they return from.

No compiled code tells what a function is declared to return; debugging information does, as it
does of the variable in which a CAMLreturn keeps what it returns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

_GIVEN, _NOTHING = b"caml__temp_result", b"caml__temp_nothing"
"""The variables in memory.h's CAMLreturn and CAMLreturn0."""

_WORD = 8
_FLOAT_ENCODING = 4
_NAMES = frozenset({"DW_TAG_typedef", "DW_TAG_const_type", "DW_TAG_volatile_type"})
"""What is another name for a type, as far as a register has it."""

_INTEGERS = frozenset({"DW_TAG_base_type", "DW_TAG_enumeration_type"})


class Misfit(NamedTuple):
    """The line of a CAMLreturn whose type does not fit its function's: their names."""

    line: int
    given: str
    declared: str


class WrongReturn(NamedTuple):
    """The code of a CAMLreturn that does not fit its function: from `start` on, before `end`.

    Addresses count from where the library is loaded.
    """

    start: int
    end: int
    given: str
    declared: str


def find_misfits(function: Any) -> Iterator[Misfit]:
    """Those of a function, given its entry in the debugging information."""
    declared = _type_of(function)
    for variable in _returns(function):
        given = None if _name(variable) == _NOTHING else _type_of(variable)
        if not _fits(given, declared):
            line = variable.attributes["DW_AT_decl_line"].value
            yield Misfit(line, _told(given), _told(declared))


def _returns(entry: Any) -> Iterator[Any]:
    """The variables of CAMLreturns."""
    for inner in entry.iter_children():
        if inner.tag == "DW_TAG_lexical_block":
            yield from _returns(inner)
        elif inner.tag == "DW_TAG_variable" and _name(inner) in (_GIVEN, _NOTHING):
            yield inner


def _type_of(entry: Any) -> Any | None:
    """The entry of something's type; None is void."""
    return entry.get_DIE_from_attribute("DW_AT_type") if "DW_AT_type" in entry.attributes else None


def _fits(given: Any | None, declared: Any | None) -> bool:
    """Whether a register that has the one has the other: integers may be of other sizes if no
    value is among them."""
    given, declared = _resolve(given), _resolve(declared)
    if given is None or declared is None:
        return given is declared
    if given.offset == declared.offset:
        return True
    if given.tag in _INTEGERS and declared.tag in _INTEGERS:
        if _is_float(given) or _is_float(declared):
            return _is_float(given) and _is_float(declared)
        return (_size(given) == _WORD) == (_size(declared) == _WORD)
    return bool(given.tag == declared.tag and _name(given) == _name(declared))


def _resolve(type: Any | None) -> Any | None:
    while type is not None and type.tag in _NAMES:
        type = _type_of(type)
    return type


def _is_float(type: Any) -> bool:
    encoding = type.attributes.get("DW_AT_encoding")
    return encoding is not None and encoding.value == _FLOAT_ENCODING


def _size(type: Any) -> int:
    return int(type.attributes["DW_AT_byte_size"].value)


def _told(type: Any | None) -> str:
    """A type as C writes it, near enough."""
    if type is None:
        return "void"
    if name := _name(type):
        return str(name.decode("utf-8", "replace"))
    if type.tag == "DW_TAG_pointer_type":
        return f"{_told(_type_of(type))} *"
    return _told(_type_of(type))


def _name(entry: Any) -> bytes:
    name = entry.attributes.get("DW_AT_name")
    return name.value if name is not None else b""
