"""The gate: so many at once and no more, quiet when the service asks for it, and shut when it is shut."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.message import Message, RunNote
from batch.core.service.backoff import Window
from batch.sending.gate import Closed, Closing, Gate
from tests.simulation.clock import play_out


async def request(gate: Gate, log: list[int], seconds: float = 1.0) -> None:
    async with gate.slot():
        log.append(gate.in_flight)
        await asyncio.sleep(seconds)


@given(
    size=st.integers(1, 8),
    lengths=st.lists(st.floats(0, 10), min_size=1, max_size=30),
    narrowed=st.none() | st.integers(1, 8),
)
def test_never_more_at_once_than_the_window_and_all_come_through(
    size: int, lengths: list[float], narrowed: int | None
) -> None:
    async def run() -> list[int]:
        gate, log = Gate(Window(size, size)), list[int]()
        gate.most = narrowed
        async with asyncio.TaskGroup() as group:
            for seconds in lengths:
                group.create_task(request(gate, log, seconds))
        assert gate.in_flight == 0
        return log

    log = play_out(run())
    assert len(log) == len(lengths)
    assert max(log) <= min(size, narrowed or size)


@given(
    size=st.integers(1, 8),
    lengths=st.lists(st.floats(0.01, 1), min_size=1, max_size=40),
    ahead_s=st.sampled_from([0.0, 0.25, 1.0]),
)
def test_no_more_are_made_ready_than_are_sent_in_time_and_two_for_each_slot(
    size: int, lengths: list[float], ahead_s: float
) -> None:
    async def one(gate: Gate, seconds: float, ready: list[int]) -> None:
        async with gate.place() as place:
            most = 2 * size if not took else max(size, min(2 * size, int(size * ahead_s / min(took))))
            ready.append(ready.pop() + 1)
            assert ready[0] <= most
            await place.begin()
            assert gate.in_flight <= size
            await asyncio.sleep(seconds)
            took.append(seconds)
            gate.took(seconds)
            ready.append(ready.pop() - 1)

    took: list[float] = []

    async def run() -> Gate:
        gate, ready = Gate(Window(size, size)), [0]
        gate.ahead_s = ahead_s
        async with asyncio.TaskGroup() as group:
            for seconds in lengths:
                group.create_task(one(gate, seconds, ready))
        return gate

    gate = play_out(run())
    assert len(took) == len(lengths)
    assert gate.in_flight == 0


AHEAD = {
    "answers within 50 ms: as many as are in flight": (0.05, 8),
    "answers within 200 ms: a quarter of them": (0.2, 5),
    "answers after half a second: none": (0.5, 4),
}


@pytest.mark.parametrize(("takes_s", "placed"), AHEAD.values(), ids=AHEAD)
def test_how_many_are_made_ready_goes_by_how_long_answers_take(takes_s: float, placed: int) -> None:
    async def run() -> int:
        gate, most, now = Gate(Window(4, 4)), 0, 0
        gate.ahead_s = 0.25

        async def one() -> None:
            nonlocal most, now
            async with gate.place() as place:
                now += 1
                most = max(most, now)
                await place.begin()
                await asyncio.sleep(takes_s)
                gate.took(takes_s)
                now -= 1

        async with asyncio.TaskGroup() as group:
            for _ in range(40):
                group.create_task(one())
        return most

    assert play_out(run()) == placed


def test_a_window_that_grows_lets_more_in() -> None:
    async def run() -> int:
        gate, log = Gate(Window(32, 1)), list[int]()

        async def succeed() -> None:
            await request(gate, log)
            gate.window.succeeded()

        async with asyncio.TaskGroup() as group:
            for _ in range(20):
                group.create_task(succeed())
        return max(log)

    assert play_out(run()) > 3


def test_nothing_begins_once_it_is_closed_and_what_is_under_way_goes_on() -> None:
    async def run() -> None:
        gate, log = Gate(Window(1, 1)), list[int]()
        under_way = asyncio.ensure_future(request(gate, log))
        await asyncio.sleep(0.5)
        waits = asyncio.ensure_future(request(gate, log))
        await asyncio.sleep(0.1)
        gate.close(Closing.ASKED)
        gate.close(Closing.REPLANNED)  # what comes later does not count
        with pytest.raises(Closed):
            await waits
        with pytest.raises(Closed):
            await request(gate, log)
        await under_way
        assert (len(log), gate.closed_because) == (1, Closing.ASKED)

    play_out(run())


PAUSES = {"for oneself": (False, 0.0), "for everyone": (True, 20.0)}


@pytest.mark.parametrize(("everyone", "begins_at"), PAUSES.values(), ids=PAUSES)
def test_a_pause_holds_the_others_back_only_where_the_service_asked_for_it(
    everyone: bool, begins_at: float
) -> None:
    async def run() -> float:
        gate = Gate(Window(4, 4))
        pause = asyncio.ensure_future(gate.pause(20, everyone=everyone))
        await asyncio.sleep(0)
        async with gate.slot():
            began = asyncio.get_running_loop().time()
        await pause
        return began

    assert play_out(run()) == begins_at


def test_the_longest_of_two_pauses_for_everyone_counts() -> None:
    async def run() -> float:
        gate = Gate(Window(4, 4))
        pauses = [asyncio.ensure_future(gate.pause(seconds, everyone=True)) for seconds in (5, 9)]
        await asyncio.sleep(0)
        async with gate.slot():
            began = asyncio.get_running_loop().time()
        await asyncio.gather(*pauses)
        return began

    assert play_out(run()) == 9


def test_a_pause_ends_when_the_gate_is_closed() -> None:
    async def run() -> float:
        gate = Gate(Window())
        asyncio.get_running_loop().call_later(3, gate.close, Closing.ASKED)
        await gate.pause(300)
        return asyncio.get_running_loop().time()

    assert play_out(run()) == 3


def test_a_task_that_is_cancelled_while_it_waits_takes_nobody_s_turn() -> None:
    async def run() -> int:
        gate, log = Gate(Window(1, 1)), list[int]()
        tasks = [asyncio.ensure_future(request(gate, log)) for _ in range(4)]
        await asyncio.sleep(0.5)
        tasks[1].cancel()
        await asyncio.wait(tasks)
        return len(log)

    assert play_out(run()) == 3


def test_held_by_the_person_nothing_begins_until_released_and_closing_still_ends_it() -> None:
    async def run() -> tuple[float, Message | None, Closing | None]:
        gate, log = Gate(Window(2, 2)), list[int]()
        gate.hold()
        waits = [asyncio.ensure_future(request(gate, log)) for _ in range(3)]
        await asyncio.sleep(7)
        assert not log
        paused = gate.pace.waits_for
        gate.release()
        await asyncio.gather(*waits)
        gate.hold()
        late = asyncio.ensure_future(request(gate, log))
        await asyncio.sleep(1)
        gate.close(Closing.ASKED)
        with pytest.raises(Closed):
            await late
        return asyncio.get_running_loop().time(), paused, gate.closed_because

    assert play_out(run()) == (10, Message(RunNote.PAUSED), Closing.ASKED)


def test_a_task_that_is_cancelled_when_its_turn_has_come_passes_the_turn_on() -> None:
    async def run() -> int:
        gate, log = Gate(Window(1, 1)), list[int]()
        async with gate.slot():
            second, third = (asyncio.ensure_future(request(gate, log)) for _ in range(2))
            await asyncio.sleep(1)
        second.cancel()  # woken by the end of the first, and not yet gone on
        await asyncio.wait([second, third])
        return len(log)

    assert play_out(run()) == 1
