from __future__ import annotations

import pytest

from analyzer.flow.passes import useless_frames


def primitive(body: str) -> str:
    return f"""static int get(value v) {{ return Int_val(v); }}
static value make(void) {{ return caml_alloc(1, 0); }}
value f(value v)
{{
  CAMLparam1(v);
  {body}
  CAMLreturn(v);
}}
"""


@pytest.mark.parametrize(
    "body",
    [
        "",
        "get(v);",
        "Store_field(v, 0, Val_int(1));",
        "memcpy(buffer, String_val(v), 8);",
        "some_library(1);",
        'if (get(v)) caml_failwith("f");',
    ],
)
def test_a_frame_that_no_collection_sees_is_told(find, body) -> None:
    [(name, fact)] = find(useless_frames, primitive(body))
    assert (name, fact.macro, fact.position.line) == ("f", "CAMLparam1", 5)


@pytest.mark.parametrize(
    "body",
    [
        "caml_alloc(1, 0);",
        "make();",
        "caml_enter_blocking_section(); caml_leave_blocking_section();",
        "unknown(v);",
        "caml_unknown();",
        "(*pointer)(1);",
        "library_walk(get);",
    ],
)
def test_a_frame_that_a_collection_may_see_is_not(find, body) -> None:
    assert find(useless_frames, primitive(body)) == []


def test_a_function_without_a_frame_has_none_to_lose(find) -> None:
    assert find(useless_frames, "value f(value v) { return Field(v, 0); }") == []


def test_a_frame_is_needed_if_one_configuration_needs_it(find) -> None:
    body = "\n#ifdef HAVE_IT\n  make();\n#endif\n"
    assert find(useless_frames, primitive(body)) == []
