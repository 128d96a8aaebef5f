"""Each rule turns the facts of its kind into a message that says what will go wrong."""

from __future__ import annotations

import pytest

from analyzer.diagnostics import Severity, Step
from analyzer.flow.facts import (
    BigarrayFault,
    BigarrayMismatch,
    Collection,
    CustomBlockFault,
    CustomFault,
    EncodedUse,
    Fact,
    FinaliserFault,
    ForeignThread,
    FrameReopened,
    GarbageFields,
    GarbageRoot,
    GlobalRootFault,
    InitializeAgain,
    InteriorPointer,
    LateRead,
    LocalWithoutFrame,
    LockFault,
    LockImbalance,
    ModifyGarbage,
    NakedPointer,
    NamedValueFault,
    NoFrame,
    NonValueRoot,
    NulCut,
    OpenFrameLeft,
    Origin,
    OutOfBounds,
    PlainStore,
    PointerEscape,
    RemovedName,
    ResourceLost,
    ReturnKindMismatch,
    RootAgain,
    RootFault,
    RootOutOfScope,
    SmallSize,
    StaleUse,
    StaticWrite,
    StringWrite,
    TagFault,
    TagMismatch,
    ThreadRole,
    UnlockedAccess,
    UnorderedRead,
    UnrootedStore,
    UselessFrame,
)
from analyzer.flow.result import RuleContext
from analyzer.rules import run_rules
from tests.analyzer.rules.stub_facts import (
    ERROR,
    NOTE,
    OCAML_4,
    OXCAML,
    WARNING,
    Case,
    assert_is_explained,
    at,
    describe,
    given,
    only,
    row,
    stub,
)

PARAMETER = Origin(at(1, 9), "parameter 'v'")
ALLOCATED = Origin(at(3), "result of 'caml_alloc_small'")
CALLED = Origin(at(3), "result of 'caml_callback_exn'")
MALLOC = Origin(at(3), "result of 'malloc'")
NAMED = Origin(at(3), "result of 'caml_named_value'")
POINTER = Origin(at(3), "String_val(v)")
COPY = Collection(at(4), "caml_copy_string")
UNKNOWN = Collection(at(4), "helper", doubt=True)
HELPER = Collection(at(4), "helper", (Step(at(20), "'caml_alloc' is called here"),))

