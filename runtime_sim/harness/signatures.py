"""What the harness is told of a primitive: its parameters, its result, how it is called."""

from __future__ import annotations

from dataclasses import dataclass

from runtime_sim.model.shapes import ValueShape

BIGARRAY_KINDS = (
    *("float32", "float64", "int8_signed", "int8_unsigned", "int16_signed", "int16_unsigned"),
    *("int32", "int64", "int", "nativeint", "complex32", "complex64", "char", "float16"),
)
"""In the order of their numbers in C."""


@dataclass(frozen=True, slots=True)
class Convention:
    """How a C function is called: what its external promises, and what it passes unboxed.

    `passed` has a letter for each parameter and one for the result: `v` for a value, `d` for a
    double, `f` for a float, `i`, `I` and `n` for an integer of 32, of 64 bits and as wide as a
    pointer, `u` for an int without its tag; empty where all are values. `local` are the parameters
    that may be local, `local_result` and `nullable_result` what the result may be.
    """

    noalloc: bool = False
    passed: str = ""
    local: tuple[int, ...] = ()
    local_result: bool = False
    nullable_result: bool = False


@dataclass(frozen=True, slots=True)
class Signature:
    """A primitive: the C function's name, and the shapes of what it takes and gives."""

    name: str
    parameters: tuple[ValueShape, ...]
    result: ValueShape
    convention: Convention = Convention()
