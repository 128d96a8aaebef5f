"""Memory that runs out, signals and what else the runtime runs of its own accord."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import (
    EVERY_POINT,
    NO_HAZARDS,
    Action,
    Fault,
    Hazards,
    Outcome,
    Raised,
    Returned,
)
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Block

Compile = Callable[[str, Profile], Path]

STUBS = r"""
#define CAML_INTERNALS
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/bigarray.h>
#include <caml/callback.h>
#include <caml/fail.h>
#include <caml/signals.h>
#include <caml/threads.h>

static int held;

value count_held(value unit)
{
  return Val_int(held);
}

/* Gives back what it holds, however it is left. */
value careful(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(result);
  char *copy = caml_stat_strdup_noexc(String_val(v_text));
  if (copy == NULL) caml_raise_out_of_memory();
  result = caml_alloc_shr_noexc(strlen(copy), 0);
  if (result == 0) {
    result = Val_unit;
    caml_stat_free(copy);
    caml_raise_out_of_memory();
  }
  for (mlsize_t i = 0; i < Wosize_val(result); i++)
    caml_initialize(&Field(result, i), Val_int(copy[i]));
  caml_stat_free(copy);
  CAMLreturn(result);
}

/* Holds on to it where the second allocation raises. */
value careless(value v_text)
{
  CAMLparam1(v_text);
  CAMLlocal1(result);
  char *copy = caml_stat_strdup(String_val(v_text));
  held++;
  result = caml_copy_string(copy);
  caml_stat_free(copy);
  held--;
  CAMLreturn(result);
}

value small(value v_n)
{
  value pair = caml_alloc_small(1, 0);
  Field(pair, 0) = v_n;
  return pair;
}

value of_all_kinds(value unit)
{
  CAMLparam0();
  CAMLlocal1(v);
  v = caml_alloc(300, 0);
  v = caml_alloc_string(10);
  v = caml_ba_alloc_dims(CAML_BA_CHAR, 1, NULL, (intnat) 10);
  caml_stat_free(caml_stat_resize(caml_stat_alloc(10), 20));
  caml_stat_free(caml_stat_calloc_noexc(1, 10));
  CAMLreturn(v);
}

/* --- calls of C's library --- */

static int file;
static FILE *in, *out;

value prepare(value unit)
{
  file = open("/dev/zero", O_RDWR);
  in = fopen("/dev/zero", "r");
  out = fopen("/dev/null", "w");
  return Val_unit;
}

