"""What the names of types mean, across modules and files."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from analyzer.mlfront import Environment, read_ml
from runtime_sim.model.types import (
    Constr,
    Constructor,
    Field,
    Opaque,
    Record,
    Tuple,
    Type,
    Variant,
)

INT = Constr("int")
NO_OTHERS: Mapping[str, str] = {}
EXTERNAL = 'external f : {} -> unit = "f"\n'


def environment(files: Mapping[str, str]) -> Environment:
    return Environment([*files], lambda path: files[path].encode())


def resolved(text: str, files: Mapping[str, str] = NO_OTHERS, path: str = "src/a.ml") -> Type:
    """What the parameter's type of the last external of `text` is closed to."""
    everything = {**files, path: text}
    declared = read_ml(path, text.encode()).externals[-1]
    return environment(everything).closed(declared).params[0].type


def in_file(type_: str, before: str = "", after: str = "") -> Type:
    return resolved(f"{before}\n{EXTERNAL.format(type_)}{after}")


def a(name: str) -> Constr:
    return Constr(f"src/a.ml#{name}")


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("int", "int"),
        ("Stdlib.int", "int"),
        ("Stdlib.ref", "Stdlib.ref"),
        ("ref", "Stdlib.ref"),
        ("Pervasives.in_channel", "Stdlib.in_channel"),
        ("Stdlib.Int64.t", "Int64.t"),
        ("Unix.stats", "Unix.stats"),
        ("Bigarray.Array1.t", "Bigarray.Array1.t"),
        ("Bigarray.(Array1.t)", "Bigarray.Array1.t"),
        ("Bigarray.(int)", "int"),
    ],
)
def test_predefined_types_have_their_names(written: str, key: str) -> None:
    assert in_file(written) == Constr(key)


def test_arguments_and_variables_are_kept() -> None:
    assert in_file("('a, int) t list", "type ('a, 'b) t") == Constr(
        "list", (Constr("src/a.ml#t", (in_file("'a"), INT)),)
    )


@pytest.mark.parametrize(
    ("written", "opaque"),
    [
        ("gone", "gone"),
        ("(int, x:int -> 'a) Gone.t list", "(int, x:int -> 'a) Gone.t list"),
        ("[ Gone.v | `A of int ] Gone.t", "[ Gone.v | `A of int ] Gone.t"),
    ],
)
def test_what_is_not_known_is_kept_as_text(written: str, opaque: str) -> None:
    found = in_file(written)
    inner = found.args[0] if isinstance(found, Constr) else found
    assert inner == Opaque(opaque.removesuffix(" list"))


@pytest.mark.parametrize(
    ("before", "written", "key"),
    [
        ("type t = int", "t", "t"),
        ("type int = A", "int", "int"),
        ("module M = struct type t end", "M.t", "M.t"),
        ("module M = struct module N = struct type t end end", "M.N.t", "M.N.t"),
        ("module M : sig type t end = struct type t = int end", "M.t", "M.t"),
        ("module rec M : S = N and N : sig type t end = M", "N.t", "N.t"),
        ("module M = struct type t end module N = M", "N.t", "M.t"),
        ("module M = struct type t end open M", "t", "M.t"),
        ("module M = struct type t end open! M", "M.t", "M.t"),
        ("module M = struct type t end include M", "t", "M.t"),
        ("module M = struct type t end module N = struct include M end", "N.t", "M.t"),
        ("module M = struct type t end", "M.(t)", "M.t"),
        ("include struct type t end", "t", "t"),
        ("module type S = sig type t end module M = (val m : S)", "M.t", "S.t"),
        ("module type S = sig type t end module M : S = Gone", "M.t", "S.t"),
        ("module M = struct type t end module N = (M : S)", "N.t", "M.t"),
        ("module F (X : S) = struct type t = int end module M = F (Y)", "M.t", "F.t"),
        ("module F (X : S) = struct type t = int end", "F(Y).t", "F.t"),
        ("module F = functor (X : S) -> struct type t end include F (Y)", "t", "F.t"),
        (
            "module M = struct type t end module T = struct include module type of M end",
            "T.t",
            "M.t",
        ),
        ("module type S = sig type t type u end module M : S with type t = int = G", "M.t", "M.t"),
        ("module type S = sig type t type u end module M : S with type t = int = G", "M.u", "S.u"),
        (
            "module type S = sig module N : sig type t end end module M : S with type N.t = u = G",
            "M.N.t",
            "S.N.t",
        ),
        ("class c = object end", "c", "c"),
        ("module M = struct open struct type t end type u = t end", "M.u", "M.u"),
    ],
)
def test_names_are_looked_up_as_in_ocaml(before: str, written: str, key: str) -> None:
    text = before.replace("include module type of", "include")
    assert in_file(written, text) == a(key)


