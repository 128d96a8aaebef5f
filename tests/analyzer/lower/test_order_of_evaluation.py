"""Calls become statements in an order that C allows; what it leaves open is said."""

from tests.analyzer.lower.lowering import body_of, straight


def test_a_call_in_an_argument_comes_first() -> None:
    assert straight("f(n, g(w));") == ["t1 = call g(w)", "call f(n, t1)"]


def test_a_value_read_beside_a_call_is_unsequenced() -> None:
    assert straight("f(v, g(w));") == [
        "t1 = call g(w)",
        "unsequenced v with g:t1",
        "call f(v, t1)",
    ]


def test_calls_in_two_arguments_are_unsequenced_with_each_other() -> None:
    assert straight("f(g(v), h(w));") == [
        "t1 = call g(v)",
        "t2 = call h(w)",
        "unsequenced t1 with h:t2",
        "unsequenced t2 with g:t1",
        "call f(t1, t2)",
    ]


def test_all_calls_nested_in_a_sibling_count() -> None:
    assert straight("f(v, g(h(w)));") == [
        "t1 = call h(w)",
        "t2 = call g(t1)",
        "unsequenced v with h:t1, g:t2",
        "call f(v, t2)",
    ]


def test_what_an_inner_operator_holds_waits_for_its_consumer() -> None:
    assert straight("f(p[g()], Int_val(h()));") == [
        "t1 = call g()",
        "t2 = call h()",
        "unsequenced p with g:t1",
        "call f(p[t1], Int_val(t2))",
    ]


def test_numbers_and_literals_are_not_held() -> None:
    assert straight('f(n, 1, "text", Val_int(n), Val_unit, Int_val(v), &n, g());') == [
        "t1 = call g()",
        'call f(n, 1, "text", Val_int(n), Val_unit, Int_val(v), &n, t1)',
    ]


def test_reads_of_the_heap_and_pointers_are_held() -> None:
    assert straight("f(Field(v, 0), String_val(v), p + 1, (void *) p, &Field(v, 1), g());") == [
        "t1 = call g()",
        "unsequenced Field(v, 0) with g:t1",
        "unsequenced String_val(v) with g:t1",
        "unsequenced p + 1 with g:t1",
        "unsequenced (void *) p with g:t1",
        "unsequenced &Field(v, 1) with g:t1",
        "call f(Field(v, 0), String_val(v), p + 1, (void *) p, &Field(v, 1), t1)",
    ]


def test_a_local_array_is_not_held_for_its_address() -> None:
    assert straight("char buf[8]; f(buf, g());") == [
        "declare char buf[8]",
        "t1 = call g()",
        "call f(buf, t1)",
    ]


def test_the_place_of_an_assignment_is_held_when_it_is_in_a_block() -> None:
    assert straight("Field(v, 0) = g();") == [
        "t1 = call g()",
        "unsequenced &Field(v, 0) with g:t1",
        "Field(v, 0) = t1",
    ]


def test_the_place_of_an_assignment_is_held_when_a_pointer_leads_to_it() -> None:
    assert straight("struct s { value x; } *q; *p = g(); p[n] = g(); q->x = g();") == [
        "declare struct s *q",
        "t1 = call g()",
        "unsequenced &*p with g:t1",
        "*p = t1",
        "t2 = call g()",
        "unsequenced &p[n] with g:t2",
        "p[n] = t2",
        "t3 = call g()",
        "unsequenced &q->x with g:t3",
        "q->x = t3",
    ]


def test_variables_and_parts_of_them_are_places_that_stay() -> None:
    assert straight("struct { value x; } s; value a[2]; v = g(); s.x = g(); a[n] = g();") == [
        "declare struct a.c:1:52 s",
        "declare value a[2]",
        "t1 = call g()",
        "v = t1",
        "t2 = call g()",
        "s.x = t2",
        "t3 = call g()",
        "a[n] = t3",
    ]


def test_the_source_is_held_when_the_place_calls() -> None:
    assert straight("Field(g(), 0) = v;") == [
        "t1 = call g()",
        "unsequenced v with g:t1",
        "Field(t1, 0) = v",
    ]


def test_store_field_reads_its_block_last() -> None:
    assert straight("Store_field(Field(v, 0), 1, g());") == [
        "t1 = call g()",
        "call Store_field(Field(v, 0), 1, t1)",
    ]


