"""Externals as they are declared."""

from __future__ import annotations

import pickle

import pytest

from analyzer.mlfront import DeclaredExternal, MlFile, read_ml
from runtime_sim.model.kinds import IMMEDIATE, VALUE, bounded
from runtime_sim.model.modes import Locality
from runtime_sim.model.types import (
    Arrow,
    Constr,
    External,
    Opaque,
    PolyVariant,
    Slot,
    Tuple,
    Type,
    TypeVar,
)

INT = Constr("int")
STRING = Constr("string")
FLOAT = Constr("float")


def declared(text: str, path: str = "a.ml") -> DeclaredExternal:
    file = read_ml(path, text.encode())
    assert file.problems == ()
    (only,) = file.externals
    return only


def external(text: str) -> External:
    return declared(text).external


def parameter(text: str) -> Slot:
    (slot,) = external(f'external f : {text} -> unit = "f"').params
    return slot


def type_of(text: str) -> Type:
    """The type that is read for `text`, as that of a parameter."""
    return parameter(text).type


def test_an_external_has_its_parameters_result_names_and_text() -> None:
    assert external('external f :\n  int ->   string = "a" "b"') == External(
        name="f",
        params=(Slot(INT),),
        result=Slot(STRING),
        names=("a", "b"),
        text="int -> string",
    )


def test_its_place_is_the_keyword_and_its_end_the_last_attribute() -> None:
    found = declared('let é = 1;; external f : int -> int\n  = "a"\n  [@@noalloc]\n')
    assert (found.position, found.end_line) == (("a.ml", 1, 13), 3)


def test_each_c_name_has_its_place() -> None:
    found = declared('external a : int -> int\n  = "a_b" "a_b"\n')
    assert found.name_positions == (("a.ml", 2, 6), ("a.ml", 2, 12))
    found = declared('external a : int -> int\n  = "a_byte"\n    "a"\n')
    assert found.position_of("a") == ("a.ml", 3, 6)
    found = declared('external a : int -> int\n  = "\\097"\n')
    assert found.position_of("a") == found.position


@pytest.mark.parametrize(
    ("type_", "arity"),
    [
        ("int -> (int -> int)", 2),
        ("int -> ((int -> (int -> int)))", 3),
        ("(int -> int) -> int", 1),
        ("int -> (int -> int) [@attribute]", 2),
        ("int -> (int -> int as 'b)", 1),
        ("'a. 'a -> 'a", 1),
        ("x:int -> ?y:int -> unit", 2),
        ("(int -> int)", 1),
    ],
)
def test_the_arity_counts_the_arrows_written_and_parentheses_do_not_matter(
    type_: str, arity: int
) -> None:
    assert external(f'external f : {type_} = "f"').arity == arity


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ("M.t", Constr("M.t")),
        ("F (X) . t", Constr("F(X).t")),
        ("string list", Constr("list", (STRING,))),
        ("(int, 'a) M.t", Constr("M.t", (INT, TypeVar("a")))),
        ("_", TypeVar("")),
        ("(int * string)", Tuple((INT, STRING))),
        ("#(int * string)", Tuple((INT, STRING), unboxed=True)),
        ("float#", Constr("float#")),
        ("int64# array", Constr("array", (Constr("int64#"),))),
        ("(x:int -> int)", Arrow(INT, INT, "x")),
        ("(?x:int -> int)", Arrow(Constr("option", (INT,)), INT, "?x")),
        ("(int as 'a)", INT),
        ("M.(t * N.u)", Tuple((Constr("M.(t)"), Constr("M.(N.u)")))),
        ("< m : int >", Opaque("< m : int >", "object")),
        ("#c", Opaque("#c", "object")),
        ("(module S)", Opaque("(module S)", "package")),
        ("[%ext]", Opaque("[%ext]")),
        (
            "[ `A | `B of int & string | t ]",
            PolyVariant((("A", ()), ("B", (INT, STRING))), (Constr("t"),)),
        ),
        ("[> `A ]", PolyVariant((("A", ()),), open=True)),
        ("[< `A | `B > `A ]", PolyVariant((("A", ()), ("B", ())))),
    ],
)
def test_types_are_read_as_written(text: str, type_: Type) -> None:
    assert type_of(text) == type_


def test_an_optional_parameter_is_an_option() -> None:
    assert parameter("?x:int") == Slot(Constr("option", (INT,)), "?x")


@pytest.mark.parametrize("prefix", ["", "ocaml."])
def test_attributes_in_parentheses_say_how_a_number_is_passed(prefix: str) -> None:
    found = external(
        f"external f : (float [@{prefix}unboxed]) -> x:(int [@{prefix}untagged]) "
        f'-> (int64 [@{prefix}unboxed]) = "a" "b"'
    )
    assert (found.params, found.result) == (
        (Slot(FLOAT, unboxed=True), Slot(INT, "x", untagged=True)),
        Slot(Constr("int64"), unboxed=True),
    )


def test_oxcaml_s_attributes_say_how_products_and_small_numbers_are_passed() -> None:
    found = external(
        'external f : (#(int * int) [@unpacked]) -> (int8# [@unsafe_unextended]) -> unit = "a" "b"'
    )
    assert [(slot.unpacked, slot.unextended) for slot in found.params] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("text", "locality"),
    [
        ("local_ 'a", Locality.LOCAL),
        ("x:local_ 'a", Locality.LOCAL),
        ("'a @ local", Locality.LOCAL),
        ("x:'a @ unique local", Locality.LOCAL),
        ("'a @ unique", Locality.GLOBAL),
        ("('a [@local_opt])", Locality.EITHER),
    ],
)
def test_a_parameter_may_be_local(text: str, locality: Locality) -> None:
    slot = parameter(text)
    assert (slot.type, slot.locality) == (TypeVar("a"), locality)


