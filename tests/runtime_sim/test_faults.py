"""Each kind of fault is shown under its rule, at its line, with who made and moved the block."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from runtime_sim.build import WITHOUT_CLEANUP, build_stubs
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, NEVER, Fault, Place, Policy, Returned
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Held

Compile = Callable[[str, Profile], Path]

# Parameters have a value by their name; comments mark the lines that a fault is to name.
STUBS = r"""
#include <string.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>
#include <caml/signals.h>
#include <caml/threads.h>

/* bad: unrooted-value */
value local_stored_after_an_allocation(value v_text)
{
  value copy = caml_copy_string("copy"); /* made */
  value pair = caml_alloc_tuple(2); /* moved */
  Store_field(pair, 0, copy); /* seen */
  return pair;
}

/* bad: unrooted-value */
value parameter_read_after_a_callback(value v_text, value v_fun)
{
  caml_callback(v_fun, Val_unit); /* moved */
  return Val_int(String_val(v_text)[0]); /* seen */
}

/* bad: unrooted-value */
value local_returned(value v_text) /* seen */
{
  value copy = caml_copy_string("copy"); /* made */
  caml_copy_string("other"); /* moved */
  return copy;
}

/* bad: unrooted-value */
value local_put_into_a_small_block(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(pair);
  value copy = caml_copy_string("copy"); /* made */
  pair = caml_alloc_small(2, 0); /* moved */
  Field(pair, 0) = copy;
  Field(pair, 1) = v_text;
  caml_alloc_string(10); /* seen */
  CAMLreturn(pair);
}

/* bad: stale-pointer */
value pointer_kept(value v_text)
{
  CAMLparam1(v_text);
  const char *text = String_val(v_text);
  caml_alloc_string(10); /* moved */
  CAMLreturn(Val_int(text[1])); /* seen */
}

/* bad: stale-pointer */
value pointer_into_a_local(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(copy);
  copy = caml_alloc_string(5); /* made */
  unsigned char *bytes = Bytes_val(copy);
  caml_copy_double(1.0); /* moved */
  bytes[0] = 'x'; /* seen */
  CAMLreturn(copy);
}

/* bad: stale-pointer */
value pointer_handed_to_the_runtime(value v_text)
{
  CAMLparam1(v_text);
  CAMLreturn(caml_copy_string(String_val(v_text))); /* seen, moved */
}

/* bad: stale-pointer */
value pointer_handed_to_libc(value v_text)
{
  CAMLparam1(v_text);
  char buffer[16];
  const char *text = String_val(v_text);
  caml_alloc_string(10); /* moved */
  strncpy(buffer, text, sizeof buffer); /* seen */
  CAMLreturn(Val_int(buffer[0]));
}

static value first_byte(const char *text)
{
  return Val_int(text[0]); /* seen */
}

/* bad: stale-pointer */
value pointer_read_by_a_callee(value v_text)
{
  CAMLparam1(v_text);
  const char *text = String_val(v_text);
  caml_alloc_string(10); /* moved */
  CAMLreturn(first_byte(text));
}

/* bad: missing-camlreturn */
value frame_left_open(value v_text)
{
  CAMLparam1(v_text); /* seen */
  return Val_unit;
}

static __attribute__((noinline)) int forgetful(value v_text)
{
  CAMLparam1(v_text); /* seen */
  return Wosize_val(v_text);
}

/* bad: missing-camlreturn */
value frame_left_open_by_a_callee(value v_text)
{
  CAMLparam1(v_text);
  int size = forgetful(v_text);
  CAMLreturn(Val_int(size));
}

static __attribute__((noinline)) int careful(value v_text)
{
  CAMLparam1(v_text);
  int size = Wosize_val(v_text);
  CAMLreturnT(int, size);
}

value frame_left_open_beside_another(value v_text)
{
  CAMLparam1(v_text);
  int size = forgetful(v_text) + careful(v_text);
  CAMLreturn(Val_int(size));
}

/* bad: missing-camlreturn */
value roots_left_in_the_list(value v_text)
{
  value result = Val_unit;
  Begin_roots2(v_text, result); /* seen */
  if (Wosize_val(v_text) == 1) return Val_unit;
  End_roots();
  return result;
}

