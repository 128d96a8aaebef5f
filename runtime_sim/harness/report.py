"""What a worker says of a call, as JSON."""

from __future__ import annotations

from typing import Any

from runtime_sim.harness.evaluate import Evaluated
from runtime_sim.outcome import Fault, Place, Raised, Returned
from runtime_sim.values import Block, Boxed, Data, Opaque

RETURNED, RAISED, FAULT, VACUOUS = "returned", "raised", "fault", "vacuous"
BESIDES = ("collections", "library_calls", "changed")
"""What a worker's answer has besides what came of a call."""
AFTER_FAULT, FAILED = 3, 4
"""What a worker exits with: after a fault that it has told of, and for a failure of ours."""

_DEEPEST = 12
_LONGEST = 1000


def describe(done: Evaluated) -> dict[str, Any]:
    """What a call came to; of a call that was not made, why not."""
    match done.outcome:
        case Fault() as fault:
            return {"outcome": FAULT, "primitive": done.primitive, "fault": _fault(fault)}
        case _ if done.vacuous:
            return {"outcome": VACUOUS, "why": done.vacuous}
        case Raised(name, arguments):
            told = [describe_data(argument) for argument in arguments]
            return {"outcome": RAISED, "exception": name, "arguments": told}
        case Returned():
            result = None if done.result is None else describe_data(done.result)
            answer = {"outcome": RETURNED, "result": result}
            changed = {str(n): describe_data(each) for n, each in done.changed.items()}
            return {**answer, "changed": changed} if changed else answer
    raise AssertionError(done)


def describe_data(data: Data, depth: int = 0) -> Any:
    """A value as JSON: an integer as itself, everything else by what it is.

    What is too deep or too long is None.
    """
    match data:
        case None:
            return {"null": True}
        case bool() | int():
            return data
        case float():
            return {"float": data.hex()}
        case bytes():
            return {"text": data[:_LONGEST].decode("latin-1"), "length": len(data)}
        case Boxed(kind, number):
            return {kind: number}
        case Opaque(tag, size, name):
            return {"tag": tag, "size": size, "name": name}
        case Block(tag, fields):
            if depth == _DEEPEST or len(fields) > _LONGEST:
                return None
            return {"tag": tag, "fields": [describe_data(each, depth + 1) for each in fields]}


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "rule": fault.rule,
        "message": fault.message,
        "site": _place(fault.site),
        "calls": list(map(_place, fault.calls)),
        "made_by": fault.made_by,
        "made_at": _place(fault.made_at),
        "moved_by": fault.moved_by,
        "moved_at": _place(fault.moved_at),
        "collection": fault.collection,
        "held_by": fault.held_by,
        "failed": fault.failed,
        "failed_at": _place(fault.failed_at),
    }


def _place(place: Place | None) -> list[Any] | None:
    return None if place is None else list(place)
