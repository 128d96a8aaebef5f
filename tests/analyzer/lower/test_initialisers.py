"""Which part of a variable each item of an initialiser is for."""

import pytest

from analyzer.ir.dump import dump_global
from tests.analyzer.lower.lowering import straight, unit_of

_STRUCTS = "struct point { int x, y; }; struct line { struct point from, to; value name; };"


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ("int n = 1 + 2", "global int n = 1 + 2"),
        ("static value v", "static value v"),
        ("value a[] = { 1, 3 }", "global value a[2] = {0: 1, 1: 3}"),
        ("int a[4] = { [2] = 5, 6 }", "global int a[4] = {2: 5, 3: 6}"),
        ("int a[] = { [0 ... 3] = 1, 2 }", "global int a[5] = {0: 1, 4: 2}"),
        ("int a[2][2] = { 1, 2, 3 }", "global int a[2][2] = {0: {0: 1, 1: 2}, 1: {0: 3}}"),
        ('char s[] = "four"', 'global char s[5] = "four"'),
        ("struct point p = { 1, 2 }", "global struct point p = {x: 1, y: 2}"),
        ("struct point p = { .y = 1 }", "global struct point p = {y: 1}"),
        ("struct point p = { y: 1 }", "global struct point p = {y: 1}"),
        (
            "struct line l = { 1, 2, 3, 4, 5 }",
            "global struct line l = {from: {x: 1, y: 2}, to: {x: 3, y: 4}, name: 5}",
        ),
        (
            "struct line l = { { 1 }, .to.y = 2, 3 }",
            "global struct line l = {from: {x: 1}, to: {y: 2}, name: 3}",
        ),
        ("union { int i; value v; } u = { 1 }", "global union a.c:1:87 u = {i: 1}"),
        ("unknown_t t = { 1, f, { 2 } }", "global unknown_t t = {0: 1, 1: f, 2: {0: 2}}"),
        ("int n = { 7 }", "global int n = {0: 7}"),
        ("int n = twice(3)", "global int n = opaque(twice, 3)"),
        (
            'struct custom_operations o = { "id", custom_finalize_default, .hash = h }',
            'global struct custom_operations o = {identifier: "id", finalize: '
            "custom_finalize_default, hash: h}",
        ),
    ],
)
def test_a_global_has_its_items_by_part(declaration: str, expected: str) -> None:
    unit = unit_of(f"{_STRUCTS} {declaration};")
    assert [dump_global(variable) for variable in unit.globals] == [expected]


def test_a_local_is_zeroed_and_then_assigned() -> None:
    assert straight(f"{_STRUCTS} struct line l = {{ .name = v, .from = {{ 1 }} }};") == [
        "declare struct line l zeroed",
        "l.name = v",
        "l.from.x = 1",
    ]


def test_a_structure_is_taken_whole_where_one_is_given() -> None:
    assert straight(f"{_STRUCTS} struct point q; struct line l = {{ q, q, v }};")[2:] == [
        "l.from = q",
        "l.to = q",
        "l.name = v",
    ]


def test_a_string_fills_an_array() -> None:
    assert straight('char s[] = "abc";') == ["declare char s[4]", 's = "abc"']


def test_a_compound_literal_is_a_variable_without_a_name() -> None:
    assert straight("g((value[]) { v, w }, &(struct pair) { 1 });") == [
        "declare value (value [2])[2] zeroed",
        "(value [2])[0] = v",
        "(value [2])[1] = w",
        "declare struct pair (struct pair) zeroed",
        "(struct pair)[0] = 1",
        "call g((value [2]), &(struct pair))",
    ]


def test_braces_around_a_number_are_nothing() -> None:
    assert straight("int k = { 1 };") == ["declare int k zeroed", "k = 1"]
