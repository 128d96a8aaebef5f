"""The types of expressions."""

from __future__ import annotations

from analyzer.ir.types import DOUBLE, INT, LONG, UNKNOWN, CType, TypeKind, pointer_to

_COMPARISONS = frozenset(("==", "!=", "<", ">", "<=", ">=", "&&", "||"))
_POINTERS = (TypeKind.POINTER, TypeKind.ARRAY)


def decayed(ctype: CType) -> CType:
    """The type an operand is computed with: an array is a pointer to its first element."""
    if ctype.kind is TypeKind.ARRAY and ctype.target is not None:
        return pointer_to(ctype.target)
    return ctype


def binary_type(op: str, left: CType, right: CType) -> CType:
    """The type of `left op right`; a `value` is computed with as the integer that it is."""
    if op in _COMPARISONS:
        return INT
    if left.kind in _POINTERS:
        return LONG if op == "-" and right.kind in _POINTERS else decayed(left)
    if right.kind in _POINTERS:
        return decayed(right)
    if op in ("<<", ">>"):
        return _promoted(left)
    if left.kind is TypeKind.FLOATING or right.kind is TypeKind.FLOATING:
        return DOUBLE
    left, right = _promoted(left), _promoted(right)
    if left is right or left.kind is TypeKind.UNKNOWN:
        return left
    if right.kind is TypeKind.UNKNOWN or right.bits > left.bits:
        return right
    return right if right.bits == left.bits and not right.signed else left


def _promoted(ctype: CType) -> CType:
    if ctype.kind is TypeKind.INTEGER:
        return INT if ctype.bits < 32 else ctype
    if ctype.kind is TypeKind.VALUE:
        return LONG
    return ctype if ctype.kind is TypeKind.FLOATING else UNKNOWN


def joined(left: CType, right: CType) -> CType:
    """The type of a choice between the two."""
    if left is right:
        return left
    if left.kind in _POINTERS and right.kind is not TypeKind.POINTER:
        return decayed(left)
    if left.kind is TypeKind.POINTER and right.target is not None:
        void = left.target is not None and left.target.kind is TypeKind.VOID
        return right if void else left
    if left.kind in (TypeKind.UNKNOWN, TypeKind.VOID) or right.kind in _POINTERS:
        return decayed(right)
    if right.kind in (TypeKind.UNKNOWN, TypeKind.VOID) or left.kind is right.kind:
        return left
    return right if right.kind is TypeKind.VALUE else left


def size_of(ctype: CType) -> int | None:
    """What `sizeof` gives, where that does not depend on the layout of a structure."""
    if ctype.kind in (TypeKind.VALUE, TypeKind.POINTER):
        return 8
    if ctype.kind is TypeKind.ARRAY:
        element = size_of(ctype.target) if ctype.target else None
        return None if element is None or ctype.length is None else element * ctype.length
    return ctype.bits // 8 or None


def returned(callee: CType) -> CType:
    """The type of a call through an expression of this type."""
    target = callee.target
    if callee.kind is TypeKind.POINTER and target is not None:
        if target.kind is not TypeKind.FUNCTION:
            return UNKNOWN
        target = target.target
    return target if target is not None and callee.kind in _CALLABLE else UNKNOWN


_CALLABLE = (TypeKind.FUNCTION, TypeKind.POINTER)
