"""From classes of terms to types of OCaml's, with definitions of their own."""

from __future__ import annotations

from collections.abc import Mapping

from analyzer.inference.terms import (
    ANY_TAG,
    Carrier,
    Held,
    Link,
    Term,
    Use,
    find,
    leads_to,
    unify,
)
from analyzer.ir.spelling import spell_type
from analyzer.ir.types import pointer_to
from runtime_sim.model.kinds import Kind, Separability
from runtime_sim.model.tags import NO_SCAN_TAG
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Constructor,
    Field,
    Record,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
)

_SIMPLE: Mapping[Use, Type] = {
    Use.BYTES: Constr("bytes"),
    Use.STRING: Constr("string"),
    Use.FLOAT: Constr("float"),
    Use.INT32: Constr("int32"),
    Use.INT64: Constr("int64"),
    Use.NATIVEINT: Constr("nativeint"),
    Use.FLOAT32: Constr("float32"),
    Use.CHANNEL: Constr("Stdlib.out_channel"),
    Use.EXCEPTION: Constr("exn"),
    Use.SOCKET_ADDRESS: Constr("Unix.sockaddr"),
    Use.LAZY: Constr("lazy_t", (TypeVar("value"),)),
    Use.WEAK: Constr("Weak.t", (TypeVar("value"),)),
    Use.CONSTRUCTOR: Constr("extension_constructor"),
    Use.CUSTOM: Constr("nativeint"),
}
_ELEMENTS: Mapping[str, str] = {
    "double": "float64",
    "float": "float32",
    "char": "char",
    "signed char": "int8_signed",
    "int8_t": "int8_signed",
    "short": "int16_signed",
    "int16_t": "int16_signed",
    "unsigned short": "int16_unsigned",
    "uint16_t": "int16_unsigned",
    "int": "int32",
    "unsigned int": "int32",
    "int32_t": "int32",
    "uint32_t": "int32",
    "long": "int64",
    "int64_t": "int64",
    "uint64_t": "int64",
    "long long": "int64",
    "unsigned long": "int64",
    "intnat": "nativeint",
}
_OCAML_ELEMENTS = {
    "float64": "float",
    "float32": "float",
    "char": "char",
    "int32": "int32",
    "int64": "int64",
    "nativeint": "nativeint",
}
_FEW = 8
"""The length of an array whose length is not asked for, and that has to be long enough."""
_SHORT = 4
"""The same of texts, of which no type tells the length."""
_MANY = 2048
_MOST_CONSTANTS = 256
_MOST_PARAMS = 250
_DEEPEST = 60


