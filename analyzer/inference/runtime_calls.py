"""What calls of the OCaml runtime say of the values that they are given and that they return."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analyzer.inference.terms import Use

RESULTS: Mapping[str, Use] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "caml_copy_string",
                "caml_copy_string_of_os",
                "caml_alloc_initialized_string",
                "caml_alloc_sprintf",
                "caml_alloc_string",
                "caml_alloc_local_string",
                "caml_unix_alloc_inet_addr",
                "caml_unix_alloc_inet6_addr",
            ),
            Use.STRING,
        ),
        "caml_copy_double": Use.FLOAT,
        "caml_copy_float32": Use.FLOAT32,
        "caml_copy_int32": Use.INT32,
        "caml_copy_int64": Use.INT64,
        "caml_copy_nativeint": Use.NATIVEINT,
        "caml_alloc_float_array": Use.FLOATS,
        "caml_ba_alloc": Use.BIGARRAY,
        "caml_ba_alloc_dims": Use.BIGARRAY,
        "caml_alloc_channel": Use.CHANNEL,
        "caml_hash_variant": Use.INTEGER,
        "caml_unix_alloc_sockaddr": Use.SOCKET_ADDRESS,
        "caml_ephemeron_create": Use.WEAK,
    }
)
"""What is returned."""

ARGUMENTS: Mapping[str, tuple[Use | None, ...]] = MappingProxyType(
    {
        "caml_string_length": (Use.STRING,),
        "caml_string_is_c_safe": (Use.STRING,),
        "caml_failwith_value": (Use.STRING,),
        "caml_invalid_argument_value": (Use.STRING,),
        "caml_raise_sys_error": (Use.STRING,),
        "caml_sys_error": (Use.STRING,),
        "caml_sys_io_error": (Use.STRING,),
        "caml_hash_mix_string": (None, Use.STRING),
        "caml_uerror": (None, Use.STRING),
        "caml_unix_error": (None, None, Use.STRING),
        "caml_unix_check_path": (Use.STRING,),
        "caml_unix_get_sockaddr": (Use.SOCKET_ADDRESS,),
        "caml_Double_val": (Use.FLOAT,),
        "caml_Store_double_val": (Use.FLOAT,),
        "Store_double_val": (Use.FLOAT,),
        "caml_Int64_val": (Use.INT64,),
        "caml_hash_mix_int32": (None, Use.INT32),
        "caml_hash_mix_int64": (None, Use.INT64),
        "caml_raise": (Use.EXCEPTION,),
        "caml_raise_constant": (Use.EXCEPTION,),
        "caml_format_exception": (Use.EXCEPTION,),
        "caml_array_length": (Use.BLOCK,),
        "caml_is_double_array": (Use.BLOCK,),
        "caml_ephemeron_get_key": (Use.WEAK,),
        "caml_ephemeron_set_key": (Use.WEAK,),
        "caml_ephemeron_key_is_set": (Use.WEAK,),
        "caml_ephemeron_num_keys": (Use.WEAK,),
        "caml_string_equal": (Use.STRING, Use.STRING),
        "caml_string_notequal": (Use.STRING, Use.STRING),
        "caml_string_compare": (Use.STRING, Use.STRING),
        "caml_ba_compare": (Use.BIGARRAY, Use.BIGARRAY),
        "caml_ba_hash": (Use.BIGARRAY,),
        "caml_ba_finalize": (Use.BIGARRAY,),
        "caml_ml_output_char": (Use.CHANNEL,),
    }
)
"""What is asked of each argument."""

ALLOCATIONS = frozenset(
    {"caml_alloc", "caml_alloc_small", "caml_alloc_shr", "caml_alloc_local", "Alloc_small"}
)
"""Make a block of the size and the tag that they are given."""

CUSTOM_ALLOCATIONS = frozenset({"caml_alloc_custom", "caml_alloc_custom_mem"})

CALLBACKS: Mapping[str, int] = MappingProxyType(
    {
        f"caml_callback{digit}{suffix}": arity
        for digit, arity in (("", 1), ("2", 2), ("3", 3))
        for suffix in ("", "_exn", "_res")
    }
)
"""How many arguments they give the function, which they are given first."""

CALLBACKS_WITH_ARRAY = frozenset({"caml_callbackN", "caml_callbackN_exn", "caml_callbackN_res"})

SIZED = frozenset(
    {
        "caml_alloc_string",
        "caml_alloc_initialized_string",
        "caml_alloc_float_array",
        "caml_alloc_tuple",
        "caml_alloc",
        "caml_alloc_small",
        "caml_alloc_shr",
        "caml_alloc_local",
        "caml_stat_alloc",
        "malloc",
        "calloc",
    }
)
"""Their first argument is a size."""

COPIES = frozenset({"memcpy", "memmove", "memset", "strncpy"})
"""Their third argument is a size that nothing checks."""
