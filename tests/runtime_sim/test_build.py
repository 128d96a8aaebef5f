"""The runtime is compiled once for each content, and stubs are compiled for a profile."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest

from runtime_sim import build
from runtime_sim.build import BuildError, build_runtime, build_stubs, cache_folder, compiler
from runtime_sim.model.profile import Profile

TOP = Path(__file__).parents[2]


def compile_text(text: str, folder: Path, profile: Profile, *flags: str) -> None:
    source = folder / "stubs.c"
    source.write_text(text)
    build_stubs([source], profile, folder / "stubs.so", flags)


def test_the_runtime_is_compiled_once(
    runtime_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise AssertionError("compiled again")

    monkeypatch.setattr(build, "_compile", fail)
    assert build_runtime(runtime_library.parent) == runtime_library


def test_the_runtime_is_compiled_anew_when_a_file_changes(
    runtime_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = tmp_path / "csrc"
    sources.mkdir()
    (sources / "one.c").write_text("int one(void) { return 1; }\n")
    monkeypatch.setattr(build, "_TOP", tmp_path)
    monkeypatch.setattr(build, "SOURCES", sources)
    monkeypatch.setattr(build, "HEADERS", tmp_path / "include")
    first = build_runtime(tmp_path / "cache")
    (sources / "one.c").write_text("int one(void) { return 2; }\n")
    second = build_runtime(tmp_path / "cache")
    assert first != second
    assert sorted(path.name for path in (tmp_path / "cache").iterdir()) == sorted(
        [first.name, second.name]
    )


def test_the_cache_is_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUBCHECK_CACHE_DIR", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("STUBCHECK_CACHE_DIR")
    assert cache_folder().name == "stubcheck"


@pytest.mark.parametrize(
    ("profile", "version"),
    [(Profile.OCAML_4_14, 41400), (Profile.OCAML_5, 50300), (Profile.OXCAML, 50300)],
)
def test_the_headers_are_those_of_the_profile(
    profile: Profile, version: int, runtime_library: Path, tmp_path: Path
) -> None:
    text = f'#include <caml/version.h>\n_Static_assert(OCAML_VERSION == {version}, "");\n'
    compile_text(text, tmp_path, profile)


def test_only_one_header_tells_the_version(runtime_library: Path, tmp_path: Path) -> None:
    text = "#include <caml/mlvalues.h>\n#include <caml/memory.h>\n#include <caml/fail.h>\n"
    text += "#ifdef OCAML_VERSION\n#error defined\n#endif\n"
    compile_text(text, tmp_path, Profile.OCAML_4_14)


def test_the_caller_gives_flags(runtime_library: Path, tmp_path: Path) -> None:
    text = "#ifndef WANTED\n#error not given\n#endif\n#include <math.h>\n"
    text += "double f(double x) { return cos(x); }\n"
    compile_text(text, tmp_path, Profile.OCAML_5, "-DWANTED", "-lm")
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["stubs.c", "stubs.so"]


def test_what_the_compiler_says_is_told(runtime_library: Path, tmp_path: Path) -> None:
    with pytest.raises(BuildError) as caught:
        compile_text("int f(void) { return nowhere; }\n", tmp_path, Profile.OCAML_5)
    assert "stubs.c could not be compiled" in caught.value.message
    assert "nowhere" in caught.value.output
    assert str(caught.value) == f"{caught.value.message}\n{caught.value.output}".rstrip()
    assert [path.name for path in tmp_path.iterdir()] == ["stubs.c"]


def test_a_compiler_that_is_missing_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -m64")
    with pytest.raises(BuildError, match="'no-such-compiler'"):
        compiler()


def test_the_compiler_may_have_arguments(
    runtime_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CC", f"{compiler()[0]} -m64")
    assert compiler()[1:] == ["-m64"]
    assert os.path.isabs(compiler()[0])


def test_the_files_to_compile_are_packaged() -> None:
    settings = tomllib.loads((TOP / "pyproject.toml").read_text())["tool"]["setuptools"]
    patterns = settings["package-data"]["runtime_sim"]
    package = TOP / "runtime_sim"
    packaged = {path for pattern in patterns for path in package.glob(pattern)}
    needed = {*package.glob("csrc/**/*.[ch]"), *package.glob("include/**/*.h")}
    assert needed <= packaged
