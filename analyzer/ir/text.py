"""IR expressions as C text, for messages and as keys of equal conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Binary,
    Call,
    Cast,
    Const,
    Deref,
    Expr,
    Index,
    Member,
    Opaque,
    Select,
    Str,
    Temp,
    Unary,
    Var,
)

_NOTHING: Mapping[int, Call] = {}


def render(expr: Expr, made: Mapping[int, Call] = _NOTHING) -> str:
    """The expression as a C programmer would write it.

    A temporary is the call in `made` that it is the result of; any other has no text ("").
    """
    match expr:
        case Const(text=text):
            return text
        case Str(text=text):
            return f'"{text}"'
        case Var(symbol=symbol):
            return symbol.name
        case Temp(number=number):
            call = made.get(number)
            return (
                "" if call is None else f"{render(call.callee, made)}({_listed(call.args, made)})"
            )
        case Member(base=Deref(pointer=pointer), name=name):
            return f"{render(pointer, made)}->{name}"
        case Member(base=base, name=name):
            return f"{render(base, made)}.{name}"
        case Index(base=base, index=index):
            return f"{render(base, made)}[{render(index, made)}]"
        case Deref(pointer=pointer):
            return f"*{render(pointer, made)}"
        case AddressOf(place=place):
            return f"&{render(place, made)}"
        case Unary(op=op, operand=operand):
            return f"{op}{render(operand, made)}"
        case Binary(op=op, left=left, right=right):
            return f"{render(left, made)} {op} {render(right, made)}"
        case Select(condition=condition, then=then, otherwise=otherwise):
            return f"{render(condition, made)} ? {render(then, made)} : {render(otherwise, made)}"
        case Cast(operand=operand):
            return render(operand, made)
        case Access(name=name, args=args):
            return f"{name}({_listed(args, made)})" if args else name
        case Opaque():
            return ""


def _listed(args: Sequence[Expr], made: Mapping[int, Call]) -> str:
    return ", ".join([render(arg, made) for arg in args])
