"""What the abstract interpreter finds out about a function: the facts that rules turn into
findings.

A fact is about one path. `position` is where the fault takes effect; the other members say what a
message and a trace need.  `Origin` and `Collection` recur: where a value came from, and the call
that may have moved what it points to.  Facts whose `doubt` is true rest on a callee whose code is
not known: they are for `--pedantic` alone.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from analyzer.diagnostics import Step
from analyzer.ir.nodes import Position
from runtime_sim.model.api.row import ApiRow

if TYPE_CHECKING:
    from analyzer.flow.types.facts import TypeFact


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from; `text` completes "… here": `result of 'caml_alloc'`."""

    position: Position
    text: str


@dataclass(frozen=True, slots=True)
class Collection:
    """A call that may collect.

    `chain` leads from the called function to what allocates, outermost first.
    """

    position: Position
    callee: str
    chain: tuple[Step, ...] = ()
    doubt: bool = False


# --- roots -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StaleUse:
    """A value, or a raw pointer into the heap, is used after a collection may have moved its
    block.

    `name` is the variable ("" for a temporary); `pointer` tells a raw pointer from a value;
    `source` is the value a pointer points into ("" if not known); `use` says what is done with it
    ("passed to 'f'", "returned", "read by 'Field'", "dereferenced", "stored").
    """

    position: Position
    name: str
    pointer: bool
    source: str
    use: str
    origin: Origin
    collection: Collection


@dataclass(frozen=True, slots=True)
class LateRead:
    """A pointer into the heap is given to a runtime function that reads it after allocating."""

    position: Position
    source: str
    callee: str
    row: ApiRow


@dataclass(frozen=True, slots=True)
class UnorderedRead:
    """C leaves open whether `held` is read before or after a call that may collect.

    `held` is source text for the reader (`Field(res, 0)`, `String_val(v)`, `result of 'f'`).
    """

    position: Position
    held: str
    pointer: bool
    collection: Collection


@dataclass(frozen=True, slots=True)
class PointerEscape:
    """A raw pointer into the heap is stored where it outlives the call.

    `into` names the place or function.
    """

    position: Position
    source: str
    into: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class UnrootedStore:
    """A heap value lies in memory that the collector does not scan, at a collection or on return.

    `position` is the store, `place` its target as text, `kind` what sort of memory it is;
    `collection` is None when it is the return that leaves it there, at `leaves`.
    """

    position: Position
    place: str
    kind: str  # "static variable", "memory from 'malloc'", "custom block", ...
    value: Origin
    collection: Collection | None
    leaves: Position | None


class RootFault(enum.Enum):
    """How a global root is misused."""

    TWICE = "registered twice"
    WRONG_REMOVAL = "removed with the wrong function"
    NEVER_REGISTERED = "removed although never registered"
    STACK = "a stack variable's registration outlives it"
    ASSIGNED = "a generational root is assigned without the runtime"
    UNINITIALISED = "uninitialised storage is registered"
    FREED = "memory that holds a root is freed or resized"


@dataclass(frozen=True, slots=True)
class GlobalRootFault:
    """A global root is misused. `earlier` is where the state that makes it wrong came from."""

    position: Position
    fault: RootFault
    place: str
    callee: str
    earlier: Origin | None


# --- frame macros ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenFrameLeft:
    """A path leaves the function with its frame open. `implicit`: at the closing brace."""

    position: Position
    opened: Position
    macro: str
    implicit: bool
    returns_value: bool
    result: str  # the C type returned, as text


@dataclass(frozen=True, slots=True)
class NoFrame:
    """CAMLreturn*, CAMLdrop or CAMLnoreturn where no frame is open on this path.

    `dropped`: where it was closed before.
    """

    position: Position
    macro: str
    dropped: Position | None


@dataclass(frozen=True, slots=True)
class LocalWithoutFrame:
    """CAMLlocal* or CAMLxparam* where no frame is open."""

    position: Position
    macro: str
    opened_later: bool


@dataclass(frozen=True, slots=True)
class FrameReopened:
    """CAMLparam* while a frame of the same function is open."""

    position: Position
    macro: str
    opened: Position


@dataclass(frozen=True, slots=True)
class RootAgain:
    """CAMLlocal*/CAMLxparam* executed a second time with one frame."""

    position: Position
    macro: str
    name: str
    opened: Position


