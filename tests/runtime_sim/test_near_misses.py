"""Stubs that do nearly what a bad one does, and are right: they run clean wherever they run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import (
    EVERY_POINT,
    GENERATIONAL,
    NEVER,
    Fault,
    at_point,
    at_random,
    generational,
)
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Held

Compile = Callable[[str, Profile], Path]

POLICIES = [NEVER, EVERY_POINT, GENERATIONAL, generational(minor_heap=1)]
POLICIES += [*map(at_point, range(1, 4)), *map(at_random, range(3))]

# Parameters have a value by their name.
STUBS = r"""
#include <string.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>
#include <caml/minor_gc.h>

value frame_of_a_block(value v_n)
{
  value result = Val_unit;
  if (Int_val(v_n) > 0) {
    CAMLparam0();
    CAMLlocal1(copy);
    copy = caml_copy_string("copy");
    result = caml_alloc_some(copy);
    CAMLdrop;
  }
  return result;
}

value block_left_by_camlreturn(value v_n, value v_text)
{
  CAMLparam2(v_n, v_text);
  for (int i = 0; i < Int_val(v_n); i++) {
    CAMLlocal1(copy);
    copy = caml_copy_string("copy");
    CAMLreturn(caml_alloc_some(copy));
  }
  CAMLreturn(v_text);
}

static void raises(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(copy);
  copy = caml_copy_string("copy");
  if (Wosize_val(copy) > 0) caml_failwith_value(v_text);
  CAMLnoreturn;
}

value frames_left_by_an_exception(value v_text, value v_raise)
{
  CAMLparam2(v_text, v_raise);
  for (int i = 0; i < 3; i++) {
    value result = caml_callback_exn(v_raise, v_text);
    if (!Is_exception_result(result)) CAMLreturn(Val_false);
  }
  raises(v_text);
  CAMLreturn(Val_true);
}

value roots_of_the_older_kind(value v_text)
{
  value copy = Val_unit, pair = Val_unit;
  Begin_roots2(v_text, copy)
    copy = caml_copy_string("copy");
    Begin_roots1(pair);
      pair = caml_alloc_tuple(2);
      Store_field(pair, 0, copy);
      Store_field(pair, 1, v_text);
    End_roots();
  End_roots();
  return pair;
}

value small_block_stored_when_filled(value v_pair)
{
  CAMLparam1(v_pair);
  value pair = caml_alloc_small(2, 0);
  Field(pair, 0) = Val_unit;
  Field(pair, 1) = Val_unit;
  Store_field(v_pair, 1, pair);
  CAMLreturn(Val_unit);
}

value ints_assigned(value v_pair)
{
  Field(v_pair, 0) = Val_long(Long_val(Field(v_pair, 0)) + 1);
  return Val_unit;
}

value field_assigned_what_it_holds(value v_pair)
{
  Field(v_pair, 1) = Field(v_pair, 1);
  return v_pair;
}

value fresh_block_assigned(value v_pair, value v_text)
{
  CAMLparam2(v_pair, v_text);
  value block = caml_alloc(2, 0);
  Field(block, 0) = v_text;
  memcpy((void *) block, (void *) v_pair, 2 * sizeof(value));
  Field(block, 1) = v_text;
  CAMLreturn(block);
}

value fields_stored_again(value v_pair, value v_text)
{
  CAMLparam2(v_pair, v_text);
  CAMLlocal1(block);
  block = caml_alloc(Max_young_wosize + 1, 0);
  for (int i = 0; i < 3; i++) {
    Store_field(block, i, v_text);
    Store_field(block, 0, caml_copy_string("copy"));
    Store_field(v_pair, 1, block);
    Store_field(v_pair, 0, Val_int(i));
  }
  CAMLreturn(v_pair);
}

value block_of_the_major_heap_filled(value v_n, value v_text)
{
  CAMLparam1(v_text);
  caml_minor_collection();
  value block = caml_alloc_shr(3, 0);
  Field(block, 0) = v_n;
  Field(block, 1) = Val_unit;
  Field(block, 2) = v_text;
  CAMLreturn(block);
}

value exceptions_and_options(value v_text, value v_raise)
{
  CAMLparam2(v_text, v_raise);
  CAMLlocal2(some, result);
  some = caml_alloc_some(v_text);
  result = caml_callback_exn(v_raise, some);
  if (Is_exception_result(result)) result = Extract_exception(result);
  Store_field(some, 0, result);
  caml_copy_string("copy");
  caml_raise_with_arg(result, some);
}

value fields_initialised_once(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal2(block, other);
  block = caml_alloc_shr(2, 0);
  caml_initialize(&Field(block, 0), v_text);
  caml_initialize(&Field(block, 1), Val_unit);
  other = caml_alloc(2, 0);
  caml_initialize(&Field(other, 0), block);
  CAMLreturn(other);
}

value roots_registered_and_removed(value v_text)
{
  static value kept = Val_unit;
  value text = v_text;
  for (int i = 0; i < 2; i++) {
    caml_register_global_root(&text);
    caml_copy_string("copy");
    caml_remove_global_root(&text);
    caml_register_generational_global_root(&kept);
    caml_modify_generational_global_root(&kept, text);
    caml_remove_generational_global_root(&kept);
    caml_remove_global_root(&kept);
  }
  return text;
}

value name_that_is_checked(value v_text)
{
  const value *found = caml_named_value("nobody's");
  return found == NULL ? v_text : *found;
}

value words_that_are_no_values(value v_n)
{
  long words[] = { 0x7F0000123456, 0x40 };
  return Val_long(Long_val(words[0]) + Long_val(words[1]) + Int_val(v_n));
}

value exception_asked(value v_raise)
{
  value result = caml_callback_exn(v_raise, Val_unit);
  return Is_exception_result(result) ? Val_true : Val_bool(Bool_val(result));
}

value string_filled_to_its_end(value v_text)
{
  value copy = caml_alloc_string(9);
  memset(Bytes_val(copy), 'x', 10 - 1);
  return copy;
}
"""


def good_functions() -> dict[str, list[str]]:
    """The primitives and their parameters."""
    found = re.findall(r"^value (\w+)\((.*)\)$", STUBS, re.MULTILINE)
    return {name: re.findall(r"v_\w+", parameters) for name, parameters in found}


FUNCTIONS = good_functions()


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> dict[Profile, Path]:
    return {profile: compile_stubs(STUBS, profile) for profile in Profile}


def argument(runtime: Runtime, parameter: str) -> Held:
    match parameter:
        case "v_text":
            return runtime.string(b"hello")
        case "v_pair":
            return runtime.tuple_of(runtime.integer(1), runtime.string(b"two"))
        case "v_n":
            return runtime.integer(3)
        case _:
            return runtime.closure(Function.RAISE_NOT_FOUND)


@pytest.mark.parametrize("profile", Profile, ids=lambda profile: profile.value)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_stub_that_is_right_shows_no_fault(
    name: str, profile: Profile, runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    for policy in POLICIES:
        with Runtime(profile, policy, runtime_library) as runtime:
            runtime.load(stubs[profile])
            for _ in range(2):
                given = [argument(runtime, parameter) for parameter in FUNCTIONS[name]]
                outcome = runtime.call(name, *given)
                assert not isinstance(outcome, Fault), (policy, outcome)
