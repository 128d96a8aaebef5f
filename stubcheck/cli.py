"""The command line: takes arguments apart, has the work done, prints, and sets the exit status."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from stubcheck import VERSION
from stubcheck.errors import UserError

if TYPE_CHECKING:
    from analyzer import InternalFailure
    from analyzer.report import Report, SourceText
    from stubcheck.settings import Settings

T = TypeVar("T")

CLEAN, FOUND, USAGE, INTERNAL = range(4)
FORMATS = ("text", "json", "sarif", "github", "html")
COMMANDS = {
    "check": "lint C stubs; what a path without a command means",
    "explain": "what a rule means, a bad and a good example",
    "rules": "every rule, its severity and profiles",
    "primitives": "each external, its C function, what that may do and through which calls",
    "run": "run the stubs on a simulated runtime in which every collection moves everything",
    "frametable": "the frame tables of object files, archives and executables",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run stubcheck; gives the exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words.pop(0) if words and words[0] in COMMANDS else "check"
    if arguments is None and command != "run":
        # The process ends when we do. Cycles are looked for when much is left over; see `jobs`.
        gc.disable()
    try:
        return _run(command, words)
    except UserError as error:
        print(f"stubcheck: error: {error}", file=sys.stderr)
        return USAGE
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing is to be flushed into the pipe later.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLEAN
    except KeyboardInterrupt:
        return 130
    except Exception:
        import traceback

        print("stubcheck: internal error:", traceback.format_exc(), file=sys.stderr)
        return INTERNAL


def _run(command: str, words: list[str]) -> int:
    run = {
        "check": _check,
        "explain": _explain,
        "rules": _rules,
        "primitives": _primitives,
        "run": _run_stubs,
        "frametable": _frametable,
    }
    return run[command](words)


def _check(words: list[str]) -> int:
    asked = _check_parser().parse_intermixed_args(words)
    if not asked.paths:
        raise UserError("no path given (try 'stubcheck --help')")
    from stubcheck.cache import Cache, default_folder
    from stubcheck.check import Request, check
    from stubcheck.executor import default_jobs

    first = asked.stdin_path if asked.paths[0] == "-" else asked.paths[0]
    settings = _settings(asked, first)
    checked = check(
        Request(
            tuple(asked.paths),
            settings,
            asked.stdin_path,
            asked.jobs or default_jobs(),
            None if asked.no_cache else Cache(default_folder()),
        )
    )
    _tell(checked.warnings, checked.unopened, checked.report.failures)
    if checked.report.files or not checked.unopened:
        _write(_render(asked, checked.report, checked.sources), asked.output)
    if checked.report.failures:
        return INTERNAL
    if checked.unopened:
        return USAGE
    worst = checked.report.worst
    return (
        FOUND if worst is not None and worst >= settings.fail_on and not asked.exit_zero else CLEAN
    )


def _tell(
    warnings: Sequence[str], unopened: Sequence[str], failures: Sequence[InternalFailure]
) -> None:
    """Say on standard error what is no result."""
    for warning in warnings:
        print(f"stubcheck: warning: {warning}", file=sys.stderr)
    for told in unopened:
        print(f"stubcheck: error: {told}", file=sys.stderr)
    for failure in failures:
        where = f"{failure.path}: {failure.function}" if failure.function else failure.path
        *trace, told = failure.message.strip().splitlines() or [""]
        print(f"stubcheck: internal error: {where}: {told}", *trace, sep="\n", file=sys.stderr)


def _render(asked: argparse.Namespace, report: Report, sources: SourceText) -> str:
    if asked.format == "json":
        from analyzer.report.json_report import render_json

        return render_json(report)
    if asked.format == "github":
        from analyzer.report.github import render_github

        return render_github(report)
    if asked.format == "text":
        from analyzer.report.style import Style
        from analyzer.report.text import render_text

        return render_text(report, sources, Style(_is_coloured(asked)))
    from analyzer.rules import RULES

    if asked.format == "sarif":
        from analyzer.report.sarif import render_sarif

        return render_sarif(report, RULES, sources, VERSION)
    from analyzer.report.html import HtmlUnavailable, render_html

    try:
        return render_html(report, RULES, sources, VERSION)
    except HtmlUnavailable as error:
        raise UserError(str(error)) from None


def _explain(words: list[str]) -> int:
    parser = _parser("stubcheck explain", COMMANDS["explain"])
    parser.add_argument("rule", metavar="RULE")
    _add_catalogue_options(parser)
    asked = parser.parse_args(words)
    from analyzer.report.style import Style
    from stubcheck.catalogue import explain_json, explain_text

    if asked.format == "json":
        _write(explain_json(asked.rule), None)
    else:
        _write(explain_text(asked.rule, Style(_is_coloured(asked))), None)
    return CLEAN


def _rules(words: list[str]) -> int:
    parser = _parser("stubcheck rules", COMMANDS["rules"])
    _add_catalogue_options(parser)
    asked = parser.parse_args(words)
    from analyzer.report.style import Style
    from stubcheck.catalogue import rules_json, rules_text

    _write(
        rules_json() if asked.format == "json" else rules_text(Style(_is_coloured(asked))), None
    )
    return CLEAN


def _primitives(words: list[str]) -> int:
    asked = _primitives_parser().parse_intermixed_args(words)
    from analyzer.report.style import Style
    from stubcheck.executor import default_jobs
    from stubcheck.primitives import list_primitives
    from stubcheck.print_primitives import primitives_json, primitives_text

    settings = _settings(asked, asked.paths[0])
    listed = list_primitives(asked.paths, settings, asked.jobs or default_jobs())
    _tell(listed.warnings, listed.unopened, listed.failures)
    if listed.primitives or not listed.unopened:
        text = (
            primitives_json(listed.primitives)
            if asked.format == "json"
            else primitives_text(listed.primitives, Style(_is_coloured(asked)))
        )
        _write(text, asked.output)
    if listed.failures:
        return INTERNAL
    return USAGE if listed.unopened else CLEAN


def _run_stubs(words: list[str]) -> int:
    asked = _run_parser().parse_intermixed_args(words)
    from analyzer.report.style import Style
    from stubcheck.executor import default_jobs

    try:
        from stubcheck.print_run import Asked, run_json, run_text
        from stubcheck.run import Request, read_policy, run
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "hypothesis":
            raise
        raise UserError("running stubs needs hypothesis: pip install 'stubcheck[run]'") from None

    settings = _settings(asked, asked.paths[0])
    result = run(
        Request(
            paths=tuple(asked.paths),
            settings=settings,
            policy=read_policy(asked.policy, asked.seed),
            seed=asked.seed,
            calls=asked.calls,
            timeout=asked.timeout,
            jobs=asked.jobs or default_jobs(),
            primitives=tuple(asked.primitive),
            call=asked.call,
            libraries=tuple(asked.library),
            failing_allocation=asked.fail_allocation,
            guess_types=asked.guess_types,
        )
    )
    _tell(result.warnings, result.unopened, ())
    if result.tried or not result.unopened:
        repeated = Asked(asked.policy, asked.seed, _repeated_words(asked))
        text = (
            run_json(result, repeated)
            if asked.format == "json"
            else run_text(result, repeated, Style(_is_coloured(asked)))
        )
        _write(text, asked.output)
    if result.unopened:
        return USAGE
    wrong = any(tried.trial.wrongs for tried in result.tried)
    return FOUND if wrong and not asked.exit_zero else CLEAN


def _repeated_words(asked: argparse.Namespace) -> tuple[str, ...]:
    """What of the command line a call needs to be repeated."""
    words = list(asked.paths)
    for name in ("profile", "config"):
        given = getattr(asked, name)
        if given:
            words += [f"--{name}", given if isinstance(given, str) else ",".join(given)]
    if asked.policy != "every-point":
        words += ["--policy", asked.policy]
    if asked.fail_allocation:
        words += ["--fail-allocation", str(asked.fail_allocation)]
    if asked.policy == "random":
        words += ["--seed", str(asked.seed)]
    for option, values in (("-D", asked.define), ("-I", asked.include)):
        words += [f"{option}{value}" for value in values or ()]
    for library in asked.library:
        words += ["--library", library]
    if asked.guess_types:
        words.append("--guess-types")
    return tuple(words)


def _frametable(words: list[str]) -> int:
    asked = _frametable_parser().parse_intermixed_args(words)
    from analyzer.report.style import Style
    from stubcheck.frametable import read_frametables
    from stubcheck.print_frametable import frametables_json, frametables_text

    layout = None if asked.layout == "auto" else asked.layout
    read = read_frametables(asked.files, layout)
    _tell((), read.unopened, ())
    if read.files:
        text = (
            frametables_json(read.files, asked.descriptors)
            if asked.format == "json"
            else frametables_text(read.files, Style(_is_coloured(asked)), asked.descriptors)
        )
        _write(text, asked.output)
    return USAGE if read.unopened else CLEAN


def _parser(
    program: str, description: str, usage: str | None = None, epilog: str | None = None
) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(
        program,
        usage,
        description,
        epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


def _check_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "stubcheck",
        "Finds memory errors where OCaml meets C.",
        usage="%(prog)s [check] [options] PATH...",
        epilog="commands:\n"
        + "\n".join(f"  {name:10} {told}" for name, told in COMMANDS.items())
        + "\n\nexit status: 0 nothing found, 1 findings, 2 wrong usage, 3 internal error",
    )
    add = parser.add_argument
    add(
        "paths",
        nargs="*",
        metavar="PATH",
        help="C, .ml or .mli file, folder, or - for C on standard input",
    )
    add("--format", choices=FORMATS, default="text", help="what to print (default: text)")
    _add_analysis_options(parser)
    add("--select", type=_listed, metavar="RULES", help="report these rules only")
    add("--ignore", type=_listed, metavar="RULES", help="do not report these rules")
    add("--pedantic", action="store_true", help="report what may be wrong, too")
    add("--fail-on", choices=("error", "warning", "note"), help="what makes the exit status 1")
    add("--no-cache", action="store_true", help="neither use nor keep results of earlier runs")
    add("--exit-zero", action="store_true", help="exit with 0 even if something is found")
    told = "the C file that standard input stands for"
    add("--stdin-path", default="<stdin>", metavar="PATH", help=told)
    add("--version", action="version", version=f"stubcheck {VERSION}")
    return parser


def _primitives_parser() -> argparse.ArgumentParser:
    parser = _parser("stubcheck primitives", COMMANDS["primitives"])
    add = parser.add_argument
    add("paths", nargs="+", metavar="PATH", help="C, .ml or .mli file, or folder")
    add("--format", choices=("text", "json"), default="text", help="what to print (default: text)")
    _add_analysis_options(parser)
    no_rules = {"select": None, "ignore": None, "pedantic": False, "fail_on": None}
    parser.set_defaults(**no_rules)
    return parser


def _run_parser() -> argparse.ArgumentParser:
    parser = _parser(
        "stubcheck run",
        "Compiles the stubs against a simulated OCaml runtime and calls them there, in a process "
        "with limits.\nThis executes their code.",
        epilog="exit status: 0 nothing wrong, 1 violations, crashes or timeouts, 2 wrong usage, "
        "3 internal error",
    )
    add = parser.add_argument
    add("paths", nargs="+", metavar="PATH", help="C, .ml or .mli file, or folder")
    add("--format", choices=("text", "json"), default="text", help="what to print (default: text)")
    told = "call this C function alone (may be repeated)"
    add("--primitive", action="append", default=[], metavar="NAME", help=told)
    add("--call", metavar="CALLS", help="make these calls and no others: 'f(1, \"a\"); g(2)'")
    told = "every-point, nth:K, random or generational (default: every-point)"
    add("--policy", default="every-point", metavar="POLICY", help=f"when to collect: {told}")
    told = "let the K-th allocation of each call fail"
    add("--fail-allocation", type=_positive, default=0, metavar="K", help=told)
    add("--seed", type=int, default=1, metavar="N", help="of the arguments and of random")
    told = "calls of each primitive (default: 100)"
    add("--calls", type=_positive, default=100, metavar="N", help=told)
    told = "seconds that a call may take (default: 5)"
    add("--timeout", type=float, default=5.0, metavar="S", help=told)
    told = "link with this library, as -l does (may be repeated)"
    add("--library", action="append", default=[], metavar="NAME", help=told)
    told = "also run functions that no external declares, with types guessed from their code"
    add("--guess-types", action="store_true", help=told)
    add("--include", dest="include", action="append", metavar="DIR", help="the same as -I")
    add("--exit-zero", action="store_true", help="exit with 0 even if something is wrong")
    _add_analysis_options(parser)
    no_rules = {"select": None, "ignore": None, "pedantic": False, "fail_on": None}
    parser.set_defaults(**no_rules)
    return parser


def _frametable_parser() -> argparse.ArgumentParser:
    parser = _parser("stubcheck frametable", COMMANDS["frametable"])
    add = parser.add_argument
    add("files", nargs="+", metavar="FILE", help="ELF file, or archive of them")
    add("--format", choices=("text", "json"), default="text", help="what to print (default: text)")
    add("--descriptors", action="store_true", help="print each descriptor, too")
    add(
        "--layout",
        choices=("auto", "ocaml", "oxcaml"),
        default="auto",
        help="how the tables are laid out (default: as they turn out to be)",
    )
    add("--output", metavar="FILE", help="write there, not to standard output")
    _add_colour(parser)
    return parser


def _add_analysis_options(parser: argparse.ArgumentParser) -> None:
    """The options of every command that analyses files."""
    add = parser.add_argument
    add("--output", metavar="FILE", help="write there, not to standard output")
    add(
        "--profile", type=_listed, metavar="NAME", help="ocaml-4.14, ocaml-5 or oxcaml, or several"
    )
    add("-D", dest="define", action="append", metavar="NAME[=VALUE]", help="define a C macro")
    add("-I", dest="include", action="append", metavar="DIR", help="look for headers here too")
    add("--config", metavar="FILE", help="settings file, instead of the nearest one")
    add("--jobs", type=_positive, metavar="N", help="processes to use (default: all processors)")
    _add_colour(parser)


def _add_catalogue_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(output=None)
    _add_colour(parser)


def _add_colour(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="when to use colours"
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (name.strip() for name in text.split(","))))


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of processes")
    return int(text)


def _settings(asked: argparse.Namespace, first: str) -> Settings:
    """The settings file's that holds for the first path, with the command line's over them."""
    from stubcheck.config import find_config, read_config, read_profile, read_severity
    from stubcheck.settings import Settings

    path = asked.config or find_config(first)
    settings = read_config(path) if path else Settings()
    try:
        return replace(
            settings,
            profile=_given(asked.profile, settings.profile, lambda n: tuple(map(read_profile, n))),
            select=_given(asked.select, settings.select, tuple),
            ignore=settings.ignore + (asked.ignore or ()),
            pedantic=asked.pedantic or settings.pedantic,
            fail_on=_given(asked.fail_on, settings.fail_on, read_severity),
            define=settings.define + tuple(asked.define or ()),
            include=tuple(asked.include or ()) + settings.include,
        )
    except ValueError as error:
        raise UserError(str(error)) from None


def _given(option: object, setting: T, read: Callable[..., T]) -> T:
    return setting if option is None else read(option)


def _is_coloured(asked: argparse.Namespace) -> bool:
    if asked.color != "auto":
        return bool(asked.color == "always")
    return not asked.output and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _write(text: str, output: str | None) -> None:
    content = text.encode("utf-8", "replace")
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    try:
        with open(output, "wb") as file:
            file.write(content)
    except OSError as error:
        raise UserError(f"cannot write '{output}': {error.strerror}") from None