def test_store_field_calls_in_its_block_last() -> None:
    assert straight("Store_field(g(), 0, w);") == [
        "t1 = w",
        "t2 = call g()",
        "call Store_field(t2, 0, t1)",
    ]


def test_store_field_reads_its_index_before_its_value_calls() -> None:
    assert straight("Store_field(v, Int_val(Field(w, 0)), g());") == [
        "t1 = Int_val(Field(w, 0))",
        "t2 = call g()",
        "call Store_field(v, t1, t2)",
    ]


def test_store_double_field_reads_its_number_first() -> None:
    assert straight("Store_double_field(v, n, g());") == [
        "t1 = call g()",
        "call Store_double_field(v, n, t1)",
    ]


def test_modify_is_an_ordinary_call() -> None:
    assert straight("caml_modify(&Field(v, 0), g());") == [
        "t1 = call g()",
        "unsequenced &Field(v, 0) with g:t1",
        "call caml_modify(&Field(v, 0), t1)",
    ]


def test_alloc_small_assigns_its_first_argument() -> None:
    assert straight("Alloc_small(v, 2, 0); Field(v, 0) = w;") == [
        "t1 = call Alloc_small(2, 0)",
        "v = t1",
        "Field(v, 0) = w",
    ]


def test_the_comma_operator_orders() -> None:
    assert straight("v = g(), w = h(v);") == [
        "t1 = call g()",
        "v = t1",
        "t2 = call h(v)",
        "w = t2",
    ]


def test_binary_operands_are_unsequenced() -> None:
    assert straight("n = v == g();") == [
        "t1 = call g()",
        "unsequenced v with g:t1",
        "n = v == t1",
    ]


def test_items_of_an_initialiser_are_unsequenced() -> None:
    assert straight("value a[2] = { g(), h() };") == [
        "declare value a[2] zeroed",
        "t1 = call g()",
        "t2 = call h()",
        "unsequenced t1 with h:t2",
        "unsequenced t2 with g:t1",
        "a[0] = t1",
        "a[1] = t2",
    ]


def test_a_condition_holds_too() -> None:
    assert body_of("if (v == g()) h();").splitlines()[:4] == [
        "b0:",
        "  t1 = call g()",
        "  unsequenced v with g:t1",
        "  if v == t1 then b1 else b2",
    ]


def test_a_chosen_call_is_unsequenced_with_the_other_arguments() -> None:
    assert body_of("f(v, n ? g() : w);") == "\n".join(
        [
            "b0:",
            "  if n then b1 else b2",
            "b1:",
            "  t1 = call g()",
            "  t2 = t1",
            "  goto b3",
            "b2:",
            "  t2 = w",
            "  goto b3",
            "b3:",
            "  unsequenced v with g:t1",
            "  call f(v, t2)",
            "  return (implicit)",
        ]
    )


def test_logical_operators_order_their_operands() -> None:
    assert "unsequenced" not in body_of("n = g(v) && h(w);")


def test_increments_happen_before_their_consumer() -> None:
    assert straight("p[n++] = *p++; f(++n);") == [
        "t1 = n",
        "n = n + 1",
        "t2 = p",
        "p = p + 1",
        "p[t1] = *t2",
        "n = n + 1",
        "call f(n)",
    ]


def test_increments_as_statements_need_no_temporary() -> None:
    assert straight("n++; --n; p++;") == ["n = n + 1", "n = n - 1", "p = p + 1"]


def test_compound_assignment_reads_its_place() -> None:
    assert straight("n += g(); p[0] |= 1;") == [
        "t1 = call g()",
        "n = n + t1",
        "p[0] = p[0] | 1",
    ]


def test_an_assignment_is_a_value() -> None:
    assert straight("v = w = g(); f(n = 1);") == [
        "t1 = call g()",
        "w = t1",
        "v = w",
        "n = 1",
        "call f(n)",
    ]


def test_a_statement_expression_keeps_its_value_beyond_its_scope() -> None:
    assert straight("v = ({ value x = g(); x; });") == [
        "declare value x",
        "t1 = call g()",
        "x = t1",
        "t2 = x",
        "end x",
        "v = t2",
    ]


def test_sizeof_does_not_evaluate() -> None:
    assert straight("n = sizeof g(v) + sizeof(value) + sizeof n;") == [
        "n = (sizeof(?) + sizeof(value)) + sizeof(int)"
    ]