@dataclass(frozen=True, slots=True)
class RootOutOfScope:
    """A root record's block ends while its frame stays open.

    `position` is the macro, `end` where the block is left.
    """

    position: Position
    macro: str
    name: str
    end: Position


@dataclass(frozen=True, slots=True)
class ReturnKindMismatch:
    """CAMLreturn* whose kind is not the function's."""

    position: Position
    macro: str
    declared: str  # the function's result type
    given: str  # what the macro returns


@dataclass(frozen=True, slots=True)
class GarbageRoot:
    """A root is registered while it has no defined value (on this path)."""

    position: Position
    macro: str
    name: str
    declared: Position


@dataclass(frozen=True, slots=True)
class NonValueRoot:
    """A frame macro or registration is given something that is not a value lvalue."""

    position: Position
    macro: str
    text: str
    type: str


@dataclass(frozen=True, slots=True)
class UselessFrame:
    """The function opens a frame and nothing in it may collect while a root is live."""

    position: Position
    macro: str


# --- building and writing blocks ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GarbageFields:
    """A block has fields without a value when something looks at them.

    `event`: "collection", "returned", "stored"; `fields` as text ("field 1", "fields 2 and 3",
    "some fields").
    """

    position: Position
    name: str
    fields: str
    event: str
    allocated: Origin
    collection: Collection | None


@dataclass(frozen=True, slots=True)
class PlainStore:
    """Plain assignment to a field of a block that may be old. `why` says why it may be old."""

    position: Position
    place: str
    why: str
    origin: Origin
    copied: bool  # memcpy or the like


@dataclass(frozen=True, slots=True)
class ModifyGarbage:
    """caml_modify or Store_field on a field that has no value yet.

    `young`: a small block, still in the minor heap.
    """

    position: Position
    place: str
    callee: str
    young: bool
    allocated: Origin


@dataclass(frozen=True, slots=True)
class InitializeAgain:
    """caml_initialize on a field that may hold a block."""

    position: Position
    place: str
    why: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class SmallSize:
    """caml_alloc_small with a size that is out of bounds or not known to be within them."""

    position: Position
    callee: str
    size: str  # "0", "512", or the expression's text when unknown
    known: bool


@dataclass(frozen=True, slots=True)
class OutOfBounds:
    """A field index that is not below the block's size."""

    position: Position
    index: str
    size: int
    allocated: Origin


@dataclass(frozen=True, slots=True)
class StringWrite:
    """A write into a string that came from OCaml.

    `how` is the macro or function that writes; `certain`: the OCaml type says that it is a string.
    """

    position: Position
    name: str
    how: str
    origin: Origin
    certain: bool = False


class TagFault(enum.Enum):
    """How tag and content disagree."""

    VALUES_UNSCANNED = "values in a block that is not scanned"
    RAW_SCANNED = "raw data in a block that is scanned"
    FIELD_OF_FLOATS = "Field on a block of floats"


@dataclass(frozen=True, slots=True)
class TagMismatch:
    """The content of a block contradicts its tag."""

    position: Position
    fault: TagFault
    name: str
    tag: str
    allocated: Origin


# --- the runtime lock --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UnlockedAccess:
    """The heap is used, or the runtime called, while the runtime lock is released.

    `chain` leads through callees.
    """

    position: Position
    # "'Field' reads the heap", "'caml_alloc' is called", "a pointer into 'v' is passed to 'read'"
    what: str
    released: Position
    chain: tuple[Step, ...] = ()


class LockFault(enum.Enum):
    """How releases and acquisitions do not match."""

    RETURN = "returns with the lock released"
    RAISE = "raises with the lock released"
    RELEASE_TWICE = "releases twice"
    ACQUIRE_TWICE = "acquires twice"


@dataclass(frozen=True, slots=True)
class LockImbalance:
    """Releases and acquisitions of the runtime lock do not match on a path."""

    position: Position
    fault: LockFault
    callee: str
    earlier: Position | None
    chain: tuple[Step, ...] = ()


class ThreadRole(enum.Enum):
    """What runs the function."""

    THREAD = "a C thread"
    SIGNAL = "a signal handler"


