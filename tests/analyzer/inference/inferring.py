"""C text to the types that its use of values gives, as OCaml writes them."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.inference import Inferred, infer_externals
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Record,
    Tuple,
    Type,
    TypeVar,
    Variant,
)
from tests.analyzer.lower.lowering import unit_of


def inferred(text: str) -> Inferred:
    return infer_externals([unit_of(text)])


def type_of(text: str) -> str:
    """The type of the only external in this text, definitions written out."""
    found = inferred(text)
    (external,) = (each.external for each in found.externals)
    types = [*(slot.type for slot in external.params), external.result.type]
    return " -> ".join(_Writer(found).write(types))


class _Writer:
    """Writes types with their definitions in place: recursion is a star, variables count up."""

    def __init__(self, found: Inferred) -> None:
        self._definitions = found.definitions
        self._open: list[str] = []
        self._variables: dict[str, str] = {}

    def write(self, types: list[Type]) -> Iterator[str]:
        for type in types:
            text = self._type(type)
            yield f"({text})" if isinstance(type, Arrow) else text

    def _type(self, type: Type) -> str:
        match type:
            case TypeVar(name=name):
                letter = "abcdefghij"[len(self._variables) % 10]
                return f"'{self._variables.setdefault(name, letter)}"
            case Constr(name=name, args=args):
                return self._constr(name, args)
            case Arrow(param=param, result=result):
                return f"{self._type(param)} -> {self._type(result)}"
            case Tuple(items=items):
                return " * ".join(map(self._type, items))
        return "?"

    def _constr(self, name: str, args: tuple[Type, ...]) -> str:
        definition = self._definitions.get(name)
        if definition is None:
            shown = [self._type(arg) for arg in args]
            prefix = shown[0] if len(shown) == 1 else f"({', '.join(shown)})"
            return f"{prefix} {name}" if args else name
        if name in self._open:
            return "*"
        self._open.append(name)
        match definition.body:
            case Record(fields=fields):
                text = "; ".join(
                    f"{'mutable ' if each.mutable else ''}{self._type(each.type)}"
                    for each in fields
                )
                text = f"{{{text}}}"
            case Variant(constructors=constructors):
                text = f"[{' | '.join(map(self._constructor, constructors))}]"
            case None:
                text = name.removeprefix("c#")
            case body:
                text = f"<{self._type(body)}>" if not isinstance(body, str) else body
        self._open.pop()
        return text

    def _constructor(self, constructor: Constructor) -> str:
        fields = " * ".join(self._type(each.type) for each in constructor.fields)
        return f"{constructor.name} of {fields}" if fields else constructor.name
