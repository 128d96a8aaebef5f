"""Primitives are called as compiled code and bytecode call them, from frames that are scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, NEVER, Fault, Outcome, Raised, Returned
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Block, Boxed, Data, Held

Compile = Callable[[str, Profile], Path]

PROFILES = (Profile.OCAML_4_14, Profile.OCAML_5)
POLICIES = (EVERY_POINT, NEVER)

STUBS = r"""
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>

/* --- numbers that are passed raw --- */

double half(double d)
{
  return d / 2;
}

int32_t plus32(int32_t a, int32_t b)
{
  return a + b;
}

int64_t plus64(int64_t a, int64_t b)
{
  return a + b;
}

int8_t plus8(int8_t a, int8_t b)
{
  return (int8_t) (a + b);
}

intnat plus_nat(intnat a, intnat b)
{
  return a + b;
}

value mixed(value v_text, double d, int32_t i, int64_t l, intnat n)
{
  CAMLparam1(v_text);
  CAMLlocal1(number);
  value tuple;
  number = caml_copy_double(d + i + (double) l + (double) n);
  tuple = caml_alloc_small(2, 0);
  Field(tuple, 0) = v_text;
  Field(tuple, 1) = number;
  CAMLreturn(tuple);
}

double in_their_order(double a, intnat m, double b, intnat n, double c, intnat o, double d,
                      intnat p, double e, intnat q, double f, intnat r, double g, intnat s,
                      double h, intnat t, double i, intnat u, double j, intnat v)
{
  double sum = 0;
  const double doubles[] = { a, b, c, d, e, f, g, h, i, j };
  const intnat words[] = { m, n, o, p, q, r, s, t, u, v };
  for (int k = 0; k < 10; k++) sum = sum * 2 + doubles[k] + 100 * (double) words[k];
  return sum;
}

/* --- many arguments --- */

value seven(value a, value b, value c, value d, value e, value f, value g)
{
  CAMLparam5(a, b, c, d, e);
  CAMLxparam2(f, g);
  CAMLlocal1(tuple);
  value all[] = { a, b, c, d, e, f, g };
  CAMLxparamN(all, 7);
  tuple = caml_alloc_tuple(7);
  for (int i = 0; i < 7; i++) Store_field(tuple, i, all[i]);
  CAMLreturn(tuple);
}

value seven_bytecode(value *argv, int argn)
{
  (void) argn;
  return seven(argv[0], argv[1], argv[2], argv[3], argv[4], argv[5], argv[6]);
}

/* Right, as the interpreter's stack is scanned. */
value last_after_a_collection(value *argv, int argn)
{
  caml_alloc_string(10);
  return argv[argn - 1];
}

/* --- callbacks --- */

value apply(value v_fun, value v_argument)
{
  return caml_callback(v_fun, v_argument);
}

value apply_and_keep(value v_fun, value v_argument)
{
  CAMLparam2(v_fun, v_argument);
  CAMLlocal2(result, pair);
  result = caml_callback(v_fun, v_argument);
  pair = caml_alloc_small(2, 0);
  Field(pair, 0) = result;
  Field(pair, 1) = v_argument;
  CAMLreturn(pair);
}

value apply_and_forget(value v_fun, value v_argument)
{
  caml_callback(v_fun, Val_unit);
  return caml_callback(v_fun, v_argument); /* stale */
}

value apply_n(value v_fun, value v_array)
{
  CAMLparam2(v_fun, v_array);
  value args[8];
  int n = Wosize_val(v_array);
  for (int i = 0; i < n; i++) args[i] = Field(v_array, i);
  CAMLreturn(caml_callbackN(v_fun, n, args));
}

value args_after_a_callback(value v_fun, value v_text)
{
  CAMLparam2(v_fun, v_text);
  value args[] = { v_text };
  caml_callbackN(v_fun, 1, args);
  CAMLreturn(caml_callbackN(v_fun, 1, args)); /* stale */
}

value leaves_a_frame_open(value v)
{
  CAMLparam1(v); /* open */
  return v;
}

value catches(value v_fun, value v_text)
{
  CAMLparam2(v_fun, v_text);
  CAMLlocal1(pair);
  value result = caml_callback_exn(v_fun, v_text);
  int raised = Is_exception_result(result);
  pair = caml_alloc_tuple(2);
  Store_field(pair, 0, Val_bool(raised));
  Store_field(pair, 1, v_text);
  CAMLreturn(pair);
}

value raises_below_roots(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(copy);
  copy = caml_copy_string("lost");
  caml_failwith("below");
  CAMLreturn(copy);
}

