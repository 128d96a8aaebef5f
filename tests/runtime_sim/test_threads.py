"""Threads of C's take the runtime lock in turn, and what they do wrong is shown."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import EVERY_POINT, Fault, Outcome, Returned
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Block

Compile = Callable[[str, Profile], Path]

STUBS = r"""
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>
#include <caml/threads.h>

static value hook = Val_unit;
static int runs;

static value in_a_thread(void *(*body)(void *))
{
  pthread_t thread;
  pthread_create(&thread, NULL, body, NULL);
  caml_release_runtime_system();
  pthread_join(thread, NULL);
  caml_acquire_runtime_system();
  return Val_unit;
}

/* --- right --- */

static void *call_hook(void *unused)
{
  if (caml_c_thread_register() != 1 || caml_c_thread_register() != 0) return unused;
  for (int i = 0; i < 10; i++) {
    caml_acquire_runtime_system();
    caml_callback_exn(hook, Val_int(i));
    runs++;
    caml_release_runtime_system();
  }
  caml_c_thread_unregister();
  return unused;
}

value call_in_threads(value v_fun, value v_text)
{
  CAMLparam2(v_fun, v_text);
  CAMLlocal1(pair);
  pthread_t threads[4];
  runs = 0;
  hook = v_fun;
  caml_register_generational_global_root(&hook);
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, call_hook, NULL);
  caml_release_runtime_system();
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  caml_acquire_runtime_system();
  caml_remove_generational_global_root(&hook);
  pair = caml_alloc_tuple(2);
  Store_field(pair, 0, Val_int(runs));
  Store_field(pair, 1, v_text);
  CAMLreturn(pair);
}

value register_here(value unit)
{
  return Val_int(caml_c_thread_register() * 2 + caml_c_thread_unregister());
}

value keep_errno(value unit)
{
  caml_release_runtime_system();
  errno = EXDEV;
  caml_acquire_runtime_system();
  return Val_bool(errno == EXDEV);
}

int waiting[2];

static void *wait_for_the_lock(void *unused)
{
  char byte = 0;
  caml_c_thread_register();
  if (write(waiting[1], &byte, 1) != 1) return NULL;
  caml_acquire_runtime_system();
  runs = 1;
  caml_release_runtime_system();
  caml_c_thread_unregister();
  return unused;
}

value leave_a_thread_behind(value unit)
{
  pthread_t thread;
  char byte;
  runs = 0;
  if (pipe(waiting) != 0) return Val_false;
  pthread_create(&thread, NULL, wait_for_the_lock, NULL);
  pthread_detach(thread);
  return Val_bool(read(waiting[0], &byte, 1) == 1);
}

value runs_so_far(value unit)
{
  return Val_int(runs);
}

static void *sleep_for_ever(void *unused)
{
  char byte = 0;
  caml_c_thread_register();
  if (write(waiting[1], &byte, 1) != 1) return NULL;
  for (;;) pause();
  return unused;
}

value leave_a_sleeper_behind(value unit)
{
  pthread_t thread;
  char byte;
  if (pipe(waiting) != 0) return Val_false;
  pthread_create(&thread, NULL, sleep_for_ever, NULL);
  pthread_detach(thread);
  return Val_bool(read(waiting[0], &byte, 1) == 1);
}

/* --- wrong --- */

static void *allocate(void *unused)
{
  caml_copy_string("text"); /* allocates */
  return unused;
}

value allocate_unregistered(value unit)
{
  return in_a_thread(allocate);
}

static void *acquire(void *unused)
{
  caml_acquire_runtime_system(); /* acquires */
  caml_release_runtime_system();
  return unused;
}

value acquire_unregistered(value unit)
{
  return in_a_thread(acquire);
}

static value seen;

static void *look(void *unused)
{
  runs = Int_val(Field(seen, 0)); /* looks */
  return unused;
}

value look_unregistered(value v_pair)
{
  CAMLparam1(v_pair);
  seen = v_pair;
  CAMLreturn(in_a_thread(look));
}

static void *peek(void *unused)
{
  usleep(20000); /* until the lock is released */
  runs = *(volatile char *) seen; /* peeks */
  return unused;
}

value peek_unregistered(value v_pair)
{
  CAMLparam1(v_pair);
  seen = v_pair;
  CAMLreturn(in_a_thread(peek));
}

static void *open_a_frame(void *unused)
{
  CAMLparam0(); /* opens */
  CAMLreturnT(void *, unused);
}

value open_unregistered(value unit)
{
  return in_a_thread(open_a_frame);
}

static void *divide(void *unused)
{
  *(volatile int *) 16 = 1; /* crashes */
  return unused;
}

value crash_unregistered(value unit)
{
  return in_a_thread(divide);
}

static void *without_the_lock(void *unused)
{
  caml_c_thread_register();
  caml_copy_string("text"); /* without */
  return unused;
}

