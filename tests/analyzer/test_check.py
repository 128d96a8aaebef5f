"""From files to findings."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

import analyzer.flow.analysis
from analyzer.check import Reader, check_project
from analyzer.diagnostics import Diagnostic
from analyzer.options import Flags, Options, SourceFile
from analyzer.report.findings import merge
from analyzer.result import ProjectResult
from runtime_sim.model.api import parse_rows
from runtime_sim.model.profile import Profile
from tests.analyzer.flow.projects import checked, findings, told

RELEASE, ACQUIRE = "caml_release_runtime_system();", "caml_acquire_runtime_system();"
UNROOTED = [("unrooted-value", "f")]
LOCK = [("lock-imbalance", "f")]


def project(root: Path, files: dict[str, str]) -> ProjectResult:
    """The result for files in a folder; headers are found, not asked for."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    asked = [SourceFile(str(root / name)) for name in files if name.endswith(".c")]
    return check_project(asked, Options(Profile.OCAML_5, str(root)))


def places(result: ProjectResult) -> set[tuple[str, str, int]]:
    """Rules with the names and lines of the files where they were broken."""
    return {
        (d.rule, Path(d.position.path).name, d.position.line)
        for d in result.diagnostics
        if not d.pedantic
    }


def locked_if(released: str, acquired: str) -> set[tuple[str, str]]:
    """What is told of a function that releases the lock under a condition and acquires it under
    another."""
    head = "struct s { int set; }; CAMLprim value f(int n, int m, struct s *p, struct s *q) {"
    text = (
        f"{head} if ({released}) {RELEASE} work(); if ({acquired}) {ACQUIRE} return Val_unit; }}"
    )
    return set(told(text))


# --- paths --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "condition",
    ["n", "n > 0", "n == 1", "!n", "n & 2", "p", "p != NULL", "p->set"],
)
def test_two_equal_tests_come_out_alike(condition: str) -> None:
    assert locked_if(condition, condition) == set()


@pytest.mark.parametrize(
    ("first", "second"),
    [("n > 0", "n > 1"), ("n", "m"), ("p->set", "q->set"), ("is_big(n)", "is_big(n)")],
)
def test_two_other_tests_need_not_come_out_alike(first: str, second: str) -> None:
    assert locked_if(first, second) == {("lock-imbalance", "f")}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("n", "n != 0"),
        pytest.param(
            "n && p", "n && p", marks=pytest.mark.xfail(reason="paths to one outcome are joined")
        ),
        pytest.param(
            "n || p", "n || p", marks=pytest.mark.xfail(reason="paths to one outcome are joined")
        ),
        pytest.param(
            "n > 1 && n < 5",
            "n > 1 && n < 5",
            marks=pytest.mark.xfail(reason="paths to one outcome are joined"),
        ),
        ("p", "p != NULL"),
        ("n > 0", "n >= 1"),
        ("n < 3", "!(n >= 3)"),
    ],
)
def test_tests_that_mean_the_same_come_out_alike(first: str, second: str) -> None:
    assert locked_if(first, second) == set()


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("", []),
        ("n = work();", LOCK * 2),
        ("set(&n);", LOCK * 2),
        ("m = work();", []),
        ("n++;", LOCK),
    ],
)
def test_a_test_is_forgotten_when_what_it_is_about_changes(
    change: str, expected: list[tuple[str, str]]
) -> None:
    text = f"""CAMLprim value f(int n) {{ int m = 0;
if (n > 7) {RELEASE} {change} if (n > 7) {ACQUIRE} return Val_unit; }}"""
    assert told(text) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        # A flag is set on the one path and tested later.
        (f"int held = 1; if (work()) {{ {RELEASE} held = 0; }} if (!held) {ACQUIRE}", []),
        (f"int held = 1; if (work()) {{ {RELEASE} held = 0; }} if (held) {ACQUIRE}", LOCK * 2),
        # A flag keeps the outcome of a test.
        (f"int big = Int_val(v) > 9; if (big) {RELEASE} work(); if (big) {ACQUIRE}", []),
        # The other outcome of the same test.
        (f"if (n) {RELEASE} work(); if (!n) return Val_unit; {ACQUIRE}", []),
        (f"if (n) {RELEASE} work(); if (n) return Val_unit;", LOCK),
        # What is asserted holds.
        (f"if (n) {RELEASE} assert(!n);", []),
        (f"if (n) {RELEASE} CAMLassert(!n);", []),
        (f"if (n > 0) {RELEASE} assert(n == 0);", []),
        (f"if (n) {RELEASE} assert(n);", LOCK),
        # Cases of a switch.
        (f"switch (n) {{ case 1: case 2: {RELEASE} break; default: return v; }} {ACQUIRE}", []),
        (f"switch (n) {{ case 1: {RELEASE} case 2: {ACQUIRE} }}", LOCK),
        (f"switch (n) {{ case 1: {RELEASE} break; default: return v; }} {ACQUIRE}", []),
        (f"switch (n) {{ case 1: {RELEASE} break; }} if (n == 2) {ACQUIRE}", LOCK * 2),
        # Clean-up at the end.
        (f"{RELEASE} if (work()) goto out; work(); out: {ACQUIRE}", []),
        (f"{RELEASE} if (work()) goto out; {ACQUIRE} out: ;", LOCK),
        # Loops.
        (f"while (work()) {{ {RELEASE} work(); {ACQUIRE} }}", []),
        (f"while (work()) {{ {RELEASE} if (n) break; {ACQUIRE} }}", LOCK),
        (f"{RELEASE} do {{ if (work()) break; }} while (1); {ACQUIRE}", []),
    ],
)
def test_paths_are_kept_apart_by_what_was_tested(
    body: str, expected: list[tuple[str, str]]
) -> None:
    text = f"CAMLprim value f(value v, int n) {{ {body} return Val_unit; }}"
    assert told(text) == expected


