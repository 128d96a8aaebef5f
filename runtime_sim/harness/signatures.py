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
    """How a C function is called, and what its external promises of it.

    `kinds` are the C types of the parameters and then of the result, each one of
    `runtime_sim.runtime.RAW`, where native code calls it; empty where bytecode does, which passes
    values alone and more than five of them as an array. `local` are the parameters that may be
    local, `local_result` and `nullable_result` what the result may be.
    """

    noalloc: bool = False
    kinds: tuple[str, ...] = ()
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