value registered_without_the_lock(value unit)
{
  return in_a_thread(without_the_lock);
}

static void *stale(void *unused)
{
  caml_c_thread_register();
  caml_acquire_runtime_system();
  value text = caml_copy_string("text");
  caml_alloc_string(10);
  runs = String_val(text)[0]; /* stale */
  caml_release_runtime_system();
  return unused;
}

value stale_in_a_thread(value unit)
{
  return in_a_thread(stale);
}

static void *stale_read(void *unused)
{
  caml_c_thread_register();
  caml_acquire_runtime_system();
  value text = caml_copy_string("text");
  caml_alloc_string(10);
  runs = *(volatile char *) text; /* read */
  caml_release_runtime_system();
  return unused;
}

value stale_read_in_a_thread(value unit)
{
  return in_a_thread(stale_read);
}

static void *unregister_with_the_lock(void *unused)
{
  caml_c_thread_register();
  caml_acquire_runtime_system();
  caml_c_thread_unregister(); /* unregisters */
  return unused;
}

value unregistered_with_the_lock(value unit)
{
  return in_a_thread(unregister_with_the_lock);
}

static void *raise_in_c(void *unused)
{
  caml_c_thread_register();
  caml_acquire_runtime_system();
  caml_raise_not_found(); /* raises */
  return unused;
}

value raise_in_a_thread(value unit)
{
  return in_a_thread(raise_in_c);
}

static void on_signal(int number)
{
  caml_alloc_string(number); /* handles */
}

value handle(value unit)
{
  struct sigaction action, before;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_signal;
  sigaction(SIGUSR1, &action, &before);
  raise(SIGUSR1);
  sigaction(SIGUSR1, &before, NULL);
  return Val_unit;
}

static void note_signal(int number)
{
  runs = number;
}

value handle_rightly(value unit)
{
  struct sigaction action, before;
  sigset_t set;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  sigaction(SIGUSR1, &action, &before);
  raise(SIGUSR1);
  sigaction(SIGUSR1, &before, NULL);
  sigemptyset(&set);
  sigaddset(&set, SIGUSR2);
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  value text = caml_copy_string("signals may be blocked");
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  return text;
}

static void *allocate_later(void *unused)
{
  char byte;
  if (read(waiting[0], &byte, 1) == 1) caml_copy_string("text"); /* allocates later */
  return unused;
}

pthread_t late;

value leave_a_faulty_thread_behind(value unit)
{
  if (pipe(waiting) != 0) return Val_false;
  return Val_bool(pthread_create(&late, NULL, allocate_later, NULL) == 0);
}