/* The bits are those of the calls that have failed and said why. */
value call_library(value unit)
{
  long failed = 0, tried = 1;
  int ends[2];
  char bytes[4];
  struct stat about;
#define TRY(is_failure) errno = 0, failed |= (is_failure) && errno != 0 ? tried : 0, tried *= 2
  TRY(malloc(8) == NULL);
  TRY(calloc(1, 8) == NULL);
  TRY(realloc(NULL, 8) == NULL);
  TRY(strdup("text") == NULL);
  TRY(caml_stat_alloc_noexc(8) == NULL);
  TRY(open("/dev/null", O_RDONLY) == -1);
  TRY(dup(file) == -1);
  TRY(pipe(ends) == -1);
  TRY(socket(AF_UNIX, SOCK_STREAM, 0) == -1);
  TRY(fopen("/dev/null", "r") == NULL);
  TRY(opendir("/") == NULL);
  TRY(read(file, bytes, 4) == -1);
  TRY(write(file, bytes, 4) == -1);
  TRY(lseek(file, 0, SEEK_SET) == -1);
  TRY(fread(bytes, 2, 2, in) != 2);
  TRY(fgets(bytes, 4, in) == NULL);
  TRY(getc(in) == EOF);
  TRY(fseek(in, 0, SEEK_SET) == -1);
  TRY(fwrite(bytes, 2, 2, out) != 2);
  TRY(fputs("text", out) == EOF);
  TRY(putc('c', out) == EOF);
  TRY(fflush(out) == EOF);
  TRY(stat("/", &about) == -1);
  TRY(fstat(file, &about) == -1);
  TRY(access("/", R_OK) == -1);
  TRY(setenv("STUBCHECK_TEST_SETTING", "1", 1) == -1);
  TRY(mmap(NULL, 8, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
  return Val_long(failed);
}

value close_file(value unit)
{
  int own = dup(file), failed = close(own);
  return Val_bool(failed && fcntl(own, F_GETFD) == -1);
}

value write_text(value v_text)
{
  FILE *stream = fopen("/dev/null", "w"); /* opened */
  if (stream == NULL) caml_raise_not_found();
  if (fputs(String_val(v_text), stream) < 0) caml_failwith("lost"); /* fails */
  fclose(stream);
  return Val_unit;
}

/* --- polls --- */

value poll(value v_text)
{
  CAMLparam1(v_text);
  caml_process_pending_actions();
  CAMLreturn(v_text);
}

value poll_and_forget(value v_text)
{
  caml_process_pending_actions();
  return Val_int(String_val(v_text)[0]); /* stale */
}

value poll_encoded(value unit)
{
  value result = caml_process_pending_actions_exn();
  return Val_bool(Is_exception_result(result));
}

value poll_unchecked(value unit)
{
  return caml_process_pending_actions_exn(); /* unchecked */
}

value block_signals(value v_text)
{
  CAMLparam1(v_text);
  held++;
  caml_enter_blocking_section();
  caml_leave_blocking_section();
  held--;
  CAMLreturn(v_text);
}

value block_without_polling(value v_text)
{
  CAMLparam1(v_text);
  caml_enter_blocking_section_no_pending();
  caml_leave_blocking_section();
  CAMLreturn(v_text);
}

value compare(value v_text)
{
  extern value caml_compare(value, value);
  return caml_compare(v_text, v_text);
}

value make_array(value v_text)
{
  extern value caml_make_vect(value, value);
  return caml_make_vect(Val_int(3), v_text);
}

value refuse(value v_text)
{
  (void) v_text;
  caml_failwith("refuse");
}

value allocate(value v_text)
{
  (void) v_text;
  return caml_alloc_tuple(3);
}

static int last_signal;

value note(value v_signal)
{
  last_signal = Int_val(v_signal);
  return Val_unit;
}

value record(value unit)
{
  CAMLparam0();
  CAMLlocal1(result);
  result = caml_alloc_tuple(4);
  last_signal = 0;
  Field(result, 0) = Val_bool(caml_check_pending_actions());
  caml_record_signal(SIGTERM);
  Field(result, 1) = Val_bool(caml_check_pending_actions());
  caml_process_pending_actions();
  Field(result, 2) = Val_int(caml_convert_signal_number(last_signal) == SIGTERM);
  Field(result, 3) = Val_bool(caml_check_pending_actions());
  CAMLreturn(result);
}

value ask(value unit)
{
  int before = caml_check_pending_actions();
  caml_set_action_pending();
  int between = caml_check_pending_actions();
  caml_process_pending_actions();
  return Val_int(before * 4 + between * 2 + caml_check_pending_actions());
}
"""


@pytest.fixture(scope="module")
def stubs(compile_stubs: Compile) -> Path:
    return compile_stubs(STUBS, Profile.OCAML_5)


Make = Callable[[Hazards], Runtime]


@pytest.fixture
def make(runtime_library: Path, stubs: Path) -> Iterator[Make]:
    made: list[Runtime] = []

    def make_one(hazards: Hazards) -> Runtime:
        runtime = Runtime(Profile.OCAML_5, EVERY_POINT, runtime_library, hazards)
        runtime.load(stubs)
        made.append(runtime)
        return runtime

    yield make_one
    for runtime in made:
        runtime.close()


def data_of(runtime: Runtime, outcome: Outcome) -> object:
    assert isinstance(outcome, Returned), outcome
    return runtime.read(outcome.value)


# --- memory that runs out ---


def sweep(make: Make, primitive: str) -> tuple[list[str], list[object]]:
    """The exceptions with the first allocation failing, the second, and so on until none does,
    and what is still held after each."""
    names, held = [], []
    for number in range(1, 100):
        runtime = make(Hazards(failing_allocation=number))
        outcome = runtime.call(primitive, runtime.string(b"text"))
        if runtime.allocations < number:
            assert isinstance(outcome, Returned)
            return names, held
        assert isinstance(outcome, Raised)
        names.append(outcome.name)
        held.append(data_of(runtime, runtime.call("count_held", runtime.integer(0))))
    raise AssertionError("a sweep without an end")


def test_each_allocation_fails_in_turn(make: Make) -> None:
    names, held = sweep(make, "careful")
    assert (names, held) == (["Out_of_memory"] * 2, [0, 0])


def test_what_is_lost_when_memory_runs_out_shows(make: Make) -> None:
    names, held = sweep(make, "careless")
    assert (names, held) == (["Out_of_memory"] * 2, [0, 1])


def test_allocations_of_all_kinds_are_counted(make: Make) -> None:
    runtime = make(Hazards())
    data_of(runtime, runtime.call("of_all_kinds", runtime.integer(0)))
    # Of a bigarray its data and its block.
    assert runtime.allocations == 7


def test_a_small_block_does_not_fail(make: Make) -> None:
    runtime = make(Hazards(failing_allocation=1))
    assert data_of(runtime, runtime.call("small", runtime.integer(3))) == Block(0, [3])
    assert runtime.allocations == 0


# --- calls of C's library ---


def test_each_call_of_the_library_fails_in_turn(make: Make) -> None:
    runtime = make(NO_HAZARDS)
    runtime.call("prepare", runtime.integer(0))
    assert data_of(runtime, runtime.call("call_library", runtime.integer(0))) == 0
    count = runtime.library_calls
    assert count == STUBS.count("  TRY(")
    failed = []
    for number in range(1, count + 1):
        runtime.expect(Hazards(failing_call=number))
        failed.append(data_of(runtime, runtime.call("call_library", runtime.integer(0))))
    assert failed == [1 << number for number in range(count)]


def test_a_file_is_closed_even_where_that_fails(make: Make) -> None:
    runtime = make(NO_HAZARDS)
    runtime.call("prepare", runtime.integer(0))
    assert data_of(runtime, runtime.call("close_file", runtime.integer(0))) == 0
    runtime.expect(Hazards(failing_call=2))
    assert data_of(runtime, runtime.call("close_file", runtime.integer(0))) == 1


def test_what_is_lost_when_the_library_fails_is_told(make: Make) -> None:
    outcomes = []
    for number in (1, 2, 3):
        runtime = make(Hazards(failing_call=number))
        outcomes.append(runtime.call("write_text", runtime.string(b"text")))
    opened, written, closed = outcomes
    assert isinstance(opened, Raised)
    assert isinstance(closed, Returned)
    assert isinstance(written, Fault)
    assert (written.rule, written.made_by) == ("resource-leak-on-raise", "fopen")
    assert (written.failed, written.failed_at) == ("fputs", written.site)
    assert written.failed_at is not None
    assert "/* fails */" in STUBS.split("\n")[written.failed_at.line - 1]


# --- polls ---


def test_where_the_runtime_polls_it_may_raise(make: Make) -> None:
    for primitive in ("poll", "block_signals", "refuse", "compare", "make_array"):
        runtime = make(Hazards(action=Action.RAISE))
        outcome = runtime.call(primitive, runtime.string(b"text"))
        assert isinstance(outcome, Raised)
        assert outcome.name == "Stdlib.Sys.Break"


def test_elsewhere_it_does_not(make: Make) -> None:
    runtime = make(Hazards(action=Action.RAISE))
    for primitive in ("allocate", "block_without_polling", "poll_encoded"):
        assert isinstance(runtime.call(primitive, runtime.string(b"text")), Returned)


def test_an_action_happens_at_one_poll(make: Make) -> None:
    runtime = make(Hazards(action=Action.RAISE, at_poll=2))
    outcomes = [runtime.call("poll", runtime.string(b"text")) for _ in range(3)]
    assert [type(outcome) for outcome in outcomes] == [Returned, Raised, Returned]
    assert runtime.polls == 3


def test_an_encoded_exception_is_not_to_be_returned(make: Make) -> None:
    runtime = make(Hazards())
    assert data_of(runtime, runtime.call("poll_unchecked", runtime.integer(0))) == 0
    runtime = make(Hazards(action=Action.RAISE))
    fault = runtime.call("poll_unchecked", runtime.integer(0))
    assert isinstance(fault, Fault)
    assert fault.rule == "unchecked-exception-result"


def test_what_an_exception_on_release_loses_shows(make: Make) -> None:
    runtime = make(Hazards(action=Action.RAISE))
    assert isinstance(runtime.call("block_signals", runtime.string(b"text")), Raised)
    assert data_of(runtime, runtime.call("count_held", runtime.integer(0))) == 1


def test_a_handler_runs_and_may_call_primitives(make: Make) -> None:
    runtime = make(Hazards(action=Action.RUN))
    runtime.handle_signals(runtime.external("poll"))
    for primitive in ("poll", "block_signals"):
        assert data_of(runtime, runtime.call(primitive, runtime.string(b"text"))) == b"text"
    # What the handler did was no poll: its like waits until it has ended.
    assert runtime.polls == 2


def test_a_handler_may_raise(make: Make) -> None:
    runtime = make(Hazards(action=Action.RUN))
    runtime.handle_signals(runtime.closure(Function.RAISE_NOT_FOUND))
    outcome = runtime.call("poll", runtime.string(b"text"))
    assert isinstance(outcome, Raised)
    assert outcome.name == "Not_found"


def test_a_handler_moves_what_there_is(runtime_library: Path, stubs: Path) -> None:
    hazards = Hazards(action=Action.RUN)
    with Runtime(Profile.OCAML_5, EVERY_POINT, runtime_library, hazards) as runtime:
        runtime.load(stubs)
        runtime.handle_signals(runtime.closure(Function.IDENTITY))
        fault = runtime.call("poll_and_forget", runtime.string(b"text"))
    assert isinstance(fault, Fault)
    assert fault.rule == "unrooted-value"
    assert fault.site is not None
    assert "/* stale */" in STUBS.split("\n")[fault.site.line - 1]


def test_an_exception_of_an_action_takes_the_place_of_one_that_is_raised(make: Make) -> None:
    runtime = make(Hazards(action=Action.RUN))
    outcome = runtime.call("refuse", runtime.string(b"text"))
    assert isinstance(outcome, Raised)
    assert (outcome.name, outcome.arguments) == ("Failure", (b"refuse",))
    runtime.handle_signals(runtime.closure(Function.RAISE_NOT_FOUND))
    outcome = runtime.call("refuse", runtime.string(b"text"))
    assert isinstance(outcome, Raised)
    assert outcome.name == "Not_found"


def test_a_signal_that_is_recorded_is_handled_at_the_next_poll(make: Make) -> None:
    runtime = make(Hazards())
    runtime.handle_signals(runtime.external("note"))
    assert data_of(runtime, runtime.call("record", runtime.integer(0))) == Block(0, [0, 1, 1, 0])


def test_what_is_pending_is_told_until_the_next_poll(make: Make) -> None:
    runtime = make(Hazards())
    assert data_of(runtime, runtime.call("ask", runtime.integer(0))) == 2


def test_an_action_that_will_happen_is_pending(make: Make) -> None:
    runtime = make(Hazards(action=Action.RUN, at_poll=1))
    assert data_of(runtime, runtime.call("ask", runtime.integer(0))) == 6
