"""The words of C: keywords with their common spellings, punctuators, and the shape codes of both.

A shape is a string with one character a token.  Patterns over token sequences are then ordinary
regular expressions, matched at the speed of C.
"""

from __future__ import annotations


def name_set(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_PLAIN_KEYWORDS = name_set(
    """
    auto break case char const continue default do double else enum extern float for goto if inline
    int long register restrict return short signed sizeof static struct switch typedef union
    unsigned void volatile while offsetof typeof
    """
)
_SPELLINGS = {
    "ATTRIBUTE": "_Pragma __pragma __asm__ __asm asm __attribute__ __attribute __declspec",
    "CONST": "__const __const__",
    "DROPPED": "__extension__ __cdecl __stdcall __fastcall WINAPI CALLBACK APIENTRY",
    "INLINE": "__inline __inline__ __forceinline",
    "NORETURN": "_Noreturn",
    "OFFSETOF": "__builtin_offsetof",
    "RESTRICT": "__restrict __restrict__",
    "SIGNED": "__signed__ __signed",
    "TYPEOF": "__typeof__ __typeof",
    "VOLATILE": "__volatile__ __volatile",
    "_ALIGNAS": "_Alignas",
    "_ALIGNOF": "_Alignof __alignof__ __alignof",
    "_ATOMIC": "_Atomic",
    "_BOOL": "_Bool",
    "_COMPLEX": "_Complex",
    "_GENERIC": "_Generic",
    "_STATIC_ASSERT": "_Static_assert static_assert",
    "_THREAD_LOCAL": "_Thread_local __thread",
    "__BUILTIN_VA_ARG": "__builtin_va_arg va_arg",
    "__INT128": "__int128 __int128_t __uint128_t",
}
KEYWORDS: dict[str, str] = {word: word.upper() for word in _PLAIN_KEYWORDS}
KEYWORDS.update((word, kind) for kind, words in _SPELLINGS.items() for word in words.split())
"""Words with a type of their own. DROPPED and ATTRIBUTE go, the latter with its parentheses."""

FRAME_PARAMS = frozenset(
    {f"CAML{x}param{n}" for x in ("", "x") for n in ("0", "1", "2", "3", "4", "5", "N")}
)
FRAME_LOCALS = frozenset({f"CAMLlocal{n}" for n in ("1", "2", "3", "4", "5", "N", "result")})
FRAME_RETURNS = frozenset({"CAMLreturn", "CAMLreturn0", "CAMLreturnT"})
FRAME_ENDS = frozenset({"CAMLdrop", "CAMLnoreturn"})
ROOTS_BEGIN = frozenset(
    {"Begin_root", "Begin_roots_block", *(f"Begin_roots{n}" for n in range(1, 6))}
)
ROOTS_END = frozenset({"End_roots"})
LINKAGE = frozenset(
    {
        "CAMLprim",
        "CAMLextern",
        "CAMLexport",
        "CAMLweakdef",
        "CAMLunused",
        "CAMLunused_start",
        "CAMLunused_end",
        "CAMLthread_local",
        "CAMLnoalloc",
        "CAMLno_tsan",
        "CAMLno_tsan_for_perf",
        "CAMLno_asan",
        "CAMLno_msan",
        "CAMLreallyinline",
        "CAMLalign",
        "CAMLdeprecated_typedef",
        "CAMLnoreturn_start",
        "CAMLnoreturn_end",
        "CAMLnoret",
        "Noreturn",
        "CAMLmalloc",
        "CAMLalloc",
        "CAMLrealloc",
        "CAMLfree",
        "CAMLreturns_nonnull",
    }
)
SYNTAX = (
    FRAME_PARAMS | FRAME_LOCALS | FRAME_RETURNS | FRAME_ENDS | ROOTS_BEGIN | ROOTS_END | LINKAGE
)
"""Macros of the OCaml headers that are not plain C; no project can give them another meaning."""

KEYWORDS.update(dict.fromkeys(SYNTAX, "OCAML"))

PUNCTUATORS: dict[str, str] = {
    "...": "ELLIPSIS",
    "<<=": "LSHIFTEQUAL",
    ">>=": "RSHIFTEQUAL",
    "++": "PLUSPLUS",
    "--": "MINUSMINUS",
    "->": "ARROW",
    "&&": "LAND",
    "||": "LOR",
    "<<": "LSHIFT",
    ">>": "RSHIFT",
    "<=": "LE",
    ">=": "GE",
    "==": "EQ",
    "!=": "NE",
    "*=": "TIMESEQUAL",
    "/=": "DIVEQUAL",
    "%=": "MODEQUAL",
    "+=": "PLUSEQUAL",
    "-=": "MINUSEQUAL",
    "&=": "ANDEQUAL",
    "|=": "OREQUAL",
    "^=": "XOREQUAL",
    "=": "EQUALS",
    "+": "PLUS",
    "-": "MINUS",
    "*": "TIMES",
    "/": "DIVIDE",
    "%": "MOD",
    "|": "OR",
    "&": "AND",
    "~": "NOT",
    "^": "XOR",
    "!": "LNOT",
    "<": "LT",
    ">": "GT",
    "?": "CONDOP",
    "(": "LPAREN",
    ")": "RPAREN",
    "[": "LBRACKET",
    "]": "RBRACKET",
    "{": "LBRACE",
    "}": "RBRACE",
    ",": "COMMA",
    ".": "PERIOD",
    ";": "SEMI",
    ":": "COLON",
    "::": "COLONCOLON",
}

_CODES = {
    "i": "ID TYPEID PAINTED",
    "t": "CHAR DOUBLE FLOAT INT LONG SHORT SIGNED UNSIGNED VOID _BOOL _COMPLEX __INT128",
    "s": "STRUCT UNION ENUM",
    "q": "CONST RESTRICT VOLATILE _ATOMIC",
    "c": "STATIC EXTERN REGISTER AUTO _THREAD_LOCAL",
    "T": "TYPEDEF",
    "f": "INLINE _NORETURN",
    "y": "TYPEOF TYPEOF_UNQUAL",
    "k": "IF WHILE FOR SWITCH",
    "w": "DO ELSE",
    "r": "RETURN",
    "g": "GOTO BREAK CONTINUE",
    "C": "CASE DEFAULT",
    "z": "SIZEOF _ALIGNOF",
    "O": "OFFSETOF __BUILTIN_VA_ARG _GENERIC",
    "l": "_STATIC_ASSERT _ALIGNAS",
    "n": "INT_CONST_DEC INT_CONST_OCT INT_CONST_HEX INT_CONST_BIN FLOAT_CONST CHAR_CONST"
    " WCHAR_CONST U8CHAR_CONST U16CHAR_CONST U32CHAR_CONST",
    "S": "STRING_LITERAL WSTRING_LITERAL U8STRING_LITERAL U16STRING_LITERAL U32STRING_LITERAL",
    "M": "OCAML",
    "N": "NORETURN",
    "G": "ATTRIBUTE",
    "D": "DROPPED",
    "B": "STRAY BAD_STRING BAD_CHAR HASH PASTE",
    "a": "LSHIFTEQUAL RSHIFTEQUAL TIMESEQUAL DIVEQUAL MODEQUAL PLUSEQUAL MINUSEQUAL ANDEQUAL"
    " OREQUAL XOREQUAL",
    "p": "PLUSPLUS MINUSMINUS",
    "o": "LSHIFT RSHIFT LE GE EQ NE LOR DIVIDE MOD OR XOR LT GT",
    "~": "NOT LNOT",
    "-": "PLUS MINUS",
    "&": "AND LAND",
    ".": "PERIOD ARROW",
    "E": "ELLIPSIS",
    "*": "TIMES",
    "=": "EQUALS",
    "?": "CONDOP",
    ":": "COLON COLONCOLON",
    ",": "COMMA",
    ";": "SEMI",
    "(": "LPAREN",
    ")": "RPAREN",
    "[": "LBRACKET",
    "]": "RBRACKET",
    "{": "LBRACE",
    "}": "RBRACE",
}

SHAPE_CODE: dict[str, str] = {
    kind: code for code, kinds in _CODES.items() for kind in kinds.split()
}
"""One character for each token type."""
