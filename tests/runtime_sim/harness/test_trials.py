"""Primitives are tried with values of their types, and what is wrong is told by a small call."""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import strategies as st

from runtime_sim.harness.generate import Generator
from runtime_sim.harness.process import Server, ServerFailed, Setup
from runtime_sim.harness.signatures import Convention, Signature
from runtime_sim.harness.terms import Program, Text, parse_program
from runtime_sim.harness.trials import Trial, try_primitive, try_program, try_programs
from runtime_sim.model.profile import Profile
from runtime_sim.model.representation import Shapes
from runtime_sim.model.types import Arrow, Constr, Record, Tuple, Type, TypeDefinition, TypeVar
from runtime_sim.model.types import Field as RecordField
from runtime_sim.outcome import EVERY_POINT, generational

Compile = Callable[[str, Profile], Path]

STUBS = r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/custom.h>
#include <caml/fail.h>

value remove_file(value unit) { return Val_int(unlink("a")); }

static value kept = Val_unit;
static int calls;

static struct custom_operations counter_ops = {
  "counter", custom_finalize_default, custom_compare_default, custom_hash_default,
  custom_serialize_default, custom_deserialize_default, custom_compare_ext_default,
  custom_fixed_length_default
};

value counter_make(value v_start)
{
  value v = caml_alloc_custom(&counter_ops, sizeof(long), 0, 1);
  *(long *) Data_custom_val(v) = Long_val(v_start);
  return v;
}
value counter_pair(value v_unit)
{
  CAMLparam1(v_unit);
  CAMLlocal2(counter, pair);
  counter = counter_make(Val_int(1));
  pair = caml_alloc_tuple(2);
  Store_field(pair, 0, Val_int(0));
  Store_field(pair, 1, counter);
  CAMLreturn(pair);
}
value counter_next(value v)
{
  return Val_long(++*(long *) Data_custom_val(v));
}
value length_of(value v_text)
{
  return Val_long(caml_string_length(v_text));
}
value sum(value v_list)
{
  long total = 0;
  for (; v_list != Val_emptylist; v_list = Field(v_list, 1)) total += Long_val(Field(v_list, 0));
  return Val_long(total);
}
value name_of(value v_person)
{
  CAMLparam1(v_person);
  mlsize_t length = caml_string_length(Field(v_person, 0)) + 0 * Long_val(Field(v_person, 1));
  value copy = caml_alloc_string(length);
  memcpy(Bytes_val(copy), String_val(Field(v_person, 0)), length);
  CAMLreturn(copy);
}
value apply(value v_f, value v_x)
{
  return caml_callback(v_f, v_x);
}
value swap(value v_pair)
{
  value result = caml_alloc_tuple(2);
  Store_field(result, 0, Field(v_pair, 1));
  Store_field(result, 1, Field(v_pair, 0));
  return result;
}
value long_text_only(value v_text)
{
  size_t length = caml_string_length(v_text);
  if (length < 3) return Val_unit;
  caml_alloc_string(10);
  return Val_int(String_val(v_text)[0]);
}
value take_any(value v) { return Val_unit; }
value take_unknown(value v) { return Val_unit; }
value keep(value v)
{
  kept = v;
  return Val_unit;
}
value use_kept(value v_unit)
{
  return Is_block(kept) ? Val_int(String_val(kept)[0]) : Val_unit;
}
value third_time(value v_unit)
{
  if (++calls == 3) abort();
  return Val_unit;
}
value no_text(value v_unit) { return Val_unit; }
value leave(value v_unit) { exit(7); }
value hang(value v_unit) { for (;;) pause(); }
value lacking(value v_unit)
{
  extern void sim_missing(const char *); /* as a library is linked that lacks it */
  sim_missing("nobody_has_this");
  return v_unit;
}
value refuse(value v_unit) { caml_failwith("no"); }
value write_text(value v_text)
{
  FILE *stream = fopen("/dev/null", "w");
  if (stream == NULL) caml_raise_not_found();
  if (fputs(String_val(v_text), stream) < 0) caml_failwith("lost");
  fclose(stream);
  return Val_unit;
}
value take_forest(value v) { return Val_unit; }
value take_grove(value v) { return Val_unit; }
value take_endless(value v) { return Val_unit; }
value use_memory(value v_unit)
{
  char *memory = malloc(1);
  memory[0] = 1;
  free(memory);
  return Val_unit;
}
value insist(value v_unit)
{
  char *memory = malloc(1);
  while (memory == NULL) pause();
  free(memory);
  return Val_unit;
}
"""

INT, STRING, UNIT = Constr("int"), Constr("string"), Constr("unit")
COUNTER, PERSON = Constr("counter"), Constr("person")
DEFINITIONS = {
    "counter": TypeDefinition("counter"),
    "person": TypeDefinition(
        "person", (), Record((RecordField("name", STRING), RecordField("age", INT)))
    ),
    "forest": TypeDefinition(
        "forest", (), Record((RecordField("trees", Constr("list", (Constr("forest"),))),))
    ),
    "grove": TypeDefinition(
        "grove", (), Record((RecordField("trees", Constr("array", (Constr("grove"),))),))
    ),
    "endless": TypeDefinition("endless", (), Record((RecordField("next", Constr("endless")),))),
}
TYPES: dict[str, tuple[list[Type], Type]] = {
    "counter_make": ([INT], COUNTER),
    "counter_pair": ([UNIT], Tuple((INT, COUNTER))),
    "counter_next": ([COUNTER], INT),
    "length_of": ([STRING], INT),
    "sum": ([Constr("list", (INT,))], INT),
    "name_of": ([PERSON], STRING),
    "apply": ([Arrow(INT, STRING), INT], STRING),
    "swap": ([Tuple((STRING, STRING))], Tuple((STRING, STRING))),
    "long_text_only": ([STRING], INT),
    "keep": ([STRING], UNIT),
    "use_kept": ([UNIT], INT),
    "third_time": ([UNIT], UNIT),
    "no_text": ([UNIT], STRING),
    "leave": ([UNIT], UNIT),
    "hang": ([UNIT], UNIT),
    "lacking": ([UNIT], UNIT),
    "refuse": ([UNIT], UNIT),
    "write_text": ([STRING], UNIT),
    "use_memory": ([UNIT], UNIT),
    "insist": ([UNIT], UNIT),
    "take_unknown": ([Constr("nobody")], UNIT),
    "take_forest": ([Constr("forest")], UNIT),
    "take_grove": ([Constr("grove")], UNIT),
    "take_endless": ([Constr("endless")], UNIT),
    "take_any": ([TypeVar("a")], UNIT),
}
SHAPES = Shapes(DEFINITIONS.get, Profile.OCAML_5)


def signature(name: str) -> Signature:
    parameters, result = TYPES[name]
    return Signature(name, tuple(map(SHAPES.of, parameters)), SHAPES.of(result))


SIGNATURES = [signature(name) for name in TYPES]
GENERATOR = Generator(SHAPES, SIGNATURES)


@pytest.fixture(scope="module")
def setup(compile_stubs: Compile, runtime_library: Path) -> Setup:
    library = compile_stubs(STUBS, Profile.OCAML_5)
    conventions = {one.name: Convention() for one in SIGNATURES}
    return Setup(runtime_library, library, Profile.OCAML_5, EVERY_POINT, conventions, timeout=1)


@pytest.fixture(scope="module")
def server(setup: Setup) -> Iterator[Server]:
    with Server(setup) as server:
        yield server


def tried(server: Server, name: str, count: int = 20) -> Trial:
    return try_primitive(server, GENERATOR, signature(name), count, chosen=1)


GOOD = ["counter_make", "counter_pair", "length_of", "sum", "name_of", "apply"]


@pytest.mark.parametrize("name", GOOD)
def test_good_primitives_are_clean(server: Server, name: str) -> None:
    trial = tried(server, name)
    assert trial.wrongs == []
    assert trial.calls >= min(2, trial.calls) > 0
    assert trial.returned > 0
    assert trial.collections >= trial.calls


def test_they_are_clean_too_where_ocaml_would_collect(setup: Setup) -> None:
    with Server(replace(setup, policy=generational(minor_heap=1))) as server:
        trials = [tried(server, name) for name in GOOD]
        assert [trial.wrongs for trial in trials] == [[]] * len(GOOD)
    assert all(trial.returned > 0 for trial in trials)


def test_results_are_those_of_the_stub(server: Server) -> None:
    programs = map(parse_program, ('length_of("abc")', "sum([1, 2, 39])"))
    assert [server.run(program)["result"] for program in programs] == [3, 42]


def test_an_exception_is_no_fault(server: Server) -> None:
    trial = tried(server, "refuse")
    assert (trial.wrongs, trial.returned) == ([], 0)
    assert trial.results["refuse(0)"]["exception"] == "Failure"


def test_values_of_abstract_types_come_from_primitives(server: Server) -> None:
    calls = tried(server, "counter_next", 40).results
    assert any("counter_make(" in call for call in calls)
    assert any("counter_pair(0)#1" in call for call in calls)


def test_of_a_type_that_nothing_gives_there_is_no_value(server: Server) -> None:
    trial = tried(server, "take_unknown")
    assert trial.unrunnable == "no primitive gives a value of type nobody"
    assert trial.calls == 0


@pytest.mark.parametrize("name", ["take_forest", "take_grove"])
def test_values_of_recursive_types_end(server: Server, name: str) -> None:
    trial = tried(server, name)
    assert trial.wrongs == []
    assert trial.returned == trial.calls > 0


def test_what_crashes_before_others_is_called_no_more(setup: Setup) -> None:
    program = parse_program('leave(0); length_of("abc")')
    with Server(setup) as server:
        outcomes = [server.run(program)["outcome"] for _ in range(3)]
        assert outcomes == ["ended"] * 3
        assert server.avoided == {"leave"}


def test_programs_that_lead_nowhere_are_given_up(server: Server) -> None:
    made: list[Program] = []

    def program(number: int) -> Program:
        made.append(parse_program(f'leave(0); length_of("{number}")'))
        return made[-1]

    trial = Trial("length_of")
    numbers = st.integers(0, 1 << 30)
    try_programs(server, trial, lambda: numbers.map(program), 20, chosen=1)
    assert (trial.calls, trial.unrunnable) == (0, "leave is at fault, which is called before")
    assert 20 < len(made) < 150


def test_of_a_type_whose_values_never_end_there_is_none(server: Server) -> None:
    assert tried(server, "take_endless").unrunnable == "values of type endless go too deep"


def test_the_smallest_call_is_told(server: Server) -> None:
    (wrong,) = tried(server, "swap").wrongs
    assert wrong.rule == "unrooted-value"
    assert str(wrong.program) == 'swap(#0("", ""))'
    (wrong,) = tried(server, "long_text_only", 40).wrongs
    (argument,) = wrong.program.statements[0].call.arguments
    assert isinstance(argument, Text)
    assert set(argument.content) == {ord("0")}


def test_a_result_of_another_type_is_told(server: Server) -> None:
    (wrong,) = tried(server, "no_text").wrongs
    assert (wrong.rule, wrong.message) == ("type-mismatch", "it returns 0, which is no string")


def test_a_call_that_is_told_shows_the_same_again(server: Server) -> None:
    (wrong,) = tried(server, "swap").wrongs
    (again,) = try_program(server, wrong.program).wrongs
    assert (again.rule, again.key) == (wrong.rule, wrong.key)


def test_what_earlier_calls_left_behind_is_told_with_them(server: Server) -> None:
    (wrong,) = try_program(server, parse_program('keep("a"); use_kept(0)')).wrongs
    assert wrong.rule == "unregistered-global-root"
    (wrong,) = tried(server, "third_time").wrongs
    assert str(wrong.program) == "third_time(0); third_time(0); third_time(0)"


@pytest.mark.parametrize(
    ("name", "rule", "message"),
    [
        ("leave", "crash", "it ends the process with status 7"),
        ("hang", "timeout", "it does not end within 1 s"),
    ],
)
def test_the_end_of_the_process_is_a_verdict(
    server: Server, name: str, rule: str, message: str
) -> None:
    (wrong,) = tried(server, name, 3).wrongs
    assert (wrong.rule, wrong.message) == (rule, message)
    assert tried(server, "sum", 3).wrongs == []


def test_what_hangs_is_told_of_what_hangs(server: Server) -> None:
    answer = server.run(parse_program("hang(0); sum([1])"))
    assert (answer["outcome"], answer["primitive"]) == ("timeout", "hang")
    answer = server.run(parse_program("length_of(leave(0))"))
    assert (answer["outcome"], answer["primitive"]) == ("ended", "leave")


def test_nothing_is_left_when_whoever_asked_is_gone(setup: Setup, tmp_path: Path) -> None:
    asked = f"""
