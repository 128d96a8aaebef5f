from __future__ import annotations

from analyzer.flow.facts import RemovedName
from analyzer.flow.passes import removed_names
from runtime_sim.model.profile import Profile


def told(found):
    assert all(isinstance(fact, RemovedName) for _, fact in found)
    return [(function, fact.name, fact.position.line, fact.redeclared) for function, fact in found]


def test_an_unprefixed_function_is_told_once_in_each_function(find) -> None:
    found = find(
        removed_names,
        """
value f(value s) { return copy_string(strdup(String_val(s))); }
value g(value s)
{
  if (s == Val_unit) return copy_string("a");
  return copy_string("b");
}
""",
    )
    assert told(found) == [("f", "copy_string", 2, False), ("g", "copy_string", 5, False)]


def test_an_unprefixed_function_is_told_while_it_still_exists(find) -> None:
    text = "value f(value x) { return copy_double(Double_val(x)); }"
    found = find(removed_names, text, profile=Profile.OCAML_4_14)
    assert told(found) == [("f", "copy_double", 1, False)]


def test_the_lock_by_its_old_name_is_told(find) -> None:
    found = find(removed_names, "value f(value x) { enter_blocking_section(); return x; }")
    assert told(found) == [("f", "enter_blocking_section", 1, False)]


def test_a_function_of_the_project_may_have_an_old_name(find) -> None:
    own = "value alloc(int size, int tag) { return Val_unit; }"
    assert find(removed_names, own, "value f(value x) { return alloc(1, 0); }") == []


def test_a_declared_function_may_have_an_old_name(find) -> None:
    text = "extern int flush(void *stream);\nvalue f(value x) { flush(0); return x; }"
    assert find(removed_names, text) == []


def test_a_call_with_other_arguments_is_of_another_function(find) -> None:
    assert find(removed_names, "value f(value x) { initialize(); alloc(3); return x; }") == []


def test_parameters_locals_and_fields_may_have_any_name(find) -> None:
    text = """
struct s { int (*alloc)(int, int); int failwith; };
value f(value callback, struct s *s)
{
  int modify = s->alloc(1, 2);
  s->failwith = modify;
  return callback;
}
"""
    assert find(removed_names, text) == []


def test_the_page_table_is_told_where_it_is_gone(find) -> None:
    text = "value f(value x) { return Val_bool(Is_in_heap(x)); }"
    assert told(find(removed_names, text)) == [("f", "Is_in_heap", 1, False)]
    assert find(removed_names, text, profile=Profile.OCAML_4_14) == []


def test_a_variable_of_the_headers_is_told_where_it_is_gone(find) -> None:
    text = "value f(value x) { return Val_bool(caml_local_roots != 0); }"
    assert told(find(removed_names, text)) == [("f", "caml_local_roots", 1, False)]


def test_a_variable_declared_by_hand_is_told_at_its_declaration(find) -> None:
    text = """
extern value *caml_young_ptr;
value f(value x) { return Val_bool((value *) x > caml_young_ptr); }
value g(value x) { return Val_bool((value *) x < caml_young_ptr); }
"""
    assert told(find(removed_names, text)) == [("f", "caml_young_ptr", 2, True)]


def test_a_removed_function_declared_by_hand_is_told(find) -> None:
    text = """
extern int caml_page_table_lookup(void *address);
value f(value x) { return Val_int(caml_page_table_lookup((void *) x)); }
"""
    assert told(find(removed_names, text)) == [("f", "caml_page_table_lookup", 3, True)]


def test_old_names_of_the_unix_helpers_still_exist(find) -> None:
    assert find(removed_names, 'value f(value x) { uerror("f", x); return x; }') == []


def test_old_constants_of_bigarrays_are_told(find) -> None:
    text = "value f(value x) { return caml_ba_alloc(BIGARRAY_UINT8, 1, 0, 0); }"
    assert told(find(removed_names, text)) == [("f", "BIGARRAY_UINT8", 1, False)]
