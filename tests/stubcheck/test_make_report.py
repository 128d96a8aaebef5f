from __future__ import annotations

from dataclasses import replace

from analyzer import ProjectResult
from analyzer.diagnostics import Diagnostic, Severity
from analyzer.ir.nodes import Position
from analyzer.options import OcamlFile, Options, SourceFile
from analyzer.report import Report, SourceText
from runtime_sim.model.profile import Profile
from stubcheck.jobs import Job
from stubcheck.make_report import make_report
from stubcheck.run_check import Outcome
from stubcheck.settings import Settings

SOURCE = b"""\
f(v); // stubcheck: ignore[bad-tag] it is as it should be
f(v);
f(v); // stubcheck: ignore[stale-pointer] of no use
"""


def finding(rule: str = "bad-tag", line: int = 2, path: str = "a.c") -> Diagnostic:
    return Diagnostic(rule, Severity.ERROR, Position(path, line, 1), "f", "it is wrong")


def report(
    *diagnostics: Diagnostic,
    settings: Settings = Settings(),  # noqa: B008 - it is frozen
    profiles: tuple[Profile, ...] = (Profile.OCAML_5,),
) -> Report:
    files = (SourceFile("a.c"),)
    outcomes = [
        Outcome(Job(files, Options(profile, ".")), ProjectResult(diagnostics, functions=3))
        for profile in profiles
    ]
    return make_report(outcomes, settings, [("b.cpp", "C++")], SourceText({"a.c": SOURCE}))


ML_SOURCE = b"""\
(* stubcheck: ignore[bad-tag] it is answered elsewhere *)
external f : int -> int = "f"
external g : int -> int = "g" (* stubcheck: ignore[stale-pointer] of no use *)
"""


def report_of_ml(*diagnostics: Diagnostic, files: tuple[SourceFile, ...]) -> Report:
    """That of a project with an OCaml file that has comments for us, and one that was not kept."""
    ocaml = (OcamlFile("a.ml", ML_SOURCE), OcamlFile("b.ml", may_declare=False))
    job = Job(files, Options(Profile.OCAML_4_14, "."), ocaml)
    outcome = Outcome(job, ProjectResult(diagnostics))
    sources = SourceText({"a.ml": ML_SOURCE, "b.ml": ML_SOURCE, "a.c": b""})
    return make_report([outcome], Settings(), (), sources)


def shown(report: Report) -> list[tuple[str, int]]:
    return [(f.diagnostic.rule, f.diagnostic.position.line) for f in report.findings]


UNUSED = ("unused-suppression", 3)


def test_the_report_counts_files_and_functions_once() -> None:
    both = report(profiles=(Profile.OCAML_4_14, Profile.OCAML_5))
    assert (both.files, both.functions, both.profile) == (1, 3, "ocaml-4.14,ocaml-5")
    assert both.skipped == (("b.cpp", "C++"),)


def test_suppressed_findings_carry_their_reason() -> None:
    told = report(finding(line=1), finding(line=2))
    assert [f.suppressed for f in told.findings] == ["it is as it should be", None, None]


def test_a_suppression_of_nothing_is_a_note() -> None:
    assert shown(report(finding(line=1))) == [("bad-tag", 1), UNUSED]
    assert shown(report()) == [("unused-suppression", 1), UNUSED]


def test_a_suppression_of_a_finding_that_is_not_shown_is_no_suppression_of_nothing() -> None:
    assert shown(report(replace(finding(line=1), pedantic=True))) == [UNUSED]
    deselected = Settings(ignore=("bad-tag",))
    assert shown(report(finding(line=1), settings=deselected)) == [UNUSED]


def test_pedantic_findings_are_shown_when_asked_for() -> None:
    doubtful = replace(finding(), pedantic=True)
    assert ("bad-tag", 2) not in shown(report(doubtful))
    assert ("bad-tag", 2) in shown(report(doubtful, settings=Settings(pedantic=True)))


def test_rules_are_selected_and_ignored() -> None:
    findings = [finding("bad-tag"), finding("stale-pointer"), finding("removed-api")]
    selected = Settings(select=("bad-tag", "stale-pointer"), ignore=("bad-tag",))
    assert shown(report(*findings, settings=selected)) == [("stale-pointer", 2)]


def test_rules_are_ignored_in_files_that_fit_a_pattern() -> None:
    settings = Settings(
        per_file_ignores=(("t/*", ("bad-tag",)),), select=("bad-tag", "removed-api")
    )
    findings = [finding(path="t/a.c"), finding("removed-api", path="t/a.c"), finding(path="a.c")]
    assert [
        (f.diagnostic.rule, f.diagnostic.position.path)
        for f in report(*findings, settings=settings).findings
    ] == [("bad-tag", "a.c"), ("removed-api", "t/a.c")]


def test_fingerprints_do_not_depend_on_what_is_shown() -> None:
    findings = [replace(finding(), pedantic=True), replace(finding(), message="it is so wrong")]
    all_shown = report(*findings, settings=Settings(pedantic=True, select=("bad-tag",)))
    some = report(*findings, settings=Settings(select=("bad-tag",)))
    assert len(all_shown.findings) == 2
    assert set(some.findings) < set(all_shown.findings)


def test_findings_of_several_profiles_name_them() -> None:
    told = report(finding(), profiles=(Profile.OCAML_5, Profile.OCAML_4_14))
    assert told.findings[1].profiles == ("ocaml-4.14", "ocaml-5")
    assert report(finding()).findings[1].profiles == ()


def test_comments_in_ocaml_files_suppress_and_are_reported_when_they_do_not() -> None:
    told = report_of_ml(finding(path="a.ml", line=2), files=(SourceFile("a.c"),))
    assert [
        (f.diagnostic.rule, f.diagnostic.position, f.diagnostic.function, f.suppressed)
        for f in told.findings
    ] == [
        ("bad-tag", Position("a.ml", 2, 1), "f", "it is answered elsewhere"),
        ("unused-suppression", Position("a.ml", 3, 31), "", None),
    ]


def test_c_and_ocaml_files_are_counted_together() -> None:
    assert report_of_ml(files=(SourceFile("a.c"),)).files == 3


def test_ocaml_files_without_a_c_side_are_counted_and_nothing_is_said_of_them() -> None:
    told = report_of_ml(files=())
    assert (told.files, told.findings, told.profile) == (2, (), "ocaml-4.14")


def test_a_project_without_a_c_side_adds_no_profile() -> None:
    alone = Outcome(
        Job((), Options(Profile.OCAML_4_14, "q"), (OcamlFile("q/a.ml"),)), ProjectResult()
    )
    checked = Outcome(
        Job((SourceFile("p/a.c"),), Options(Profile.OCAML_5, "p")), ProjectResult((finding(),))
    )
    told = make_report([alone, checked], Settings(), (), SourceText({"p/a.c": b"", "a.c": b""}))
    assert (told.profile, told.files, told.findings[0].profiles) == ("ocaml-5", 2, ())
