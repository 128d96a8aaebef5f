"""Text that is no OCaml, or not only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.mlfront import Environment, read_ml

SOUND = b"""\
(* external a : int *)
module type S = sig type t = { x : int; y : float } external s : t -> int = "s" end
module F (X : S) = struct
  type u = A of X.t | B of { mutable r : u } [@unboxed]
  external f : X.t -> (u [@local_opt]) -> ?x:int -> #(int * float#) = "f" "g" [@@noalloc]
end
let f x = let module M = struct external m : int -> 'a. 'a = {|m|} end in M.m x
#ifdef A
external g : M.(t) -> [> `A of int ] = "\\065\\x41"
#endif
include F(struct type t = int end)
"""


def names(text: str) -> list[str]:
    return [declared.ml_name for declared in read_ml("a.ml", text.encode()).externals]


def problems(text: str) -> list[tuple[int, int]]:
    return [problem.position[1:] for problem in read_ml("a.ml", text.encode()).problems]


@pytest.mark.parametrize(
    "odd",
    [
        "let x = <:expr< $a$ + 1 >>",
        "%% let",
        "let = = =",
        "type t = int = = {",
        "let x = begin",
        "IFDEF FOO THEN\nELSE\nENDIF",
        "#if FOO\n#else\n#endif",
        "END",
        "let x = )",
        "\x00\x01",
    ],
)
def test_an_odd_line_loses_no_external(odd: str) -> None:
    before = 'external before : int -> int = "b"'
    after = 'external after : int -> int = "a"'
    assert names(f"{before}\n{odd}\n{after}\n") == ["before", "after"]


def test_an_external_that_cannot_be_read_is_a_problem_at_its_line() -> None:
    text = 'external f : int -> = "f"\nexternal g : int -> int = "g"\n  external h : int\n'
    assert (names(text), problems(text)) == (["g"], [(1, 1), (3, 3)])


def test_the_word_in_comments_and_strings_is_no_external() -> None:
    text = (
        'external f : int -> int = "f" (* external g : int -> int = "g" *)\n'
        'let a = "external h : int" and b = {x|external i : int|x}\n'
        '(* " *) external j : int = "j" " *)\n(* (* *) external k : int *) let c = \'"\'\n'
        "let external_x = x'external let = =\n"
    )
    assert (names(text), problems(text)) == (["f"], [])


def test_conditional_lines_leave_both_branches() -> None:
    text = (
        '#if OCAML_VERSION >= (5, 0, 0)\nexternal f : int -> int = "a"\n'
        '# else\nexternal f : int -> int = "b"\n#endif\n'
    )
    found = read_ml("a.ml", text.encode()).externals
    assert [(e.position.line, e.external.names) for e in found] == [(2, ("a",)), (4, ("b",))]


def test_line_directives_are_blank() -> None:
    text = '# 1 "a.mlp"\nexternal f : int -> int = "f"\n#line 3 "a.mlp"\n'
    assert (names(text), problems(text)) == (["f"], [])


def test_a_method_call_at_the_start_of_a_line_is_no_directive() -> None:
    text = 'let a = b\n  #include_it\nexternal f : int -> int = "f"\n'
    assert (names(text), problems(text)) == (["f"], [])


def test_latin_1_is_read_as_such() -> None:
    text = '(* é *) let é = 1;; external f : int -> int = "é"'.encode("latin-1")
    (found,) = read_ml("a.ml", text).externals
    assert (found.position.column, found.external.names) == (21, ("é",))


def test_nesting_beyond_all_measure_is_read_to_some_depth() -> None:
    text = "module M = struct " * 3000 + 'external f : int -> int = "f"' + " end" * 3000
    assert [name[-2:] for name in names(text)] in ([], [".f"])


@pytest.mark.parametrize(
    "type_",
    [
        "(" * 900 + "int" + ")" * 900,
        "int" + " list" * 900,
        "(" + "int -> " * 900 + "int)",
        "F(" * 900 + "X" + ")" * 900 + ".t",
        "M.(" * 900 + "t" + ")" * 900,
        "('a : " + "(" * 900 + "value" + ")" * 900 + "). 'a",
        "[ `A of " * 900 + "int" + "]" * 900,
    ],
)
def test_types_beyond_all_measure_do_not_raise(type_: str) -> None:
    read_fully(f'external f : ({type_}) -> t = "f" type t = {type_}'.encode())


def test_an_external_deep_in_an_expression_is_found() -> None:
    lets = "".join(f"let x{n} = {n} in " for n in range(400))
    text = f'let f = {lets} let module M = struct external f : int -> int = "f" end in ()'
    assert [name[-1:] for name in names(text)] == ["f"]


def read_fully(text: bytes) -> None:
    """Read a file, close its externals, and look at every definition they lead to."""
    files = {path: read_ml(path, text) for path in ("a.ml", "a.mli")}
    environment = Environment([*files], lambda path: text, files)
    for file in files.values():
        for declared in file.externals:
            environment.closed(declared)
    for key in ("a.ml#t", "a.ml#F.u", "a.mli#S.t"):
        environment.definition(key)


@given(st.binary(max_size=200))
def test_no_bytes_raise(text: bytes) -> None:
    read_fully(text)
    read_fully(b'external f : int -> t = "f"\n' + text)


@given(st.data())
def test_no_cut_of_real_text_raises(data: st.DataObject) -> None:
    pieces = []
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(SOUND)))
        pieces.append(SOUND[start : data.draw(st.integers(start, len(SOUND)))])
    read_fully(b"".join(pieces))
