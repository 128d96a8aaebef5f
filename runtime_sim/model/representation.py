"""From a type to the shape of its values.

The shapes are those of native code on a 64-bit machine.  Bytecode differs in one thing only: it
boxes what native code leaves unboxed, so that an unboxed product is a block there.

Of an unknown type nothing is claimed: its shape is `open`.  So is that of a definition that OCaml
would refuse (a cyclic abbreviation, a variant with more constructors than tags), for a program in
the making has those too.

Sources: The OCaml Manual, "Interfacing C with OCaml", for the representations;
typing/typedecl.ml for flat records; OxCaml, jane/doc/extensions/_03-unboxed-types/01-intro.md for
mixed blocks and arrays of unboxed elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from runtime_sim.model.builtin_shapes import (
    ANY_INTEGER,
    ARRAYS,
    EMPTY_ARRAY,
    EXTENSION,
    NON_FLOAT,
    UNBOXED,
    VECTOR_WORDS,
    Builtin,
    block_of,
)
from runtime_sim.model.heads import UNKNOWN, Floats, Head, Heads
from runtime_sim.model.kinds import (
    IMMEDIATE,
    VALUE,
    Externality,
    Layout,
    Nullability,
    Separability,
    flat,
)
from runtime_sim.model.profile import Profile
from runtime_sim.model.shapes import (
    BlockShape,
    Content,
    FieldShape,
    Immediates,
    ValueShape,
    hash_variant,
)
from runtime_sim.model.tags import DOUBLE_ARRAY_TAG, OBJECT_TAG, constructor_tags
from runtime_sim.model.type_expressions import (
    bindings_of,
    is_reasonable,
    substitute_fields,
    type_text,
)
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
)

__all__ = ["Shapes"]

_MAX_INHERITED = 200
"""How many included variants are looked into."""
_MAX_COMPONENTS = 1000
_MAX_SCANNABLE = 254
"""The values of a mixed block: the reserved byte of the header counts them plus one."""


class Shapes:
    """The shapes of the types of one program under one profile."""

    def __init__(
        self, definition: Callable[[str], TypeDefinition | None], profile: Profile
    ) -> None:
        self._profile = profile
        self._oxcaml = profile is Profile.OXCAML
        self._heads = Heads(definition, profile)
        self._known: dict[Type, ValueShape] = {}
        self._too_large = self._unknown(UNKNOWN, None)

    @property
    def profile(self) -> Profile:
        return self._profile

    def of(self, type: Type) -> ValueShape:
        """The shape of a type's values; total, and one object for one type.

        One more object stands for all the types that are too large to be looked into.
        """
        if not is_reasonable(type):
            return self._too_large
        known = self._known.get(type)
        if known is None:
            known = self._known[type] = self._shape(type, self._heads.of(type))
        return known

    def expanded(self, type: Type) -> Type:
        """The type behind its abbreviations and unboxed wrappers."""
        return self._heads.of(type).type if is_reasonable(type) else type

    def layout(self, type: Type) -> Layout:
        """How values of the type are passed and stored."""
        return self._heads.layout(self._heads.of(type))

    def unboxed_layout(self, type: Type) -> Layout | None:
        """How a boxed number is passed where it is unboxed by attribute; None for other types."""
        head = self._heads.of(type)
        if self._heads.builtin(head) is None or not isinstance(head.type, Constr):
            return None
        return UNBOXED.get(head.type.name)

    def components(self, type: Type) -> tuple[FieldShape, ...] | None:
        """The components of an unboxed product, flattened and without those of layout void.

        None if the type is none, or not all of its components are known.
        """
        head = self._heads.of(type)
        if head.product is None:
            return None
        return self._flatten(head.product)

    # The shape of a type.

    def _shape(self, type: Type, head: Head) -> ValueShape:
        builtin = self._heads.builtin(head)
        if builtin is not None:
            return self._make(type, builtin)
        if head.product is not None:
            return self._product(type, head.product)
        match head.type:
            case Constr(name=name, args=args) if head.builtin and name in ARRAYS:
                return self._array(type, args[0] if args else TypeVar(""), name == "array")
            case Constr(name="or_null", args=(inner,)) if head.builtin and self._oxcaml:
                return self._or_null(type, inner)
            case Constr() as constr if head.definition is not None:
                bindings = bindings_of(head.definition, constr) or {}
                match head.definition.body:
                    case Record() as record:
                        return self._record(type, head, constr.name, record, bindings)
                    case Variant() as variant:
                        return self._variant(type, head, variant, bindings)
                    case Extensible():
                        return self._make(type, Builtin(NON_FLOAT, None, EXTENSION))
            case Tuple(items=items, unboxed=False):
                fields = self._flatten([Field("", item) for item in items])
                block = self._fields_block(fields, 0)
                return self._blocks(type, head, (block,))
            case Arrow():
                return self._make(type, block_of(Content.CLOSURE, None))
            case PolyVariant() as variant:
                return self._poly_variant(type, variant)
            case Opaque(what="object"):
                return self._make(type, block_of(Content.OBJECT, OBJECT_TAG))
            case Opaque(what="package"):
                return self._make(type, block_of(Content.MODULE, 0))
        return self._unknown(type, head)

    def _make(self, type: Type, builtin: Builtin, nullable: bool = False) -> ValueShape:
        return ValueShape(
            type_text(type),
            type,
            builtin.immediates,
            builtin.blocks,
            builtin.open,
            nullable,
            builtin.kind,
        )

    def _unknown(self, type: Type, head: Head | None) -> ValueShape:
        """A type of which an annotation may tell, and nothing else."""
        kind = VALUE if head is None else self._heads.kind(head)
        nullable = self._oxcaml and kind.nullability is Nullability.MAYBE_NULL
        if kind.layout not in (Layout.VALUE, Layout.ANY, Layout.PRODUCT):
            return self._make(type, Builtin(kind))
        # The profiles are 64-bit machines, so what holds there is certain.
        immediate = kind.layout is Layout.VALUE and kind.separability <= Separability.NON_POINTER64
        known = Builtin(kind, ANY_INTEGER) if immediate else Builtin(kind, open=True)
        return replace(self._make(type, known, nullable), promised=kind is not VALUE)

    def _blocks(
        self,
        type: Type,
        head: Head,
        blocks: Sequence[BlockShape | None],
        immediates: Immediates | None = None,
    ) -> ValueShape:
        """A type with these blocks, or an unknown one if one of them is impossible."""
        certain = tuple(block for block in blocks if block is not None)
        if len(certain) != len(blocks):
            return self._unknown(type, head)
        return self._make(type, Builtin(NON_FLOAT if blocks else IMMEDIATE, immediates, certain))

    def _product(self, type: Type, components: tuple[Field, ...]) -> ValueShape:
        flattened = self._flatten(components)
        externality = Externality.INTERNAL
        if flattened is not None:
            externality = max(
                (component.shape.kind.externality for component in flattened),
                default=Externality.EXTERNAL,
            )
        kind = replace(flat(Layout.PRODUCT), externality=externality)
        return self._make(type, Builtin(kind, open=flattened is None))

    def _array(self, type: Type, element: Type, mutable: bool) -> ValueShape:
        head = self._heads.of(element)
        layout = self._heads.layout(head)
        doubles = BlockShape(Content.DOUBLES, DOUBLE_ARRAY_TAG, None)
        elements = BlockShape(
            Content.ELEMENTS,
            0,
            None,
            elements=FieldShape("", element, mutable, False, layout, self.of),
        )
        if layout is Layout.FLOAT64:
            blocks: tuple[BlockShape, ...] = (doubles, EMPTY_ARRAY)
        elif layout is Layout.ANY:
            return self._make(type, Builtin(NON_FLOAT, open=True))
        elif layout is not Layout.VALUE:
            blocks = (BlockShape(Content.UNBOXED_ARRAY, None, None),)
        elif self._heads.is_float(head):
            blocks = (doubles, EMPTY_ARRAY)
        elif self._heads.separability(head) is Separability.SEPARABLE:
            blocks = (elements, doubles)
        else:
            blocks = (elements,)
        return self._make(type, Builtin(NON_FLOAT, None, blocks))

    def _or_null(self, type: Type, inner: Type) -> ValueShape:
        head = self._heads.of(inner)
        doubly = head.builtin and isinstance(head.type, Constr) and head.type.name == "or_null"
        shape = self._unknown(type, None) if doubly else self._shape(type, head)
        if doubly or not shape.is_value:
            return shape
        separability = shape.kind.separability
        if separability > Separability.NON_FLOAT:
            separability = Separability.MAYBE_SEPARABLE
        kind = replace(shape.kind, nullability=Nullability.MAYBE_NULL, separability=separability)
        return replace(shape, kind=kind, nullable=True)

    def _record(
        self,
        type: Type,
        head: Head,
        name: str,
        record: Record,
        bindings: Mapping[str, Type],
    ) -> ValueShape:
        fields = self._flatten(substitute_fields(record.fields, bindings))
        floats = self._heads.floats(name, record)
        if floats in (Floats.BOTH, Floats.UNKNOWN):
            return self._make(type, Builtin(NON_FLOAT, open=True))
        if fields is not None and floats is not Floats.NEITHER:
            doubles = tuple(replace(each, layout=Layout.FLOAT64) for each in fields)
            tag = DOUBLE_ARRAY_TAG if floats is Floats.BOXED else None
            block = BlockShape(Content.DOUBLES, tag, len(doubles), doubles, scannable=0)
            return self._blocks(type, head, (block,))
        return self._blocks(type, head, (self._fields_block(fields, 0) if fields else None,))

    def _variant(
        self, type: Type, head: Head, variant: Variant, bindings: Mapping[str, Type]
    ) -> ValueShape:
        names: list[str] = []
        blocks: list[BlockShape | None] = []
        for constructor in variant.constructors:
            fields = self._flatten(substitute_fields(constructor.fields, bindings))
            if fields == ():  # also when all it holds is void
                names.append(constructor.name)
            else:
                blocks.append(self._fields_block(fields, len(blocks), constructor.name))
        if len(blocks) > constructor_tags(self._profile):
            return self._unknown(type, None)
        immediates = Immediates(0, len(names) - 1, names=tuple(names)) if names else None
        return self._blocks(type, head, blocks, immediates)

    def _poly_variant(self, type: Type, variant: PolyVariant) -> ValueShape:
        constants: dict[int, str] = {}
        blocks: dict[str, BlockShape] = {}
        complete = True
        for name, types in self._tags(variant):
            if name is None:
                complete = False
            elif not types:
                constants[hash_variant(name)] = name
            else:
                argument = types[0] if len(types) == 1 and name not in blocks else TypeVar("")
                blocks[name] = self._tagged_block(name, argument)
        immediates = None
        if constants:
            numbers = sorted(constants)
            immediates = Immediates(
                numbers[0],
                numbers[-1],
                frozenset(numbers),
                tuple(constants[number] for number in numbers),
            )
        kind = IMMEDIATE if complete and not blocks else NON_FLOAT
        return self._make(
            type, Builtin(kind, immediates, tuple(blocks.values()), open=not complete)
        )

    def _tags(self, variant: PolyVariant) -> Iterator[tuple[str | None, tuple[Type, ...]]]:
        """The tags of a polymorphic variant; None for the unknown ones of an open one."""
        pending: list[Type] = [variant]
        for _ in range(_MAX_INHERITED):
            if not pending:
                return
            head = self._heads.of(pending.pop()).type
            if not isinstance(head, PolyVariant):
                yield None, ()
                continue
            yield from head.tags
            if head.open:
                yield None, ()
            pending += head.inherits
        yield None, ()

    def _tagged_block(self, name: str, argument: Type) -> BlockShape:
        fields = (
            FieldShape("", Constr("int"), False, False, Layout.VALUE, self.of),
            FieldShape("", argument, False, False, Layout.VALUE, self.of),
        )
        return BlockShape(Content.FIELDS, 0, 2, fields, scannable=2, name=name)

    # Fields.

    def _flatten(self, fields: Iterable[Field]) -> tuple[FieldShape, ...] | None:
        """The fields in order with unboxed products opened and void left out.

        None if there is one whose layout is not known.
        """
        flattened: list[FieldShape] = []
        pending = list(fields)[::-1]
        for _ in range(_MAX_COMPONENTS):
            if not pending:
                return tuple(flattened)
            each = pending.pop()
            head = self._heads.of(each.type)
            layout = self._heads.layout(head)
            if head.product is not None:
                pending += [
                    replace(
                        inner,
                        name=f"{each.name}.{inner.name}" if each.name else inner.name,
                        mutable=each.mutable or inner.mutable,
                        global_=each.global_ or inner.global_,
                    )
                    for inner in reversed(head.product)
                ]
            elif layout in (Layout.PRODUCT, Layout.ANY):
                return None
            elif layout is not Layout.VOID:
                flattened.append(
                    FieldShape(each.name, each.type, each.mutable, each.global_, layout, self.of)
                )
        return None

    def _fields_block(
        self, fields: tuple[FieldShape, ...] | None, tag: int, name: str = ""
    ) -> BlockShape | None:
        """A block with the fields, values first; None if there is no such block."""
        if fields is None:
            return None
        values = tuple(each for each in fields if each.layout is Layout.VALUE)
        flat_ones = tuple(each for each in fields if each.layout is not Layout.VALUE)
        if not flat_ones:
            return BlockShape(Content.FIELDS, tag, len(values), values, len(values), name)
        if len(values) > _MAX_SCANNABLE:
            return None
        size = len(values) + sum(map(_words, flat_ones))
        return BlockShape(Content.MIXED, tag, size, values + flat_ones, len(values), name)


def _words(component: FieldShape) -> int:
    """The words that a flat field takes: numbers are not packed."""
    return VECTOR_WORDS.get(component.layout, 1)
