"""What a file declares."""

import pytest
from pycparser import c_ast

from analyzer.cfront import Parsed
from analyzer.cfront.lower import lower
from analyzer.cfront.tokens import Token
from analyzer.ir.dump import dump, dump_global
from analyzer.ir.nodes import Position
from analyzer.ir.spelling import spell_type
from analyzer.ir.types import VALUE, TypeKind
from runtime_sim.model.api import load_api
from runtime_sim.model.profile import Profile
from tests.analyzer.lower.lowering import function_of, unit_of


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ("value x", "value x"),
        ("const value x", "value x"),
        ("volatile value x", "value x"),
        ("value x[4]", "value x[4]"),
        ("unsigned x", "unsigned int x"),
        ("long unsigned int x", "unsigned long x"),
        ("signed char x", "signed char x"),
        ("long long x", "long long x"),
        ("const char *x", "const char *x"),
        ("char *const x", "char *const x"),
        ("foo_t *x", "foo_t *x"),
        ("struct s x[2][3]", "struct s x[2][3]"),
        ("int (*x)(value, ...)", "int (*x)(value, ...)"),
        ("int (*x[2])(void)", "int (*x[2])(void)"),
        ("handle x", "struct handle_s *x"),
        ("roots x", "value x[2]"),
        ("block x", "value x"),
        ("point x", "struct point x"),
        ("enum colour x", "enum colour x"),
        ("typeof(1 ? 2.0 : 1) x", "double x"),
        ("uint8_t x", "uint8_t x"),
        ("char x[sizeof(int)]", "char x[]"),
        ("char x[SIZE * 2]", "char x[16]"),
    ],
)
def test_types_are_resolved(declaration: str, expected: str) -> None:
    unit = unit_of(
        "enum { SIZE = 8 }; typedef struct handle_s *handle; typedef value roots[2];"
        f"typedef value block; typedef struct {{ int x; }} point; {declaration};"
    )
    (variable,) = unit.globals
    assert spell_type(variable.symbol.type, "x") == expected


def test_a_value_is_one_type_however_it_is_written() -> None:
    unit = unit_of("typedef value block; static const block a; volatile value b;")
    assert [variable.symbol.type for variable in unit.globals] == [VALUE, VALUE]


def test_integers_have_widths() -> None:
    unit = unit_of("uint8_t a; size_t b; short c; intnat d;")
    types = [variable.symbol.type for variable in unit.globals]
    assert [(t.bits, t.signed) for t in types] == [(8, False), (64, False), (16, True), (64, True)]


def test_the_members_of_structures_are_known() -> None:
    unit = unit_of(
        "typedef struct { int n; struct { value a; union { char *b; }; }; } s;union u { long l; };"
    )
    assert {name: list(fields) for name, fields in unit.structs.items()}["s"] == ["n", "a", "b"]
    assert list(unit.structs["union u"]) == ["l"]


def test_members_have_types() -> None:
    function = function_of(
        "struct list { struct list *next; value head; };"
        "value f(struct list *l) { return l->next->next->head; }"
    )
    assert function.blocks[0].terminator.expr.type is VALUE  # type: ignore[union-attr]


def test_enumerators_are_numbers() -> None:
    unit = unit_of(
        "enum { A, B = 1 << 3, C, D = B | C, E = sizeof(int) }; int x[] = { A, B, C, D };"
    )
    initialiser = unit.globals[0].initialiser
    numbers = [item.number for _, item in initialiser.items]  # type: ignore[union-attr]
    assert numbers == [0, 8, 9, 9]


def test_parameters_are_pointers_where_arrays_are_written() -> None:
    function = function_of("value f(value argv[], int argn, int g(int)) { return argv[0]; }")
    assert dump(function).splitlines()[0] == "value f(value *argv, int argn, int (*g)(int))"


def test_old_definitions_have_parameters() -> None:
    function = function_of("value f(v, n) value v; long n; { return v; }")
    assert dump(function).splitlines()[0] == "value f(value v, long n)"


def test_a_function_may_have_no_parameters() -> None:
    assert [function_of(f"int f({p}) {{ return 0; }}").params for p in ("", "void")] == [(), ()]


def test_linkage_and_markers_are_kept() -> None:
    unit = unit_of(
        "static int a(void); int a(void) { return 0; } CAMLprim value b(value v) { return v; }"
    )
    assert [(f.name, f.external, f.primitive) for f in unit.functions] == [
        ("a", False, False),
        ("b", True, True),
    ]


def test_prototypes_and_functions_that_never_return_are_listed() -> None:
    unit = unit_of(
        "value g(value); _Noreturn void die(void); void quit(int) __attribute__((noreturn));"
        "void f(void) { int local(void); }"
    )
    assert sorted(unit.prototypes) == ["die", "g", "quit"]
    assert unit.noreturn == {"die", "quit"}


def test_a_variable_has_one_symbol_for_all_its_declarations() -> None:
    unit = unit_of("extern value r; value r; static int s; static int s = 3; extern int other;")
    assert [dump_global(variable) for variable in unit.globals] == [
        "global value r",
        "static int s = 3",
    ]


def test_a_function_is_where_its_name_is() -> None:
    function = function_of("static value\nlookup(value v)\n{\n  return v;\n}\n")
    assert function.symbol.position == Position("a.c", 2, 1)
    assert function.params[0].position == Position("a.c", 2, 14)


def test_an_unknown_name_is_a_variable_elsewhere() -> None:
    function = function_of("int f(void) { return EINVAL; }")
    expr = function.blocks[0].terminator.expr  # type: ignore[union-attr]
    assert (expr.symbol.name, expr.type.kind) == ("EINVAL", TypeKind.UNKNOWN)


def test_the_problems_of_the_front_end_are_handed_on() -> None:
    unit = unit_of("void f(value v) { if v) g(); }")
    assert len(unit.problems) == 1
    assert unit.functions[0].incomplete


def test_nesting_that_is_too_deep_is_a_problem() -> None:
    place = Token("ID", "n", 1, 1, "a.c")
    expr: c_ast.Node = c_ast.ID("n", place)
    for _ in range(5000):
        expr = c_ast.UnaryOp("~", expr, place)
    kind = c_ast.TypeDecl("f", [], None, c_ast.IdentifierType(["int"], place), place)
    decl = c_ast.Decl("f", [], [], [], [], c_ast.FuncDecl(None, kind, place), None, None, place)
    body = c_ast.Compound([c_ast.Return(expr, place)], place)
    tree = c_ast.FileAST([c_ast.FuncDef(decl, None, body, place)])
    unit = lower(Parsed("a.c", tree, (), (), frozenset()), load_api(Profile.OCAML_5))
    assert [problem.function for problem in unit.problems] == ["f"]
    assert unit.functions[0].incomplete
