"""What stubs leave undefined is there when they are linked with their stand-ins, and behaves."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.inference import Carrier, Held
from analyzer.ir.nodes import Unit
from analyzer.ir.types import CType, TypeKind
from runtime_sim.build import BuildError, compiler
from stubcheck.stand_ins import write_makers, write_stand_ins
from tests.analyzer.lower.lowering import unit_of

Link = Callable[..., ctypes.CDLL]

_HEADERS = "#include <stddef.h>\n#include <string.h>\n#include <stdlib.h>\n"


@pytest.fixture
def link(tmp_path: Path) -> Link:
    """Compiles C text together with what stands in for the names."""
    try:
        command = compiler()
    except BuildError as error:
        pytest.skip(error.message)

    def link_text(text: str, *undefined: str, more: str = "") -> ctypes.CDLL:
        (tmp_path / "stubs.c").write_text(_HEADERS + text)
        (tmp_path / "more.c").write_text(write_stand_ins([_unit(text)], undefined) + more)
        library = tmp_path / "stubs.so"
        flags = ["-std=gnu11", "-Wall", "-Werror", "-fPIC", "-shared"]
        sources = [tmp_path / "stubs.c", tmp_path / "more.c"]
        subprocess.run([*command, *flags, *sources, "-Wl,-z,defs", "-o", library], check=True)
        return ctypes.CDLL(str(library))

    return link_text


def _unit(text: str) -> Unit:
    return unit_of("typedef unsigned long size_t;\n" + text)


def test_a_seed_decides_what_is_returned(link: Link) -> None:
    library = link("extern int lib_get(void); int f(void) { return lib_get(); }", "lib_get")
    drawn = []
    for seed in (3, 4, 3):
        library.stand_in_start(seed)
        drawn.append([library.f() for _ in range(20)])
    assert drawn[0] == drawn[2] != drawn[1]


@pytest.mark.parametrize(
    ("test", "least"), [("", 0), ("if (n < 0) return -7;", -7), ("if (n == -1) return -7;", -7)]
)
def test_a_number_is_negative_only_where_the_stub_asks(link: Link, test: str, least: int) -> None:
    text = f"extern int lib_count(void); int f(void) {{ int n = lib_count(); {test} return n; }}"
    library = link(text, "lib_count")
    assert min(library.f() for _ in range(60)) == least


def test_who_asks_until_there_is_no_more_comes_to_an_end(link: Link) -> None:
    text = (
        "extern const char *lib_next(void *); "
        "int f(void) { int n = 0; while (lib_next(NULL) != NULL) n++; return n; }"
    )
    library = link(text, "lib_next")
    assert {library.f() for _ in range(60)} == {0, 1, 2, 3, 4, 5}


def test_what_a_stub_asks_for_is_among_what_is_returned(link: Link) -> None:
    text = (
        "enum { BUSY = 17 }; extern int lib_step(void); "
        "int f(void) { int rc = lib_step(); "
        "switch (rc) { case BUSY: return 1; case 230: return 2; "
        "default: return rc == 4711 ? 3 : 0; } }"
    )
    library = link(text, "lib_step")
    assert {library.f() for _ in range(60)} == {0, 1, 2, 3}


def test_a_pointer_that_nobody_tests_is_never_null(link: Link) -> None:
    text = (
        "extern const char *lib_name(void); "
        "int f(void) { int n = 0; for (int i = 0; i < 30; i++) n += strlen(lib_name()) >= 0; "
        "return n; }"
    )
    assert link(text, "lib_name").f() == 30


def test_nothing_fails_of_which_one_caller_does_not_ask_it(link: Link) -> None:
    text = (
        "extern int lib_count(void);"
        "int careful(void) { return lib_count() < 0; }"
        "int f(void) { return lib_count(); }"
    )
    library = link(text, "lib_count")
    assert min(library.f() for _ in range(60)) == 0


def test_a_caller_asks_through_those_that_it_hands_the_result_to(link: Link) -> None:
    text = (
        "extern int lib_count(void);"
        "static int is_wrong(int rc) { return rc < 0; }"
        "static int checked(int rc) { return is_wrong(rc) ? -7 : rc; }"
        "int f(void) { return checked(lib_count()); }"
    )
    library = link(text, "lib_count")
    assert min(library.f() for _ in range(60)) == -7


def test_what_is_to_be_filled_is_filled(link: Link) -> None:
    text = (
        "struct event { int kind; double at; const char *name; };"
        "extern int lib_poll(struct event *, char *buffer, size_t n, long *out);"
        'int f(void) { struct event e = { -9, -9.5, NULL }; char b[8] = "aaaaaaa"; '
        "long out = -9; lib_poll(&e, b, 2, &out); "
        "return e.kind >= 0 && e.at > -9 && e.name != NULL && strlen(e.name) < 64 "
        '&& strcmp(b, "xxaaaaa") == 0 && out > -9; }'
    )
    assert link(text, "lib_poll").f() == 1


def test_what_is_constant_is_left_alone(link: Link) -> None:
    text = (
        "extern int lib_write(const char *buffer, size_t n);"
        'int f(void) { char b[4] = "aaa"; lib_write(b, 3); return b[0]; }'
    )
    assert link(text, "lib_write").f() == ord("a")


def test_a_function_is_called_with_what_is_handed_beside_it(link: Link) -> None:
    text = (
        "typedef void (*visit)(int n, void *data);"
        "extern void lib_each(visit, void *data);"
        "static void count(int n, void *data) { ++*(int *) data; }"
        "int f(void) { int calls = 0; lib_each(count, &calls); return calls; }"
    )
    library = link(text, "lib_each")
    assert {library.f() for _ in range(60)} == {0, 1, 2, 3}


def test_structures_are_laid_out_alike(link: Link) -> None:
    text = (
        "struct pair { char tag; struct { short x; double y; } in; int after[3]; };"
        "extern struct pair *lib_pair(void);"
        "struct pair result(void) { return *lib_pair(); }"
        "int f(void) { struct pair p = result(); return p.after[0] == 0 && p.after[2] == 0; }"
    )
    assert link(text, "lib_pair").f() == 1


def test_variables_and_functions_nobody_declares_are_there_too(link: Link) -> None:
    text = (
        "extern int lib_level; extern const char *lib_version;"
        "extern void lib_free(void *); void lib_log(const char *, ...);"
        'int f(void) { lib_log("%d", 1); lib_free(NULL); '
        "return lib_level + (lib_version == NULL); }"
    )
    assert link(text, "lib_level", "lib_version", "lib_free", "lib_log").f() == 0


def test_values_are_made_of_what_they_carry(link: Link) -> None:
    text = (
        "struct engine { int state; const char *name; };"
        "extern long stand_in_make_0(long);"
        "int f(void) { struct engine *e = (struct engine *) (stand_in_make_0(1) & ~1); "
        "return e->state >= 0 && e->name != NULL; }"
    )
    engine = Held(Carrier.TAGGED, CType(TypeKind.STRUCT, "engine"))
    more, names = write_makers([_unit(text)], {"c#tagged: struct engine": engine})
    assert names == {"c#tagged: struct engine": "stand_in_make_0"}
    more = "long caml_alloc(unsigned long n, unsigned t) { return 1; }\n" + more
    custom = "long caml_alloc_custom(void *o, unsigned long n, unsigned long m, unsigned long x)"
    assert link(text, more=f"{custom} {{ return 1; }}\n{more}").f() == 1


def test_nothing_is_made_of_a_pointer_to_nothing_known() -> None:
    void = CType(TypeKind.POINTER, target=CType(TypeKind.VOID, "void"))
    _, names = write_makers([], {"c#custom: void *": Held(Carrier.CUSTOM, void)})
    assert names == {}


def test_what_is_handed_over_is_read(link: Link) -> None:
    text = (
        "extern void lib_write(const void *, size_t);"
        "int f(long address) { lib_write((void *) address, 1); return 0; }"
    )
    library = link(text, "lib_write")
    assert library.f(0) == 0
    call = f"import ctypes; ctypes.CDLL({library._name!r}).f(8)"
    assert subprocess.run([sys.executable, "-c", call], check=False).returncode == -signal.SIGSEGV
