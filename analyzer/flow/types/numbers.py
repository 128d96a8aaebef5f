"""Numbers of C and OCaml's ints: conversions that lack, come twice, or lose bits."""

from __future__ import annotations

from analyzer.flow.clib import ClibRow, lookup
from analyzer.flow.run import Run
from analyzer.flow.state import State
from analyzer.flow.types.facts import (
    ConversionFault,
    DoubleConversion,
    IntegerTruncation,
    MissingConversion,
    TruncationFault,
)
from analyzer.flow.values import VALUE_SHAPES, AbsVal, Shape
from analyzer.flow.walk import instructions_of, subexpressions, uncast
from analyzer.ir.nodes import (
    Access,
    Assign,
    Binary,
    Call,
    Cast,
    Const,
    Expr,
    Index,
    Member,
    Temp,
    Unary,
    Var,
)
from analyzer.ir.text import render
from analyzer.ir.types import CType, TypeKind
from runtime_sim.model.api.row import ApiRow, Role

FROM_VALUE = frozenset(
    {
        "Int_val",
        "Long_val",
        "Bool_val",
        "Unsigned_int_val",
        "Unsigned_long_val",
        "Int8_val",
        "Int16_val",
    }
)
"""The accessors from immediates to C numbers."""

NUMBER = "number"
"""The source of a C number put into a variable of type `value`, and of an int made of one."""

LENGTH = "length"
"""The source of a length of 64 bits that was put into a narrower variable."""

NARROWED = "narrowed"
"""The source of an OCaml int that was cut to 32 bits before it was put into a wider variable."""

_ORDERED = frozenset({"<", "<=", ">", ">="})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%"})
_UNSIGNED = frozenset({"uint64_t", "unsigned long long", "uint64"})
_SIGNED = frozenset({"int64_t", "long long", "int64"})
"""Types of 64 bits that are chosen for numbers which need them all."""
_OFFSETS = _UNSIGNED | _SIGNED | {"off_t", "off64_t", "loff_t"}
_NARROW = frozenset({"Int_val", "Unsigned_int_val"})
_COUNTS = frozenset({"size_t", "ssize_t", "off_t", "time_t", "mlsize_t"})
"""Types of 64 bits that never carry a value."""
_LENGTHS = frozenset({"caml_string_length", "string_length", "Bosize_val"})
_SIZES = frozenset({Role.BYTES, Role.WOSIZE})


def told(expr: Expr, val: AbsVal) -> str:
    """An expression in words: its text, or where it comes from."""
    text = render(expr)
    if text or val.origin is None:
        return text or "the outcome of a test"
    return val.origin.text


def is_number(type_: CType) -> bool:
    """Whether a C type is that of a number too narrow to carry a value."""
    return type_.kind is TypeKind.INTEGER and type_.bits < 64


def _is_ocaml(run: Run, val: AbsVal) -> bool:
    """Whether this certainly is a value that OCaml handed over: all of them differ from zero."""
    if not run.primitive or val.shape not in VALUE_SHAPES or val.null:
        return False
    return val.parameter is not None or val.type is not None


def _missing(run: Run, fault: ConversionFault, expr: Expr, callee: str, val: AbsVal) -> None:
    run.emit(MissingConversion(expr.position, fault, told(expr, val), callee, val.origin))


# --- values where numbers are asked for ----------------------------------------------------------


def check_tested(run: Run, condition: Expr, val: AbsVal) -> None:
    """A value is no truth value: none but null is zero."""
    while isinstance(condition, Unary) and condition.op == "!":
        condition = condition.operand
    if condition.type.is_value and isinstance(condition, Var | Access) and _is_ocaml(run, val):
        _missing(run, ConversionFault.TESTED, condition, "", val)


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
    compared = expr.op in ("==", "!=") and number.type.bits < 64
    if compared or expr.op in _ORDERED or expr.op in _ARITHMETIC:
        _missing(run, ConversionFault.COMPUTED, value, expr.op, val)


def _is_misread(op: str, number: Const, val: AbsVal) -> bool:
    """Whether an operation with a constant is no trick: one that makes sense for numbers only."""
    if op in ("*", "/", "%") or op in _ORDERED:
        return True
    immediate = val.type is not None and val.type.is_immediate
    return (
        op in ("==", "!=") and immediate and number.number is not None and number.number % 2 == 0
    )


