"""What is said of the C function that answers an external, and what is not known of it."""

from __future__ import annotations

import pytest

from analyzer import check
from analyzer.options import OcamlFile, Options, SourceFile
from analyzer.result import Primitive, any_of
from runtime_sim.model.profile import Profile

OPEN = True, None
UNKNOWN = None, None
HARMLESS = False, False

TEXT = """\
#include <caml/mlvalues.h>
#include <caml/alloc.h>
#include <caml/fail.h>
#include <stdlib.h>
#include <string.h>
extern value helper(value v);
extern int plain(int n);
extern void die(const char *) __attribute__((noreturn));
struct ops { value (*read)(value); };
struct known { value (*write)(value); };
static value same(value v) { return v; }
static value fails(value v) { caml_failwith("x"); }
static value (*table[])(value) = { same, fails };
static value inner(value v) { return helper(v); }
value f(value v)
{
  BODY
}
"""


def primitive(text: str) -> Primitive:
    files = [SourceFile("a.c", content=text.encode())]
    ocaml = [OcamlFile("a.ml", b'external f : string -> string = "f"\n')]
    listed = check.list_primitives(files, Options(Profile.OCAML_5, "/nonexistent"), ocaml)
    assert listed.errors == ()
    (found,) = listed.primitives
    return found


@pytest.mark.parametrize(
    ("body", "effects"),
    [
        ("return v;", HARMLESS),
        ("return Val_int(plain(1));", HARMLESS),
        ("if (strlen(String_val(v)) > 3) abort(); return v;", HARMLESS),
        ("return helper(v);", UNKNOWN),
        ("return inner(v);", UNKNOWN),
        ("helper(v); return caml_copy_double(1.0);", OPEN),
        ("if (plain(1)) helper(v); else caml_failwith(0); return v;", (None, True)),
        ("helper(v); caml_failwith(0);", (False, True)),
        ("caml_alloc_string(3); caml_failwith(0);", (False, True)),
        ("die(0); return v;", (False, None)),
        ("caml_unheard_of(); return v;", UNKNOWN),
        ("return ((struct ops *) plain(0))->read(v);", UNKNOWN),
        ("return table[plain(0)](v);", UNKNOWN),
        ("return plain(0) ? v : f(v);", HARMLESS),
        ("((; return v;", UNKNOWN),
    ],
)
def test_what_code_out_of_sight_does_is_not_known(
    body: str, effects: tuple[bool | None, bool | None]
) -> None:
    found = primitive(TEXT.replace("BODY", body))
    assert (found.may_collect, found.may_raise) == effects


def test_the_call_that_nothing_is_known_of_is_told() -> None:
    found = primitive(TEXT.replace("BODY", "return inner(v);"))
    assert [(step.position.line, step.message) for step in found.why] == [
        (17, "'inner' is called"),
        (14, "'helper' is called, of which nothing is known"),
    ]


def test_what_two_functions_do_that_call_each_other_is_known_in_part() -> None:
    text = """\
#include <caml/mlvalues.h>
#include <caml/fail.h>
value f(value v);
value other(value v) { if (Wosize_val(v) > 3) caml_failwith("x"); return f(v); }
value f(value v) { return Wosize_val(v) > 2 ? v : other(v); }
"""
    found = primitive(text)
    assert (found.may_collect, found.may_raise) == (None, True)


@pytest.mark.parametrize(
    ("name", "effects"), [("caml_hash", HARMLESS), ("caml_no_such", UNKNOWN), ("gone", UNKNOWN)]
)
def test_without_a_definition_only_the_runtimes_own_is_known(
    name: str, effects: tuple[bool | None, bool | None]
) -> None:
    ocaml = [OcamlFile("a.ml", f'external f : int -> int = "{name}"\n'.encode())]
    listed = check.list_primitives((), Options(Profile.OCAML_5, "/nonexistent"), ocaml)
    (found,) = listed.primitives
    assert (found.may_collect, found.may_raise) == effects


def test_what_one_may_do_is_known_whatever_the_others_do() -> None:
    assert (any_of(False, None, True), any_of(False, None), any_of(False)) == (True, None, False)
