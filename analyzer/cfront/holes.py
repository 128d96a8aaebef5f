"""Marks in the tree for what could not be read.

Both are names of calls, spelt so that no C function can have them; the call's arguments are the
identifiers that the skipped text mentions.
"""

HOLE = "<hole>"
"""A statement that was skipped."""
OPAQUE = "<opaque>"
"""An expression that was skipped."""