def check_passed(run: Run, argument: Expr, val: AbsVal, name: str, type_: CType | None) -> None:
    """An argument of a C function: no value where the function takes a number, nor the reverse.

    `type_` is the parameter's type, None for a function of the C library, which takes no values.
    """
    if type_ is not None and type_.is_value:
        if _is_plain_number(argument, val):
            _missing(run, ConversionFault.PASSED_AS_VALUE, argument, name, val)
        return
    if not argument.type.is_value or not _is_ocaml(run, val):
        return
    immediate = val.type is not None and val.type.is_immediate
    if type_ is None:
        wrong = immediate
    else:
        wrong = is_number(type_) or (type_.kind is TypeKind.INTEGER and immediate)
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
    if counted or narrow or all(_is_numeric(run, s) for s in _sources(run, argument)):
        text = render(argument)
        run.emit(DoubleConversion(expr.position, expr.name, text, False, val.origin))


def _gets_value(run: Run, argument: Expr) -> bool:
    """Whether this is a parameter that OCaml passes a value, whatever its C type: what is wrong
    then is the parameter's type."""
    params = run.function.params
    if run.contract is None or not isinstance(argument, Var) or argument.symbol not in params:
        return False
    return not run.contract.passes_number(params.index(argument.symbol))


def _is_numeric(run: Run, source: Expr | Call) -> bool:
    """Whether this is a number as C has them, for all that 64 bits may carry a value."""
    match source:
        case Call(name=name):
            return lookup(name) is not None
        case Access(name=name):
            return name in FROM_VALUE or name in _LENGTHS or name == "Wosize_val"
        case Var(symbol=symbol) if symbol in run.function.params and run.contract is not None:
            # A parameter that is a `value` here is wrong as a parameter already.
            number = run.function.params.index(symbol)
            return not symbol.type.is_value and run.contract.passes_number(number)
    return False


# --- numbers where values are asked for ----------------------------------------------------------


def check_given_number(run: Run, val: AbsVal, expr: Access) -> None:
    """Val_int and its like take a number, and one of 63 bits."""
    argument = expr.args[0]
    if val.shape in VALUE_SHAPES and argument.type.is_value and expr.name != "Val_not":
        text = told(argument, val)
        run.emit(DoubleConversion(expr.position, expr.name, text, True, val.origin))
    elif expr.name in ("Val_int", "Val_long"):
        _check_width(run, val, argument, expr)


def _check_width(run: Run, val: AbsVal, argument: Expr, expr: Access) -> None:
    type_ = argument.type
    if (
        type_.kind is not TypeKind.INTEGER
        or type_.bits < 64
        or type_.name not in _UNSIGNED | _SIGNED
    ):
        return
    if val.shape not in (Shape.DATA, Shape.UNKNOWN) or val.parameter is not None:
        return
    if val.low is not None and val.high is not None:
        return
    if not all(_is_foreign(run, source, type_) for source in _sources(run, argument)):
        return
    fault = TruncationFault.WIDE_TAGGED
    text = told(argument, val)
    run.emit(IntegerTruncation(expr.position, fault, text, type_.name, expr.name))


def _sources(run: Run, expr: Expr) -> list[Expr | Call]:
    """What an expression is, by way of one variable at most; the calls themselves for results.

    A variable that is written in a way not followed here, by its address, stands for itself, and
    so does a parameter.
    """
    expr = uncast(expr)
    sources: list[Expr] = [expr]
    if isinstance(expr, Var):
        symbol = expr.symbol
        assigned = [
            uncast(i.source)
            for i in instructions_of(run.function)
            if isinstance(i, Assign) and isinstance(i.place, Var) and i.place.symbol is symbol
        ]
        if symbol in run.survey.addressed or symbol in run.function.params:
            sources += assigned
        else:
            sources = assigned or sources
    made = run.survey.made
    return [made.get(s.number, s) if isinstance(s, Temp) else s for s in sources]


def _is_foreign(run: Run, source: Expr | Call, type_: CType) -> bool:
    """Whether a number comes from code that is not ours to judge, with all its bits in use.

    What the project computes itself it may keep within 63 bits, as OCaml does.
    """
    if not isinstance(source, Call):
        return False
    return type_.name in _UNSIGNED or not run.program.is_defined(source.name)


