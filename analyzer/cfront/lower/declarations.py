"""C types from declarations: typedefs, structures, enumerations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pycparser import c_ast

from analyzer.cfront.lower.bindings import Bindings
from analyzer.cfront.lower.constants import CHAR, Enumerator, evaluate
from analyzer.cfront.lower.signatures import NAMED_TYPES
from analyzer.ir.types import (
    INT,
    UNKNOWN,
    VALUE,
    VOID,
    CType,
    TypeKind,
    pointer_to,
)

# Structures of the OCaml headers whose members stubs name or initialise by position.
_POINTER = pointer_to(VOID)
_HEADER_STRUCTS: dict[str, dict[str, CType]] = {
    "custom_operations": {
        "identifier": pointer_to(replace(CHAR, const=True)),
        "finalize": _POINTER,
        "compare": _POINTER,
        "hash": _POINTER,
        "serialize": _POINTER,
        "deserialize": _POINTER,
        "compare_ext": _POINTER,
        "fixed_length": _POINTER,
    },
    "caml_ba_array": {
        "data": _POINTER,
        "num_dims": NAMED_TYPES["intnat"],
        "flags": NAMED_TYPES["intnat"],
        "proxy": _POINTER,
        "dim": CType(TypeKind.ARRAY, target=NAMED_TYPES["intnat"]),
    },
}


class Types:
    """The types of one unit. `type_of` tells the type of an expression, for `typeof`."""

    def __init__(self, bindings: Bindings, type_of: Callable[[c_ast.Node], CType]) -> None:
        self.structs: dict[str, dict[str, CType]] = {}
        self._bindings = bindings
        self._type_of = type_of
        self._pointers: dict[int, tuple[CType, CType]] = {}
        self._constants: dict[int, tuple[CType, CType]] = {}

    def pointer(self, target: CType) -> CType:
        known = self._pointers.get(id(target))
        if known is None:
            known = self._pointers[id(target)] = target, pointer_to(target)
        return known[1]

    def fields(self, ctype: CType) -> dict[str, CType] | None:
        """The members of a structure, None if they are not known."""
        if ctype.kind is not TypeKind.STRUCT:
            return None
        fields = self.structs.get(ctype.name)
        if fields is None and ctype.name in _HEADER_STRUCTS:
            fields = self.structs[ctype.name] = _HEADER_STRUCTS[ctype.name]
        return fields

    def resolve(self, node: Any) -> CType:
        """The type that a declarator, type name or specifier denotes."""
        handler = _RESOLVE.get(type(node))
        return handler(self, node) if handler else UNKNOWN

    def parameter(self, node: Any) -> CType:
        """The type of a parameter: arrays and functions are passed as pointers."""
        ctype = self.resolve(node)
        if ctype.kind is TypeKind.ARRAY and ctype.target is not None:
            return self.pointer(ctype.target)
        return self.pointer(ctype) if ctype.kind is TypeKind.FUNCTION else ctype

    def typedef(self, node: c_ast.Typedef) -> CType:
        """What a typedef's name stands for; an unnamed structure takes that name."""
        inner = node.type.type
        kind = type(inner)
        if (
            type(node.type) is c_ast.TypeDecl
            and (kind is c_ast.Struct or kind is c_ast.Union)
            and inner.name is None
        ):
            return self._qualified(self._structure(inner, node.name), node.type.quals)
        return self.resolve(node.type)

    # --- by kind of node ---

    def _type_declaration(self, node: c_ast.TypeDecl) -> CType:
        ctype = self.resolve(node.type)
        return self._qualified(ctype, node.quals) if node.quals else ctype

    def _qualified(self, ctype: CType, quals: list[str] | None) -> CType:
        if not quals or "const" not in quals or ctype is VALUE or ctype.const:
            return ctype
        known = self._constants.get(id(ctype))
        if known is None:
            known = self._constants[id(ctype)] = ctype, replace(ctype, const=True)
        return known[1]

    def _identifier(self, node: c_ast.IdentifierType) -> CType:
        names = node.names
        text = names[0]
        typedefs = self._bindings.typedefs
        ctype = typedefs.get(text) if len(names) == 1 else None
        if ctype is None:
            text = _canonical(names)
            ctype = typedefs.get(text)
        if ctype is None:
            ctype = typedefs[text] = CType(TypeKind.UNKNOWN, text)
        return ctype

    def _pointer(self, node: c_ast.PtrDecl) -> CType:
        return self._qualified(self.pointer(self.resolve(node.type)), node.quals)

    def _array(self, node: c_ast.ArrayDecl) -> CType:
        length = None if node.dim is None else evaluate(node.dim, self._bindings.names)
        return CType(TypeKind.ARRAY, target=self.resolve(node.type), length=length)

    def _function(self, node: c_ast.FuncDecl) -> CType:
        params: tuple[CType, ...] | None = None
        variadic = False
        if node.args is not None:
            written = node.args.params
            variadic = type(written[-1]) is c_ast.EllipsisParam
            if type(written[0]) is not c_ast.ID:
                params = tuple(map(self.parameter, written[: len(written) - variadic]))
                if params == (VOID,):
                    params = ()
        return CType(
            TypeKind.FUNCTION, target=self.resolve(node.type), params=params, variadic=variadic
        )

    def _structure(self, node: Any, name: str | None = None) -> CType:
        tag = node.name or name or f"{node.coord.file}:{node.coord.line}:{node.coord.column}"
        if type(node) is c_ast.Union:
            tag = f"union {tag}"
        if node.decls is not None:
            fields: dict[str, CType] = {}
            # Known by name before its members are: they may point back to it.
            self.structs[tag] = fields
            self._add_fields(node.decls, fields)
        return CType(TypeKind.STRUCT, tag)

    def _add_fields(self, decls: list[Any], fields: dict[str, CType]) -> None:
        for decl in decls:
            if type(decl) is not c_ast.Decl:
                continue
            ctype = self.resolve(decl.type)
            if decl.name is not None:
                fields[decl.name] = ctype
            elif ctype.kind is TypeKind.STRUCT:
                fields.update(self.structs.get(ctype.name, {}))

    def _enumeration(self, node: c_ast.Enum) -> CType:
        ctype = CType(TypeKind.INTEGER, f"enum {node.name}", bits=32) if node.name else INT
        if node.values is not None:
            number: int | None = -1
            for item in node.values.enumerators:
                if type(item) is not c_ast.Enumerator:
                    continue
                if item.value is not None:
                    number = evaluate(item.value, self._bindings.names)
                elif number is not None:
                    number += 1
                self._bindings.bind(item.name, Enumerator(number, ctype))
        return ctype

    def _wrapped(self, node: Any) -> CType:
        return self.resolve(node.type)

    def _type_of_expression(self, node: c_ast.TypeOf) -> CType:
        inner = node.expr
        return self.resolve(inner) if type(inner) is c_ast.Typename else self._type_of(inner)

    def _bit_integer(self, node: c_ast.BitIntType) -> CType:
        width = evaluate(node.width, self._bindings.names) or 0
        signed = node.signedness != "unsigned"
        return CType(TypeKind.INTEGER, "_BitInt", bits=width, signed=signed)


