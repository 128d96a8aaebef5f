"""Branches, loops, switches and jumps."""

from analyzer.ir.nodes import Return, Unreachable
from tests.analyzer.lower.lowering import body_of, function_of, straight, unit_of


def test_if_else_joins() -> None:
    assert body_of("if (n) g(); else h(); k();") == "\n".join(
        [
            "b0:",
            "  if n then b1 else b2",
            "b1:",
            "  call g()",
            "  goto b3",
            "b2:",
            "  call h()",
            "  goto b3",
            "b3:",
            "  call k()",
            "  return (implicit)",
        ]
    )


def test_logical_operators_in_conditions_are_branches() -> None:
    assert body_of("if (n && g() || !Is_block(v)) h();") == "\n".join(
        [
            "b0:",
            "  if n then b1 else b2",
            "b1:",
            "  t1 = call g()",
            "  if t1 then b3 else b2",
            "b2:",
            "  if Is_block(v) then b4 else b3",
            "b3:",
            "  call h()",
            "  goto b4",
            "b4:",
            "  return (implicit)",
        ]
    )


def test_likelihood_hints_are_transparent() -> None:
    assert body_of("if (CAMLunlikely(n && v)) g();") == body_of("if (n && v) g();")
    assert straight("n = __builtin_expect(n == 1, 0);") == ["n = n == 1"]


def test_a_conditional_operator_in_a_condition_is_branches() -> None:
    assert body_of("if (n ? g() : v) h();").splitlines()[:5] == [
        "b0:",
        "  if n then b1 else b2",
        "b1:",
        "  t1 = call g()",
        "  if t1 then b3 else b4",
    ]


def test_a_choice_without_calls_is_an_expression() -> None:
    assert straight("v = n ? Field(v, 0) : w; n = n && p; n = n || !p;") == [
        "v = n ? Field(v, 0) : w",
        "n = n ? (p ? 1 : 0) : 0",
        "n = n ? 1 : (!p ? 1 : 0)",
    ]


def test_a_choice_with_calls_assigns_a_temporary() -> None:
    assert body_of("return n ? g(v) : w;") == "\n".join(
        [
            "b0:",
            "  if n then b1 else b2",
            "b1:",
            "  t1 = call g(v)",
            "  t2 = t1",
            "  goto b3",
            "b2:",
            "  t2 = w",
            "  goto b3",
            "b3:",
            "  return t2",
        ]
    )


def test_a_logical_value_with_calls_is_zero_or_one() -> None:
    assert body_of("return n || g(v);") == "\n".join(
        [
            "b0:",
            "  if n then b2 else b1",
            "b1:",
            "  t1 = call g(v)",
            "  if t1 then b2 else b3",
            "b2:",
            "  t2 = 1",
            "  goto b4",
            "b3:",
            "  t2 = 0",
            "  goto b4",
            "b4:",
            "  return t2",
        ]
    )


def test_a_choice_as_a_statement_drops_both_results() -> None:
    text = body_of("n ? g() : (void) h(); n && k();")
    assert [line for line in text.splitlines() if "call" in line] == [
        "  call g()",
        "  call h()",
        "  call k()",
    ]


def test_the_default_operator_evaluates_its_condition_once() -> None:
    text = body_of("return g() ?: h();")
    assert text.count("call g()") == 1
    assert straight("return n ?: 1;") == ["return n ? n : 1"]


def test_while_tests_first() -> None:
    assert body_of("while (n) g();") == "\n".join(
        [
            "b0:",
            "  goto b1",
            "b1 loop:",
            "  if n then b2 else b3",
            "b2:",
            "  call g()",
            "  goto b1",
            "b3:",
            "  return (implicit)",
        ]
    )


def test_do_tests_last() -> None:
    assert body_of("do g(); while (n);") == "\n".join(
        [
            "b0:",
            "  goto b1",
            "b1 loop:",
            "  call g()",
            "  if n then b1 else b2",
            "b2:",
            "  return (implicit)",
        ]
    )


def test_do_while_zero_is_no_loop() -> None:
    assert straight("do { g(); if (0) h(); } while (0); k();") == ["call g()", "call k()"]


def test_an_endless_loop_has_no_way_out() -> None:
    expected = "\n".join(["b0:", "  goto b1", "b1 loop:", "  call g()", "  goto b1"])
    assert body_of("while (1) g(); h();") == expected
    assert body_of("for (;;) g(); h();") == expected


