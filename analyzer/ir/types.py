"""C types as far as a stub's memory safety depends on them.

The front end cannot see system headers, so most types are known by name only: `UNKNOWN` with a
`name`.  What matters is told apart with certainty: a `value`, a pointer or array of something, an
integer and its width, a structure whose fields are declared in the files read.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class TypeKind(enum.IntEnum):
    """What a C type is to the analysis."""

    UNKNOWN = 0
    VOID = 1
    INTEGER = 2
    FLOATING = 3
    VALUE = 4
    POINTER = 5
    ARRAY = 6
    STRUCT = 7
    FUNCTION = 8


@dataclass(frozen=True, slots=True)
class CType:
    """A C type.

    `bits` and `signed` describe an INTEGER (of LP64).  `target` is what a POINTER points to, the
    element of an ARRAY,
    or the result of a FUNCTION.  `length` is the constant length of an ARRAY.  `name` is the tag
    of a STRUCT (or `union NAME`), or the name by which an INTEGER, an UNKNOWN or a typedef'd
    STRUCT was written.  `params` are the parameters of a FUNCTION, `None` when unspecified.
    """

    kind: TypeKind
    name: str = ""
    target: CType | None = None
    length: int | None = None
    bits: int = 0
    signed: bool = True
    const: bool = False
    params: tuple[CType, ...] | None = None
    variadic: bool = False

    @property
    def is_value(self) -> bool:
        return self.kind is TypeKind.VALUE

    @property
    def is_pointer(self) -> bool:
        return self.kind is TypeKind.POINTER or self.kind is TypeKind.ARRAY

    @property
    def is_value_array(self) -> bool:
        """Whether this is `value x[n]` or `value *x`."""
        return self.is_pointer and self.target is not None and self.target.is_value


UNKNOWN = CType(TypeKind.UNKNOWN)
VOID = CType(TypeKind.VOID, "void")
VALUE = CType(TypeKind.VALUE, "value")
INT = CType(TypeKind.INTEGER, "int", bits=32)
LONG = CType(TypeKind.INTEGER, "long", bits=64)
DOUBLE = CType(TypeKind.FLOATING, "double", bits=64)


def pointer_to(target: CType) -> CType:
    return CType(TypeKind.POINTER, target=target)
