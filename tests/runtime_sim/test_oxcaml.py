"""OxCaml's local blocks, null and mixed blocks: what stubs may do with them, and what is shown."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, NEVER, Fault, Place, Policy, Raised, Returned
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Block, Boxed, Data, Held, Mixed

Compile = Callable[[str, Profile], Path]

# Parameters have a value by their name; comments mark the lines that a fault is to name.
STUBS = r"""
#include <stdint.h>
#include <string.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>
#include <caml/float32.h>

Assert_mixed_block_layout_v7;

extern value caml_compare(value, value);
extern value caml_hash(value, value, value, value);
extern value caml_obj_dup(value);
extern value caml_output_value_to_bytes(value, value);
extern value caml_input_value_from_bytes(value, value);

/* bad: local-escape */
value argument_returned(value v_local) /* seen */
{
  return v_local;
}

/* bad: local-escape */
value local_block_returned(value v_n) /* seen */
{
  value cell = caml_alloc_local(1, 0); /* made */
  Field(cell, 0) = v_n;
  return cell;
}

/* bad: local-escape */
value local_field_returned(value v_local_pair) /* seen */
{
  return Field(v_local_pair, 0);
}

/* bad: local-escape */
value stored_in_the_heap(value v_pair, value v_local)
{
  Store_field(v_pair, 0, v_local); /* seen */
  return Val_unit;
}

