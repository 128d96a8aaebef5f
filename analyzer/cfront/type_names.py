"""Which names are types, found by one look over the tokens before parsing.

Most types come from headers that are not there.  C's grammar gives them away: two names in a row,
a name before a qualifier, a statement that would multiply two names, a cast.
"""

from __future__ import annotations

import re

from analyzer.cfront.shapes import PARENS, Shaped, Span, closing, commas, declarator_parts
from analyzer.cfront.tokens import Token

# A name, and what stands around it: there it is a type.
_ANYWHERE = re.compile(
    r"""
    i(?: (?=i)(?<![sg.i]i)                       # type name
      |  (?=\**q)(?<![.)\]ins]i)                 # type const, type *const
      |  (?=\*)(?: (?<=[cfT]i)                   # static type *
         |  (?<=[(,;{}c]qi)                      # const type *
         |  (?<=[;{}]i)(?=\*+q*i[;,=\[(:)])      # type *name;
         |  (?<=k\(i)(?=\*+i=)                   # for (type *name =
         |  (?<=[(,]i)(?=\*+q*(?:[),]|\[\]))     # (type *), (type *[])
         )
      |  (?=\()(?: (?<=[(,;{}c]qi)               # const type (
         |  (?<=Ti)                              # typedef type (
         |  (?<=[cf]i)(?=\(\*)                   # static type (*name)
         |  (?<=[;{}]i)(?=\(\*+q*i\)\()          # type (*name)(
         |  (?<=[(,]i)(?=\(\*+\)\()              # (type (*)(
         )
      |  (?=\))(?: (?<=[(,;{}c]qi)               # (const type)
         |  (?<=\(i)(?<![iskOz)\]MyGl]\(i)(?=\)[inSz~])   # (type) operand
         |  (?<=[=,(r&]\(i)(?=\)\{)              # (type) { ... }
         )
      |  (?=,)(?<=[(,;{}c]qi)                    # const type,
    )
    """,
    re.VERBOSE,
)
_CAST_OR_OPERAND = re.compile(r"\(i\)(?=[(*&-])(?<![iskOz)\]MyGl]\(i\))")
_PARAMETER = re.compile(r"i(?=\*+[iq),\[(]|i|\(\*)(?<=[(,]i)")
_PROTOTYPE = re.compile(r"(?<=[it*)])i?\((?=[^()]*\)[;,])|(?<=\(\*i\))\(|(?<=\(\*\))\(")
_LONE_PARAMETER = re.compile(r"(?<=[(,])i(?=[,)])")
_LOCAL_PROTOTYPE = re.compile(rf"(?<=[;{{}}])[cqf]*(?:t+|si|i)\**i{PARENS}(?=;)")
_TYPE_OPERATOR = re.compile(r"O\(")
_TYPEDEF = re.compile(r"T")
_FUNCTION_POINTER = re.compile(r"\(\*+q*i[)\[(]")


def find_type_names(text: Shaped, spans: list[Span]) -> set[str]:
    """Every name that stands where only a type can."""
    tokens, shape = text
    found = {tokens[match.start()].value for match in _ANYWHERE.finditer(shape)}
    for match in _CAST_OR_OPERAND.finditer(shape):
        # `(x) * y` casts what `y` points to, or multiplies: the name decides.
        name = tokens[match.start() + 1].value
        if name.endswith("_t"):
            found.add(name)
    prototypes = [match.span() for match in _LOCAL_PROTOTYPE.finditer(shape)]
    for start, end in declarator_parts(shape, spans) + prototypes:
        for match in _PARAMETER.finditer(shape, start, end):
            found.add(tokens[match.start()].value)
        for match in _PROTOTYPE.finditer(shape, start, end):
            last = closing(shape, match.end() - 1)
            for lone in _LONE_PARAMETER.finditer(shape, match.end(), last + 1):
                found.add(tokens[lone.start()].value)
    for match in _TYPE_OPERATOR.finditer(shape):
        _add_type_operand(tokens, shape, match.start(), found)
    for match in _TYPEDEF.finditer(shape):
        _add_typedef_names(tokens, shape, match.start(), found)
    return found


def _add_type_operand(tokens: list[Token], shape: str, index: int, found: set[str]) -> None:
    """`offsetof(type, member)`, `va_arg(list, type)`."""
    end = closing(shape, index + 1)
    first = index + 2
    if tokens[index].type == "__BUILTIN_VA_ARG":
        separators = commas(shape, first, end) if end > 0 else []
        if not separators:
            return
        first = separators[0] + 1
    elif tokens[index].type != "OFFSETOF":
        return
    if shape[first : first + 1] == "i":
        found.add(tokens[first].value)


def _add_typedef_names(tokens: list[Token], shape: str, index: int, found: set[str]) -> None:
    """The names that the `typedef` at `index` declares."""
    depth = 0
    parens = 0
    last = -1
    for position in range(index + 1, min(len(shape), index + 20_000)):
        code = shape[position]
        if code == "{":
            depth += 1
        elif code == "}":
            depth -= 1
            last = -1
            if depth < 0:
                return
        elif depth:
            continue
        elif code == "(":
            if parens == 0 and (match := _FUNCTION_POINTER.match(shape, position)):
                found.add(tokens[match.end() - 2].value)
                last = -1
            elif parens == 0 and last >= 0:
                found.add(tokens[last].value)
                last = -1
            parens += 1
        elif code == ")":
            parens -= 1
        elif parens:
            continue
        elif code == "i":
            last = position
        elif code in ";,[":
            if last >= 0:
                found.add(tokens[last].value)
                last = -1
            if code == ";":
                return
