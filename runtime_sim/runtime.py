"""A simulated OCaml runtime in this process, and stubs that are called in it.

A stub that is wrong may hurt the process it runs in before the fault is seen; who runs stubs that
nobody knows does so in a child process. The variables of a stub library are the process's, and
shared by the runtimes that have loaded it; they start anew when the last of these is closed.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, TypedDict, Unpack

from runtime_sim.build import build_runtime
from runtime_sim.explain import Explainer
from runtime_sim.frames import MOST_LIVE, install_frames, program_frames
from runtime_sim.frametable import layout_of
from runtime_sim.model import tags
from runtime_sim.model.profile import Profile
from runtime_sim.model.shapes import hash_variant
from runtime_sim.native import load_native
from runtime_sim.outcome import (
    EVERY_POINT,
    NO_HAZARDS,
    Fault,
    Hazards,
    Outcome,
    Policy,
    Raised,
    Returned,
)
from runtime_sim.returns import WrongReturn
from runtime_sim.stubs import StubLibrary, StubsNotLoaded
from runtime_sim.values import KINDS, WORD, Block, Data, Held, Reader

_RETURNED, _RAISED = 0, 1

RAW = {
    "value": "v",
    "double": "d",
    "int32_t": "i",
    "int64_t": "I",
    "nativeint": "n",
    "intnat": "u",
    "int16_t": "h",
    "int8_t": "b",
}
"""What a parameter or a result of native code's may be, and the runtime's letter for it."""


class Function(enum.IntEnum):
    """What a closure of the simulated OCaml side does."""

    IDENTITY = 0
    CONSTANT = 1
    RAISE_NOT_FOUND = 2
    PAIR = 3
    PRIMITIVE = 4


class Promises(TypedDict, total=False):
    """What an external says of its primitive.

    `noalloc`: it neither collects nor raises. `local_result`: the result may be local, in the
    scope of the call; what a stub allocates locally is gone when it returns otherwise.
    `nullable_result`: the result may be null. `external_result`: it is no block of the heap.
    """

    noalloc: bool
    local_result: bool
    nullable_result: bool
    external_result: bool


class RuntimeSpent(Exception):
    """The runtime has shown a fault or was closed, and what is in it is not to be relied on."""


class HeapDamaged(Exception):
    """The heap cannot be walked."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.rule}: {fault.message}")
        self.fault = fault


class Blocks(NamedTuple):
    """The blocks of one tag that can be reached, or that cannot, and their fields in words."""

    tag: int
    reachable: bool
    number: int
    words: int