MESSAGES: list[Case] = [
    (
        StaleUse(at(5), "v", False, "", "returned", PARAMETER, COPY),
        "unrooted-value",
        ERROR,
        "'v' is returned after 'caml_copy_string' may have moved its block",
    ),
    (
        StaleUse(at(5), "", False, "", "passed to 'g'", ALLOCATED, COPY),
        "unrooted-value",
        ERROR,
        "the result of 'caml_alloc_small' is passed to 'g' after 'caml_copy_string' may have"
        " moved its block",
    ),
    (
        StaleUse(at(5), "p", True, "v", "dereferenced", POINTER, COPY),
        "stale-pointer",
        ERROR,
        "'p' is dereferenced after 'caml_copy_string' may have moved 'v', which it points into",
    ),
    (
        StaleUse(at(5), "p", True, "", "dereferenced", POINTER, UNKNOWN),
        "stale-pointer",
        ERROR,
        "'p' is dereferenced after 'helper', whose code is not known, may have moved its block",
    ),
    (
        LateRead(at(5), "v", "caml_copy_string", row("caml_copy_string")),
        "stale-pointer",
        ERROR,
        "'caml_copy_string' reads a pointer into 'v' after it may have moved the block by"
        " allocating",
    ),
    (
        UnorderedRead(at(5), "Field(res, 0)", True, COPY),
        "unsequenced-gc",
        ERROR,
        "'Field(res, 0)' is used as it was before 'caml_copy_string' may have moved what it"
        " points to, if the compiler reads it first",
    ),
    (
        UnorderedRead(at(5), "result of 'caml_copy_double'", False, COPY),
        "unsequenced-gc",
        ERROR,
        "the result of 'caml_copy_double' is used as it was before 'caml_copy_string' may have"
        " moved its block, if the compiler reads it first",
    ),
    (
        PointerEscape(at(5), "v", "prompt", POINTER),
        "pointer-escape",
        ERROR,
        "'prompt' keeps a pointer into 'v', which dangles once a collection moves or frees the"
        " block",
    ),
    (
        UnrootedStore(at(5), "j->run", "memory from 'malloc'", PARAMETER, COPY, None),
        "unregistered-global-root",
        ERROR,
        "'j->run' (memory from 'malloc') is not a registered root and will dangle:"
        " 'caml_copy_string' may move or free the block it holds",
    ),
    (
        UnrootedStore(at(5), "last", "static variable", PARAMETER, None, at(9)),
        "unregistered-global-root",
        ERROR,
        "'last' (static variable) is not a registered root and will dangle: a collection after"
        " the return will move or free the block it holds",
    ),
    (
        GlobalRootFault(at(5), RootFault.TWICE, "b->key", "caml_register_global_root", None),
        "global-root-misuse",
        ERROR,
        "'b->key' is registered a second time, and one removal will leave it registered",
    ),
    (
        GlobalRootFault(at(5), RootFault.WRONG_REMOVAL, "key", "caml_remove_global_root", None),
        "global-root-misuse",
        ERROR,
        "'caml_remove_global_root' does not remove 'key', which was registered as the other kind"
        " of root, and collections will go on reading it",
    ),
    (
        GlobalRootFault(at(5), RootFault.NEVER_REGISTERED, "key", "caml_remove_global_root", None),
        "global-root-misuse",
        ERROR,
        "'caml_remove_global_root' removes 'key', which is not registered, and the root that was"
        " meant stays",
    ),
    (
        GlobalRootFault(at(5), RootFault.STACK, "key", "caml_register_global_root", PARAMETER),
        "global-root-misuse",
        ERROR,
        "'key' stays registered when its stack frame is gone, and the next collection will follow"
        " what lies there then",
    ),
    (
        GlobalRootFault(at(5), RootFault.ASSIGNED, "j->run", "", None),
        "global-root-misuse",
        ERROR,
        "'j->run' is a generational root and is assigned behind the runtime's back, so that a"
        " minor collection will miss the new block",
    ),
    (
        GlobalRootFault(at(5), RootFault.UNINITIALISED, "key", "caml_register_global_root", None),
        "global-root-misuse",
        ERROR,
        "'caml_register_global_root' registers 'key' before it holds a value, and a collection"
        " will follow garbage",
    ),
    (
        GlobalRootFault(at(5), RootFault.FREED, "j->run", "free", None),
        "global-root-misuse",
        ERROR,
        "'free' gives away the memory of the registered root 'j->run', and the next collection"
        " will read it",
    ),
    (
        OpenFrameLeft(at(5), at(2), "CAMLparam1", False, True, "value"),
        "missing-camlreturn",
        ERROR,
        "'return' leaves the frame of 'CAMLparam1' open, and the next collection will follow"
        " roots on a dead stack frame",
    ),
    (
        OpenFrameLeft(at(9), at(2), "CAMLparam1", True, False, "void"),
        "missing-camlreturn",
        ERROR,
        "the end of the function leaves the frame of 'CAMLparam1' open, and the next collection"
        " will follow roots on a dead stack frame",
    ),
    (
        NoFrame(at(5), "CAMLreturn", None),
        "camlreturn-without-camlparam",
        ERROR,
        "'CAMLreturn' closes a frame where none is open, and sets the list of roots to what"
        " nobody saved",
    ),
    (
        LocalWithoutFrame(at(5), "CAMLlocal1", False),
        "camllocal-without-camlparam",
        ERROR,
        "'CAMLlocal1' registers roots where no frame is open, and nothing will take them off the"
        " list",
    ),
    (
        FrameReopened(at(5), "CAMLparam0", at(2)),
        "camlparam-twice",
        ERROR,
        "'CAMLparam0' opens a second frame, and no 'CAMLreturn' will close the first",
    ),
    (
        RootAgain(at(5), "CAMLlocal1", "s", at(2)),
        "camllocal-in-loop",
        ERROR,
        "'CAMLlocal1' registers 's' again in the same frame, and the list of roots will link to"
        " itself",
    ),
    (
        RootOutOfScope(at(5), "CAMLlocal1", "s", at(7)),
        "root-out-of-scope",
        ERROR,
        "'CAMLlocal1' leaves the record of 's' in the list of roots when its block ends, and the"
        " next collection will follow what lies there then",
    ),
    (
        ReturnKindMismatch(at(5), "CAMLreturn", "double", "value"),
        "camlreturn-kind",
        ERROR,
        "'CAMLreturn' returns 'value' from a function that returns 'double', and its caller will"
        " take one for the other",
    ),
    (
        GarbageRoot(at(5), "CAMLxparam1", "res", at(3)),
        "uninitialised-root",
        ERROR,
        "'CAMLxparam1' makes 'res' a root before it has a value, and a collection will follow"
        " garbage",
    ),
    (
        NonValueRoot(at(5), "CAMLparam1", "argv", "value *"),
        "root-of-non-value",
        ERROR,
        "'CAMLparam1' makes 'argv' of type 'value *' a root, and a collection will read it as a"
        " value",
    ),
    (
        UselessFrame(at(2), "CAMLparam1"),
        "unnecessary-root",
        NOTE,
        "'CAMLparam1' opens a frame that costs time at each call and that no collection can see",
    ),
    (
        GarbageFields(at(5), "res", "field 1", "collection", ALLOCATED, COPY),
        "uninitialised-block",
        ERROR,
        "'res' has no value in field 1 when 'caml_copy_string' may scan it",
    ),
    (
        GarbageFields(at(5), "res", "fields 1 and 2", "returned", ALLOCATED, None),
        "uninitialised-block",
        ERROR,
        "'res' has no value in fields 1 and 2 when it is returned, and the next collection will"
        " follow garbage",
    ),
    (
        PlainStore(at(5), "Field(v, 0)", "may be old", PARAMETER, False),
        "missing-write-barrier",
        ERROR,
        "'Field(v, 0)' is assigned without the write barrier in a block that may be old, and a"
        " minor collection will miss what it points to",
    ),
    (
        PlainStore(at(5), "v", "may be old", PARAMETER, True),
        "missing-write-barrier",
        ERROR,
        "'v' is copied over without the write barrier in a block that may be old, and a minor"
        " collection will miss what it points to",
    ),
    (
        ModifyGarbage(at(5), "Field(res, 0)", "caml_modify", False, ALLOCATED),
        "modify-on-uninitialised",
        ERROR,
        "'caml_modify' reads the old content of 'Field(res, 0)', which has no value yet, and the"
        " collector will mark garbage",
    ),
    (
        ModifyGarbage(at(5), "Field(res, 0)", "Store_field", True, ALLOCATED),
        "modify-on-uninitialised",
        WARNING,
        "'Store_field' reads the old content of 'Field(res, 0)', which has no value yet, which"
        " does no harm only while the block is in the minor heap",
    ),
    (
        InitializeAgain(at(5), "Field(v, 0)", "came from OCaml", PARAMETER),
        "initialize-on-initialised",
        WARNING,
        "'caml_initialize' overwrites 'Field(v, 0)', which came from OCaml, and a marking"
        " collector will lose the block it held",
    ),
    (
        SmallSize(at(5), "caml_alloc_small", "512", True),
        "alloc-small-size",
        ERROR,
        "'caml_alloc_small' corrupts the minor heap with a size of 512",
    ),
    (
        SmallSize(at(5), "caml_alloc_small", "n", False),
        "alloc-small-size",
        ERROR,
        "'caml_alloc_small' corrupts the minor heap when 'n' is 0 or above 'Max_young_wosize'",
    ),
    (
        OutOfBounds(at(5), "2", 2, ALLOCATED),
        "field-out-of-bounds",
        ERROR,
        "index 2 is outside a block of 2 fields, and the access hits the memory behind it",
    ),
    (
        OutOfBounds(at(5), "0", 0, ALLOCATED),
        "field-out-of-bounds",
        ERROR,
        "index 0 is outside a block of no fields, and the access hits the memory behind it",
    ),
    (
        StringWrite(at(5), "v", "memset", PARAMETER),
        "string-mutation",
        ERROR,
        "'memset' writes into 'v', a string that OCaml shares and never expects to change",
    ),
    (
        TagMismatch(at(5), TagFault.VALUES_UNSCANNED, "Field(res, 0)", "Abstract_tag", ALLOCATED),
        "bad-tag",
        ERROR,
        "'Field(res, 0)' is a value in a block with tag 'Abstract_tag', which no collection will"
        " keep or correct",
    ),
    (
        TagMismatch(at(5), TagFault.RAW_SCANNED, "res", "0", ALLOCATED),
        "bad-tag",
        ERROR,
        "'res' gets raw data in a block with tag '0', which a collection will follow as values",
    ),
    (
        TagMismatch(at(5), TagFault.FIELD_OF_FLOATS, "Field(res, 0)", "", ALLOCATED),
        "bad-tag",
        ERROR,
        "'Field(res, 0)' is a double, which a collection will follow as a value",
    ),
    (
        UnlockedAccess(at(5), "'Field' reads the heap", at(4)),
        "value-access-without-lock",
        ERROR,
        "'Field' reads the heap with the runtime lock released, while another thread may be"
        " collecting",
    ),
    (
        LockImbalance(at(5), LockFault.RETURN, "", at(4)),
        "lock-imbalance",
        ERROR,
        "the function returns with the runtime lock released, and its caller will run OCaml code"
        " without it",
    ),
    (
        LockImbalance(at(5), LockFault.RAISE, "caml_failwith", at(4)),
        "lock-imbalance",
        ERROR,
        "'caml_failwith' raises with the runtime lock released, and the handler will run OCaml"
        " code without it",
    ),
    (
        LockImbalance(at(5), LockFault.RELEASE_TWICE, "caml_enter_blocking_section", at(4)),
        "lock-imbalance",
        ERROR,
        "'caml_enter_blocking_section' releases the runtime lock a second time, and another"
        " thread will lose it",
    ),
    (
        LockImbalance(at(5), LockFault.ACQUIRE_TWICE, "caml_leave_blocking_section", None),
        "lock-imbalance",
        ERROR,
        "'caml_leave_blocking_section' acquires the runtime lock that this thread holds, and will"
        " wait for itself",
    ),
    (
        ForeignThread(at(5), ThreadRole.THREAD, "caml_callback", at(30)),
        "unregistered-thread",
        WARNING,
        "'caml_callback' is called in a C thread that the runtime does not know, and will use"
        " another thread's state",
    ),
    (
        ForeignThread(at(5), ThreadRole.SIGNAL, "caml_callback", at(30)),
        "unregistered-thread",
        WARNING,
        "'caml_callback' is called in a signal handler, which can interrupt the runtime in the"
        " middle of an allocation",
    ),
    (
        EncodedUse(at(5), "r", "read by 'Field'", CALLED),
        "unchecked-exception-result",
        ERROR,
        "'r' is read by 'Field' while nobody has asked if it is an encoded exception, which is no"
        " value",
    ),
    (
        EncodedUse(at(5), "r", "kept across a collection", CALLED, tested=True),
        "unchecked-exception-result",
        ERROR,
        "'r' is kept across a collection while it is still the encoded exception that the test has"
        " found, which is no value",
    ),
    (
        ResourceLost(at(5), "buf", MALLOC, "free", "caml_callback"),
        "resource-leak-on-raise",
        WARNING,
        "'buf' never gets to 'free' if 'caml_callback' raises",
    ),
    (
        NamedValueFault(at(5), "closure", False, NAMED),
        "unchecked-named-value",
        WARNING,
        "'closure' is dereferenced without a test, and is NULL when nobody has registered the"
        " name",
    ),
    (
        NamedValueFault(at(5), "closure", True, NAMED),
        "unchecked-named-value",
        WARNING,
        "'closure' keeps what is behind a named value, and a collection will move it",
    ),
    (
        NakedPointer(at(5), "p", "returned", MALLOC),
        "naked-pointer",
        ERROR,
        "'p' points outside the heap and is returned as a value, and the collector will read and"
        " write the memory before it as a header",
    ),
    (
        InteriorPointer(at(5), "v", "returned", PARAMETER),
        "interior-pointer",
        ERROR,
        "a pointer into the middle of 'v' is returned as a value, and the collector will take a"
        " field for a header",
    ),
    (
        FinaliserFault(at(5), "finalize", "'caml_alloc' allocates", at(30)),
        "finaliser-uses-runtime",
        ERROR,
        "'caml_alloc' allocates in the custom operation 'finalize', which runs in the middle of a"
        " collection",
    ),
    (
        FinaliserFault(at(5), "compare", "'caml_failwith' raises", at(30)),
        "finaliser-uses-runtime",
        ERROR,
        "'caml_failwith' raises in the custom operation 'compare', whose caller holds values that"
        " are not roots",
    ),
    (
        CustomBlockFault(at(5), CustomFault.NO_FINALISER, "memory from 'malloc'", MALLOC),
        "custom-resource-accounting",
        WARNING,
        "the memory from 'malloc' is never freed, since the operations of the block that owns it"
        " have no finaliser",
    ),
    (
        CustomBlockFault(at(5), CustomFault.ZERO_MAXIMUM, "size", None),
        "custom-resource-accounting",
        WARNING,
        "a 'mem' above 0 with a 'max' of 0 forces a major collection every few blocks before"
        " OCaml 5.1",
    ),
    (
        CustomBlockFault(at(5), CustomFault.STACK_OPERATIONS, "ops", None),
        "custom-resource-accounting",
        WARNING,
        "the operations 'ops' lie on the stack, and the block will use them after the return",
    ),
    (
        BigarrayMismatch(at(5), BigarrayFault.NARROW_DIMENSION, "caml_ba_alloc_dims", "width"),
        "bigarray-dims",
        ERROR,
        "'caml_ba_alloc_dims' reads 'width' as an 'intnat', which is wider, and the array gets a"
        " random size",
    ),
    (
        BigarrayMismatch(at(5), BigarrayFault.MISSING_DIMENSION, "caml_ba_alloc_dims", ""),
        "bigarray-dims",
        ERROR,
        "'caml_ba_alloc_dims' reads more dimensions than it is given, and the array gets a random"
        " size",
    ),
    (
        BigarrayMismatch(at(5), BigarrayFault.SHORT_LIVED_DATA, "caml_ba_alloc", "line"),
        "bigarray-dims",
        ERROR,
        "the array of 'caml_ba_alloc' will point to 'line' when that is gone",
    ),
    (
        NulCut(at(5), "v", "unlink"),
        "embedded-nul",
        NOTE,
        "'unlink' stops at a NUL inside 'v' and acts on a shorter string",
    ),
    (
        RemovedName(at(5), "alloc", row("alloc", (4, 14), "caml_alloc"), False),
        "removed-api",
        ERROR,
        "'alloc' is gone after OCaml 4.14, so this will not build under ocaml-5",
    ),
    (
        RemovedName(at(5), "caml_heap_start", row("caml_heap_start", (4, 9)), True),
        "removed-api",
        ERROR,
        "'caml_heap_start' is gone after OCaml 4.9, so this will not build under ocaml-5, and"
        " declared by hand it will be linked to something else",
    ),
    (
        RemovedName(at(5), "caml_alloc", row("caml_alloc"), True),
        "removed-api",
        WARNING,
        "'caml_alloc' is declared by hand, and a release that changes it will break this unseen",
    ),
    (
        StaticWrite(at(5), "next_id", at(1)),
        "domain-unsafe-static",
        NOTE,
        "'next_id' is written with neither a lock nor an atomic, and two domains in this code"
        " will race",
    ),
]