@pytest.mark.parametrize(
    "again", [f"if (n == 1) {ACQUIRE}", f"switch (n) {{ case 1: {ACQUIRE} }}"]
)
def test_the_default_of_a_switch_is_none_of_its_cases(again: str) -> None:
    text = f"switch (n) {{ case 1: {RELEASE} break; default: break; }} {again} return Val_unit;"
    assert told(f"CAMLprim value f(value v, int n) {{ {text} }}") == []


def test_what_a_return_has_left_behind_is_known() -> None:
    text = f"if (n == 0) return v; {RELEASE} work(); if (n) {ACQUIRE} return Val_unit;"
    assert told(f"CAMLprim value f(value v, int n) {{ {text} }}") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("if (Is_long(v)) caml_alloc(1, 0); return v;", []),
        ("if (Is_block(v)) caml_alloc(1, 0); return v;", UNROOTED),
        ("if (v == Val_unit) caml_alloc(1, 0); return v;", []),
        ("if (Int_val(w)) { caml_alloc(1, 0); return Val_unit; } return v;", []),
        ("if (Int_val(w)) caml_alloc(1, 0); return v;", UNROOTED),
        ('if (Int_val(w)) { caml_alloc(1, 0); caml_failwith("no"); } return v;', []),
        ("while (work()) caml_alloc(1, 0); return v;", UNROOTED),
    ],
)
def test_a_value_is_lost_only_on_paths_with_a_collection(
    body: str, expected: list[tuple[str, str]]
) -> None:
    assert told(f"value f(value v, value w) {{ {body} }}") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("CAMLparam1(v); { CAMLparam1(w); caml_alloc(1, 0); CAMLdrop; } CAMLreturn(v);", []),
        ("Begin_roots1(v); Begin_roots1(w); g(); End_roots(); g(); End_roots(); return v;", []),
        (
            "Begin_roots1(v); Begin_roots1(w); g(); End_roots(); g(); End_roots(); return w;",
            UNROOTED,
        ),
        ("Begin_roots1(v); g(); End_roots(); g(); return v;", UNROOTED),
    ],
)
def test_roots_of_an_inner_frame_end_with_it(body: str, expected: list[tuple[str, str]]) -> None:
    text = f"""static void g(void) {{ caml_alloc(1, 0); }}
value f(value v, value w) {{ {body} }}"""
    assert told(text) == expected


