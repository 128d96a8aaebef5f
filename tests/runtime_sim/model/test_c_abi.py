"""The C prototypes that externals ask for."""

from __future__ import annotations

import pytest

from runtime_sim.model.c_abi import (
    CArgument,
    bytecode_arity,
    bytecode_takes_array,
    native_signature,
)
from runtime_sim.model.kinds import Kind, Layout
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.types import (
    Constr,
    External,
    Field,
    Record,
    Slot,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
)

DEFINITIONS = {
    "a.ml#time": TypeDefinition("time", body=Constr("float")),
    "a.ml#hidden": TypeDefinition("hidden"),
    "a.ml#word": TypeDefinition("word", kind=Kind(Layout.WORD)),
    "a.ml#pair": TypeDefinition(
        "pair",
        body=Record((Field("x", Constr("float#")), Field("s", Constr("string"))), unboxed=True),
    ),
    "a.ml#loop": TypeDefinition(
        "loop",
        body=Record((Field("a", Constr("int")), Field("b", Constr("a.ml#loop"))), unboxed=True),
    ),
}
UPSTREAM = Shapes(DEFINITIONS.get, Profile.OCAML_5)
OXCAML = Shapes(DEFINITIONS.get, Profile.OXCAML)
UNIT, INT, FLOAT = Constr("unit"), Constr("int"), Constr("float")


def external(*params: Slot | Type, result: Slot | Type = UNIT, **more: object) -> External:
    names = more.get("names", ("byte", "native"))
    attributes = more.get("attributes", ())
    assert isinstance(names, tuple)
    assert isinstance(attributes, tuple)
    slots = [each if isinstance(each, Slot) else Slot(each) for each in (*params, result)]
    return External("f", tuple(slots[:-1]), slots[-1], names, attributes)


def kinds(declared: External, shapes: Shapes) -> tuple[list[str], str | None]:
    parameters, result = native_signature(declared, shapes)
    return [each.kind for each in parameters], result.kind if result else None


def test_without_attributes_everything_is_a_value() -> None:
    declared = external(INT, FLOAT, TypeVar("a"), Constr("a.ml#hidden"), result=FLOAT)
    assert kinds(declared, UPSTREAM) == (["value"] * 4, "value")


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("float", "double"),
        ("Float.t", "double"),
        ("a.ml#time", "double"),
        ("int32", "int32_t"),
        ("int64", "int64_t"),
        ("nativeint", "intnat"),
    ],
)
def test_an_unboxed_number_is_the_c_number(type: str, kind: str) -> None:
    slot = Slot(Constr(type), unboxed=True)
    assert kinds(external(slot, result=slot), UPSTREAM) == ([kind], kind)


@pytest.mark.parametrize("type", ["int", "char", "bool", "a.ml#hidden"])
def test_an_untagged_integer_is_an_intnat_whatever_its_type(type: str) -> None:
    slot = Slot(Constr(type), untagged=True)
    assert kinds(external(slot, result=slot), UPSTREAM) == (["intnat"], "intnat")


def test_an_attribute_of_the_external_applies_to_every_slot() -> None:
    declared = external(FLOAT, Constr("int64"), result=FLOAT, attributes=("unboxed", "noalloc"))
    assert kinds(declared, UPSTREAM) == (["double", "int64_t"], "double")


def test_the_word_float_among_the_names_unboxes_the_floats() -> None:
    declared = external(FLOAT, FLOAT, result=FLOAT, names=("byte", "native", "float"))
    assert kinds(declared, UPSTREAM) == (["double", "double"], "double")


def test_unboxing_a_type_that_is_not_known_gives_an_unknown_number() -> None:
    slot = Slot(Constr("a.ml#hidden"), unboxed=True)
    assert kinds(external(slot), UPSTREAM) == (["unknown"], "value")


def test_unboxing_a_type_that_is_no_number_is_overlooked() -> None:
    slot = Slot(Constr("string"), unboxed=True)
    assert kinds(external(slot), UPSTREAM) == (["value"], "value")


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("float#", "double"),
        ("float32#", "float"),
        ("int8#", "int8_t"),
        ("char#", "int8_t"),
        ("int16#", "int16_t"),
        ("int32#", "int32_t"),
        ("int64#", "int64_t"),
        ("nativeint#", "intnat"),
        ("int#", "intnat"),
        ("int8x16#", "vector"),
        ("a.ml#word", "intnat"),
    ],
)
def test_a_type_of_an_unboxed_layout_is_passed_without_an_attribute(type: str, kind: str) -> None:
    assert kinds(external(Constr(type), result=Constr(type)), OXCAML) == ([kind], kind)


@pytest.mark.parametrize(
    ("type", "kind"),
    [("float32", "float"), ("int8", "int8_t"), ("int16", "int16_t"), ("float64x4", "vector")],
)
def test_oxcaml_unboxes_its_own_numbers_too(type: str, kind: str) -> None:
    assert kinds(external(Slot(Constr(type), unboxed=True)), OXCAML) == ([kind], "value")


def test_upstream_has_no_unboxed_layouts() -> None:
    assert kinds(external(Constr("float#")), UPSTREAM) == (["value"], "value")


def test_void_is_left_out() -> None:
    declared = external(INT, Constr("unit#"), FLOAT, result=Constr("unit#"))
    assert native_signature(declared, OXCAML) == (
        (CArgument("value", 0, Layout.VALUE), CArgument("value", 2, Layout.VALUE)),
        None,
    )


def test_an_unpacked_product_is_one_argument_a_component() -> None:
    product = Tuple((Constr("int64#"), Tuple((Constr("unit#"), INT), unboxed=True)), unboxed=True)
    declared = external(UNIT, Slot(product, unpacked=True), Constr("float#"))
    assert native_signature(declared, OXCAML)[0] == (
        CArgument("value", 0, Layout.VALUE),
        CArgument("int64_t", 1, Layout.BITS64),
        CArgument("value", 1, Layout.VALUE),
        CArgument("double", 2, Layout.FLOAT64),
    )


def test_a_product_is_returned_as_a_struct() -> None:
    declared = external(UNIT, result=Constr("a.ml#pair"))
    assert native_signature(declared, OXCAML)[1] == CArgument("struct", -1, Layout.PRODUCT)


def test_an_unboxed_record_is_opened_as_a_tuple_is() -> None:
    declared = external(Slot(Constr("a.ml#pair"), unpacked=True))
    assert kinds(declared, OXCAML) == (["double", "value"], "value")


def test_a_product_without_end_is_one_unknown_argument() -> None:
    assert kinds(external(Constr("a.ml#loop")), OXCAML) == (["unknown"], "value")


@pytest.mark.parametrize(("arity", "parameters", "array"), [(1, 1, False), (5, 5, False)])
def test_bytecode_passes_up_to_five_arguments(arity: int, parameters: int, array: bool) -> None:
    declared = external(*[INT] * arity)
    assert bytecode_takes_array(declared) is array
    assert bytecode_arity(declared) == parameters


def test_bytecode_passes_more_in_an_array() -> None:
    declared = external(*[INT] * 6)
    assert bytecode_takes_array(declared)
    assert bytecode_arity(declared) == 2
