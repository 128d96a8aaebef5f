"""What the values of types look like, by the rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime_sim.model.kinds import IMMEDIATE, Kind, Layout, Nullability, Separability
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.shapes import Content, Immediates
from runtime_sim.model.tags import DOUBLE_ARRAY_TAG, constructor_tags
from runtime_sim.model.type_expressions import type_text
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Extensible,
    Field,
    PolyVariant,
    Record,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)
from tests.runtime_sim.model.definitions import (
    FLOAT,
    INT,
    STRING,
    T_OF,
    A,
    B,
    T,
    define,
    names,
    outlines,
    oxcaml,
    project,
    record,
    shape,
    unboxed,
    variant,
)

# --- blocks ------------------------------------------------------------------------------------


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


def test_every_extensible_type_is_represented_as_exceptions_are() -> None:
    assert outlines(shape(T, t=Extensible())) == outlines(shape(Constr("exn")))


# --- floats ------------------------------------------------------------------------------------


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


# --- limits ------------------------------------------------------------------------------------


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


# --- OxCaml ------------------------------------------------------------------------------------


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
