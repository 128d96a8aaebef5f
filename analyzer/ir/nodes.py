"""The analyzer's own language for C functions: explicit blocks and edges, calls as statements.

Expressions are pure trees: no calls, no assignments, no short circuits.  Whatever has an effect is
an instruction, in an order that C allows; where C leaves the order open, an `Unsequenced`
instruction says what could as well have happened the other way round.  The frame macros, the
accessors of `caml/*.h` and the runtime lock are operations of their own, so that nothing after
this has to know their spelling.

Nodes compare by identity and are never changed after construction.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from analyzer.ir.types import CType


class Position(NamedTuple):
    """A place in a source file; lines and columns count from 1, columns in code points."""

    path: str
    line: int
    column: int


class Storage(enum.IntEnum):
    """Where a symbol lives."""

    PARAMETER = 0
    LOCAL = 1
    STATIC_LOCAL = 2  # `static` inside a function
    STATIC = 3  # `static` at file level
    GLOBAL = 4  # defined at file level, external linkage
    EXTERN = 5  # declared only, or never declared
    FUNCTION = 6  # names a function


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A variable or function. One object for each declaration: shadowing gives another symbol."""

    name: str
    type: CType
    storage: Storage
    position: Position

    @property
    def is_local(self) -> bool:
        """Whether it lives in the activation of its function."""
        return self.storage <= Storage.LOCAL


# --- expressions -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Const:
    """A number, an enumerator or a constant of the OCaml headers; `number` is None if not known.

    `text` is how it was written (`NULL`, `Double_tag`, `0x1f`, `sizeof(struct t)`).
    """

    number: int | None
    text: str
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Str:
    """A string literal."""

    text: str
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Var:
    """A variable, as a place or as what it holds."""

    symbol: Symbol
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Temp:
    """What the call with this number returned, or what a ?:, && or || chose."""

    number: int
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """`base.name`; `base->name` is a Member of a Deref."""

    base: Expr
    name: str
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """`base[index]`, base being an array or a pointer."""

    base: Expr
    index: Expr
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Deref:
    """`*pointer`."""

    pointer: Expr
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class AddressOf:
    """`&place`."""

    place: Expr
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Unary:
    """`op operand` for `-`, `+`, `~`, `!`."""

    op: str
    operand: Expr
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """`left op right` for the arithmetic, bitwise, shift and comparison operators."""

    op: str
    left: Expr
    right: Expr
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Select:
    """`condition ? then : otherwise`, or && and ||, where no operand has a call or an effect."""

    condition: Expr
    then: Expr
    otherwise: Expr
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """`(type) operand`."""

    operand: Expr
    type: CType
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """A macro or inline function of the OCaml headers that neither collects nor changes anything.

    `Field(v, 0)`, `String_val(v)`, `Val_int(n)`, `Is_block(v)`, `Wosize_val(v)`, `Val_unit` (no
    arguments)...  It is a place where C says it is one (`Field`, `Byte`, `Some_val`, `Int64_val`).

    `written` is the name in the source where that is an older one.
    """

    name: str
    args: tuple[Expr, ...]
    type: CType
    position: Position
    written: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """An expression that could not be read; it may mention `parts`."""

    parts: tuple[Expr, ...]
    type: CType
    position: Position


Expr: TypeAlias = (
    Const
    | Str
    | Var
    | Temp
    | Member
    | Index
    | Deref
    | AddressOf
    | Unary
    | Binary
    | Select
    | Cast
    | Access
    | Opaque
)


@dataclass(frozen=True, slots=True, eq=False)
class InitList:
    """A braced initialiser.

    Each item: the member name or constant index it initialises, and with what.
    """

    items: tuple[tuple[str | int, Initialiser], ...]
    position: Position


Initialiser: TypeAlias = "Expr | InitList"


# --- instructions ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Declare:
    """Control reaches a local variable's declaration: its old content, if any, is gone.

    An initialiser follows as ordinary `Assign`s to it or to its members.  `zeroed` when a braced
    initialiser sets whatever it does not name to zero.
    """

    symbol: Symbol
    zeroed: bool
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class EndScope:
    """Control leaves the block in which these locals live, by whatever way but a return.

    `start` is the block's opening brace.
    """

    symbols: tuple[Symbol, ...]
    position: Position
    start: Position


@dataclass(frozen=True, slots=True, eq=False)
class Assign:
    """`place = source`, a plain C assignment. A compound assignment reads the place in `source`.

    A Temp as the place gets the result of a ?:, && or || in each branch.
    """

    place: Expr
    source: Expr
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call. `callee` is a Var of a function symbol when called by name, else the pointer's
    expression.

    Calls of the OCaml runtime are calls like any other (`caml_modify`, `Store_field`,
    `caml_alloc`),
    except those that are `Access`, `Frame` or `Lock`.  `result` is None when the result is
    dropped at once.
    """

    result: Temp | None
    callee: Expr
    args: tuple[Expr, ...]
    type: CType  # of the result
    position: Position

    @property
    def name(self) -> str:
        """The called function's name, "" through a pointer."""
        callee = self.callee
        if isinstance(callee, Var) and callee.symbol.storage is Storage.FUNCTION:
            return callee.symbol.name
        return ""


