"""What a caller gets to know of a function."""

from __future__ import annotations

import pytest

from analyzer.flow.state import LockState
from analyzer.flow.summary import NOTHING
from analyzer.flow.values import AbsVal, Shape, exactly
from runtime_sim.model.api.row import Raises
from tests.analyzer.flow.projects import summary_of, told

# --- collections -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "static value f(void) { return caml_copy_string(buf); }",
        "static void f(int n) { if (n) caml_alloc(n, 0); }",
        "static void f(void) { caml_release_runtime_system(); caml_acquire_runtime_system(); }",
        "static void g(void) { caml_alloc(1, 0); } static void f(void) { g(); }",
        "static void f(value v) { while (more()) caml_callback(v, Val_unit); }",
    ],
)
def test_a_function_that_may_allocate_collects(text: str) -> None:
    collects = summary_of(text).collects
    assert collects is not None
    assert (collects.callee, collects.doubt) == ("f", False)


@pytest.mark.parametrize(
    "text",
    [
        "static int f(value v) { return Wosize_val(v); }",
        'static void f(int x) { if (x) caml_failwith("no"); }',
        "static void f(int x) { if (x) { caml_alloc(1, 0); caml_raise_out_of_memory(); } }",
        "static void f(int x) { if (x) { caml_alloc(1, 0); abort(); } }",
        "static void f(int x) { unknown(x); }",
        "static void f(void) { if (0) caml_alloc(1, 0); }",
    ],
)
def test_a_function_that_does_not_return_from_a_collection_does_not_collect(text: str) -> None:
    assert summary_of(text).collects is None


def test_the_way_to_a_collection_is_told() -> None:
    text = "static void g(void) { caml_alloc(1, 0); }\nstatic void f(void) { g(); }"
    collects = summary_of(text).collects
    assert collects is not None
    assert [(step.position.line, step.message) for step in collects.chain] == [
        (2, "'f' calls 'g'"),
        (1, "'g' calls 'caml_alloc'"),
    ]


def test_a_collection_in_an_unknown_callee_is_in_doubt() -> None:
    collects = summary_of("static void f(value v) { unknown(v); }").collects
    assert collects is not None
    assert collects.doubt


@pytest.mark.parametrize(
    "body",
    [
        "unknown(v); caml_alloc(1, 0);",
        "if (n) { unknown(v); return; } caml_alloc(1, 0);",
        "if (n) { caml_alloc(1, 0); return; } unknown(v);",
    ],
)
def test_a_certain_collection_goes_before_a_doubtful_one(body: str) -> None:
    collects = summary_of(f"static void f(value v, int n) {{ {body} }}").collects
    assert collects is not None
    assert not collects.doubt


@pytest.mark.parametrize(
    ("text", "quiet", "loud"),
    [
        (
            "static value f(int x) { if (x) return 0; return caml_alloc(1, 0); }",
            exactly(0),
            AbsVal(Shape.BLOCK),
        ),
        (
            "static value f(int x) { if (x) return Val_int(0); return caml_alloc(1, 0); }",
            AbsVal(Shape.IMMEDIATE, 0, 0),
            AbsVal(Shape.BLOCK),
        ),
        (
            "static int f(int x) { if (x) return -1; caml_alloc(1, 0); return 0; }",
            exactly(-1),
            exactly(0),
        ),
        ("static int f(int x) { if (x) return 0; caml_alloc(1, 0); return 0; }", None, None),
        ("static int f(int x) { if (x) return x; caml_alloc(1, 0); return 0; }", None, None),
        ("static int f(void) { caml_alloc(1, 0); return 0; }", None, None),
    ],
)
def test_results_that_tell_whether_there_was_a_collection(
    text: str, quiet: AbsVal | None, loud: AbsVal | None
) -> None:
    summary = summary_of(text)
    assert (summary.quiet, summary.loud) == (quiet, loud)


# --- recursion ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("static int f(int n) { return n ? f(n - 1) : 0; }", False),
        ("static int f(int n) { if (!n) caml_alloc(1, 0); return n ? f(n - 1) : 0; }", True),
        (
            """static int g(int n); static int f(int n) { return n ? g(n - 1) : 0; }
static int g(int n) { return n ? f(n - 1) : 0; }""",
            False,
        ),
        (
            """static int g(int n); static int f(int n) { return n ? g(n - 1) : 0; }
static int g(int n) { caml_alloc(1, 0); return n ? f(n - 1) : 0; }""",
            True,
        ),
        (
            """static int g(int n); static int f(int n) { caml_alloc(1, 0); return n ? g(n) : 0; }
static int g(int n) { return n ? f(n - 1) : 0; }""",
            True,
        ),
        (
            """static int f(int n) { if (n < 0) { caml_alloc(1, 0); caml_raise_out_of_memory(); }
return n ? f(n - 1) : 0; }""",
            False,
        ),
        (
            'static int f(int n) { if (n < 0) caml_failwith("no"); return n ? f(n - 1) : 0; }',
            False,
        ),
    ],
)
def test_a_recursive_function_collects_if_one_of_its_turns_does(text: str, expected: bool) -> None:
    names = ["f", "g"] if " g(" in text else ["f"]
    assert [summary_of(text, name).collects is not None for name in names] == [expected] * len(
        names
    )


