"""Hooks are called, roots and blocks are checked at each collection, and objects have methods."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, Fault, Outcome, Returned
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Block

Compile = Callable[[str, Profile], Path]

STUBS = r"""
#define CAML_INTERNALS
#include <stdlib.h>
#include <string.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/misc.h>
#include <caml/roots.h>
#include <caml/signals.h>
#include <caml/threads.h>

/* --- hooks --- */

static value kept[2] = { Val_unit, Val_unit };

#if CAML_SIM_VERSION < 50000
static void scan(scanning_action action)
{
  for (int i = 0; i < 2; i++) action(kept[i], &kept[i]);
}
#else
static void scan(scanning_action action, scanning_action_flags flags, void *with,
                 caml_domain_state *state)
{
  (void) flags, (void) state;
  for (int i = 0; i < 2; i++) action(with, kept[i], &kept[i]);
}
#endif

value keep(value v_text)
{
  kept[1] = v_text;
  caml_scan_roots_hook = scan;
  return Val_unit;
}

value get_kept(value unit)
{
  return kept[1];
}

static int calls[4];
static void minor_begins(void) { calls[0]++; }
static void minor_ends(void) { calls[1]++; }
static void slice_begins(void) { calls[2]++; }
static void slice_ends(void) { calls[3]++; }

value count_collections(value unit)
{
  memset(calls, 0, sizeof calls);
  caml_minor_gc_begin_hook = minor_begins;
  caml_minor_gc_end_hook = minor_ends;
  caml_major_slice_begin_hook = slice_begins;
  caml_major_slice_end_hook = slice_ends;
  caml_alloc_string(10);
  caml_alloc_string(10);
  caml_minor_gc_begin_hook = caml_minor_gc_end_hook = NULL;
  caml_major_slice_begin_hook = caml_major_slice_end_hook = NULL;
  return Val_int(calls[0] * 1000 + calls[1] * 100 + calls[2] * 10 + calls[3]);
}

static void allocates(void)
{
  caml_alloc_string(10); /* allocates */
}

value allocating_hook(value unit)
{
  caml_minor_gc_begin_hook = allocates;
  caml_alloc_string(10);
  return Val_unit;
}

static void (*before_enter)(void), (*before_leave)(void);
static void enters(void) { calls[0]++; before_enter(); }
static void leaves(void) { calls[1]++; before_leave(); }

value count_sections(value unit)
{
  memset(calls, 0, sizeof calls);
  before_enter = caml_enter_blocking_section_hook;
  before_leave = caml_leave_blocking_section_hook;
  caml_enter_blocking_section_hook = enters;
  caml_leave_blocking_section_hook = leaves;
  for (int i = 0; i < 3; i++) {
    caml_enter_blocking_section();
    caml_leave_blocking_section();
  }
  caml_enter_blocking_section_hook = before_enter;
  caml_leave_blocking_section_hook = before_leave;
  return Val_int(calls[0] * 10 + calls[1]);
}

/* --- objects --- */

value send(value v_object, value v_name)
{
  CAMLparam2(v_object, v_name);
  value method = caml_get_public_method(v_object, caml_hash_variant(String_val(v_name)));
  if (method == 0) CAMLreturn(Val_unit);
  CAMLreturn(caml_callback(method, v_object));
}

value send_unchecked(value v_object, value v_name)
{
  CAMLparam2(v_object, v_name);
  value method = caml_get_public_method(v_object, caml_hash_variant(String_val(v_name)));
  CAMLreturn(caml_callback(method, v_object)); /* unchecked */
}

/* --- generational roots --- */

static value root;

value root_changed(value v_text)
{
  CAMLparam1(v_text);
  root = Val_unit;
  caml_register_generational_global_root(&root);
  caml_modify_generational_global_root(&root, v_text);
  caml_alloc_string(10);
  caml_modify_generational_global_root(&root, Val_int(3));
  caml_alloc_string(10);
  caml_remove_generational_global_root(&root);
  root = Val_int(4);
  CAMLreturn(v_text);
}

value root_assigned(value v_text)
{
  CAMLparam1(v_text);
  root = Val_unit;
  caml_register_generational_global_root(&root);
  root = v_text;
  caml_alloc_string(10); /* collects */
  CAMLreturn(Val_unit);
}

value root_assigned_before_it_is_removed(value v_text)
{
  CAMLparam1(v_text);
  root = v_text;
  caml_register_generational_global_root(&root);
  root = Val_unit;
  caml_remove_generational_global_root(&root); /* removes */
  CAMLreturn(Val_unit);
}

/* --- blocks --- */

value write_behind(value v_length)
{
  CAMLparam0();
  CAMLlocal1(text);
  text = caml_alloc_string(Int_val(v_length)); /* makes */
  memset(Bytes_val(text), 'x', Int_val(v_length) + 1);
  caml_alloc_string(10);
  CAMLreturn(text);
}

value write_within(value v_length)
{
  CAMLparam0();
  CAMLlocal1(text);
  text = caml_alloc_string(Int_val(v_length));
  memset(Bytes_val(text), 'x', Int_val(v_length));
  caml_alloc_string(10);
  CAMLreturn(text);
}

static struct custom_operations operations = { .identifier = "test" };

