"""C text that stands in for the libraries that stubs are bindings of.

A library that is not there is replaced by functions of the same types that do nothing of use:
they return small numbers, short texts and memory with plausible content, call the functions that
they are handed, and fill what they are to fill.  What they return is drawn from a sequence that
`stand_in_start` chooses, so that each run takes other branches and can be repeated.

The text is a translation unit of its own, that agrees with the stubs in how arguments are passed
and how structures are laid out and in nothing else: every pointer is a `void *` there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzer.flow.walk import (
    calls_of,
    expressions_of,
    instructions_of,
    subexpressions,
    uncast,
)
from analyzer.inference import Carrier, Held
from analyzer.ir.nodes import (
    Assign,
    Binary,
    Branch,
    Call,
    Const,
    Expr,
    Function,
    Storage,
    Switch,
    Temp,
    Unary,
    Unit,
    Var,
)
from analyzer.ir.types import UNKNOWN, CType, TypeKind

_PRELUDE = """\
#pragma GCC diagnostic ignored "-Wunused-function"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern long caml_alloc(unsigned long, unsigned);
extern long caml_alloc_custom(void *, unsigned long, unsigned long, unsigned long);
extern long caml_copy_nativeint(long);
extern long caml_copy_int64(long);

static unsigned long sequence = 1;
static long starts = 0;


/* To be called before each call of a stub. */
void stand_in_start(unsigned long seed)
{
  sequence = seed * 2 + 1;
  starts++;
}


/* Each number of a few, in an order that the seed decides. */
long stand_in_choice(void)
{
  static const long numbers[] = { 0, 1, 0, -1, 2, 0, 1, 3 };
  sequence = sequence * 6364136223846793005UL + 1442695040888963407UL;
  return numbers[sequence >> 61];
}


static long stand_in_count(void)
{
  long chosen = stand_in_choice();
  return chosen < 0 ? 0 : chosen;
}


/* Whether it is time for one NULL: whoever asks until there is no more has to come to an end. */
static int stand_in_ends(long calls[2])
{
  if (calls[1] != starts) calls[0] = 0;
  calls[1] = starts;
  return ++calls[0] % 6 == 0;
}


/* Of a library's own: it is not the stubs' to give back. */
extern void *sim_library_memory(unsigned long) __attribute__((weak));

static void *stand_in_new(unsigned long size)
{
  return sim_library_memory ? sim_library_memory(size) : calloc(1, size);
}


static void *stand_in_text(void)
{
  static const char *const texts[] = { "text", "", "a", "some words" };
  return strcpy(stand_in_new(64), texts[stand_in_count()]);
}


static void *stand_in_memory(void)
{
  return stand_in_new(4096);
}


/* Reads the first word of what is handed over: it has to be there. */
static inline void stand_in_read(const volatile char *place, long size)
{
  if (place == NULL || size <= 0) return;
  place[0];
  place[size < 8 ? size - 1 : 7];
}


static void *stand_in_texts(void)
{
  void **texts = stand_in_memory();
  texts[0] = stand_in_text();
  return texts;
}


static long stand_in_nothing(void)
{
  return 0;
}

"""
_MAKERS = """
static struct { const char *identifier; void *functions[8]; } stand_in_operations = {
  "stand-in", { 0 }
};


static void *stand_in_custom(size_t size, long *block)
{
  *block = caml_alloc_custom(&stand_in_operations, size, 0, 1);
  return (long *) *block + 1;
}


static void *stand_in_abstract(size_t size, long *block)
{
  *block = caml_alloc((size + 7) / 8, 251);
  return (void *) *block;
}

"""
_DEPTH = 3
_INT = 32
_INTEGERS = {8: "char", 16: "short", 32: "int", 64: "long", 128: "__int128"}
_FLOATS = {32: "float", 64: "double", 128: "long double"}

Structures = Mapping[str, Mapping[str, CType]]
Asked = tuple[str | int, int]
"""Whose result is asked for, or which parameter, and what it is compared with."""


def write_stand_ins(units: Sequence[Unit], undefined: Iterable[str]) -> str:
    """Definitions of what the units leave undefined; the names are the linker's."""
    return _Writer(units).stand_ins(sorted(set(undefined)))


