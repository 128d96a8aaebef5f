from __future__ import annotations

from analyzer.report import Report
from analyzer.report.github import render_github


def test_each_finding_is_one_command_with_its_text_escaped(report: Report) -> None:
    first, second = render_github(report).splitlines()
    assert first == (
        "::error file=src/a b.c,line=4,endLine=4,col=21,endColumn=22,"
        "title=stubcheck%3A unrooted-value"
        "::'v' is used after 'caml_alloc', which may have moved it"
        "%0Asrc/a b.c:3: may collect here"
        "%0Asrc/a.h:1: made here"
        "%0Asrc/a b.c:4: used here"
        "%0Ahelp: register 'v' with CAMLparam1(v)"
    )
    assert second == (
        "::warning file=src/a b.c,line=6,endLine=6,col=1,endColumn=2,"
        "title=stubcheck%3A parse-error::100%25 of%0Ait: x, y"
    )
