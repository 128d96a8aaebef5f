"""The tags of blocks: what each says of a block's layout, and whether the collector scans it."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from runtime_sim.model.profile import Profile

FORCING_TAG = 244
CONT_TAG = 245
LAZY_TAG = 246
CLOSURE_TAG = 247
OBJECT_TAG = 248
INFIX_TAG = 249
FORWARD_TAG = 250
NO_SCAN_TAG = 251
"""From here on a block holds no values."""
ABSTRACT_TAG = 251
STRING_TAG = 252
DOUBLE_TAG = 253
DOUBLE_ARRAY_TAG = 254
CUSTOM_TAG = 255


class Scan(enum.Enum):
    """Which fields of a block the collector follows."""

    FIELDS = "fields"  # all of them
    ENVIRONMENT = "environment"  # those from the closure's start of environment on
    STACK = "stack"  # the stack that a continuation has captured
    ENCLOSING = "enclosing"  # the block around it: an infix header is never a block of its own
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag with a meaning of its own.

    `size` is the number of fields when it is fixed.
    """

    number: int
    name: str
    layout: str
    scan: Scan = Scan.FIELDS
    size: int | None = None


_ALWAYS = (
    Tag(LAZY_TAG, "Lazy_tag", "the closure that computes it", size=1),
    Tag(
        CLOSURE_TAG,
        "Closure_tag",
        "for each function its code, an info word and, if its arity is not 0 or 1, a second code "
        "pointer, with an infix header between functions; then the environment",
        Scan.ENVIRONMENT,
    ),
    Tag(OBJECT_TAG, "Object_tag", "class, id (an immediate), then the instance variables"),
    Tag(
        INFIX_TAG,
        "Infix_tag",
        "a header inside a closure, whose size is the way back to that closure in words",
        Scan.ENCLOSING,
    ),
    Tag(FORWARD_TAG, "Forward_tag", "the value of a lazy that was forced", size=1),
    Tag(ABSTRACT_TAG, "Abstract_tag", "words that mean nothing to the runtime", Scan.NONE),
    Tag(
        STRING_TAG,
        "String_tag",
        "bytes, zeros to the end of the last word, in the last byte the number of bytes by which "
        "the string is shorter than the block less one",
        Scan.NONE,
    ),
    Tag(DOUBLE_TAG, "Double_tag", "one double", Scan.NONE, size=1),
    Tag(DOUBLE_ARRAY_TAG, "Double_array_tag", "doubles", Scan.NONE),
    Tag(CUSTOM_TAG, "Custom_tag", "a struct custom_operations *, then data", Scan.NONE),
)
_SINCE_5 = (
    Tag(FORCING_TAG, "Forcing_tag", "a lazy that is being forced", size=1),
    Tag(CONT_TAG, "Cont_tag", "a tagged pointer to the stack, the last fiber", Scan.STACK, size=2),
)


def named_tags(profile: Profile) -> tuple[Tag, ...]:
    """The tags with a name, by number; those below are constructors, tuples, records, arrays."""
    return _ALWAYS if profile is Profile.OCAML_4_14 else _SINCE_5 + _ALWAYS


def constructor_tags(profile: Profile) -> int:
    """How many non-constant constructors a type may have: their tags count from 0."""
    return LAZY_TAG if profile is Profile.OCAML_4_14 else FORCING_TAG


def is_scanned(tag: int) -> bool:
    """Whether the collector follows fields of a block with this tag."""
    return tag < NO_SCAN_TAG
