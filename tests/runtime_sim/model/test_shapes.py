"""What the values of OCaml types look like, by the rules and by OCaml itself."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime_sim.model.kinds import (
    ANY,
    IMMEDIATE,
    IMMEDIATE64,
    VALUE,
    Externality,
    Kind,
    Layout,
    Nullability,
    Separability,
    flat,
)
from runtime_sim.model.memory import MAX_IMMEDIATE, MIN_IMMEDIATE
from runtime_sim.model.profile import Profile
from runtime_sim.model.shapes import (
    BlockShape,
    Content,
    Immediates,
    Shapes,
    ValueShape,
    hash_variant,
    type_text,
)
from runtime_sim.model.tags import CLOSURE_TAG, DOUBLE_ARRAY_TAG, INFIX_TAG, constructor_tags
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Extensible,
    Field,
    Opaque,
    PolyVariant,
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


# --- immediates and blocks ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("int", MIN_IMMEDIATE, MAX_IMMEDIATE),
        ("char", 0, 255),
        ("bool", 0, 1),
        ("unit", 0, 0),
        ("Uchar.t", 0, 0x10FFFF),
    ],
)
def test_an_immediate_type_has_its_integers_and_no_block(name: str, low: int, high: int) -> None:
    found = shape(Constr(name))
    assert found.immediates is not None
    assert (found.immediates.low, found.immediates.high) == (low, high)
    assert (found.blocks, found.is_immediate, found.kind) == ((), True, IMMEDIATE)


def test_constants_and_other_constructors_are_numbered_apart() -> None:
    found = shape(T, t=variant(("A",), ("B", INT), ("C",), ("D", STRING, INT)))
    assert found.immediates == Immediates(0, 1, names=("A", "C"))
    assert [(each.name, each.tag, each.size) for each in found.blocks] == [
        ("B", 0, 1),
        ("D", 1, 2),
    ]
    assert found.block(1) is found.blocks[1]
    assert (found.is_immediate, found.block_only) == (False, False)


def test_a_variant_of_constants_is_immediate() -> None:
    found = shape(T, t=variant(("A",), ("B",), ("C",)))
    assert (found.is_immediate, found.kind, found.blocks) == (True, IMMEDIATE, ())
    assert [n for n in range(-1, 5) if n in (found.immediates or ())] == [0, 1, 2]


def test_an_option_is_a_constant_or_a_block_of_its_argument() -> None:
    found = shape(Constr("option", (STRING,)))
    assert (found.text, found.immediates) == ("string option", Immediates(0, 0, names=("None",)))
    assert [each.shape.text for each in found.blocks[0].fields] == ["string"]


def test_a_list_leads_back_to_itself() -> None:
    found = shape(Constr("list", (INT,)))
    assert found.blocks[0].fields[1].shape is found


def test_the_arguments_of_a_type_take_the_place_of_its_parameters() -> None:
    definition = define(record(("x", A), ("y", Constr("list", (B,)))), "a", "b")
    found = shape(Constr("t", (STRING, FLOAT)), t=definition)
    assert [type_text(each.type) for each in found.blocks[0].fields] == ["string", "float list"]


def test_an_abbreviation_is_what_it_stands_for() -> None:
    definitions = {"t": define(Constr("u", (INT,))), "u": define(Tuple((A, A)), "a")}
    found = shape(T, **definitions)
    assert (found.text, outlines(found)) == ("t", [("fields", 0, 2)])


@pytest.mark.parametrize("body", [record(("x", STRING)), variant(("A", STRING))])
def test_an_unboxed_wrapper_is_its_field(body: Record | Variant) -> None:
    assert outlines(shape(T, t=define(body, unboxed=True))) == [("string", 252, None)]


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        (STRING, [("string", 252, None)]),
        (Constr("bytes"), [("bytes", 252, None)]),
        (FLOAT, [("double", 253, 1)]),
        (Constr("int32"), [("int32", 255, 2)]),
        (Constr("int64"), [("int64", 255, 2)]),
        (Constr("nativeint"), [("nativeint", 255, 2)]),
        (Constr("Stdlib.in_channel"), [("custom", 255, 2)]),
        (Constr("Bigarray.Array2.t", (A, B, A)), [("bigarray", 255, 7)]),
        (Tuple((INT, FLOAT)), [("fields", 0, 2)]),
        (Arrow(INT, INT), [("closure", None, None)]),
        (Opaque("< m : int >", "object"), [("object", 248, None)]),
        (Opaque("(module S)", "package"), [("module", 0, None)]),
        (Constr("exn"), [("exception", 248, 2), ("exception", 0, None)]),
    ],
)
def test_a_type_of_blocks_has_no_immediate(
    type: Type, expected: list[tuple[str, int | None, int | None]]
) -> None:
    found = shape(type)
    assert outlines(found) == expected
    assert (found.block_only, found.immediates, found.open) == (True, None, False)


def test_a_closure_may_be_pointed_to_in_its_middle() -> None:
    found = shape(Arrow(INT, INT))
    assert found.block(CLOSURE_TAG) is found.block(INFIX_TAG) is found.blocks[0]
    assert found.block(0) is None


def test_every_extensible_type_is_represented_as_exceptions_are() -> None:
    assert outlines(shape(T, t=Extensible())) == outlines(shape(Constr("exn")))


def test_one_type_has_one_shape() -> None:
    shapes = project(t=record(("x", INT)))
    assert shapes.of(T) is shapes.of(Constr("t"))


# --- floats ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "content"),
    [
        (FLOAT, Content.DOUBLES),
        (Constr("abbreviation"), Content.DOUBLES),
        (Constr("wrapper"), Content.DOUBLES),
        (Constr("id", (FLOAT,)), Content.DOUBLES),
        (Constr("hidden"), Content.FIELDS),
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
    )
    assert [(each.content, each.size) for each in found.blocks] == [(content, 2)]


def test_a_parameter_makes_no_flat_record_even_where_it_is_a_float() -> None:
    found = shape(T_OF[FLOAT], t=define(record(("x", A)), "a"))
    assert outlines(found) == [("fields", 0, 1)]


def test_the_fields_of_a_flat_record_are_stored_as_doubles() -> None:
    found = shape(T, t=record(("x", FLOAT), Field("y", FLOAT, mutable=True)))
    assert [(each.name, each.layout, each.mutable) for each in found.blocks[0].fields] == [
        ("x", Layout.FLOAT64, False),
        ("y", Layout.FLOAT64, True),
    ]
    assert found.blocks[0].scannable == 0


@pytest.mark.parametrize("name", ["Inline", "Tuple"])
def test_a_constructor_of_floats_is_not_flat(name: str) -> None:
    fields = (Field("x", FLOAT), Field("y", FLOAT))
    body = Variant((Constructor(name, fields, record=name == "Inline"),))
    assert outlines(shape(T, t=body)) == [("fields", 0, 2)]


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (FLOAT, [("doubles", 254, None), ("fields", 0, 0)]),
        (INT, [("elements", 0, None)]),
        (STRING, [("elements", 0, None)]),
        (Constr("lazy_t", (FLOAT,)), [("elements", 0, None)]),
        (Constr("array", (FLOAT,)), [("elements", 0, None)]),
        (A, [("elements", 0, None), ("doubles", 254, None)]),
        (Constr("hidden"), [("elements", 0, None), ("doubles", 254, None)]),
        (TypeVar("a", IMMEDIATE), [("elements", 0, None)]),
    ],
)
def test_an_array_is_flat_if_its_elements_are_floats(
    element: Type, expected: list[tuple[str, int | None, int | None]]
) -> None:
    assert outlines(shape(Constr("array", (element,)), hidden=None)) == expected


def test_an_array_tells_what_its_elements_are() -> None:
    shapes = project()
    found = shapes.of(Constr("array", (STRING,)))
    assert found.blocks[0].element is shapes.of(STRING)
    element = found.field(1000)
    assert element is not None
    assert (element.shape, element.mutable) == (shapes.of(STRING), True)


def test_the_elements_of_an_immutable_array_are_immutable() -> None:
    element = shape(Constr("iarray", (STRING,))).field(0)
    assert element is not None
    assert element.mutable is False


# --- polymorphic variants ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "number"), [("A", 65), ("Foo", 3505894), ("", 0), ("AB", 65 * 223 + 66)]
)
def test_a_tag_is_known_by_its_hash(name: str, number: int) -> None:
    assert hash_variant(name) == number


@given(st.text(st.characters(codec="ascii"), max_size=20))
def test_a_hash_is_a_signed_number_of_31_bits(name: str) -> None:
    assert -(1 << 30) <= hash_variant(name) < 1 << 30


def test_constant_tags_are_their_hashes_and_the_others_are_pairs() -> None:
    found = shape(PolyVariant((("A", ()), ("B", (STRING,)))))
    assert found.immediates == Immediates(65, 65, frozenset({65}), ("A",))
    assert [(each.name, each.tag, each.size) for each in found.blocks] == [("B", 0, 2)]
    assert [type_text(each.type) for each in found.blocks[0].fields] == ["int", "string"]
    assert found.immediates.name(65) == "A"
    assert 66 not in found.immediates


def test_included_tags_count() -> None:
    found = shape(
        PolyVariant((("A", ()),), inherits=(Constr("u"),)),
        u=PolyVariant((("B", ()),), inherits=(Constr("v"),)),
        v=PolyVariant((("C", ()),)),
    )
    assert found.immediates == Immediates(65, 67, frozenset({65, 66, 67}), ("A", "B", "C"))
    assert found.is_immediate


@pytest.mark.parametrize(
    "type",
    [
        PolyVariant((("A", ()),), open=True),
        PolyVariant((("A", ()),), inherits=(Constr("unknown"),)),
        PolyVariant((("A", ()),), inherits=(Constr("t"),)),
    ],
)
def test_a_variant_that_may_have_other_tags_is_open(type: PolyVariant) -> None:
    found = shape(type, t=type)
    assert (found.open, found.is_immediate) == (True, False)


def test_the_argument_of_a_conjunctive_tag_is_not_known() -> None:
    found = shape(PolyVariant((("A", (INT, STRING)),)))
    assert [each.shape.open for each in found.blocks[0].fields] == [False, True]


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


def test_a_definition_whose_arguments_double_may_be_followed_forever() -> None:
    shapes = project(t=define(record(("next", Constr("t", (Tuple((A, A)),)))), "a"))
    found = shapes.of(T_OF[INT])
    for _ in range(1000):
        field = found.field(0)
        if field is None:
            break
        found = field.shape
    assert found.open


@pytest.mark.parametrize("profile", Profile)
def test_a_variant_has_as_many_constructors_as_there_are_tags(profile: Profile) -> None:
    limit = constructor_tags(profile)
    full = variant(*[(f"C{i}", INT) for i in range(limit)])
    over = variant(*[(f"C{i}", INT) for i in range(limit + 1)])
    shapes = project(profile, full=full, over=over)
    assert not shapes.of(Constr("full")).open
    assert shapes.of(Constr("over")).open


def test_a_lazy_value_may_be_the_value_it_was_forced_to() -> None:
    assert shape(Constr("lazy_t", (INT,))).open


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


# --- fields ------------------------------------------------------------------------------------


def test_a_field_that_every_block_has_alike_is_known() -> None:
    shapes = project(t=variant(("A",), ("B", STRING, INT), ("C", STRING, STRING), ("D", STRING)))
    first, second = shapes.of(T).field(0), shapes.of(T).field(1)
    assert first is not None
    assert first.shape is shapes.of(STRING)
    assert second is None


def test_a_field_that_no_block_has_is_not_known() -> None:
    assert shape(Tuple((INT, INT))).field(2) is None
    assert shape(Tuple((INT, INT))).field(-1) is None
    assert shape(INT).field(0) is None


def test_a_field_says_whether_it_is_mutable_and_global() -> None:
    body = record(Field("m", INT, mutable=True), Field("g", INT, global_=True))
    fields = shape(T, t=body).blocks[0].fields
    assert [(each.name, each.mutable, each.global_) for each in fields] == [
        ("m", True, False),
        ("g", False, True),
    ]


# --- OxCaml ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("float#", Layout.FLOAT64),
        ("float32#", Layout.FLOAT32),
        ("int64#", Layout.BITS64),
        ("nativeint#", Layout.WORD),
        ("char#", Layout.BITS8),
        ("unit#", Layout.VOID),
        ("int8x16#", Layout.VEC128),
    ],
)
def test_an_unboxed_type_is_no_value(name: str, layout: Layout) -> None:
    found = oxcaml().of(Constr(name))
    assert (found.kind, found.is_value, found.open) == (flat(layout), False, False)
    assert (found.is_immediate, found.block_only) == (False, False)


@pytest.mark.parametrize("name", ["float#", "int8", "float32", "int8x16"])
def test_upstream_knows_nothing_of_oxcaml_s_types(name: str) -> None:
    found = shape(Constr(name))
    assert (found.open, found.kind) == (True, VALUE)


def test_small_integers_are_immediate() -> None:
    found = oxcaml().of(Constr("int8"))
    assert found.immediates == Immediates(-128, 127)
    assert found.is_immediate


def test_the_values_of_a_mixed_block_come_first() -> None:
    found = oxcaml(
        t=record(("w", Constr("float#")), ("x", STRING), ("y", Constr("int64#")), ("z", INT))
    ).of(T)
    block = found.blocks[0]
    assert outlines(found) == [("mixed", 0, 4)]
    assert (names(block), block.scannable) == (["x", "z", "w", "y"], 2)


def test_products_in_a_block_are_flattened_before_they_are_sorted() -> None:
    product = unboxed(Constr("float#"), unboxed(STRING, Constr("int64#")), Tuple((INT, INT)))
    found = oxcaml(t=record(("a", Constr("float#")), ("b", product), ("c", Constr("bool")))).of(T)
    block = found.blocks[0]
    assert names(block) == ["b.1.0", "b.2", "c", "a", "b.0", "b.1.1"]
    assert (block.scannable, block.size) == (3, 6)


def test_a_block_of_more_than_254_values_is_not_mixed() -> None:
    values = [(f"v{i}", INT) for i in range(255)]
    shapes = oxcaml(t=record(*values, ("f", Constr("int64#"))), u=record(*values))
    assert shapes.of(T).open
    assert outlines(shapes.of(Constr("u"))) == [("fields", 0, 255)]


def test_void_fields_take_no_place() -> None:
    shapes = oxcaml(
        t=record(("v", Constr("unit#")), ("x", STRING)),
        u=variant(("A", Constr("unit#")), ("B", Constr("unit#"), STRING)),
    )
    assert names(shapes.of(T).blocks[0]) == ["x"]
    both = shapes.of(Constr("u"))
    assert both.immediates == Immediates(0, 0, names=("A",))
    assert outlines(both) == [("fields", 0, 1)]


def test_a_constructor_may_be_a_mixed_block_with_its_own_tag() -> None:
    found = oxcaml(t=variant(("A", STRING), ("B", Constr("int32#"), STRING))).of(T)
    assert outlines(found) == [("fields", 0, 1), ("mixed", 1, 2)]
    first = found.field(0)
    assert first is not None
    assert first.shape.text == "string"


def test_a_record_of_unboxed_floats_is_flat_with_one_tag_or_the_other() -> None:
    block = oxcaml(t=record(("x", Constr("float#")), ("y", Constr("float#")))).of(T).blocks[0]
    assert (block.content, block.tag, block.size) == (Content.DOUBLES, None, 2)
    assert [tag for tag in range(256) if block.may_have_tag(tag)] == [0, DOUBLE_ARRAY_TAG]


def test_of_a_record_of_floats_boxed_and_unboxed_nothing_is_certain() -> None:
    assert oxcaml(t=record(("x", FLOAT), ("y", Constr("float#")))).of(T).open


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (Constr("float#"), [("doubles", 254, None), ("fields", 0, 0)]),
        (Constr("int32#"), [("unboxed-array", None, None)]),
        (unboxed(INT, STRING), [("unboxed-array", None, None)]),
        (Constr("or_null", (FLOAT,)), [("elements", 0, None)]),
    ],
)
def test_an_array_holds_unboxed_elements_packed(
    element: Type, expected: list[tuple[str, int | None, int | None]]
) -> None:
    assert outlines(oxcaml().of(Constr("array", (element,)))) == expected


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


def test_null_joins_the_values_of_a_type() -> None:
    shapes = oxcaml()
    found = shapes.of(Constr("or_null", (STRING,)))
    assert (found.nullable, found.block_only, outlines(found)) == (
        True,
        False,
        [("string", 252, None)],
    )
    assert found.kind == Kind(
        nullability=Nullability.MAYBE_NULL, separability=Separability.NON_FLOAT
    )


@pytest.mark.parametrize(
    ("type", "separability"),
    [
        (INT, Separability.NON_POINTER),
        (FLOAT, Separability.MAYBE_SEPARABLE),
        (A, Separability.MAYBE_SEPARABLE),
    ],
)
def test_null_beside_floats_is_not_separable(type: Type, separability: Separability) -> None:
    found = oxcaml().of(Constr("or_null", (type,)))
    assert found.kind.separability is separability
    assert found.is_immediate is False


def test_null_does_not_join_twice() -> None:
    assert oxcaml().of(Constr("or_null", (Constr("or_null", (INT,)),))).open


def test_upstream_has_no_null() -> None:
    found = shape(Constr("or_null", (STRING,)))
    assert (found.open, found.nullable) == (True, False)


def test_of_a_type_of_any_layout_nothing_is_known() -> None:
    shapes = oxcaml(t=define(None, kind=ANY), u=record(("x", T)))
    assert (shapes.of(T).open, shapes.of(T).is_value) == (True, False)
    assert shapes.of(Constr("u")).open


# --- text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "text"),
    [
        (Constr("src/a.ml#M.t"), "M.t"),
        (Constr("src/a.ml#M.t#"), "M.t#"),
        (Constr("float#"), "float#"),
        (Constr("Stdlib.ref", (INT,)), "int ref"),
        (Constr("list", (Tuple((STRING, INT)),)), "(string * int) list"),
        (Constr("Stdlib.result", (INT, A)), "(int, 'a) result"),
        (TypeVar(""), "_"),
        (Arrow(Arrow(INT, INT), Arrow(INT, INT)), "(int -> int) -> int -> int"),
        (Arrow(Constr("option", (INT,)), INT, "?x"), "?x:int -> int"),
        (Arrow(INT, INT, "x"), "x:int -> int"),
        (Tuple((Tuple((INT, INT)), Arrow(INT, INT))), "(int * int) * (int -> int)"),
        (unboxed(INT, unboxed(INT, INT)), "#(int * #(int * int))"),
        (PolyVariant((("A", ()), ("B", (INT,)))), "[ `A | `B of int ]"),
        (PolyVariant((("A", ()),), open=True), "[> `A ]"),
        (Opaque("< .. >", "object"), "< .. >"),
    ],
)
def test_a_type_is_shown_as_it_is_written(type: Type, text: str) -> None:
    assert project().of(type).text == text


# --- against OCaml itself ----------------------------------------------------------------------

PRELUDE = """
type u = float
type hidden_float = Hidden.t
type floats = { x : float; y : u }
type pair = { v : hidden_float; w : float }
type 'a cell = { mutable it : 'a }
type number = N of float [@@unboxed]
type numbers = { n : number; m : number }
type tree = Leaf | Node of { left : tree; depth : int; right : tree } | One of floats | Nil
type _ gadt = I : int -> int gadt | S : string * 'a list -> 'a gadt | E : unit gadt
type small = [ `A | `Some_longer_tag ]
type tags = [ small | `Pair of int * string | `Float of float ]
type ext = ..
type ext += Plain | Carrying of int
"""
"""The types of the samples; `Hidden.t` is an abstract float."""

SAMPLED: Mapping[str, TypeDefinition] = {
    "u": define(FLOAT),
    "hidden_float": define(None),
    "floats": define(record(("x", FLOAT), ("y", Constr("u")))),
    "pair": define(record(("v", Constr("hidden_float")), ("w", FLOAT))),
    "cell": define(record(Field("it", A, mutable=True)), "a"),
    "number": define(variant(("N", FLOAT)), unboxed=True),
    "numbers": define(record(("n", Constr("number")), ("m", Constr("number")))),
    "tree": define(
        Variant(
            (
                Constructor("Leaf"),
                Constructor(
                    "Node",
                    (
                        Field("left", Constr("tree")),
                        Field("depth", INT),
                        Field("right", Constr("tree")),
                    ),
                    record=True,
                ),
                Constructor("One", (Field("", Constr("floats")),)),
                Constructor("Nil"),
            )
        )
    ),
    "gadt": define(
        variant(("I", INT), ("S", STRING, Constr("list", (TypeVar("b"),))), ("E",)), "_"
    ),
    "small": define(PolyVariant((("A", ()), ("Some_longer_tag", ())))),
    "tags": define(
        PolyVariant(
            (("Pair", (Tuple((INT, STRING)),)), ("Float", (FLOAT,))), inherits=(Constr("small"),)
        )
    ),
    "ext": define(Extensible()),
}
SAMPLES: Mapping[str, Type] = {
    "42": INT,
    "min_int": INT,
    "'z'": Constr("char"),
    "true": Constr("bool"),
    "()": Constr("unit"),
    '"text"': STRING,
    "Bytes.create 3": Constr("bytes"),
    "1.5": FLOAT,
    "7l": Constr("int32"),
    "7L": Constr("int64"),
    "7n": Constr("nativeint"),
    "Uchar.max": Constr("Uchar.t"),
    "(1, 2., (3, Some 4l))": Tuple(
        (INT, FLOAT, Tuple((INT, Constr("option", (Constr("int32"),)))))
    ),
    "[1.; 2.]": Constr("list", (FLOAT,)),
    "([] : int list)": Constr("list", (INT,)),
    "[|1.; 2.|]": Constr("array", (FLOAT,)),
    "([||] : float array)": Constr("array", (FLOAT,)),
    "[|(1, 2)|]": Constr("array", (Tuple((INT, INT)),)),
    "([||] : string array)": Constr("array", (STRING,)),
    "[|Hidden.x|]": Constr("array", (Constr("hidden_float"),)),
    "[|Hidden.x; Hidden.x|]": Constr("array", (A,)),
    "Float.Array.create 2": Constr("floatarray"),
    "Float.Array.create 0": Constr("Float.Array.t"),
    "ref 1.": Constr("Stdlib.ref", (FLOAT,)),
    "(Ok 1 : (int, string) result)": Constr("Stdlib.result", (INT, STRING)),
    '(Error "no" : (int, string) result)': Constr("Stdlib.result", (INT, STRING)),
    "{ x = 1.; y = 2. }": Constr("floats"),
    "{ v = Hidden.x; w = 2. }": Constr("pair"),
    "{ it = 1. }": Constr("cell", (FLOAT,)),
    "N 1.": Constr("number"),
    "{ n = N 1.; m = N 2. }": Constr("numbers"),
    "Node { left = Leaf; depth = 1; right = One { x = 1.; y = 2. } }": Constr("tree"),
    "(Nil : tree)": Constr("tree"),
    "I 5": Constr("gadt", (INT,)),
    'S ("", [0])': Constr("gadt", (INT,)),
    "E": Constr("gadt", (Constr("unit"),)),
    "(`Some_longer_tag : small)": Constr("small"),
    "(`A : tags)": Constr("tags"),
    '(`Pair (1, "") : tags)': Constr("tags"),
    "(`Float 1. : tags)": Constr("tags"),
    "Not_found": Constr("exn"),
    'Failure "no"': Constr("exn"),
    "Plain": Constr("ext"),
    "Carrying 3": Constr("ext"),
    "(fun x -> x)": Arrow(A, A),
    "(object method m = 1 end)": Opaque("< m : int >", "object"),
    "(module Hidden : Hidden_type)": Opaque("(module Hidden_type)", "package"),
    "stdin": Constr("Stdlib.in_channel"),
    "stdout": Constr("Stdlib.out_channel"),
    "{ Complex.re = 1.; im = 2. }": Constr("Complex.t"),
    "(Either.Right 1 : (string, int) Either.t)": Constr("Either.t", (STRING, INT)),
    "Seq.return 1": Constr("Seq.t", (INT,)),
    "Seq.return 1 ()": Constr("Seq.node", (INT,)),
    'format_of_string "%d"': Constr("Stdlib.format", (A, A, A)),
    "Weak.create 3": Constr("Weak.t", (A,)),
    "Lexing.dummy_pos": Constr("Lexing.position"),
    "Gc.stat ()": Constr("Gc.stat"),
    "Gc.get ()": Constr("Gc.control"),
    "Hashtbl.stats (Hashtbl.create 1)": Constr("Hashtbl.statistics"),
    "Atomic.make 1": Constr("Atomic.t", (INT,)),
    'Digest.string ""': Constr("Digest.t"),
    'Sys.Other ""': Constr("Sys.backend_type"),
    "Bigarray.(Array2.create Char Fortran_layout 1 1)": Constr("Bigarray.Array2.t", (A, A, A)),
    "Bigarray.(Array0.create Int C_layout)": Constr("Bigarray.Array0.t", (A, A, A)),
    "Bigarray.(Genarray.create Int C_layout [|1|])": Constr("Bigarray.Genarray.t", (A, A, A)),
    "Bigarray.Char": Constr("Bigarray.kind", (A, A)),
    "Bigarray.Fortran_layout": Constr("Bigarray.layout", (A,)),
    "Unix.EOVERFLOW": Constr("Unix.error"),
    "Unix.EUNKNOWNERR 5": Constr("Unix.error"),
    "Unix.O_KEEPEXEC": Constr("Unix.open_flag"),
    'Unix.stat "/"': Constr("Unix.stats"),
    'Unix.LargeFile.stat "/"': Constr("Unix.LargeFile.stats"),
    "Unix.times ()": Constr("Unix.process_times"),
    "Unix.gmtime 0.": Constr("Unix.tm"),
    "Unix.WSTOPPED 9": Constr("Unix.process_status"),
    "Unix.SO_REUSEPORT": Constr("Unix.socket_bool_option"),
    "Unix.(ADDR_INET (inet_addr_loopback, 80))": Constr("Unix.sockaddr"),
    "Unix.AI_PASSIVE": Constr("Unix.getaddrinfo_option"),
    "Unix.getitimer Unix.ITIMER_REAL": Constr("Unix.interval_timer_status"),
    "UnixLabels.S_SOCK": Constr("UnixLabels.file_kind"),
}
"""Expressions of OCaml and their types."""

DUMP = """
module type Hidden_type = sig type t val x : t end
module Hidden : Hidden_type = struct type t = float let x = 1. end
let rec dump o =
  if Obj.is_int o then string_of_int (Obj.obj o)
  else
    let inside = if Obj.tag o >= Obj.lazy_tag then [] else
      List.init (Obj.size o) (fun i -> dump (Obj.field o i)) in
    Printf.sprintf "[%d, %d, [%s]]" (Obj.tag o) (Obj.size o) (String.concat ", " inside)