each_case = pytest.mark.parametrize(
    ("fact", "rule", "severity", "message"), MESSAGES, ids=list(map(describe, MESSAGES))
)


@each_case
def test_a_fact_gives_its_message(fact: Fact, rule: str, severity: Severity, message: str) -> None:
    assert given(fact) == (rule, severity, fact.position, "f", message)


@each_case
def test_a_finding_has_a_trace_that_passes_by_where_it_happens_and_a_help(
    fact: Fact, rule: str, severity: Severity, message: str
) -> None:
    assert_is_explained(only(fact), somewhere=not isinstance(fact, GarbageFields))


def test_the_trace_of_a_stale_value_tells_where_from_why_what_moved_it_and_where_used() -> None:
    found = only(StaleUse(at(5), "v", False, "", "returned", PARAMETER, HELPER))
    assert found.trace == (
        Step(at(1, 9), "parameter 'v' here"),
        Step(at(4), "'v' is not registered as a root"),
        Step(at(4), "'helper' may collect here"),
        Step(at(20), "'caml_alloc' is called here"),
        Step(at(5), "returned here"),
    )


@pytest.mark.parametrize(
    ("name", "framed", "help"),
    [
        ("v", False, "register 'v' with CAMLparam1(v) and leave with CAMLreturn"),
        ("v", True, "register 'v' with CAMLxparam1(v), or in the CAMLparam of the frame"),
        ("res", True, "declare 'res' with CAMLlocal1(res)"),
        ("", True, "keep it in a variable declared with CAMLlocal1 before the call"),
    ],
)
def test_the_help_for_a_stale_value_names_the_macro_that_fits(
    name: str, framed: bool, help: str
) -> None:
    fact = StaleUse(at(5), name, False, "", "returned", PARAMETER, COPY)
    assert help == only(fact, framed=framed).help


