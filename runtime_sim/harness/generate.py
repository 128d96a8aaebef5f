"""Terms of given shapes, drawn by Hypothesis.

Many primitives trust the OCaml code around them to give them offsets and lengths that fit. So the
arguments of one call are drawn with one of two sizes: strings and arrays of at least `_LONG`
elements together with integers that, two of them added, stay below; or of any length, empty ones
too, together with the integer 0 alone. An array within a block is not empty, unless a recursive
type has to end there: what else there is in the block may count on it.

A value of an abstract type is what a primitive of the same project returns. Where none does and
the kind of the type keeps the collector away, it is an integer.

Where types are guessed, they tell less of what fits: texts are never shorter than a few bytes, and
integers also those that the function compares some with.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar, cast

from hypothesis import strategies as st

from runtime_sim.harness import terms
from runtime_sim.harness.process import FILES
from runtime_sim.harness.signatures import BIGARRAY_KINDS, Signature
from runtime_sim.harness.terms import Call, Program, Project, Statement, Term, Variable
from runtime_sim.model.builtin_shapes import NON_FLOAT
from runtime_sim.model.kinds import Externality, Kind, Layout
from runtime_sim.model.representation import Shapes
from runtime_sim.model.shapes import BlockShape, Content, FieldShape, Immediates, ValueShape
from runtime_sim.model.tags import OBJECT_TAG
from runtime_sim.model.type_expressions import kinds_of, substitute, variables_of
from runtime_sim.model.types import Arrow, Constr, Tuple, Type
from runtime_sim.model.types import TypeVar as TypeVariable

__all__ = ["Generator", "NoValue"]

_LONG = 16
_HUGE = 5000
"""Bytes of a string that is no small block."""
_DEEPEST = 4
_TOO_DEEP = 12
"""Blocks within blocks that no value is made of: its type may have none that ends."""
_MOST_PRODUCERS = 8
_MOST_WAYS = 3
_MOST_USES = 3
_MOST_EFFECTS = 20
_SHORTEST = 4
"""Bytes of a text whose length a guessed type leaves open."""
_LARGEST = 5000
"""Of the numbers that a function compares integers with."""
_VARIABLE = Variable("x")
_INSTANCES: tuple[Type, ...] = (
    Constr("int"),
    Constr("string"),
    Constr("float"),
    Tuple((Constr("string"), Constr("int"))),
)
"""What type variables stand for."""
_NO_FLOATS = tuple(each for each in _INSTANCES if each != Constr("float"))
_WORDS = frozenset(
    {
        *(Layout.BITS8, Layout.BITS16, Layout.BITS32, Layout.BITS64, Layout.WORD),
        *(Layout.FLOAT32, Layout.UNTAGGED_IMMEDIATE),
    }
)
"""The layouts of flat fields that are whole words without a meaning of their own."""
_BOXES = {Layout.BITS32: "int32", Layout.BITS64: "int64", Layout.WORD: "nativeint"}
_FILE = "Unix.file_descr"
"""An integer, except on Windows."""


class NoValue(Exception):
    """There is no way to a value of a type; the message says of which."""


class Size(enum.Enum):
    ANY = enum.auto()
    LONG = enum.auto()


T = TypeVar("T")
Strategy: TypeAlias = st.SearchStrategy[Term]
Way: TypeAlias = tuple[Signature, tuple[int, ...]]
"""A primitive, and the fields that lead to a value in what it returns."""


@dataclass(frozen=True, slots=True)
class _At:
    """Where in a call a value is made: within so many blocks, and so many calls.

    `numbers` are those of the signature that it is made for. What it is part of may be `local`.
    """

    size: Size
    depth: int = 0
    calls: int = 0
    numbers: tuple[int, ...] | None = None
    local: bool = False

    def deeper(self) -> _At:
        return replace(self, depth=self.depth + 1)

    def inside(self, signature: Signature) -> _At:
        return replace(self, calls=self.calls + 1, numbers=signature.numbers, local=False)

    def as_local(self, local: bool) -> _At:
        return replace(self, local=local)


class Generator:
    """Makes calls of the primitives of one project.

    The `makers` give values of types that no primitive gives, or that none succeeds to give.
    """

    def __init__(
        self,
        shapes: Shapes,
        signatures: Iterable[Signature],
        makers: Iterable[Signature] = (),
    ) -> None:
        self._shapes = shapes
        self._ways: dict[str, list[Way]] = {}
        self._takers: dict[str, list[tuple[Signature, int]]] = {}
        self._with_effects: list[Signature] = []
        self._makers = {self._name(maker.result): maker for maker in makers}
        self._known: dict[Hashable, Any] = {}
        for signature in sorted([*_channels(shapes), *signatures], key=_costs):
            for name, fields in self._given(signature.result):
                self._ways.setdefault(name, []).append((signature, fields))
            for index, shape in enumerate(signature.parameters):
                self._takers.setdefault(self._name(shape), []).append((signature, index))
            if self._name(signature.result) == "unit" and not _is_of_integers(signature):
                self._with_effects.append(signature)

    def programs(self, signature: Signature) -> st.SearchStrategy[Program]:
        """Programs that end with a call of a primitive; `NoValue` if an argument cannot be made.

        Of an argument that a primitive has made, up to three calls that are given it come first,
        and before them perhaps one of a primitive that is called for nothing but its effect.
        """
        programs = self.plain_programs(signature)
        effects = self._effects(signature)
        if effects is None:
            return programs
        return st.one_of(programs, st.tuples(effects, programs).map(_after))

    def plain_programs(self, signature: Signature) -> st.SearchStrategy[Program]:
        """The same, without calls for nothing but their effect."""
        return st.one_of([self._programs(signature, _At(size)) for size in Size])

    def calls(self, signature: Signature) -> st.SearchStrategy[Call]:
        """Calls of a primitive with nothing around them."""
        return self._calls(signature, _At(Size.LONG))

    def values(self, shape: ValueShape) -> Strategy:
        """Values of a type that is guessed, for no primitive in particular."""
        return self._value(shape, _At(Size.LONG, numbers=()))

    def _effects(self, signature: Signature) -> st.SearchStrategy[Call] | None:
        found: list[st.SearchStrategy[Call]] = []
        for effect in self._with_effects:
            if effect.name == signature.name or len(found) == _MOST_EFFECTS:
                continue
            try:
                found.append(self._calls(effect, _At(Size.LONG)))
            except NoValue:
                continue
        return st.one_of(found) if found else None

    def _programs(self, signature: Signature, at: _At) -> st.SearchStrategy[Program]:
        calls = self._calls(signature, at)

        def program(call: Call) -> st.SearchStrategy[Program]:
            made = [n for n, term in enumerate(call.arguments) if isinstance(term, Call | Project)]
            if not made:
                return st.just(Program((Statement(call),)))
            index = made[0]
            uses = self._uses(self._name(signature.parameters[index]), at)
            return uses.map(lambda drawn: _with_uses(call, index, drawn))

        return calls.flatmap(program)

    def _uses(self, name: str, at: _At) -> st.SearchStrategy[list[Call]]:
        """Calls that are given a value of a type, by its variable."""
        return self._once((name, at), lambda: self._make_uses(name, at))

    def _make_uses(self, name: str, at: _At) -> st.SearchStrategy[list[Call]]:
        found = []
        for signature, index in self._takers.get(name, ()):
            try:
                found.append(self._calls(signature, at, index))
            except NoValue:
                continue
        return st.lists(st.one_of(found), max_size=_MOST_USES) if found else st.just([])

    def _calls(
        self, signature: Signature, at: _At, given: int | None = None
    ) -> st.SearchStrategy[Call]:
        """Calls of a primitive; the argument `given` is what the variable stands for."""
        key = (signature.name, signature.numbers, at, given)
        return self._once(key, lambda: self._make_calls(signature, at, given))

    def _make_calls(
        self, signature: Signature, at: _At, given: int | None
    ) -> st.SearchStrategy[Call]:
        within = at.inside(signature)
        name = signature.name
        instances: list[st.SearchStrategy[Call]] = []
        for parameters in self._instances(signature):
            arguments = [
                st.just(_VARIABLE)
                if number == given
                else self._value(shape, within.as_local(number in signature.convention.local))
                for number, shape in enumerate(parameters)
            ]
            instances.append(st.tuples(*arguments).map(lambda drawn: Call(name, drawn)))
        return st.one_of(instances)

    def _instances(self, signature: Signature) -> list[tuple[ValueShape, ...]]:
        """The parameters with types in place of variables, the same one for all of a name.

        What a variable may be that is an argument of an abstract type as well, that type decides:
        no such value can be made up.
        """
        free: set[str] = set()
        decided: set[str] = set()
        kinds: list[Kind | None] = []
        for shape in signature.parameters:
            names = variables_of(self._shapes.expanded(shape.type))
            kinds += kinds_of(shape.type).values()
            (decided if self._is_abstract(shape) else free).update(names)
            decided |= variables_of(shape.type) - names  # an abbreviation that forgets them
        if free & decided:
            raise NoValue(f"another argument decides what '{min(free & decided)} is")
        if not free:
            return [signature.parameters]
        return [
            tuple(
                self._shapes.of(substitute(shape.type, dict.fromkeys(free, instance)))
                for shape in signature.parameters
            )
            for instance in (_NO_FLOATS if NON_FLOAT in kinds else _INSTANCES)
        ]

    def _is_abstract(self, shape: ValueShape) -> bool:
        expanded = self._shapes.expanded(shape.type)
        return isinstance(expanded, Constr) and shape.open

    def _name(self, shape: ValueShape) -> str:
        """The name of a type, behind its abbreviations; empty for one without."""
        expanded = self._shapes.expanded(shape.type)
        return expanded.name if isinstance(expanded, Constr) else ""

    def _once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for a key before; the same refusal, if it was refused."""
        if key not in self._known:
            try:
                self._known[key] = make()
            except NoValue as refused:
                self._known[key] = refused
        known = self._known[key]
        if isinstance(known, NoValue):
            raise known
        return cast(T, known)

    # --- values --------------------------------------------------------------------------------

    def _value(self, shape: ValueShape, at: _At) -> Strategy:
        # Shapes are compared by identity, and live as long as what made them.
        return self._once((id(shape), at), lambda: self._make_value(shape, at))

    def _make_value(self, shape: ValueShape, at: _At) -> Strategy:
        if not shape.is_value:
            return _raw(shape, at)
        expanded = self._shapes.expanded(shape.type)
        if isinstance(expanded, Constr) and expanded.name == "list" and expanded.args:
            return self._list(expanded.args[0], at)
        if at.depth > _TOO_DEEP:
            raise NoValue(f"values of type {shape.text} go too deep")
        choices: list[Strategy] = []
        if shape.nullable:
            choices.append(st.just(terms.Null()))
        if shape.immediates is not None:
            choices.append(_immediate(shape.immediates, at))
        if not choices or at.depth < _DEEPEST:
            refused: NoValue | None = None
            for block in shape.blocks:
                try:
                    choices.append(self._block(block, shape, at.deeper()))
                except NoValue as reason:
                    refused = reason
            if shape.open:
                try:
                    choices += self._unknown(shape, at.deeper())
                except NoValue as reason:
                    refused = reason
            if not choices:
                raise refused or NoValue(f"type {shape.text} has no values")
        return st.one_of(choices)

    def _block(self, block: BlockShape, shape: ValueShape, at: _At) -> Strategy:
        match block.content:
            case Content.FIELDS:
                tag = block.tag or 0
                fields = st.tuples(*[self._field(field, at) for field in block.fields])
                return fields.map(lambda drawn: terms.Block(tag, drawn))
            case Content.MIXED:
                return self._mixed(block, at)
            case Content.ELEMENTS if block.elements is not None:
                return self._elements(block.elements, at)
            case Content.STRING | Content.BYTES:
                return _text(at)
            case Content.EXCEPTION:
                return st.just(_EXCEPTION)
            case Content.DOUBLE:
                return _DOUBLES
            case Content.DOUBLES:
                return _floats(block, at)
            case Content.INT32 | Content.INT64 | Content.NATIVEINT:
                kind = block.content.value
                return _numbers(at).map(lambda number: terms.Boxed(kind, number))
            case Content.CLOSURE:
                return self._closure(shape.type, at)
            case Content.BIGARRAY:
                return self._bigarray(shape.type, at)
        return st.one_of(self._made(shape, at))

    def _mixed(self, block: BlockShape, at: _At) -> Strategy:
        tag = block.tag or 0
        values = [field for field in block.fields if field.layout is Layout.VALUE]
        fields = st.tuples(*[self._field(field, at) for field in values])
        flat = st.tuples(*[self._word(field) for field in block.fields[len(values) :]])
        return st.tuples(fields, flat).map(lambda drawn: terms.Block(tag, *drawn))

    def _field(self, field: FieldShape, at: _At) -> Strategy:
        if not at.local or not (field.mutable or field.global_):
            return self._value(field.shape, at)
        return self._value(field.shape, at.as_local(False)).map(_global)

    def _word(self, field: FieldShape) -> st.SearchStrategy[terms.Integer | terms.Double]:
        if field.layout is Layout.FLOAT64:
            return st.integers(0, 3).map(lambda number: terms.Double(number / 2))
        if field.layout not in _WORDS:
            raise NoValue(f"the field {field.name} takes more than a word")
        return _NUMBERS[Size.LONG].map(terms.Integer)

    def _list(self, type: Type, at: _At) -> Strategy:
        empty = st.just(terms.Integer(0))
        if at.depth >= _DEEPEST:
            return empty
        try:
            element = self._value(self._shapes.of(type), at.deeper())
        except NoValue:
            return empty
        if at.size is Size.LONG:
            return element.map(lambda drawn: terms.List((drawn,) * _LONG))
        return st.lists(element, max_size=3).map(lambda drawn: terms.List(tuple(drawn)))

    def _elements(self, elements: FieldShape, at: _At) -> Strategy:
        if at.depth > _DEEPEST:
            return st.just(terms.Array(()))
        element = self._value(elements.shape, at)
        if at.size is Size.LONG:
            # One is enough to tell what happens to it; each is a block of its own.
            return element.map(lambda drawn: terms.Array((drawn,) * _LONG))
        least = 0 if at.depth <= 1 else 1
        drawn = st.lists(element, min_size=least, max_size=3)
        return drawn.map(lambda drawn: terms.Array(tuple(drawn)))

    def _closure(self, type: Type, at: _At) -> Strategy:
        expanded = self._shapes.expanded(type)
        arity = 0
        while isinstance(expanded, Arrow):
            arity += 1
            expanded = self._shapes.expanded(expanded.result)
        result = self._value(self._shapes.of(expanded), at)
        count = max(arity, 1)
        return st.one_of(
            result.map(lambda drawn: terms.Function(count, drawn)),
            st.just(terms.Function(count, None)),
        )

    def _bigarray(self, type: Type, at: _At) -> Strategy:
        expanded = self._shapes.expanded(type)
        kind, count = "char", 1
        if isinstance(expanded, Constr):
            digits = "".join(filter(str.isdigit, expanded.name))
            count = int(digits) if digits else 1
            kind = _bigarray_kind(expanded.args) or kind
        low, high = (_LONG, _LONG) if at.size is Size.LONG else (0, 3)
        dimensions = st.tuples(*[st.integers(low, high)] * count)
        return dimensions.map(lambda drawn: terms.Bigarray(kind, drawn))

    # --- types that say nothing of their values ------------------------------------------------

    def _unknown(self, shape: ValueShape, at: _At) -> list[Strategy]:
        expanded = self._shapes.expanded(shape.type)
        if isinstance(expanded, TypeVariable):
            return [_small(at), _text(at)]
        if isinstance(expanded, Constr) and expanded.name == "lazy_t" and expanded.args:
            return [self._value(self._shapes.of(expanded.args[0]), at)]  # one that was forced
        return self._made(shape, at)

    def _made(self, shape: ValueShape, at: _At) -> list[Strategy]:
        """What the primitives return that give values of a type."""
        name = self._name(shape)
        if name == _FILE:
            return [st.integers(0, 2).map(terms.Integer)]
        found: list[Strategy] = []
        for signature, fields in self._ways.get(name, ())[:_MOST_PRODUCERS]:
            if len(found) == _MOST_WAYS or at.calls > _DEEPEST:
                break
            try:
                made = self._calls(signature, at)
            except NoValue:
                continue
            found.append(made.map(_projection(fields)))
        if maker := self._makers.get(name):
            found.append(self._calls(maker, at))
        if not found and shape.kind.externality < Externality.INTERNAL:
            return [_small(at)]
        if not found:
            raise NoValue(f"no primitive gives a value of type {shape.text}")
        return found

    def _given(self, shape: ValueShape) -> Iterator[tuple[str, tuple[int, ...]]]:
        """The types of which a result has values, and in which of its fields."""
        yield from self._named(shape, ())
        for block in shape.blocks:
            if block.content is Content.FIELDS:
                for index, field in enumerate(block.fields):
                    if field.layout is Layout.VALUE:
                        yield from self._named(field.shape, (index,))

    def _named(
        self, shape: ValueShape, fields: tuple[int, ...]
    ) -> Iterator[tuple[str, tuple[int, ...]]]:
        if name := self._name(shape):
            yield name, fields


