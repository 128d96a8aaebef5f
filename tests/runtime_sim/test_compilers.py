"""What C leaves unordered is shown by one compiler or the other: stubs are built with both."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from runtime_sim.build import build_stubs
from runtime_sim.model.profile import Profile
from runtime_sim.outcome import Fault, Returned
from runtime_sim.runtime import Runtime

STUBS = r"""
#include <string.h>
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>

value field_assigned(value v_pair)
{
  CAMLparam1(v_pair);
  Field(v_pair, 0) = caml_copy_string("copy"); /* seen */
  CAMLreturn(v_pair);
}

__attribute__((noinline)) static int length_of_both(const char *text, value copy)
{
  return (int) strlen(text) + (int) caml_string_length(copy);
}

value pointer_beside_an_allocation(value v_pair)
{
  CAMLparam1(v_pair);
  CAMLlocal1(text);
  text = Field(v_pair, 1);
  int length = length_of_both(String_val(text), caml_copy_string("copy")); /* seen */
  CAMLreturn(Val_int(length));
}

value one_after_the_other(value v_pair)
{
  CAMLparam1(v_pair);
  CAMLlocal1(copy);
  copy = caml_copy_string("copy");
  Store_field(v_pair, 0, copy);
  CAMLreturn(Val_int(length_of_both(String_val(Field(v_pair, 1)), copy)));
}
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The stubs, by the compiler."""
    folder = tmp_path_factory.mktemp("compilers")
    source = folder / "stubs.c"
    source.write_text(STUBS)
    libraries = {}
    for compiler in ("gcc", "clang"):
        if shutil.which(compiler) is None:
            pytest.skip(f"{compiler} is not installed")
        libraries[compiler] = folder / f"{compiler}.so"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("CC", compiler)
            build_stubs([source], Profile.OCAML_5, libraries[compiler], ["-Wall", "-Werror"])
    return libraries


JUMP = r"""
#include <caml/mlvalues.h>
#include <caml/memory.h>

value jumps_over_a_root(value v_n)
{
  value result = v_n;
  if (Int_val(v_n) == 1) goto out;
  CAMLparam1(v_n);
  result = Val_int(2);
  CAMLdrop;
out:
  return result;
}
"""


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_who_jumps_over_a_root_is_compiled(
    compiler: str, tmp_path: Path, runtime_library: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which(compiler) is None:
        pytest.skip(f"{compiler} is not installed")
    monkeypatch.setenv("CC", compiler)
    (tmp_path / "stubs.c").write_text(JUMP)
    build_stubs([tmp_path / "stubs.c"], Profile.OCAML_5, tmp_path / "stubs.so", ["-Wall"])
    with Runtime(library=runtime_library) as runtime:
        runtime.load(tmp_path / "stubs.so")
        for number, result in ((1, 1), (0, 2)):
            returned = runtime.call("jumps_over_a_root", runtime.integer(number))
            assert isinstance(returned, Returned)
            assert runtime.read(returned.value) == result


def outcomes(name: str, runtime_library: Path, built: dict[str, Path]) -> list[Fault | int]:
    found: list[Fault | int] = []
    for library in built.values():
        with Runtime(library=runtime_library) as runtime:
            runtime.load(library)
            pair = runtime.tuple_of(runtime.integer(1), runtime.string(b"two"))
            outcome = runtime.call(name, pair)
            assert isinstance(outcome, Returned | Fault)
            found.append(outcome if isinstance(outcome, Fault) else 0)
    return found


@pytest.mark.parametrize("name", ["field_assigned", "pointer_beside_an_allocation"])
def test_an_order_that_one_compiler_takes_is_shown(
    name: str, runtime_library: Path, built: dict[str, Path]
) -> None:
    faults = [one for one in outcomes(name, runtime_library, built) if isinstance(one, Fault)]
    lines = STUBS.split("\n")
    seen = [one for one in faults if one.rule == "unsequenced-gc"]
    assert seen, faults
    for fault in seen:
        assert any("/* seen */" in lines[place.line - 1] for place in fault.calls)


def test_what_is_in_order_is_clean_with_both(
    runtime_library: Path, built: dict[str, Path]
) -> None:
    assert outcomes("one_after_the_other", runtime_library, built) == [0, 0]