def write_makers(units: Sequence[Unit], held: Mapping[str, Held]) -> tuple[str, dict[str, str]]:
    """Functions that make values with C data in them, and their names by the key of the type.

    The text goes behind that of `write_stand_ins`.
    """
    return _Writer(units, "maker_").makers(held)


class _Writer:
    """Writes the text for some units; `prefix` tells its names from those of another."""

    def __init__(self, units: Sequence[Unit], prefix: str = "") -> None:
        self._units = units
        self._prefix = prefix
        self._structures: dict[str, Mapping[str, CType]] = {}
        self._prototypes: dict[str, CType] = {}
        for unit in units:
            self._structures.update(unit.structs)
            self._prototypes.update(unit.prototypes)
        self._types: dict[str, str] = {}
        self._declared: list[str] = []
        self._fillers: dict[str, str] = {}
        self._asked: dict[str, set[int]] = {}
        self._trusted: set[str] = set()

    # --- what is written ---

    def stand_ins(self, names: Sequence[str]) -> str:
        variables, calls = _uses(self._units, frozenset(names))
        functions = [function for unit in self._units for function in unit.functions]
        for function, asked in zip(functions, _asked_of(functions), strict=True):
            for origin, number in asked:
                if isinstance(origin, str):
                    self._asked.setdefault(origin, set()).add(number)
            for name in {call.name for call in calls_of(function)}:
                if not any(each == name and number <= 0 for each, number in asked):
                    self._trusted.add(name)
        bodies = [
            self._variable(name, variables[name])
            if name in variables
            else self._function(name, self._prototypes.get(name) or calls.get(name) or UNKNOWN)
            for name in names
        ]
        return "\n".join([_PRELUDE, *self._declared, *self._fillers.values(), *bodies])

    def makers(self, held: Mapping[str, Held]) -> tuple[str, dict[str, str]]:
        told = {key: each for key, each in held.items() if not _is_untold(each)}
        names = {key: f"stand_in_make_{number}" for number, key in enumerate(told)}
        bodies = [self._maker(names[key], each) for key, each in told.items()]
        text = "\n".join([_MAKERS, *self._declared, *self._fillers.values(), *bodies])
        return text, names

    def _variable(self, name: str, ctype: CType) -> str:
        if ctype.is_value:
            return f"long {name} = 1;\n"
        if ctype.kind is TypeKind.STRUCT and ctype.name == "custom_operations":
            return (
                f"struct {{ const char *identifier; void *functions[8]; }} {name} = "
                f'{{ "{name}", {{ 0 }} }};\n'
            )
        if ctype.kind is TypeKind.POINTER:
            return f"static long {name}_memory[512];\nvoid *{name} = {name}_memory;\n"
        return f"long {name}[512];\n"

    def _function(self, name: str, ctype: CType) -> str:
        target = ctype.target or UNKNOWN
        params = tuple(map(_decayed, ctype.params or ()))
        listed = [f"{self._spell(param)} a{number}" for number, param in enumerate(params)]
        if ctype.variadic and listed:
            listed.append("...")
        lines = list(self._effects(params))
        if target.kind is not TypeKind.VOID:
            lines += self._returned(name, target)
        body = "".join(f"  {line}\n" for line in lines)
        result = self._spell(target)
        return f"{result} {name}({', '.join(listed) or 'void'})\n{{\n{body}}}\n\n"

    def _returned(self, name: str, ctype: CType) -> Iterator[str]:
        """What is returned; above all what the stubs ask for.

        A failure is what all of the callers ask for: who does not may know why there is none.
        """
        structure = self._structure(ctype)
        trusted = name in self._trusted
        asked = self._asked.get(name, set())
        least = 0 if trusted else -(1 << 31)
        numbers = [number for number in sorted(asked) if least <= number < 1 << 31]
        if ctype.is_pointer and 0 in asked:
            yield "static long calls[2];"
            fails = "0" if trusted else "stand_in_choice() == -1"
            drawn = self._drawn(ctype, "0")
            yield f"return stand_in_ends(calls) || {fails} ? 0 : {drawn};"
        elif ctype.kind is TypeKind.INTEGER and numbers:
            yield f"static const long numbers[] = {{ {', '.join(map(str, numbers))} }};"
            yield f"long chosen = stand_in_count() * 4 + stand_in_count(), n = {len(numbers)};"
            yield "return chosen < 8 ? numbers[chosen % n] : stand_in_count();"
        elif ctype.kind is TypeKind.INTEGER:
            yield "return stand_in_count();"
        elif structure:
            yield f"{structure} result;"
            yield f"{self._filler(ctype)}(&result, 0);"
            yield "return result;"
        else:
            yield f"return {self._drawn(ctype, '0')};"

    def _effects(self, params: Sequence[CType]) -> Iterator[str]:
        """What a function does with its arguments."""
        for number, param in enumerate(params):
            target = param.target
            if param.kind is not TypeKind.POINTER or target is None:
                continue
            if target.kind is TypeKind.FUNCTION:
                yield from self._call_back(number, target, params)
            elif target.const:
                size = f"a{number + 1}" if _is_count(params[number + 1 : number + 2]) else "1"
                yield f"stand_in_read(a{number}, {size});"
            else:
                yield from self._fill(number, target, params)

    def _fill(self, number: int, target: CType, params: Sequence[CType]) -> Iterator[str]:
        """A parameter that the caller may want something in."""
        counted = _is_count(params[number + 1 : number + 2])
        name = f"a{number}"
        if target.kind is TypeKind.VOID or _is_character(target):
            if counted:
                length = f"a{number + 1} > 4 ? 4 : a{number + 1}"
                condition = f"{name} && (long) a{number + 1} > 0"
                yield f"if ({condition}) memset({name}, 'x', {length});"
            return
        some = f"{name} && (long) a{number + 1} > 0" if counted else name
        if self._structure(target):
            yield f"if ({name}) {self._filler(target)}({name}, 0);"
        elif target.is_value:
            return
        elif target.kind in (TypeKind.INTEGER, TypeKind.FLOATING, TypeKind.POINTER):
            spelled = self._spell(target)
            number = target.kind is TypeKind.INTEGER
            drawn = "stand_in_count()" if number else self._drawn(target, "0")
            yield f"if ({some}) *({spelled} *) {name} = {drawn};"

    def _call_back(self, number: int, function: CType, params: Sequence[CType]) -> Iterator[str]:
        """A function that the library is handed, called with what it was handed beside it."""
        if function.params is None or function.variadic:
            return
        contexts = [
            index
            for index in (*range(number + 1, len(params)), *range(number))
            if params[index].kind is TypeKind.POINTER
            and (params[index].target or UNKNOWN).kind is TypeKind.VOID
        ]
        args = []
        given = False
        for param in map(_decayed, function.params):
            target = param.target or UNKNOWN
            if self._structure(param):
                return
            if param.kind is TypeKind.POINTER and target.kind is TypeKind.VOID and contexts:
                args.append(f"a{contexts[0]}")
                given = True
            elif param.kind is TypeKind.POINTER:
                args.append(self._drawn(param, "0"))
            elif param.kind is TypeKind.INTEGER:
                args.append("stand_in_count()")
            else:
                args.append(self._drawn(param, "0"))
        if contexts and not given and len(contexts) > 1:
            return
        types = ", ".join(self._spell(_decayed(param)) for param in function.params) or "void"
        result = self._spell(function.target or UNKNOWN)
        called = f"(({result} (*)({types})) a{number})({', '.join(args)});"
        yield f"if (a{number}) for (long n = stand_in_count(); n > 0; n--) {called}"

    def _maker(self, name: str, held: Held) -> str:
        ctype = held.type
        structure = self._structure(ctype)
        lines = ["long block = 1;"]
        if held.carrier in (Carrier.CUSTOM, Carrier.ABSTRACT):
            spelled = self._spell(ctype)
            size = f"sizeof({spelled})" if structure or _is_sized(ctype) else "512"
            lines.append(f"void *data = stand_in_{held.carrier.value}({size}, &block);")
            if structure:
                lines.append(f"{self._filler(ctype)}(data, 0);")
            elif _is_sized(ctype):
                lines.append(f"*({spelled} *) data = {self._drawn(ctype, '0')};")
            else:
                lines.append("memset(data, 0, 512);")
        else:
            pointer = CType(TypeKind.POINTER, target=ctype)
            lines.append(f"void *data = {self._drawn(pointer, '0')};")
            lines.append(f"block = {_CARRIED[held.carrier]};")
        body = "".join(f"  {line}\n" for line in [*lines, "return block;"])
        return f"long {name}(long unit)\n{{\n{body}}}\n\n"

    # --- types and what they hold ---

    def _spell(self, ctype: CType) -> str:
        """A type that is passed and laid out the same way."""
        match ctype.kind:
            case TypeKind.VOID:
                return "void"
            case TypeKind.INTEGER:
                sign = "" if ctype.signed else "unsigned "
                return sign + _INTEGERS.get(ctype.bits, "long")
            case TypeKind.FLOATING:
                return _FLOATS.get(ctype.bits, "double")
            case TypeKind.POINTER | TypeKind.ARRAY | TypeKind.FUNCTION:
                return "void *"
            case TypeKind.STRUCT:
                return self._structure(ctype) or "long"
        return "long"

    def _structure(self, ctype: CType) -> str:
        """The name of a structure, which is declared; empty if its layout is not known."""
        if ctype.kind is not TypeKind.STRUCT:
            return ""
        known = self._types.get(ctype.name)
        if known is not None:
            return known
        self._types[ctype.name] = ""  # which ends the recursion of an impossible one
        number = len(self._types)
        fields = self._structures.get(ctype.name) or {}
        if not fields or not all(map(self._is_known, fields.values())):
            return ""
        kind = "union" if ctype.name.startswith("union ") else "struct"
        name = f"{kind} {self._prefix}s{number}"
        members = " ".join(
            f"{self._member(field, f'm{index}')};" for index, field in enumerate(fields.values())
        )
        self._types[ctype.name] = name
        self._declared.append(f"{name} {{ {members} }};\n")
        return name

    def _is_known(self, ctype: CType) -> bool:
        if ctype.kind is TypeKind.ARRAY:
            return ctype.length is not None and self._is_known(ctype.target or UNKNOWN)
        if ctype.kind is TypeKind.STRUCT:
            return bool(self._structure(ctype))
        return ctype.kind not in (TypeKind.UNKNOWN, TypeKind.VOID)

    def _member(self, ctype: CType, name: str) -> str:
        while ctype.kind is TypeKind.ARRAY and ctype.target is not None:
            name, ctype = f"{name}[{ctype.length}]", ctype.target
        return f"{self._spell(ctype)} {name}"

    def _drawn(self, ctype: CType, depth: str) -> str:
        """An expression for something of a type."""
        match ctype.kind:
            case TypeKind.INTEGER | TypeKind.FLOATING:
                return "stand_in_choice()"
            case TypeKind.POINTER | TypeKind.ARRAY:
                return self._pointer(ctype.target or UNKNOWN, depth)
            case TypeKind.VALUE:
                return "1"
        return "stand_in_choice()"

    def _pointer(self, target: CType, depth: str) -> str:
        if _is_character(target):
            return "stand_in_text()"
        if target.kind is TypeKind.POINTER and _is_character(target.target or UNKNOWN):
            return "stand_in_texts()"
        if target.kind is TypeKind.FUNCTION:
            return "(void *) stand_in_nothing"
        if self._structure(target):
            return f"{self._filler(target)}(0, {depth} + 1)"
        return _MADE_BY_LIBRARY.get(target.name, "stand_in_memory()")

    def _filler(self, ctype: CType) -> str:
        """The function that fills a structure, or a new one; far down it gives no more."""
        name = f"{self._prefix}fill_{self._structure(ctype).partition(' ')[2]}"
        if name in self._fillers:
            return name
        self._fillers[name] = ""
        spelled = self._structure(ctype)
        lines = [
            f"{spelled} *p = place ? place : stand_in_new(sizeof *p);",
            f"if (depth > {_DEPTH}) return place ? place : 0;",
        ]
        fields = [*self._structures[ctype.name].values()]
        if ctype.name.startswith("union "):
            lines.append("memset(p, 0, sizeof *p);")
            fields = fields[:1]
        for number, field in enumerate(fields):
            lines += self._fill_member(field, f"p->m{number}")
        body = "".join(f"  {line}\n" for line in [*lines, "return p;"])
        head = f"static void *{name}(void *place, int depth)"
        self._declared.append(f"{head};\n")
        self._fillers[name] = f"{head}\n{{\n{body}}}\n\n"
        return name

    def _fill_member(self, ctype: CType, place: str) -> Iterator[str]:
        if self._structure(ctype):
            yield f"{self._filler(ctype)}(&{place}, depth);"
        elif ctype.kind is TypeKind.ARRAY:
            yield f"memset(&{place}, 0, sizeof {place});"
            if _is_character(ctype.target or UNKNOWN) and (ctype.length or 0) > 1:
                yield f"{place}[0] = 'x';"
            elif (ctype.target or UNKNOWN).is_value:
                yield f"for (int i = 0; i < {ctype.length}; i++) {place}[i] = 1;"
        elif ctype.kind is TypeKind.INTEGER:
            yield f"{place} = stand_in_count();"
        elif ctype.is_value:
            yield f"if ({place} == 0) {place} = 1;"
        else:
            yield f"{place} = {self._drawn(ctype, 'depth')};"


