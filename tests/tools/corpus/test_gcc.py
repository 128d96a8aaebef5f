"""Reading what gcc says of a file."""

from __future__ import annotations

from tools.corpus.gcc import parse_origins


def test_only_definitions_in_the_file_itself_count() -> None:
    text = """/* compiled from: . */
/* /usr/include/stdio.h:12:NC */ extern int puts (const char *);
/* a.h:3:NF */ static int helper (void); /* () */
/* a.c:4:NF */ extern value first (value v); /* (v) value v; */
/* a.c:4:NC */ extern value declared (value);
/* a.c:6:OF */ static int old (int a); /* (a) int a; */
/* a.c:9:NF */ extern char *(*table (int n)) (void); /* (n) int n; */
"""
    assert parse_origins(text, "a.c") == {"first": 4, "old": 6, "table": 9}
