"""`python -m tools.cases FOLDER...`: see the package."""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from stubcheck.executor import default_jobs
from stubcheck.run import read_policy
from tools.cases.labels import Case, read_case
from tools.cases.scoring import BLAMED, MISSED, Scored, Way, join, score
from tools.cases.table import listed, render


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tools.cases", description="Score labelled cases by running them."
    )
    add = parser.add_argument
    add("folders", nargs="+", type=Path, metavar="FOLDER", help="is searched for C files")
    add(
        "--policy",
        action="append",
        help="when to collect (default: every-point; may be repeated)",
    )
    add(
        "--compiler",
        action="append",
        metavar="COMMAND",
        help="what compiles the cases (default: CC, else cc; may be repeated)",
    )
    add("--rule", action="append", metavar="RULE", help="this group alone (may be repeated)")
    add("--list", action="store_true", help="name what was missed, blamed or not run")
    add("--calls", type=int, default=100, metavar="N", help="calls of each (default: 100)")
    return parser


def _score(run: tuple[Way, Case], calls: int) -> list[Scored]:
    way, case = run
    return score(case, way, calls)


def main(words: Sequence[str] | None = None) -> int:
    """Exit with 0 if all that was run came out as it is labelled."""
    asked = _parser().parse_args(words)
    policies = asked.policy or ["every-point"]
    for policy in policies:
        read_policy(policy, 1)
    compilers = asked.compiler or [os.environ.get("CC") or "cc"]
    ways = [Way(*each) for each in itertools.product(policies, compilers)]
    paths = sorted({path for folder in asked.folders for path in folder.rglob("*.c")})
    cases = [read_case(path) for path in paths]
    chosen = [case for case in cases if not asked.rule or case.group in asked.rule]
    with ProcessPoolExecutor(default_jobs()) as pool:
        done = pool.map(partial(_score, calls=asked.calls), itertools.product(ways, chosen))
        scored = [one for some in done for one in some]
    if asked.list:
        print(*listed(scored), sep="\n", end="\n\n")
    print(render(scored))
    return int(any(one.came_to in (MISSED, BLAMED) for one in join(scored)))


if __name__ == "__main__":
    sys.exit(main())