@pytest.mark.parametrize(
    ("before", "written"),
    [
        ("type t = string open Gone", "t"),
        ("type t = string open Unix.Gone", "t"),
        ("type t = string module M = struct include Gone end open M", "t"),
        ("type string = A open Gone", "string"),
        ("module M = struct type t end open M open Gone", "t"),
        ("module M = struct type t end include M include Gone", "t"),
        ("module M = struct type t end open Gone", "M.t"),
        ("module M = struct type t end open Gone open M", "t"),
        ("type t = string", "Gone.(t)"),
    ],
)
def test_what_is_opened_and_not_known_may_hide_what_came_before(before: str, written: str) -> None:
    assert isinstance(in_file(written, before), Opaque)


@pytest.mark.parametrize(
    ("before", "written", "key"),
    [
        ("open Gone type t = int", "t", "t"),
        ("open Gone module M = struct type t end", "M.t", "M.t"),
        ("open Gone module M = struct type t end open M", "t", "M.t"),
        ("type t = int module M = struct open Gone end", "t", "t"),
        ("type t = int module M = struct type u end open M", "t", "t"),
        ("type t = int open Printf", "t", "t"),
        ("type t = int open Stdlib", "t", "t"),
        ("type t = int open Unix", "t", "t"),
        # What is included cannot redefine what its own structure defines.
        ("type t = int include Gone", "t", "t"),
        ("type t = int include Gone.Make (X)", "t", "t"),
        ("module M : Gone.S with type t = int = G", "M.t", "M.t"),
    ],
)
def test_what_comes_later_or_cannot_be_hidden_is_known(
    before: str, written: str, key: str
) -> None:
    assert in_file(written, before) == a(key)


def test_an_inner_scope_may_hide_what_is_outside() -> None:
    text = f"type t module M = struct open Gone {EXTERNAL.format('t * string')} end"
    assert resolved(text) == Tuple((Opaque("t"), Constr("string")))


def test_what_a_module_opens_is_not_a_part_of_it() -> None:
    before = "module M = struct type t end module N = struct open M end"
    assert in_file("N.t", before) == Opaque("N.t")


def test_inner_scopes_see_the_outer_ones() -> None:
    text = f"type t module M = struct type u module N = struct {EXTERNAL.format('t * u')} end end"
    assert resolved(text) == resolved(
        f"type t module M = struct type u {EXTERNAL.format('t * u')} end"
    )


@pytest.mark.parametrize(
    "text",
    [
        "let g = let module M = struct type t E end in ()",
        "let g = let open struct type t E end in ()",
    ],
)
def test_local_modules_have_types(text: str) -> None:
    found = resolved(text.replace("E", EXTERNAL.format("t")))
    assert isinstance(found, Constr)


def test_an_external_of_a_file_that_is_gone_has_unknown_types() -> None:
    text = "let g = let module M = struct type t E end in ()"
    declared = read_ml("a.ml", text.replace("E", EXTERNAL.format("t")).encode()).externals[0]

    def read(path: str) -> bytes:
        raise FileNotFoundError(path)

    assert Environment(["a.ml"], read).closed(declared).params[0].type == Opaque("t")


def test_a_later_definition_does_not_disturb_an_earlier_use() -> None:
    text = f"type t = int {EXTERNAL.format('t')} type t = string"
    external = read_ml("src/a.ml", text.encode()).externals[0]
    told = environment({"src/a.ml": text})
    assert told.closed(external).params[0].type == a("t/1")
    assert [d.body for key in ("t/1", "t") if (d := told.definition(f"src/a.ml#{key}"))] == [
        INT,
        Constr("string"),
    ]


def test_nonrec_means_the_earlier_type() -> None:
    told = environment({"src/a.ml": "type t = int type nonrec t = t list"})
    found = told.definition("src/a.ml#t")
    assert found
    assert found.body == Constr("list", (a("t/1"),))


def test_definitions_may_be_recursive() -> None:
    told = environment({"src/a.ml": "type t = A of u and u = { t : t option }"})
    t, u = told.definition("src/a.ml#t"), told.definition("src/a.ml#u")
    assert t
    assert t.body == Variant((Constructor("A", (Field("", a("u")),)),))
    assert u
    assert u.body == Record((Field("t", Constr("option", (a("t"),))),))


def test_an_abbreviation_of_itself_is_unknown() -> None:
    found = environment({"src/a.ml": "type t = t"}).definition("src/a.ml#t")
    assert found
    assert found.body == Opaque("t")


@pytest.mark.parametrize(
    "text",
    [
        "module M = M",
        "include A",
        "module rec M : S = N and N : S = M",
        "module F (X : S) = F (X) module M = F (F)",
        "module type S = S module M : S = M",
        "open A open B",
    ],
)
def test_circles_end(text: str) -> None:
    files = {"src/b.ml": "include A open A module M = A.M"}
    assert resolved(f"{text} {EXTERNAL.format('M.t')}", files) == Opaque("M.t")


