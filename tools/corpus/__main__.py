"""`python -m tools.corpus COMMAND`; each command's help says what it does."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from runtime_sim.model.profile import Profile
from tools.corpus.apt import AptError, updated_apt
from tools.corpus.change import compare
from tools.corpus.check import analyse_each, summarise
from tools.corpus.cost import measure_cost
from tools.corpus.coverage import measure_coverage
from tools.corpus.externals import Compiler, compare_with, ml_files, read_all
from tools.corpus.gcc import GccError
from tools.corpus.headers import measure_headers
from tools.corpus.lint import LintError, lint
from tools.corpus.ocaml_run import Ocaml
from tools.corpus.packages import Entry, load_table, pinned_versions
from tools.corpus.primitives import measure
from tools.corpus.primitives import render as render_primitives
from tools.corpus.recipes import Recipe, load_recipes
from tools.corpus.results import compare_package
from tools.corpus.results import render as render_results
from tools.corpus.sameness import differences, outputs
from tools.corpus.sample import draw, render
from tools.corpus.sources import Corpus, SourceError
from tools.corpus.stub_files import StubFile, count_differences, stub_files
from tools.corpus.ties import measure_ties

_FOLDER = Path(__file__).parents[2] / "corpus"


def _entries(args: argparse.Namespace) -> tuple[Entry, ...]:
    entries = load_table()
    chosen = set(args.package)
    if unknown := chosen - {name for entry in entries for name in (entry.name, entry.source)}:
        raise SourceError(f"not in the table: {', '.join(sorted(unknown))}")
    return tuple(e for e in entries if not chosen or {e.name, e.source} & chosen)


def _files(args: argparse.Namespace) -> tuple[StubFile, ...]:
    chosen = {entry.name for entry in _entries(args)}
    # all parts of a package are told apart before some of them are left out
    return tuple(file for file in stub_files(args.corpus, load_table()) if file.entry in chosen)


def _paths(args: argparse.Namespace) -> list[str]:
    paths = [file.path for file in _files(args)]
    if not paths:
        raise SourceError(f"no stub files in {args.corpus}; `fetch` gets them")
    return paths


def fetch(args: argparse.Namespace) -> int:
    """Fetch the sources that are not there in their pinned version; count their stub files."""
    corpus = Corpus(args.corpus)
    entries = _entries(args)
    pinned = pinned_versions(entries)
    absent = {name: wanted for name, wanted in pinned.items() if corpus.version(name) != wanted}
    faults = []
    if absent:
        with updated_apt() as apt:
            for name, wanted in absent.items():
                try:
                    version = corpus.fetch(apt, name, wanted)
                except SourceError as error:
                    faults.append(f"{name} {wanted} could not be had: {error}")
                    continue
                print(f"{name} {version}", flush=True)
                if version != wanted:
                    faults.append(f"{name}: version {version} in place of {wanted}")
    files = _files(args)
    faults += count_differences(files, entries)
    print(f"{len(pinned)} packages, {len(files)} stub files, {sum(f.lines for f in files)} lines")
    for fault in faults:
        print(f"DIFFERENT: {fault}", file=sys.stderr)
    return 1 if faults else 0


def check(args: argparse.Namespace) -> int:
    """Lint every stub file; print coverage, findings by rule, failures and the slowest files."""
    paths = _paths(args)
    result = lint(args.corpus, paths)
    print(summarise(args.corpus, paths, result))
    if args.save:
        args.save.write_bytes(result.finished.output)
    alone = analyse_each(args.corpus, paths)
    print(alone.report())
    return 1 if result.finished.status or alone.endless or alone.failures else 0


def coverage(args: argparse.Namespace) -> int:
    """Compare the functions read with those that gcc finds in the files that it accepts."""
    measured = measure_coverage(args.corpus, _files(args))
    print(measured.report())
    return 1 if measured.dropped or measured.failures else 0


def externals(args: argparse.Namespace) -> int:
    """Compare the OCaml externals read with those that OCaml's own parser finds."""
    packages = dict.fromkeys(entry.source for entry in _entries(args))
    paths = ml_files([args.corpus / package for package in packages])
    ours, seconds = read_all(paths)
    print(f"{sum(map(len, ours))} externals read in {len(paths)} files in {seconds:.1f} s CPU")
    roots = [None, *([args.ocaml5_root] if args.ocaml5_root else [])]
    compared = [compare_with(Compiler(root), paths, ours) for root in roots]
    for comparison in compared:
        print(comparison.report())
    return 1 if any(one.missed or one.different for one in compared) else 0


