"""A finding in an OCaml file, outside any function, in every format."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer import ProjectResult
from analyzer.diagnostics import Diagnostic, Severity, Step
from analyzer.ir.nodes import Position
from analyzer.options import OcamlFile, Options, SourceFile
from analyzer.report import Report, SourceText
from analyzer.report.github import render_github
from analyzer.report.html import render_html
from analyzer.report.sarif import render_sarif
from analyzer.report.style import Style
from analyzer.report.text import render_text
from analyzer.rules import RULES
from runtime_sim.model.profile import Profile
from stubcheck.jobs import Job
from stubcheck.make_report import make_report
from stubcheck.run_check import Outcome
from stubcheck.settings import Settings

Write = Callable[..., Path]

PLACE = Position("src/a.ml", 2, 3)
TEXT = 'let é = 1\n  external f : int -> int = "f"\n'


@pytest.fixture
def told(write: Write) -> tuple[Report, SourceText]:
    """The report of a run that has not kept what the OCaml file holds."""
    write(PLACE.path, TEXT)
    step = Step(PLACE, "declared here")
    message = "'f' could not be read"
    finding = Diagnostic("parse-error", Severity.WARNING, PLACE, "", message, (step,))
    job = Job((SourceFile("a.c"),), Options(Profile.OCAML_5, "."), (OcamlFile(PLACE.path),))
    sources = SourceText({"a.c": b""})
    return make_report([Outcome(job, ProjectResult((finding,)))], Settings(), (), sources), sources


def test_people_see_the_line(told: tuple[Report, SourceText]) -> None:
    assert (
        render_text(*told, Style(False))
        == """\
src/a.ml:2:3: warning: parse-error: 'f' could not be read
  2 |   external f : int -> int = "f"
    |   ^^^^^^^^ declared here

1 warning in 2 files (0 functions, ocaml-5)
"""
    )


def test_sarif_has_the_place_and_no_function(told: tuple[Report, SourceText]) -> None:
    report, sources = told
    (result,) = json.loads(render_sarif(report, RULES, sources, "0"))["runs"][0]["results"]
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "src/a.ml"},
                "region": {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 11},
            }
        }
    ]


def test_github_shows_it_beside_the_line(told: tuple[Report, SourceText]) -> None:
    assert render_github(told[0]) == (
        "::warning file=src/a.ml,line=2,endLine=2,col=3,endColumn=11,"
        "title=stubcheck%3A parse-error::'f' could not be read%0Asrc/a.ml:2: declared here\n"
    )


def test_html_marks_it(told: tuple[Report, SourceText]) -> None:
    report, sources = told
    page = render_html(report, RULES, sources, "0")
    assert "<mark>external</mark> f : int -&gt; int = &#34;f&#34;" in page


def test_its_fingerprint_is_made_of_the_line(
    told: tuple[Report, SourceText], write: Write
) -> None:
    (before,) = told[0].findings
    moved = Position(PLACE.path, 3, 3)
    write(PLACE.path, f"\n{TEXT}")
    finding = Diagnostic("parse-error", Severity.WARNING, moved, "", "'f' could not be read")
    job = Job((SourceFile("a.c"),), Options(Profile.OCAML_5, "."), (OcamlFile(PLACE.path),))
    outcome = Outcome(job, ProjectResult((finding,)))
    (after,) = make_report([outcome], Settings(), (), SourceText({"a.c": b""})).findings
    assert after.fingerprint == before.fingerprint
