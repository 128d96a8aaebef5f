"""Every rule, and how they are run over the facts about one function."""

from __future__ import annotations

from types import ModuleType

from analyzer.diagnostics import Diagnostic
from analyzer.flow.result import FunctionFacts, RuleContext
from analyzer.rules import (
    alloc_small_size,
    bad_tag,
    bigarray_dims,
    camllocal_in_loop,
    camllocal_without_camlparam,
    camlparam_twice,
    camlreturn_kind,
    camlreturn_without_camlparam,
    custom_resource_accounting,
    domain_unsafe_static,
    embedded_nul,
    field_out_of_bounds,
    finaliser_uses_runtime,
    global_root_misuse,
    initialize_on_initialised,
    interior_pointer,
    lock_imbalance,
    missing_camlreturn,
    missing_write_barrier,
    modify_on_uninitialised,
    naked_pointer,
    parse_error,
    pointer_escape,
    removed_api,
    resource_leak_on_raise,
    root_of_non_value,
    root_out_of_scope,
    stale_pointer,
    string_mutation,
    unchecked_exception_result,
    unchecked_named_value,
    uninitialised_block,
    uninitialised_root,
    unnecessary_root,
    unregistered_global_root,
    unregistered_thread,
    unrooted_value,
    unsequenced_gc,
    unused_suppression,
    value_access_without_lock,
)

RULES: tuple[ModuleType, ...] = (
    alloc_small_size,
    bad_tag,
    bigarray_dims,
    camllocal_in_loop,
    camllocal_without_camlparam,
    camlparam_twice,
    camlreturn_kind,
    camlreturn_without_camlparam,
    custom_resource_accounting,
    domain_unsafe_static,
    embedded_nul,
    field_out_of_bounds,
    finaliser_uses_runtime,
    global_root_misuse,
    initialize_on_initialised,
    interior_pointer,
    lock_imbalance,
    missing_camlreturn,
    missing_write_barrier,
    modify_on_uninitialised,
    naked_pointer,
    parse_error,
    pointer_escape,
    removed_api,
    resource_leak_on_raise,
    root_of_non_value,
    root_out_of_scope,
    stale_pointer,
    string_mutation,
    unchecked_exception_result,
    unchecked_named_value,
    uninitialised_block,
    uninitialised_root,
    unnecessary_root,
    unregistered_global_root,
    unregistered_thread,
    unrooted_value,
    unsequenced_gc,
    unused_suppression,
    value_access_without_lock,
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