@pytest.mark.parametrize(("written", "type_"), [("X.t", Opaque("X.t")), ("X.u", a("F.X.u"))])
def test_what_is_known_of_a_functor_s_parameter_is_its_signature(
    written: str, type_: Type
) -> None:
    parameter = "X : sig type t type u = int end"
    assert resolved(f"module F ({parameter}) = struct {EXTERNAL.format(written)} end") == type_


@pytest.mark.parametrize(
    ("files", "written", "key"),
    [
        ({"src/m.ml": "type t = int"}, "M.t", "src/m.ml#t"),
        ({"src/M.ml": "type t = int"}, "M.t", "src/M.ml#t"),
        ({"src/m.cppo.ml": "type t = int"}, "M.t", "src/m.cppo.ml#t"),
        ({"src/m.cppo.ml": "type t", "src/m.ml": "type t"}, "M.t", "src/m.ml#t"),
        ({"src/m.mli": "type t"}, "M.t", "src/m.mli#t"),
        ({"src/m.mli": "type t", "src/m.ml": "type t = int"}, "M.t", "src/m.ml#t"),
        ({"src/m.mli": "type t", "src/m.ml": "include Gone"}, "M.t", "src/m.mli#t"),
        ({"lib/m.ml": "type t", "other/far/m.ml": "type t"}, "M.t", "lib/m.ml#t"),
        ({"lib/m.ml": "type t", "src/m.ml": "type t"}, "M.t", "src/m.ml#t"),
        ({"lib/m.ml": "type t"}, "Lib.M.t", "lib/m.ml#t"),
        ({"lib/m.ml": "module N = struct type t end"}, "Lib.M.N.t", "lib/m.ml#N.t"),
        ({"src/m.ml": "include N", "src/n.ml": "type t"}, "M.t", "src/n.ml#t"),
        ({"src/m.ml": "module O = N", "src/n.ml": "type t"}, "M.O.t", "src/n.ml#t"),
        ({"lib/unix.ml": "type stats"}, "Unix.stats", "Unix.stats"),
        ({"src/unix.ml": "type stats"}, "Unix.stats", "src/unix.ml#stats"),
        ({"src/unix.ml": ""}, "Unix.stats", "Unix.stats"),
        ({"src/m.ml": "module U = Unix"}, "M.U.stats", "Unix.stats"),
        ({"src/m.ml": "include Unix"}, "M.stats", "Unix.stats"),
    ],
)
def test_modules_may_be_files(files: Mapping[str, str], written: str, key: str) -> None:
    assert resolved(EXTERNAL.format(written), files) == Constr(key)


@pytest.mark.parametrize(
    ("before", "written", "key"),
    [
        ("open M", "t", "src/m.ml#t"),
        ("include M", "N.t", "src/m.ml#N.t"),
        ("open M.N", "t", "src/m.ml#N.t"),
        ("module X = M.N", "X.t", "src/m.ml#N.t"),
        ("open Unix", "stats", "Unix.stats"),
        ("open Bigarray", "Array1.t", "Bigarray.Array1.t"),
        ("module B = Bigarray.Array1", "B.t", "Bigarray.Array1.t"),
        ("open Gone", "int", "int"),
        ("open Gone", "M.t", "src/m.ml#t"),
    ],
)
def test_other_files_may_be_opened_and_renamed(before: str, written: str, key: str) -> None:
    files = {"src/m.ml": "type t = int module N = struct type t end"}
    assert resolved(f"{before} {EXTERNAL.format(written)}", files) == Constr(key)


def test_an_interface_s_type_is_its_implementation_s() -> None:
    text = f"type t module M : sig type u end {EXTERNAL.format('t -> M.u')}"
    files = {"src/a.ml": "type t = int module M = struct type u = A end"}
    path = "src/a.mli"
    external = read_ml(path, text.encode()).externals[0]
    closed = environment({**files, path: text}).closed(external)
    assert [slot.type for slot in closed.params] == [a("t"), a("M.u")]


def test_an_abbreviation_leads_to_another_file() -> None:
    told = environment({"src/m.ml": "type t = int", "src/a.ml": "type t = M.t"})
    found = told.definition("src/a.ml#t")
    assert found
    assert found.body == Constr("src/m.ml#t")


@pytest.mark.parametrize("key", ["gone", "src/a.ml#gone", "src/gone.ml#t"])
def test_a_key_of_nothing_has_no_definition(key: str) -> None:
    def read(path: str) -> bytes:
        raise FileNotFoundError(path)

    assert Environment(["src/a.ml"], read).definition(key) is None


def test_files_are_read_only_when_they_are_asked() -> None:
    read: list[str] = []

    def reading(path: str) -> bytes:
        read.append(path)
        return b"type t = int"

    text = EXTERNAL.format("int -> N.t").encode()
    parsed = read_ml("a.ml", text)
    told = Environment(["a.ml", "m.ml", "n.ml", "n.mli"], reading, {"a.ml": parsed})
    told.closed(parsed.externals[0])
    told.definition("n.ml#t")
    assert read == ["n.ml"]