@pytest.mark.parametrize(
    ("returns_value", "result", "help"),
    [
        (True, "value", "write CAMLreturn(...) instead"),
        (False, "void", "write CAMLreturn0 instead"),
        (False, "double", "write CAMLreturnT(double, ...) instead"),
    ],
)
def test_the_help_for_an_open_frame_names_the_macro_that_fits(
    returns_value: bool, result: str, help: str
) -> None:
    fact = OpenFrameLeft(at(5), at(2), "CAMLparam1", False, returns_value, result)
    assert help == only(fact).help


@pytest.mark.parametrize(
    "fact",
    [
        StaleUse(at(5), "v", False, "", "returned", PARAMETER, UNKNOWN),
        StaleUse(at(5), "p", True, "v", "dereferenced", POINTER, UNKNOWN),
        UnorderedRead(at(5), "Field(res, 0)", True, UNKNOWN),
        UnrootedStore(at(5), "last", "static variable", PARAMETER, UNKNOWN, None),
        GarbageFields(at(5), "res", "field 1", "collection", ALLOCATED, UNKNOWN),
        ResourceLost(at(5), "buf", MALLOC, "free", "helper", doubt=True),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_what_rests_on_unknown_code_is_pedantic(fact: Fact) -> None:
    assert only(fact).pedantic


def test_a_finding_of_a_pedantic_rule_is_pedantic() -> None:
    assert only(UselessFrame(at(2), "CAMLparam1")).pedantic


def test_a_finding_without_doubt_is_not_pedantic() -> None:
    assert not only(StaleUse(at(5), "v", False, "", "returned", PARAMETER, COPY)).pedantic


def test_a_naked_pointer_is_a_warning_where_the_page_table_is() -> None:
    found = only(NakedPointer(at(5), "p", "returned", MALLOC), OCAML_4)
    assert (found.severity, found.message) == (
        Severity.WARNING,
        "'p' points outside the heap and is returned as a value, which"
        " breaks once the heap grows over that address",
    )


def test_a_name_that_the_profile_still_has_is_a_warning() -> None:
    fact = RemovedName(at(5), "alloc", row("alloc", (4, 14), "caml_alloc"), False)
    found = only(fact, OCAML_4)
    expected = "'alloc' is gone after OCaml 4.14, so this will not build with later releases"
    assert (Severity.WARNING, expected) == (found.severity, found.message)


def test_the_fix_of_an_old_name_replaces_the_name_alone() -> None:
    fact = RemovedName(at(5, 7), "alloc", row("alloc", (4, 14), "caml_alloc"), False)
    fix = only(fact).fix
    assert fix is not None
    (edit,) = fix.edits
    assert (edit.path, edit.start, edit.end, edit.text) == ("a.c", (5, 7), (5, 12), "caml_alloc")


@pytest.mark.parametrize("replacement", ["", "caml_alloc or caml_alloc_small"])
def test_there_is_no_fix_where_the_new_name_is_not_one_name(replacement: str) -> None:
    fact = RemovedName(at(5), "alloc", row("alloc", (4, 14), replacement), False)
    assert only(fact).fix is None


def test_a_rule_outside_the_profile_says_nothing() -> None:
    fact = StaticWrite(at(5), "next_id", at(1))
    assert run_rules(stub(fact), RuleContext(OCAML_4)) == []
    assert run_rules(stub(fact), RuleContext(OXCAML)) == []
