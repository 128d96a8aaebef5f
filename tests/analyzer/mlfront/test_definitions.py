"""Type definitions, one by one."""

from __future__ import annotations

import pytest

from analyzer.mlfront.definitions import read_definition
from runtime_sim.model.kinds import (
    ABBREVIATIONS,
    IMMEDIATE,
    IMMEDIATE64,
    VALUE,
    Kind,
    Layout,
    bounded,
)
from runtime_sim.model.types import (
    Constr,
    Constructor,
    Extensible,
    Field,
    Record,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)

INT = Constr("int")
STRING = Constr("string")
VAR = TypeVar("a")


def definition(text: str) -> TypeDefinition:
    return read_definition("t", text.encode())


def constructors(text: str) -> tuple[Constructor, ...]:
    body = definition(f"t = {text}").body
    assert isinstance(body, Variant)
    return body.constructors


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("t", None),
        ("t = int", INT),
        ("t = private int", INT),
        ("t = ..", Extensible()),
        ("t = private ..", Extensible()),
        ("t = |", Variant(())),
        ("t = A | B", Variant((Constructor("A"), Constructor("B")))),
        ("t = M.t = A", Variant((Constructor("A"),))),
        ("t = private | A", Variant((Constructor("A"),))),
        ("t = M.t = { x : int }", Record((Field("x", INT),))),
        ("t = #{ x : int }", Record((Field("x", INT),), unboxed=True)),
    ],
)
def test_the_representation_is_the_body(
    text: str, body: Record | Variant | Extensible | Type | None
) -> None:
    assert definition(text) == TypeDefinition("t", body=body)


def test_fields_may_be_mutable_or_global() -> None:
    text = "t = { mutable a : int; global_ b : int; c : int @@ global; d : 'a. 'a; }"
    assert definition(text).body == Record(
        (
            Field("a", INT, mutable=True),
            Field("b", INT, global_=True),
            Field("c", INT, global_=True),
            Field("d", VAR),
        )
    )


@pytest.mark.parametrize(
    ("text", "constructor"),
    [
        ("A of int * string", Constructor("A", (Field("", INT), Field("", STRING)))),
        ("A of { x : int }", Constructor("A", (Field("x", INT),), record=True)),
        ("A : t", Constructor("A")),
        ("A : int * string -> t", Constructor("A", (Field("", INT), Field("", STRING)))),
        ("A : { x : int } -> t", Constructor("A", (Field("x", INT),), record=True)),
        ("A : 'a 'b. 'a -> 'b t", Constructor("A", (Field("", VAR),))),
        ("A of global_ int", Constructor("A", (Field("", INT, global_=True),))),
        ("(::) of int", Constructor("::", (Field("", INT),))),
        ("[]", Constructor("[]")),
        ("()", Constructor("()")),
        ("true", Constructor("true")),
    ],
)
def test_constructors_are_read_in_every_form(text: str, constructor: Constructor) -> None:
    assert constructors(text) == (constructor,)


@pytest.mark.parametrize(
    ("text", "params"),
    [
        ("'a t", ("a",)),
        ("(+'a, -'b, _) t", ("a", "b", "")),
        ("('a : immediate) t", ("a",)),
        ("(+'a : value, 'b) t = 'b constraint 'a = int", ("a", "b")),
    ],
)
def test_parameters_are_named_without_variance(text: str, params: tuple[str, ...]) -> None:
    assert definition(text).params == params


def test_a_parameter_s_kind_is_told_where_it_is_used() -> None:
    assert definition("('a : immediate) t = 'a list").body == Constr(
        "list", (TypeVar("a", IMMEDIATE),)
    )


@pytest.mark.parametrize(
    "text", ["A of int [@@unboxed]", "A of int [@unboxed]", "{ a : int } [@@ocaml.unboxed]"]
)
def test_a_type_may_be_unboxed(text: str) -> None:
    assert definition(f"t = {text}").unboxed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("t [@@immediate]", IMMEDIATE),
        ("t [@@ocaml.immediate64]", IMMEDIATE64),
        ("t : immediate", IMMEDIATE),
        ("t : float64", ABBREVIATIONS["float64"]),
        ("t : value mod external_ non_float", bounded(VALUE, ("external_", "non_float"))),
        ("t : float64 & bits32", Kind(Layout.PRODUCT)),
        ("t : (value mod external_) = int", bounded(VALUE, ("external_",))),
        ("('a : immediate) t", None),
        ("t : k", None),
        ("t : immutable_data with 'a", VALUE),
    ],
)
def test_annotations_and_attributes_promise_a_kind(text: str, kind: Kind | None) -> None:
    assert definition(text).kind == kind


@pytest.mark.parametrize("text", ["", "= = {", "t = = {", "'a"])
def test_what_cannot_be_read_is_abstract_or_unknown(text: str) -> None:
    assert definition(text).name == "t"
