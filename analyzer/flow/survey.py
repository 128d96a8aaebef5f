"""One look over a function before it is interpreted: what matters in it, which constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analyzer.flow.walk import expressions_of, instructions_of, subexpressions
from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Assign,
    Binary,
    Branch,
    Call,
    Const,
    Expr,
    Frame,
    Function,
    Lock,
    Switch,
    Symbol,
    Var,
)
from analyzer.ir.types import TypeKind

_NUMBER_OF = frozenset(
    {"Int_val", "Long_val", "Bool_val", "Unsigned_int_val", "Unsigned_long_val"}
)
_COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})


@dataclass(frozen=True, slots=True)
class Survey:
    """`immediates` are variables that the function itself takes for OCaml ints; `thresholds` the
    constants that it compares with, for widening; `addressed` the locals whose address it takes,
    `strided` those that it moves by more than one, `tested` those that its branches depend on;
    `made` the calls by the temporaries that hold
    their results.  `asks_for_float`: it compares a tag with Double_tag.
    """

    immediates: frozenset[Symbol]
    thresholds: tuple[int, ...]
    addressed: frozenset[Symbol]
    used: frozenset[Symbol]
    opens_frame: bool
    strided: frozenset[Symbol]
    asks_for_float: bool
    tested: frozenset[Symbol]
    made: Mapping[int, Call]


def survey(function: Function) -> Survey:
    """Collect what the interpreter wants to know beforehand."""
    numbers: set[Symbol] = set()
    blocks: set[Symbol] = set()
    constants: set[int] = {0, 1}
    addressed: set[Symbol] = set()
    used: set[Symbol] = set()
    opens = False
    strided: set[Symbol] = set()
    floats = False
    made: dict[int, Call] = {}
    tested: set[Symbol] = set()
    for instruction in instructions_of(function):
        if type(instruction) is Frame and instruction.macro.startswith("CAMLparam"):
            opens = True
        if type(instruction) is Call and instruction.result is not None:
            made[instruction.result.number] = instruction
        if type(instruction) is Assign and type(instruction.place) is Var:
            _note_step(instruction.place.symbol, instruction.source, strided)
        decides = type(instruction) is Branch or type(instruction) is Switch
        for whole in expressions_of(instruction):
            for expr in subexpressions(whole):
                kind = type(expr)
                if kind is Var:
                    used.add(expr.symbol)  # type: ignore[union-attr]
                    if decides:
                        tested.add(expr.symbol)  # type: ignore[union-attr]
                elif kind is Access:
                    _note_access(expr, numbers, blocks)  # type: ignore[arg-type]
                elif kind is Binary and expr.op in _COMPARISONS:  # type: ignore[union-attr]
                    for side in (expr.left, expr.right):  # type: ignore[union-attr]
                        if type(side) is Const and side.number is not None:
                            constants.update((side.number - 1, side.number, side.number + 1))
                elif kind is Const and expr.text == "Double_tag":  # type: ignore[union-attr]
                    floats = True
                elif kind is AddressOf and type(expr.place) is Var:  # type: ignore[union-attr]
                    addressed.add(expr.place.symbol)  # type: ignore[union-attr]
    return Survey(
        frozenset(numbers - blocks),
        tuple(sorted(constants)),
        frozenset(addressed),
        frozenset(used),
        opens,
        frozenset(strided),
        floats,
        frozenset(tested),
        made,
    )


def _note_step(symbol: Symbol, source: Expr, strided: set[Symbol]) -> None:
    """Note a variable that moves by more than one at a time: it need not meet its bound."""
    if type(source) is Binary and any(
        type(p) is Var and p.symbol is symbol for p in subexpressions(source)
    ):
        right = source.right
        if not (source.op in "+-" and type(right) is Const and right.number == 1):
            strided.add(symbol)


def _note_access(expr: Access, numbers: set[Symbol], blocks: set[Symbol]) -> None:
    if not expr.args:
        return
    subject = expr.args[0]
    if type(subject) is Var:
        (numbers if expr.name in _NUMBER_OF else blocks).add(subject.symbol)


def is_plain(function: Function, concerns: Callable[[str], bool]) -> bool:
    """Whether a function has no value, no accessor, and no call that `concerns` OCaml."""
    for symbol in function.params:
        if symbol.type.is_value or symbol.type.is_value_array:
            return False
    result = function.symbol.type.target
    if result is not None and result.kind is TypeKind.VALUE:
        return False
    for instruction in instructions_of(function):
        kind = type(instruction)
        if kind is Frame or kind is Lock:
            return False
        if kind is Call and concerns(instruction.name):  # type: ignore[union-attr]
            return False
        for whole in expressions_of(instruction):
            for expr in subexpressions(whole):
                if type(expr) is Access or expr.type.is_value:
                    return False
    return True