/* bad: local-escape */
value assigned_to_a_field(value v_n)
{
  CAMLparam0();
  CAMLlocal1(cell);
  value local = caml_alloc_local_string(3); /* made */
  cell = caml_alloc_small(1, 0);
  Field(cell, 0) = local;
  caml_alloc_string(10); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: local-escape */
value put_into_an_option(value v_local)
{
  return caml_alloc_some(v_local); /* seen */
}

static value kept = Val_unit;

/* bad: local-escape */
value put_into_a_generational_root(value v_local)
{
  caml_register_generational_global_root(&kept);
  caml_modify_generational_global_root(&kept, v_local); /* seen */
  return Val_unit;
}

/* bad: local-escape */
value put_into_a_global_root(value v_n)
{
  kept = caml_alloc_local_string(3); /* made */
  caml_register_global_root(&kept);
  caml_alloc_string(10); /* seen */
  return Val_unit;
}

/* bad: local-escape */
value raised(value v_local_pair)
{
  caml_raise(v_local_pair); /* seen */
}

/* bad: local-escape */
value modified_as_if_it_were_of_the_heap(value v_text)
{
  CAMLparam1(v_text);
  value cell = caml_alloc_local(1, 0); /* made */
  Field(cell, 0) = Val_unit;
  caml_modify(&Field(cell, 0), v_text); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: local-escape */
value younger_in_older(value v_n)
{
  CAMLparam0();
  CAMLlocal1(older);
  older = caml_alloc_local(1, 0);
  value younger = caml_alloc_local(1, 0); /* made */
  Field(younger, 0) = v_n;
  Field(older, 0) = younger;
  caml_alloc_string(10); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: local-escape */
value younger_stored_in_older(value v_n)
{
  value older = caml_alloc_local(1, 0);
  Field(older, 0) = Val_unit;
  value younger = caml_alloc_local_string(1); /* made */
  caml_modify_local(older, 0, younger); /* seen */
  return Val_unit;
}

/* bad: local-escape */
value read_after_its_region(value v_n)
{
  caml_region_t region = caml_region_begin();
  value cell = caml_alloc_local(1, 0); /* made */
  Field(cell, 0) = v_n;
  caml_region_end(region); /* moved */
  return Field(cell, 0); /* seen */
}

/* bad: local-escape */
value bytes_read_after_their_region(value v_n)
{
  caml_region_t region = caml_region_begin();
  value text = caml_alloc_local_string(3); /* made */
  const char *bytes = String_val(text);
  caml_region_end(region); /* moved */
  return Val_int(bytes[0]); /* seen */
}

/* bad: local-escape */
value rooted_after_its_region(value v_n)
{
  CAMLparam0();
  CAMLlocal1(text);
  caml_region_t region = caml_region_begin();
  text = caml_alloc_local_string(3); /* made */
  caml_region_end(region); /* moved */
  caml_alloc_string(10); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: local-escape */
value region_ended_twice(value v_n)
{
  caml_region_t region = caml_region_begin();
  caml_region_end(region);
  caml_region_end(region); /* seen */
  return Val_unit;
}

/* bad: unrooted-value */
value child_of_a_local_block(value v_text)
{
  value cell = caml_alloc_local(1, 0);
  Field(cell, 0) = v_text;
  caml_alloc_string(10); /* moved */
  return Val_int(String_val(Field(cell, 0))[0]); /* seen */
}

/* bad: uninitialised-block */
value local_field_left_out(value v_n)
{
  CAMLparam0();
  CAMLlocal1(cell);
  cell = caml_alloc_local(1, 0); /* made */
  caml_alloc_string(10); /* seen */
  CAMLreturn(Val_unit);
}

/* bad: null-unchecked */
value null_read_as_a_string(value v_null)
{
  return Val_int(String_val(v_null)[0]); /* seen */
}

/* bad: null-unchecked */
value null_asked_by_its_lowest_bit(value v_null)
{
  return (v_null & 1) == 0 ? Field(v_null, 0) : v_null; /* seen */
}

/* bad: null-returned */
value null_returned(value v_n) /* seen */
{
  return Val_null;
}

/* bad: mixed-block-access */
value flat_field_read_as_a_float(value v_mixed)
{
  return caml_copy_double(Double_val(Field(v_mixed, 2))); /* seen */
}

/* bad: mixed-block-access */
value fields_counted(value v_mixed)
{
  int count = 0;
  for (mlsize_t i = 0; i < Wosize_val(v_mixed); i++)
    if (Is_long(Field(v_mixed, i))) count++; /* seen */
  return Val_int(count);
}

/* bad: mixed-block-access */
value flat_field_returned(value v_mixed) /* seen */
{
  return Field(v_mixed, 2);
}

/* bad: mixed-block-access */
value flat_field_stored(value v_mixed, value v_text)
{
  Store_field(v_mixed, 2, v_text); /* seen */
  return Val_unit;
}

/* bad: mixed-block-access */
value value_read_as_a_flat_float(value v_mixed)
{
  return caml_copy_double(Double_flat_field(v_mixed, 0)); /* seen */
}

value keep(value v)
{
  kept = v;
  return Val_unit;
}

value look_at_what_was_kept(void)
{
  return Val_int(caml_string_length(kept)); /* seen later */
}

value same(value v)
{
  return v;
}

value local_pair(value a, value b)
{
  CAMLparam2(a, b);
  caml_alloc_string(10);
  value pair = caml_alloc_local(2, 0);
  Field(pair, 0) = a;
  Field(pair, 1) = b;
  CAMLreturn(pair);
}

value call_with_local_cells(value f)
{
  CAMLparam1(f);
  CAMLlocal2(cell, text);
  int sum = 0;
  for (int i = 0; i < 3; i++) {
    caml_region_t region = caml_region_begin();
    text = caml_copy_string("abc");
    cell = caml_alloc_local(1, 0);
    Field(cell, 0) = text;
    value result = caml_callback(f, cell);
    sum += caml_string_length(Field(result, 0)) + caml_is_stack(result);
    cell = Val_unit;
    caml_region_end(region);
  }
  CAMLreturn(Val_int(sum));
}

value set(value cell, value v)
{
  CAMLparam2(cell, v);
  caml_modify_local(cell, 0, v);
  caml_alloc_string(10);
  CAMLreturn(Field(cell, 0));
}

value or_else(value v, value otherwise)
{
  return Is_this(v) ? This_val(v) : otherwise;
}

value is_block(value v)
{
  return Val_bool(Is_block(v) && !Is_long(v));
}

value null_in_a_pair(value v)
{
  CAMLparam1(v);
  CAMLlocal2(pair, null);
  null = Val_null;
  pair = caml_alloc_2(0, v, null);
  Store_field(pair, 0, null);
  Store_field(pair, 0, v);
  CAMLreturn(pair);
}

value mixed(value label, value number)
{
  CAMLparam2(label, number);
  value block = caml_alloc_small_with_reserved(
    4, 1, Reserved_mixed_block_scannable_wosize_native(2));
  Field(block, 0) = label;
  Field(block, 1) = number;
  *(int64_t *) &Field(block, 2) = 7;
  Store_double_flat_field(block, 3, 2.5);
  label = block;
  caml_alloc_string(10);
  CAMLreturn(label);
}

value mixed_in_the_major_heap(value label)
{
  CAMLparam1(label);
  CAMLlocal1(block);
  block = caml_alloc_mixed_shr_check_gc(2, 0, 1);
  ((int64_t *) block)[1] = 6;
  Store_field(block, 0, label);
  caml_alloc_string(10);
  CAMLreturn(block);
}

value flat_sum(value v_mixed)
{
  CAMLparam1(v_mixed);
  caml_alloc_string(10);
  double sum = Double_flat_field(v_mixed, 2) + *(double *) &Field(v_mixed, 2);
  CAMLreturn(caml_copy_double(sum + Scannable_wosize_val_native(v_mixed)));
}

value unboxed_array(value n)
{
  mlsize_t size = Int_val(n);
  value array = caml_alloc_with_reserved(
    size, Unboxed_int64_array_tag, Reserved_mixed_block_scannable_wosize_native(0));
  for (mlsize_t i = 0; i < size; i++) ((int64_t *) array)[i] = 2 * i;
  return array;
}

value compare(value a, value b)
{
  return caml_compare(a, b);
}

value hash(value v)
{
  return caml_hash(Val_int(10), Val_int(100), Val_int(0), v);
}

value copy(value v)
{
  return caml_obj_dup(v);
}

value there_and_back(value v)
{
  return caml_input_value_from_bytes(caml_output_value_to_bytes(v, Val_emptylist), Val_int(0));
}

value half(value v_float32)
{
  return caml_copy_float32(Float32_val(v_float32) / 2);
}

value narrow(value n)
{
  value pair = caml_alloc_small(2, 0);
  Field(pair, 0) = Val_int8(Int_val(n));
  Field(pair, 1) = Val_int16(Int_val(n));
  return pair;
}

value exchange(value block, value v)
{
  caml_alloc_dependent_memory(block, 100);
  caml_free_dependent_memory(block, 100);
  return caml_atomic_cas_field(block, Val_int(1), Field(block, 1), v);
}
"""


class Bad(NamedTuple):
    """A function that is to be shown, and its marked lines."""

    rule: str
    name: str
    parameters: list[str]
    marks: dict[str, int]


def bad_functions() -> Iterator[Bad]:
    lines = enumerate(STUBS.split("\n"), 1)
    for _, line in lines:
        if not (bad := re.fullmatch(r"/\* bad: (\S+) \*/", line)):
            continue
        head, marks = "", dict[str, int]()
        for number, line in lines:
            head = head or line
            if match := re.search(r"/\* (seen|made|moved) \*/", line):
                marks[match[1]] = number
            if line == "}":
                break
        name = head.split("(")[0].removeprefix("value ")
        yield Bad(bad[1], name, re.findall(r"v_\w+", head), marks)


FUNCTIONS = {bad.name: bad for bad in bad_functions()}
FLOAT = struct.pack("=d", 2.5)


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> Path:
    return compile_stubs(STUBS, Profile.OXCAML)


@pytest.fixture
def runtime(runtime_library: Path, stubs: Path) -> Iterator[Runtime]:
    with Runtime(Profile.OXCAML, EVERY_POINT, runtime_library) as made:
        made.load(stubs)
        yield made


def argument(runtime: Runtime, parameter: str) -> Held:
    with runtime.local(parameter.startswith("v_local")):
        match parameter:
            case "v_text" | "v_local":
                return runtime.string(b"hello")
            case "v_pair" | "v_local_pair":
                return runtime.tuple_of(runtime.string(b"one"), runtime.integer(2))
            case "v_mixed":
                return mixed(runtime)
            case "v_null":
                return runtime.null()
            case _:
                return runtime.integer(3)


def mixed(runtime: Runtime) -> Held:
    return runtime.mixed_block(0, [runtime.string(b"one"), runtime.integer(2)], FLOAT)


def result(runtime: Runtime, name: str, *arguments: Held, local: bool = False) -> Data:
    outcome = runtime.call(name, *arguments, local_result=local, nullable_result=True)
    assert isinstance(outcome, Returned), outcome
    return runtime.read(outcome.value)


def line_of(place: Place | None) -> int | None:
    return place and place.line


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_fault_is_shown_with_its_lines(name: str, runtime: Runtime) -> None:
    bad = FUNCTIONS[name]
    fault = runtime.call(name, *(argument(runtime, each) for each in bad.parameters))
    assert isinstance(fault, Fault)
    assert (fault.rule, line_of(fault.site)) == (bad.rule, bad.marks["seen"])
    if "made" in bad.marks:
        assert line_of(fault.made_at) == bad.marks["made"]
    if "moved" in bad.marks:
        assert line_of(fault.moved_at) == bad.marks["moved"]


def test_who_made_a_local_block_is_told(runtime: Runtime) -> None:
    with runtime.local():
        fault = runtime.call("argument_returned", runtime.string(b"hello"))
    assert isinstance(fault, Fault)
    assert fault.message == "a local block is returned where the result is global"
    assert (fault.made_by, fault.made_at) == ("the caller", None)


@pytest.mark.parametrize("policy", [EVERY_POINT, NEVER])
def test_what_is_kept_of_a_local_argument_is_gone_with_its_scope(
    policy: Policy, runtime_library: Path, stubs: Path
) -> None:
    with Runtime(Profile.OXCAML, policy, runtime_library) as runtime:
        runtime.load(stubs)
        with runtime.scope(), runtime.local():
            assert isinstance(runtime.call("keep", runtime.string(b"hello")), Returned)
        fault = runtime.call("look_at_what_was_kept")
    assert isinstance(fault, Fault)
    assert (fault.rule, fault.made_by, fault.held_by) == ("local-escape", "the caller", "kept")
    assert line_of(fault.site) == 1 + STUBS.split("\n").index(
        "  return Val_int(caml_string_length(kept)); /* seen later */"
    )


def test_a_local_result_lasts_as_long_as_its_scope(runtime: Runtime) -> None:
    with runtime.scope():
        text = runtime.string(b"a")
        with runtime.local():
            pair = runtime.call("local_pair", text, runtime.string(b"b"), local_result=True)
        assert isinstance(pair, Returned)
        assert runtime.read(pair.value) == Block(0, [b"a", b"b"])
        outer = runtime.call("local_pair", pair.value, text, local_result=True)
        assert isinstance(outer, Returned)
        assert runtime.read(outer.value) == Block(0, [Block(0, [b"a", b"b"]), b"a"])
    assert result(runtime, "same", runtime.string(b"c")) == b"c"


def test_a_local_block_stays_and_what_it_leads_to_is_corrected(runtime: Runtime) -> None:
    with runtime.local():
        identity = runtime.closure(Function.IDENTITY)
    assert result(runtime, "call_with_local_cells", identity) == 12


def test_what_may_be_local_is_modified_as_what_it_is(runtime: Runtime) -> None:
    for local in (False, True):
        with runtime.local(local):
            cell = runtime.tuple_of(runtime.integer(1))
        assert result(runtime, "set", cell, runtime.string(b"new")) == b"new"
        assert runtime.read(cell) == Block(0, [b"new"])


def test_all_kinds_of_blocks_can_be_local(runtime: Runtime) -> None:
    with runtime.local():
        made = {
            runtime.string(b"text"): b"text",
            runtime.floating(1.5): 1.5,
            runtime.float32(0.5): 0.5,
            runtime.boxed("int64", 7): Boxed("int64", 7),
            runtime.list_of([runtime.integer(1)]): Block(0, [1, 0]),
            mixed(runtime): Mixed(0, [b"one", 2], FLOAT),
        }
    for value, data in made.items():
        assert result(runtime, "same", value, local=True) == data


def test_what_is_made_locally_may_have_global_parts(runtime: Runtime) -> None:
    with runtime.local():
        with runtime.local(False):
            name = runtime.string(b"global")
        entry = runtime.tuple_of(name, runtime.integer(1))
    assert result(runtime, "same", name) == b"global"
    assert result(runtime, "same", entry, local=True) == Block(0, [b"global", 1])


def test_blocks_of_the_heap_have_no_local_fields(runtime: Runtime) -> None:
    with runtime.local():
        text = runtime.string(b"local")
    for make in (
        lambda: runtime.tuple_of(text),
        lambda: runtime.list_of([text]),
        lambda: runtime.mixed_block(0, [text], FLOAT),
        lambda: runtime.closure(Function.CONSTANT, environment=text),
    ):
        with pytest.raises(ValueError, match="cannot have local fields"):
            make()


def test_null_is_a_value(runtime: Runtime) -> None:
    null, one = runtime.null(), runtime.integer(1)
    assert result(runtime, "same", null) is None
    assert result(runtime, "or_else", null, one) == 1
    assert result(runtime, "or_else", runtime.string(b"this"), one) == b"this"
    assert result(runtime, "is_block", null) == 0
    assert result(runtime, "is_block", runtime.string(b"this")) == 1
    assert result(runtime, "null_in_a_pair", runtime.string(b"a")) == Block(0, [b"a", None])


def test_null_is_compared_hashed_and_marshalled(runtime: Runtime) -> None:
    null, zero, text = runtime.null(), runtime.integer(0), runtime.string(b"a")
    orders = [result(runtime, "compare", *pair) for pair in [(null, null), (null, zero)]]
    assert orders == [0, -1]
    assert result(runtime, "compare", text, null) == 1
    pair = runtime.tuple_of(null, text)
    assert result(runtime, "there_and_back", pair) == Block(0, [None, b"a"])
    assert result(runtime, "hash", null) != result(runtime, "hash", zero)


def test_a_mixed_block_is_flat_behind_its_values(runtime: Runtime) -> None:
    label, number = runtime.string(b"label"), runtime.integer(3)
    flat = struct.pack("=qd", 7, 2.5)
    assert result(runtime, "mixed", label, number) == Mixed(1, [b"label", 3], flat)
    six = struct.pack("=q", 6)
    assert result(runtime, "mixed_in_the_major_heap", label) == Mixed(0, [b"label"], six)
    assert result(runtime, "flat_sum", mixed(runtime)) == 7.0
    assert result(runtime, "copy", mixed(runtime)) == Mixed(0, [b"one", 2], FLOAT)
    numbers = struct.pack("=3q", 0, 2, 4)
    assert result(runtime, "unboxed_array", runtime.integer(3)) == Mixed(1, [], numbers)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("compare", b"compare: mixed block value"),
        ("hash", b"hash: mixed block value"),
        ("there_and_back", b"output_value: mixed block"),
    ],
)
def test_what_is_generic_refuses_mixed_blocks(name: str, message: bytes, runtime: Runtime) -> None:
    arguments = [mixed(runtime) for _ in range(2 if name == "compare" else 1)]
    outcome = runtime.call(name, *arguments)
    assert isinstance(outcome, Raised)
    assert (outcome.name, outcome.arguments) == ("Invalid_argument", (message,))


def test_small_numbers_are_narrowed(runtime: Runtime) -> None:
    assert (
        result(runtime, "half", runtime.float32(0.1))
        == struct.unpack("=f", struct.pack("=f", 0.05))[0]
    )
    assert result(runtime, "narrow", runtime.integer(0x12385)) == Block(0, [-123, 0x2385])


def test_functions_with_other_parameters_are_oxcaml_s(runtime: Runtime) -> None:
    pair = runtime.tuple_of(runtime.integer(1), runtime.integer(2))
    assert result(runtime, "exchange", pair, runtime.integer(5)) == 1
    assert runtime.read(pair) == Block(0, [1, 5])