def test_a_turn_that_only_calls_itself_may_collect_as_well() -> None:
    text = "static int f(int n) { if (n) { f(n - 1); return 0; } caml_alloc(1, 0); return 1; }"
    assert summary_of(text).quiet is None


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("value f(value v) { if (g()) { f(v); return v; } return caml_alloc(1, 0); }", "f"),
        (
            """value g(value v);
value f(value v) { g(Val_unit); return caml_alloc(1, 0); }
value g(value v) { f(Val_unit); return v; }""",
            "g",
        ),
    ],
)
def test_a_recursive_call_may_move_what_its_caller_holds(text: str, function: str) -> None:
    assert told(text) == [("unrooted-value", function)]


# --- exceptions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "returns"),
    [
        ("static int f(value v) { return Int_val(v); }", None, True),
        ('static void f(int x) { if (x) caml_failwith("no"); }', Raises.YES, True),
        ('static void f(int x) { caml_failwith("no"); }', Raises.YES, False),
        ("static value f(void) { return caml_alloc(1, 0); }", Raises.OUT_OF_MEMORY, True),
        ("static void f(void) { exit(1); }", None, False),
    ],
)
def test_raising_and_returning(text: str, kind: Raises | None, returns: bool) -> None:
    summary = summary_of(text)
    assert (summary.raises and summary.raises.kind, summary.returns) == (kind, returns)


def test_bounds_where_it_returns_and_where_it_raises() -> None:
    summary = summary_of('static void f(int a, int fd) { if (fd < 0) caml_failwith("no"); g(a); }')
    assert summary.narrows == {1: (0, None)}
    assert summary.raising == {0: (None, None), 1: (None, -1)}


@pytest.mark.parametrize(
    "body",
    ["return Is_exception_result(v);", "return (int) Is_exception_result(v);"],
)
def test_a_test_for_an_exception_is_known_to_be_one(body: str) -> None:
    summary = summary_of(f"static int f(int n, value v) {{ {body} }}")
    assert summary.computes is not None
    assert summary.tests_exception == {1}


def test_a_function_that_raises_exceptions_on_checks_its_parameter() -> None:
    text = """static void f(value v, value w) {
  if (Is_exception_result(v)) caml_raise(Extract_exception(v)); }"""
    summary = summary_of(text)
    assert (summary.checks, summary.computes) == ({0}, None)


@pytest.mark.parametrize(
    "body",
    [
        "if (n && Is_exception_result(v)) caml_raise(Extract_exception(v));",
        "if (n) return; if (Is_exception_result(v)) caml_raise(Extract_exception(v));",
    ],
)
def test_a_parameter_that_one_path_does_not_check_is_not_checked(body: str) -> None:
    assert summary_of(f"static void f(value v, int n) {{ {body} }}").checks == frozenset()


# --- results -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shape", "parameter"),
    [
        ("static char *f(int n, value v) { return String_val(v) + n; }", Shape.DERIVED, 1),
        ("static value *f(value v) { return &Field(v, 0); }", Shape.DERIVED, 0),
        ("static value f(value v, value w) { return w; }", Shape.VALUE, 1),
        ("static value f(int n, value v, value w) { return n ? v : w; }", Shape.VALUE, None),
        ("static value f(value v) { return Field(v, 0); }", Shape.VALUE, None),
        ("static value f(value v) { return Val_int(1); }", Shape.IMMEDIATE, None),
        ("static value f(value v) { return caml_callback_exn(v, v); }", Shape.ENCODED, None),
        ("static int f(value v) { return Int_val(v); }", Shape.DATA, None),
        ("static char *f(char *p, int n) { return p + n; }", Shape.ADDRESS, 0),
        ("static char *f(char *p) { char b[3]; return b; }", Shape.UNKNOWN, None),
    ],
)
def test_what_a_result_is_and_which_parameter_it_comes_from(
    text: str, shape: Shape, parameter: int | None
) -> None:
    result = summary_of(text).result
    assert (result.shape, result.parameter) == (shape, parameter)


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ("Field(b, 0) = Val_unit; Field(b, 1) = Val_unit; return b;", ()),
        ("Field(b, 0) = Val_unit; return b;", (1,)),
        ("return b;", (0, 1)),
    ],
)
def test_a_fresh_block_comes_with_size_and_tag(body: str, missing: tuple[int, ...]) -> None:
    summary = summary_of(f"static value f(void) {{ value b = caml_alloc_small(2, 3); {body} }}")
    assert summary.block is not None
    assert (summary.block.size, summary.block.tag, summary.block.young) == (2, 3, True)
    assert summary.block.missing(None) == missing