def _global(value: Term) -> Term:
    return value if isinstance(value, terms.Integer) else terms.Global(value)


def _after(drawn: tuple[Call, Program]) -> Program:
    effect, program = drawn
    return Program((Statement(effect), *program.statements))


def _with_uses(call: Call, index: int, uses: Sequence[Call]) -> Program:
    """A call whose argument was used before."""
    if not uses:
        return Program((Statement(call),))
    made = call.arguments[index]
    fields: list[int] = []
    while isinstance(made, Project):
        fields.append(made.index)
        made = made.of
    assert isinstance(made, Call)
    value: Variable | Project = _VARIABLE
    for field in reversed(fields):
        value = Project(value, field)
    statements = [Statement(made, _VARIABLE.name)]
    for use in (*uses, call):
        places = [index] if use is call else [use.arguments.index(_VARIABLE)]
        arguments = [value if n in places else term for n, term in enumerate(use.arguments)]
        statements.append(Statement(Call(use.primitive, tuple(arguments))))
    return Program(tuple(statements))


def _projection(fields: tuple[int, ...]) -> Callable[[Call], Term]:
    def project(call: Call) -> Term:
        term: Call | Project = call
        for field in fields:
            term = Project(term, field)
        return term

    return project


def _is_of_integers(signature: Signature) -> bool:
    return all(shape.is_immediate for shape in signature.parameters)


