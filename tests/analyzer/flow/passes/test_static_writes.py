from __future__ import annotations

import pytest

from analyzer.flow.passes import static_writes


def told(found):
    return [(function, fact.name, fact.position.line) for function, fact in found]


@pytest.mark.parametrize(
    "write", ["n++", "n = 1", "n += 2", "memset(&n, 0, sizeof n)", "s.x[2] = 1", "a[1] = 2"]
)
def test_a_write_in_a_primitive_is_told(find, write) -> None:
    text = f"""static int n, a[4]; static struct {{ int x[4]; }} s;
value f(value u) {{ {write}; return u; }}"""
    assert [function for function, _ in find(static_writes, text)] == ["f"]


def test_a_variable_is_told_once_in_a_function(find) -> None:
    text = "static int n;\nvalue f(value u) { n = 1;\n n = 2; return u; }"
    assert told(find(static_writes, text)) == [("f", "n", 2)]


def test_a_helper_counts_where_a_primitive_reaches_it(find) -> None:
    text = """static int n;
static void reached(void) { n++; }
static void unreached(void) { n++; }
value f(value u) { reached(); return u; }"""
    assert told(find(static_writes, text)) == [("reached", "n", 2)]


@pytest.mark.parametrize(
    "body",
    [
        "pthread_mutex_lock(&m); n++; pthread_mutex_unlock(&m);",
        "lock(); n++; unlock();",
        "lock(); bump(); unlock();",
        "if (u == Val_unit) lock(); n++;",
    ],
)
def test_a_write_under_a_mutex_is_fine(find, body) -> None:
    text = f"""static pthread_mutex_t m; static int n;
static void lock(void) {{ pthread_mutex_lock(&m); }}
static void unlock(void) {{ pthread_mutex_unlock(&m); }}
static void bump(void) {{ n++; }}
value f(value u) {{ {body} return u; }}"""
    assert find(static_writes, text) == []


def test_a_write_after_the_mutex_was_given_back_is_told(find) -> None:
    text = """static pthread_mutex_t m; static int n;
value f(value u) { pthread_mutex_lock(&m); pthread_mutex_unlock(&m); n++; return u; }"""
    assert told(find(static_writes, text)) == [("f", "n", 2)]


@pytest.mark.parametrize(
    "text",
    [
        "static atomic_int n; value f(value u) { n++; return u; }",
        "static int n; value f(value u) { atomic_fetch_add(&n, 1); return u; }",
        "value f(value u) { int n; n = 1; return u; }",
        "static int *p; value f(value u) { *p = 1; p[1] = 2; return u; }",
        "static struct custom_operations o; value f(value u) { o.hash = 0; return u; }",
        """static value root;
value f(value u) { caml_register_global_root(&root); root = u; return u; }""",
    ],
)
def test_what_is_not_shared_or_is_protected_is_fine(find, text) -> None:
    assert find(static_writes, text) == []
