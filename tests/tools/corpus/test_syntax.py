"""Function definitions in raw text."""

from __future__ import annotations

from tools.corpus.syntax import Definition, function_definitions


def test_definitions_are_found_in_every_branch_and_declarator() -> None:
    text = b"""#if X
CAMLprim value f(value v) { return v; }
#else
static value *(*g(int x))(void) { return 0; }
#endif
int old(a) int a;
{
  return a;
}
int not_defined(void);
"""
    assert function_definitions(text) == [
        Definition("f", 2, 2),
        Definition("g", 4, 4),
        Definition("old", 6, 9),
    ]
