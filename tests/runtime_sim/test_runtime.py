"""Stubs that are right give their results, under every policy and for every release."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime_sim.build import build_stubs
from runtime_sim.model.profile import Profile
from runtime_sim.native import CffiMissing, Native
from runtime_sim.outcome import (
    EVERY_POINT,
    GENERATIONAL,
    NEVER,
    Fault,
    Policy,
    Raised,
    Returned,
    at_point,
    at_random,
    generational,
)
from runtime_sim.runtime import Function, Runtime, RuntimeSpent, StubsNotLoaded
from runtime_sim.values import Block, Boxed, Data, Held, Opaque, UnreadableValue

Compile = Callable[[str, Profile], Path]
Make = Callable[[Runtime], list[Held]]

STUBS = r"""
#include <stdio.h>
#include <string.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>
#include <caml/signals.h>
#include <caml/threads.h>

static value pair_of(tag_t tag, value a, value b)
{
  CAMLparam2(a, b);
  value pair = caml_alloc_small(2, tag);
  Field(pair, 0) = a;
  Field(pair, 1) = b;
  CAMLreturn(pair);
}

value same(value v)
{
  return v;
}

value twice(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal2(copy, pair);
  copy = caml_alloc_string(caml_string_length(v_text));
  memcpy(Bytes_val(copy), String_val(v_text), caml_string_length(v_text));
  pair = caml_alloc_tuple(2);
  Store_field(pair, 0, copy);
  Store_field(pair, 1, v_text);
  CAMLreturn(pair);
}

value count_down(value v_n)
{
  CAMLparam0();
  CAMLlocal3(list, cell, text);
  char buffer[32];
  for (int i = 0; i < Int_val(v_n); i++) {
    snprintf(buffer, sizeof buffer, "%d", i);
    text = caml_copy_string(buffer);
    cell = caml_alloc_small(2, Tag_cons);
    Field(cell, 0) = text;
    Field(cell, 1) = list;
    list = cell;
  }
  CAMLreturn(list);
}

value total(value v_list)
{
  long sum = 0;
  for (; v_list != Val_emptylist; v_list = Field(v_list, 1)) sum += Long_val(Field(v_list, 0));
  return Val_long(sum);
}

value average(value v_floats)
{
  double sum = 0;
  mlsize_t n = Wosize_val(v_floats);
  for (mlsize_t i = 0; i < n; i++) sum += Double_val(Field(v_floats, i));
  return caml_copy_double(sum / n);
}

value floats(value v_n)
{
  value array = caml_alloc_float_array(Int_val(v_n));
  for (int i = 0; i < Int_val(v_n); i++) Store_double_flat_field(array, i, i / 2.0);
  return array;
}

value successors(value v_32, value v_64, value v_native)
{
  CAMLparam3(v_32, v_64, v_native);
  CAMLlocalN(next, 2);
  next[0] = caml_copy_int32(Int32_val(v_32) + 1);
  next[1] = caml_copy_int64(Int64_val(v_64) + 1);
  next[0] = pair_of(0, next[0], next[1]);
  next[1] = caml_copy_nativeint(Nativeint_val(v_native) + 1);
  CAMLreturn(pair_of(0, next[0], next[1]));
}

value large(value v_n)
{
  CAMLparam0();
  CAMLlocal1(array);
  array = caml_alloc(Int_val(v_n), 0);
  for (int i = 0; i < Int_val(v_n); i++) Store_field(array, i, caml_copy_double(i));
  CAMLreturn(array);
}

value apply(value v_fun, value v_argument)
{
  return caml_callback(v_fun, v_argument);
}

value around_a_callback(value v_fun, value v_text)
{
  CAMLparam2(v_fun, v_text);
  CAMLlocal1(result);
  result = caml_callback2(v_fun, v_text, Val_int(7));
  CAMLreturn(pair_of(1, result, v_text));
}

value or_else(value v_fun, value v_default)
{
  CAMLparam1(v_default);
  value result = caml_callback_exn(v_fun, Val_unit);
  CAMLreturn(Is_exception_result(result) ? v_default : result);
}

value refuse(value v_text)
{
  caml_invalid_argument("refuse");
}

value refuse_with(value v_text)
{
  CAMLparam1(v_text);
  caml_failwith_value(v_text);
}