/* bad: camlreturn-without-camlparam */
value frame_closed_twice(value v_text)
{
  CAMLparam1(v_text);
  CAMLdrop;
  CAMLreturn(Val_unit); /* seen */
}

/* bad: camlreturn-without-camlparam */
value frame_jumped_over(value v_n)
{
  switch (Int_val(v_n)) {
  case 0: ;
    CAMLparam0();
    CAMLreturn(Val_true);
  default:
    CAMLreturn(Val_false); /* seen */
  }
}

/* bad: camllocal-in-loop */
value local_declared_in_a_loop(value v_n)
{
  CAMLparam1(v_n);
  for (int i = 0; i < Int_val(v_n); i++) {
    CAMLlocal1(copy); /* seen */
    copy = caml_copy_string("copy");
    (void) copy;
  }
  CAMLreturn(Val_unit);
}

/* bad: camllocal-in-loop */
value local_declared_again(value v_n)
{
  CAMLparam1(v_n);
  int n = 0;
again: ;
  CAMLlocal1(copy); /* seen */
  copy = caml_copy_string("copy");
  if (++n < Int_val(v_n)) goto again;
  CAMLreturn(copy);
}

/* bad: root-out-of-scope */
value local_of_a_block(value v_n)
{
  CAMLparam1(v_n);
  int length = 0;
  if (Int_val(v_n) > 0) {
    CAMLlocal1(copy); /* seen */
    copy = caml_copy_string("copy");
    length = caml_string_length(copy);
  }
  CAMLreturn(Val_int(length));
}

/* bad: root-out-of-scope */
value local_of_a_case(value v_n)
{
  CAMLparam1(v_n);
  CAMLlocal1(result);
  switch (Int_val(v_n)) {
  case 3: {
    value copies[2] = { Val_unit, Val_unit };
    CAMLxparamN(copies, 2); /* seen */
    result = copies[1];
    break;
  }
  default:
    result = Val_int(2);
  }
  result = caml_copy_string("copy");
  CAMLreturn(result);
}

/* bad: missing-write-barrier */
value field_assigned(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal2(pair, copy);
  pair = caml_alloc(2, 0); /* made */
  copy = caml_copy_string("copy");
  Field(pair, 0) = copy;
  caml_alloc_string(10); /* seen */
  CAMLreturn(pair);
}

/* bad: missing-write-barrier */
value field_assigned_last(value v_pair) /* seen */
{
  CAMLparam1(v_pair);
  value copy = caml_copy_string("copy");
  Field(v_pair, 0) = copy;
  CAMLreturn(Val_unit);
}

/* bad: missing-write-barrier */
value argument_assigned(value v_pair, value v_text) /* seen */
{
  Field(v_pair, 0) = v_text;
  return Val_unit;
}

/* bad: missing-write-barrier */
value int_assigned_over_a_block(value v_pair) /* seen */
{
  Field(v_pair, 1) = Val_unit;
  return Val_unit;
}

/* bad: missing-write-barrier */
value fields_exchanged(value v_pair) /* seen */
{
  value first = Field(v_pair, 0);
  Field(v_pair, 0) = Field(v_pair, 1);
  Store_field(v_pair, 1, first);
  return Val_unit;
}

/* bad: missing-write-barrier */
value fields_copied(value v_pair, value v_text)
{
  CAMLparam2(v_pair, v_text);
  CAMLlocal1(copy);
  copy = caml_alloc(2, 0); /* made */
  caml_alloc_string(10);
  memcpy((void *) copy, (void *) v_pair, 2 * sizeof(value));
  caml_alloc_string(10); /* seen */
  CAMLreturn(copy);
}

/* bad: missing-write-barrier */
value large_block_assigned(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(block);
  block = caml_alloc(Max_young_wosize + 1, 0); /* made */
  Field(block, 7) = v_text;
  caml_alloc_string(10); /* seen */
  CAMLreturn(block);
}

/* bad: missing-write-barrier */
value block_of_the_major_heap_assigned(value v_text) /* seen */
{
  value block = caml_alloc_shr(2, 0); /* made */
  Field(block, 0) = v_text;
  Field(block, 1) = Val_unit;
  return block;
}

/* bad: uninitialised-block */
value field_left_out(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(pair);
  pair = caml_alloc_small(2, 0); /* made */
  Field(pair, 0) = Val_unit;
  caml_alloc_string(10); /* seen */
  CAMLreturn(pair);
}

