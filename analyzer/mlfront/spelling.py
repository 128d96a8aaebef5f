"""Types as OCaml writes them."""

from __future__ import annotations

from typing import assert_never

from runtime_sim.model.types import Arrow, Constr, Opaque, PolyVariant, Tuple, Type, TypeVar


def spell_type(type_: Type) -> str:
    match type_:
        case Constr(name, args):
            return f"{_arguments(args)}{name}"
        case TypeVar(name):
            return f"'{name}" if name else "_"
        case Arrow(param, result, label):
            if label.startswith("?") and isinstance(param, Constr) and param.args:
                param = param.args[0]
            prefix = f"{label}:" if label else ""
            return f"{prefix}{_simple(param)} -> {spell_type(result)}"
        case Tuple(items, unboxed):
            inner = " * ".join(_simple(item) for item in items)
            return f"#({inner})" if unboxed else inner
        case PolyVariant(tags, inherits, is_open):
            told = [
                f"`{name}{' of ' if types else ''}{' & '.join(spell_type(t) for t in types)}"
                for name, types in tags
            ]
            told += [spell_type(inherited) for inherited in inherits]
            return f"[{'>' if is_open else ''} {' | '.join(told)} ]"
        case Opaque(text):
            return text
        case _:
            assert_never(type_)


def _simple(type_: Type) -> str:
    text = spell_type(type_)
    is_compound = isinstance(type_, Arrow) or (isinstance(type_, Tuple) and not type_.unboxed)
    return f"({text})" if is_compound else text


def _arguments(args: tuple[Type, ...]) -> str:
    if not args:
        return ""
    if len(args) == 1:
        return f"{_simple(args[0])} "
    return f"({', '.join(spell_type(arg) for arg in args)}) "
