from __future__ import annotations

import sys
from html.parser import HTMLParser

import pytest

from analyzer.report import Finding, Report, SourceText
from analyzer.report.html import HtmlUnavailable, render_html
from analyzer.rules import RULES

VOID = {"meta", "br"}


class _Nesting(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_well_formed_and_links_its_rules(report: Report, sources: SourceText) -> None:
    page = render_html(report, RULES, sources, "0.1.0")
    nesting = _Nesting()
    nesting.feed(page)
    assert nesting.open == []
    assert 'href="#rule-unrooted-value"' in page
    assert 'id="rule-unrooted-value"' in page


def test_the_page_marks_what_a_step_is_about(report: Report, sources: SourceText) -> None:
    page = render_html(report, RULES, sources, "0.1.0")
    assert "value p = <mark>caml_alloc(2, 0)</mark>;" in page


def test_source_text_is_no_markup(report: Report) -> None:
    sources = SourceText({"src/a b.c": b"\n\n<script>alert(1)</script>"})
    findings = tuple(Finding(f.diagnostic, 1, "a") for f in report.findings)
    page = render_html(Report("ocaml-5", 1, 1, findings), RULES, sources, "0.1.0")
    assert "<script>" not in page


def test_without_the_template_engine_the_error_names_the_extra(
    report: Report, sources: SourceText, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(HtmlUnavailable, match=r"stubcheck\[html\]"):
        render_html(report, RULES, sources, "0.1.0")