value blocking(value v_text)
{
  CAMLparam1(v_text);
  char copy[16];
  strncpy(copy, String_val(v_text), sizeof copy - 1);
  caml_release_runtime_system();
  int length = strnlen(copy, sizeof copy);
  caml_acquire_runtime_system();
  CAMLreturn(pair_of(0, v_text, Val_int(length)));
}

static value kept = Val_unit;

value keep(value v)
{
  static int registered;
  if (!registered) caml_register_generational_global_root(&kept);
  registered = 1;
  caml_modify_generational_global_root(&kept, v);
  return Val_unit;
}

value what_was_kept(value v_unit)
{
  return kept;
}

value registered_again(value v_text)
{
  static value text = Val_unit;
  text = v_text;
  caml_register_global_root(&text);
  value other = caml_copy_string("other");
  return Val_bool(caml_string_length(text) == caml_string_length(other));
}

static int finalised;

static void finish(value v)
{
  finalised += *(int *) Data_custom_val(v);
}

static struct custom_operations counting = { .identifier = "counting", .finalize = finish };

value counter(value v_n)
{
  value block = caml_alloc_custom(&counting, sizeof(int), 0, 1);
  *(int *) Data_custom_val(block) = Int_val(v_n);
  return block;
}

value drop_counter(value v_n)
{
  counter(v_n);
  return Val_unit;
}

value count_finalised(value v_unit)
{
  caml_alloc_string(1);
  return Val_int(finalised);
}

value from_an_array(value *v, int n)
{
  CAMLparam0(); /* the array is the caller's, whose values are roots */
  CAMLlocal1(array);
  array = caml_alloc(n, 0);
  for (int i = 0; i < n; i++) Store_field(array, i, v[n - 1 - i]);
  CAMLreturn(array);
}

value cycle(value v_unit)
{
  CAMLparam0();
  CAMLlocal1(cell);
  cell = caml_alloc(2, 0);
  Store_field(cell, 1, cell);
  CAMLreturn(cell);
}

value garbage(value v_unit)
{
  return caml_alloc_small(1, 0);
}

