"""Where work is done: in this process or in several; the order of results is that of the work."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

T = TypeVar("T")
R = TypeVar("R")


class Executor(Protocol):
    """Applies a function to items. Function, items and results may have to travel: picklable."""

    def map(self, function: Callable[[T], R], items: Sequence[T]) -> Iterable[R]: ...


class InProcess:
    """Does everything here, one after the other."""

    def map(self, function: Callable[[T], R], items: Sequence[T]) -> Iterable[R]:
        return map(function, items)


class LocalPool:
    """Several processes on this machine, started when there is work for them."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None

    def map(self, function: Callable[[T], R], items: Sequence[T]) -> Iterable[R]:
        if self._jobs == 1 or len(items) < 2:
            return map(function, items)
        return self._start().map(function, items)

    def _start(self) -> ProcessPoolExecutor:
        if self._pool is None:
            import multiprocessing
            from concurrent.futures import ProcessPoolExecutor

            # We have no threads, so a fork is safe, and it has everything imported already.
            method = "fork" if sys.platform == "linux" else None
            context = multiprocessing.get_context(method)
            self._pool = ProcessPoolExecutor(self._jobs, context)
        return self._pool

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


def default_jobs() -> int:
    """As many as we may use processors."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Progress:
    """A line on a terminal's standard error, once there is something to wait for."""

    PATIENCE = 1.0
    WIDTH = 30

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._shown = sys.stderr.isatty()

    def over(self, items: Iterable[T], total: int) -> Iterator[T]:
        """The items, as they come."""
        if not self._shown:
            yield from items
            return
        import time

        started = time.monotonic()
        drawn = False
        for done, item in enumerate(items, 1):
            yield item
            if drawn or time.monotonic() - started > self.PATIENCE:
                bar = "#" * (self.WIDTH * done // total)
                told = f"\r[{bar:<{self.WIDTH}}] {done} of {total} {self._noun}"
                print(told, end="", file=sys.stderr, flush=True)
                drawn = True
        if drawn:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
