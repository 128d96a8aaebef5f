"""CAMLreturns of another kind than their functions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime_sim.build import build_stubs
from runtime_sim.lines import read_lines
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import Fault, Returned
from runtime_sim.runtime import Runtime
from runtime_sim.stubs import StubsNotLoaded

STUBS = r"""
#include <stdbool.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>

typedef enum { CLOSED, OPEN } state;
typedef struct { int width, height; } size;
typedef long number;

static double as_a_double(value v)
{
  CAMLparam1(v);
  CAMLreturn(Int_val(v) / 2.0); /* value, double */
}

value returns_a_value_as_a_double(value v)
{
  return caml_copy_double(as_a_double(v));
}

value returns_an_int_as_a_value(value v)
{
  CAMLparam1(v);
  if (Int_val(v) == 0) CAMLreturn(v);
  CAMLreturnT(int, v); /* int, value */
}

#ifndef __clang__ /* which refuses it */
value returns_nothing_as_a_value(value v)
{
  CAMLparam1(v);
  CAMLreturn0; /* void, value */
}

static void give_back(value v)
{
  CAMLparam1(v);
  CAMLreturn(v); /* value, void */
}

value returns_a_value_as_nothing(value v)
{
  give_back(v);
  return v;
}
#endif

static size *as_a_pointer(value v)
{
  CAMLparam1(v);
  CAMLreturn((value) NULL); /* value, size * */
}

value returns_a_value_as_a_pointer(value v)
{
  return Val_bool(as_a_pointer(v) == NULL);
}

static bool is_set(value v) { CAMLparam1(v); CAMLreturnT(int, Int_val(v)); }
static state state_of(value v) { CAMLparam1(v); CAMLreturnT(int, Int_val(v)); }
static double half(value v) { CAMLparam1(v); CAMLreturnT(double, Int_val(v) / 2.0); }
static const char *text(value v) { CAMLparam1(v); CAMLreturnT(char *, "text"); }
static size area(value v) { CAMLparam1(v); CAMLreturnT(size, ((size){ 1, 2 })); }
static number count(value v) { CAMLparam1(v); CAMLreturnT(intnat, Long_val(v)); }
static void nothing(value v) { CAMLparam1(v); CAMLreturn0; }

value returns_what_fits(value v)
{
  CAMLparam1(v);
  nothing(v);
  if (half(v) < 0 && count(v) < 0 && area(v).width < 0 && text(v) == NULL) CAMLreturn(Val_unit);
  CAMLreturn(Val_bool(is_set(v) && state_of(v) == OPEN));
}
"""
MARKS = {
    line.split("/*")[1].removesuffix("*/").strip(): number
    for number, line in enumerate(STUBS.splitlines(), 1)
    if "/*" in line
}


@pytest.fixture(scope="module")
def stubs(tmp_path_factory: pytest.TempPathFactory, runtime_library: Path) -> Path:
    folder = tmp_path_factory.mktemp("returns")
    (folder / "stubs.c").write_text(STUBS)
    flags = ["-w", "-std=gnu89"]  # newer compilers refuse what is to be seen here
    build_stubs([folder / "stubs.c"], Profile.OCAML_5, folder / "stubs.so", flags)
    return folder / "stubs.so"


@pytest.mark.parametrize(
    ("primitive", "types"),
    [
        ("returns_a_value_as_a_double", "value, double"),
        ("returns_an_int_as_a_value", "int, value"),
        ("returns_nothing_as_a_value", "void, value"),
        ("returns_a_value_as_nothing", "value, void"),
        ("returns_a_value_as_a_pointer", "value, size *"),
    ],
)
def test_what_a_function_does_not_return_is_found(
    primitive: str, types: str, runtime_library: Path, stubs: Path
) -> None:
    with Runtime(library=runtime_library) as runtime:
        runtime.load(stubs, read_lines(str(stubs), os.stat(stubs).st_mtime_ns).wrong_returns)
        try:
            fault = runtime.call(primitive, runtime.integer(1))
        except StubsNotLoaded:
            pytest.skip("the C compiler refuses it")
    assert isinstance(fault, Fault)
    assert fault.rule == "camlreturn-kind"
    assert fault.site is not None
    assert fault.site.line == MARKS[types]
    given, declared = types.split(", ")
    assert f"'{given}'" in fault.message
    assert f"'{declared}'" in fault.message


@pytest.mark.parametrize("primitive", ["returns_what_fits", "returns_an_int_as_a_value"])
def test_what_fits_is_none(primitive: str, runtime_library: Path, stubs: Path) -> None:
    with Runtime(library=runtime_library) as runtime:
        runtime.load(stubs, read_lines(str(stubs), os.stat(stubs).st_mtime_ns).wrong_returns)
        assert isinstance(runtime.call(primitive, runtime.integer(0)), Returned)
