"""What is behind abbreviations and unboxed wrappers, and what is judged by it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from runtime_sim.model.kinds import (
    ANY,
    IMMEDIATE,
    IMMEDIATE64,
    Externality,
    Kind,
    Layout,
    Separability,
)
from runtime_sim.model.memory import MAX_IMMEDIATE, MIN_IMMEDIATE
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.shapes import Content, Immediates
from runtime_sim.model.types import (
    Constr,
    Opaque,
    Record,
    Tuple,
    Type,
    TypeDefinition,
    Variant,
    through_signatures,
)
from tests.runtime_sim.model.definitions import (
    FLOAT,
    INT,
    STRING,
    T_OF,
    A,
    Body,
    T,
    define,
    outlines,
    oxcaml,
    project,
    record,
    shape,
    unboxed,
    variant,
)


def test_an_abbreviation_is_what_it_stands_for() -> None:
    definitions = {"t": define(Constr("u", (INT,))), "u": define(Tuple((A, A)), "a")}
    found = shape(T, **definitions)
    assert (found.text, outlines(found)) == ("t", [("fields", 0, 2)])


@pytest.mark.parametrize("body", [record(("x", STRING)), variant(("A", STRING))])
def test_an_unboxed_wrapper_is_its_field(body: Record | Variant) -> None:
    assert outlines(shape(T, t=define(body, unboxed=True))) == [("string", 252, None)]


# --- floats ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "content"),
    [
        (FLOAT, Content.DOUBLES),
        (Constr("abbreviation"), Content.DOUBLES),
        (Constr("wrapper"), Content.DOUBLES),
        (Constr("id", (FLOAT,)), Content.DOUBLES),
        (Constr("hidden"), Content.FIELDS),
        (Constr("separate"), Content.FIELDS),
        (INT, Content.FIELDS),
    ],
)
def test_a_record_is_flat_if_each_field_is_seen_to_be_a_float(
    second: Type, content: Content
) -> None:
    found = shape(
        T,
        t=record(("x", FLOAT), ("y", second)),
        abbreviation=FLOAT,
        wrapper=define(variant(("W", FLOAT)), unboxed=True),
        id=define(A, "a"),
        hidden=None,
        separate=define(Constr("nowhere"), kind=IMMEDIATE),
    )
    assert [(each.content, each.size) for each in found.blocks] == [(content, 2)]


def test_a_parameter_makes_no_flat_record_even_where_it_is_a_float() -> None:
    found = shape(T_OF[FLOAT], t=define(record(("x", A)), "a"))
    assert outlines(found) == [("fields", 0, 1)]


def test_of_a_record_of_floats_boxed_and_unboxed_nothing_is_certain() -> None:
    assert oxcaml(t=record(("x", FLOAT), ("y", Constr("float#")))).of(T).open


@pytest.mark.parametrize("unknown", [Constr("nowhere"), Opaque("M.t")])
def test_a_record_is_open_if_unknown_types_may_make_it_flat(unknown: Type) -> None:
    assert shape(T, t=record(("x", unknown), ("y", FLOAT))).open
    assert not shape(T, t=record(("x", unknown), ("y", INT))).open


@pytest.mark.parametrize(
    ("second", "content"), [(FLOAT, Content.DOUBLES), (Constr("hidden"), Content.FIELDS)]
)
def test_a_record_is_flat_by_what_signatures_tell(second: Type, content: Content) -> None:
    definitions = {
        "t": define(record(("x", FLOAT), ("y", FLOAT))),
        through_signatures("t"): define(record(("x", FLOAT), ("y", second))),
        "hidden": define(None),
    }
    found = Shapes(definitions.get, Profile.OCAML_5).of(T)
    assert [(each.content, [f.type for f in each.fields]) for each in found.blocks] == [
        (content, [FLOAT, FLOAT])
    ]


# --- what is not known -------------------------------------------------------------------------

ENDLESS: Mapping[str, Body | TypeDefinition] = {
    "an abbreviation of itself": Constr("t"),
    "two abbreviations of each other": Constr("u"),
    "an unboxed record of itself": define(record(("x", T)), unboxed=True),
    "an unboxed constructor of itself": define(variant(("A", T)), unboxed=True),
    "an unknown name": Constr("nowhere"),
    "too many arguments": Constr("list", (INT, INT)),
    "an abstract type": None,
    "an unboxed record of two fields": define(record(("x", INT), ("y", INT)), unboxed=True),
}


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("body", ENDLESS.values(), ids=ENDLESS.keys())
def test_a_type_without_a_representation_is_open(
    body: Body | TypeDefinition, profile: Profile
) -> None:
    found = project(profile, t=body, u=T).of(T)
    assert (found.open, found.immediates, found.blocks) == (True, None, ())


@pytest.mark.parametrize(
    "body",
    [
        Constr("t", (Tuple((A, A)),)),
        Constr("t", (Constr("list", (A,)),)),
        Constr("array", (Constr("t", (Tuple((A, A)),)),)),
    ],
)
def test_arguments_that_grow_at_every_step_come_to_an_end(body: Type) -> None:
    found = shape(T_OF[INT], t=define(body, "a"))
    assert found.open or outlines(found) != []


# --- annotations -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [IMMEDIATE, IMMEDIATE64])
def test_an_abstract_type_that_is_declared_immediate_is_any_integer(kind: Kind) -> None:
    found = shape(T, t=define(None, kind=kind))
    assert found.immediates == Immediates(MIN_IMMEDIATE, MAX_IMMEDIATE)
    assert (found.is_immediate, found.kind) == (True, kind)


def test_an_external_type_may_be_a_pointer_out_of_the_heap() -> None:
    found = oxcaml(t=define(None, kind=Kind(externality=Externality.EXTERNAL))).of(T)
    assert (found.open, found.is_immediate) == (True, False)
    assert found.kind.externality is Externality.EXTERNAL


def test_an_annotation_helps_where_the_definition_cannot_be_found() -> None:
    assert shape(T, t=define(Constr("nowhere"), kind=IMMEDIATE)).is_immediate


def test_what_a_definition_shows_is_more_than_its_annotation() -> None:
    assert shape(T, t=define(variant(("A",)), kind=IMMEDIATE)).immediates == Immediates(
        0, 0, names=("A",)
    )


@pytest.mark.parametrize(
    ("type", "separability"),
    [
        (STRING, Separability.NON_FLOAT),
        (FLOAT, Separability.SEPARABLE),
        (A, Separability.SEPARABLE),
        (Tuple((INT, INT)), Separability.NON_FLOAT),
        (Constr("list", (FLOAT,)), Separability.NON_FLOAT),
        (INT, Separability.NON_POINTER),
    ],
)
def test_a_kind_claims_what_is_certain(type: Type, separability: Separability) -> None:
    assert shape(type).kind.separability is separability


# --- products ----------------------------------------------------------------------------------


def test_a_product_is_known_by_its_components() -> None:
    shapes = oxcaml(t=record(("x", STRING), ("y", Constr("float#")), unboxed=True))
    components = shapes.components(T)
    assert components is not None
    assert [(each.name, each.layout) for each in components] == [
        ("x", Layout.VALUE),
        ("y", Layout.FLOAT64),
    ]
    found = shapes.of(T)
    assert (found.kind.layout, found.is_value, found.open) == (Layout.PRODUCT, False, False)


def test_an_unboxed_record_of_one_field_is_its_field() -> None:
    assert oxcaml(t=record(("x", STRING), unboxed=True)).of(T).blocks[0].content is Content.STRING


def test_a_boxed_record_has_an_unboxed_version() -> None:
    shapes = oxcaml(t=record(("x", STRING), ("y", INT)), u=record(("x", FLOAT)))
    components = shapes.components(Constr("t#"))
    assert components is not None
    assert [each.name for each in components] == ["x", "y"]
    assert shapes.of(Constr("u#")).open


@pytest.mark.parametrize(
    "definitions",
    [
        {"t": record(("a", INT), ("b", T), unboxed=True)},
        {"t": record(("a", INT), ("b", Constr("t#")))},
        {"t": unboxed(T, T)},
    ],
)
def test_a_product_without_end_is_open(definitions: Mapping[str, Body]) -> None:
    found = oxcaml(**definitions).of(T)
    assert found.open


def test_of_a_type_of_any_layout_nothing_is_known() -> None:
    shapes = oxcaml(t=define(None, kind=ANY), u=record(("x", T)))
    assert (shapes.of(T).open, shapes.of(T).is_value) == (True, False)
    assert shapes.of(Constr("u")).open