import os, pickle, sys
from runtime_sim.harness.process import Server
from runtime_sim.harness.terms import parse_program

server = Server(pickle.loads({pickle.dumps(setup)!r}))
server.run(parse_program("sum([1])"))
server._send({{"run": "hang(0)"}})
print(server._worker, flush=True)
os.kill(os.getpid(), 9)
"""
    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=False, timeout=60
    )
    worker = Path("/proc", done.stdout.strip())
    until = time.monotonic() + 10
    while worker.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert done.stdout.strip()
    assert not worker.exists()


def test_each_worker_finds_the_files_as_they_were_at_first(server: Server) -> None:
    removing = parse_program("remove_file(0)")
    server.restart()
    assert [server.run(removing)["result"] for _ in range(2)] == [0, -1]
    server.restart()
    assert server.run(removing)["result"] == 0


def test_what_a_call_of_the_library_that_fails_loses_is_told(server: Server) -> None:
    trial = tried(server, "write_text")
    (wrong,) = trial.wrongs
    assert wrong.rule == "resource-leak-on-raise"
    assert str(wrong.program) == 'fail_library_call(2); write_text("")'
    assert trial.calls == len(trial.results) == 20
    (again,) = try_program(server, wrong.program).wrongs
    assert again == wrong


@pytest.mark.parametrize("name", ["use_memory", "insist"])
def test_who_does_not_look_whether_the_library_fails_is_not_told(
    server: Server, name: str
) -> None:
    failing = parse_program(f"fail_library_call(1); {name}(0)")
    assert server.run(failing)["outcome"] in ("fault", "timeout")
    server.avoided.clear()
    assert tried(server, name, 3).wrongs == []
    assert server.avoided == set()


def test_what_no_library_has_makes_a_primitive_unrunnable(server: Server) -> None:
    trial = tried(server, "lacking", 3)
    assert trial.wrongs == []
    assert trial.unrunnable == "'nobody_has_this' is called, which no library given has"


def test_the_same_seed_makes_the_same_calls(server: Server) -> None:
    assert tried(server, "name_of").results == tried(server, "name_of").results


def test_a_promise_is_held_to(setup: Setup) -> None:
    strict = replace(setup, conventions={"name_of": Convention(noalloc=True)})
    with Server(strict) as server:
        (wrong,) = tried(server, "name_of").wrongs
    assert wrong.rule == "noalloc-violation"


def test_a_library_that_cannot_be_loaded_is_told(setup: Setup, tmp_path: Path) -> None:
    (tmp_path / "no.so").write_text("no library")
    with (
        Server(replace(setup, library=tmp_path / "no.so")) as server,
        pytest.raises(ServerFailed, match=r"no\.so"),
    ):
        tried(server, "sum")
