"""What is known of the values that an expression may hold, in classes that grow together.

Two expressions between which values flow are in one class (Steensgaard's way): a class knows what
was asked of any of its members.  C's own data has classes as well, as far as values are reached
through it: a pointer knows what it points to, an integer what it is compared with.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from analyzer.ir.types import CType


class Use(enum.IntEnum):
    """What is asked of a value, or how it was made. Where several are, the first counts."""

    BYTES = 0  # text that is written to
    STRING = 1
    FLOAT = 2
    INT32 = 3
    INT64 = 4
    NATIVEINT = 5
    FLOAT32 = 6
    BIGARRAY = 7
    FLOATS = 8
    CHANNEL = 9
    EXCEPTION = 10
    SOCKET_ADDRESS = 11
    LAZY = 12
    WEAK = 13
    CONSTRUCTOR = 14  # of exceptions
    FUNCTION = 15
    CUSTOM = 16  # some custom block
    BLOCK = 17  # some block
    EITHER = 18  # asked whether it is a block or an immediate
    OPTION = 19
    INTEGER = 20
    BOOLEAN = 21
    UNIT = 22


class Carrier(enum.Enum):
    """How a value carries data of C's."""

    CUSTOM = "custom"
    ABSTRACT = "abstract"
    NATIVEINT = "nativeint"
    INT64 = "int64"
    TAGGED = "tagged"  # a pointer with the lowest bit set
    INTEGER = "integer"  # a pointer as the number of an int
    NAKED = "naked"  # a pointer, as no value may be
    ELEMENTS = "elements"  # of a bigarray


class Held(NamedTuple):
    """Data of a C type in a value."""

    carrier: Carrier
    type: CType


ANY_TAG = -1
"""Stands for the tag of a field that was read of whatever block it was."""

_numbers = count()


@dataclass(eq=False, slots=True)
class Term:
    """A class. What several of its members were asked is kept in one of them: see `find`.

    Of a value: `held` are the C types of the data in it, by carrier and text; `fields` by tag and
    index; `indexes` the C integers it is indexed by; `sized` if its length was asked for, `size`
    if it is known; `constants` are the immediates it is compared with; `made` and
    `made_constants` tell of the immediates that C itself puts there; `params` are
    of a function; `more` by how much an index is above the integer it is made of.  Of a C integer:
    `below` if it is compared with a constant, `limits` what else it is compared with, `compared`
    if it is asked whether it is too small or too large, `labels` the cases of switches on it,
    `bound` if it has to be below that.
    `links` are described there.
    """

    order: int = field(default_factory=lambda: next(_numbers))
    parent: Term | None = None
    uses: set[Use] = field(default_factory=set)
    held: dict[tuple[str, str], Held] = field(default_factory=dict)
    fields: dict[tuple[int, int], Term] = field(default_factory=dict)
    written: set[tuple[int, int]] = field(default_factory=set)
    tags: set[int] = field(default_factory=set)
    size: int = 0
    sized: bool = False
    dimensions: int = 0
    constants: set[int] = field(default_factory=set)
    made: set[Use] = field(default_factory=set)
    made_constants: set[int] = field(default_factory=set)
    labels: set[int] = field(default_factory=set)
    params: list[Term] = field(default_factory=list)
    indexes: list[Term] = field(default_factory=list)
    more: int = 0
    below: int = 0
    bound: int = 0
    compared: bool = False
    limits: list[Term] = field(default_factory=list)
    links: dict[Link, Term] = field(default_factory=dict)


class Link(enum.IntEnum):
    """What a class leads to, besides fields."""

    ELEMENT = 0  # of an array of values
    RESULT = 1  # of a function
    NUMBER = 2  # the C integer in a value
    POINTEE = 3  # of a C pointer
    TEXT = 4  # the string that a C pointer leads into
    BLOCK = 5  # the block whose fields a C pointer leads to
    BIGARRAY = 6  # the bigarray that a C pointer describes
    DIMENSIONS = 7  # the bigarray of whose dimensions a C pointer is the array
    ELEMENTS = 8  # the bigarray whose data a C pointer is
    CUSTOM = 9  # the value whose data a C pointer is, or a C integer, by its carrier
    ABSTRACT = 10
    NATIVEINT = 11
    INT64 = 12
    TAGGED = 13
    INTEGER = 14
    TAG = 15  # the block whose tag a C integer is
    LENGTH = 16  # the block whose length a C integer is


CARRIERS = {
    Link.ELEMENTS: Carrier.ELEMENTS,
    Link.CUSTOM: Carrier.CUSTOM,
    Link.ABSTRACT: Carrier.ABSTRACT,
    Link.NATIVEINT: Carrier.NATIVEINT,
    Link.INT64: Carrier.INT64,
    Link.TAGGED: Carrier.TAGGED,
    Link.INTEGER: Carrier.INTEGER,
}


def find(term: Term) -> Term:
    """The member of a class that knows what the class knows."""
    root = term
    while root.parent is not None:
        root = root.parent
    while term.parent is not None:
        term.parent, term = root, term.parent
    return root


def unify(first: Term, second: Term) -> None:
    """Make two classes one, and with them all that they lead to."""
    pending = [(first, second)]
    while pending:
        one, other = (find(term) for term in pending.pop())
        if one is other:
            continue
        if other.order < one.order:
            one, other = other, one
        other.parent = one
        _absorb(one, other)
        for key, term in other.fields.items():
            pending.append((one.fields.setdefault(key, term), term))
        for link, term in other.links.items():
            pending.append((one.links.setdefault(link, term), term))
        pending += zip(one.params, other.params, strict=False)
        one.params += other.params[len(one.params) :]


def _absorb(one: Term, other: Term) -> None:
    one.uses |= other.uses
    one.held |= other.held
    one.written |= other.written
    one.tags |= other.tags
    one.size = max(one.size, other.size)
    one.sized |= other.sized
    one.dimensions = max(one.dimensions, other.dimensions)
    one.constants |= other.constants
    one.made |= other.made
    one.made_constants |= other.made_constants
    one.labels |= other.labels
    one.indexes += other.indexes
    one.more = max(one.more, other.more)
    one.below = max(one.below, other.below)
    one.bound = max(one.bound, other.bound)
    one.compared |= other.compared
    one.limits += other.limits


def linked(term: Term, link: Link) -> Term:
    """What a class leads to, made where it led to nothing."""
    root = find(term)
    found = root.links.get(link)
    if found is None:
        found = root.links[link] = Term()
    return found


def leads_to(term: Term, link: Link) -> Term | None:
    """What a class leads to, if anything."""
    return find(term).links.get(link)


def field_of(term: Term, index: int, tag: int = ANY_TAG) -> Term:
    """A field of a block."""
    root = find(term)
    root.uses.add(Use.BLOCK)
    found = root.fields.get((tag, index))
    if found is None:
        found = root.fields[tag, index] = Term()
    if tag != ANY_TAG:
        root.tags.add(tag)
    return found


def use(term: Term, *uses: Use) -> Term:
    """Note what is asked of a value."""
    root = find(term)
    root.uses.update(uses)
    return root


def pointing(link: Link, term: Term) -> Term:
    """A C pointer or integer that leads to a class."""
    made = Term()
    made.links[link] = term
    return made


def hold(term: Term, carrier: Carrier, text: str, ctype: CType) -> None:
    """Note that a value carries data of a C type, whose text tells it from others."""
    find(term).held.setdefault((carrier.value, text), Held(carrier, ctype))