value write_over_operations(value unit)
{
  CAMLparam0();
  CAMLlocal1(custom);
  custom = caml_alloc_custom(&operations, sizeof(long), 0, 1); /* makes custom */
  *(long *) custom = 5;
  caml_alloc_string(10);
  CAMLreturn(custom);
}
"""

PROFILES = (Profile.OCAML_4_14, Profile.OCAML_5)


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> dict[Profile, Path]:
    return {profile: compile_stubs(STUBS, profile) for profile in PROFILES}


@pytest.fixture(params=PROFILES)
def runtime(
    request: pytest.FixtureRequest, runtime_library: Path, stubs: dict[Profile, Path]
) -> Iterator[Runtime]:
    with Runtime(request.param, EVERY_POINT, runtime_library) as made:
        made.load(stubs[request.param])
        yield made


def data_of(runtime: Runtime, outcome: Outcome) -> object:
    assert isinstance(outcome, Returned), outcome
    return runtime.read(outcome.value)


def fault_of(outcome: Outcome, rule: str) -> Fault:
    assert isinstance(outcome, Fault), outcome
    assert outcome.rule == rule
    return outcome


def line_with(mark: str) -> int:
    return STUBS[: STUBS.index(f"/* {mark} */")].count("\n") + 1


# --- hooks ---


def test_what_a_hook_scans_is_kept_and_corrected(runtime: Runtime) -> None:
    with runtime.scope():
        data_of(runtime, runtime.call("keep", runtime.string(b"kept")))
    assert data_of(runtime, runtime.call("get_kept", runtime.integer(0))) == b"kept"


def test_a_hook_goes_with_its_runtime(runtime: Runtime, runtime_library: Path) -> None:
    runtime.call("keep", runtime.string(b"kept"))
    runtime.close()
    with Runtime(library=runtime_library) as other:
        other.load(Path(runtime._stubs[0]._path))
        assert data_of(other, other.call("get_kept", other.integer(0))) == 0


def test_collections_begin_and_end_with_hooks(runtime: Runtime) -> None:
    assert data_of(runtime, runtime.call("count_collections", runtime.integer(0))) == 2222


def test_a_hook_does_not_allocate(runtime: Runtime) -> None:
    fault = fault_of(runtime.call("allocating_hook", runtime.integer(0)), "crash")
    assert fault.message == "caml_alloc_string is called by a hook during a collection"
    assert fault.site is not None
    assert fault.site.line == line_with("allocates")


def test_blocking_sections_begin_and_end_with_hooks(runtime: Runtime) -> None:
    assert data_of(runtime, runtime.call("count_sections", runtime.integer(0))) == 33


# --- objects ---


def test_a_method_is_found_by_its_name(runtime: Runtime) -> None:
    names = [f"m{number}" for number in range(20)]
    for count in (0, 1, 2, 3, 20):
        methods = {
            name: runtime.closure(Function.CONSTANT, 1, runtime.string(name.encode()))
            for name in names[:count]
        }
        target = runtime.object_of(methods)
        for name in methods:
            outcome = runtime.call("send", target, runtime.string(name.encode()))
            assert data_of(runtime, outcome) == name.encode()
        outcome = runtime.call("send", target, runtime.string(b"absent"))
        assert data_of(runtime, outcome) == 0


def test_a_method_is_given_its_object(runtime: Runtime) -> None:
    target = runtime.object_of({"pair": runtime.closure(Function.PAIR)})
    data = data_of(runtime, runtime.call("send", target, runtime.string(b"pair")))
    assert isinstance(data, Block)
    assert data.fields[0] is data.fields[1]


def test_a_method_that_is_missing_is_not_called(runtime: Runtime) -> None:
    target = runtime.object_of({})
    fault = fault_of(
        runtime.call("send_unchecked", target, runtime.string(b"absent")), "null-unchecked"
    )
    assert fault.site is not None
    assert fault.site.line == line_with("unchecked")


# --- generational roots ---


def test_a_generational_root_is_changed_through_the_runtime(runtime: Runtime) -> None:
    assert data_of(runtime, runtime.call("root_changed", runtime.string(b"text"))) == b"text"


@pytest.mark.parametrize(
    ("name", "mark"),
    [("root_assigned", "collects"), ("root_assigned_before_it_is_removed", "removes")],
)
def test_a_generational_root_is_not_assigned(runtime: Runtime, name: str, mark: str) -> None:
    fault = fault_of(runtime.call(name, runtime.string(b"text")), "global-root-misuse")
    assert fault.site is not None
    assert fault.site.line == line_with(mark)


# --- blocks ---


@pytest.mark.parametrize("length", [0, 1, 6, 7, 8])
def test_bytes_behind_the_end_of_a_string_show(runtime: Runtime, length: int) -> None:
    fault = fault_of(runtime.call("write_behind", runtime.integer(length)), "crash")
    assert fault.made_at is not None
    assert fault.made_at.line == line_with("makes")


@pytest.mark.parametrize("length", range(10))
def test_all_bytes_of_a_string_may_be_written(runtime: Runtime, length: int) -> None:
    outcome = runtime.call("write_within", runtime.integer(length))
    assert data_of(runtime, outcome) == b"x" * length


def test_operations_that_are_none_show(runtime: Runtime) -> None:
    fault = fault_of(runtime.call("write_over_operations", runtime.integer(0)), "crash")
    assert fault.made_at is not None
    assert fault.made_at.line == line_with("makes custom")
