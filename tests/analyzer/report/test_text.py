from __future__ import annotations

from dataclasses import replace

from analyzer.diagnostics import Diagnostic
from analyzer.report import Finding, Report, SourceText
from analyzer.report.style import Style
from analyzer.report.text import render_text

EXPECTED = """\
src/a b.c:4:21: error: unrooted-value: 'v' is used after 'caml_alloc', which may have moved it
  3 | \tvalue p = caml_alloc(2, 0);
    | \t          ^^^^^^^^^^^^^^^^ may collect here
   --> src/a.h
  1 | #define MAKE(x) caml_copy_string(x)
    |                 ^^^^^^^^^^^^^^^^^^^ made here
   --> src/a b.c
  4 |   Store_field(p, 0, v);
    |                     ^ used here
  help: register 'v' with CAMLparam1(v)

src/a b.c:6:1: warning: parse-error: 100% of\ufffdit: x, y
  6 | }
    | ^

1 error, 1 warning in 2 files (1 function, ocaml-5); 1 suppressed; 1 skipped; 1 internal error
"""


def test_text_shows_the_path_that_leads_to_a_finding(report: Report, sources: SourceText) -> None:
    assert render_text(report, sources, Style(colour=False)) == EXPECTED


def test_colours_change_nothing_else(report: Report, sources: SourceText) -> None:
    coloured = render_text(report, sources, Style(colour=True))
    for code in ("0", "1;31", "1;33", "1", "2", "35", "32"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert coloured == EXPECTED


def test_a_source_file_cannot_steer_the_terminal(stale: Diagnostic) -> None:
    sources = SourceText({"src/a b.c": b"\n\n\n/* \x1b[31m */ f(0, 0, v)"})
    shown = render_text(
        Report("ocaml-5", 1, 1, (Finding(replace(stale, trace=()), 22, "a"),)),
        sources,
        Style(colour=False),
    )
    assert "\x1b" not in shown


def test_a_run_over_several_profiles_says_where_a_finding_holds(
    stale: Diagnostic, sources: SourceText
) -> None:
    finding = Finding(stale, 22, "a", profiles=("ocaml-4.14", "ocaml-5"))
    shown = render_text(
        Report("ocaml-4.14,ocaml-5", 1, 1, (finding,)), sources, Style(colour=False)
    )
    assert shown.splitlines()[0].endswith("may have moved it [ocaml-4.14, ocaml-5]")


def test_a_clean_run_says_so(sources: SourceText) -> None:
    shown = render_text(Report("ocaml-5", 1, 2, ()), sources, Style(colour=False))
    assert shown == "nothing found in 1 file (2 functions, ocaml-5)\n"
