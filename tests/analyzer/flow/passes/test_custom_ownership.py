from __future__ import annotations

import pytest

from analyzer.flow.facts import CustomFault
from analyzer.flow.passes import custom_ownership

BARE = 'static struct custom_operations ops = { "x", custom_finalize_default };\n'
FREED = """static void f(value v) { free(*(void **) Data_custom_val(v)); }
static struct custom_operations ops = { "x", f };
"""
ALLOCATED = "value v = caml_alloc_custom(&ops, 8, 0, 1);"


def primitive(body: str) -> str:
    return f"value make(value n)\n{{\n  {body}\n  return v;\n}}\n"


OWNING = [
    f"{ALLOCATED} *(char **) Data_custom_val(v) = malloc(8);",
    f"char *p = strdup(name); {ALLOCATED} *(char **) Data_custom_val(v) = p;",
    f"{ALLOCATED} struct s *s = Data_custom_val(v); s->file = fopen(name, mode);",
    f"{ALLOCATED} ((char **) Data_custom_val(v))[1] = caml_stat_alloc(8);",
    f"{ALLOCATED} Field(v, 1) = (value) malloc(8);",
    f"{ALLOCATED} posix_memalign((void **) Data_custom_val(v), 8, 8);",
    f"{ALLOCATED} *(char **) Data_custom_val(v) = fresh();",
]
HELPERS = """struct s { void *file; }; static const char *name, *mode;
static char *fresh(void) { return malloc(8); }
"""


@pytest.mark.parametrize("body", OWNING)
def test_a_block_that_owns_something_needs_a_finaliser(find, body) -> None:
    [(name, fact)] = find(custom_ownership, HELPERS + BARE + primitive(body))
    assert (name, fact.fault) == ("make", CustomFault.NO_FINALISER)


@pytest.mark.parametrize("body", OWNING)
def test_a_block_with_a_finaliser_may_own_anything(find, body) -> None:
    assert find(custom_ownership, HELPERS + FREED + primitive(body)) == []


def test_what_is_owned_is_named_with_where_it_came_from(find) -> None:
    [(_, fact)] = find(custom_ownership, BARE + primitive(f"{ALLOCATED}\n{OWNING[0][-46:]}"))
    assert fact.position.line == 4
    assert fact.detail == "result of 'malloc'"
    assert fact.related.position.line == 5


@pytest.mark.parametrize(
    "body",
    [
        f"{ALLOCATED} *(int *) Data_custom_val(v) = Int_val(n);",
        f"{ALLOCATED} *(char **) Data_custom_val(v) = name;",
        f"{ALLOCATED} char *p = malloc(8); use(p); free(p);",
        f"{ALLOCATED} char *p = malloc(8); p = 0; *(char **) Data_custom_val(v) = p;",
    ],
)
def test_a_block_that_owns_nothing_needs_no_finaliser(find, body) -> None:
    assert find(custom_ownership, HELPERS + BARE + primitive(body)) == []


def test_operations_that_are_not_known_are_left_alone(find) -> None:
    text = "extern struct custom_operations ops;\n" + primitive(OWNING[0])
    assert find(custom_ownership, text) == []


def test_operations_of_another_file_are_known(find) -> None:
    shared = BARE.removeprefix("static ")
    text = "extern struct custom_operations ops;\n" + primitive(OWNING[0])
    assert len(find(custom_ownership, shared, text)) == 1
