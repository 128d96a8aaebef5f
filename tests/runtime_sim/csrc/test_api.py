"""Every public name of the API table compiles against our headers and links to our library."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from runtime_sim.build import HEADERS, compiler, header_flags
from runtime_sim.model.api import Api, ApiRow, Kind, load_api
from runtime_sim.model.profile import Profile

PROFILES = tuple(Profile)

# Names of the table that our headers do without, and why.
WINDOWS = "Windows' alone: real headers declare it for _WIN32"
EXCEPTIONS = {
    "caml_copy_string_of_utf16": WINDOWS,
    "caml_stat_strdup_of_utf16": WINDOWS,
    "caml_stat_strdup_to_utf16": WINDOWS,
}
# Rows that no real header declares: stubs write the prototype themselves.
UNDECLARED = "otherlibs/"

# How a macro is used, by its parameters.
ARGUMENTS = {
    "v": "v",
    "x": "1",
    "i": "0",
    "d": "1.0",
    "hd": "hd",
    "hp": "hp",
    "op": "v",
    "bp": "v",
    "tag": "0",
    "wosize": "1",
    "color": "0",
    "reserved": "0",
    "arity": "1",
    "delta": "2",
    "offset": "0",
    "index": "0",
    "size": "2",
    "dst": "v",
    "block": "v",
    "val": "v",
    "result": "result",
    "y": "0",
    "z": "0",
}
# Macros that are no expressions, or want more than their parameters' names say.
SPECIAL = {
    "Alloc_small": "{ value r; Alloc_small(r, 1, 0); (void) r; }",
    "CAML_INTERNALS": "",
    "CAML_NAME_SPACE": "",
    "CAMLassert": "CAMLassert(v == v);",
    "CAMLdrop": "{ CAMLparam0(); CAMLdrop; }",
    "CAMLexport": "{ CAMLexport int n = 0; (void) n; }",
    "CAMLextern": "{ CAMLextern value caml_global_data; (void) caml_global_data; }",
    "CAMLlocalN": "{ CAMLparam0(); CAMLlocalN(a, 3); CAMLdrop; }",
    "CAMLlocalresult": "{ CAMLparam0(); CAMLlocalresult(r); (void) r; CAMLdrop; }",
    "CAMLnoret": "",
    "CAMLnoreturn": "{ CAMLparam0(); CAMLdrop; CAMLnoreturn; }",
    "CAMLnoreturn_start": "{ CAMLnoreturn_start void no_return(void) CAMLnoreturn_end; }",
    "CAMLnoreturn_end": "",
    "CAMLparam0": "{ CAMLparam0(); CAMLdrop; }",
    "CAMLparamN": "{ value a[2] = { 1, 1 }; CAMLparamN(a, 2); CAMLdrop; }",
    "CAMLprim": "",
    "CAMLunused": "{ CAMLunused int n; }",
    "CAMLunused_start": "{ CAMLunused_start int CAMLunused_end n; }",
    "CAMLunused_end": "",
    "CAMLweakdef": "",
    "CAMLxparamN": "{ value a[2] = { 1, 1 }; CAMLparam0(); CAMLxparamN(a, 2); CAMLdrop; }",
    "CAMLxparamresult": (
        "{ CAMLparam0(); caml_result r = Result_unit; CAMLxparamresult(r); CAMLdrop; }"
    ),
    "Begin_roots_block": "{ value a[2] = { 1, 1 }; Begin_roots_block(a, 2); End_roots(); }",
    "Begin_root": "Begin_root(v); End_roots();",
    "End_roots": "",
    "Caml_check_caml_state": "Caml_check_caml_state();",
    "Caml_inline": "",
    "Caml_state_field": "(void) Caml_state_field(local_roots);",
    "Custom_ops_val": "{ const struct custom_operations *ops = Custom_ops_val(v); (void) ops; }",
    "Noreturn": "",
    "Result_exception": "{ caml_result r = Result_exception(v); (void) r; }",
    "Result_unit": "{ caml_result r = Result_unit; (void) r; }",
    "Result_value": "{ caml_result r = Result_value(v); (void) r; }",
    "DIR_Val": "{ DIR *d = DIR_Val(v); (void) d; }",
    "Store_field": "Store_field(v, 0, v);",
    "Unsafe_store_tag_val": "Unsafe_store_tag_val(v, 0);",
    "caml_acquire_runtime_system": "caml_acquire_runtime_system();",
    "caml_release_runtime_system": "caml_release_runtime_system();",
    "caml_copy_string_of_os": '(void) caml_copy_string_of_os("");',
    "caml_stat_strdup_of_os": '(void) caml_stat_strdup_of_os("");',
    "caml_stat_strdup_os": '(void) caml_stat_strdup_os("");',
    "caml_stat_strdup_to_os": '(void) caml_stat_strdup_to_os("");',
    "caml_weak_array_blit": "caml_weak_array_blit(v, 0, v, 0, 1);",
    "caml_weak_array_get": "(void) caml_weak_array_get(v, 0, &v);",
    "caml_weak_array_get_copy": "(void) caml_weak_array_get_copy(v, 0, &v);",
    "caml_weak_array_set": "caml_weak_array_set(v, 0, v);",
    "caml_weak_array_unset": "caml_weak_array_unset(v, 0);",
}
# Macros that have other parameters in OxCaml, or are OxCaml's alone.
OXCAML = {
    "Make_closinfo": "(void) Make_closinfo(1, 2, 1);",
    "Val_null": "{ static const value null = Val_null; (void) null; }",
}
RETURNS = ("CAMLreturn", "CAMLreturn0", "CAMLreturnT")
ASSIGNABLE = ("Field", "Tag_val", "Byte", "Byte_u", "Int64_val", "Double_val", "Is_long")


def rows_of(api: Api, *, internal: bool) -> list[ApiRow]:
    rows = [api.get(name) for name in sorted(api.declared())]
    return [
        row
        for row in rows
        if row is not None
        and row.name not in EXCEPTIONS
        and (internal or not row.internal)
        and (internal or row.kind is not Kind.LEGACY)
    ]


def headers_of(rows: Iterable[ApiRow]) -> list[str]:
    # The table has the hooks under one header; the scanning hook is in another.
    headers = {row.header for row in rows if row.header.startswith("caml/")} | {"caml/roots.h"}
    return sorted(header for header in headers if (HEADERS / header).exists())


def special_of(profile: Profile) -> dict[str, str]:
    return SPECIAL | OXCAML if profile is Profile.OXCAML else SPECIAL


def parameters(signature: str) -> list[str]:
    inner = re.fullmatch(r"\((.*)\)", signature)
    return [name.strip() for name in inner[1].split(",")] if inner and inner[1] else []


def roots_use(name: str) -> str | None:
    """A use of the macros that register roots, of which there is one for each number."""
    found = re.fullmatch(r"(CAMLparam|CAMLxparam|CAMLlocal|Begin_roots)([1-5])", name)
    if found is None:
        return None
    names = [f"r{number}" for number in range(1, int(found[2]) + 1)]
    values = "value " + ", ".join(f"{each} = Val_unit" for each in names) + ";"
    use = f"{name}({', '.join(names)});"
    match found[1]:
        case "CAMLparam":
            return f"{{ {values} {use} CAMLdrop; }}"
        case "CAMLxparam":
            return f"{{ {values} CAMLparam0(); {use} CAMLdrop; }}"
        case "CAMLlocal":
            return f"{{ CAMLparam0(); {use} CAMLdrop; }}"
        case _:
            return f"{{ {values} {use} End_roots(); }}"


def macro_use(row: ApiRow, name: str, special: dict[str, str]) -> str:
    if row.name in special:
        return special[row.name]
    if (roots := roots_use(row.name)) is not None:
        return roots
    if row.name in RETURNS:
        return ""
    if row.name.startswith("Store_"):
        return f"{name}({', '.join(ARGUMENTS[each] for each in parameters(row.signature))});"
    if names := parameters(row.signature):
        return f"(void) {name}({', '.join(ARGUMENTS[each] for each in names)});"
    return f"(void) ({name});"


def uses(api: Api, rows: Iterable[ApiRow], special: dict[str, str]) -> Iterable[tuple[str, str]]:
    """A declaration and a statement for each name; either may be empty."""
    for row in rows:
        meant = api.get(row.replacement) if row.kind is Kind.LEGACY else row
        if meant is not None and meant.kind is Kind.MACRO:
            yield "", macro_use(meant, row.name, special)
        elif row.kind is Kind.PRIMITIVE or row.header.startswith(UNDECLARED):
            yield f"extern value {row.name}();", f"address = (void *) {row.name};"
        else:
            yield "", f"address = (void *) &{row.name};"


FRAME = """\
{defines}
#include <stdio.h>
#include <dirent.h>
{includes}

