"""What reads, and what makes, the values of an OCaml type: the repair for a wrong accessor."""

from __future__ import annotations

# What reads a value of the type, and what makes one.
_SCALARS = {
    "bool": ("Bool_val", "Val_bool"),
    "bytes": ("Bytes_val", "caml_alloc_string"),
    "char": ("Int_val", "Val_int of a number from 0 to 255"),
    "float": ("Double_val", "caml_copy_double"),
    "int": ("Int_val or Long_val", "Val_int or Val_long"),
    "int32": ("Int32_val", "caml_copy_int32"),
    "int64": ("Int64_val", "caml_copy_int64"),
    "nativeint": ("Nativeint_val", "caml_copy_nativeint"),
    "string": ("String_val", "caml_copy_string"),
    "unit": ("no accessor", "Val_unit"),
}
_CONTAINERS = {
    "option": (
        "Is_block, then what Field(..., 0) holds",
        "Val_none, or caml_alloc_some of what it holds",
    ),
    "list": (
        "Is_block, then Field(..., 0) and Field(..., 1)",
        "Val_emptylist, or a block of two fields and tag 0",
    ),
}
# By what the values are: a type may have any name.
_REPRESENTED = {
    "a block of floats": (
        "Double_flat_field",
        "caml_alloc(n * Double_wosize, Double_array_tag) and Store_double_flat_field",
    ),
}


def conversions(type: str, has: str) -> tuple[str, str] | None:
    """What reads and what makes a value of a type, by its name or by what its values are."""
    container = type.rpartition(" ")[2]
    return _SCALARS.get(type) or _CONTAINERS.get(container) or _REPRESENTED.get(has)
