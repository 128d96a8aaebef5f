"""The predefined types: every name in them is one of them, and known figures."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.shapes import Content
from runtime_sim.model.stdlib import PREDEFINED
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Record,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)

SHAPES = Shapes(lambda key: None, Profile.OCAML_4_14)
FLAGS = {
    "Stdlib.fpclass": 5,
    "Stdlib.open_flag": 9,
    "Unix.open_flag": 15,
    "Unix.file_kind": 7,
    "Unix.socket_bool_option": 10,
    "Unix.socket_type": 4,
    "Bigarray.layout": 2,
}


def parts(type: Type) -> Iterator[Type]:
    yield type
    match type:
        case Constr(args=inner) | Tuple(items=inner):
            for each in inner:
                yield from parts(each)
        case Arrow(param=param, result=result):
            yield from parts(param)
            yield from parts(result)


def types_in(definition: TypeDefinition) -> Iterator[Type]:
    match definition.body:
        case Record(fields=fields):
            for field in fields:
                yield from parts(field.type)
        case Variant(constructors=constructors):
            for constructor in constructors:
                for field in constructor.fields:
                    yield from parts(field.type)
        case Constr() | Arrow() | Tuple() as body:
            yield from parts(body)


def is_closed(type: Type, definition: TypeDefinition) -> bool:
    match type:
        case Constr(name=name, args=args):
            return name in PREDEFINED and len(PREDEFINED[name].params) == len(args)
        case TypeVar(name=name):
            return name in (*definition.params, "")
    return True


def test_every_type_in_a_definition_is_defined_or_a_parameter() -> None:
    stray = {
        key
        for key, definition in PREDEFINED.items()
        if not all(is_closed(type, definition) for type in types_in(definition))
    }
    assert stray == set()


def test_a_definition_is_named_as_the_last_part_of_its_key() -> None:
    odd = {key for key, each in PREDEFINED.items() if each.name != key.rpartition(".")[2]}
    assert odd == set()


@pytest.mark.parametrize(("key", "count"), FLAGS.items())
def test_a_type_of_flags_has_so_many_constants(key: str, count: int) -> None:
    shape = SHAPES.of(Constr(key, tuple(map(TypeVar, PREDEFINED[key].params))))
    assert shape.is_immediate
    assert shape.immediates is not None
    assert len(shape.immediates.names) == count == shape.immediates.high + 1


def test_unix_errors_are_68_constants_and_one_block() -> None:
    shape = SHAPES.of(Constr("Unix.error"))
    assert shape.immediates is not None
    assert (shape.immediates.low, shape.immediates.high) == (0, 67)
    assert (shape.immediates.name(0), shape.immediates.name(67)) == ("E2BIG", "EOVERFLOW")
    assert [(each.name, each.tag, each.size) for each in shape.blocks] == [("EUNKNOWNERR", 0, 1)]


@pytest.mark.parametrize(
    ("key", "content", "size"),
    [
        ("Unix.stats", Content.FIELDS, 12),
        ("Unix.LargeFile.stats", Content.FIELDS, 12),
        ("Unix.tm", Content.FIELDS, 9),
        ("Unix.process_times", Content.DOUBLES, 4),
        ("Unix.interval_timer_status", Content.DOUBLES, 2),
        ("Unix.passwd_entry", Content.FIELDS, 7),
        ("Unix.terminal_io", Content.FIELDS, 38),
        ("Gc.stat", Content.FIELDS, 17),
        ("Gc.control", Content.FIELDS, 11),
        ("Complex.t", Content.DOUBLES, 2),
        ("UnixLabels.stats", Content.FIELDS, 12),
    ],
)
def test_a_record_has_so_many_fields(key: str, content: Content, size: int) -> None:
    shape = SHAPES.of(Constr(key))
    assert [(each.content, each.size) for each in shape.blocks] == [(content, size)]
    assert len(shape.blocks[0].fields) == size


@pytest.mark.parametrize("key", ["Unix.file_descr", "Obj.t", "lazy_t", "Buffer.t"])
def test_nothing_is_certain_of_a_type_that_hides_its_values(key: str) -> None:
    args = tuple(map(TypeVar, PREDEFINED[key].params))
    assert SHAPES.of(Constr(key, args)).open


@pytest.mark.parametrize("profile", Profile)
def test_every_definition_has_a_shape_whose_fields_have_shapes(profile: Profile) -> None:
    shapes = Shapes(lambda key: None, profile)
    for key, definition in PREDEFINED.items():
        shape = shapes.of(Constr(key, tuple(map(TypeVar, definition.params))))
        fields = [field for block in shape.blocks for field in block.fields]
        assert all(field.shape is shapes.of(field.type) for field in fields)
