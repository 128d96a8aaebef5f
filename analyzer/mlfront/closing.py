"""Closing: every name in an external or definition becomes the key of a definition."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analyzer.mlfront.resolution import Place
from runtime_sim.model.type_expressions import type_text
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Extensible,
    External,
    Field,
    Opaque,
    PolyVariant,
    Record,
    Slot,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)

FindKey = Callable[[str, Place], str | None]
"""The key of the definition that a name means somewhere; None if nothing is known of it."""


def close_external(external: External, place: Place, key: FindKey) -> External:
    return replace(
        external,
        params=tuple(_slot(slot, place, key) for slot in external.params),
        result=_slot(external.result, place, key),
    )


def _slot(slot: Slot, place: Place, key: FindKey) -> Slot:
    return replace(slot, type=_type(slot.type, place, key))


def close_definition(raw: TypeDefinition, place: Place, key: FindKey) -> TypeDefinition:
    match raw.body:
        case None | Extensible():
            return raw
        case Record(fields, unboxed):
            return replace(raw, body=Record(_fields(fields, place, key), unboxed))
        case Variant(constructors):
            closed = tuple(
                Constructor(one.name, _fields(one.fields, place, key), one.record)
                for one in constructors
            )
            return replace(raw, body=Variant(closed))
        case body:
            return replace(raw, body=_type(body, place, key))


def _fields(fields: tuple[Field, ...], place: Place, key: FindKey) -> tuple[Field, ...]:
    return tuple(replace(field, type=_type(field.type, place, key)) for field in fields)


def _type(type_: Type, place: Place, key: FindKey) -> Type:
    def closed(types: tuple[Type, ...]) -> tuple[Type, ...]:
        return tuple(_type(one, place, key) for one in types)

    match type_:
        case Constr(name, args):
            known = key(name, place)
            return Opaque(type_text(type_)) if known is None else Constr(known, closed(args))
        case Arrow(param, result, label):
            return Arrow(_type(param, place, key), _type(result, place, key), label)
        case Tuple(items, unboxed):
            return Tuple(closed(items), unboxed)
        case PolyVariant(tags, inherits, is_open):
            told = tuple((tag, closed(types)) for tag, types in tags)
            return PolyVariant(told, closed(inherits), is_open)
        case TypeVar() | Opaque():
            return type_