value deeper(value v_fun, value v_argument)
{
  (void) v_argument;
  return caml_callback(v_fun, Val_unit);
}
"""


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> dict[Profile, Path]:
    return {profile: compile_stubs(STUBS, profile) for profile in PROFILES}


@pytest.fixture(params=[(profile, policy) for profile in PROFILES for policy in POLICIES])
def runtime(
    request: pytest.FixtureRequest, runtime_library: Path, stubs: dict[Profile, Path]
) -> Iterator[Runtime]:
    profile, policy = request.param
    with Runtime(profile, policy, runtime_library) as made:
        made.load(stubs[profile])
        yield made


@pytest.fixture
def moving(runtime_library: Path, stubs: dict[Profile, Path]) -> Iterator[Runtime]:
    """One runtime in which everything moves, for faults."""
    with Runtime(Profile.OCAML_5, EVERY_POINT, runtime_library) as made:
        made.load(stubs[Profile.OCAML_5])
        yield made


def result_of(runtime: Runtime, outcome: Outcome) -> Data:
    assert isinstance(outcome, Returned), outcome
    return runtime.read(outcome.value)


def line_of(mark: str, fault: Outcome) -> bool:
    """Whether a fault is at the line with a mark."""
    assert isinstance(fault, Fault), fault
    assert fault.site is not None
    return f"/* {mark} */" in STUBS.split("\n")[fault.site.line - 1]


# --- numbers that are passed raw ---


def test_doubles_are_passed_raw(runtime: Runtime) -> None:
    outcome = runtime.call_native("half", runtime.floating(5.0), kinds=["double"], result="double")
    assert result_of(runtime, outcome) == 2.5


@pytest.mark.parametrize(
    ("name", "kind", "boxed", "sum_of"),
    [
        ("plus32", "int32_t", "int32", Boxed("int32", -(2**31))),
        ("plus64", "int64_t", "int64", Boxed("int64", 2**31)),
        ("plus_nat", "nativeint", "nativeint", Boxed("nativeint", 2**31)),
    ],
)
def test_integers_are_passed_raw(
    runtime: Runtime, name: str, kind: str, boxed: str, sum_of: Data
) -> None:
    outcome = runtime.call_native(
        name,
        runtime.boxed(boxed, 2**31 - 1),
        runtime.boxed(boxed, 1),
        kinds=[kind, kind],
        result=kind,
    )
    assert result_of(runtime, outcome) == sum_of


def test_ints_are_passed_untagged(runtime: Runtime) -> None:
    numbers = [runtime.integer(number) for number in (2**40, -1)]
    outcome = runtime.call_native(
        "plus_nat", *numbers, kinds=["intnat", "intnat"], result="intnat"
    )
    assert result_of(runtime, outcome) == 2**40 - 1


def test_small_ints_are_as_wide_as_they_are(runtime: Runtime) -> None:
    numbers = [runtime.integer(number) for number in (127, 1)]
    outcome = runtime.call_native("plus8", *numbers, kinds=["int8_t", "int8_t"], result="int8_t")
    assert result_of(runtime, outcome) == -128


def test_values_and_raw_numbers_are_passed_together(runtime: Runtime) -> None:
    outcome = runtime.call_native(
        "mixed",
        runtime.string(b"text"),
        runtime.floating(0.5),
        runtime.boxed("int32", -2),
        runtime.boxed("int64", 10),
        runtime.integer(100),
        kinds=["value", "double", "int32_t", "int64_t", "intnat"],
    )
    assert result_of(runtime, outcome) == Block(0, [b"text", 108.5])


def test_what_has_no_register_goes_on_the_stack_in_order(runtime: Runtime) -> None:
    arguments: list[Held] = []
    for number in range(10):
        arguments += [runtime.floating(number + 0.5), runtime.integer(number)]
    outcome = runtime.call_native(
        "in_their_order", *arguments, kinds=["double", "intnat"] * 10, result="double"
    )
    expected = 0.0
    for number in range(10):
        expected = expected * 2 + number + 0.5 + 100 * number
    assert result_of(runtime, outcome) == expected


def test_kinds_are_told_for_all_arguments_or_none(runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="1 kinds for 2 arguments"):
        runtime.call_native("plus32", runtime.integer(1), runtime.integer(2), kinds=["value"])


# --- many arguments ---


def texts(runtime: Runtime, count: int) -> list[Held]:
    return [runtime.string(b"%d" % number) for number in range(count)]


def test_many_arguments_are_parameters_in_compiled_code(runtime: Runtime) -> None:
    expected = Block(0, [b"%d" % number for number in range(7)])
    assert result_of(runtime, runtime.call_native("seven", *texts(runtime, 7))) == expected
    assert result_of(runtime, runtime.call("seven_bytecode", *texts(runtime, 7))) == expected


def test_the_stack_of_the_interpreter_is_scanned(runtime: Runtime) -> None:
    outcome = runtime.call("last_after_a_collection", *texts(runtime, 6))
    assert result_of(runtime, outcome) == b"5"


def test_a_frame_has_room_for_so_many_arguments(runtime: Runtime) -> None:
    with pytest.raises(ValueError, match="70 arguments"):
        runtime.call("seven_bytecode", *texts(runtime, 70))


# --- callbacks ---


def nested(runtime: Runtime, primitive: str, depth: int, inner: Held) -> Held:
    """A function that calls a primitive with a function that does the same, and so on."""
    for _ in range(depth):
        inner = runtime.external(primitive, inner)
    return inner


def test_callbacks_nest(runtime: Runtime) -> None:
    function = nested(runtime, "apply_and_keep", 3, runtime.closure(Function.IDENTITY))
    outcome = runtime.call("apply_and_keep", function, runtime.string(b"x"))
    expected: Data = b"x"
    for _ in range(4):
        expected = Block(0, [expected, b"x"])
    assert result_of(runtime, outcome) == expected


def test_an_exception_passes_through_nested_callbacks(runtime: Runtime) -> None:
    function = nested(runtime, "apply_and_keep", 3, runtime.closure(Function.RAISE_NOT_FOUND))
    for _ in range(2):
        outcome = runtime.call("apply_and_keep", function, runtime.string(b"x"))
        assert isinstance(outcome, Raised)
        assert outcome.name == "Not_found"


def test_an_exception_of_an_inner_primitive_is_caught(runtime: Runtime) -> None:
    inner = runtime.external("raises_below_roots")
    outcome = runtime.call("catches", inner, runtime.string(b"kept"))
    assert result_of(runtime, outcome) == Block(0, [1, b"kept"])
    # Its frame is gone: what the next one opens is the first.
    assert result_of(runtime, runtime.call("catches", inner, runtime.string(b"more"))) == Block(
        0, [1, b"more"]
    )


def test_too_deep_a_recursion_through_c_is_an_exception(
    runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    # Each collection would walk the whole stack.
    with Runtime(Profile.OCAML_5, NEVER, runtime_library) as runtime:
        runtime.load(stubs[Profile.OCAML_5])
        function = nested(runtime, "deeper", 6000, runtime.closure(Function.IDENTITY))
        outcome = runtime.call("apply", function, runtime.integer(0))
    assert isinstance(outcome, Raised)
    assert outcome.name == "Stack_overflow"


APPLICATIONS: list[tuple[Function, int, Sequence[int], Data]] = [
    (Function.PAIR, 2, (1, 2), Block(0, [1, 2])),
    (Function.PAIR, 1, (1,), Block(0, [1, 1])),
]


@pytest.mark.parametrize(("function", "arity", "numbers", "expected"), APPLICATIONS)
def test_a_closure_takes_its_arguments(
    runtime: Runtime, function: Function, arity: int, numbers: Sequence[int], expected: Data
) -> None:
    array = runtime.tuple_of(*map(runtime.integer, numbers))
    outcome = runtime.call("apply_n", runtime.closure(function, arity), array)
    assert result_of(runtime, outcome) == expected


def test_with_too_few_arguments_a_closure_waits_for_the_rest(runtime: Runtime) -> None:
    pair = runtime.closure(Function.PAIR, 2)
    waiting = runtime.call("apply_n", pair, runtime.tuple_of(runtime.string(b"a")))
    assert isinstance(waiting, Returned)
    outcome = runtime.call("apply", waiting.value, runtime.string(b"b"))
    assert result_of(runtime, outcome) == Block(0, [b"a", b"b"])


def test_with_too_many_arguments_the_result_takes_the_rest(runtime: Runtime) -> None:
    pair = runtime.closure(Function.PAIR, 2)
    gives_pair = runtime.closure(Function.CONSTANT, 1, pair)
    array = runtime.tuple_of(*(runtime.string(text) for text in (b"a", b"b", b"c")))
    outcome = runtime.call("apply_n", gives_pair, array)
    assert result_of(runtime, outcome) == Block(0, [b"b", b"c"])


def test_no_argument_is_no_call(runtime: Runtime) -> None:
    outcome = runtime.call(
        "apply_n", runtime.closure(Function.RAISE_NOT_FOUND), runtime.block(0, [])
    )
    assert isinstance(outcome, Returned)


def test_a_result_that_is_no_closure_takes_no_more_arguments(moving: Runtime) -> None:
    array = moving.tuple_of(moving.string(b"a"), moving.string(b"b"))
    fault = moving.call("apply_n", moving.closure(Function.IDENTITY), array)
    assert isinstance(fault, Fault)
    assert fault.rule == "type-mismatch"


def test_what_a_callback_left_stale_is_found(moving: Runtime) -> None:
    fault = moving.call("apply_and_forget", moving.closure(Function.IDENTITY), moving.string(b"x"))
    assert line_of("stale", fault)


def test_the_array_of_arguments_is_not_corrected(moving: Runtime) -> None:
    fault = moving.call(
        "args_after_a_callback", moving.closure(Function.IDENTITY), moving.string(b"x")
    )
    assert line_of("stale", fault)


def test_a_fault_of_an_inner_primitive_is_its_own(moving: Runtime) -> None:
    inner = moving.external("leaves_a_frame_open")
    fault = moving.call("apply_and_keep", inner, moving.string(b"x"))
    assert isinstance(fault, Fault)
    assert fault.rule == "missing-camlreturn"
    assert line_of("open", fault)