@dataclass(frozen=True, slots=True)
class ForeignThread:
    """The body of a C thread or signal handler calls the runtime without being known to it."""

    position: Position
    role: ThreadRole
    callee: str
    installed: Position
    chain: tuple[Step, ...] = ()


# --- exceptions --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EncodedUse:
    """A possible encoded exception is used as a value, kept across a collection, or returned.

    `use` as in StaleUse, or "kept across a collection".  `tested` is whether a test has told that
    it is an exception.
    """

    position: Position
    name: str
    use: str
    origin: Origin
    tested: bool = False


@dataclass(frozen=True, slots=True)
class ResourceLost:
    """A resource is held where a call may raise. `release` is the function that would free it."""

    position: Position
    name: str
    acquired: Origin
    release: str
    callee: str
    chain: tuple[Step, ...] = ()
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class NamedValueFault:
    """A named value is dereferenced untested, or what is behind it is kept (`kept`)."""

    position: Position
    name: str
    kept: bool
    origin: Origin


# --- pointers outside the heap, custom blocks ----------------------------------------------------


@dataclass(frozen=True, slots=True)
class NakedPointer:
    """A pointer outside the heap, made a value, gets where the collector looks.

    `use` is as in StaleUse.
    """

    position: Position
    text: str
    use: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class InteriorPointer:
    """A pointer into the middle of a block, made a value, gets where the collector looks."""

    position: Position
    source: str
    use: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class FinaliserFault:
    """A custom operation (`operation`: the member, `finalize`) breaks its contract."""

    position: Position
    operation: str
    what: str  # "'caml_alloc' allocates", "raises", ...
    installed: Position
    chain: tuple[Step, ...] = ()


class CustomFault(enum.Enum):
    """How a custom block is made wrongly."""

    NO_FINALISER = "owns memory and has no finaliser"
    ZERO_MAXIMUM = "mem > 0 with max 0"
    STACK_OPERATIONS = "operations on the stack"


@dataclass(frozen=True, slots=True)
class CustomBlockFault:
    """A custom block's accounting or operations are wrong. `detail` names what it owns."""

    position: Position
    fault: CustomFault
    detail: str
    related: Origin | None


class BigarrayFault(enum.Enum):
    """How a bigarray is made wrongly."""

    NARROW_DIMENSION = "a dimension is not as wide as intnat"
    MISSING_DIMENSION = "fewer dimensions than declared"
    SHORT_LIVED_DATA = "the data does not outlive the array"


@dataclass(frozen=True, slots=True)
class BigarrayMismatch:
    """caml_ba_alloc* is given what does not fit. `detail` names the argument."""

    position: Position
    fault: BigarrayFault
    callee: str
    detail: str


@dataclass(frozen=True, slots=True)
class NulCut:
    """A String_val goes to a C function that stops at NUL, unchecked on the path."""

    position: Position
    source: str
    callee: str


# --- OCaml versions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RemovedName:
    """A name is used that the profile no longer has, or a runtime symbol is redeclared by hand."""

    position: Position
    name: str
    row: ApiRow
    redeclared: bool


@dataclass(frozen=True, slots=True)
class StaticWrite:
    """A primitive can write this static variable with neither a lock nor an atomic."""

    position: Position
    name: str
    declared: Position


Fact: TypeAlias = """
    StaleUse
    | LateRead
    | UnorderedRead
    | PointerEscape
    | UnrootedStore
    | GlobalRootFault
    | OpenFrameLeft
    | NoFrame
    | LocalWithoutFrame
    | FrameReopened
    | RootAgain
    | RootOutOfScope
    | ReturnKindMismatch
    | GarbageRoot
    | NonValueRoot
    | UselessFrame
    | GarbageFields
    | PlainStore
    | ModifyGarbage
    | InitializeAgain
    | SmallSize
    | OutOfBounds
    | StringWrite
    | TagMismatch
    | UnlockedAccess
    | LockImbalance
    | ForeignThread
    | EncodedUse
    | ResourceLost
    | NamedValueFault
    | NakedPointer
    | InteriorPointer
    | FinaliserFault
    | CustomBlockFault
    | BigarrayMismatch
    | NulCut
    | RemovedName
    | StaticWrite
    | TypeFact
"""