class Runtime:
    """One runtime: its heap, its roots and the stubs loaded into it.

    Use it in a `with` statement. It serves one fault: afterwards every call raises `RuntimeSpent`.
    """

    def __init__(
        self,
        profile: Profile = Profile.OCAML_5,
        policy: Policy = EVERY_POINT,
        library: Path | None = None,
        hazards: Hazards = NO_HAZARDS,
    ) -> None:
        self._native = load_native(library or build_runtime())
        self._sim = self._native.sim
        self._stubs: list[StubLibrary] = []
        self._explainer = Explainer(self._native, self._stubs)
        self._spent = ""
        self._making_local = False
        self._handle = self._sim.sim_make(profile.ocaml_version)
        if not self._handle:
            raise MemoryError("there is no address space for a simulated heap")
        self._sim.sim_set_oxcaml(self._handle, profile is Profile.OXCAML)
        if policy.minor_heap:
            self._sim.sim_set_minor_heap(self._handle, policy.minor_heap)
        self._sim.sim_set_tracing(self._handle, policy.traced)
        self._sim.sim_set_policy(self._handle, policy.kind, policy.nth, policy.seed)
        frames = program_frames(self._native, layout_of(profile))
        install_frames(self._native, self._handle, frames)
        self.expect(hazards)

    def __enter__(self) -> Runtime:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the heap back, and the stub libraries that no other runtime has loaded."""
        if self._handle is None:
            return
        # Threads that are still registered run code of the libraries.
        if self._sim.sim_free(self._handle):
            for library in self._stubs:
                library.close()
        self._handle = None
        self._spent = "it was closed"

    def load(self, library: Path, wrong_returns: Iterable[WrongReturn] = ()) -> None:
        """Load a stub library; its primitives are found before those of earlier ones, and before
        the runtime's own.

        Its `wrong_returns` are no secret of its debugging information, but take a while to read.
        """
        runtime = self._live()
        self._stubs.append(StubLibrary(self._native, library))
        base = self._stubs[-1].base
        self._sim.sim_know_library(runtime, base)
        for start, end, given, declared in wrong_returns:
            types = given.encode(), declared.encode()
            self._sim.sim_know_wrong_return(runtime, base, start, end, *types)

    def expect(self, hazards: Hazards) -> None:
        """What may befall the calls from now on; their allocations and polls count anew."""
        self._sim.sim_set_failing(self._live(), hazards.failing_allocation)
        self._sim.sim_set_failing_call(self._handle, hazards.failing_call)
        self._sim.sim_set_action(self._handle, hazards.action, hazards.at_poll)

    # --- making values ---

    def integer(self, number: int) -> Held:
        """An immediate: an int, a bool, a constant constructor, unit."""
        return self._held(self._sim.sim_new_long(self._live(), number))

    def floating(self, number: float) -> Held:
        """A boxed float."""
        return self._held(self._sim.sim_new_double(self._live(), number))

    def string(self, content: bytes) -> Held:
        """A string, or bytes."""
        return self._held(self._sim.sim_new_string(self._live(), content, len(content)))

    def boxed(self, kind: str, number: int) -> Held:
        """An int32, int64 or nativeint."""
        return self._held(self._sim.sim_new_boxed(self._live(), KINDS.index(kind), number))

    def floats(self, numbers: Iterable[float]) -> Held:
        """An array or a record of flat floats."""
        given = list(numbers)
        return self._held(self._sim.sim_new_floats(self._live(), len(given), given))

    def bigarray(self, kind: int, dimensions: Iterable[int]) -> Held:
        """A bigarray of a kind (the number of its constructor), in C's layout."""
        given = list(dimensions)
        return self._held(self._sim.sim_new_bigarray(self._live(), kind, len(given), given))

    def float32(self, number: float) -> Held:
        """A boxed float of 32 bits."""
        (bits,) = struct.unpack("=i", struct.pack("=f", number))
        return self._held(self._sim.sim_new_boxed(self._live(), len(KINDS), bits))

    def null(self) -> Held:
        """The null of OxCaml's `or_null` types."""
        return self._held(self._sim.sim_hold(self._live(), 0))

    def block(self, tag: int, fields: Iterable[Held]) -> Held:
        """A block of values; without fields, the atom of its tag."""
        numbers = self._numbers(fields)
        made = self._sim.sim_new_block(self._live(), tag, len(numbers), numbers)
        return self._held(made)

    def mixed_block(self, tag: int, fields: Iterable[Held], flat: bytes) -> Held:
        """A block of values with flat data behind them, which take whole words."""
        numbers = self._numbers(fields)
        made = self._sim.sim_new_mixed(
            self._live(), tag, len(numbers), numbers, flat, len(flat) // WORD
        )
        return self._held(made)

    def tuple_of(self, *fields: Held) -> Held:
        """A tuple or a record."""
        return self.block(0, fields)

    def array(self, elements: Iterable[Held]) -> Held:
        """An array of values, not of floats."""
        numbers = self._numbers(elements)
        return self._held(self._sim.sim_new_array(self._live(), len(numbers), numbers))

    def list_of(self, elements: Iterable[Held]) -> Held:
        """A list of OCaml's."""
        numbers = self._numbers(elements)
        return self._held(self._sim.sim_new_list(self._live(), len(numbers), numbers))

    def closure(self, function: Function, arity: int = 1, environment: Held | None = None) -> Held:
        """A function of OCaml's; CONSTANT returns its environment."""
        kept = environment or self.integer(0)
        (number,) = self._numbers([kept])
        return self._held(self._sim.sim_new_closure(self._live(), function, arity, number))

    def exception(self, name: str) -> Held:
        """An exception of the program's, without arguments."""
        return self._held(self._sim.sim_new_exception(self._live(), name.encode()))

    def register(self, name: str, held: Held) -> None:
        """Register a value under a name, as Callback.register does."""
        (number,) = self._numbers([held])
        self._sim.sim_register(self._live(), name.encode(), number)

    @contextmanager
    def local(self, local: bool = True) -> Iterator[None]:
        """Make local blocks in between; they last as long as the scope that they are made in.

        Without one they last as long as the runtime. Blocks of the heap cannot have local fields.
        """
        before = self._making_local
        self._make_local(local)
        try:
            yield
        finally:
            self._make_local(before)

    def external(self, primitive: str, *first: Held, arity: int = 1) -> Held:
        """A function of OCaml's that calls a primitive with `first`, then its own arguments."""
        address = int(self._native.ffi.cast("intptr_t", self._find(primitive)))
        return self.closure(
            Function.PRIMITIVE, arity, self.tuple_of(self.integer(address), *first)
        )

    def object_of(self, methods: Mapping[str, Held]) -> Held:
        """An object with public methods; the closures are given it as their first argument."""
        hashes = {hash_variant(name): method for name, method in methods.items()}
        table = [self.integer(len(hashes)), self.integer(0)]
        for number in sorted(hashes):
            table += [hashes[number], self.integer(number)]
        return self.block(tags.OBJECT_TAG, [self.tuple_of(*table), self.integer(0)])

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Let go, at the end, of all that was made or returned in between.

        That ends a region: what a stub has kept of its local blocks is inaccessible from then on.
        """
        count = self._sim.sim_count_held(self._live())
        region = self._sim.sim_begin_region(self._handle)
        try:
            yield
        finally:
            if not self._spent:
                self._sim.sim_let_go(self._handle, count)
                self._sim.sim_end_region(self._handle, region)

    def read(self, held: Held) -> Data:
        """A value as plain data, with everything that it leads to."""
        (number,) = self._numbers([held])
        word = self._sim.sim_held(self._live(), number)
        return Reader(self._native, self._handle).read(word)

    def field(self, held: Held, index: int) -> Held:
        """A field of a block of values."""
        block = self.read(held)
        if not isinstance(block, Block) or block.tag == tags.DOUBLE_ARRAY_TAG:
            raise ValueError("not a block of values")
        if not 0 <= index < len(block.fields):
            raise ValueError(f"not a block of values with a field {index}")
        (number,) = self._numbers([held])
        return self._held(self._sim.sim_hold_field(self._live(), number, index))

    def handle_signals(self, function: Held) -> None:
        """Let a function of OCaml's handle all signals; it is given their number."""
        (number,) = self._numbers([function])
        self._sim.sim_set_signal_handler(self._live(), number)

    # --- calling ---

    def call(
        self,
        primitive: str,
        *arguments: Held,
        **promises: Unpack[Promises],
    ) -> Outcome:
        """Call a primitive of a loaded library, with more than five arguments as bytecode does."""
        return self._call(primitive, None, arguments, promises)

    def call_native(
        self,
        primitive: str,
        *arguments: Held,
        kinds: Sequence[str] = (),
        result: str = "value",
        **promises: Unpack[Promises],
    ) -> Outcome:
        """Call a primitive as compiled code does, with all arguments in parameters of their own.

        `kinds` are the C types of the parameters where not all are values, and `result` that of
        the result: of those in `RAW`. What is raw is boxed or tagged on the OCaml side; `intnat`
        is an untagged int or, as an argument, a nativeint too.
        """
        kinds = kinds or ["value"] * len(arguments)
        if len(kinds) != len(arguments):
            raise ValueError(f"{len(kinds)} kinds for {len(arguments)} arguments")
        types = "".join(RAW[kind] for kind in (*kinds, result))
        return self._call(primitive, types, arguments, promises)

    def _call(
        self, primitive: str, types: str | None, arguments: Sequence[Held], promises: Promises
    ) -> Outcome:
        address = self._find(primitive)
        numbers = self._numbers(arguments)
        if len(numbers) > MOST_LIVE:
            raise ValueError(f"{len(numbers)} arguments: a caller's frame has {MOST_LIVE}")
        self._sim.sim_set_noalloc(self._live(), promises.get("noalloc", False))
        self._sim.sim_set_result(
            self._handle,
            promises.get("local_result", False),
            promises.get("nullable_result", False),
            promises.get("external_result", False),
        )
        if types is None:
            end = self._sim.sim_call(self._live(), address, len(numbers), numbers)
        else:
            end = self._sim.sim_call_native(
                self._live(), address, types.encode(), len(numbers), numbers
            )
        if end not in (_RETURNED, _RAISED):
            self._spent = "it has shown a fault"
            return self._fault(address)
        held = self._held(self._sim.sim_count_held(self._handle) - 1)
        return Returned(held) if end == _RETURNED else self._raised(held)

    def settle(self, blamed: str) -> Fault | None:
        """Collect once more, so that what was let go is finalised.

        What goes wrong then is said of the primitive `blamed`, where nothing better is known.
        """
        if self._sim.sim_after_call(self._live()):
            return None
        self._spent = "it has shown a fault"
        return self._fault(self._find(blamed))

    def check(self) -> Fault | None:
        """What is wrong with the heap; a fault ends the runtime, as one of a call does."""
        return self._check(self._native.ffi.NULL)

    def blocks(self) -> list[Blocks]:
        """What is in the heap, by tag, and whether it can be reached."""
        counts = self._native.ffi.new("long[256][2][2]")
        if fault := self._check(counts):
            raise HeapDamaged(fault)
        return [
            Blocks(tag, bool(reached), *counts[tag][reached])
            for tag in range(256)
            for reached in (False, True)
            if counts[tag][reached][0]
        ]

    @property
    def collections(self) -> int:
        """How many collections there were."""
        return int(self._sim.sim_count_collections(self._live()))

    @property
    def points(self) -> int:
        """How many points there were at which the stubs might have collected."""
        return int(self._sim.sim_count_points(self._live()))

    def _check(self, counts: Any) -> Fault | None:
        if self._sim.sim_check(self._live(), counts):
            return None
        self._spent = "its heap is damaged"
        return self._fault(self._native.ffi.NULL)

    @property
    def allocations(self) -> int:
        """How many allocations of the stubs' there were that might have failed."""
        return int(self._sim.sim_count_allocations(self._live()))

    @property
    def library_calls(self) -> int:
        """How many calls of C's library that may fail the last call of a primitive made."""
        return int(self._sim.sim_count_library_calls(self._live()))

    @property
    def polls(self) -> int:
        """How many times OCaml code might have run that was not called."""
        return int(self._sim.sim_count_polls(self._live()))

    def _live(self) -> Any:
        if self._spent:
            raise RuntimeSpent(f"this runtime cannot be used any more: {self._spent}")
        return self._handle

    def _make_local(self, local: bool) -> None:
        self._making_local = local
        if not self._spent:
            self._sim.sim_set_making_local(self._handle, local)

    def _held(self, number: int) -> Held:
        if number < 0:
            raise ValueError("a block of the heap cannot have local fields")
        return Held(number, self)

    def _numbers(self, values: Iterable[Held]) -> list[int]:
        values = list(values)  # which may make them
        count = self._sim.sim_count_held(self._live())
        numbers = []
        for value in values:
            if value.owner is not self or value.number >= count:
                raise ValueError("a value of another runtime, or one that was let go")
            numbers.append(value.number)
        return numbers

    def _find(self, primitive: str) -> Any:
        for library in reversed(self._stubs):
            if address := library.find(primitive):
                return address
        if address := self._native.find(primitive):
            return address
        raise StubsNotLoaded(f"no library that is loaded has the primitive '{primitive}'")

    # --- what came of it ---

    def _raised(self, held: Held) -> Raised:
        word = self._sim.sim_held(self._handle, held.number)
        self._sim.sim_set_current(self._handle)
        name = self._native.text(self._sim.sim_exception_name(word))
        data = self.read(held)
        assert isinstance(data, Block)
        # One without arguments is the exception itself, its fields a name and a number.
        arguments = tuple(data.fields[1:]) if data.tag == 0 else ()
        if not name:
            described = data.fields[0] if data.tag == 0 else data
            if isinstance(described, Block) and isinstance(described.fields[0], bytes):
                name = described.fields[0].decode("utf-8", "replace")
        return Raised(name, arguments, held)

    def _fault(self, primitive: Any) -> Fault:
        return self._explainer.explain(self._sim.sim_fault(self._handle), primitive)