/* bad: uninitialised-block */
value field_read_before_it_is_written(value v_text)
{
  value pair = caml_alloc_small(2, 0);
  return Field(Field(pair, 1), 0); /* seen */
}

/* bad: uninitialised-root */
value root_without_a_value(value v_text)
{
  value result = 0;
  CAMLparam1(v_text);
  CAMLxparam1(result);
  caml_alloc_string(10); /* seen */
  CAMLreturn(v_text);
}

/* bad: root-of-non-value */
value root_of_a_number(value v_text)
{
  int count = 1;
  CAMLparam1(v_text);
  CAMLxparam1(count); /* seen */
  CAMLreturn(v_text);
}

/* bad: root-of-non-value */
value root_of_texts(value v_text)
{
  CAMLparam1(v_text);
  char *texts[2] = { "a", "b" };
  CAMLxparamN(texts, 2); /* seen */
  CAMLreturn(v_text);
}

/* bad: modify-on-uninitialised */
value field_of_a_small_block_stored(value v_text)
{
  CAMLparam1(v_text);
  value pair = caml_alloc_small(2, 0); /* made */
  Store_field(pair, 0, v_text); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: uninitialised-block */
value block_stored_before_it_is_filled(value v_pair)
{
  CAMLparam1(v_pair);
  value pair = caml_alloc_small(2, 0); /* made */
  Field(pair, 0) = Val_unit;
  Store_field(v_pair, 1, pair); /* seen */
  Field(pair, 1) = Val_unit;
  CAMLreturn(Val_unit);
}

/* bad: initialize-on-initialised */
value field_of_the_caller_initialised(value v_pair)
{
  caml_initialize(&Field(v_pair, 1), Val_unit); /* seen */
  return Val_unit;
}

/* bad: initialize-on-initialised */
value field_initialised_twice(value v_text)
{
  value block = caml_alloc_shr(2, 0); /* made */
  caml_initialize(&Field(block, 0), v_text);
  caml_initialize(&Field(block, 1), Val_unit);
  caml_initialize(&Field(block, 0), Val_unit); /* seen */
  return block;
}

/* bad: naked-pointer */
value pointer_of_c_returned(value v_text) /* seen */
{
  static long data[2];
  return (value) &data[1];
}

/* bad: naked-pointer */
value pointer_of_c_stored(value v_pair)
{
  static long data[2];
  CAMLparam1(v_pair);
  Store_field(v_pair, 0, (value) &data[1]); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: naked-pointer */
value number_in_a_root(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(number);
  number = 0x1000;
  caml_alloc_string(10); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: lock-imbalance */
value lock_released_and_not_acquired(value v_text)
{
  caml_release_runtime_system(); /* seen */
  return Val_unit;
}

/* bad: lock-imbalance */
value lock_released_twice(value v_text)
{
  caml_release_runtime_system();
  caml_release_runtime_system(); /* seen */
  caml_acquire_runtime_system();
  return Val_unit;
}

/* bad: lock-imbalance */
value lock_acquired_twice(value v_text)
{
  caml_acquire_runtime_system(); /* seen */
  return Val_unit;
}

/* bad: lock-imbalance */
value exception_with_the_lock_released(value v_text)
{
  caml_release_runtime_system();
  caml_failwith("no"); /* seen */
}

/* bad: value-access-without-lock */
value allocation_without_the_lock(value v_text)
{
  caml_release_runtime_system();
  caml_copy_string("x"); /* seen */
  caml_acquire_runtime_system();
  return Val_unit;
}

/* bad: value-access-without-lock */
value accessor_without_the_lock(value v_text)
{
  CAMLparam1(v_text);
  caml_release_runtime_system();
  int first = String_val(v_text)[0]; /* seen */
  caml_acquire_runtime_system();
  CAMLreturn(Val_int(first));
}

/* bad: value-access-without-lock */
value pointer_without_the_lock(value v_text)
{
  CAMLparam1(v_text);
  const char *text = String_val(v_text);
  caml_release_runtime_system(); /* moved */
  int first = text[0]; /* seen */
  caml_acquire_runtime_system();
  CAMLreturn(Val_int(first));
}

/* bad: alloc-small-size */
value small_block_of_no_fields(value v_text)
{
  return caml_alloc_small(0, 0); /* seen */
}

/* bad: alloc-small-size */
value small_block_that_is_large(value v_text)
{
  return caml_alloc_small(Max_young_wosize + 1, 0); /* seen */
}

/* bad: field-out-of-bounds */
value field_after_the_last(value v_pair)
{
  return Field(v_pair, 2); /* seen */
}

/* bad: field-out-of-bounds */
value float_after_the_last(value v_text)
{
  value floats = caml_alloc_float_array(2);
  Store_double_flat_field(floats, 2, 1.0); /* seen */
  return Val_unit;
}

/* bad: type-mismatch */
value pair_read_as_a_string(value v_pair)
{
  return Val_int(String_val(v_pair)[0]); /* seen */
}

/* bad: type-mismatch */
value int_read_as_a_string(value v_n)
{
  return Val_int(String_val(v_n)[0]); /* seen */
}

/* bad: type-mismatch */
value string_read_as_an_int(value v_text)
{
  return Val_int(Int_val(v_text) + 1); /* seen */
}

/* bad: unchecked-exception-result */
value exception_read_as_a_bool(value v_raise)
{
  return Val_bool(Bool_val(caml_callback_exn(v_raise, Val_unit))); /* seen */
}

/* bad: unrooted-value */
value moved_block_read_as_an_int(value v_text)
{
  value copy = caml_copy_string("copy"); /* made */
  caml_copy_string("other"); /* moved */
  return Val_long(Long_val(copy)); /* seen */
}

/* bad: null-unchecked */
value null_read_as_an_int(value v_text)
{
  value volatile nothing = 0;
  return Val_int(Unsigned_int_val(nothing) + 1); /* seen */
}

/* bad: type-mismatch */
value string_read_as_a_float(value v_text)
{
  return Val_bool(Double_val(v_text) > 0); /* seen */
}

/* bad: type-mismatch */
value string_called(value v_text)
{
  return caml_callback(v_text, Val_unit); /* seen */
}

/* bad: bad-tag */
value field_of_a_string(value v_text)
{
  return Field(v_text, 0); /* seen */
}

/* bad: interior-pointer */
value tail_of_an_array(value v_pair) /* seen */
{
  return (value) &Field(v_pair, 1);
}

/* bad: interior-pointer */
value tail_of_a_string_stored(value v_pair, value v_text)
{
  Store_field(v_pair, 0, (value) (String_val(v_text) + 2)); /* seen */
  return Val_unit;
}

/* bad: global-root-misuse */
value root_removed_as_one_of_the_other_kind(value v_text)
{
  static value kept;
  kept = v_text;
  caml_register_global_root(&kept);
  caml_remove_generational_global_root(&kept); /* seen */
  return Val_unit;
}

/* bad: global-root-misuse */
value local_left_registered(value v_text) /* seen */
{
  value kept = v_text;
  caml_register_global_root(&kept);
  return Val_unit;
}

/* bad: global-root-misuse */
value root_registered_twice(value v_text)
{
  static value first, second;
  first = second = v_text;
  caml_register_generational_global_root(&first);
  caml_register_global_root(&first); /* seen */
  return Val_unit;
}

/* bad: global-root-misuse */
value root_registered_without_a_value(value v_text)
{
  value kept;
  caml_register_global_root(&kept); /* seen */
  kept = v_text;
  caml_remove_global_root(&kept);
  return Val_unit;
}

/* bad: global-root-misuse */
value root_removed_that_was_none(value v_text)
{
  value kept = v_text, copy = Val_unit;
  caml_register_global_root(&kept);
  copy = caml_copy_string("copy");
  caml_remove_global_root(&copy); /* seen */
  caml_remove_global_root(&kept);
  return copy;
}

/* bad: global-root-misuse */
value generational_root_assigned(value v_text)
{
  static value kept;
  kept = Val_unit;
  caml_register_generational_global_root(&kept);
  kept = v_text;
  caml_copy_string("copy"); /* seen */
  return Val_unit;
}

/* bad: unchecked-named-value */
value name_that_nobody_has(value v_n)
{
  return caml_callback(*caml_named_value("nobody's"), v_n); /* seen */
}

/* bad: unchecked-named-value */
value name_kept_unchecked(value v_n)
{
  static const value *found = NULL;
  if (found == NULL) found = caml_named_value("nobody's");
  return caml_callback(*found, v_n); /* seen */
}

/* bad: crash */
value string_of_negative_length(value v_n)
{
  return caml_alloc_string((mlsize_t) (Int_val(v_n) - 4)); /* seen */
}

/* bad: stale-pointer */
value text_of_the_heap_raised(value v_text)
{
  caml_failwith(String_val(v_text)); /* seen, moved */
}

/* bad: crash */
value string_overrun(value v_text)
{
  value copy = caml_alloc_string(9); /* made */
  memset(Bytes_val(copy), 'x', 16);
  caml_alloc_string(10); /* seen */
  return Val_unit;
}

static int null_read_by(const int *nothing)
{
  return *nothing + 1; /* seen */
}

/* bad: crash */
value null_read_after_a_name(value v_text)
{
  int *volatile nothing = NULL;
  if (caml_named_value("nobody's") == NULL) return Val_int(null_read_by(nothing));
  return Val_unit;
}

static void allocate_in_the_end(value v)
{
  caml_copy_string("x"); /* seen */
}

static struct custom_operations ending = { .finalize = allocate_in_the_end };

/* bad: finaliser-uses-runtime */
value block_with_a_busy_finaliser(value v_text)
{
  caml_alloc_custom(&ending, 8, 0, 1);
  caml_alloc_string(10);
  return Val_unit;
}

/* bad: unchecked-exception-result */
value result_not_asked(value v_raise)
{
  value result = caml_callback_exn(v_raise, Val_unit);
  return Field(result, 0); /* seen */
}

/* bad: unchecked-exception-result */
value result_returned(value v_raise) /* seen */
{
  return caml_callback_exn(v_raise, Val_unit);
}

/* bad: unchecked-exception-result */
value result_in_a_root(value v_raise)
{
  CAMLparam1(v_raise);
  CAMLlocal1(result);
  result = caml_callback_exn(v_raise, Val_unit);
  caml_alloc_string(10); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: crash */
value null_read(value v_text)
{
  int *volatile nothing = NULL;
  return Val_int(*nothing); /* seen */
}

/* bad: crash */
value null_called(value v_text)
{
  int (*volatile nothing)(void) = NULL;
  return Val_int(nothing() + 1); /* seen */
}

/* bad: crash */
value divided_by_zero(value v_n)
{
  volatile int zero = 0;
  return Val_int(Int_val(v_n) / zero); /* seen */
}

/* bad: unsequenced-gc */
value array_of_copies(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(array);
  array = caml_alloc(2, 0); /* made */
  value volatile *field = &Field(array, 0);
  value copy = caml_copy_string("copy"); /* moved */
  caml_modify((void *) field, copy); /* seen */
  CAMLreturn(array);
}

/* bad: custom-resource-accounting */
value operations_on_the_stack(value v_text)
{
  struct custom_operations own = { .identifier = "own" };
  return caml_alloc_custom(&own, 8, 0, 1); /* seen */
}

static value hook = Val_unit;

value set_hook(value v_text)
{
  hook = v_text;
  return Val_unit;
}

value set_and_call_hook(value v_text)
{
  hook = v_text;
  caml_alloc_string(10);
  int first = String_val(hook)[0]; /* seen */
  hook = Val_unit;
  return Val_int(first);
}

value nothing(void)
{
  return Val_unit;
}
"""


class Bad(NamedTuple):
    """A function that is to be shown, and its marked lines."""

    rule: str
    name: str
    parameters: list[str]
    marks: dict[str, int]


def bad_functions() -> Iterator[Bad]:
    """The functions that follow a mark; the lines of a helper before one are its own."""
    rule, marks = "", dict[str, int]()
    for number, line in enumerate(STUBS.split("\n"), 1):
        if match := re.fullmatch(r"/\* bad: (\S+) \*/", line):
            rule = match[1]
        if match := re.search(r"/\* ((?:seen|made|moved|, )+) \*/", line):
            marks |= dict.fromkeys(match[1].split(", "), number)
        if rule and (match := re.match(r"value (\w+)\((.*)\)", line)):
            name, parameters = match[1], re.findall(r"v_\w+", match[2])
        if rule and line == "}":
            yield Bad(rule, name, parameters, marks)
            rule, marks = "", {}


FUNCTIONS = {bad.name: bad for bad in bad_functions()}
IN_5_ALONE = {bad.name for bad in FUNCTIONS.values() if bad.rule == "naked-pointer"}


@pytest.fixture(scope="module")
def stubs_5(compile_stubs: Compile) -> Path:
    return compile_stubs(STUBS, Profile.OCAML_5)


@pytest.fixture(scope="module")
def stubs_4(compile_stubs: Compile) -> Path:
    return compile_stubs(STUBS, Profile.OCAML_4_14)


def argument(runtime: Runtime, parameter: str) -> Held:
    match parameter:
        case "v_text":
            return runtime.string(b"hello")
        case "v_pair":
            return runtime.tuple_of(runtime.integer(1), runtime.string(b"two"))
        case "v_n":
            return runtime.integer(3)
        case "v_fun":
            return runtime.closure(Function.IDENTITY)
        case _:
            return runtime.closure(Function.RAISE_NOT_FOUND)


def fault_of(
    bad: Bad, library: Path, profile: Profile, stubs: Path, policy: Policy = EVERY_POINT
) -> Fault:
    with Runtime(profile, policy, library) as runtime:
        runtime.load(stubs)
        outcome = runtime.call(bad.name, *(argument(runtime, name) for name in bad.parameters))
    assert isinstance(outcome, Fault)
    return outcome


def line_of(place: Place | None) -> int | None:
    return place and place.line


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_fault_is_shown_with_its_lines(name: str, runtime_library: Path, stubs_5: Path) -> None:
    bad = FUNCTIONS[name]
    fault = fault_of(bad, runtime_library, Profile.OCAML_5, stubs_5)
    assert (fault.rule, line_of(fault.site)) == (bad.rule, bad.marks["seen"])
    assert fault.site is not None
    assert fault.site.path == str(stubs_5.with_suffix(".c"))
    if "made" in bad.marks:
        assert line_of(fault.made_at) == bad.marks["made"]
    if "moved" in bad.marks:
        assert line_of(fault.moved_at) == bad.marks["moved"]


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - IN_5_ALONE))
def test_a_fault_of_5_is_one_of_4_14(name: str, runtime_library: Path, stubs_4: Path) -> None:
    bad = FUNCTIONS[name]
    fault = fault_of(bad, runtime_library, Profile.OCAML_4_14, stubs_4)
    assert (fault.rule, line_of(fault.site)) == (bad.rule, bad.marks["seen"])


@pytest.mark.parametrize("name", sorted(IN_5_ALONE))
def test_4_14_bears_pointers_out_of_the_heap(
    name: str, runtime_library: Path, stubs_4: Path
) -> None:
    with Runtime(Profile.OCAML_4_14, EVERY_POINT, runtime_library) as runtime:
        runtime.load(stubs_4)
        arguments = [argument(runtime, name) for name in FUNCTIONS[name].parameters]
        assert isinstance(runtime.call(name, *arguments), Returned)


def test_who_made_and_moved_a_block_is_told(runtime_library: Path, stubs_5: Path) -> None:
    bad = FUNCTIONS["local_stored_after_an_allocation"]
    fault = fault_of(bad, runtime_library, Profile.OCAML_5, stubs_5)
    assert fault.message == "a value is stored in a block after it was moved"
    assert fault.made_by == "caml_copy_string"
    assert fault.moved_by == "caml_alloc_tuple"
    assert fault.collection == 2


def test_an_argument_was_made_by_the_caller(runtime_library: Path, stubs_5: Path) -> None:
    bad = FUNCTIONS["parameter_read_after_a_callback"]
    fault = fault_of(bad, runtime_library, Profile.OCAML_5, stubs_5)
    assert (fault.made_by, fault.made_at) == ("the caller", None)
    assert fault.moved_by == "caml_callback"


def test_the_calls_that_lead_to_a_fault_are_told(runtime_library: Path, stubs_5: Path) -> None:
    bad = FUNCTIONS["pointer_read_by_a_callee"]
    fault = fault_of(bad, runtime_library, Profile.OCAML_5, stubs_5)
    assert fault.calls[0] == fault.site

    bad = FUNCTIONS["frame_left_open_by_a_callee"]
    fault = fault_of(bad, runtime_library, Profile.OCAML_5, stubs_5)
    assert [line_of(place) for place in fault.calls] == [
        bad.marks["seen"],
        bad.marks["seen"] + 8,
    ]


def test_a_frame_left_open_is_found_by_its_address(runtime_library: Path, tmp_path: Path) -> None:
    (tmp_path / "stubs.c").write_text(STUBS)
    # Whose variables tell nobody when they die.
    flags = [WITHOUT_CLEANUP]
    build_stubs([tmp_path / "stubs.c"], Profile.OCAML_5, tmp_path / "stubs.so", flags)
    with Runtime(library=runtime_library) as runtime:
        runtime.load(tmp_path / "stubs.so")
        fault = runtime.call("frame_left_open_beside_another", runtime.string(b"hello"))
    assert isinstance(fault, Fault)
    bad = FUNCTIONS["frame_left_open_by_a_callee"]
    assert (fault.rule, line_of(fault.site)) == (bad.rule, bad.marks["seen"])


def test_the_heap_is_closed_while_the_lock_is_released(
    runtime_library: Path, stubs_5: Path
) -> None:
    bad = FUNCTIONS["pointer_without_the_lock"]
    fault = fault_of(bad, runtime_library, Profile.OCAML_5, stubs_5, NEVER)
    assert (fault.rule, line_of(fault.site)) == (bad.rule, bad.marks["seen"])
    assert fault.moved_by == ""


def test_a_static_variable_that_keeps_a_value_is_named(
    runtime_library: Path, stubs_5: Path
) -> None:
    with Runtime(library=runtime_library) as runtime:
        runtime.load(stubs_5)
        fault = runtime.call("set_hook", runtime.string(b"hello"))
        assert isinstance(fault, Fault)
        assert (fault.rule, fault.held_by) == ("unregistered-global-root", "hook")
        assert fault.moved_by == "the caller"
    with Runtime(library=runtime_library) as runtime:
        runtime.load(stubs_5)
        fault = runtime.call("set_and_call_hook", runtime.string(b"hello"))
    assert isinstance(fault, Fault)
    assert (fault.rule, fault.held_by) == ("unregistered-global-root", "hook")
    assert fault.moved_by == "caml_alloc_string"


def test_a_fault_is_left_behind_with_its_runtime(runtime_library: Path, stubs_5: Path) -> None:
    for bad in FUNCTIONS.values():
        fault_of(bad, runtime_library, Profile.OCAML_5, stubs_5)
    with Runtime(library=runtime_library) as runtime:
        runtime.load(stubs_5)
        assert isinstance(runtime.call("nothing"), Returned)


NOALLOC = r"""
#include <caml/mlvalues.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>
#include <caml/signals.h>

value boxes(value v_n)
{
  return caml_copy_double(Int_val(v_n)); /* seen */
}

value raises(value v_n)
{
  (void) v_n;
  caml_raise_not_found(); /* seen */
}

value releases(value v_n)
{
  caml_enter_blocking_section(); /* seen */
  caml_leave_blocking_section();
  return v_n;
}

value computes(value v_n)
{
  return Val_int(Int_val(v_n) + 1);
}
"""


@pytest.fixture(scope="module")
def noalloc_stubs(compile_stubs: Compile) -> Path:
    return compile_stubs(NOALLOC, Profile.OCAML_5)


@pytest.mark.parametrize("name", ["boxes", "raises", "releases"])
def test_a_noalloc_primitive_is_held_to_its_promise(
    name: str, runtime_library: Path, noalloc_stubs: Path
) -> None:
    with Runtime(Profile.OCAML_5, EVERY_POINT, runtime_library) as runtime:
        runtime.load(noalloc_stubs)
        number = runtime.integer(3)
        assert not isinstance(runtime.call(name, number), Fault)
        outcome = runtime.call(name, number, noalloc=True)
    assert isinstance(outcome, Fault)
    place = line_of(outcome.site)
    assert place is not None
    assert outcome.rule == "noalloc-violation"
    assert "/* seen */" in NOALLOC.split("\n")[place - 1]


def test_a_noalloc_primitive_that_computes_is_right(
    runtime_library: Path, noalloc_stubs: Path
) -> None:
    with Runtime(Profile.OCAML_5, EVERY_POINT, runtime_library) as runtime:
        runtime.load(noalloc_stubs)
        outcome = runtime.call("computes", runtime.integer(3), noalloc=True)
        assert isinstance(outcome, Returned)
        assert runtime.read(outcome.value) == 4
