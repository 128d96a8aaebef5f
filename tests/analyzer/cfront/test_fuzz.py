"""Whatever the text, parsing ends, says what it skipped, and loses nothing else."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from pycparser import c_ast

from tests.analyzer.cfront.trees import functions, parse_all

_STUB = """
#include <caml/mlvalues.h>
#define Point_val(v) (*((struct point **) Data_custom_val(v)))
#ifdef HAVE_POINTS
typedef struct point { double x, y; } point_t;
#else
typedef struct point { int x : 3; union { char *s; intnat n; }; } point_t;
#endif
static struct custom_operations ops = { "point", custom_finalize_default, .hash = 0 };
CAMLprim value point_make(value x, value y) {
  CAMLparam2(x, y);
  CAMLlocal1(res);
  point_t *p = (point_t *) malloc(sizeof(point_t));
  if (p == NULL) caml_raise_out_of_memory();
  for (int i = 0; i < 3; i++) { p->x += Int_val(Field(x, i)) ? 1 : -2; }
  res = caml_alloc_custom(&ops, sizeof(struct point *), 0, 1);
  Point_val(res) = p;
  CAMLreturn(res);
}
value point_get(value v) /* a comment */ {
  Begin_roots1(v)
    switch (Tag_val(v)) { case 0: goto out; default: v = Val_unit; }
  out: ;
  End_roots();
  return caml_copy_string("it's" "\\n");
}
"""
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_WORDS = _WORD.findall(_STUB)
_JUNK = [
    *"(){}[];,*#\"'\\",
    "/*",
    "//",
    "\n#if X\n",
    "\n#else\n",
    "\n#endif\n",
    "\n#define value ",
    "\n#define F(x, ...) x ## x #x __VA_ARGS__\n",
    "F(",
    "##",
    "...",
    "return",
    "CAMLreturn",
    "CAMLlocal1",
    "End_roots",
    "__attribute__((",
    "[[",
    "typedef",
    "struct",
    "\N{LATIN SMALL LETTER E WITH ACUTE}",
    "0x",
    "'a",
]


@st.composite
def mutations(draw: st.DrawFn, most: int = 6) -> str:
    """The stub with some words deleted, doubled, exchanged or added, or cut off."""
    words = list(_WORDS)
    for _ in range(draw(st.integers(1, most))):
        place = draw(st.integers(0, len(words) - 1))
        match draw(st.sampled_from(["delete", "double", "exchange", "add", "cut"])):
            case "delete" if len(words) > 1:
                del words[place]
            case "double":
                words.insert(place, words[place])
            case "exchange":
                other = draw(st.integers(0, len(words) - 1))
                words[place], words[other] = words[other], words[place]
            case "add":
                words.insert(place, draw(st.sampled_from(_JUNK)))
            case _:
                words = words[: place + 1]
    return "".join(words)


def _walk(node: c_ast.Node) -> None:
    assert node.coord is None or (node.coord.line >= 1 and node.coord.column >= 1)
    for _, child in node.children():
        _walk(child)


@given(mutations())
@settings(max_examples=60, deadline=None)
def test_a_mutated_stub_is_parsed_to_the_end(text: str) -> None:
    for parsed in parse_all(text):
        _walk(parsed.ast)
        for problem in parsed.problems:
            assert problem.position.path == "a.c"
            assert 1 <= problem.position.line <= text.count("\n") + 1


@given(mutations(most=1))
@settings(max_examples=30, deadline=None)
def test_damage_in_a_function_spares_the_one_after_it(text: str) -> None:
    # Neither a comment, nor a conditional, nor a literal may swallow what comes.
    text = re.sub(r"/\*|//|#|\\|\[\[", "", text)
    for parsed in parse_all(text + "\n;\nvalue after(value a)\n{\n  return a;\n}\n"):
        assert "after" in functions(parsed)


@given(st.text(alphabet="(){}[];,*#\"'\\ \n/ax1.<:?=-&", max_size=60))
@settings(max_examples=100, deadline=None)
def test_any_text_is_parsed_to_the_end(text: str) -> None:
    for parsed in parse_all(text):
        _walk(parsed.ast)


@given(st.binary(max_size=60))
@settings(max_examples=30, deadline=None)
def test_any_bytes_are_parsed_to_the_end(data: bytes) -> None:
    for parsed in parse_all(data):
        _walk(parsed.ast)
