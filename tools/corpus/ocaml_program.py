"""Programs of terms as text of OCaml: what the simulated runtime runs, for real OCaml to run.

Everything has the type Obj.t. The values and the printing of results are in `ocaml/results.ml`;
what is made here is an OCaml file with the externals and a function for each program, and a C file
with what calls the functions that bytecode gives an array of arguments.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from runtime_sim.harness import terms
from runtime_sim.harness.signatures import BIGARRAY_KINDS, Convention
from runtime_sim.harness.terms import Call, Program, Project, Statement, Term

_MOST_BY_REGISTER = 5
_FEW = 3
_TYPES = {
    "value": "Obj.t",
    "double": "(float [@unboxed])",
    "int32_t": "(int32 [@unboxed])",
    "int64_t": "(int64 [@unboxed])",
    "nativeint": "(nativeint [@unboxed])",
    "intnat": "(int [@untagged])",
}
"""By the kinds of a convention; others are OxCaml's."""
_SUFFIXES = {"int32": "l", "int64": "L", "nativeint": "n"}


class NotOcaml(Exception):
    """A program has what OCaml cannot say."""


class Start(NamedTuple):
    """What is done before a primitive is called: names that are registered, and calls."""

    exceptions: Sequence[str] = ()
    functions: Sequence[str] = ()
    prelude: Program | None = None


class Text(NamedTuple):
    ocaml: str
    c: str


def ocaml_program(
    programs: Sequence[Program], conventions: Mapping[str, Convention], start: Start
) -> Text:
    """A program that runs one of the programs, by its number."""
    whole = [*programs, *([start.prelude] if start.prelude else [])]
    arities = {call.primitive: len(call.arguments) for one in whole for call in calls_of(one)}
    found = [(name, arity, conventions.get(name, Convention())) for name, arity in arities.items()]
    ocaml = ["open Results", *(_external(*one) for one in found)]
    ocaml += [f"let program_{number} () =\n{_body(one)}" for number, one in enumerate(programs)]
    ocaml += ["let () ="]
    ocaml += [f"  register_exception {_quoted(name.encode())};" for name in start.exceptions]
    ocaml += [f"  register_function {_quoted(name.encode())};" for name in start.functions]
    if start.prelude:
        ocaml += [f"  {_attempt(one.call)};" for one in start.prelude.statements]
    ocaml += [f"  run [{'; '.join(f'program_{number}' for number in range(len(programs)))}]"]
    c = ["#include <caml/memory.h>", "#include <caml/mlvalues.h>"]
    c += [_spread(name, arity) for name, arity, one in found if _is_spread(arity, one)]
    return Text("\n".join(ocaml) + "\n", "\n".join(c) + "\n")


def calls_of(program: Program) -> Iterator[Call]:
    """All calls that a program makes, also to make arguments."""
    for statement in program.statements:
        yield from _calls_in(statement.call)


def check_ocaml(program: Program, conventions: Mapping[str, Convention]) -> None:
    """`NotOcaml` for a program that OCaml cannot run."""
    _body(program)
    for call in calls_of(program):
        kinds = conventions.get(call.primitive, Convention()).kinds
        if strange := set(kinds) - set(_TYPES):
            raise NotOcaml(f"{call.primitive} takes or returns {min(strange)}")


def _calls_in(term: Term) -> Iterator[Call]:
    match term:
        case Call(_, arguments):
            yield term
            yield from (call for one in arguments for call in _calls_in(one))
        case terms.List(elements) | terms.Array(elements) | terms.Block(_, elements):
            yield from (call for one in elements for call in _calls_in(one))
        case terms.Function(_, result) if result is not None:
            yield from _calls_in(result)
        case Project(of, _):
            yield from _calls_in(of)


# --- externals ---------------------------------------------------------------------------------


def _external(name: str, arity: int, convention: Convention) -> str:
    kinds = convention.kinds or ("value",) * (arity + 1)
    function = f"results_{name}" if _is_spread(arity, convention) else name
    type = " -> ".join(_TYPES[kind] for kind in kinds)
    declared = f'external p_{name} : {type} = "{function}" "{function}"'
    if set(kinds) == {"value"}:
        return declared
    names = [f"a{number}" for number in range(arity)]
    arguments = " ".join(
        one if kind == "value" else f"(Obj.obj {one})"
        for one, kind in zip(names, kinds, strict=False)
    )
    return f"{declared}\nlet p_{name} {' '.join(names)} = value (p_{name} {arguments})"


