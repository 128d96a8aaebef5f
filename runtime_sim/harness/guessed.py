"""Primitives tried whose types are guessed: alone at first, then after others that are good."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from runtime_sim.harness.generate import Generator
from runtime_sim.harness.process import Server
from runtime_sim.harness.sequences import Sequences
from runtime_sim.harness.signatures import Signature, Surroundings
from runtime_sim.harness.trials import Trial, try_programs
from runtime_sim.model.representation import Shapes


def try_guessed(
    server: Server,
    shapes: Shapes,
    known: Sequence[Signature],
    asked: Sequence[Signature],
    around: Surroundings,
    count: int,
    chosen: int,
) -> list[Trial]:
    """Make up to `count` calls of each primitive that is asked for; `known` are all there are.

    Half of them come after calls of other primitives, of those alone that nothing is wrong with:
    nobody else's mistakes are looked for. Half of these, in turn, are made with nothing
    registered that is looked up by name.
    """
    plain = Generator(shapes, known)
    ways = [plain, Generator(shapes, known, around.makers)] if around.makers else [plain]
    found: list[tuple[Signature, Trial, Sequences]] = []
    for signature in asked:
        for generator in ways:
            trial = Trial(signature.name, is_guessed=True)
            sequences = Sequences(generator, around)
            make = partial(sequences.programs, signature)
            try_programs(server, trial, make, max(1, count // 2), chosen)
            if not trial.unrunnable:
                break
        found.append((signature, trial, sequences))
    good = [signature for signature, trial, _ in found if trial.calls and not trial.wrongs]
    for signature, trial, sequences in found:
        if trial.unrunnable:
            continue
        for registered in (True, False):
            make = partial(sequences.programs, signature, good, registered=registered)
            try_programs(server, trial, make, max(1, count // 4), chosen)
    return [trial for _, trial, _ in found]
