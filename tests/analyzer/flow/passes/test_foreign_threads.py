from __future__ import annotations

import pytest

from analyzer.flow.facts import ThreadRole
from analyzer.flow.passes import foreign_threads

START = "void start(void) { pthread_t t; pthread_create(&t, 0, body, 0); }\n"


def thread(body: str, helpers: str = "") -> str:
    return f"{helpers}\nstatic void *body(void *arg)\n{{\n{body}\n}}\n{START}"


def told(found):
    return [(name, fact.role, fact.callee, fact.position.line) for name, fact in found]


def test_the_first_runtime_call_of_an_unregistered_thread_is_told(find) -> None:
    body = 'caml_acquire_runtime_system();\ncaml_copy_string("x");\nreturn 0;'
    assert told(find(foreign_threads, thread(body))) == [
        ("body", ThreadRole.THREAD, "caml_acquire_runtime_system", 4)
    ]


def test_a_callee_counts_at_its_call(find) -> None:
    helper = 'static void say(void) { caml_named_value("x"); }'
    [(name, fact)] = find(foreign_threads, thread("say(); return 0;", helper))
    assert (name, fact.callee, fact.position.line) == ("body", "say", 4)
    assert [step.message for step in fact.chain] == ["'say' calls 'caml_named_value'"]


@pytest.mark.parametrize(
    "body",
    [
        "usleep(10); return 0;",
        "caml_c_thread_register(); caml_acquire_runtime_system(); return 0;",
        "if (!caml_c_thread_register()) return 0; caml_acquire_runtime_system(); return 0;",
        "if (!known) { caml_c_thread_register(); known = 1; } caml_callback(*f, 1); return 0;",
        "enlist(); caml_acquire_runtime_system(); return 0;",
        "caml_startup(argv); caml_callback(*f, 1); return 0;",
    ],
)
def test_a_thread_that_is_registered_or_needs_nothing_is_fine(find, body) -> None:
    helpers = """static int known; static char **argv; static const value *f;
static void enlist(void) { if (!known) { caml_c_thread_register(); known = 1; } }"""
    assert find(foreign_threads, thread(body, helpers)) == []


def test_a_registration_comes_too_late(find) -> None:
    body = "caml_acquire_runtime_system(); caml_c_thread_register(); return 0;"
    assert len(find(foreign_threads, thread(body))) == 1


def test_the_body_may_be_chosen_or_handed_on(find) -> None:
    text = """
static void *a(void *arg) { caml_acquire_runtime_system(); return 0; }
static void *b(void *arg) { caml_acquire_runtime_system(); return 0; }
static void launch(void *(*run)(void *)) { pthread_t t; pthread_create(&t, 0, run, 0); }
void one(int x)
{
  pthread_t t;
  void *(*body)(void *);
  if (x) body = a;
  pthread_create(&t, 0, body, 0);
}
void two(void) { launch(b); }
"""
    assert sorted(name for name, _ in find(foreign_threads, text)) == ["a", "b"]


@pytest.mark.parametrize(
    "install",
    [
        "void start(void) { signal(2, on); }",
        "void start(void) { struct sigaction s; s.sa_handler = on; sigaction(2, &s, 0); }",
        "static struct sigaction s = { .sa_handler = on };",
    ],
)
def test_a_signal_handler_calls_nothing_of_the_runtime(find, install) -> None:
    text = f"static void on(int n) {{ caml_callback(Val_unit, Val_unit); }}\n{install}"
    assert told(find(foreign_threads, text)) == [("on", ThreadRole.SIGNAL, "caml_callback", 1)]


def test_registering_does_not_help_a_signal_handler(find) -> None:
    text = """static void on(int n) { caml_c_thread_register(); caml_acquire_runtime_system(); }
void start(void) { signal(2, on); }"""
    assert len(find(foreign_threads, text)) == 1


def test_a_signal_handler_may_note_the_signal(find) -> None:
    text = """static volatile int seen;
static void on(int n) { seen = 1; caml_record_signal(n); }
void start(void) { signal(2, on); }"""
    assert find(foreign_threads, text) == []
