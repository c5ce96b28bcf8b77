"""Runs a coroutine on the quickest event loop that is installed, and lets signals end it cleanly."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def run_async(command: Coroutine[Any, Any, T]) -> T:
    try:
        import uvloop  # noqa: PLC0415 - for CPython only
    except ImportError:
        return asyncio.run(command)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(command)


@contextmanager
def drained_by_signals(drain: Callable[[], None]) -> Iterator[None]:
    """A first SIGTERM or SIGINT calls `drain`, which comes to a clean end; a second one leaves at once."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()

    def leave() -> None:
        if task is not None:
            task.cancel("a second signal")

    def first() -> None:
        for each in _SIGNALS:
            loop.add_signal_handler(each, leave)
        drain()

    for each in _SIGNALS:
        loop.add_signal_handler(each, first)
    try:
        yield
    finally:
        for each in _SIGNALS:
            loop.remove_signal_handler(each)
