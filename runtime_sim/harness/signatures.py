"""What the harness is told of a primitive: its parameters, its result, how it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    local, `local_result` and `nullable_result` what the result may be; an `external_result` is no
    block of the heap. `mutable` are the parameters with fields that may be changed.
    """

    noalloc: bool = False
    kinds: tuple[str, ...] = ()
    local: tuple[int, ...] = ()
    local_result: bool = False
    nullable_result: bool = False
    external_result: bool = False
    mutable: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Signature:
    """A primitive: the C function's name, and the shapes of what it takes and gives.

    Where these are guessed, `numbers` are those that the function compares integers with.
    """

    name: str
    parameters: tuple[ValueShape, ...]
    result: ValueShape
    convention: Convention = Convention()
    numbers: tuple[int, ...] | None = None

    @property
    def is_guessed(self) -> bool:
        """Whether no external declares it."""
        return self.numbers is not None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stubs count on that no OCaml side tells of.

    `makers` give values of types that stand for C data, the `custom` ones in custom blocks, whose
    functions compare with some `numbers`.
    `named` are the names that stubs look up, with shapes of what is registered under them. `seed`
    is the C function that has the stand-ins of libraries begin anew, empty if there are none.
    """

    makers: tuple[Signature, ...] = ()
    custom: frozenset[str] = frozenset()
    numbers: tuple[int, ...] = ()
    named: Mapping[str, ValueShape] = field(default_factory=dict)
    seed: str = ""
