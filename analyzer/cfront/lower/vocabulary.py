"""How a call or use of a name of the OCaml headers is lowered."""

from __future__ import annotations

import enum
from typing import NamedTuple, Protocol

from analyzer.cfront.holes import HOLE, OPAQUE
from analyzer.cfront.lower.signatures import result_type
from analyzer.ir.nodes import FrameOp, LockOp
from analyzer.ir.types import UNKNOWN, VOID, CType
from runtime_sim.model.api.row import ApiRow, Kind, LockUse, Result, Role


class Api(Protocol):
    """What is known of the OCaml runtime's names."""

    def get(self, name: str) -> ApiRow | None: ...


class Form(enum.IntEnum):
    """What becomes of a name."""

    CALL = 0
    ACCESS = 1
    NAME = 2  # a macro without arguments: an Access when it is used, not called
    VARIABLE = 3
    FRAME = 4
    LOCK = 5
    ORDERED = 6  # evaluates its first argument after the others
    PLACE = 7  # assigns to its first argument
    OPERAND = 8  # stands for its first argument
    VA_ARG = 9
    OFFSETOF = 10
    UNREACHABLE = 11
    SKIPPED = 12


class Word(NamedTuple):
    """A name with a meaning of its own.

    `name` is the current name of an accessor.  `settled` if no collection can change what the
    accessor's result means: it is not a value in the heap nor a pointer into it.
    """

    form: Form
    name: str
    type: CType
    settled: bool = True
    frame: FrameOp | None = None
    lock: LockOp | None = None


# In the headers these are statements that first put the other arguments into variables.
_ORDERED = (
    "Store_field",
    "Store_double_field",
    "Store_double_flat_field",
    "Store_double_array_field",
)
_OPERANDS = ("CAMLlikely", "CAMLunlikely", "__builtin_expect")
_FRAMES = (
    {f"CAMLparam{n}": FrameOp.PARAM for n in "012345N"}
    | {f"CAMLxparam{n}": FrameOp.XPARAM for n in "12345N"}
    | {f"CAMLlocal{n}": FrameOp.LOCAL for n in "12345N"}
    | {f"Begin_roots{n}": FrameOp.BEGIN_ROOTS for n in "12345"}
    | {
        "CAMLxparamresult": FrameOp.XPARAM,
        "CAMLlocalresult": FrameOp.LOCAL,
        "CAMLdrop": FrameOp.DROP,
        "CAMLnoreturn": FrameOp.NORETURN,
        "Begin_root": FrameOp.BEGIN_ROOTS,
        "Begin_roots_block": FrameOp.BEGIN_ROOTS,
        "End_roots": FrameOp.END_ROOTS,
        "CAMLreturn": FrameOp.RETURN,
        "CAMLreturnT": FrameOp.RETURN,
        "CAMLreturn0": FrameOp.RETURN,
    }
)
SIZED_FRAMES = frozenset({"CAMLparamN", "CAMLxparamN", "CAMLlocalN", "Begin_roots_block"})

_LOCKS = {LockUse.RELEASES: LockOp.RELEASE, LockUse.ACQUIRES: LockOp.ACQUIRE}

_FIXED: dict[str, Word] = (
    {name: Word(Form.ORDERED, name, VOID) for name in _ORDERED}
    | {name: Word(Form.OPERAND, name, UNKNOWN) for name in _OPERANDS}
    | {name: Word(Form.FRAME, name, VOID, frame=op) for name, op in _FRAMES.items()}
    | {name: Word(Form.VA_ARG, "va_arg", UNKNOWN) for name in ("va_arg", "__builtin_va_arg")}
    | {name: Word(Form.OFFSETOF, name, UNKNOWN) for name in ("offsetof", "__builtin_offsetof")}
    | {name: Word(Form.SKIPPED, name, UNKNOWN) for name in (HOLE, OPAQUE)}
    | {"__builtin_unreachable": Word(Form.UNREACHABLE, "__builtin_unreachable", VOID)}
)


def word_for(name: str, api: Api) -> Word | None:
    """What the name means where the project does not define it; None if it is unknown."""
    word = _FIXED.get(name)
    if word is not None:
        return word
    row = api.get(name)
    if row is None:
        return None
    current = name
    if row.kind is Kind.LEGACY:
        current = row.replacement
        row = api.get(current) or row
    lock = _LOCKS.get(row.lock)
    ctype = result_type(row)
    if row.kind is Kind.VARIABLE:
        return Word(Form.VARIABLE, current, ctype)
    if lock is not None:
        return Word(Form.LOCK, current, VOID, lock=lock)
    if row.params and row.params[0] is Role.PLACE:
        return Word(Form.PLACE, current, ctype)
    if not row.pure:
        return Word(Form.CALL, current, ctype)
    if not row.params and "(" not in row.signature:
        return Word(Form.NAME, current, ctype)
    return Word(Form.ACCESS, current, ctype, _is_settled(row))


def _is_settled(row: ApiRow) -> bool:
    return row.result in (Result.IMMEDIATE, Result.DATA) or row.params == (Role.TAG,)