value null_read(value v_unit)
{
  int *volatile nothing = NULL;
  return Val_int(*nothing);
}
"""

POLICIES = [
    NEVER,
    EVERY_POINT,
    *map(at_point, range(1, 7)),
    *map(at_random, (1, 2, 3)),
    GENERATIONAL,
    generational(minor_heap=1),  # the smallest that is legal
    generational(minor_heap=1, traced=False),
]


def text(content: bytes) -> Make:
    return lambda runtime: [runtime.string(content)]


def number(count: int) -> Make:
    return lambda runtime: [runtime.integer(count)]


def listed(elements: list[bytes]) -> Data:
    result: Data = 0
    for element in reversed(elements):
        result = Block(0, [element, result])
    return result


GOOD: dict[str, tuple[Make, Data]] = {
    "same": (text(b"a\0b"), b"a\0b"),
    "twice": (text(b"hello"), Block(0, [b"hello", b"hello"])),
    "count_down": (number(12), listed([b"%d" % i for i in range(11, -1, -1)])),
    "total": (
        lambda runtime: [runtime.list_of(map(runtime.integer, [1, 2, -(2**62), 4]))],
        7 - 2**62,
    ),
    "average": (
        lambda runtime: [runtime.tuple_of(*map(runtime.floating, [1.0, 2.5]))],
        1.75,
    ),
    "floats": (number(3), Block(254, [0.0, 0.5, 1.0])),
    "successors": (
        lambda runtime: [
            runtime.boxed("int32", 2**31 - 2),
            runtime.boxed("int64", -(2**63)),
            runtime.boxed("nativeint", -1),
        ],
        Block(
            0,
            [
                Block(0, [Boxed("int32", 2**31 - 1), Boxed("int64", 1 - 2**63)]),
                Boxed("nativeint", 0),
            ],
        ),
    ),
    "large": (number(300), Block(0, [float(i) for i in range(300)])),
    "apply": (
        lambda runtime: [
            runtime.closure(Function.CONSTANT, 1, runtime.string(b"kept")),
            runtime.integer(1),
        ],
        b"kept",
    ),
    "around_a_callback": (
        lambda runtime: [runtime.closure(Function.PAIR, 2), runtime.string(b"x")],
        Block(1, [Block(0, [b"x", 7]), b"x"]),
    ),
    "or_else": (
        lambda runtime: [runtime.closure(Function.RAISE_NOT_FOUND), runtime.string(b"else")],
        b"else",
    ),
    "blocking": (text(b"hello"), Block(0, [b"hello", 5])),
    "registered_again": (text(b"12345"), 1),
    "counter": (number(1), Opaque(255, 2, "counting")),
    "from_an_array": (
        lambda runtime: [*map(runtime.integer, range(5)), runtime.string(b"last")],
        Block(0, [b"last", 4, 3, 2, 1, 0]),
    ),
}


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> dict[Profile, Path]:
    return {profile: compile_stubs(STUBS, profile) for profile in Profile}


@pytest.fixture
def runtime(runtime_library: Path, stubs: dict[Profile, Path]) -> Iterator[Runtime]:
    with Runtime(library=runtime_library) as made:
        made.load(stubs[Profile.OCAML_5])
        yield made


def result_of(runtime: Runtime, primitive: str, *arguments: Held) -> Data:
    outcome = runtime.call(primitive, *arguments)
    assert isinstance(outcome, Returned), outcome
    return runtime.read(outcome.value)


@pytest.mark.parametrize("profile", Profile, ids=lambda profile: profile.value)
@pytest.mark.parametrize("name", GOOD)
def test_a_good_stub_gives_its_result_under_every_policy(
    name: str, profile: Profile, runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    make, expected = GOOD[name]
    for policy in POLICIES:
        with Runtime(profile, policy, runtime_library) as runtime:
            runtime.load(stubs[profile])
            assert result_of(runtime, name, *make(runtime)) == expected, policy
            # And again, in a heap where everything has moved.
            assert result_of(runtime, name, *make(runtime)) == expected, policy


@pytest.mark.parametrize("profile", [Profile.OCAML_4_14, Profile.OCAML_5], ids=lambda p: p.value)
def test_a_good_stub_gives_its_result_with_nothing_checked(
    profile: Profile, runtime_library: Path, tmp_path: Path
) -> None:
    (tmp_path / "stubs.c").write_text(STUBS)
    flags = ["-Wall", "-Werror", "-DCAML_SIM_UNCHECKED"]
    build_stubs([tmp_path / "stubs.c"], profile, tmp_path / "stubs.so", flags)
    for policy in (generational(traced=False), generational(minor_heap=1, traced=False), NEVER):
        with Runtime(profile, policy, runtime_library) as runtime:
            runtime.load(tmp_path / "stubs.so")
            for name, (make, expected) in GOOD.items():
                assert result_of(runtime, name, *make(runtime)) == expected, (name, policy)


@pytest.mark.parametrize(
    ("policy", "collections"),
    # One for the caller, who goes on after the call.
    [(NEVER, 0), (EVERY_POINT, 3), (at_point(1), 2), (at_point(2), 2), (at_point(3), 1)],
)
def test_a_policy_says_at_which_points_there_is_a_collection(
    policy: Policy, collections: int, runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    with Runtime(Profile.OCAML_5, policy, runtime_library) as runtime:
        runtime.load(stubs[Profile.OCAML_5])
        result_of(runtime, "twice", runtime.string(b"x"))
        assert (runtime.points, runtime.collections) == (2, collections)


def test_a_random_policy_repeats_itself(runtime_library: Path, stubs: dict[Profile, Path]) -> None:
    def collections(seed: int) -> int:
        with Runtime(Profile.OCAML_5, at_random(seed), runtime_library) as runtime:
            runtime.load(stubs[Profile.OCAML_5])
            result_of(runtime, "count_down", runtime.integer(100))
            return runtime.collections

    counts = [collections(seed) for seed in range(1, 6)]
    assert counts == [collections(seed) for seed in range(1, 6)]
    assert len(set(counts)) > 1
    assert all(0 < count < 201 for count in counts)


def test_a_callback_collects_before_and_after(runtime: Runtime) -> None:
    result_of(runtime, "apply", runtime.closure(Function.IDENTITY), runtime.integer(1))
    assert runtime.points == 2


def test_values_are_read_as_they_were_made(runtime: Runtime) -> None:
    made = runtime.block(
        3,
        [
            runtime.integer(-1),
            runtime.integer(2**62 - 1),
            runtime.floating(-0.5),
            runtime.string(b""),
            runtime.string(b"12345678"),
            runtime.block(5, []),
            runtime.boxed("int32", -1),
            runtime.closure(Function.IDENTITY),
        ],
    )
    assert runtime.read(made) == Block(
        3,
        [
            -1,
            2**62 - 1,
            -0.5,
            b"",
            b"12345678",
            Block(5, []),
            Boxed("int32", -1),
            Opaque(247, 3, ""),
        ],
    )


def test_a_cycle_is_read_as_one(runtime: Runtime) -> None:
    cell = result_of(runtime, "cycle", runtime.integer(0))
    assert isinstance(cell, Block)
    assert cell.fields[1] is cell


def test_what_was_never_written_is_not_read(
    runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    with Runtime(Profile.OCAML_5, NEVER, runtime_library) as runtime:
        runtime.load(stubs[Profile.OCAML_5])
        outcome = runtime.call("garbage", runtime.integer(0))
        assert isinstance(outcome, Returned)
        with pytest.raises(UnreadableValue):
            runtime.read(outcome.value)


def test_an_exception_has_a_name_and_arguments(runtime: Runtime) -> None:
    raised = runtime.call("refuse", runtime.string(b"x"))
    assert isinstance(raised, Raised)
    assert (raised.name, raised.arguments) == ("Invalid_argument", (b"refuse",))

    raised = runtime.call("refuse_with", runtime.string(b"x"))
    assert isinstance(raised, Raised)
    assert (raised.name, raised.arguments) == ("Failure", (b"x",))

    raised = runtime.call("apply", runtime.closure(Function.RAISE_NOT_FOUND), runtime.integer(0))
    assert isinstance(raised, Raised)
    assert (raised.name, raised.arguments) == ("Not_found", ())


def test_an_exception_leaves_no_frame_and_no_handler(runtime: Runtime) -> None:
    for _ in range(3):
        assert isinstance(runtime.call("refuse_with", runtime.string(b"x")), Raised)
        assert result_of(runtime, "twice", runtime.string(b"x")) == Block(0, [b"x", b"x"])


def test_a_registered_variable_is_corrected(runtime: Runtime) -> None:
    result_of(runtime, "keep", runtime.string(b"first"))
    assert result_of(runtime, "what_was_kept", runtime.integer(0)) == b"first"
    result_of(runtime, "keep", runtime.string(b"second"))
    result_of(runtime, "twice", runtime.string(b"x"))
    assert result_of(runtime, "what_was_kept", runtime.integer(0)) == b"second"


def test_a_block_is_finalised_once_when_nothing_holds_it(runtime: Runtime) -> None:
    zero = runtime.integer(0)
    with runtime.scope():
        result_of(runtime, "counter", runtime.integer(1))
        result_of(runtime, "drop_counter", runtime.integer(10))
        assert result_of(runtime, "count_finalised", zero) == 10
    assert result_of(runtime, "count_finalised", zero) == 11
    assert result_of(runtime, "count_finalised", zero) == 11


def test_a_large_heap_survives_collections(
    runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    count = 50_000
    with Runtime(Profile.OCAML_5, at_point(count), runtime_library) as runtime:
        runtime.load(stubs[Profile.OCAML_5])
        numbers = runtime.list_of([runtime.integer(i) for i in range(1000)])
        made = runtime.call("count_down", runtime.integer(count))
        assert isinstance(made, Returned)
        assert isinstance(runtime.call("same", made.value), Returned)
        assert result_of(runtime, "total", numbers) == sum(range(1000))
        assert runtime.collections == 4
        cell = runtime.read(made.value)
        for i in reversed(range(count)):
            assert isinstance(cell, Block)
            assert cell.fields[0] == b"%d" % i
            cell = cell.fields[1]
        assert cell == 0


def test_the_address_space_lasts(runtime: Runtime) -> None:
    value = runtime.string(b"x")
    for _ in range(3000):
        with runtime.scope():
            runtime.call("same", value)
    assert runtime.read(value) == b"x"
    # The kernel limits the mappings of a process: dead memory must not take one a collection.
    assert Path("/proc/self/maps").read_text().count("\n") < 2000


def test_runtimes_live_side_by_side(runtime_library: Path, stubs: dict[Profile, Path]) -> None:
    with (
        Runtime(Profile.OCAML_5, EVERY_POINT, runtime_library) as one,
        Runtime(Profile.OCAML_4_14, NEVER, runtime_library) as other,
    ):
        one.load(stubs[Profile.OCAML_5])
        other.load(stubs[Profile.OCAML_4_14])
        texts = one.string(b"one"), other.string(b"other")
        for _ in range(3):
            assert result_of(one, "twice", texts[0]) == Block(0, [b"one", b"one"])
            assert result_of(other, "twice", texts[1]) == Block(0, [b"other", b"other"])
        assert (one.collections, other.collections) == (9, 0)
        assert isinstance(one.call("null_read", texts[0]), Fault)
        assert result_of(other, "twice", texts[1]) == Block(0, [b"other", b"other"])
        with pytest.raises(ValueError, match="another runtime"):
            other.call("same", texts[0])


def test_after_a_fault_a_runtime_is_spent(runtime: Runtime) -> None:
    value = runtime.integer(0)
    assert isinstance(runtime.call("null_read", value), Fault)
    with pytest.raises(RuntimeSpent, match="it has shown a fault"):
        runtime.call("same", value)
    with pytest.raises(RuntimeSpent):
        runtime.read(value)
    with pytest.raises(RuntimeSpent):
        runtime.integer(1)


def test_a_closed_runtime_is_spent(runtime_library: Path) -> None:
    with Runtime(library=runtime_library) as runtime:
        pass
    runtime.close()
    with pytest.raises(RuntimeSpent, match="it was closed"):
        runtime.integer(1)


def test_values_that_were_let_go_are_refused(runtime: Runtime) -> None:
    with runtime.scope():
        value = runtime.string(b"x")
    with pytest.raises(ValueError, match="let go"):
        runtime.read(value)


def test_what_is_not_there_is_said(runtime: Runtime, tmp_path: Path, stubs: object) -> None:
    with pytest.raises(StubsNotLoaded, match="'no_such_primitive'"):
        runtime.call("no_such_primitive")
    with pytest.raises(StubsNotLoaded, match=r"none\.so"):
        runtime.load(tmp_path / "none.so")


def test_operations_go_with_the_library_that_has_them(
    runtime_library: Path, compile_stubs: Compile
) -> None:
    registering = r"""