def headers(args: argparse.Namespace) -> int:
    """Compile what compiles against OCaml's headers against the simulated runtime's."""
    roots: list[tuple[Path | None, Profile]] = [(None, Profile.OCAML_4_14)]
    roots += [(args.ocaml5_root, Profile.OCAML_5)] if args.ocaml5_root else []
    files = _files(args)
    measured = [measure_headers(args.corpus, files, root, profile) for root, profile in roots]
    for one in measured:
        print(one.report())
    return 1 if any(one.refused for one in measured) else 0


def _recipes(args: argparse.Namespace) -> list[Recipe]:
    return [one for one in load_recipes() if not args.package or one.name in args.package]


def primitives(args: argparse.Namespace) -> int:
    """Run the primitives of the packages that there is a recipe for; print what came of them."""
    measured = [measure(one, args.corpus, args.calls, args.timeout) for one in _recipes(args)]
    print(render_primitives(measured, args.corpus))
    return 0


def results(args: argparse.Namespace) -> int:
    """Compare what primitives return on the simulated runtime and in real OCaml."""
    all_ocaml = [Ocaml(), *([Ocaml(args.ocaml5_root)] if args.ocaml5_root else [])]
    compared = [
        one
        for recipe in _recipes(args)
        for one in compare_package(recipe, args.corpus, args.calls, args.timeout, all_ocaml)
    ]
    print(render_results(compared))
    return 1 if any(one.differences for one in compared) else 0


def ties(args: argparse.Namespace) -> int:
    """Compare the C functions tied to externals with the definitions that the text has."""
    packages = dict.fromkeys(entry.source for entry in _entries(args))
    measured = measure_ties(args.corpus, list(packages))
    print(measured.report())
    return 1 if measured.faults else 0


def cost(args: argparse.Namespace) -> int:
    """Compare the CPU time with that of gcc over the files that gcc accepts."""
    print(measure_cost(args.corpus, _paths(args), args.repeat).report())
    return 0


def sample(args: argparse.Namespace) -> int:
    """Print findings drawn at random, each with its function, for a reader to judge."""
    findings = lint(args.corpus, _paths(args)).findings
    drawn = draw(findings, args.sample, args.seed, args.rule)
    print(json.dumps(drawn, indent=1) if args.json else render(args.corpus, drawn))
    return 0


def diff(args: argparse.Namespace) -> int:
    """Print the findings that came and went since a run that `check --save` saved."""
    old = json.loads(args.old.read_text(encoding="utf-8"))["findings"]
    paths = _paths(args)
    kept = set(paths)
    change = compare(
        [f for f in old if f["path"] in kept or not args.package],
        lint(args.corpus, paths).findings,
    )
    print(change.report())
    return 1 if change.gone or change.new else 0


def same(args: argparse.Namespace) -> int:
    """Compare the output with one and two jobs, cold and warm cache, and two hash seeds."""
    seen = outputs(args.corpus, _paths(args))
    found = differences(seen)
    print("\n".join(found) or f"{len(seen)} runs, one output")
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.corpus", description=__doc__)
    parser.add_argument("--corpus", type=Path, default=_FOLDER, help="where the sources are")
    parser.add_argument("--package", action="append", default=[], help="only this one; repeatable")
    commands = parser.add_subparsers(dest="command", required=True)
    parsers = {}
    for name, run in (
        ("fetch", fetch),
        ("check", check),
        ("coverage", coverage),
        ("externals", externals),
        ("headers", headers),
        ("primitives", primitives),
        ("results", results),
        ("ties", ties),
        ("time", cost),
        ("sample", sample),
        ("diff", diff),
        ("same", same),
    ):
        parsers[name] = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        parsers[name].set_defaults(run=run)
    parsers["check"].add_argument("--save", type=Path, help="keep the JSON for `diff`")
    for name in ("externals", "headers", "results"):
        parsers[name].add_argument(
            "--ocaml5-root", type=Path, metavar="DIR", help="a root with OCaml 5, for `chroot`"
        )
    for name in ("primitives", "results"):
        told = "calls of each (default: 40)"
        parsers[name].add_argument("--calls", type=int, default=40, help=told)
        told = "seconds that a call may take (default: 1)"
        parsers[name].add_argument("--timeout", type=float, default=1, help=told)
    parsers["time"].add_argument("--repeat", type=int, default=3, help="turns (default: 3)")
    parsers["sample"].add_argument("--sample", type=int, default=50, help="how many (default: 50)")
    parsers["sample"].add_argument("--seed", type=int, default=1)
    parsers["sample"].add_argument("--rule", action="append", default=[], help="repeatable")
    parsers["sample"].add_argument("--json", action="store_true")
    parsers["diff"].add_argument("old", type=Path)
    return parser


def main() -> int:
    args = _parser().parse_args()
    args.corpus = args.corpus.resolve()
    try:
        status: int = args.run(args)
    except (AptError, GccError, LintError, SourceError) as error:
        print(error, file=sys.stderr)
        return 2
    return status


if __name__ == "__main__":
    raise SystemExit(main())
