"""The head of a type: what is left when abbreviations and unboxed wrappers are followed.

Much is judged by it alone: the layout, whether it may be a float, whether a record is flat.

Sources: OCaml, typing/ctype.ml, expand_head_opt, which looks through `private`, and
typing/typedecl.ml, is_float; OxCaml, jane/doc/extensions/_06-kinds/04-types.md for the kinds.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import NamedTuple

from runtime_sim.model.builtin_shapes import ARRAYS, BUILTIN, OXCAML_ONLY, Builtin
from runtime_sim.model.kinds import VALUE, Externality, Kind, Layout, Separability
from runtime_sim.model.profile import Profile
from runtime_sim.model.stdlib import PREDEFINED
from runtime_sim.model.type_expressions import bindings_of, substitute, substitute_fields
from runtime_sim.model.types import (
    Arrow,
    Constr,
    Extensible,
    Field,
    Opaque,
    PolyVariant,
    Record,
    Tuple,
    Type,
    TypeDefinition,
    TypeVar,
    Variant,
    through_signatures,
)

__all__ = ["UNKNOWN", "Floats", "Head", "Heads"]

UNKNOWN = Opaque("...")

_MAX_STEPS = 200
"""How many abbreviations and unboxed wrappers in a row are followed."""
_MAX_OPENED = 60
"""How many records within each other are opened as unboxed products."""


class Head(NamedTuple):
    """A type with abbreviations and unboxed wrappers followed.

    `definition` is None where none was found, or the type is no `Constr`.  `builtin` holds for
    a type that has no definition but a shape, `promised` is what annotations on the way say.
    `product` are the components, where it is an unboxed product.
    """

    type: Type
    definition: TypeDefinition | None = None
    builtin: bool = False
    promised: Kind | None = None
    product: tuple[Field, ...] | None = None


class Floats(enum.Enum):
    """How far a record consists of floats, or whether a field is one.

    OxCaml has stored records of `float#` as flat arrays and later as mixed blocks: the fields
    lie alike, the tags differ.  Records of both kinds it stored flat without reordering, and
    later does so only if an attribute asks for it: of these nothing is certain.
    Source: OxCaml, typing/typedecl.ml, compute_record_repr.
    """

    NEITHER = enum.auto()
    BOXED = enum.auto()  # float
    UNBOXED = enum.auto()  # float#
    BOTH = enum.auto()
    UNKNOWN = enum.auto()


class Heads:
    """The heads of the types of one program under one profile."""

    def __init__(
        self, definition: Callable[[str], TypeDefinition | None], profile: Profile
    ) -> None:
        self._definition = definition
        self._oxcaml = profile is Profile.OXCAML
        self._opening: set[str] = set()

    def _lookup(self, name: str) -> TypeDefinition | None:
        return self._definition(name) or PREDEFINED.get(name)

    def of(self, type: Type) -> Head:
        """Follow abbreviations and unboxed wrappers to a type that has a shape of its own."""
        promised: Kind | None = None
        for _ in range(_MAX_STEPS):
            if isinstance(type, Tuple) and type.unboxed and self._oxcaml:
                components = tuple(Field(str(i), item) for i, item in enumerate(type.items))
                return Head(type, promised=promised, product=components)
            if not isinstance(type, Constr):
                return Head(type, promised=promised)
            definition = self._lookup(type.name)
            if definition is None:
                return Head(type, promised=promised, product=self._implicit_product(type))
            if definition.kind is not None:
                promised = definition.kind if promised is None else promised.meet(definition.kind)
            if definition.body is None:
                builtin = PREDEFINED.get(type.name) is definition
                return Head(type, definition, builtin, promised)
            bindings = bindings_of(definition, type)
            if bindings is None:
                return Head(UNKNOWN, promised=promised)
            match definition.body:
                case Record(fields=(only,)) as body if definition.unboxed or (
                    body.unboxed and self._oxcaml
                ):
                    type = substitute(only.type, bindings)
                case Record(unboxed=True) as body if self._oxcaml:
                    product = substitute_fields(body.fields, bindings)
                    return Head(type, definition, promised=promised, product=product)
                case Variant(constructors=(constructor,)) if (
                    definition.unboxed and len(constructor.fields) == 1
                ):
                    type = substitute(constructor.fields[0].type, bindings)
                case Record(unboxed=unboxed):
                    # An unboxed record that is none: of several fields, or not OxCaml's.
                    ill_formed = unboxed or definition.unboxed
                    return Head(UNKNOWN if ill_formed else type, definition, False, promised)
                case Variant() | Extensible():
                    return Head(
                        UNKNOWN if definition.unboxed else type, definition, False, promised
                    )
                case abbreviated:
                    type = substitute(abbreviated, bindings)
        return Head(UNKNOWN)

    def _implicit_product(self, type: Constr) -> tuple[Field, ...] | None:
        """The components of `t#`, which OxCaml declares along with a boxed record `t`.

        A record that stores boxed floats flat has no such companion.  To know that its fields
        are looked at, among which `t#` may be again.
        """
        name = type.name.removesuffix("#")
        if not self._oxcaml or name == type.name or name in self._opening:
            return None
        definition = self._lookup(name)
        if definition is None or definition.unboxed or not isinstance(definition.body, Record):
            return None
        bindings = bindings_of(definition, type)
        if bindings is None or definition.body.unboxed or len(self._opening) > _MAX_OPENED:
            return None
        self._opening.add(name)
        floats = self.floats(name, definition.body)
        self._opening.remove(name)
        if floats in (Floats.BOXED, Floats.BOTH):
            return None
        return substitute_fields(definition.body.fields, bindings)

    def builtin(self, head: Head) -> Builtin | None:
        """The shape of a type that no definition describes; None if it is none."""
        if not (head.builtin and isinstance(head.type, Constr)):
            return None
        known = BUILTIN.get(head.type.name)
        if known is None and self._oxcaml:
            known = OXCAML_ONLY.get(head.type.name)
        return known

    def layout(self, head: Head) -> Layout:
        """How values of the type are passed and stored."""
        if head.product is not None:
            return Layout.PRODUCT
        builtin = self.builtin(head)
        return builtin.kind.layout if builtin else self.kind(head).layout

    def kind(self, head: Head) -> Kind:
        """What is certain of a type without a known shape: its annotation, and no more.

        Upstream has no layouts, so an annotation of one says nothing there.
        """
        kind = head.promised
        if isinstance(head.type, TypeVar) and head.type.kind is not None:
            kind = head.type.kind if kind is None else kind.meet(head.type.kind)
        if kind is None or (kind.layout is not Layout.VALUE and not self._oxcaml):
            return VALUE
        return kind

    def separability(self, head: Head) -> Separability:
        """Whether boxed floats are among the values of a type."""
        builtin = self.builtin(head)
        if builtin is not None:
            return builtin.kind.separability
        match head.type:
            case Arrow() | Tuple() | PolyVariant() | Opaque(what="object" | "package"):
                return Separability.NON_FLOAT
            case Constr(name=name) if head.builtin and name in ARRAYS:
                return Separability.NON_FLOAT
            case Constr(name="or_null") if head.builtin and self._oxcaml:
                return Separability.MAYBE_SEPARABLE
            case Constr() if head.definition is not None and head.definition.body is not None:
                return Separability.NON_FLOAT
        kind = self.kind(head)
        if kind.externality is not Externality.INTERNAL:
            return min(kind.separability, Separability.NON_FLOAT)
        return kind.separability

    # Floats.

    def is_float(self, head: Head) -> bool:
        """Whether the values of a type certainly are boxed floats."""
        return head.builtin and isinstance(head.type, Constr) and head.type.name == "float"

    def floats(self, name: str, record: Record) -> Floats:
        """Whether the record that a name defines consists of floats.

        The declaration decides: a field of type `'a` is no float in `float t` either, nor is one
        whose type was abstract there.  What is no float by its definition is none to anybody, so
        that signatures are asked about few records only.
        """
        defined = self._together(record, Floats.UNKNOWN)
        if defined is Floats.NEITHER:
            return defined
        definition = self._definition(through_signatures(name))
        if definition is not None and isinstance(definition.body, Record):
            record = definition.body
        return self._together(record, Floats.NEITHER)

    def _together(self, record: Record, abstract: Floats) -> Floats:
        found: set[Floats] = set()
        for each in record.fields:
            floats = self._field_floats(self.of(each.type), abstract)
            if floats is Floats.NEITHER:
                return floats
            found.add(floats)
        if not found:
            return Floats.NEITHER
        if Floats.UNKNOWN in found:
            return Floats.UNKNOWN
        return Floats.BOTH if len(found) > 1 else found.pop()

    def _field_floats(self, head: Head, abstract: Floats) -> Floats:
        """Whether a field is a float; `abstract` is the answer for a type that has no body."""
        if self.is_float(head):
            return Floats.BOXED
        layout = self.layout(head)
        if layout is Layout.FLOAT64:
            return Floats.UNBOXED
        if (
            layout is not Layout.VALUE
            or head.builtin
            or isinstance(head.type, TypeVar)
            or self.separability(head) <= Separability.NON_FLOAT
        ):
            return Floats.NEITHER
        hidden = head.definition is not None and head.definition.body is None
        return abstract if hidden else Floats.UNKNOWN