{declarations}

CAMLprim value returns_value(value v) {{ CAMLparam1(v); CAMLreturn(v); }}
CAMLprim void returns_nothing(value v) {{ CAMLparam1(v); CAMLreturn0; }}
CAMLprim int returns_number(value v) {{ CAMLparam1(v); CAMLreturnT(int, 1); }}
CAMLprim value switches(value v)
{{
  static const value table[] = {{ Val_int(0), Val_unit, Val_false, Val_emptylist, Val_none }};
  switch (v) {{ case Val_int(3): Field(v, 0) = v; Byte(v, 0) = 'a'; Int64_val(v) = 1; break; }}
  return table[0];
}}

void *volatile address;
void use(value v)
{{
  header_t header = 0, hd = 0, *hp = &header;
  (void) hd, (void) hp;
  {statements}
}}
"""


def source_of(profile: Profile, *, internal: bool) -> str:
    api = load_api(profile)
    rows = rows_of(api, internal=internal)
    parts = list(uses(api, rows, special_of(profile)))
    defines = ["#define CAML_INTERNALS"] if internal else ["#define CAML_NAME_SPACE"]
    return FRAME.format(
        defines="\n".join(defines),
        includes="\n".join(f"#include <{header}>" for header in headers_of(rows)),
        declarations="\n".join(declaration for declaration, _ in parts if declaration),
        statements="\n  ".join(statement for _, statement in parts if statement),
    )


@pytest.mark.parametrize("internal", [False, True], ids=["public", "with-internals"])
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.value)
def test_every_name_compiles_and_links(
    tmp_path: Path, runtime_library: Path, profile: Profile, internal: bool
) -> None:
    source = tmp_path / "uses.c"
    source.write_text(source_of(profile, internal=internal), "utf-8")
    command = [
        *compiler(),
        "-std=gnu11",
        "-Wall",
        "-Werror",
        "-shared",
        "-fPIC",
        "-Wl,--no-undefined",
        *header_flags(profile),
        str(source),
        str(runtime_library),
        "-o",
        str(tmp_path / "uses.so"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.value)
def test_exceptions_are_names_of_the_table(profile: Profile) -> None:
    assert set(EXCEPTIONS) <= load_api(profile).names()


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.value)
def test_macros_without_a_row_have_no_use_of_their_own(profile: Profile) -> None:
    assert set(special_of(profile)) <= load_api(profile).names()