_MADE_BY_LIBRARY = {"FILE": "tmpfile()", "DIR": 'opendir("/")'}
"""What the C library makes, and takes from nobody else."""

_CARRIED = {
    Carrier.NATIVEINT: "caml_copy_nativeint((long) data)",
    Carrier.INT64: "caml_copy_int64((long) data)",
    Carrier.TAGGED: "(long) data | 1",
    Carrier.INTEGER: "(long) ((unsigned long) data << 1) | 1",
    Carrier.NAKED: "(long) data",
}


def _decayed(ctype: CType) -> CType:
    """A type as that of a parameter."""
    if ctype.kind is TypeKind.ARRAY:
        return CType(TypeKind.POINTER, target=ctype.target)
    if ctype.kind is TypeKind.FUNCTION:
        return CType(TypeKind.POINTER, target=ctype)
    return ctype


def _is_untold(held: Held) -> bool:
    """Whether nothing is known of the data but that there is a pointer."""
    ctype = held.type
    return ctype.kind is TypeKind.POINTER and (ctype.target or UNKNOWN).kind is TypeKind.VOID


def _is_count(params: Sequence[CType]) -> bool:
    """Whether a parameter may say how much there is at the pointer before it."""
    return any(each.kind is TypeKind.INTEGER and each.bits >= _INT for each in params)