class Typing:
    """The types of classes, once all functions are read.

    `of_results` while what C makes is typed: an immediate that C puts somewhere says what is
    there, but not what else may be there.
    """

    def __init__(self) -> None:
        self.definitions: dict[str, TypeDefinition] = {}
        self.held: dict[str, Held] = {}
        self._known: dict[Term, Type] = {}
        self._asked: set[Term] = set()
        self._count = 0
        self._depth = 0
        self._settled: set[Term] = set()
        self.prefix = ""
        self.of_results = False

    def settle(self, term: Term) -> None:
        """Decide how long the arrays below a class are, and so how large their indexes may be."""
        pending = [term]
        while pending:
            root = find(pending.pop())
            if root in self._settled:
                continue
            self._settled.add(root)
            sized = root.sized or root.size
            text = Use.STRING in root.uses or Use.BYTES in root.uses
            for index in root.indexes:
                length = _length(index, bool(sized), _SHORT if text else _FEW)
                if not sized:
                    root.bound = max(root.bound, length + root.more)
            pending += root.fields.values()
            pending += root.params
            pending += [
                target
                for link, target in root.links.items()
                if link in (Link.ELEMENT, Link.RESULT)
            ]

    def of(self, term: Term) -> Type:
        """The type of a class."""
        root = find(term)
        known = self._known.get(root)
        if known is not None:
            self._asked.add(root)
            return known
        if self._depth >= _DEEPEST:
            return TypeVar(f"t{self._count}")
        key = self._key()
        self._known[root] = Constr(key)
        self._depth += 1
        found = self._type(root, key)
        self._depth -= 1
        if isinstance(found, Constr) and found.name == key:
            return found
        if root in self._asked:
            self.definitions[key] = TypeDefinition(_name(key), (), found)
            return Constr(key)
        self._known[root] = found
        return found

    def of_block(self, term: Term) -> Type:
        """The type of a class of which a function takes only blocks."""
        found = self.of(term)
        if not isinstance(found, Constr):
            return found
        if found.name in ("list", "option"):
            fields = [Field("f0", found.args[0])]
            if found.name == "list":
                fields.append(Field("f1", found))
            return self._define(self._key(), Record(tuple(fields)))
        definition = self.definitions.get(found.name)
        if definition is not None and isinstance(definition.body, Variant):
            blocks = tuple(each for each in definition.body.constructors if each.fields)
            if 0 < len(blocks) < len(definition.body.constructors):
                return self._define(self._key(), Variant(blocks))
        return found

    def _key(self) -> str:
        self._count += 1
        return f"c#{self.prefix}#{self._count}"

    def _type(self, root: Term, key: str) -> Type:
        carried = self._carried(root)
        if carried is not None:
            return carried
        if Use.FUNCTION in root.uses:
            return self._function(root)
        simple = next((_SIMPLE[use] for use in sorted(root.uses) if use in _SIMPLE), None)
        if Use.BIGARRAY in root.uses:
            return self._bigarray(root)
        if Use.FLOATS in root.uses:
            return self._floats(root, key)
        if simple is not None and not root.fields:
            return simple
        if any(tag >= NO_SCAN_TAG - 10 for tag in root.tags):
            return TypeVar(f"t{self._count}")  # asked for what only a generic function asks
        if root.fields or Link.ELEMENT in root.links or Use.BLOCK in root.uses:
            return self._block(root, key)
        if {Use.OPTION, Use.EITHER} & (root.uses | self._made(root)):
            return Constr("option", (TypeVar(f"t{self._count}"),))
        return self._immediate(root, key)

    # --- data of C's ---

    def _carried(self, root: Term) -> Type | None:
        held = next(
            (each for each in root.held.items() if each[1].carrier is not Carrier.ELEMENTS), None
        )
        if held is None:
            held = self._pointer_block(root)
        if held is None:
            return None
        (carrier, text), data = held
        key = f"c#{carrier}: {text}"
        self.definitions.setdefault(key, TypeDefinition(_name(text)))
        self.held.setdefault(key, data)
        return Constr(key)

    def _pointer_block(self, root: Term) -> tuple[tuple[str, str], Held] | None:
        """A block with a pointer of C's for its only field."""
        if not root.fields or any(index for _, index in root.fields):
            return None
        for field in root.fields.values():
            for held in find(field).held.values():
                if held.carrier is Carrier.NAKED:
                    data = pointer_to(held.type)
                    return (Carrier.ABSTRACT.value, spell_type(data)), Held(Carrier.ABSTRACT, data)
        return None

    def _bigarray(self, root: Term) -> Type:
        held = next((h for h in root.held.values() if h.carrier is Carrier.ELEMENTS), None)
        name = "char" if held is None else _ELEMENTS.get(held.type.name, "int8_unsigned")
        element = Constr("char" if name == "char" else f"Bigarray.{name}_elt")
        if name == "char":
            element = Constr("Bigarray.int8_unsigned_elt")
        ocaml = Constr(_OCAML_ELEMENTS.get(name, "int"))
        layout = Constr("Bigarray.c_layout")
        dimensions = root.dimensions or 1
        if dimensions > 3:
            return Constr("Bigarray.Genarray.t", (ocaml, element, layout))
        return Constr(f"Bigarray.Array{dimensions}.t", (ocaml, element, layout))

    # --- blocks ---

    def _function(self, root: Term) -> Type:
        result = leads_to(root, Link.RESULT)
        found: Type = TypeVar(f"t{self._count}") if result is None else self.of(result)
        outside, self.of_results = self.of_results, True
        for param in reversed(root.params[:_MOST_PARAMS] or [Term()]):
            found = Arrow(self.of(param), found)
        self.of_results = outside
        return found

    def _floats(self, root: Term, key: str) -> Type:
        size = max(root.size, root.bound)
        if root.sized or not size:
            return Constr("array", (Constr("float"),))
        fields = tuple(Field(f"f{index}", Constr("float"), True) for index in range(size))
        return self._define(key, Record(fields), flat=True)

    def _block(self, root: Term, key: str) -> Type:
        element = leads_to(root, Link.ELEMENT)
        if element is not None or (root.sized and not root.fields and not root.size):
            return self._array(root)
        immediates = self._constants(root)
        indexes = {index for _, index in root.fields}
        rest = root.fields.get((ANY_TAG, 1)) or root.fields.get((0, 1))
        tags = root.tags - {0}
        first = root.fields.get((ANY_TAG, 0)) or root.fields.get((0, 0))
        if rest is not None and find(rest) is root and indexes <= {0, 1} and not tags:
            return Constr("list", (self._field(first),))
        if immediates and indexes <= {0} and not tags and immediates == 1 and root.size < 2:
            return Constr("option", (self._field(first),))
        if immediates or tags:
            return self._variant(root, key, immediates)
        return self._define(key, Record(self._fields(root, 0)))

    def _array(self, root: Term) -> Type:
        element = leads_to(root, Link.ELEMENT) or Term()
        for field in [*root.fields.values()]:
            unify(element, field)
        root = find(root)
        asked = max((index for _, index in root.fields), default=-1) + 1
        if (root.sized and not root.size) or root.bound > _MANY:
            found = self.of(element)
            if isinstance(found, TypeVar):
                # An array of an unknown type that C reads with Field is none of floats.
                found = TypeVar(found.name, Kind(separability=Separability.NON_FLOAT))
            return Constr("array", (found,))
        length = max(root.size, root.bound, asked, 1)
        return Tuple((self.of(element),) * length)

    def _constants(self, root: Term) -> int:
        """How many constant constructors a type with blocks has."""
        every = root.constants | root.made_constants
        constants = [number for number in every if 0 <= number < _MOST_CONSTANTS]
        count = max(constants, default=-1) + 1
        uses = root.uses | root.made
        if {Use.OPTION, Use.EITHER} & uses:
            count = max(count, 1)
        if {Use.INTEGER, Use.BOOLEAN} & uses:
            labels = self._labels(root)
            count = max(count, 2, labels)
        return count

    def _variant(self, root: Term, key: str, immediates: int) -> Type:
        constants = [Constructor(f"C{number}") for number in range(immediates)]
        count = max(root.tags, default=0) + 1
        blocks = [
            Constructor(f"B{tag}", self._fields(root, tag) or (Field("", TypeVar("")),))
            for tag in range(count)
        ]
        return self._define(key, Variant((*constants, *blocks)))

    def _fields(self, root: Term, tag: int) -> tuple[Field, ...]:
        """The fields of the blocks with a tag."""
        for (whose, index), term in [*root.fields.items()]:
            if whose == ANY_TAG and (tag, index) in root.fields:
                unify(term, root.fields[tag, index])
        root = find(root)
        indexes = [index for whose, index in root.fields if whose in (ANY_TAG, tag)]
        own = [index for whose, index in root.fields if whose == tag]
        if own:
            indexes = own
        size = max(max(indexes, default=-1) + 1, root.size if not own else 0)
        fields = []
        for index in range(size):
            known = root.fields.get((tag, index)) or root.fields.get((ANY_TAG, index))
            mutable = (ANY_TAG, index) in root.written
            fields.append(Field(f"f{index}", self._field(known), mutable))
        return tuple(fields)

    def _field(self, term: Term | None) -> Type:
        if term is None:
            self._count += 1
            return TypeVar(f"t{self._count}")
        return self.of(term)

    def _define(self, key: str, body: Record | Variant, flat: bool = False) -> Type:
        if isinstance(body, Record):
            types = tuple(field.type for field in body.fields)
            if not types:
                return TypeVar(f"t{self._count}")
            if all(type == Constr("float") for type in types) and not flat:
                return Tuple(types)  # a record of floats would be flat
        self.definitions[key] = TypeDefinition(_name(key), (), body)
        return Constr(key)

    # --- immediates ---

    def _labels(self, root: Term) -> int:
        number = leads_to(root, Link.NUMBER)
        if number is None:
            return 0
        labels = [n for n in find(number).labels if 0 <= n < _MOST_CONSTANTS]
        return (
            max(labels) + 1 if len(labels) > 1 and len(labels) == len(find(number).labels) else 0
        )

    def _made(self, root: Term) -> set[Use]:
        """What C puts into a class, where that is all that is ever there."""
        return root.made if self.of_results else set()

    def _immediate(self, root: Term, key: str) -> Type:
        number = leads_to(root, Link.NUMBER)
        labels = self._labels(root)
        bound = 0 if number is None else find(number).bound
        uses = root.uses | self._made(root)
        constants = root.constants | (root.made_constants if self.of_results else set())
        if not labels and Use.INTEGER in root.uses and 0 < bound <= _MOST_CONSTANTS:
            labels = bound
        if Use.BOOLEAN in uses and Use.INTEGER not in uses:
            return Constr("bool")
        if labels:
            return self._define(key, _constant_constructors(labels))
        if Use.INTEGER in uses:
            return Constr("int")
        if constants - {0}:
            top = max(constants)
            if min(constants) < 0 or top >= _MOST_CONSTANTS:
                return Constr("int")
            return self._define(key, _constant_constructors(top + 1))
        if constants:
            return Constr("unit" if Use.UNIT in uses else "int")
        return TypeVar(f"t{self._count}")


def _constant_constructors(count: int) -> Variant:
    return Variant(tuple(Constructor(f"C{number}") for number in range(count)))


def _length(index: Term, sized: bool, few: int) -> int:
    """How long a block must be to be indexed so; of an integer nobody checks, it is decided."""
    root = find(index)
    if root.below:
        if not root.compared:
            root.bound = root.bound or root.below + 2  # too large is what it does ask
        return root.below
    if sized:
        return 0
    for limit in root.limits:
        if leads_to(limit, Link.LENGTH) is None:
            find(limit).bound = find(limit).bound or few
    if not root.compared:
        root.bound = root.bound or few
    return few


def _name(key: str) -> str:
    name = "".join(char if char.isalnum() else "_" for char in key.removeprefix("c#"))
    return name.strip("_").lower() or "t"