def _canonical(names: list[str]) -> str:
    """One spelling for each arithmetic type: `long unsigned int` is `unsigned long`."""
    words = [name for name in names if name not in ("int", "signed")]
    if "char" in words:
        return "unsigned char" if "unsigned" in words else _signed_char(names)
    if "double" in words:
        return "long double" if "long" in words else "double"
    if "float" in words:
        return "float"
    width = "long long" if words.count("long") > 1 else "long" if "long" in words else ""
    width = "short" if "short" in words else width
    others = [word for word in words if word not in ("unsigned", "long", "short", "_Complex")]
    if others:
        return " ".join(others)
    if "unsigned" in words:
        return f"unsigned {width or 'int'}"
    return width or "int"


def _signed_char(names: list[str]) -> str:
    return "signed char" if "signed" in names else "char"


_RESOLVE: dict[type, Callable[[Types, Any], CType]] = {
    c_ast.TypeDecl: Types._type_declaration,
    c_ast.IdentifierType: Types._identifier,
    c_ast.PtrDecl: Types._pointer,
    c_ast.ArrayDecl: Types._array,
    c_ast.FuncDecl: Types._function,
    c_ast.Struct: Types._structure,
    c_ast.Union: Types._structure,
    c_ast.Enum: Types._enumeration,
    c_ast.Typename: Types._wrapped,
    c_ast.Decl: Types._wrapped,
    c_ast.AttributedType: Types._wrapped,
    c_ast.TypeOf: Types._type_of_expression,
    c_ast.BitIntType: Types._bit_integer,
}
