"""Declarations, and where the locals of a block end."""

from analyzer.ir.dump import dump_global
from analyzer.ir.nodes import Assign, Declare, EndScope, Storage, Var
from tests.analyzer.lower.lowering import body_of, function_of, straight, unit_of


def test_a_declaration_without_initialiser_is_said() -> None:
    assert straight("int i; value x;") == ["declare int i", "declare value x"]


def test_an_initialised_number_needs_no_declaration() -> None:
    assert straight("int i = 0; const char *s = p; value x = v;") == [
        "i = 0",
        "s = p",
        "declare value x",
        "x = v",
    ]


def test_shadowing_makes_another_symbol() -> None:
    function = function_of("void f(int n) { n = 1; { int n = 2; n = 3; } n = 4; }")
    places = [i.place for i in function.blocks[0].instructions if isinstance(i, Assign)]
    symbols = [place.symbol for place in places if isinstance(place, Var)]
    outer, inner = symbols[0], symbols[1]
    assert symbols == [outer, inner, inner, outer]
    assert (outer.storage, inner.storage) == (Storage.PARAMETER, Storage.LOCAL)


def test_the_end_of_a_block_ends_its_values_arrays_and_structures() -> None:
    assert straight("{ value x; char b[4]; struct s t; int i; char *q; g(); } h();") == [
        "declare value x",
        "declare char b[4]",
        "declare struct s t",
        "declare int i",
        "declare char *q",
        "call g()",
        "end x, b, t",
        "call h()",
    ]


def test_numbers_and_pointers_end_only_if_their_address_is_taken() -> None:
    assert straight("{ int i; int j; g(&i); }") == [
        "declare int i",
        "declare int j",
        "call g(&i)",
        "end i",
    ]


def test_the_functions_own_block_has_no_end() -> None:
    assert straight("value x; g(x);") == ["declare value x", "call g(x)"]


def test_break_and_continue_leave_the_loops_body() -> None:
    assert body_of("while (n) { value x; if (v) break; if (w) continue; g(x); }") == "\n".join(
        [
            "b0:",
            "  goto b1",
            "b1 loop:",
            "  if n then b2 else b7",
            "b2:",
            "  declare value x",
            "  if v then b3 else b4",
            "b3:",
            "  end x",
            "  goto b7",
            "b4:",
            "  if w then b5 else b6",
            "b5:",
            "  end x",
            "  goto b1",
            "b6:",
            "  call g(x)",
            "  end x",
            "  goto b1",
            "b7:",
            "  return (implicit)",
        ]
    )


def test_an_address_taken_behind_a_break_counts() -> None:
    text = body_of("while (n) { int i; if (v) break; g(&i); }")
    assert text.count("end i") == 2


def test_a_variable_of_for_ends_behind_the_loop() -> None:
    text = body_of("for (value x = v; n; n--) { if (w) break; } g();")
    assert text.splitlines()[-3:-1] == ["  end x", "  call g()"]
    assert text.count("end x") == 1


def test_goto_ends_the_blocks_it_leaves_from_the_inside_out() -> None:
    function = function_of(
        "void f(int n) {\n  value a;\n  {\n    value b;\n    {\n      value c;\n"
        "      goto out;\n    }\n    out: g();\n  }\n}"
    )
    ends = [
        ([s.name for s in i.symbols], i.position.line, i.start.line)
        for block in function.blocks
        for i in block.instructions
        if isinstance(i, EndScope)
    ]
    assert ends == [(["c"], 7, 5), (["b"], 9, 3)]


def test_goto_into_the_same_block_ends_nothing() -> None:
    assert "end" not in body_of("value x; again: g(x); if (n) goto again;")


def test_goto_back_out_of_a_block_ends_it() -> None:
    text = body_of("again: { value x; if (n) goto again; g(x); }")
    assert text.count("end x") == 2


def test_leaving_two_blocks_at_once_says_so_twice() -> None:
    lines = body_of("while (n) { value x; { value y; break; } }").splitlines()
    at = lines.index("  end y")
    assert lines[at : at + 2] == ["  end y", "  end x"]


def test_a_static_local_is_a_global_of_its_function() -> None:
    unit = unit_of("int f(void) { static int count = 1; static value v; return count++; }")
    assert [dump_global(variable) for variable in unit.globals] == [
        "static_local int count in f = 1",
        "static_local value v in f",
    ]
    instructions = unit.functions[0].blocks[0].instructions
    assert [i for i in instructions if isinstance(i, Declare)] == []


def test_an_extern_declaration_in_a_function_names_the_file_level_variable() -> None:
    unit = unit_of("value root; value f(void) { extern value root; return root; }")
    returned = unit.functions[0].blocks[0].terminator.expr  # type: ignore[union-attr]
    assert isinstance(returned, Var)
    assert returned.symbol is unit.globals[0].symbol


def test_a_name_in_its_own_initialiser_is_the_new_one() -> None:
    assert straight("{ void *q = &q; }") == ["q = &q", "end q"]


def test_sizes_of_variable_length_arrays_are_evaluated() -> None:
    assert straight("value a[g()]; char b[Wosize_val(v)];") == [
        "call g()",
        "declare value a[]",
        "evaluate Wosize_val(v)",
        "declare char b[]",
    ]