def test_for_steps_after_continue() -> None:
    assert body_of("for (n = 0; n < 9; n++) { if (v) continue; if (w) break; g(); }") == "\n".join(
        [
            "b0:",
            "  n = 0",
            "  goto b1",
            "b1 loop:",
            "  if n < 9 then b2 else b6",
            "b2:",
            "  if v then b5 else b3",
            "b3:",
            "  if w then b6 else b4",
            "b4:",
            "  call g()",
            "  goto b5",
            "b5:",
            "  n = n + 1",
            "  goto b1",
            "b6:",
            "  return (implicit)",
        ]
    )


def test_switch_falls_through_and_has_a_default() -> None:
    text = body_of("switch (n) { case 1: case 2: g(); case 3: h(); break; default: k(); }")
    assert text == "\n".join(
        [
            "b0:",
            "  switch n {1, 2: b1; 3: b2; default: b3}",
            "b1:",
            "  call g()",
            "  goto b2",
            "b2:",
            "  call h()",
            "  goto b4",
            "b3:",
            "  call k()",
            "  goto b4",
            "b4:",
            "  return (implicit)",
        ]
    )


def test_switch_without_default_goes_on_behind_it() -> None:
    assert body_of("switch (n) { case 1: g(); }").splitlines()[1] == (
        "  switch n {1: b1; default: b2}"
    )


def test_case_labels_are_constants_where_they_can_be() -> None:
    text = body_of(
        "enum { A = 3 }; switch (n) { case 'a' + 1: case A: case Val_int(2): case 5 ... 7: g(); }"
    )
    assert text.splitlines()[1] == "  switch n {98, A, Val_int(2), 5 ... 7: b1; default: b2}"


def test_case_labels_may_stand_in_a_loop() -> None:
    text = body_of("switch (n) { case 0: do { g(); case 1: h(); } while (--n); }")
    assert text == "\n".join(
        [
            "b0:",
            "  switch n {0: b2; 1: b1; default: b3}",
            "b1 loop:",
            "  call h()",
            "  n = n - 1",
            "  if n then b2 else b3",
            "b2:",
            "  call g()",
            "  goto b1",
            "b3:",
            "  return (implicit)",
        ]
    )


def test_continue_in_a_switch_is_the_loops() -> None:
    text = body_of("while (n) { switch (n) { case 1: continue; } g(); }")
    assert "switch n {1: b1; default: b3}" in text


def test_goto_goes_forward_and_back() -> None:
    assert body_of("again: if (n) goto out; g(); goto again; out: h();") == "\n".join(
        [
            "b0:",
            "  goto b1",
            "b1 loop:",
            "  if n then b2 else b3",
            "b2:",
            "  call h()",
            "  return (implicit)",
            "b3:",
            "  call g()",
            "  goto b1",
        ]
    )


def test_goto_may_enter_a_block() -> None:
    assert straight("goto in; { g(); in: h(); }") == ["call h()"]


def test_a_missing_label_is_a_problem() -> None:
    unit = unit_of("void f(void) { goto nowhere; }")
    assert [problem.message for problem in unit.problems] == ["there is no label 'nowhere'"]
    assert isinstance(unit.functions[0].blocks[0].terminator, Unreachable)


def test_what_cannot_be_reached_is_dropped() -> None:
    assert straight("return v; g();") == ["return v"]
    assert straight("if (0) g(); else if (1) h(); else k();") == ["call h()"]
    assert straight("enum { OFF }; if (OFF && g()) h();") == []


def test_code_behind_a_condition_that_is_never_true_is_reached_by_its_label() -> None:
    assert straight("goto in; if (0) { in: g(); }") == ["call g()"]


def test_calls_that_never_return_end_no_block() -> None:
    assert straight('caml_failwith("no"); abort(); g();') == [
        'call caml_failwith("no")',
        "call abort()",
        "call g()",
    ]


def test_unreachable_ends_a_block() -> None:
    assert straight("g(); __builtin_unreachable(); h();") == ["call g()", "unreachable"]


def test_the_end_of_a_function_returns_at_its_brace() -> None:
    function = function_of("void f(void)\n{\n  g();\n}\n")
    end = function.blocks[0].terminator
    assert isinstance(end, Return)
    assert (end.implicit, end.position, function.end) == (True, ("a.c", 4, 1), ("a.c", 4, 1))


def test_a_return_has_its_own_position() -> None:
    end = function_of("int f(void)\n{\n  return 1;\n}\n").blocks[0].terminator
    assert isinstance(end, Return)
    assert (end.implicit, end.position) == (False, ("a.c", 3, 3))


def test_a_void_call_that_is_returned_is_a_statement() -> None:
    function = function_of("void g(void); void f(void) { return g(); }")
    assert len(function.blocks[0].instructions) == 1


def test_an_infinite_empty_loop_stays() -> None:
    assert body_of("for (;;) ;") == "\n".join(["b0:", "  goto b1", "b1 loop:", "  goto b1"])