def _is_character(ctype: CType) -> bool:
    return ctype.kind is TypeKind.INTEGER and ctype.bits == 8


def _is_sized(ctype: CType) -> bool:
    return ctype.kind in (TypeKind.INTEGER, TypeKind.FLOATING, TypeKind.POINTER, TypeKind.VALUE)


def _asked_of(functions: Sequence[Function]) -> list[set[Asked]]:
    """What each function compares numbers with, by itself or through those that it calls."""
    helpers: dict[tuple[str, int], set[int]] = {}
    while True:
        asked = [set(_asked_numbers(function, helpers)) for function in functions]
        found: dict[tuple[str, int], set[int]] = {}
        for function, numbers in zip(functions, asked, strict=True):
            for origin, number in numbers:
                if isinstance(origin, int):
                    found.setdefault((function.name, origin), set()).add(number)
        if found == helpers:
            return asked
        helpers = found


def _asked_numbers(
    function: Function, helpers: Mapping[tuple[str, int], set[int]]
) -> Iterator[Asked]:
    """What a function compares the results of others, and its parameters, with.

    That is 0 for NULL, and -1 for less than 0. `helpers` are functions that compare a parameter.
    """
    made: dict[object, set[str | int]] = {
        param: {index} for index, param in enumerate(function.params)
    }
    for instruction in instructions_of(function):
        if isinstance(instruction, Call) and instruction.name:
            for index, arg in enumerate(instruction.args):
                numbers = helpers.get((instruction.name, index), ())
                for origin in made.get(_subject(arg), ()):
                    yield from ((origin, number) for number in numbers)
            if instruction.result is not None:
                made.setdefault(instruction.result.number, set()).add(instruction.name)
        elif isinstance(instruction, Assign):
            made.setdefault(_subject(instruction.place), set()).update(
                made.get(_subject(instruction.source), ())
            )
        elif isinstance(instruction, Branch) and instruction.condition.type.is_pointer:
            for name in made.get(_subject(instruction.condition), ()):
                yield name, 0
        elif isinstance(instruction, Switch):
            for name in made.get(_subject(instruction.subject), ()):
                for labels, _ in instruction.cases:
                    yield from ((name, number) for number in map(_number, labels) if number)
        for whole in expressions_of(instruction):
            for expr in subexpressions(whole):
                if isinstance(expr, Binary):
                    asked = _asked_number(expr)
                    if asked is not None:
                        yield from ((name, asked) for name in made.get(_subject(expr.left), ()))


