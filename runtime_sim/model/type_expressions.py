"""Type expressions as terms: their size, substitution, their text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from runtime_sim.model.kinds import Kind
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Field,
    Opaque,
    PolyVariant,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
)

__all__ = [
    "bindings_of",
    "is_reasonable",
    "kinds_of",
    "substitute",
    "substitute_fields",
    "type_text",
    "variables_of",
]

_MAX_NODES = 1000
"""How large a type may be; the arguments of a non-regular type grow without end."""
_MAX_DEPTH = 60


def variables_of(type: Type) -> frozenset[str]:
    """The names of the variables in a type."""
    return frozenset(kinds_of(type))


def kinds_of(type: Type) -> dict[str, Kind | None]:
    """The variables in a type by their names, each with a kind that is told of it."""
    found: dict[str, Kind | None] = {}
    pending = [type]
    while pending:
        each = pending.pop()
        if isinstance(each, TypeVar):
            found[each.name] = each.kind or found.get(each.name)
        pending += _children(each)
    return found


def _children(type: Type) -> tuple[Type, ...]:
    match type:
        case Constr(args=args):
            return args
        case Arrow(param=param, result=result):
            return param, result
        case Tuple(items=items):
            return items
        case PolyVariant(tags=tags, inherits=inherits):
            return (*inherits, *(each for _, types in tags for each in types))
    return ()


def is_reasonable(type: Type) -> bool:
    """Whether a type is small enough to be hashed and shown.

    The types met in a non-regular definition double at every step while they share their parts,
    so that they take little memory and much time.
    """
    pending = [(type, 0)]
    nodes = 0
    while pending:
        each, depth = pending.pop()
        nodes += 1
        if nodes > _MAX_NODES or depth > _MAX_DEPTH:
            return False
        pending += [(child, depth + 1) for child in _children(each)]
    return True


def bindings_of(definition: TypeDefinition, type: Constr) -> dict[str, Type] | None:
    """What the parameters of a definition stand for; None if their number is wrong."""
    if len(definition.params) != len(type.args):
        return None
    return {
        name: argument
        for name, argument in zip(definition.params, type.args, strict=True)
        if name not in ("", "_")
    }


def substitute_fields(
    fields: tuple[Field, ...], bindings: Mapping[str, Type]
) -> tuple[Field, ...]:
    return tuple(replace(each, type=substitute(each.type, bindings)) for each in fields)


def substitute(type: Type, bindings: Mapping[str, Type]) -> Type:
    """The type with its variables replaced; time in the size of `type`, not of the bindings."""
    if not bindings:
        return type

    def all_of(types: tuple[Type, ...]) -> tuple[Type, ...]:
        return tuple(substitute(each, bindings) for each in types)

    match type:
        case TypeVar(name=name):
            return bindings.get(name, type)
        case Constr(name=name, args=args):
            return Constr(name, all_of(args)) if args else type
        case Arrow(param=param, result=result, label=label):
            return Arrow(substitute(param, bindings), substitute(result, bindings), label)
        case Tuple(items=items, unboxed=unboxed):
            return Tuple(all_of(items), unboxed)
        case PolyVariant(tags=tags, inherits=inherits, open=open_):
            return PolyVariant(
                tuple((name, all_of(types)) for name, types in tags), all_of(inherits), open_
            )
        case Opaque():
            return type


def _shown_name(key: str) -> str:
    """The name of a definition without the path of its file: `M.t` of `path#M.t`."""
    unboxed = "#" if key.endswith("#") else ""
    name = key.removesuffix("#").rpartition("#")[2]
    return name.removeprefix("Stdlib.") + unboxed


def type_text(type: Type) -> str:
    """The type as OCaml writes it."""
    match type:
        case Constr(name=name, args=()):
            return _shown_name(name)
        case Constr(name=name, args=(only,)):
            return f"{_atom(only)} {_shown_name(name)}"
        case Constr(name=name, args=args):
            return f"({', '.join(map(type_text, args))}) {_shown_name(name)}"
        case TypeVar(name=name):
            return "_" if name in ("", "_") else f"'{name}"
        case Arrow(param=param, result=result, label=label):
            return f"{_labelled(label, param)} -> {type_text(result)}"
        case Tuple(items=items, unboxed=unboxed):
            text = " * ".join(map(_atom, items))
            return f"#({text})" if unboxed else text
        case PolyVariant(tags=tags, inherits=inherits, open=open_):
            parts = [
                *map(type_text, inherits),
                *(
                    f"`{name} of {' & '.join(map(_atom, types))}" if types else f"`{name}"
                    for name, types in tags
                ),
            ]
            return f"[{'>' if open_ else ''} {' | '.join(parts)} ]"
        case Opaque(text=text):
            return text


def _labelled(label: str, param: Type) -> str:
    optional = isinstance(param, Constr) and param.name == "option" and len(param.args) == 1
    if label.startswith("?") and optional:
        assert isinstance(param, Constr)
        param = param.args[0]
    text = type_text(param)
    if isinstance(param, Arrow):
        text = f"({text})"
    return f"{label}:{text}" if label else text


def _atom(type: Type) -> str:
    text = type_text(type)
    return f"({text})" if isinstance(type, Arrow) or _is_bare_tuple(type) else text


def _is_bare_tuple(type: Type) -> bool:
    return isinstance(type, Tuple) and not type.unboxed