def _is_spread(arity: int, convention: Convention) -> bool:
    """Whether a function is given an array of its arguments."""
    return not convention.kinds and arity > _MOST_BY_REGISTER


def _spread(name: str, arity: int) -> str:
    parameters = ", ".join(f"value a{number}" for number in range(arity))
    filled = " ".join(f"all[{number}] = a{number};" for number in range(arity))
    return (
        f"extern value {name}(value *, int);\n"
        f"value results_{name}({parameters})\n"
        f"{{ CAMLparam0(); CAMLlocalN(all, {arity}); {filled} CAMLreturn({name}(all, {arity})); }}"
    )


# --- terms -------------------------------------------------------------------------------------


def _body(program: Program) -> str:
    lines = [_prepared(one) for one in program.statements[:-1]]
    return "\n".join([*lines, f"  {_expression(program.statements[-1].call)}"])


def _prepared(statement: Statement) -> str:
    if statement.name:
        return f"  let v_{statement.name} = {_expression(statement.call)} in"
    return f"  {_attempt(statement.call)};"


def _attempt(call: Call) -> str:
    return f"attempt (fun () -> {_expression(call)})"


def _expression(term: Term) -> str:
    match term:
        case terms.Integer(number):
            return f"(value ({number}))"
        case terms.Double(number):
            return f"(double {_bits(number)})"
        case terms.Boxed(kind, number):
            return f"(boxed ({number}{_SUFFIXES[kind]}))"
        case terms.Text(content):
            return _text(content)
        case terms.List(elements):
            return f"(value {_elements(elements)})"
        case terms.Array(elements):
            return f"(block 0 {_elements(elements)})"
        case terms.Block(tag, fields, ()):
            return f"(block {tag} {_elements(fields)})"
        case terms.Floats(numbers):
            return f"(floats [{'; '.join(map(_bits, numbers))}])"
        case terms.Bigarray(kind, dimensions):
            return f"(bigarray {BIGARRAY_KINDS.index(kind)} [|{'; '.join(map(str, dimensions))}|])"
        case terms.Function(arity, result):
            head = f"fun {' '.join(['_'] * arity)} ->"
            if result is None:
                return f"(value ({head} raise Not_found))"
            return f"(let result = {_expression(result)} in value ({head} result))"
        case Call(primitive, arguments):
            return _in_order(arguments, lambda names: f"p_{primitive} {' '.join(names)}")
        case terms.Variable(name):
            return f"v_{name}"
        case Project(of, index):
            return f"(part {_expression(of)} {index})"
    raise NotOcaml(f"{term} is OxCaml's")


def _text(content: bytes) -> str:
    if len(content) > _FEW and len(set(content)) == 1:
        return f"(alike {len(content)} '\\{content[0]:03d}')"
    return f"(text {_quoted(content)})"


def _elements(elements: Sequence[Term]) -> str:
    """A list of OCaml's, the first one made first."""
    if len(elements) > _FEW and elements.count(elements[0]) == len(elements):
        return f"(repeated {len(elements)} (fun () -> {_expression(elements[0])}))"
    return _in_order(elements, lambda names: f"[{'; '.join(names)}]")


def _in_order(all: Sequence[Term], result: Callable[[Sequence[str]], str]) -> str:
    """OCaml says nothing of the order in which arguments are made."""
    names = [f"a{number}" for number in range(len(all))]
    made = [f"let {name} = {_expression(one)} in " for name, one in zip(names, all, strict=True)]
    return f"({''.join(made)}{result(names)})"


def _bits(number: float) -> str:
    (bits,) = struct.unpack("=Q", struct.pack("=d", number))
    return f"0x{bits:x}L"


def _quoted(content: bytes) -> str:
    plain = (
        chr(byte) if 0x20 <= byte < 0x7F and byte not in b'"\\' else f"\\{byte:03d}"
        for byte in content
    )
    return f'"{"".join(plain)}"'
