"""IR expressions as C text, for messages and as keys of equal conditions."""

from __future__ import annotations

from analyzer.ir.nodes import (
    Access,
    AddressOf,
    Binary,
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


def render(expr: Expr) -> str:
    """The expression as a C programmer would write it; a temporary has no text ("")."""
    match expr:
        case Const(text=text):
            return text
        case Str(text=text):
            return f'"{text}"'
        case Var(symbol=symbol):
            return symbol.name
        case Temp():
            return ""
        case Member(base=Deref(pointer=pointer), name=name):
            return f"{render(pointer)}->{name}"
        case Member(base=base, name=name):
            return f"{render(base)}.{name}"
        case Index(base=base, index=index):
            return f"{render(base)}[{render(index)}]"
        case Deref(pointer=pointer):
            return f"*{render(pointer)}"
        case AddressOf(place=place):
            return f"&{render(place)}"
        case Unary(op=op, operand=operand):
            return f"{op}{render(operand)}"
        case Binary(op=op, left=left, right=right):
            return f"{render(left)} {op} {render(right)}"
        case Select(condition=condition, then=then, otherwise=otherwise):
            return f"{render(condition)} ? {render(then)} : {render(otherwise)}"
        case Cast(operand=operand):
            return render(operand)
        case Access(name=name, args=args):
            return f"{name}({', '.join(map(render, args))})" if args else name
        case Opaque():
            return ""
