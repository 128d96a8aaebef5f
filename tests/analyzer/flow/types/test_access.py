"""Accessors of what does not have what they read."""

from __future__ import annotations

import pytest

from analyzer import check_project
from analyzer.options import OcamlFile, Options, SourceFile
from runtime_sim.model.profile import Profile

TYPES = "type box = { width : float; height : float }\n"


def told(ml: str, c: str) -> list[tuple[str, str, str]]:
    """Rule, what the message begins with, and help of what is found."""
    result = check_project(
        [SourceFile("a.c", content=f"#include <caml/mlvalues.h>\n{c}".encode())],
        Options(Profile.OCAML_5, "/nonexistent"),
        ocaml=[OcamlFile("a.ml", (TYPES + ml).encode())],
    )
    assert result.errors == ()
    found = sorted(result.diagnostics, key=lambda d: d.rule)
    return [(d.rule, d.message.partition(" for ")[0].partition(" is ")[0], d.help) for d in found]


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        ("return Field(b, 1);", "'Field(b, 1)'"),
        ("Store_field(b, 1, x); return Val_unit;", "'Field(b, 1)'"),
        ("Field(b, 0) = x; return Val_unit;", "'Field(b, 0)'"),
    ],
)
def test_a_field_of_floats_is_told_as_it_is_written(statement: str, text: str) -> None:
    external = 'external f : box -> float -> unit = "f"'
    found = told(external, f"value f(value b, value x) {{ {statement} }}")
    assert [message for rule, message, _ in found if rule == "bad-tag"] == [text]


def test_a_double_in_its_block_is_read_flat() -> None:
    external = 'external f : box -> float = "f"'
    text = "value f(value b) { return caml_copy_double(Double_val(Field(b, 1))); }"
    assert told(external, text)[-1] == (
        "type-mismatch",
        "'Double_val' takes 'Field(b, 1)'",
        "use Double_flat_field(b, 1), or correct the OCaml type if C is right",
    )


def test_a_double_that_went_through_a_variable_is_read_flat() -> None:
    external = 'external f : box -> float = "f"'
    text = "value f(value b) { value w = Field(b, 1); return caml_copy_double(Double_val(w)); }"
    rule, message, help = told(external, text)[-1]
    assert (rule, message) == ("type-mismatch", "'Double_val' takes 'w'")
    assert help.startswith("use Double_flat_field, ")
