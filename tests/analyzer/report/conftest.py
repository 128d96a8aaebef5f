"""A small report, made by hand."""

from __future__ import annotations

import pytest

from analyzer.diagnostics import Diagnostic, Edit, Fix, Severity, Step
from analyzer.ir.nodes import Position
from analyzer.report import Finding, Report, SourceText
from analyzer.result import InternalFailure

PATH = "src/a b.c"
HEADER = "src/a.h"
SOURCE = """\
value pair(value v)
{
\tvalue p = caml_alloc(2, 0);
  Store_field(p, 0, v);
  return p;
}
"""


@pytest.fixture
def sources() -> SourceText:
    return SourceText({PATH: SOURCE.encode(), HEADER: b"#define MAKE(x) caml_copy_string(x)\n"})


@pytest.fixture
def stale() -> Diagnostic:
    return Diagnostic(
        "unrooted-value",
        Severity.ERROR,
        Position(PATH, 4, 21),
        "pair",
        "'v' is used after 'caml_alloc', which may have moved it",
        trace=(
            Step(Position(PATH, 3, 12), "may collect here"),
            Step(Position(HEADER, 1, 17), "made here"),
            Step(Position(PATH, 4, 21), "used here"),
        ),
        help="register 'v' with CAMLparam1(v)",
        fix=Fix("register 'v'", (Edit(PATH, (2, 2), (2, 2), "\n  CAMLparam1(v);"),)),
    )


@pytest.fixture
def report(stale: Diagnostic) -> Report:
    unread = Diagnostic(
        "parse-error", Severity.WARNING, Position(PATH, 6, 1), "", "100% of\nit: x, y"
    )
    return Report(
        profile="ocaml-5",
        files=2,
        functions=1,
        findings=(
            Finding(stale, 22, "aa"),
            Finding(unread, 2, "bb"),
            Finding(unread, 2, "cc", suppressed="known to be fine"),
        ),
        skipped=(("src/x.cpp", "C++"),),
        failures=(InternalFailure("src/y.c", "f", "Traceback"),),
    )