@pytest.mark.parametrize(
    ("result", "expected"),
    [("== 0", []), ("!= 0", UNROOTED)],
)
def test_a_result_tells_whether_the_callee_has_collected(
    result: str, expected: list[tuple[str, str]]
) -> None:
    text = f"""static int g(int n) {{ if (n) return 0; caml_alloc(1, 0); return 1; }}
value f(value v) {{ if (g(Wosize_val(v)) {result}) return v; return Val_unit; }}"""
    assert told(text) == expected


# --- callees ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "pedantic"),
    [
        ("value f(value v) { unknown(v); return v; }", [True]),
        ("value f(value v) { value w = unknown(); return v; }", []),
        ("value unknown(void); value f(value v) { value w = unknown(); return v; }", [True]),
        ("value f(value v) { unknown(1); return v; }", []),
        ("value f(value v) { caml_alloc(1, 0); unknown(v); return v; }", [False, True]),
    ],
)
def test_an_unknown_callee_that_takes_or_gives_values_is_in_doubt(
    text: str, pedantic: list[bool]
) -> None:
    found = [d for d in checked(text).diagnostics if d.rule == "unrooted-value"]
    assert [d.pedantic for d in found] == pedantic


def test_a_library_function_does_what_it_is_given_to_call() -> None:
    text = """static int quiet(const void *a, const void *b) { return 0; }
static int loud(const void *a, const void *b) { caml_alloc(1, 0); return 0; }
value f(value v) { qsort(table, 3, 8, loud); return v; }
value g(value v) { qsort(table, 3, 8, quiet); return v; }"""
    (found,) = findings(text)
    assert (found.rule, found.function) == ("unrooted-value", "f")
    assert [step.message for step in found.trace if "loud" in step.message] != []


def test_a_users_row_says_what_an_unknown_function_does() -> None:
    row = """
[my_alloc]
kind = "function"
signature = "value my_alloc (int)"
collects = "yes"
raises = "no"
lock = "needs"
result = "fresh"
params = ["data"]
"""
    text = "value f(value v) { my_alloc(1); return v; }"
    assert told(text) == []
    assert told(text, rows=parse_rows(row, "rows.toml")) == UNROOTED


def test_a_helper_in_another_file_is_followed() -> None:
    caller = "void helper(void); value f(value v) { helper(); return v; }"
    assert told(caller) == []
    assert told(caller, "void helper(void) { caml_alloc(1, 0); }") == UNROOTED
    assert told(caller, "void helper(void) { work(); }") == []


def test_a_fault_that_a_call_shows_stands_in_the_helper() -> None:
    text = """static void put(value to, value v) {
  Field(to, 0) = v; }
value f(value a, value b) { put(a, b); return Val_unit; }
value g(value b) { value a = caml_alloc_small(1, 0); put(a, Val_unit); return a; }"""
    found = [(d.rule, d.function, d.position.line) for d in findings(text)]
    assert found == [("missing-write-barrier", "put", 2)]


# --- files --------------------------------------------------------------------------------------


def test_what_two_configurations_have_in_common_is_told_once(tmp_path: Path) -> None:
    text = """value f(value v) {
  caml_alloc(1, 0);
  return v; }
#ifdef HAVE_IT
value g(value v) {
  caml_alloc(1, 0); work(); work();
  return v; }
#else
value h(value v) { return v; }
#endif
"""
    result = project(tmp_path, {"a.c": text})
    assert places(result) == {("unrooted-value", "a.c", 3), ("unrooted-value", "a.c", 7)}
    assert [name for name, _, _ in result.extents[str(tmp_path / "a.c")]] == ["f", "g", "h"]
    assert result.functions == 3


HEADER = """static value shared(value v) {
  caml_alloc(1, 0);
  return v; }
"""


