"""Whatever statements are put together, the IR keeps its rules."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from analyzer.ir.dump import dump
from tests.analyzer.lower.lowering import unit_of

_ATOMS = st.sampled_from(
    ["v", "w", "n", "*p", "p[n]", "s.x", "q->x", "1", "0", "Val_unit", "Field(v, 0)", "g()"]
)
_PLACES = st.sampled_from(["v", "n", "*p", "p[n]", "s.x", "q->x", "Field(v, n)"])


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("g({}, {})".format, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} && {})".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("({} ? {} : {})".format, inner, inner, inner),
        st.builds("({} ?: {})".format, inner, inner),
        st.builds("({} = {})".format, _PLACES, inner),
        st.builds("({} += {})".format, _PLACES, inner),
        st.builds("({}, {})".format, inner, inner),
        st.builds("{}++".format, _PLACES),
        st.builds("!{}".format, inner),
        st.builds("({{ value y = {}; y; }})".format, inner),
        st.builds("Store_field({}, {}, {})".format, inner, inner, inner),
    )


_EXPRESSIONS = st.recursive(_ATOMS, _larger, max_leaves=6)


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("{} {}".format, inner, inner),
        st.builds("{{ value x = {}; {} }}".format, _EXPRESSIONS, inner),
        st.builds("if ({}) {{ {} }}".format, _EXPRESSIONS, inner),
        st.builds("if ({}) {{ {} }} else {{ {} }}".format, _EXPRESSIONS, inner, inner),
        st.builds("while ({}) {{ int x; g(&x); {} break; }}".format, _EXPRESSIONS, inner),
        st.builds("do {{ {} if (n) continue; }} while ({});".format, inner, _EXPRESSIONS),
        st.builds("for (value x = {0};; n++) {{ {1} }}".format, _EXPRESSIONS, inner),
        st.builds(
            "switch ({}) {{ case 1: {} break; case 2: {} default: {} }}".format,
            _EXPRESSIONS,
            inner,
            inner,
            inner,
        ),
    )


_SIMPLE = st.one_of(
    st.builds("{};".format, _EXPRESSIONS),
    st.builds("return {};".format, _EXPRESSIONS),
    st.sampled_from(["goto out;", "goto top;", "CAMLreturn(g(v));", "value x;"]),
)
_STATEMENTS = st.recursive(_SIMPLE, _compound, max_leaves=8)
_HEAD = "struct t { value x; }; value f(value v, value w, int n, value *p, struct t *q) {"


@given(_STATEMENTS)
def test_every_body_lowers_to_sound_blocks(statements: str) -> None:
    text = f"{_HEAD} struct t s; top: {statements} out: return v; }}"
    unit = unit_of(text)
    assert unit.problems == ()
    assert dump(unit.functions[0]) == dump(unit_of(text).functions[0])