#include <caml/custom.h>

static uintnat deserialize(void *to)
{
  return 0;
}

static struct custom_operations operations = { .identifier = "gone", .deserialize = deserialize };

value add(value unit)
{
  caml_register_custom_operations(&operations);
  return unit;
}
"""
    reading = r"""
#include <caml/intext.h>

value copy(value v)
{
  char *bytes;
  intnat length;
  caml_output_value_to_malloc(v, Val_int(0), &bytes, &length);
  return caml_input_value_from_malloc(bytes, 0);
}
"""
    with Runtime(library=runtime_library) as runtime:
        runtime.load(compile_stubs(reading, Profile.OCAML_5))
        with Runtime(library=runtime_library) as other:
            other.load(compile_stubs(registering, Profile.OCAML_5))
            other.call("add", other.integer(0))
        # Those of int64 would be looked for behind those that are gone.
        outcome = runtime.call("copy", runtime.boxed("int64", 7))
        assert isinstance(outcome, Returned)
        assert runtime.read(outcome.value) == Boxed("int64", 7)


def test_a_function_that_the_runtime_lacks_shows_when_stubs_are_loaded(
    runtime: Runtime, compile_stubs: Compile
) -> None:
    library = compile_stubs(
        "extern long caml_no_such(long);\nlong f(long v) { return caml_no_such(v); }\n",
        Profile.OCAML_5,
    )
    with pytest.raises(StubsNotLoaded, match="caml_no_such"):
        runtime.load(library)


def test_cffi_is_asked_for_where_it_is_missing(
    runtime_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cffi", None)
    with pytest.raises(CffiMissing, match=r"stubcheck\[run\]"):
        Native(runtime_library)
