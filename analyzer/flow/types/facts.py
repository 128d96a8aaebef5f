"""Facts in which a stub contradicts what the OCaml side says of it.

As in `facts`, `position` is where the fault takes effect.  `declared` is where the contradicted
declaration stands; its text completes "… here": `'find' is declared as string -> bool`.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TypeAlias

from analyzer.diagnostics import Step
from analyzer.flow.facts import Origin
from analyzer.ir.nodes import Position

# --- values and types --------------------------------------------------------------------------


class TypeFault(enum.Enum):
    """How C and an OCaml type contradict each other."""

    ACCESS = "read or written as what it is not"
    FLAT = "a double that lies in its block is opened as a boxed float"
    RESULT = "returned where the type has no such value"
    STORED = "stored where the type has no such value"
    BUILT = "built with a tag or size that the type has not"
    NO_VALUE = "a C type other than value is returned"


@dataclass(frozen=True, slots=True)
class TypeContradiction:
    """A value is treated as, or is, what its OCaml type does not have.

    `seen` is what C takes it for or makes it: "an int", "a string", "a block of tag 2", "the
    constant 3".  `name` is the value's text for ACCESS and FLAT, the place for STORED, else "".
    `via` is the accessor for ACCESS and FLAT.  `type` is the OCaml type as a reader writes it,
    `has` what its values are ("an immediate", "a string", "constants 0 to 1").  `repair` is what
    C should use where more than the type tells it.
    """

    position: Position
    fault: TypeFault
    name: str
    via: str
    seen: str
    type: str
    has: str
    declared: Origin
    origin: Origin | None = None
    chain: tuple[Step, ...] = ()
    doubt: bool = False
    repair: str = ""


class ArityFault(enum.Enum):
    """How a C definition does not fit the arity of its external."""

    COUNT = "another number of parameters"
    NO_BYTECODE = "more than five arguments and no bytecode function"
    ARRAY_EXPECTED = "the bytecode function does not take an array"
    ARRAY_GIVEN = "the function takes an array of arguments it is not given"
    NO_NATIVE = "the only function takes an array, which native code does not pass"
    UNPACKED = "the bytecode function unpacks its array in another order or number"


@dataclass(frozen=True, slots=True)
class ArityMismatch:
    """The parameters of `name` do not fit the external.

    `expected` and `given` count parameters; for UNPACKED `detail` names the argument and what is
    given for it ("argument 1 is argv[1]").
    """

    position: Position
    fault: ArityFault
    name: str
    expected: int
    given: int
    detail: str
    declared: Origin


class ConversionFault(enum.Enum):
    """Where a conversion between OCaml's and C's numbers lacks."""

    RETURNED = "a C number is returned as a value"
    STORED = "a C number is stored as a value"
    PASSED_AS_VALUE = "a C number is passed as a value"
    TESTED = "a value is tested as a C truth value"
    COMPUTED = "a value is computed with as a C number"
    SWITCHED = "a value is switched on as a C number"
    PASSED = "a value is passed where C expects a number"
    ASSIGNED = "a value is assigned to a C number"


@dataclass(frozen=True, slots=True)
class MissingConversion:
    """A C number used as a `value`, or a `value` used as a C number, with no conversion.

    `text` is the expression; `callee` the function it is passed to, or what it is assigned to.
    """

    position: Position
    fault: ConversionFault
    text: str
    callee: str
    origin: Origin | None


@dataclass(frozen=True, slots=True)
class DoubleConversion:
    """`macro` is applied to what it would have given: Val_int to a value, Int_val to a number."""

    position: Position
    macro: str
    text: str
    to_value: bool  # Val_int and its like
    origin: Origin | None


class Caller(enum.Enum):
    """Who calls the C function of an external."""

    NATIVE = "native code"
    BYTECODE = "bytecode"
    BOTH = "OCaml"


@dataclass(frozen=True, slots=True)
class UnboxedMismatch:
    """A parameter (`name`), or the result (""), of a function has another C type.

    `type` is the OCaml type of the external, `part` that of the parameter or result, and `has`
    what its values are.
    """

    position: Position
    name: str
    function: str
    caller: Caller
    expected: str
    given: str
    type: str
    part: str
    has: str
    declared: Origin


class AllocEffect(enum.Enum):
    """What a noalloc external must not do."""

    COLLECTS = "may collect"
    RAISES = "may raise"
    RELEASES = "releases the runtime lock"


@dataclass(frozen=True, slots=True)
class NoallocBroken:
    """The C function of a `[@@noalloc]` external does what the attribute rules out."""

    position: Position
    effect: AllocEffect
    name: str  # the function called
    chain: tuple[Step, ...]
    declared: Origin
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class MissingPrimitive:
    """No file defines the C function of an external; `sibling` is one of the same file's that is
    defined, `role` "bytecode" or "native" when the two differ, else "".  `alone`: other files of
    the folder were not given.
    """

    position: Position
    name: str
    ml_name: str
    role: str
    named: Origin
    sibling: Origin
    alone: bool = False


class TruncationFault(enum.Enum):
    """How an integer loses bits."""

    NARROW_READ = "Int_val where 64 bits matter"
    WIDE_TAGGED = "an integer of 64 bits made an OCaml int of 63"
    NARROW_LENGTH = "a length of 64 bits kept in an int"


@dataclass(frozen=True, slots=True)
class IntegerTruncation:
    """An integer loses bits.

    `text` is the expression; `type` the C type of a WIDE_TAGGED or the variable of a
    NARROW_LENGTH; `callee` what it is passed to, or the macro.
    """

    position: Position
    fault: TruncationFault
    text: str
    type: str
    callee: str
    used: Position | None = None  # where a NARROW_LENGTH is used as a size


# --- OxCaml --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LocalEscape:
    """A local value gets where it outlives its region.

    `into` says where: "a field of the heap block 'v_cell'", "the static variable 'last'",
    "memory from 'malloc'", "the result, which is global", "a block made by 'caml_alloc_some'".
    """

    position: Position
    name: str
    into: str
    origin: Origin
    declared: Origin | None
    chain: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class NullDereference:
    """A value that may be null is opened; `via` is the accessor or function."""

    position: Position
    name: str
    via: str
    type: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class NullGiven:
    """Null is returned (`place` ""), or stored in `place`, where the type is not nullable."""

    position: Position
    place: str
    type: str
    declared: Origin


@dataclass(frozen=True, slots=True)
class ExternalKindBroken:
    """A heap block is given a type whose kind says `bound`: external_ or external64.

    `place` is "" for the result, else what it is stored in.
    """

    position: Position
    place: str
    type: str
    bound: str
    origin: Origin
    declared: Origin


@dataclass(frozen=True, slots=True)
class NeedlessBarrier:
    """A barrier for a field whose kind says that the collector may ignore its values."""

    position: Position
    callee: str
    place: str
    type: str
    declared: Origin


class SeparabilityFault(enum.Enum):
    """How floats and an array's element kind disagree."""

    FLOAT = "a boxed float among elements that are never floats"
    MIXED = "floats and other values in one array"
    UNTESTED = "elements that may be floats stored without asking"


@dataclass(frozen=True, slots=True)
class SeparabilityBroken:
    """What is stored in an array contradicts its elements' separability."""

    position: Position
    fault: SeparabilityFault
    text: str
    type: str
    origin: Origin | None
    declared: Origin


@dataclass(frozen=True, slots=True)
class MixedBlockAccess:
    """The flat suffix of a mixed block is read as values, or its prefix as raw data (`raw`).

    `scannable` is the number of leading fields that are values.
    """

    position: Position
    text: str
    raw: bool
    scannable: int
    type: str
    declared: Origin


TypeFact: TypeAlias = (
    TypeContradiction
    | ArityMismatch
    | MissingConversion
    | DoubleConversion
    | UnboxedMismatch
    | NoallocBroken
    | MissingPrimitive
    | IntegerTruncation
    | LocalEscape
    | NullDereference
    | NullGiven
    | ExternalKindBroken
    | NeedlessBarrier
    | SeparabilityBroken
    | MixedBlockAccess
)