def test_findings_in_a_header_stand_in_the_header(tmp_path: Path) -> None:
    caller = '#include "shared.h"\nvalue {}(value v) {{ return shared(v); }}\n'
    files = {"a.c": caller.format("f"), "b.c": caller.format("g"), "shared.h": HEADER}
    result = project(tmp_path, files)
    assert places(result) == {("unrooted-value", "shared.h", 3)}
    assert len(merge(("ocaml-5", found) for found in result.diagnostics)) == 1
    assert [Path(header).name for header in result.headers] == ["shared.h"]
    # The definition is one, however many files read it.
    assert result.functions == 3


def test_a_function_of_a_header_is_reached_by_those_who_read_it(tmp_path: Path) -> None:
    files = {
        "a.c": '#include "shared.h"\nvalue f(value v) { shared(Val_unit); return v; }\n',
        "b.c": "value g(value v) { shared(Val_unit); return v; }\n",
        "shared.h": HEADER,
    }
    assert places(project(tmp_path, files)) == {
        ("unrooted-value", "a.c", 2),
        ("unrooted-value", "shared.h", 3),
    }


def test_flags_of_a_file_decide_what_is_read() -> None:
    text = b"#if defined(A) && A > 1\nvalue f(value v) { caml_alloc(1, 0); return v; }\n#endif\n"
    options = Options(Profile.OCAML_5, "/nonexistent")
    for defines, rules in (((("A", "2"),), ["unrooted-value"]), ((("A", "1"),), [])):
        file = SourceFile("a.c", Flags(defines), text)
        assert [d.rule for d in check_project([file], options).diagnostics] == rules


def test_what_cannot_be_parsed_is_told_and_the_rest_is_checked(tmp_path: Path) -> None:
    text = "value f(value v) {\n  caml_alloc(1, 0);\n  return v; }\nint g(int { ] x;\n"
    result = project(tmp_path, {"a.c": text})
    assert result.errors == ()
    assert {rule for rule, _, _ in places(result)} == {"parse-error", "unrooted-value"}


def test_the_runtimes_own_folder_is_for_those_who_ask(tmp_path: Path) -> None:
    faulty = "value f(value v) { caml_alloc(1, 0); return v; }\n"
    names = ("alloc", "alloc_tuple", "alloc_string", "alloc_small", "modify", "initialize")
    runtime = "".join(f"value caml_{name}(value n) {{ return Val_unit; }}\n" for name in names)
    # One function of the runtime that a library replaces does not make it the runtime.
    replaced = "void caml_modify(value *place, value v) { *place = v; }\n"
    result = project(
        tmp_path,
        {
            "runtime/alloc.c": faulty + runtime,
            "runtime/other.c": faulty,
            "otherlibs/stubs.c": faulty + replaced,
        },
    )
    found = [
        (Path(d.position.path).name, d.pedantic)
        for d in result.diagnostics
        if d.rule == "unrooted-value"
    ]
    assert sorted(found) == [("alloc.c", True), ("other.c", True), ("stubs.c", False)]


def test_a_file_that_cannot_be_read_is_an_error_of_that_file(tmp_path: Path) -> None:
    (tmp_path / "a.c").write_text("value f(value v) { caml_alloc(1, 0); return v; }")
    files = [SourceFile(str(tmp_path / name)) for name in ("none.c", "a.c")]
    result = check_project(files, Options(Profile.OCAML_5, str(tmp_path)))
    assert [(Path(e.path).name, e.function) for e in result.errors] == [("none.c", "")]
    assert [d.rule for d in result.diagnostics] == ["unrooted-value"]


def test_a_fault_of_ours_in_one_function_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    interpret = analyzer.flow.analysis.interpret

    def failing(run):
        if run.function.name == "g":
            raise RuntimeError("g is too much")
        interpret(run)

    monkeypatch.setattr(analyzer.flow.analysis, "interpret", failing)
    stub = "value {}(value v) {{ caml_alloc(1, 0); return v; }}"
    result = checked(" ".join(map(stub.format, "fgh")))
    assert [(e.path, e.function) for e in result.errors] == [("s0.c", "g")]
    assert "g is too much" in result.errors[0].message
    assert sorted(d.function for d in result.diagnostics) == ["f", "h"]


