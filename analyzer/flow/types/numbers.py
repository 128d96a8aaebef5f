"""Numbers of C and OCaml's ints: conversions that lack, or come twice."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.flow.evaluate import evaluate
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.facts import ConversionFault, DoubleConversion, MissingConversion
from analyzer.flow.types.sources import is_number, is_numeric, sources_of
from analyzer.flow.types.truncation import check_width
from analyzer.flow.values import VALUE_SHAPES, AbsVal, Shape
from analyzer.flow.walk import uncast
from analyzer.ir.nodes import Access, Assign, Binary, Cast, Const, Expr, Index, Temp, Unary, Var
from analyzer.ir.text import render
from analyzer.ir.types import CType, TypeKind
from runtime_sim.model.profile import Profile

NUMBER = "number"
"""The source of a C number put into a variable of type `value`, and of an int made of one."""

_ORDERED = frozenset({"<", "<=", ">", ">="})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
_COUNTS = frozenset({"size_t", "ssize_t", "off_t", "time_t", "mlsize_t"})
"""Types of 64 bits that never carry a value."""


def told(run: Run, expr: Expr, val: AbsVal) -> str:
    """An expression in words: its text, or where it comes from."""
    text = run.text(expr)
    if text or val.origin is None:
        return text or "the outcome of a test"
    return val.origin.text


def _is_ocaml(run: Run, val: AbsVal) -> bool:
    """Whether this certainly is a value that OCaml handed over: all of them differ from zero."""
    if not run.primitive or val.shape not in VALUE_SHAPES or val.null:
        return False
    return val.parameter is not None or val.type is not None


def _missing(run: Run, fault: ConversionFault, expr: Expr, callee: str, val: AbsVal) -> None:
    run.emit(MissingConversion(expr.position, fault, told(run, expr, val), callee, val.origin))


# --- values where numbers are asked for ----------------------------------------------------------


def check_tested(run: Run, condition: Expr, val: AbsVal) -> None:
    """A value is no truth value: none but null is zero."""
    while isinstance(condition, Unary) and condition.op == "!":
        condition = condition.operand
    if not condition.type.is_value or not isinstance(condition, Var | Access):
        return
    # Before OCaml 5 an abstract value may be a pointer of C's, and NULL.
    pointer = val.type is None or val.type.open
    if pointer and run.analysis.profile is Profile.OCAML_4_14:
        return
    if _is_ocaml(run, val):
        _missing(run, ConversionFault.TESTED, condition, "", val)


def check_index(run: Run, expr: Index, val: AbsVal) -> None:
    """`table[v]`."""
    if expr.index.type.is_value and _is_ocaml(run, val):
        _missing(run, ConversionFault.COMPUTED, expr.index, "[]", val)


def check_switched(run: Run, subject: Expr, val: AbsVal, labels: Sequence[Expr]) -> None:
    """`switch (v) { case 0: ... }`: no immediate is even."""
    even = any(isinstance(label, Const) and _is_even(label) for label in labels)
    if even and subject.type.is_value and _is_ocaml(run, val):
        _missing(run, ConversionFault.SWITCHED, subject, "", val)


def _is_even(expr: Const) -> bool:
    return expr.number is not None and expr.number % 2 == 0


def check_mixed(run: Run, expr: Binary, left: AbsVal, right: AbsVal) -> None:
    """A value and a C number in one operation: the tag bit is taken for a part of the number.

    Tricks with the tag bit have a constant, or a number that was shifted or doubled to fit.
    """
    value, number, val, other = (
        (expr.left, expr.right, left, right)
        if expr.left.type.is_value
        else (expr.right, expr.left, right, left)
    )
    if not _is_ocaml(run, val) or other.shape is not Shape.DATA:
        return
    if number.type.kind is not TypeKind.INTEGER or isinstance(number, Cast | Binary):
        return
    if isinstance(number, Const) and not _is_misread(expr.op, number, val):
        return
    if number.type.bits == 64 and not isinstance(number, Const):
        # A word may have been made to fit the tag bit.
        if not all(is_numeric(run, source) for source in sources_of(run, number)):
            return
    compared = expr.op in ("==", "!=") and number.type.bits < 64
    if compared or expr.op in _ORDERED or expr.op in _ARITHMETIC:
        _missing(run, ConversionFault.COMPUTED, value, expr.op, val)


def _is_misread(op: str, number: Const, val: AbsVal) -> bool:
    """Whether an operation with a constant is no trick: one that makes sense for numbers only."""
    if op in ("*", "/", "%"):
        return True
    if op in _ORDERED:
        # The order of immediates is that of their words; 0 lies between those of -1 and 0.
        return _is_even(number) and number.number != 0
    immediate = val.type is not None and val.type.is_immediate
    return op in ("==", "!=") and immediate and _is_even(number)


def check_passed(run: Run, argument: Expr, val: AbsVal, name: str, type_: CType | None) -> None:
    """An argument of a C function: no value where the function takes a number, nor the reverse.

    `type_` is the parameter's type, None for a function of the C library, which takes no values.
    """
    if type_ is not None and type_.is_value:
        if _is_plain_number(run, argument, val):
            _missing(run, ConversionFault.PASSED_AS_VALUE, argument, name, val)
        return
    if not argument.type.is_value or not _is_ocaml(run, val):
        return
    immediate = val.type is not None and val.type.is_immediate
    if type_ is None:
        wrong = immediate
    else:
        # A word may be meant to hold a value.
        word = type_.kind is TypeKind.INTEGER and immediate
        wrong = is_number(type_) or type_.kind is TypeKind.FLOATING or word
    if wrong:
        _missing(run, ConversionFault.PASSED, argument, name, val)


def check_assigned(run: Run, instruction: Assign, val: AbsVal) -> None:
    """`int n = v`."""
    place, source = instruction.place, instruction.source
    if is_number(place.type) and source.type.is_value and _is_ocaml(run, val):
        _missing(run, ConversionFault.ASSIGNED, source, render(place), val)


def check_taken(run: Run, val: AbsVal, expr: Access) -> None:
    """Int_val and its like take a value, and no number that is one of C's already."""
    argument = expr.args[0]
    if val.shape is not Shape.DATA or val.garbage or isinstance(argument, Cast):
        return
    if argument.type.is_pointer:
        return
    counted = isinstance(argument, Temp) and argument.type.name in _COUNTS
    narrow = is_number(argument.type) and not _gets_value(run, argument)
    if counted or narrow or all(is_numeric(run, source) for source in sources_of(run, argument)):
        text = run.text(argument)
        run.emit(DoubleConversion(expr.position, expr.name, text, False, val.origin))