def _subject(expr: Expr) -> object:
    """What tells a variable or a temporary from others."""
    expr = uncast(expr)
    if isinstance(expr, Var):
        return expr.symbol
    return expr.number if isinstance(expr, Temp) else expr


def _asked_number(expr: Binary) -> int | None:
    """The number in `n == 7`, and one that decides `n < 0`."""
    number = _number(expr.right)
    if number == 0 and expr.op in ("<", "<=", ">", ">="):
        return -1
    return number if expr.op in ("==", "!=") or (number or 0) < 0 else None


def _number(expr: Expr) -> int | None:
    expr = uncast(expr)
    if isinstance(expr, Unary) and expr.op == "-":
        number = _number(expr.operand)
        return None if number is None else -number
    return expr.number if isinstance(expr, Const) else None


def _uses(
    units: Sequence[Unit], names: frozenset[str]
) -> tuple[dict[str, CType], dict[str, CType]]:
    """The types of the variables among the names, and of the functions that nothing declares."""
    variables: dict[str, CType] = {}
    calls: dict[str, CType] = {}
    for unit in units:
        for function in unit.functions:
            for instruction in instructions_of(function):
                if isinstance(instruction, Call) and instruction.name in names:
                    params = tuple(arg.type for arg in instruction.args)
                    ctype = CType(TypeKind.FUNCTION, target=instruction.type, params=params)
                    calls.setdefault(instruction.name, ctype)
                for whole in expressions_of(instruction):
                    for expr in subexpressions(whole):
                        if isinstance(expr, Var) and expr.symbol.name in names:
                            if expr.symbol.storage is Storage.EXTERN:
                                variables.setdefault(expr.symbol.name, expr.symbol.type)
    return variables, calls