value fail_later(value unit)
{
  pthread_t thread;
  pthread_create(&thread, NULL, allocate, NULL);
  pthread_join(thread, NULL);
  return Val_unit;
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


def assert_fault(outcome: Outcome, rule: str, mark: str) -> None:
    """It is of a rule, and at the line with a mark."""
    assert isinstance(outcome, Fault), outcome
    assert outcome.site is not None
    line = STUBS.split("\n")[outcome.site.line - 1]
    assert (outcome.rule, line.rpartition(" /* ")[2]) == (rule, f"{mark} */")


def wake_and_wait(runtime: Runtime) -> None:
    """Let the late thread go on, outside of any call, until it has ended."""
    system = ctypes.CDLL(None)
    stubs = ctypes.CDLL(runtime._stubs[0]._path)
    system.write((ctypes.c_int * 2).in_dll(stubs, "waiting")[1], b"x", 1)
    system.pthread_join(ctypes.c_ulong.in_dll(stubs, "late"), None)


def test_registered_threads_take_turns(runtime: Runtime) -> None:
    outcome = runtime.call(
        "call_in_threads", runtime.closure(Function.PAIR), runtime.string(b"kept")
    )
    assert isinstance(outcome, Returned), outcome
    assert runtime.read(outcome.value) == Block(0, [40, b"kept"])


def test_an_exception_in_a_thread_is_its_own(runtime: Runtime) -> None:
    raises = runtime.closure(Function.RAISE_NOT_FOUND)
    for _ in range(2):
        outcome = runtime.call("call_in_threads", raises, runtime.string(b"kept"))
        assert isinstance(outcome, Returned), outcome
        assert runtime.read(outcome.value) == Block(0, [40, b"kept"])


def test_threads_of_ocaml_are_registered_already(runtime: Runtime) -> None:
    outcome = runtime.call("register_here", runtime.integer(0))
    assert isinstance(outcome, Returned)
    assert runtime.read(outcome.value) == 0


def test_the_last_error_survives_the_lock(runtime: Runtime) -> None:
    outcome = runtime.call("keep_errno", runtime.integer(0))
    assert isinstance(outcome, Returned)
    assert runtime.read(outcome.value) == 1


def test_a_thread_that_waits_runs_when_the_primitive_is_left(runtime: Runtime) -> None:
    for _ in range(100):
        outcome = runtime.call("leave_a_thread_behind", runtime.integer(0))
        assert isinstance(outcome, Returned)
        # It has said that it is about to wait: it does so within a few calls.
        for _ in range(10000):
            outcome = runtime.call("runs_so_far", runtime.integer(0))
            assert isinstance(outcome, Returned)
            if runtime.read(outcome.value) == 1:
                return
    pytest.fail("the thread did not run")


def test_what_a_sleeping_thread_uses_stays(
    runtime_library: Path, stubs: dict[Profile, Path]
) -> None:
    for _ in range(3):
        with Runtime(Profile.OCAML_5, EVERY_POINT, runtime_library) as runtime:
            runtime.load(stubs[Profile.OCAML_5])
            outcome = runtime.call("leave_a_sleeper_behind", runtime.integer(0))
            assert isinstance(outcome, Returned)


WRONG = {
    "allocate_unregistered": ("unregistered-thread", "allocates"),
    "acquire_unregistered": ("unregistered-thread", "acquires"),
    "look_unregistered": ("unregistered-thread", "looks"),
    "peek_unregistered": ("unregistered-thread", "peeks"),
    "open_unregistered": ("unregistered-thread", "opens"),
    "crash_unregistered": ("crash", "crashes"),
    "registered_without_the_lock": ("value-access-without-lock", "without"),
    "stale_in_a_thread": ("unrooted-value", "stale"),
    "stale_read_in_a_thread": ("stale-pointer", "read"),
    "unregistered_with_the_lock": ("lock-imbalance", "unregisters"),
    "raise_in_a_thread": ("crash", "raises"),
    "handle": ("unregistered-thread", "handles"),
    "fail_later": ("unregistered-thread", "allocates"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_fault_in_a_thread_is_shown(runtime: Runtime, name: str) -> None:
    outcome = runtime.call(name, runtime.tuple_of(runtime.integer(1)))
    assert_fault(outcome, *WRONG[name])


def test_a_fault_between_calls_is_of_the_next(runtime: Runtime) -> None:
    assert isinstance(runtime.call("leave_a_faulty_thread_behind", runtime.integer(0)), Returned)
    # The thread goes on when it is told, and has ended when that is seen.
    wake_and_wait(runtime)
    pair = runtime.tuple_of(runtime.string(b"a"), runtime.string(b"b"))
    outcome = runtime.call("keep_errno", pair)
    assert_fault(outcome, "unregistered-thread", "allocates later")


def test_a_handler_that_only_notes_is_right(runtime: Runtime) -> None:
    outcome = runtime.call("handle_rightly", runtime.integer(0))
    assert isinstance(outcome, Returned)
    assert runtime.read(outcome.value) == b"signals may be blocked"


STARTED = r"""
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include <caml/mlvalues.h>
#include <caml/alloc.h>
#include <caml/fail.h>
#include <caml/threads.h>

static int done;

static void start(void *(*body)(void *), void *argument)
{
  pthread_t thread;
  pthread_create(&thread, NULL, body, argument);
  pthread_detach(thread);
}

static void *allocate(void *unused)
{
  usleep(10000);
  caml_copy_string("text"); /* allocates */
  return unused;
}

value start_wrongly(value unit)
{
  start(allocate, NULL);
  return Val_unit;
}

static void *count(void *argument)
{
  usleep(10000);
  done += *(int *) argument;
  free(argument);
  caml_c_thread_register();
  caml_acquire_runtime_system();
  caml_copy_string("text");
  caml_release_runtime_system();
  caml_c_thread_unregister();
  return NULL;
}

value start_rightly(value unit)
{
  int *number = malloc(sizeof *number);
  *number = 1;
  start(count, number);
  return Val_int(done);
}

value start_and_raise(value unit)
{
  start_rightly(unit);
  caml_raise_not_found();
}
"""


@pytest.fixture(scope="module")
def starting(compile_stubs: Compile) -> Path:
    return compile_stubs(STARTED, Profile.OCAML_5)


def test_a_primitive_is_judged_when_its_threads_have_ended(
    runtime_library: Path, starting: Path
) -> None:
    with Runtime(library=runtime_library) as runtime:
        runtime.load(starting)
        assert isinstance(runtime.call("start_rightly", runtime.integer(0)), Returned)
        assert not isinstance(runtime.call("start_and_raise", runtime.integer(0)), Fault)
        outcome = runtime.call("start_rightly", runtime.integer(0))
        assert isinstance(outcome, Returned)
        assert runtime.read(outcome.value) == 2
        fault = runtime.call("start_wrongly", runtime.integer(0))
    assert isinstance(fault, Fault)
    assert fault.rule == "unregistered-thread"
    assert fault.site is not None
    assert "/* allocates */" in STARTED.split("\n")[fault.site.line - 1]
