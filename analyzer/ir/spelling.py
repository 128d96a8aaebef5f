"""C types as text."""

from __future__ import annotations

from analyzer.ir.types import CType, TypeKind


def spell_type(ctype: CType, declarator: str = "") -> str:
    """The type as C declares it, around `declarator`: `char *name[4]`."""
    target = ctype.target
    if target is None:
        return f"{_base(ctype)} {declarator}".rstrip()
    if ctype.kind is TypeKind.POINTER:
        inner = f"*const {declarator}".rstrip() if ctype.const else f"*{declarator}"
        wrapped = target.kind in (TypeKind.ARRAY, TypeKind.FUNCTION)
        return spell_type(target, f"({inner})" if wrapped else inner)
    if ctype.kind is TypeKind.ARRAY:
        length = "" if ctype.length is None else str(ctype.length)
        return spell_type(target, f"{declarator}[{length}]")
    return spell_type(target, f"{declarator}({_parameters(ctype)})")


def _base(ctype: CType) -> str:
    name = ctype.name or "?"
    if ctype.kind is TypeKind.STRUCT and not name.startswith("union "):
        name = f"struct {name}"
    return f"const {name}" if ctype.const else name


def _parameters(ctype: CType) -> str:
    if ctype.params is None:
        return ""
    texts = [spell_type(param) for param in ctype.params]
    if ctype.variadic:
        texts.append("...")
    return ", ".join(texts) or "void"
