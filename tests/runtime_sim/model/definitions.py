"""Small programs whose types have shapes."""

from __future__ import annotations

from runtime_sim.model.kinds import Kind
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.shapes import BlockShape, ValueShape
from runtime_sim.model.types import (
    Constr,
    Constructor,
    Extensible,
    Field,
    Record,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)

INT, FLOAT, STRING, A, B = (
    Constr("int"),
    Constr("float"),
    Constr("string"),
    TypeVar("a"),
    TypeVar("b"),
)


def record(*fields: tuple[str, Type] | Field, unboxed: bool = False) -> Record:
    return Record(
        tuple(each if isinstance(each, Field) else Field(*each) for each in fields), unboxed
    )


def variant(*constructors: tuple[str, *tuple[Type, ...]]) -> Variant:
    return Variant(
        tuple(
            Constructor(name, tuple(Field("", type) for type in types))
            for name, *types in constructors
        )
    )


def unboxed(*items: Type) -> Tuple:
    return Tuple(items, unboxed=True)


Body = Record | Variant | Extensible | Type | None


def define(
    body: Body, *params: str, unboxed: bool = False, kind: Kind | None = None
) -> TypeDefinition:
    return TypeDefinition("t", params, body, unboxed, kind)


def project(profile: Profile = Profile.OCAML_5, /, **definitions: TypeDefinition | Body) -> Shapes:
    """The shapes of a project whose definitions have a word as their key."""
    known = {
        key: each if isinstance(each, TypeDefinition) else define(each)
        for key, each in definitions.items()
    }
    return Shapes(known.get, profile)


def oxcaml(**definitions: TypeDefinition | Body) -> Shapes:
    return project(Profile.OXCAML, **definitions)


def shape(type: Type, **definitions: TypeDefinition | Body) -> ValueShape:
    return project(**definitions).of(type)


def outlines(shape: ValueShape) -> list[tuple[str, int | None, int | None]]:
    return [(each.content.value, each.tag, each.size) for each in shape.blocks]


def names(block: BlockShape) -> list[str]:
    return [each.name for each in block.fields]


T = Constr("t")
T_OF = {argument: Constr("t", (argument,)) for argument in (INT, FLOAT, A)}
