from __future__ import annotations

from analyzer.report.rule_text import read_rule_text

DOCSTRING = """What is wrong.

Why: A reason
over two lines.

And another.

Bad:
    value f(value v)
    {
      return v;
    }

Good:
    value g(void);

Limits: None: really.

References: manual.
"""


def test_a_docstring_comes_apart_into_its_sections() -> None:
    text = read_rule_text(DOCSTRING)
    assert text.summary == "What is wrong."
    assert text.sections == (
        ("Why", "A reason over two lines.\n\nAnd another."),
        ("Bad", "value f(value v)\n{\n  return v;\n}"),
        ("Good", "value g(void);"),
        ("Limits", "None: really."),
        ("References", "manual."),
    )
