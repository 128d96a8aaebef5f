"""Every rule, and how they are run over the facts about one function."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from analyzer.diagnostics import Diagnostic
from analyzer.flow.result import FunctionFacts, RuleContext

RULES: tuple[ModuleType, ...] = tuple(
    import_module(f"{__name__}.{name}")
    for name in (
        "alloc_small_size",
        "arity_mismatch",
        "bad_tag",
        "bigarray_dims",
        "camllocal_in_loop",
        "camllocal_without_camlparam",
        "camlparam_twice",
        "camlreturn_kind",
        "camlreturn_without_camlparam",
        "custom_resource_accounting",
        "domain_unsafe_static",
        "double_conversion",
        "embedded_nul",
        "external_kind_violation",
        "field_out_of_bounds",
        "finaliser_uses_runtime",
        "global_root_misuse",
        "initialize_on_initialised",
        "integer_truncation",
        "interior_pointer",
        "local_escape",
        "lock_imbalance",
        "missing_camlreturn",
        "missing_conversion",
        "missing_primitive",
        "missing_write_barrier",
        "mixed_block_access",
        "modify_on_uninitialised",
        "naked_pointer",
        "noalloc_violation",
        "null_returned",
        "null_unchecked",
        "parse_error",
        "pointer_escape",
        "removed_api",
        "resource_leak_on_raise",
        "root_of_non_value",
        "root_out_of_scope",
        "separability_violation",
        "stale_pointer",
        "string_mutation",
        "type_mismatch",
        "unboxed_mismatch",
        "unchecked_exception_result",
        "unchecked_named_value",
        "uninitialised_block",
        "uninitialised_root",
        "unnecessary_root",
        "unregistered_global_root",
        "unregistered_thread",
        "unrooted_value",
        "unsequenced_gc",
        "unused_suppression",
        "value_access_without_lock",
        "write_barrier_unneeded",
    )
)

_BY_NAME = {module.RULE.name: module for module in RULES}


def by_name(name: str) -> ModuleType | None:
    """The module of a rule, None if there is no such rule."""
    return _BY_NAME.get(name)


def run_rules(fn: FunctionFacts, ctx: RuleContext) -> list[Diagnostic]:
    """What the profile's rules find in one function, by rule, then in the order of the facts."""
    if not fn.facts:
        return []
    return [
        diagnostic
        for module in RULES
        if ctx.profile in module.RULE.profiles
        for diagnostic in module.check(fn, ctx)
    ]
