"""The rules that read the OCaml side say what C and the declarations make of each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analyzer.diagnostics import Severity, Step
from analyzer.flow.facts import Fact, Origin, StringWrite
from analyzer.flow.result import RuleContext
from analyzer.flow.types.facts import (
    AllocEffect,
    ArityFault,
    ArityMismatch,
    Caller,
    ConversionFault,
    DoubleConversion,
    ExternalKindBroken,
    IntegerTruncation,
    LocalEscape,
    MissingConversion,
    MissingPrimitive,
    MixedBlockAccess,
    NeedlessBarrier,
    NoallocBroken,
    NullDereference,
    NullGiven,
    SeparabilityBroken,
    SeparabilityFault,
    TruncationFault,
    TypeContradiction,
    TypeFault,
    UnboxedMismatch,
)
from analyzer.ir.nodes import Position
from analyzer.rules import run_rules
from runtime_sim.model.profile import Profile
from tests.analyzer.rules.stub_facts import (
    ERROR,
    NOTE,
    OCAML_5,
    OXCAML,
    WARNING,
    Case,
    assert_is_explained,
    at,
    describe,
    given,
    only,
    stub,
)

PARAMETER = Origin(at(1, 9), "parameter 'v'")
ALLOCATED = Origin(at(3), "result of 'caml_alloc_small'")

DECLARED = Origin(Position("a.ml", 2, 10), "'find' is declared as string -> bool")
DEFINED = Origin(at(3), "'msg_send' is defined")
FRESH_FLOAT = Origin(at(3), "result of 'caml_copy_double'")


def unboxed(name: str, caller: Caller, expected: str, given: str) -> UnboxedMismatch:
    return UnboxedMismatch(
        at(5), name, "f", caller, expected, given, "int -> int", "int", "an immediate", DECLARED
    )


MESSAGES: list[Case] = [
    (
        TypeContradiction(
            at(5), TypeFault.ACCESS, "v", "Int_val", "an int", "string", "a string", DECLARED
        ),
        "type-mismatch",
        ERROR,
        "'Int_val' takes 'v' for an int, but its OCaml type is 'string', and the access will find"
        " something else there",
    ),
    (
        TypeContradiction(
            at(5),
            TypeFault.FLAT,
            "Field(v, 0)",
            "Double_val",
            "a boxed float",
            "float",
            "a double, not boxed",
            DECLARED,
            repair="Double_flat_field(v, 0)",
        ),
        "type-mismatch",
        ERROR,
        "'Double_val' takes 'Field(v, 0)' for a boxed float, but its OCaml type keeps the double"
        " itself there, whose bits are no address",
    ),
    (
        TypeContradiction(
            at(5), TypeFault.RESULT, "", "", "a boxed float", "int", "an immediate", DECLARED
        ),
        "type-mismatch",
        ERROR,
        "a boxed float is returned, but OCaml expects 'int' (an immediate) and will misread it",
    ),
    (
        TypeContradiction(
            at(5), TypeFault.STORED, "Field(v, 0)", "", "null", "string", "a string", DECLARED
        ),
        "type-mismatch",
        ERROR,
        "null is stored in 'Field(v, 0)', but OCaml expects 'string' there and will misread it",
    ),
    (
        TypeContradiction(
            at(5), TypeFault.STORED, "field 1 (age)", "", "an int", "string", "a string", DECLARED
        ),
        "type-mismatch",
        ERROR,
        "an int is stored in field 1 (age), but OCaml expects 'string' there and will misread it",
    ),
    (
        TypeContradiction(
            at(5),
            TypeFault.BUILT,
            "",
            "",
            "a block of tag 2",
            "shape",
            "a block of tag 0 or a block of tag 1",
            DECLARED,
        ),
        "type-mismatch",
        ERROR,
        "a block of tag 2 is made, but OCaml expects 'shape' (a block of tag 0 or a block of"
        " tag 1) and will misread it",
    ),
    (
        TypeContradiction(
            at(5), TypeFault.NO_VALUE, "f", "", "nothing", "int -> unit", "a value", DECLARED
        ),
        "type-mismatch",
        ERROR,
        "'f' returns nothing, but OCaml calls it as 'int -> unit' and will take what the register"
        " holds for a value",
    ),
    (
        ArityMismatch(at(5), ArityFault.COUNT, "f", 3, 1, "", DECLARED),
        "arity-mismatch",
        ERROR,
        "OCaml passes 3 arguments to 'f', which takes 1 parameter and will not see the last 2",
    ),
    (
        ArityMismatch(at(5), ArityFault.COUNT, "f", 1, 2, "", DECLARED),
        "arity-mismatch",
        ERROR,
        "OCaml passes 1 argument to 'f', which takes 2 parameters and will find garbage in the"
        " rest",
    ),
    (
        ArityMismatch(at(5), ArityFault.NO_BYTECODE, "f", 6, 6, "", DECLARED),
        "arity-mismatch",
        ERROR,
        "bytecode passes 6 arguments in an array, and 'f', which wants them one by one, will take"
        " the array for the first",
    ),
    (
        ArityMismatch(at(5), ArityFault.NO_NATIVE, "f", 6, 2, "", DECLARED),
        "arity-mismatch",
        ERROR,
        "native code passes 6 arguments one by one, and 'f', which wants them in an array, will"
        " take the first for its address",
    ),
    (
        ArityMismatch(at(5), ArityFault.ARRAY_EXPECTED, "f_byte", 6, 6, "", DECLARED),
        "arity-mismatch",
        ERROR,
        "bytecode passes 6 arguments in an array, and 'f_byte', whose parameters are no array,"
        " will take its address for the first",
    ),
    (
        ArityMismatch(at(5), ArityFault.ARRAY_GIVEN, "f", 2, 2, "", DECLARED),
        "arity-mismatch",
        ERROR,
        "OCaml passes 2 arguments one by one to 'f', which takes the first for the address of an"
        " array",
    ),
    (
        ArityMismatch(
            at(5),
            ArityFault.UNPACKED,
            "f_byte",
            6,
            6,
            "argument 1 of 'f' is argv[1]",
            DECLARED,
        ),
        "arity-mismatch",
        ERROR,
        "argument 1 of 'f' is argv[1] in 'f_byte', and bytecode will run with other arguments than"
        " native code",
    ),
    (
        MissingConversion(at(5), ConversionFault.RETURNED, "level", "", None),
        "missing-conversion",
        ERROR,
        "'level' is a C number returned as a value, and OCaml will halve it or follow it as an"
        " address",
    ),
    (
        MissingConversion(at(5), ConversionFault.STORED, "level", "Field(res, 0)", None),
        "missing-conversion",
        ERROR,
        "'level' is a C number stored in 'Field(res, 0)' as a value, and OCaml will halve it or"
        " follow it as an address",
    ),
    (
        MissingConversion(at(5), ConversionFault.PASSED_AS_VALUE, "n", "caml_callback", None),
        "missing-conversion",
        ERROR,
        "'n' is a C number passed to 'caml_callback' as a value, which will halve it or follow it"
        " as an address",
    ),
    (
        MissingConversion(at(5), ConversionFault.TESTED, "v", "", PARAMETER),
        "missing-conversion",
        ERROR,
        "'v' is a value, and as a condition it always holds: even Val_false is not 0",
    ),
    (
        MissingConversion(at(5), ConversionFault.COMPUTED, "v", "", PARAMETER),
        "missing-conversion",
        ERROR,
        "'v' is a value computed with as a C number, and its word is 2n + 1 or an address",
    ),
    (
        MissingConversion(at(5), ConversionFault.PASSED, "v", "usleep", PARAMETER),
        "missing-conversion",
        ERROR,
        "'v' is a value passed to 'usleep' as a C number, and its word is 2n + 1 or an address",
    ),
    (
        MissingConversion(at(5), ConversionFault.ASSIGNED, "v", "level", PARAMETER),
        "missing-conversion",
        ERROR,
        "'v' is a value assigned to the C number 'level', and its word is 2n + 1 or an address",
    ),
    (
        DoubleConversion(at(5), "Val_int", "v", True, PARAMETER),
        "double-conversion",
        ERROR,
        "'Val_int' is applied to 'v', a value already, and OCaml will see another number",
    ),
    (
        DoubleConversion(at(5), "Int_val", "level", False, None),
        "double-conversion",
        ERROR,
        "'Int_val' is applied to 'level', a C number already, and will give half of it",
    ),
    (
        unboxed("x", Caller.NATIVE, "intnat", "int"),
        "unboxed-mismatch",
        ERROR,
        "native code calls 'f' as 'int -> int' and passes 'x' as 'intnat', but the C type 'int'"
        " holds other bits",
    ),
    (
        unboxed("x", Caller.BOTH, "value", "int"),
        "unboxed-mismatch",
        ERROR,
        "OCaml calls 'f' as 'int -> int' and passes 'x' as 'value', but the C type 'int' holds"
        " other bits",
    ),
    (
        unboxed("", Caller.BYTECODE, "value", "double"),
        "unboxed-mismatch",
        ERROR,
        "bytecode calls 'f' as 'int -> int' and takes its result as 'value', but the C type"
        " 'double' leaves other bits there",
    ),
    (
        NoallocBroken(at(5), AllocEffect.COLLECTS, "caml_copy_double", (), DECLARED),
        "noalloc-violation",
        ERROR,
        "'caml_copy_double' may collect, and the caller of a noalloc external has not saved its"
        " values for that",
    ),
    (
        NoallocBroken(at(5), AllocEffect.RAISES, "caml_failwith", (), DECLARED),
        "noalloc-violation",
        ERROR,
        "'caml_failwith' may raise, and the caller of a noalloc external has not saved its state"
        " for a handler",
    ),
    (
        NoallocBroken(at(5), AllocEffect.RELEASES, "caml_enter_blocking_section", (), DECLARED),
        "noalloc-violation",
        ERROR,
        "'caml_enter_blocking_section' releases the runtime lock, and another thread may collect"
        " while the caller of a noalloc external has not saved its values",
    ),
    (
        MissingPrimitive(at(5), "msg_recieve", "receive", "", DECLARED, DEFINED),
        "missing-primitive",
        WARNING,
        "no file defines 'msg_recieve', the C function of 'receive', and a program that uses it"
        " will not link",
    ),
    (
        MissingPrimitive(at(5), "turn_byte", "turn", "bytecode", DECLARED, DEFINED),
        "missing-primitive",
        WARNING,
        "no file defines 'turn_byte', the bytecode function of 'turn', and a bytecode program that"
        " uses it will not link",
    ),
    (
        IntegerTruncation(at(5), TruncationFault.NARROW_READ, "Int_val(v)", "Int_val", "lseek"),
        "integer-truncation",
        WARNING,
        "'Int_val(v)' keeps 32 bits of an OCaml int, and 'lseek', which takes 64, will get another"
        " number from 2^31 on",
    ),
    (
        IntegerTruncation(at(5), TruncationFault.WIDE_TAGGED, "key", "uint64_t", "Val_long"),
        "integer-truncation",
        WARNING,
        "'Val_long' keeps 63 bits of 'key', of type 'uint64_t', and OCaml will see another number"
        " where it needs 64",
    ),
    (
        IntegerTruncation(
            at(5),
            TruncationFault.NARROW_LENGTH,
            "result of 'caml_string_length'",
            "n",
            "malloc",
            at(6),
        ),
        "integer-truncation",
        WARNING,
        "the result of 'caml_string_length' has 64 bits and is kept in 'n', which has 32, and"
        " 'malloc' will get a wrong size from 2 GiB on",
    ),
]

OXCAML_MESSAGES: list[Case] = [
    (
        LocalEscape(at(5), "v", "the static variable 'last'", PARAMETER, DECLARED),
        "local-escape",
        ERROR,
        "'v' is local and gets into the static variable 'last', where it will dangle once its"
        " region ends",
    ),
    (
        NullDereference(at(5), "v", "String_val", "string or_null", PARAMETER),
        "null-unchecked",
        ERROR,
        "'v', of type 'string or_null', may be null, and 'String_val' will read the memory at"
        " address 0",
    ),
    (
        NullGiven(at(5), "", "string", DECLARED),
        "null-returned",
        ERROR,
        "null is returned, but 'string' is never null, and OCaml will use it without a test",
    ),
    (
        NullGiven(at(5), "Field(v, 0)", "string", DECLARED),
        "null-returned",
        ERROR,
        "null is stored in 'Field(v, 0)', but 'string' is never null, and OCaml will use it"
        " without a test",
    ),
    (
        ExternalKindBroken(at(5), "", "segment", "external_", ALLOCATED, DECLARED),
        "external-kind-violation",
        ERROR,
        "the result of 'caml_alloc_small' is returned as 'segment', whose kind says 'external_',"
        " and the collector will not keep or correct it",
    ),
    (
        ExternalKindBroken(at(5), "Field(v, 0)", "serial", "external64", ALLOCATED, DECLARED),
        "external-kind-violation",
        ERROR,
        "the result of 'caml_alloc_small' is stored in 'Field(v, 0)' as 'serial', whose kind says"
        " 'external64', and the collector will not keep or correct it on 64-bit targets",
    ),
    (
        NeedlessBarrier(at(5), "Store_field", "Field(v, 0)", "handle", DECLARED),
        "write-barrier-unneeded",
        NOTE,
        "'Store_field' pays for a barrier on 'Field(v, 0)', which the collector may ignore since"
        " the kind of 'handle' says 'external_'",
    ),
    (
        SeparabilityBroken(
            at(5), SeparabilityFault.FLOAT, "x", "item array", FRESH_FLOAT, DECLARED
        ),
        "separability-violation",
        ERROR,
        "'x' is a boxed float among the elements of the 'item array', whose kind says that none is"
        " a float, and OCaml will not look for one",
    ),
    (
        SeparabilityBroken(
            at(5), SeparabilityFault.MIXED, "x", "cell array", FRESH_FLOAT, DECLARED
        ),
        "separability-violation",
        ERROR,
        "'x' puts floats and other values into one 'cell array', and OCaml will read all of it as"
        " the one or the other",
    ),
    (
        SeparabilityBroken(
            at(5), SeparabilityFault.UNTESTED, "v", "'a array", PARAMETER, DECLARED
        ),
        "separability-violation",
        ERROR,
        "'v' gets into the 'a array with no test for floats, and OCaml will read an array of"
        " floats as a flat one",
    ),
    (
        MixedBlockAccess(at(5), "Field(v, 2)", False, 2, "sample", DECLARED),
        "mixed-block-access",
        ERROR,
        "'Field(v, 2)' takes flat data of 'sample' for a value: its first 2 fields are values, and"
        " a collection may follow what lies behind as an address",
    ),
    (
        MixedBlockAccess(at(5), "((int64_t *) v)[0]", True, 1, "mark", DECLARED),
        "mixed-block-access",
        ERROR,
        "'((int64_t *) v)[0]' takes a value of 'mark' for raw data: its first field is a value",
    ),
]

CASES = [(OCAML_5, *case) for case in MESSAGES] + [(OXCAML, *case) for case in OXCAML_MESSAGES]

each_case = pytest.mark.parametrize(
    ("profile", "fact", "rule", "severity", "message"),
    CASES,
    ids=[describe(case) for case in MESSAGES + OXCAML_MESSAGES],
)


@each_case
def test_a_fact_gives_its_message(
    profile: Profile, fact: Fact, rule: str, severity: Severity, message: str
) -> None:
    assert given(fact, profile) == (rule, severity, fact.position, "f", message)


@each_case
def test_a_finding_has_a_trace_that_passes_by_where_it_happens_and_a_help(
    profile: Profile, fact: Fact, rule: str, severity: Severity, message: str
) -> None:
    assert_is_explained(only(fact, profile))


@pytest.mark.parametrize("case", OXCAML_MESSAGES, ids=describe)
def test_the_rules_for_oxcaml_are_silent_elsewhere(case: Case) -> None:
    assert run_rules(stub(case[0]), RuleContext(OCAML_5)) == []


def test_the_trace_begins_with_the_declaration_and_ends_within_the_callee() -> None:
    chain = (Step(at(20), "'Int_val' is applied to 'w'"),)
    fact = TypeContradiction(
        at(5),
        TypeFault.ACCESS,
        "v",
        "Int_val",
        "an int",
        "string",
        "a string",
        DECLARED,
        PARAMETER,
        chain,
    )
    assert only(fact).trace == (
        Step(Position("a.ml", 2, 10), "'find' is declared as string -> bool here"),
        Step(at(1, 9), "parameter 'v' here"),
        Step(at(5), "taken for an int here"),
        Step(at(20), "'Int_val' is applied to 'w'"),
    )


@pytest.mark.parametrize(
    ("fault", "type", "help"),
    [
        (TypeFault.ACCESS, "string", "use String_val, or correct the OCaml type if C is right"),
        (
            TypeFault.RESULT,
            "char",
            "use Val_int of a number from 0 to 255, or correct the OCaml type if C is right",
        ),
        (
            TypeFault.RESULT,
            "int32",
            "use caml_copy_int32, or correct the OCaml type if C is right",
        ),
        (
            TypeFault.RESULT,
            "string option",
            "use Val_none, or caml_alloc_some of what it holds, or correct the OCaml type if C is"
            " right",
        ),
        (
            TypeFault.BUILT,
            "shape",
            "follow the declaration, or correct the OCaml type if C is right",
        ),
    ],
)
def test_the_help_for_a_type_names_what_reads_or_makes_its_values(
    fault: TypeFault, type: str, help: str
) -> None:
    fact = TypeContradiction(at(5), fault, "v", "Int_val", "an int", type, "another", DECLARED)
    assert only(fact).help == help


def test_the_help_for_floats_names_what_makes_a_flat_block() -> None:
    has = "a block of floats"
    fact = TypeContradiction(at(5), TypeFault.BUILT, "", "", "a block", "box", has, DECLARED)
    assert only(fact).help == (
        "use caml_alloc(n * Double_wosize, Double_array_tag) and Store_double_flat_field, or"
        " correct the OCaml type if C is right"
    )


@pytest.mark.parametrize(
    ("fact", "help"),
    [
        (
            unboxed("x", Caller.NATIVE, "intnat", "int"),
            "declare 'x' as intnat, and convert in the bytecode function",
        ),
        (
            unboxed("", Caller.NATIVE, "double", "value"),
            "return double, and convert in the bytecode function",
        ),
        (
            unboxed("x", Caller.BOTH, "value", "int"),
            "declare 'x' as value and use Int_val or Long_val",
        ),
        (unboxed("", Caller.BYTECODE, "value", "int"), "return a value: Val_int or Val_long"),
        (
            replace(unboxed("x", Caller.BOTH, "value", "int"), part="level"),
            "declare 'x' as value, and convert it in the function",
        ),
    ],
)
def test_the_help_for_a_c_type_speaks_of_bytecode_where_native_code_takes_a_number(
    fact: UnboxedMismatch, help: str
) -> None:
    assert only(fact).help == help


def test_the_variables_of_a_type_are_not_quoted_twice() -> None:
    fact = NullGiven(at(5), "", "'a list", DECLARED)
    assert given(fact, OXCAML)[-1].startswith("null is returned, but 'a list is never null")


@pytest.mark.parametrize(
    "fact",
    [
        TypeContradiction(
            at(5),
            TypeFault.RESULT,
            "",
            "",
            "a string",
            "int",
            "an immediate",
            DECLARED,
            doubt=True,
        ),
        NoallocBroken(at(5), AllocEffect.COLLECTS, "helper", (), DECLARED, doubt=True),
    ],
    ids=lambda fact: type(fact).__name__,
)
def test_what_rests_on_unknown_code_is_pedantic(fact: Fact) -> None:
    assert only(fact).pedantic


@pytest.mark.parametrize("certain", [True, False])
def test_a_write_into_a_string_is_pedantic_where_its_type_is_not_known(certain: bool) -> None:
    fact = StringWrite(at(5), "v", "memset", PARAMETER, certain)
    assert only(fact).pedantic is not certain


def test_what_has_no_name_is_told_by_where_it_came_from() -> None:
    fact = DoubleConversion(at(5), "Val_int", "", True, Origin(at(3), "result of 'pixel'"))
    assert given(fact)[-1] == (
        "'Val_int' is applied to the result of 'pixel', a value already, and OCaml will see"
        " another number"
    )


def test_a_nullable_value_whose_type_is_not_known_is_told_without_it() -> None:
    fact = NullDereference(at(5), "v", "Field", "", PARAMETER)
    message = "'v' may be null, and 'Field' will read the memory at address 0"
    assert given(fact, OXCAML)[-1] == message