def _gets_value(run: Run, argument: Expr) -> bool:
    """Whether this is a parameter that OCaml passes a value, whatever its C type: what is wrong
    then is the parameter's type."""
    params = run.function.params
    if run.contract is None or not isinstance(argument, Var) or argument.symbol not in params:
        return False
    return not run.contract.passes_number(params.index(argument.symbol))


# --- numbers where values are asked for ----------------------------------------------------------


def check_given_number(run: Run, state: State, val: AbsVal, expr: Access) -> None:
    """Val_int and its like take a number, and one of 63 bits."""
    argument = expr.args[0]
    inner = uncast(argument)
    if isinstance(inner, Unary) and inner.op in ("-", "~") and inner.operand.type.is_value:
        negated = evaluate(run, state, inner.operand)
        if _is_ocaml(run, negated):
            _missing(run, ConversionFault.COMPUTED, inner.operand, inner.op, negated)
    if val.shape in VALUE_SHAPES and argument.type.is_value and expr.name != "Val_not":
        text = told(run, argument, val)
        run.emit(DoubleConversion(expr.position, expr.name, text, True, val.origin))
    elif expr.name in ("Val_int", "Val_long"):
        check_width(run, val, argument, expr)


def is_unconverted(run: Run, val: AbsVal, expr: Expr) -> bool:
    """Whether what is returned as a value is a C number, and was never made anything else."""
    if isinstance(expr, Const):
        # An odd constant is an immediate, whatever it was meant to be.
        return expr.type.kind is TypeKind.INTEGER and _is_even(expr) and expr.text != "NULL"
    return _is_plain_number(run, expr, val) or (
        expr.type.is_value and val.shape is Shape.DATA and val.source == NUMBER
    )


def _is_plain_number(run: Run, expr: Expr, val: AbsVal) -> bool:
    if isinstance(expr, Cast | Const) or val.shape is not Shape.DATA or val.garbage:
        return False
    if expr.type.kind is TypeKind.FLOATING:
        return True
    if not expr.type.is_value and all(is_numeric(run, s) for s in sources_of(run, expr)):
        return True
    if expr.type.kind is not TypeKind.INTEGER or _is_encoded(expr):
        return False
    if val.is_constant and (val.low != 0 or not isinstance(expr, Temp)):
        return False
    # A variable of 64 bits may hold a value; what a function returns as a number is one.
    return expr.type.bits < 64 or isinstance(expr, Temp)


def _is_encoded(expr: Expr) -> bool:
    """`2 * n + 1`, `n << 1 | 1`: an immediate made by hand."""
    return isinstance(expr, Binary) and expr.op in ("+", "|", "-", "<<", "^")


def check_stored_number(run: Run, place: Expr, val: AbsVal, source: Expr) -> None:
    """`Field(v, 0) = n`."""
    if _is_plain_number(run, source, val) or (val.source == NUMBER and val.shape is Shape.DATA):
        _missing(run, ConversionFault.STORED, source, render(place), val)


def as_number(run: Run, source: Expr, val: AbsVal) -> AbsVal:
    """A C number that is put into a variable of type `value`: marked, in case it stays one."""
    if is_number(source.type) and not val.source and _is_plain_number(run, source, val):
        return val._replace(source=NUMBER)
    return val