let show value = print_endline (dump (Obj.repr value))
"""
"""A value as JSON: an integer, or tag, size and fields of a block."""

Word = int | list[object]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Word]:
    """What OCaml's values of the samples are."""
    ocaml = shutil.which("ocaml")
    if ocaml is None:
        pytest.skip("there is no OCaml to ask")
    script = Path(tmp_path_factory.mktemp("ocaml"), "samples.ml")
    lines = [f"let () = show ({sample})" for sample in SAMPLES]
    script.write_text("\n".join([DUMP, PRELUDE, *lines]))
    run = subprocess.run(
        [ocaml, "-noinit", "-w", "-a", "-I", "+unix", "unix.cma", str(script)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    return dict(zip(SAMPLES, map(json.loads, run.stdout.splitlines()), strict=True))


def fits(word: object, shape: ValueShape) -> bool:
    """Whether a value is one of those that the shape allows."""
    if shape.open:
        return True
    if isinstance(word, int):
        return shape.immediates is not None and word in shape.immediates
    assert isinstance(word, list)
    tag, size, fields = word
    return any(
        block.may_have_tag(tag)
        and block.size in (None, size)
        and all(
            known is None or fits(each, known.shape)
            for each, known in zip(fields, map(block.field, range(size)), strict=False)
        )
        for block in shape.blocks
    )


@pytest.mark.parametrize("sample", SAMPLES)
def test_a_value_of_ocaml_fits_the_shape_of_its_type(
    sample: str, printed: Mapping[str, Word]
) -> None:
    shapes = Shapes(SAMPLED.get, Profile.OCAML_4_14)
    assert fits(printed[sample], shapes.of(SAMPLES[sample]))


def test_a_value_of_ocaml_fits_no_shape_but_that_of_its_type(
    printed: Mapping[str, Word],
) -> None:
    shapes = Shapes(SAMPLED.get, Profile.OCAML_4_14)
    told_apart = [
        ("{ x = 1.; y = 2. }", Constr("pair")),
        ("{ v = Hidden.x; w = 2. }", Constr("floats")),
        ("(`A : tags)", Constr("tree")),
        ('Unix.stat "/"', Constr("Unix.LargeFile.stats")),
        ("Unix.EOVERFLOW", Constr("Unix.open_flag")),
        ("[1.; 2.]", Constr("list", (INT,))),
        ("Unix.times ()", Constr("Complex.t")),
        ("1.5", STRING),
        ("7l", FLOAT),
        ("42", Constr("bool")),
        ("Not_found", STRING),
    ]
    assert [each for each in told_apart if fits(printed[each[0]], shapes.of(each[1]))] == []


# --- every type --------------------------------------------------------------------------------


def compound(types: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    several = st.lists(types, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Constr, st.sampled_from(("t", "u", "v")), types.map(lambda each: (each,))),
        st.builds(
            Constr,
            st.sampled_from(("list", "array", "or_null", "lazy_t", "Stdlib.ref")),
            types.map(lambda each: (each,)),
        ),
        st.builds(Tuple, several, st.booleans()),
        st.builds(Arrow, types, types),
        st.builds(
            PolyVariant,
            st.lists(
                st.tuples(st.sampled_from("ABC"), st.lists(types, max_size=2).map(tuple)),
                max_size=3,
            ).map(tuple),
            st.lists(types, max_size=1).map(tuple),
            st.booleans(),
        ),
    )


NAMES = ("int", "float", "string", "float#", "unit#", "int32#", "nowhere")
TYPES: st.SearchStrategy[Type] = st.recursive(
    st.one_of(st.sampled_from(NAMES).map(Constr), st.just(A)), compound, max_leaves=6
)
FIELDS = st.lists(st.builds(Field, st.sampled_from("xyz"), TYPES, st.booleans()), max_size=3).map(
    tuple
)
DEFINITIONS = st.builds(
    TypeDefinition,
    st.just("t"),
    st.just(("a",)),
    st.one_of(
        st.none(),
        TYPES,
        st.builds(Record, FIELDS, st.booleans()),
        st.builds(
            Variant,
            st.lists(st.builds(Constructor, st.sampled_from("ABC"), FIELDS), max_size=3).map(
                tuple
            ),
        ),
        st.just(Extensible()),
    ),
    st.booleans(),
)


@given(st.sampled_from(Profile), DEFINITIONS, DEFINITIONS, DEFINITIONS, TYPES)
def test_every_type_has_one_shape_and_its_fields_have_theirs(
    profile: Profile, t: TypeDefinition, u: TypeDefinition, v: TypeDefinition, type: Type
) -> None:
    shapes = Shapes({"t": t, "u": u, "v": v}.get, profile)
    pending, seen = [shapes.of(type)], 0
    while pending and seen < 50:
        found = pending.pop()
        seen += 1
        assert shapes.of(found.type) is found or found.text == "..."
        assert not (found.is_immediate and found.block_only)
        assert found.is_value or not (found.immediates or found.blocks)
        for block in found.blocks:
            assert block.size is None or not block.fields or block.size >= len(block.fields)
            assert [each.layout for each in block.fields[: block.scannable or 0]] == [
                Layout.VALUE
            ] * (block.scannable or 0)
            pending += [each.shape for each in block.fields]
