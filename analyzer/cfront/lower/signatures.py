"""The C types of what the OCaml headers declare, from their text."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from analyzer.cfront.lower.constants import CHAR, SIZE
from analyzer.ir.types import (
    DOUBLE,
    INT,
    LONG,
    UNKNOWN,
    VALUE,
    VOID,
    CType,
    TypeKind,
    pointer_to,
)
from runtime_sim.model.api.row import ApiRow, Result

NAMED_TYPES: dict[str, CType] = {
    "value": VALUE,
    "void": VOID,
    "char": CHAR,
    "int": INT,
    "long": LONG,
    "double": DOUBLE,
    "float": CType(TypeKind.FLOATING, "float", bits=32),
    "long double": CType(TypeKind.FLOATING, "long double", bits=128),
    "size_t": SIZE,
    "caml_stat_block": pointer_to(VOID),
    "caml_stat_string": pointer_to(CHAR),
    "addr": pointer_to(CHAR),
    "char_os": CHAR,
}
"""Type names known without a declaration, as LP64 has them."""

_SIGNED = {
    8: "int8_t,signed char",
    16: "short,int16_t",
    32: "int32_t,int32,pid_t,key_t,wchar_t",
    64: "intnat,ssize_t,ptrdiff_t,intptr_t,int64_t,int64,intmax_t,off_t,time_t,clock_t,long long",
    128: "__int128",
}
_UNSIGNED = {
    8: "_Bool,bool,uint8_t,unsigned char,uchar,u_char",
    16: "uint16_t,uint16,unsigned short,ushort,u_short,in_port_t,sa_family_t",
    32: "uint32_t,uint32,unsigned int,uint,u_int,tag_t,reserved_t,uid_t,gid_t,mode_t,socklen_t,"
    "in_addr_t",
    64: "uintnat,mlsize_t,asize_t,header_t,color_t,uintptr_t,uint64_t,uint64,uintmax_t,ulong,"
    "u_long,dev_t,ino_t,unsigned long,unsigned long long",
}
NAMED_TYPES |= {
    name: CType(TypeKind.INTEGER, name, bits=bits, signed=signed)
    for widths, signed in ((_SIGNED, True), (_UNSIGNED, False))
    for bits, names in widths.items()
    for name in names.split(",")
}

_MACRO_TYPES = {
    "Int_val": "int",
    "Unsigned_int_val": "unsigned int",
    "Bool_val": "int",
    "Long_val": "intnat",
    "Unsigned_long_val": "uintnat",
    "Oid_val": "intnat",
    "Double_val": "double",
    "Double_field": "double",
    "Double_flat_field": "double",
    "Double_array_field": "double",
    "Float32_val": "float",
    "Int8_val": "int8_t",
    "Int16_val": "int16_t",
    "Int32_val": "int32_t",
    "Int64_val": "int64_t",
    "Nativeint_val": "intnat",
    "Byte": "char",
    "Byte_u": "unsigned char",
    "String_val": "const char *",
    "Bytes_val": "unsigned char *",
    "Op_val": "value *",
    "Op_atomic_val": "value *",
    "Op_hp": "value *",
    "Bp_val": "char *",
    "Bp_hp": "char *",
    "Hp_val": "header_t *",
    "Hp_op": "header_t *",
    "Hp_bp": "header_t *",
    "Code_val": "void *",
    "Custom_ops_val": "const struct custom_operations *",
    "Data_custom_val": "void *",
    "Data_abstract_val": "void *",
    "Caml_ba_array_val": "struct caml_ba_array *",
    "Caml_ba_data_val": "void *",
    "Caml_ba_kind_val": "int",
    "Caml_ba_layout_val": "int",
    "Channel": "struct channel *",
    "DIR_Val": "DIR *",
    "GET_INET_ADDR": "struct in_addr",
    "GET_INET6_ADDR": "struct in6_addr",
    "Caml_state": "caml_domain_state *",
    "Caml_state_opt": "caml_domain_state *",
    "Caml_state_field": "caml_domain_state_field",
    "CAML_LOCAL_ROOTS": "struct caml__roots_block *",
    "caml_local_roots": "struct caml__roots_block *",
    "caml_global_data": "value",
    "ARCH_INTNAT_PRINTF_FORMAT": "const char *",
    "Tag_val": "tag_t",
    "Tag_hd": "tag_t",
    "Tag_hp": "tag_t",
}
_VALUES = frozenset(
    {
        Result.IMMEDIATE,
        Result.FRESH,
        Result.FRESH_OR_NULL,
        Result.FRESH_LOCAL,
        Result.VALUE,
        Result.BORROWED,
        Result.ARGUMENT,
        Result.ENCODED,
    }
)
_OTHERS = {
    Result.VOID: VOID,
    Result.NEVER: VOID,
    Result.SYNTAX: VOID,
    Result.DERIVED: pointer_to(VOID),
    Result.NULLABLE: pointer_to(VOID),
    Result.ROOT: pointer_to(VALUE),
    Result.DATA: NAMED_TYPES["uintnat"],
    Result.RESULT: CType(TypeKind.UNKNOWN, "caml_result"),
}


def result_type(row: ApiRow) -> CType:
    """The type of a call or use of the name; a macro's is that of its expansion."""
    text = _MACRO_TYPES.get(row.name) or row.signature.partition("(")[0].strip()
    if text and not row.signature.startswith("alias "):
        return parse_type(text)
    if row.name.startswith("Is_"):
        return INT
    return VALUE if row.result in _VALUES else _OTHERS[row.result]


@lru_cache(maxsize=256)
def parse_type(text: str) -> CType:
    """A type name without function or array declarators: `const struct tm *`."""
    words = text.replace("*", " * ").split()
    const = "const" in words
    base = " ".join(w for w in words if w not in ("*", "const", "volatile", "extern"))
    ctype = NAMED_TYPES.get(base)
    if ctype is None:
        tag = base.removeprefix("struct ")
        named = tag is not base or base.startswith("union ")
        ctype = CType(TypeKind.STRUCT if named else TypeKind.UNKNOWN, tag)
    if const and ctype is not VALUE:
        ctype = replace(ctype, const=True)
    for _ in range(words.count("*")):
        ctype = pointer_to(ctype)
    return ctype if base else UNKNOWN
