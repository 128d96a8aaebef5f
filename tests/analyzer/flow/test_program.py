"""Which function a call reaches."""

from __future__ import annotations

import pytest

from analyzer.flow.program import Program, is_primitive_like
from tests.analyzer.flow.projects import defined, linked, told

G = "int g(void) { return 1; }"
STATIC_G = f"static {G}"
CALLER = "int f(void) { return g(); }"


def reached(files: dict[str, str], path: str, name: str = "g") -> list[str]:
    """The files whose definition of `name` a call in `path` may reach."""
    program = linked(files)
    unit = next(unit for unit in program.units if unit.path == path)
    return [f.symbol.position.path for f in program.resolve(name, unit)]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a/f.c": CALLER + G, "a/g.c": G, "b/g.c": G}, ["a/f.c"]),
        ({"a/f.c": CALLER + STATIC_G, "a/g.c": G}, ["a/f.c"]),
        ({"a/f.c": CALLER, "a/g.c": G, "b/g.c": G}, ["a/g.c"]),
        ({"a/f.c": CALLER, "b/g.c": G}, ["b/g.c"]),
        ({"a/f.c": CALLER, "a/g.c": G, "a/h.c": G}, []),
        ({"a/f.c": CALLER, "b/g.c": G, "c/g.c": G}, []),
        ({"a/f.c": CALLER, "a/g.c": G, "a/h.c": G, "b/g.c": G}, []),
        ({"a/f.c": CALLER, "a/g.c": STATIC_G}, []),
        ({"a/f.c": CALLER, "a/g.c": STATIC_G, "b/g.c": G}, ["b/g.c"]),
        ({"a/f.c": CALLER}, []),
    ],
)
def test_a_name_is_looked_for_from_near_to_far(files: dict[str, str], expected: list[str]) -> None:
    assert reached(files, "a/f.c") == expected


def test_a_static_function_counts_as_defined_but_is_not_reached_from_elsewhere() -> None:
    program = linked({"a.c": CALLER, "b.c": STATIC_G})
    assert program.is_defined("g")
    assert reached({"a.c": CALLER, "b.c": STATIC_G}, "a.c") == []


def test_one_function_in_two_configurations_is_one() -> None:
    text = f"{G}\n#ifdef A\nint x; int y;\n#endif\n"
    assert reached({"a.c": CALLER, "b.c": text}, "a.c") == ["b.c"]


def test_a_call_stays_in_its_configuration() -> None:
    text = """#ifdef A
static int g(void) { int more; return 2; }
#else
static int g(void) { return 1; }
#endif
int f(void) { return g(); }"""
    program = linked({"a.c": text})
    lines = [program.resolve("g", unit)[0].symbol.position.line for unit in program.units]
    assert lines == [4, 2]


# --- function pointers --------------------------------------------------------------------------

TWO = "static void one(void) { } static void two(void) { }"


def stored(text: str, member: str) -> list[str]:
    return [f.name for f in linked({"a.c": text}).stored_in(member)]


@pytest.mark.parametrize(
    "use",
    [
        "struct s { int n; void (*run)(void); }; struct s a = { 1, one }, b = { 2, &two };",
        "struct s { void (*run)(void); }; struct s a = { .run = one }, b = { .run = two };",
        "struct s { void (*run)(void); }; struct s all[] = { { one }, { two } };",
        """struct s { void (*run)(void); };
void f(struct s *p, int n) { p->run = one; if (n) p->run = (void (*)(void)) two; }""",
        "struct s { void (*run)(void); }; void f(struct s *p, int n) { p->run = n ? one : two; }",
        """struct in { void (*run)(void); }; struct s { int n; struct in in; };
struct s a = { 1, { one } }; struct s b = { .in = { .run = two } };""",
    ],
)
def test_functions_in_members(use: str) -> None:
    assert stored(f"{TWO} {use}", "run") == ["one", "two"]


def test_functions_in_a_table() -> None:
    assert stored(f"{TWO} void (*all[])(void) = {{ one, two, 0 }};", "all[]") == ["one", "two"]


def test_functions_that_are_handed_over() -> None:
    program = linked(
        {
            "a.c": f"{TWO} void f(int n) {{ each(n, one); each(n, &two); }}",
            "b.c": "void each(int n, void (*run)(void)) { run(); }",
        }
    )
    each = defined(program, "each")
    assert [f.name for f in program.passed_as(each, 1)] == ["one", "two"]
    assert program.passed_as(each, 0) == ()


COLLECTS = "static void run(void) { caml_alloc(1, 0); } static void idle(void) { }"


@pytest.mark.parametrize(
    "use",
    [
        """struct s { void (*go)(void); }; static struct s it = { run };
value f(value v) { it.go(); return v; }""",
        """static void (*all[])(void) = { idle, run };
value f(value v) { all[Int_val(v) & 1](); return Field(v, 0); }""",
        """static void each(void (*go)(void)) { go(); }
value f(value v) { each(run); return v; }""",
        "value f(value v) { void (*go)(void) = run; go(); return v; }",
        "value f(value v) { void (*go)(void) = v == Val_unit ? idle : run; go(); return v; }",
    ],
)
def test_a_call_through_a_pointer_does_what_one_of_its_functions_does(use: str) -> None:
    assert told(f"{COLLECTS} {use}") == [("unrooted-value", "f")]
    assert told(f"{COLLECTS} {use}".replace("run", "idle")) == []


@pytest.mark.parametrize(
    "other",
    ["void set(struct s *p, void (*run)(void)) { p->run = run; }", "struct s b = { unknown };"],
)
def test_of_a_member_that_may_hold_another_function_nothing_is_known(other: str) -> None:
    struct = "struct s { void (*run)(void); }; extern void unknown(void); struct s a = { one };"
    assert stored(f"{TWO} {struct}", "run") == ["one"]
    assert stored(f"{TWO} {struct} {other}", "run") == []


def test_what_functions_in_members_do_with_the_lock_is_up_to_their_owner() -> None:
    text = """
struct s { void (*go)(void); };
static void run(void) { caml_acquire_runtime_system(); }
static struct s it = { run };
value f(value v) { it.go(); return Val_unit; }
value g(value v) { run(); return Val_unit; }"""
    assert told(text) == [("lock-imbalance", "g")]


# --- roots and primitives -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "struct", "member"),
    [
        ("&last", "", "last"),
        ("(value *) &last", "", "last"),
        ("&all[1]", "", "all"),
        ("&p->held", "s", "held"),
        ("&p->held + 1", "s", "held"),
    ],
)
def test_what_any_file_registers_is_registered(address: str, struct: str, member: str) -> None:
    text = f"""struct s {{ value held; }}; value last, all[2];
void f(struct s *p) {{ caml_register_global_root({address}); }}"""
    program: Program = linked({"a.c": text})
    assert program.is_registered(struct, member)
    assert not program.is_registered(struct, "other")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("value f(value v, value w) { return v; }", True),
        ("value f(value *argv, int argc) { return argv[0]; }", True),
        ("CAMLprim double f(double x) { return x; }", True),
        ("static value f(value v) { return v; }", False),
        ("value f(value v, int n) { return v; }", False),
        ("int f(value v) { return 0; }", False),
    ],
)
def test_what_ocaml_may_call(text: str, expected: bool) -> None:
    assert is_primitive_like(defined(linked({"a.c": text}), "f")) is expected
