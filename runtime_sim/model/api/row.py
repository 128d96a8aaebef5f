"""What one function or macro of the OCaml runtime does, as data.

A row states what a caller has to reckon with.  "may" is over-approximation: `collects = YES` says
that a collection can happen in the call, not that it does.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

Version = tuple[int, int]
"""Major and minor release: `(4, 14)`."""


class Kind(enum.Enum):
    """How C sees the name."""

    FUNCTION = "function"
    INLINE = "inline"  # a static inline function of a header
    MACRO = "macro"
    PRIMITIVE = "primitive"  # called by OCaml through an external; no prototype in the headers
    VARIABLE = "variable"
    LEGACY = "legacy"  # an unprefixed name of caml/compatibility.h; see `replacement`


class Collects(enum.Enum):
    """Whether a collection may happen (or OCaml code, or another thread, may run) in the call."""

    NO = "no"
    YES = "yes"
    IF_RAISES = "if-raises"  # only on the path that does not come back
    UNLIKELY = "unlikely"  # only under the condition that `collects_if` states


class Raises(enum.Enum):
    """Whether an OCaml exception may leave the call."""

    NO = "no"
    ALWAYS = "always"  # the call never returns
    YES = "yes"  # for reasons that ordinary use meets
    OUT_OF_MEMORY = "out-of-memory"  # only when the runtime's own allocation fails
    HANDLERS = "handlers"  # only what a signal handler or finaliser raises
    UNLIKELY = "unlikely"  # only under the condition that `raises_if` states


class LockUse(enum.Enum):
    """What the call asks of the runtime lock and does to it."""

    NONE = "none"  # can be called with or without it
    NEEDS = "needs"  # must be held
    RELEASES = "releases"  # must be held; not held on return
    ACQUIRES = "acquires"  # must not be held; held on return
    BLOCKS = "blocks"  # must be held; released and acquired again inside
    FORBIDS = "forbids"  # must not be held; not held on return


class Result(enum.Enum):
    """What the call gives back."""

    VOID = "void"  # also: a statement
    NEVER = "never"  # does not return
    DATA = "data"  # C data: a number, or a pointer to C memory
    NULLABLE = "nullable"  # a pointer to C memory, or NULL
    IMMEDIATE = "immediate"
    FRESH = "fresh"  # a newly allocated block (or an atom)
    FRESH_OR_NULL = "fresh-or-null"  # or 0, which is not a value
    FRESH_LOCAL = "fresh-local"  # on OxCaml's local stack
    VALUE = "value"  # a value that may be anything
    BORROWED = "borrowed"  # a value reachable from elsewhere: from argument `result_of`, a static
    ARGUMENT = "argument"  # argument `result_of` itself
    DERIVED = "derived"  # a pointer into the block of argument `result_of`
    ENCODED = "encoded"  # a value, or an encoded exception
    RESULT = "result"  # a caml_result structure
    ROOT = "root"  # a pointer to a registered root, or NULL (caml_named_value)
    SYNTAX = "syntax"  # not an expression: declares, opens or closes something


class Role(enum.Enum):
    """What the call does with one argument."""

    DATA = "data"  # a C number, or a pointer to C memory
    TEXT = "text"  # a C string or buffer, read before anything is allocated
    TEXT_LATE = (
        "text-late"  # a C string or buffer that is read after allocating: not from the heap
    )
    VALUE = "value"  # read; rooted by the callee, or not needed once it may have collected
    UNROOTED = "unrooted"  # a value that the callee still uses after allocating, without a root
    STORED = "stored"  # a value stored in a block or root; the callee roots it if it allocates
    VALUES = "values"  # a C array of values, rooted by the callee
    FIELD = "field"  # the address of a field of a heap block
    ROOT = "root"  # the address of a variable that holds a value
    WOSIZE = "wosize"
    TAG = "tag"
    BYTES = "bytes"  # a length in bytes
    OPERATIONS = "operations"  # a struct custom_operations *
    MEMORY = "memory"  # `mem` of caml_alloc_custom
    MAXIMUM = "maximum"  # `max` of caml_alloc_custom
    FUNCTION = "function"  # a C function that the call runs
    FINALISER = "finaliser"  # a C function that is run when the block dies
    OUT = "out"  # the address of C memory that the call fills
    OWNED = "owned"  # C memory that the call takes over
    PLACE = "place"  # a macro's argument that is assigned (Alloc_small)
    BLOCK = "block"  # a block that is read or written by an accessor
    INDEX = "index"
    REST = "rest"  # the variable arguments (see `variadic_role`)


class Contents(enum.Enum):
    """What the fields of a FRESH block hold."""

    DEFINED = "defined"  # values, given or computed by the call
    UNIT = "unit"  # Val_unit
    GARBAGE = "garbage"  # nothing that may be scanned
    RAW = "raw"  # bytes that are not scanned, not yet written


class Heap(enum.Enum):
    """Where a FRESH block lies."""

    MINOR = "minor"
    MAJOR = "major"
    EITHER = "either"  # by its size


ENUMERATIONS: dict[str, type[enum.Enum]] = {
    "kind": Kind,
    "collects": Collects,
    "raises": Raises,
    "lock": LockUse,
    "result": Result,
    "contents": Contents,
    "heap": Heap,
    "variadic_role": Role,
}
"""The fields of a row that are a word out of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRow:
    """One name of the C interface.

    `params` are roles in order, None where not known (most VARIABLEs, some macros); a variadic
    function's further arguments have `variadic_role`.  `since` and `until` are the first and last
    release series that have the name; `since` None means longer than the oldest release looked at
    (3.12); `until` None means still there.  `result_of` counts arguments from 0.  `tag` and `size`
    tell what a FRESH block is: the tag's name or number (`String_tag`, `0`), "" when an argument
    has it (Role.TAG) or it varies; its size in words (of 64 bits) when constant.  `pure` marks
    what neither collects, raises nor writes anything: it can stand in an expression.  `lvalue`
    marks macros that can be assigned to.  `oxcaml` marks what only OxCaml has; `internal` what
    only CAML_INTERNALS shows.  `replacement` is the name to use instead.
    """

    name: str
    kind: Kind
    header: str
    signature: str
    collects: Collects
    raises: Raises
    lock: LockUse
    result: Result
    collects_if: str = ""
    raises_if: str = ""
    runs_ocaml: bool = False
    result_of: int | None = None
    params: tuple[Role, ...] | None = None
    variadic_role: Role | None = None
    contents: Contents = Contents.DEFINED
    heap: Heap = Heap.EITHER
    tag: str = ""
    size: int | None = None
    pure: bool = False
    lvalue: bool = False
    replacement: str = ""
    since: Version | None = None
    until: Version | None = None
    oxcaml: bool = False
    internal: bool = False
    note: str = ""