def _costs(signature: Signature) -> int:
    return len(signature.parameters)


def _channels(shapes: Shapes) -> Iterator[Signature]:
    """What the runtime itself makes of numbers of files."""
    for name, type in (
        ("caml_ml_open_descriptor_in", "Stdlib.in_channel"),
        ("caml_ml_open_descriptor_out", "Stdlib.out_channel"),
    ):
        yield Signature(name, (shapes.of(Constr("int")),), shapes.of(Constr(type)))


# --- the simple ones ---------------------------------------------------------------------------

_NUMBERS: dict[Size, st.SearchStrategy[int]] = {
    Size.ANY: st.just(0),
    # Small ones often: of what programs make there is little.
    Size.LONG: st.one_of(st.integers(0, 1), st.integers(0, _LONG // 2 - 1)),
}
_DOUBLES: Strategy = st.one_of(
    st.integers(0, 3).map(lambda number: terms.Double(number / 2)),
    st.floats(width=32).map(terms.Double),
)


_EXCEPTION = terms.Block(OBJECT_TAG, (terms.Text(b"Some_exception"), terms.Integer(7)))


def _numbers(at: _At) -> st.SearchStrategy[int]:
    """Those of the size, and others that a function asks for, with their neighbours."""
    asked = [
        near
        for number in at.numbers or ()
        if abs(number) < _LARGEST
        for near in (number, number - 1, number + 1)
    ]
    sized = _NUMBERS[at.size]
    return st.one_of(sized, st.sampled_from(asked)) if asked else sized


def _small(at: _At) -> Strategy:
    """An integer that is valid as an index, or a length, of what has the size."""
    return _numbers(at).map(terms.Integer)


def _immediate(immediates: Immediates, at: _At) -> Strategy:
    if immediates.only is not None:
        return st.sampled_from(sorted(immediates.only)).map(terms.Integer)
    if immediates.low <= 0 and immediates.high >= 1 << 20:
        return _small(at)
    return st.integers(immediates.low, immediates.high).map(terms.Integer)


def _raw(shape: ValueShape, at: _At) -> Strategy:
    """What is passed raw, as the boxed number that it is made from."""
    layout = shape.kind.layout
    if layout is Layout.FLOAT64:
        return _DOUBLES
    if layout is Layout.UNTAGGED_IMMEDIATE:
        return _small(at)
    if layout not in _BOXES:
        raise NoValue(f"values of {shape.text} are passed in a way that is not known here")
    kind = _BOXES[layout]
    return _numbers(at).map(lambda number: terms.Boxed(kind, number))


_FOLDER = "./" * (_LONG // 2)
_TEXTS = (*(_FOLDER + name for name in ("", *FILES)), "some_name=some_value", "x" * _HUGE)
_LIBRARY = ("libc.so.6", "malloc")
"""One that every process has loaded, and what it has in it."""


def _text(at: _At) -> Strategy:
    characters = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
    if at.numbers is not None:
        least = _SHORTEST if at.size is Size.ANY else _LONG
        some = st.text(characters, min_size=least, max_size=2 * _LONG)
        known = (*_TEXTS, *_LIBRARY) if at.size is Size.ANY else _TEXTS
        return st.one_of(some, st.sampled_from(known)).map(_as_text)
    if at.size is Size.ANY:
        short = st.text(characters, max_size=6)
        names = [*FILES, ".", "x" * _HUGE, *_LIBRARY]
        return st.one_of(short, st.sampled_from(names)).map(_as_text)
    return st.text(characters, min_size=_LONG, max_size=2 * _LONG).map(_as_text)


def _as_text(text: str) -> Term:
    return terms.Text(text.encode())


def _floats(block: BlockShape, at: _At) -> Strategy:
    numbers = st.integers(0, 3).map(lambda number: number / 2)
    low, high = (_LONG, _LONG) if at.size is Size.LONG else (0, 3)
    if block.size is not None:
        low = high = block.size
    made = st.lists(numbers, min_size=low, max_size=high)
    return made.map(lambda drawn: terms.Floats(tuple(drawn)))


def _bigarray_kind(arguments: Sequence[Type]) -> str | None:
    """The kind that a bigarray's second argument names."""
    for argument in arguments:
        if isinstance(argument, Constr) and argument.name.endswith("_elt"):
            kind = argument.name.rpartition(".")[2].removesuffix("_elt")
            return kind if kind in BIGARRAY_KINDS else None
    return None