def test_a_caller_of_a_function_that_failed_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    interpret = analyzer.flow.analysis.interpret

    def failing(run):
        if run.function.name == "g":
            raise RuntimeError
        interpret(run)

    monkeypatch.setattr(analyzer.flow.analysis, "interpret", failing)
    text = "static void g(value v) { } value f(value v) { g(v); caml_alloc(1, 0); return v; }"
    assert [d.function for d in checked(text).diagnostics] == ["f"]


def test_files_can_be_read_by_another_mapper_in_any_process() -> None:
    def elsewhere(read: Reader, files: list[SourceFile]):
        again: Reader = pickle.loads(pickle.dumps(read))
        return [again(file) for file in files]

    text = b"value f(value v) { caml_alloc(1, 0); return v; }"
    files = [SourceFile("a.c", content=text), SourceFile("b.c", content=text)]
    options = Options(Profile.OCAML_5, "/nonexistent")

    def shown(result: ProjectResult) -> list[Diagnostic]:
        return list(result.diagnostics)

    assert shown(check_project(files, options, elsewhere)) == shown(check_project(files, options))


def test_what_is_unreadable_in_a_file_without_ocaml_is_for_those_who_ask(tmp_path: Path) -> None:
    broken = "void f(void) { a b c ((; }\n"
    result = project(
        tmp_path, {"plain.c": broken, "stubs.c": "#include <caml/mlvalues.h>\n" + broken}
    )
    found = [(Path(d.position.path).name, d.rule, d.pedantic) for d in result.diagnostics]
    assert sorted(found) == [
        ("plain.c", "parse-error", True),
        ("stubs.c", "parse-error", False),
    ]


def test_a_c_file_that_another_includes_is_read_there_alone(tmp_path: Path) -> None:
    result = project(
        tmp_path,
        {
            "part.c": "BODY(f, Field(v, 0))\n",
            "whole.c": "#define BODY(f, e) value f(value v) { caml_alloc(1, 0); return e; }\n"
            '#include "part.c"\n',
        },
    )
    found = [(Path(d.position.path).name, d.rule) for d in result.diagnostics]
    assert found == [("part.c", "unrooted-value")]


FAULTY = "value %s(value v) { caml_alloc(1, 0); return v; }\n"


@pytest.mark.parametrize(
    ("files", "found"),
    [
        # Each includes the other: neither is only a part.
        (
            {
                "a.c": "#ifndef A\n#define A\n" + FAULTY % "f" + '#include "b.c"\n#endif\n',
                "b.c": "#ifndef B\n#define B\n" + FAULTY % "g" + '#include "a.c"\n#endif\n',
            },
            ["a.c", "b.c"],
        ),
        # The part that is included is not all of it.
        (
            {
                "a.c": "#ifdef MT\nvalue g(value v) { return v; }\n#else\n"
                + FAULTY % "f"
                + "#endif\n",
                "b.c": '#define MT\n#include "a.c"\n',
            },
            ["a.c"],
        ),
        ({"a.c": FAULTY % "f" + "#ifndef A\n#define A\n" + '#include "a.c"\n#endif\n'}, ["a.c"]),
    ],
)
def test_no_function_is_lost_with_a_file_that_another_includes(
    tmp_path: Path, files: dict[str, str], found: list[str]
) -> None:
    result = project(tmp_path, files)
    places = {Path(d.position.path).name for d in result.diagnostics if d.rule == "unrooted-value"}
    assert sorted(places) == found


def test_a_part_that_is_not_saved_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "part.c").write_text("\n" + FAULTY % "f")
    (tmp_path / "whole.c").write_text('#include "part.c"\n')
    files = [
        SourceFile(str(tmp_path / "part.c"), content=("\n\n" + FAULTY % "f").encode()),
        SourceFile(str(tmp_path / "whole.c")),
    ]
    result = check_project(files, Options(Profile.OCAML_5, str(tmp_path)))
    found = [d.position.line for d in result.diagnostics if d.rule == "unrooted-value"]
    assert found == [3]
