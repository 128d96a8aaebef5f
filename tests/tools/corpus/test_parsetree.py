"""Externals in the dump of OCaml's parser."""

from __future__ import annotations

from tools.corpus.parsetree import Declared, externals_in

PLAIN = """\
[
  structure_item (a.ml[2,10+2]..[2,10+60])
    Pstr_primitive
    value_description "f" (a.ml[2,10+11]..[2,10+12]) (a.ml[2,10+2]..[2,10+60])
      attribute "noalloc"
        []
      attribute "ocaml.doc"
        [
          structure_item (a.ml[3,70+0]..[3,70+5])
            Pstr_eval
        ]
      core_type (a.ml[2,10+15]..[2,10+40])
        Ptyp_arrow
        Labelled "x"
        core_type (a.ml[2,10+15]..[2,10+20])
          attribute "ocaml.unboxed"
            []
          Ptyp_constr "float" (a.ml[2,10+15]..[2,10+20])
          []
        core_type (a.ml[2,10+30]..[2,10+40])
          attribute "untagged"
            []
          Ptyp_constr "int" (a.ml[2,10+30]..[2,10+40])
          []
      [
        "a"b"
        "c"
      ]
]
signature_item (a.ml[4,80+0]..[4,80+13])
  Psig_value
  value_description "g" (a.ml[4,80+4]..[4,80+5]) (a.ml[4,80+0]..[4,80+13])
    core_type (a.ml[4,80+8]..[4,80+13])
      Ptyp_constr "int" (a.ml[4,80+8]..[4,80+13])
      []
    []
"""


def dump_of_arity(arity: int) -> str:
    """A dump as the compiler prints it: indented by the depth modulo 36."""
    lines = [(0, 'value_description "f" (a.ml[1,0+9]..[1,0+10]) (a.ml[1,0+0]..[1,0+99])')]
    for depth in range(1, arity + 1):
        lines += [(depth, "core_type (place)"), (depth + 1, "Ptyp_arrow"), (depth + 1, "Nolabel")]
        lines += [(depth + 1, "core_type (place)"), (depth + 2, "Ptyp_any")]
    lines += [(arity + 1, "core_type (place)"), (arity + 2, "Ptyp_any")]
    lines += [(1, "["), (2, '"f"'), (1, "]")]
    return "\n".join(" " * (2 * depth % 72) + text for depth, text in lines)


def test_a_value_with_names_is_an_external() -> None:
    assert externals_in(PLAIN) == [
        Declared(12, "f", ('a"b', "c"), ("unboxed", "untagged"), ("noalloc",))
    ]


def test_long_types_are_read_although_the_indentation_starts_anew() -> None:
    found = [externals_in(dump_of_arity(arity)) for arity in range(1, 120)]
    assert [(one.arity, one.names) for (one,) in found] == [(n, ("f",)) for n in range(1, 120)]