@pytest.mark.parametrize("result", ["local_ 'a", "'a @ local"])
def test_a_result_may_be_local(result: str) -> None:
    found = external(f'external f : int @ global -> {result} = "f"')
    assert [slot.locality for slot in (*found.params, found.result)] == [
        Locality.GLOBAL,
        Locality.LOCAL,
    ]


def test_modalities_of_the_whole_do_not_disturb() -> None:
    assert external('external f : int -> int @@ portable = "f"').names == ("f",)


def test_a_quantified_variable_has_its_kind_wherever_it_stands() -> None:
    found = external(
        "external f : ('a : immediate) ('b : value mod non_float) 'c. 'a -> 'b list -> 'c = \"f\""
    )
    assert [slot.type for slot in (*found.params, found.result)] == [
        TypeVar("a", IMMEDIATE),
        Constr("list", (TypeVar("b", bounded(VALUE, ("non_float",))),)),
        TypeVar("c"),
    ]


def test_attributes_are_kept_in_order() -> None:
    found = external('external[@first] f : int -> int = "f" [@@noalloc] [@@ocaml.deprecated "x"]')
    assert (found.attributes, found.noalloc) == (("first", "noalloc", "ocaml.deprecated"), True)


def test_the_old_form_of_noalloc_is_a_name() -> None:
    found = external('external f : float -> float = "f" "f_native" "noalloc" "float"')
    assert (found.names, found.native_name, found.noalloc) == (
        ("f", "f_native", "noalloc", "float"),
        "f_native",
        True,
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("{|f|}", "f"),
        ('{id|f"|}|id}', 'f"|}'),
        (r'"a\"\\b"', 'a"\\b'),
        (r'"\065\x42\o103\u{44}\t"', "ABCD\t"),
        ('"a\\\n   b"', "ab"),
        (r'"\u{FFFFFFF}"', "?"),
    ],
)
def test_strings_stand_for_what_ocaml_takes_them_for(written: str, name: str) -> None:
    assert external(f"external f : int -> int = {written}").names == (name,)


@pytest.mark.parametrize("name", ["+", "mod", ".%()", "!", "land"])
def test_operators_are_names(name: str) -> None:
    assert external(f'external ( {name} ) : int -> int = "f"').name == name


def test_primitives_of_the_compiler_are_kept() -> None:
    assert external('external f : int -> int = "%identity"').is_compiler_primitive


def test_comments_may_stand_anywhere() -> None:
    found = external('external (* ")" *) f : (* a *) int (* -> *) -> int = (* c *) "f" (* d *)')
    assert (found.params, found.text) == ((Slot(INT),), "int -> int")


def test_a_file_survives_pickling() -> None:
    file = read_ml("a.ml", b'module M = struct external f : int -> int = "f" end type t = int')
    assert pickle.loads(pickle.dumps(file)) == file


def test_a_file_without_externals_is_not_parsed() -> None:
    text = b"(* external f : int *) type t = int let external_ = 1"
    assert read_ml("a.ml", text) == MlFile("a.ml", (), (), ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("module M = struct E end", "M.f"),
        ("module M : sig type t end = struct module N = struct E end end", "M.N.f"),
        ("module rec M : S = struct end and N : S = struct E end", "N.f"),
        ("module F (X : S) (Y : T) = struct E end", "F.f"),
        ("module F = functor (X : S) -> struct E end", "F.f"),
        ("module M = F (struct E end)", "M.f"),
        ("module M = (struct E end : S)", "M.f"),
        ("include struct E end", "f"),
        ("include (struct E end : S)", "f"),
        ("open struct E end", "f"),
        ("let f x = let module M = struct E end in M.f x", "M.f"),
        ("let f x = match x with _ -> begin let open struct E end in f x end", "f"),
        ("class c = let module M = struct E end in object end", "M.f"),
        ("let () = (let module M = struct E end in ());;", "M.f"),
    ],
)
def test_externals_are_found_in_every_sort_of_module(text: str, name: str) -> None:
    found = declared(text.replace("E", 'external f : int -> int = "f"'))
    assert (found.ml_name, found.in_signature) == (name, False)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("module type S = sig E end", "S.f"),
        ("module type S = sig module M : sig E end end", "S.M.f"),
        ("module M : sig E end = struct end", "M.f"),
        ("module F (X : sig E end) = struct end", "F.X.f"),
        ("module type S = functor (X : sig E end) -> T", "S.X.f"),
        ("module type S = sig include sig E end with type t = int end", "S.f"),
    ],
)
def test_those_of_module_types_are_marked(text: str, name: str) -> None:
    found = declared(text.replace("E", 'external f : int -> int = "f"'))
    assert (found.ml_name, found.in_signature) == (name, True)


@pytest.mark.parametrize(
    ("text", "name", "in_signature"),
    [
        ("E", "f", False),
        ("module M : sig E end", "M.f", False),
        ("module F (X : S) : sig E end", "F.f", False),
        ("module type S = sig E end", "S.f", True),
        ("include sig E end", "f", False),
    ],
)
def test_an_interface_declares_externals_too(text: str, name: str, in_signature: bool) -> None:
    found = declared(text.replace("E", 'external f : int -> int = "f"'), "a.mli")
    assert (found.ml_name, found.in_signature) == (name, in_signature)