def is_unconverted(val: AbsVal, expr: Expr) -> bool:
    """Whether what is returned as a value is a C number, and was never made anything else."""
    if isinstance(expr, Const):
        # An odd constant is an immediate, whatever it was meant to be.
        return expr.type.kind is TypeKind.INTEGER and expr.number == 0 and expr.text != "NULL"
    return _is_plain_number(expr, val) or (
        expr.type.is_value and val.shape is Shape.DATA and val.source == NUMBER
    )


def _is_plain_number(expr: Expr, val: AbsVal) -> bool:
    if isinstance(expr, Cast | Const) or val.shape is not Shape.DATA or val.garbage:
        return False
    if expr.type.kind is TypeKind.FLOATING:
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
    if _is_plain_number(source, val) or (val.source == NUMBER and val.shape is Shape.DATA):
        _missing(run, ConversionFault.STORED, source, render(place), val)


def as_number(source: Expr, val: AbsVal) -> AbsVal:
    """A C number that is put into a variable of type `value`: marked, in case it stays one."""
    if is_number(source.type) and not val.source and _is_plain_number(source, val):
        return val._replace(source=NUMBER)
    return val


# --- lengths and offsets -------------------------------------------------------------------------


def as_length(run: Run, instruction: Assign, val: AbsVal) -> AbsVal:
    """A length that is put into a variable of 32 bits or less: marked, in case it is used."""
    place, source = instruction.place, uncast(instruction.source)
    if not isinstance(place, Var):
        return val
    if place.type.name in _OFFSETS:
        if isinstance(source, Access) and source.name in _NARROW and not val.source:
            origin = run.origin(instruction.position, render(source))
            return val._replace(source=NARROWED, origin=origin)
        return val
    if not is_number(place.type):
        return val
    wide = isinstance(source, Access) and source.name in _LENGTHS
    wide = wide or (isinstance(source, Index) and _is_dimension(source.base))
    if wide and not val.source and not val.is_constant:
        origin = run.origin(instruction.position, render(source))
        return val._replace(source=LENGTH, origin=origin)
    return val


def _is_dimension(expr: Expr) -> bool:
    """`Caml_ba_array_val(v)->dim`."""
    return isinstance(expr, Member) and expr.name == "dim"


def check_sizes(run: Run, state: State, instruction: Call, row: ClibRow) -> None:
    """Sizes and offsets that are given to the C library have kept all their bits."""
    for number in row.offsets:
        if number < len(instruction.args):
            _check_offset(run, state, instruction.args[number], instruction.name)
    for number in row.sizes:
        if number < len(instruction.args):
            _check_size(run, state, instruction.args[number], instruction)


def check_runtime_sizes(run: Run, state: State, instruction: Call, row: ApiRow) -> None:
    """Sizes that are given to the runtime."""
    for role, argument in zip(row.params or (), instruction.args, strict=False):
        if role in _SIZES:
            _check_size(run, state, argument, instruction)


def check_offset_given(run: Run, state: State, argument: Expr, name: str, type_: CType) -> None:
    """An argument of a function that takes a number of 64 bits on purpose."""
    if type_.name in _OFFSETS:
        _check_offset(run, state, argument, name)


def _check_offset(run: Run, state: State, argument: Expr, name: str) -> None:
    inner = uncast(argument)
    fault = TruncationFault.NARROW_READ
    if isinstance(inner, Access) and inner.name in _NARROW:
        run.emit(IntegerTruncation(argument.position, fault, render(inner), inner.name, name))
    elif isinstance(inner, Var):
        held = state.cells.get(inner.symbol)
        if held is not None and held.source == NARROWED and held.origin is not None:
            text = held.origin.text
            macro = text.partition("(")[0]
            run.emit(IntegerTruncation(held.origin.position, fault, text, macro, name))


def _check_size(run: Run, state: State, argument: Expr, instruction: Call) -> None:
    for part in subexpressions(argument):
        if type(part) is not Var:
            continue
        held = state.cells.get(part.symbol)
        if held is None or held.source != LENGTH or held.origin is None:
            continue
        measured = held.origin.text
        tested = held.high is not None or any(measured in text for text in state.conditions)
        if not tested:
            fault = TruncationFault.NARROW_LENGTH
            name = part.symbol.name
            used = instruction.position
            run.emit(
                IntegerTruncation(
                    held.origin.position, fault, held.origin.text, name, instruction.name, used
                )
            )