def test_a_block_that_is_not_fresh_on_every_path_is_none() -> None:
    text = "static value f(value v, int n) { if (n) return v; return caml_alloc(2, 0); }"
    assert summary_of(text).block is None


def test_blocks_of_two_sizes_are_of_no_known_size() -> None:
    text = """static value f(int n) {
  if (n) return caml_alloc_small(1, 2); return caml_alloc_small(2, 2); }"""
    block = summary_of(text).block
    assert block is not None
    assert (block.size, block.tag) == (None, 2)


@pytest.mark.parametrize(
    ("body", "memory", "release"),
    [
        ("return malloc(3);", "memory from 'malloc'", "free"),
        (
            "char *p = malloc(3); if (!p) caml_raise_out_of_memory(); return p;",
            "memory from 'malloc'",
            "free",
        ),
        ("char *p = malloc(3); return n ? p : NULL;", "memory from 'malloc'", "free"),
        ("return n ? malloc(3) : other();", "", ""),
    ],
)
def test_memory_that_the_caller_must_free(body: str, memory: str, release: str) -> None:
    summary = summary_of(f"static char *f(int n) {{ {body} }}")
    assert (summary.result_memory, summary.result_release) == (memory, release)


# --- parameters --------------------------------------------------------------------------------


def test_out_parameters() -> None:
    summary = summary_of("static void f(value v, value *p, int *n) { *p = v; *n = 3; }")
    assert summary.out == {(1,): AbsVal(Shape.VALUE), (2,): exactly(3)}
    assert summary.writes == {1, 2}


def test_an_out_parameter_of_one_path_may_be_without_content() -> None:
    text = """struct s { value x; };
static void f(int c, struct s *p) { if (c) p->x = caml_copy_string(buf); }"""
    assert summary_of(text).out == {(1, "x"): AbsVal(Shape.BLOCK, garbage=True)}


@pytest.mark.parametrize(
    "text",
    [
        "static char *last; static void f(value v) { last = String_val(v); }",
        "static char *last; static void f(char *s) { last = s; }",
        "static char *last; static void g(char *s) { last = s; } static void f(char *s) { g(s); }",
        "static void f(char *s) { putenv(s); }",
        "struct s { char *p; } s; static void f(char *p) { s.p = p; }",
    ],
)
def test_a_pointer_that_is_kept_escapes(text: str) -> None:
    assert set(summary_of(text).escapes) == {0}


def test_a_pointer_in_a_local_variable_does_not_escape() -> None:
    assert summary_of("static int f(char *s) { char *p = s; return *p; }").escapes == {}


@pytest.mark.parametrize(
    "text",
    [
        "static void f(char *p) { free(p); }",
        "static void f(char *p) { if (p) free(p); }",
        "static void g(char *p) { free(p); } static void f(char *p) { g(p); }",
    ],
)
def test_a_parameter_that_is_freed(text: str) -> None:
    assert summary_of(text).frees == {0}


def test_a_parameter_whose_member_is_freed_is_not() -> None:
    assert summary_of(
        "struct s { char *p; }; static void f(struct s *s) { free(s->p); }"
    ).frees == (frozenset())


def test_a_pointer_put_into_a_structure_is_kept() -> None:
    text = "struct l { void *p; }; static void f(struct l *l, void *p) { l->p = p; }"
    assert summary_of(text).keeps == {1}


@pytest.mark.parametrize(
    ("body", "numbers"),
    [
        ("return Int_val(v);", {0}),
        ("return Long_val(v) + Bool_val(w);", {0, 1}),
        ("return Is_block(v) ? 0 : Int_val(v);", set()),
        ("return Wosize_val(v);", set()),
    ],
)
def test_values_that_are_taken_for_numbers(body: str, numbers: set[int]) -> None:
    assert summary_of(f"static long f(value v, value w) {{ {body} }}").numbers == numbers


def test_parameters_that_are_not_used() -> None:
    assert summary_of("static int f(value v, int n, char *p) { return n; }").unused == {0, 2}


def test_roots_that_it_registers_and_removes() -> None:
    head = "struct s { value v; }; static void f(struct s *p)"
    registering = summary_of(f"{head} {{ caml_register_global_root(&p->v); }}")
    removing = summary_of(f"{head} {{ caml_remove_global_root(&p->v); }}")
    assert (set(registering.registers), set(registering.removes)) == ({(0, "v")}, set())
    assert (set(removing.registers), set(removing.removes)) == (set(), {(0, "v")})


