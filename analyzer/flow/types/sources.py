"""Where the numbers of C come from."""

from __future__ import annotations

from analyzer.flow.clib import gives_number
from analyzer.flow.run import Run
from analyzer.flow.types.expectations import READS_IMMEDIATES
from analyzer.flow.walk import instructions_of, uncast
from analyzer.ir.nodes import Access, Assign, Binary, Call, Const, Expr, Temp, Var
from analyzer.ir.text import render
from analyzer.ir.types import CType, TypeKind

_MEASURES = frozenset({"caml_string_length", "string_length", "Bosize_val", "Wosize_val"})


def is_number(type_: CType) -> bool:
    """Whether a C type is that of a number too narrow to carry a value."""
    return type_.kind is TypeKind.INTEGER and type_.bits < 64


def sources_of(run: Run, expr: Expr) -> list[Expr | Call]:
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


def is_numeric(run: Run, source: Expr | Call) -> bool:
    """Whether this is a number as C has them, for all that 64 bits may carry a value."""
    match source:
        case Call(name=name):
            return gives_number(name)
        case Access(name=name):
            return name in READS_IMMEDIATES or name in _MEASURES
        case Binary(op="+" | "-", left=left, right=right):
            parts = [part for part in map(uncast, (left, right)) if not isinstance(part, Const)]
            # `n + n + 1` is what Val_int makes.
            doubled = len(parts) == 2 and render(parts[0]) == render(parts[1])
            return bool(parts) and not doubled and all(is_numeric(run, part) for part in parts)
        case Temp() if source.number in run.survey.made:
            return is_numeric(run, run.survey.made[source.number])
        case Var(symbol=symbol) if symbol in run.function.params and run.contract is not None:
            # A parameter that is a `value` here is wrong as a parameter already.
            number = run.function.params.index(symbol)
            return not symbol.type.is_value and run.contract.passes_number(number)
    return False
