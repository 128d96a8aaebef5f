"""C text in, the facts of one pass out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from analyzer.check import Reader
from analyzer.flow.analysis import Analysis
from analyzer.flow.facts import Fact
from analyzer.flow.passes import Pass
from analyzer.flow.program import Program
from analyzer.options import Options, SourceFile
from runtime_sim.model.api import load_api
from runtime_sim.model.profile import Profile

Found = list[tuple[str, Fact]]
Find = Callable[..., Found]


@pytest.fixture
def find(tmp_path: Path) -> Find:
    """Run a pass over files of C text; the facts by the name of their function."""

    def run(one: Pass, *texts: str, profile: Profile = Profile.OCAML_5) -> Found:
        reader = Reader(Options(profile, str(tmp_path)))
        units = []
        for number, text in enumerate(texts):
            path = tmp_path / f"stubs{number}.c"
            path.write_text(text)
            result = reader(SourceFile(str(path)))
            assert result.errors == ()
            units += result.units
        analysis = Analysis(Program(units), load_api(profile))
        return [(function.name, fact) for function, fact in one.find(analysis)]

    return run
