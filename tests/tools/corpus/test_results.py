"""What stubs return on the simulated runtime, beside what they return in the OCaml of here."""

from __future__ import annotations

import shutil

import pytest

from tools.corpus.ocaml_run import Ocaml
from tools.corpus.recipes import Recipe
from tools.corpus.results import Compared, compare_package, render

OCAML = """
type pair = { left : int; right : float }
external add : int -> int -> int = "tiny_add"
external pair : int -> float -> pair = "tiny_pair"
external many : int -> int -> int -> int -> int -> string -> string = "tiny_many_byte" "tiny_many"
external half : (float [@unboxed]) -> (float [@unboxed]) = "tiny_half_byte" "tiny_half"
external apply : (int -> string) -> string = "tiny_apply"
external fail : string -> unit = "tiny_fail"
external process : unit -> int = "tiny_process"
external fresh : int -> bytes = "tiny_fresh"
external simulated : unit -> bool = "tiny_simulated"
exception Error of string
let () = Callback.register_exception "tiny" (Error "")
"""

STUBS = """
#include <caml/mlvalues.h>
#include <caml/memory.h>
#include <caml/alloc.h>
#include <caml/callback.h>
#include <caml/fail.h>
#include <unistd.h>

value tiny_add(value a, value b) { return Val_long(Long_val(a) + Long_val(b)); }

value tiny_pair(value left, value right)
{
  CAMLparam2(left, right);
  CAMLlocal1(made);
  made = caml_alloc(2, 0);
  Store_field(made, 0, left);
  Store_field(made, 1, right);
  CAMLreturn(made);
}

value tiny_many(value a, value b, value c, value d, value e, value text) { return text; }

value tiny_many_byte(value *all, int count) { return all[count - 1]; }

double tiny_half(double number) { return number / 2; }

value tiny_half_byte(value number) { return caml_copy_double(tiny_half(Double_val(number))); }

value tiny_apply(value function) { return caml_callback(function, Val_int(1)); }

value tiny_fail(value text)
{
  const value *error = caml_named_value("tiny");
  caml_raise_with_arg(*error, text);
}

value tiny_process(value unit) { return Val_long(getpid()); }

value tiny_fresh(value unit) { return caml_alloc_string(64); }

#pragma weak caml_sim_long
extern intnat caml_sim_long(value);
value tiny_simulated(value unit) { return Val_bool(caml_sim_long != 0); }
"""


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    if shutil.which("ocamlopt") is None:
        pytest.skip("there is no ocamlopt")
    corpus = tmp_path_factory.mktemp("corpus")
    (corpus / "tiny").mkdir()
    (corpus / "tiny/tiny.ml").write_text(OCAML)
    (corpus / "tiny/tiny.c").write_text(STUBS)
    (one,) = compare_package(Recipe("tiny", ("tiny",)), corpus, 2, 2, [Ocaml()])
    return one


def test_results_and_exceptions_are_compared(compared: Compared) -> None:
    assert compared.agreed == {
        *("tiny_add", "tiny_pair", "tiny_many", "tiny_many_byte", "tiny_half"),
        *("tiny_half_byte", "tiny_apply", "tiny_fail"),
    }
    assert not compared.absent


def test_what_differs_from_itself_is_left_out(compared: Compared) -> None:
    assert set(compared.impure) == {"tiny_process", "tiny_fresh"}


def test_differences_are_told_with_both_results(compared: Compared) -> None:
    assert {one.program.primitive for one in compared.differences} == {"tiny_simulated"}
    assert f"\ntiny | {compared.version} | tiny_simulated(0) | 1 | 0" in render([compared])