def test_a_store_without_a_barrier_is_the_callers_care() -> None:
    plain = summary_of("static void f(value v, value w) { Field(v, 0) = w; }")
    barrier = summary_of("static void f(value v, value w) { Store_field(v, 0, w); }")
    assert (set(plain.plain_stores), barrier.plain_stores) == ({0}, {})


def test_a_buffer_that_is_read_after_a_collection() -> None:
    assert summary_of("static void f(char *s) { caml_alloc(1, 0); puts(s); }").late_reads == {0}
    assert summary_of("static void f(char *s) { puts(s); caml_alloc(1, 0); }").late_reads == set()


# --- the lock ----------------------------------------------------------------------------------

RELEASE, ACQUIRE = "caml_release_runtime_system();", "caml_acquire_runtime_system();"


@pytest.mark.parametrize(
    ("body", "releases", "acquires", "leaves"),
    [
        (f"{RELEASE} work(); {ACQUIRE}", True, False, None),
        (RELEASE, True, False, LockState.RELEASED),
        (ACQUIRE, False, True, LockState.HELD),
        (f"{ACQUIRE} caml_alloc(1, 0); {RELEASE}", False, True, None),
        (f"if (work()) {RELEASE}", True, False, None),
        ("work();", False, False, None),
    ],
)
def test_what_is_done_to_the_lock(
    body: str, releases: bool, acquires: bool, leaves: LockState | None
) -> None:
    summary = summary_of(f"static void f(void) {{ {body} }}")
    assert bool(summary.releases_first) == releases
    assert bool(summary.acquires_first) == acquires
    assert summary.leaves == leaves


@pytest.mark.parametrize(
    ("body", "needs"),
    [
        ("return Wosize_val(v);", True),
        ("caml_alloc(1, 0); return 0;", True),
        (f"{ACQUIRE} caml_alloc(1, 0); {RELEASE} return 0;", False),
        ("return Int_val(v);", False),
    ],
)
def test_the_lock_is_needed_where_the_heap_is_used(body: str, needs: bool) -> None:
    assert bool(summary_of(f"static int f(value v) {{ {body} }}").needs_lock) == needs


def test_a_function_that_has_nothing_to_do_with_ocaml_does_nothing() -> None:
    assert summary_of("static void f(void) { work(); }") == NOTHING


# --- calls that decide -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "collects"),
    [("g(n, 1)", True), ("g(n, 0)", False), ("g(n, n)", True), ("g(0, n)", True)],
)
def test_a_constant_argument_that_is_tested_decides(call: str, collects: bool) -> None:
    text = f"""
    static void g(int n, int box) {{ if (box) caml_alloc(n, 0); }}
    static void f(int n) {{ {call}; }}"""
    assert (summary_of(text).collects is not None) is collects


def test_a_missing_pointer_decides() -> None:
    text = """
    static void g(const char *why) { if (why != NULL) caml_failwith(why); }
    static void f(void) { g(NULL); }"""
    assert summary_of(text).raises is None


def test_a_value_that_is_a_constant_decides() -> None:
    text = """
    static void g(value boxed) { if (Bool_val(boxed)) caml_alloc(1, 0); }
    static void f(void) { g(Val_false); }"""
    assert summary_of(text).collects is None


@pytest.mark.parametrize(
    ("parameter", "argument"),
    [("unsigned n", "-1"), ("unsigned char n", "-6"), ("uint32_t n", "-1")],
)
def test_a_constant_is_what_the_parameter_makes_of_it(parameter: str, argument: str) -> None:
    text = f"""
    static void g({parameter}) {{ if (n > 10) caml_alloc(1, 0); }}
    static void f(void) {{ g({argument}); }}"""
    assert summary_of(text).collects is not None


def test_a_constant_rules_out_any_effect() -> None:
    text = """
    static const char *kept;
    static int g(const char *p, int keep) { if (keep) kept = p; return p[0]; }
    static int f(const char *p) { return g(p, 0); }"""
    assert summary_of(text).escapes == {}


def test_what_one_caller_hands_over_is_not_what_another_does() -> None:
    pure = " ".join(f"static int p{n}(int x) {{ return x + {n}; }}" for n in range(12))
    calls = " ".join(f"apply(p{n}, 1);" for n in range(12))
    text = f"""{pure} static int loud(int x) {{ caml_alloc(1, 0); return x; }}
    static int apply(int (*g)(int), int n) {{ return g(n); }}
    static void h(void) {{ apply(loud, 1); }}
    static void f(void) {{ {calls} }}"""
    assert summary_of(text).collects is None
    assert summary_of(text, "h").collects is not None
