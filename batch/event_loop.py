"""Runs a coroutine on the quickest event loop that is installed, and lets signals end it cleanly.

Asyncio is imported when it is run: a command that asks the service nothing starts without it.
"""

import gc
import signal
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")

#: So many objects more than were freed, before those that hold each other are looked for: what a request or a row makes
#: is freed with it, and looking after each 700 takes a twentieth of a run, and of a start.
_OBJECTS_PER_SEARCH = 100_000
#: After so long the first request has left.
_FIRST_REQUEST_LEFT_S = 0.02
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def search_garbage_seldom() -> None:
    """For all of this process: what holds each other is looked for once in a while."""
    _, *later = gc.get_threshold()
    gc.set_threshold(_OBJECTS_PER_SEARCH, *later)


def leave_garbage_to_the_end() -> None:
    """For a process about to end: what it made goes with it, and is not gone through once more."""
    gc.freeze()


def run_async(command: Coroutine[Any, Any, T]) -> T:
    """What it returns.

    Raises:
        KeyboardInterrupt: it was cancelled, as a second signal does.
    """
    import asyncio  # noqa: PLC0415 - see the module's docstring

    search_garbage_seldom()
    try:
        import uvloop  # noqa: PLC0415 - for CPython only

        new_loop = uvloop.new_event_loop
    except ImportError:
        new_loop = None
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(command)
    except asyncio.CancelledError as error:
        raise KeyboardInterrupt from error


def meanwhile(prepare: Callable[[], object]) -> None:
    """Prepare what is needed at the end a moment from now, while the first answer is on its way.

    By the event loop, not by another thread: two that import at once may wait for each other.
    """
    import asyncio  # noqa: PLC0415 - see the module's docstring

    asyncio.get_running_loop().call_later(_FIRST_REQUEST_LEFT_S, prepare)


@contextmanager
def drained_by_signals(drain: Callable[[], None]) -> Iterator[None]:
    """A first SIGTERM or SIGINT calls `drain`, which comes to a clean end; a second one leaves at once."""
    import asyncio  # noqa: PLC0415 - see the module's docstring

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


@contextmanager
def drained_in_time(drain: Callable[[], None], seconds: float) -> Iterator[None]:
    """Calls `drain` after so many seconds: nothing more begins."""
    import asyncio  # noqa: PLC0415 - see the module's docstring

    timer = asyncio.get_running_loop().call_later(seconds, drain)
    try:
        yield
    finally:
        timer.cancel()
