"""A program of random steps leaves the heap as a model of it says, whenever the runtime collects.

`STUBCHECK_MUTATOR_STEPS` asks for longer programs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from runtime_sim.model.profile import Profile
from runtime_sim.outcome import (
    EVERY_POINT,
    NEVER,
    Policy,
    Raised,
    Returned,
    at_point,
    at_random,
    generational,
)
from runtime_sim.runtime import Function, Runtime
from runtime_sim.values import Block, Data, Held
from tests.runtime_sim.heap_model import (
    ARRAY,
    LARGE,
    ROOTS,
    HeapModel,
    Node,
    Value,
    block,
    marshalled,
)

Compile = Callable[[str, Profile], Path]

STEPS = int(os.environ.get("STUBCHECK_MUTATOR_STEPS", "500"))
SOURCE = Path(__file__).with_name("mutator.c")
POLICIES = {
    "never": NEVER,
    "every point": EVERY_POINT,
    "one point": at_point(2),
    "at random": at_random(11),
    "generational": generational(minor_heap=1000),
    "the smallest minor heap": generational(minor_heap=1),
    "untraced": generational(minor_heap=1, traced=False),
}


class Mutator:
    """Makes the same steps in a runtime and in the model."""

    def __init__(self, runtime: Runtime, seed: int) -> None:
        self.runtime = runtime
        self.model = HeapModel()
        self.random = Random(seed)
        self.made = 0
        fields = runtime.tuple_of(*map(runtime.integer, [0] * (ARRAY - ROOTS)))
        self.done("set_up", fields, runtime.string(b"first"), runtime.string(b"second"))

    # --- the runtime ---

    def done(self, primitive: str, *arguments: int | Held) -> Held:
        """Call a primitive that returns."""
        held = [self.runtime.integer(a) if isinstance(a, int) else a for a in arguments]
        outcome = self.runtime.call(primitive, *held)
        assert isinstance(outcome, Returned), outcome
        return outcome.value

    def raised(self, primitive: str, *arguments: int | Held) -> Raised:
        held = [self.runtime.integer(a) if isinstance(a, int) else a for a in arguments]
        outcome = self.runtime.call(primitive, *held)
        assert isinstance(outcome, Raised), outcome
        return outcome

    # --- steps ---

    def place(self, kinds: str = "") -> int | None:
        places = self.model.present(kinds)
        return self.random.choice(places) if places else None

    def target(self) -> int:
        return self.random.choice(self.model.present())

    def put(self, place: int, value: Value) -> None:
        self.model.places[place] = value

    def clear(self) -> None:
        place, number = self.target(), self.random.randrange(100)
        self.done("store", place, number)
        self.put(place, number)

    def make(self) -> None:
        place, how, tag = self.target(), self.random.randrange(5), self.random.randrange(4)
        small = how in (1, 2)
        sources = [self.target() for _ in range(self.random.randrange(1 if small else 0, 5))]
        held = self.runtime.tuple_of(*map(self.runtime.integer, sources))
        self.done("make", place, how, tag, held)
        values = [self.model.places[source] for source in sources]
        if how == 3:
            chain: Value = 0
            for value in reversed(values):
                chain = block(tag, [value, chain])
            self.put(place, chain)
        else:
            rest = [0] * (LARGE - len(values)) if how == 4 else []
            self.put(place, block(tag, [*values, *rest]))

    def make_string(self) -> None:
        place, text = self.target(), "x" * self.random.randrange(20)
        self.done("make_string", place, self.runtime.string(text.encode()))
        self.put(place, Node(f"s{text}"))

    def make_number(self) -> None:
        place, n = self.target(), self.random.randrange(1, 9)
        kind = self.random.choice(["float", "floats", "int64"])
        self.done(f"make_{kind}", place, n)
        floats = "".join(f" {i / 2:.1f}" for i in range(n))
        forms = {"float": f"d{n / 2:.1f}", "floats": f"D{n}{floats}", "int64": f"j{n}"}
        self.put(place, Node(forms[kind]))

    def make_custom(self) -> None:
        place, self.made = self.target(), self.made + 1
        self.done("make_custom", place, self.made)
        self.put(place, self.model.custom(self.made))

    def set_field(self) -> None:
        if (place := self.place("b")) is None:
            return
        source, fields = self.target(), self.model.node(place).fields
        index = self.random.randrange(min(len(fields), 5))
        self.done("set_field", place, index, source)
        fields[index] = self.model.places[source]

    def copy(self) -> None:
        place, source = self.target(), self.target()
        self.done("copy", place, source)
        self.put(place, self.model.places[source])

    def duplicate(self) -> None:
        if (source := self.place("bsdDj")) is not None:
            place, node = self.target(), self.model.node(source)
            self.done("duplicate", place, source)
            self.put(place, Node(node.form, list(node.fields)))

    def marshal(self) -> None:
        place, source = self.target(), self.target()
        copy = marshalled(self.model.places[source])
        if copy is None:
            assert self.raised("marshal", place, source).name == "Invalid_argument"
        else:
            self.done("marshal", place, source)
            self.put(place, copy)

    def change_root(self) -> None:
        place = self.random.randrange(ROOTS)
        if place in self.model.absent:
            number = self.random.randrange(100)
            self.done("add_root", place, number)
            self.model.absent.discard(place)
            self.put(place, number)
        else:
            self.done("remove_root", place)
            self.model.absent.add(place)
            self.put(place, 0)

    def release_lock(self) -> None:
        self.done("release_lock", 0)

    def apply(self) -> None:
        place, a, b = self.target(), self.target(), self.target()
        function = self.random.choice([Function.IDENTITY, Function.PAIR])
        self.done("apply", place, self.runtime.closure(function, 2), a, b)
        first, second = self.model.places[a], self.model.places[b]
        self.put(place, first if function is Function.IDENTITY else block(0, [first, second]))

    def apply_caught(self) -> None:
        place, a = self.target(), self.target()
        function = self.random.choice([Function.IDENTITY, Function.RAISE_NOT_FOUND])
        self.done("apply_caught", place, self.runtime.closure(function), a)
        self.put(place, self.model.places[a] if function is Function.IDENTITY else -1)

    def make_closure(self) -> None:
        place, source = self.target(), self.target()
        closure = self.runtime.closure(Function.CONSTANT, 1, self.done("fetch", source))
        self.done("store", place, closure)
        self.put(place, Node("f", [self.model.places[source]]))

    def apply_own(self) -> None:
        if (source := self.place("f")) is not None:
            place, (result,) = self.target(), self.model.node(source).fields
            self.done("apply_own", place, source)
            assert result is not None
            self.put(place, result)

    def raise_with(self) -> None:
        if (place := self.place("s")) is not None:
            raised = self.raised("raise_with", place)
            text = self.model.node(place).form[1:].encode()
            assert (raised.name, raised.arguments) == ("Failure", (text,))

    def make_ephemeron(self) -> None:
        place, keys = self.target(), self.random.randrange(1, 4)
        self.done("make_ephemeron", place, keys)
        self.put(place, Node(f"e{keys}", [None] * (keys + 1)))

    def change_ephemeron(self) -> None:
        if (place := self.place("e")) is None:
            return
        source, fields = self.target(), self.model.node(place).fields
        field = self.random.randrange(len(fields))
        number = [] if field == 0 else [field - 1]
        what = "data" if field == 0 else "key"
        if self.random.randrange(4) == 0:
            self.done(f"unset_{what}", place, *number)
            fields[field] = None
        else:
            self.done(f"set_{what}", place, *number, source)
            fields[field] = self.model.places[source]

    def read_ephemeron(self) -> None:
        if (source := self.place("e")) is None:
            return
        place, fields = self.target(), self.model.node(source).fields
        field = self.random.randrange(len(fields))
        number = [] if field == 0 else [field - 1]
        self.done("get_data" if field == 0 else "get_key", place, source, *number)
        found = fields[field]
        self.put(place, -2 if found is None else found)

    # --- what came of it ---

    def step(self, steps: list[Callable[[], None]], collects: bool) -> None:
        """One step; what only the host held is let go of, and a collection follows."""
        with self.runtime.scope():
            self.random.choice(steps)()
        with self.runtime.scope():
            self.done("release_lock", 0)
            assert self.runtime.settle("release_lock") is None
            dead = self.model.collect() if collects else []
            assert self.runtime.read(self.done("print_all", 0)) == self.model.print().encode()
            finalised = elements(self.runtime.read(self.done("take_finalised", 0)))
            # When they die together the order is the collector's own.
            assert sorted(finalised) == sorted(dead)
        assert self.runtime.check() is None

    def steps(self, ephemerons: bool) -> list[Callable[[], None]]:
        weak = [self.make_ephemeron, *[self.change_ephemeron] * 4, *[self.read_ephemeron] * 2]
        return [
            *[self.make] * 4,
            *[self.set_field] * 4,
            *[self.copy] * 2,
            *[self.clear] * 4,
            *(self.make_string, self.make_number, *[self.make_custom] * 2, self.duplicate),
            *(self.marshal, self.change_root, self.release_lock, self.apply, self.apply_caught),
            *(self.make_closure, self.apply_own, self.raise_with),
            *(weak if ephemerons else []),
        ]


def elements(data: Data) -> list[int]:
    """A list of integers, as Python's."""
    found = []
    while isinstance(data, Block):
        head, data = data.fields
        assert isinstance(head, int)
        found.append(head)
    return found


@pytest.fixture(scope="module", params=[Profile.OCAML_4_14, Profile.OCAML_5])
def mutator(request: pytest.FixtureRequest, compile_stubs: Compile) -> tuple[Profile, Path]:
    return request.param, compile_stubs(SOURCE.read_text(), request.param)


@pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)
def test_the_heap_is_as_the_model_says(
    mutator: tuple[Profile, Path], runtime_library: Path, policy: Policy
) -> None:
    profile, library = mutator
    with Runtime(profile, policy, runtime_library) as runtime:
        runtime.load(library)
        program = Mutator(runtime, seed=7)
        steps = program.steps(ephemerons=profile is Profile.OCAML_4_14)
        for _ in range(STEPS):
            program.step(steps, collects=policy is not NEVER)