class FrameOp(enum.IntEnum):
    """What a frame macro does."""

    PARAM = 0  # CAMLparam*: opens the frame and registers
    XPARAM = 1  # CAMLxparam*: registers in the open frame
    LOCAL = 2  # CAMLlocal*: declares (a Declare and Assigns of Val_unit precede), and registers
    DROP = 3  # CAMLdrop
    NORETURN = 4  # CAMLnoreturn
    BEGIN_ROOTS = 5  # Begin_roots*
    END_ROOTS = 6  # End_roots
    RETURN = 7  # CAMLreturn*: directly before the Return, after its expression was evaluated


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame macro. `macro` is its name as written; `roots` the places registered.

    For the array forms (`CAMLparamN`, `CAMLlocalN`, `Begin_roots_block`) `roots` is the array and
    `size` its length.
    For CAMLreturnT `type` is the type named; for CAMLreturn it is `value`, for CAMLreturn0 `void`.
    """

    op: FrameOp
    macro: str
    roots: tuple[Expr, ...]
    size: Expr | None
    type: CType | None
    position: Position


class LockOp(enum.IntEnum):
    """What happens to the runtime lock."""

    RELEASE = 0
    ACQUIRE = 1


@dataclass(frozen=True, slots=True, eq=False)
class Lock:
    """The runtime lock is released or acquired, by the runtime's function `name`."""

    op: LockOp
    name: str
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Evaluate:
    """An expression is evaluated and its result dropped, or only its operands are used."""

    expr: Expr
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Unsequenced:
    """`held` is read for an operand whose evaluation C does not order against `calls`.

    It stands after those calls and directly before the instruction (or terminator) that uses
    both.  For an
    assignment `held` is the AddressOf of the place.  `calls` are the Call and Lock instructions,
    or those of
    the statement-expressions, of the other operands; never calls nested in `held` itself, except
    that `held` may be a Temp.
    """

    held: Expr
    calls: tuple[Call, ...]
    position: Position


Instruction: TypeAlias = Declare | EndScope | Assign | Call | Frame | Lock | Evaluate | Unsequenced


# --- control flow ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class Jump:
    target: int
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """Goes to `then` if `condition` is not zero. &&, || and ! are lowered to several branches."""

    condition: Expr
    then: int
    otherwise: int
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Switch:
    """`cases` are (constant label expressions, target); `default` is where no label fits."""

    subject: Expr
    cases: tuple[tuple[tuple[Expr, ...], int], ...]
    default: int
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    """Leaves the function; a `Frame` RETURN stands before it when it is a CAMLreturn.

    `implicit` at the closing brace, whose position it then has.
    """

    expr: Expr | None
    implicit: bool
    position: Position


@dataclass(frozen=True, slots=True, eq=False)
class Unreachable:
    """Control does not get here: `__builtin_unreachable()`, or a hole that could not be read."""

    position: Position


Terminator: TypeAlias = Jump | Branch | Switch | Return | Unreachable


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Instructions that run one after another, then a terminator.

    `loop_head`: a back edge enters it.
    """

    number: int
    instructions: tuple[Instruction, ...]
    terminator: Terminator
    loop_head: bool


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function definition. Blocks are indexed by their number, entry is 0, in reverse postorder.

    `symbol.position` is the place of its name; `end` its closing brace.  `external` is false for
    `static` ones.  `primitive` if it is written with CAMLprim.  `incomplete` if some of it could
    not be read. `temps` is the number of Temps used.
    """

    symbol: Symbol
    params: tuple[Symbol, ...]
    blocks: tuple[Block, ...]
    external: bool
    primitive: bool
    incomplete: bool
    temps: int
    end: Position

    @property
    def name(self) -> str:
        return self.symbol.name


@dataclass(frozen=True, slots=True, eq=False)
class Global:
    """A file-level variable or a static local (of `function`), with its initialiser."""

    symbol: Symbol
    initialiser: Initialiser | None
    function: str


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Something in the source that could not be read, and what was skipped for it."""

    position: Position
    message: str
    function: str  # "" outside a function


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One C file under one configuration of its unknown macros, with all the headers it includes.

    `functions` and `globals` come from headers too (their positions tell).  `structs` gives the
    fields of each structure or union whose declaration was seen, by the `name` of its type.
    `prototypes` are the types of functions declared but not defined here, by name; `noreturn`
    names the functions declared never to return.
    """

    path: str
    functions: tuple[Function, ...]
    globals: tuple[Global, ...]
    structs: dict[str, dict[str, CType]]
    prototypes: dict[str, CType]
    noreturn: frozenset[str]
    problems: tuple[Problem, ...]
