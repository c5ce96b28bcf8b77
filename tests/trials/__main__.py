"""Large numbers of trials, and their tables: `python -m tests.trials --trials 25 --kills 50`."""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial

import click

from tests.support.postgres import running
from tests.trials.bent import SITUATIONS, every, summed
from tests.trials.bent import broken as broken_of
from tests.trials.bent_lists import BENT_LISTS
from tests.trials.invariants import Verdict
from tests.trials.kills import RUN, killed_any_time, killed_at, killed_in_recovery
from tests.trials.kills_of_operations import AT, killed_while
from tests.trials.matrix import CASES
from tests.trials.operations import ACTIONS, COMMANDS, FAULTS, tried
from tests.trials.running import journals_in
from tests.trials.trial import Line, trials
from tests.trials.two_computers import in_turn
from tests.trials.workers import shared


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.trials", description=__doc__)
    parser.add_argument("--trials", type=int, default=1, help="of each fault")
    parser.add_argument("--kills", type=int, default=0, help="kill -9, of each kind")
    parser.add_argument(
        "--operations", type=int, default=0, help="of each fault, in each thing done to classes"
    )
    parser.add_argument("--computers", type=int, default=0, help="of two that sync one file")
    parser.add_argument("--bent", action="store_true", help="every bent list, in every situation")
    parser.add_argument("--rows", type=int, default=10, help="of each trial")
    parser.add_argument("--only", default="", help="faults and kills whose name contains this")
    parser.add_argument("--postgres", action="store_true", help="with the journals in a PostgreSQL")
    parser.add_argument(
        "--workers",
        type=int,
        default=0,
        help="so many kills, and so many stops, of two workers that share 40 files",
    )
    arguments = parser.parse_args()
    with ExitStack() as stack:
        if arguments.workers:
            result = asyncio.run(
                shared(
                    stack.enter_context(running()),
                    accounts=20,
                    files=2,
                    rows=4 * arguments.rows,
                    kills=arguments.workers,
                    zombies=arguments.workers,
                )
            )
            click.echo(f"{result}\n")
            for each in result.broken:
                click.echo(each, err=True)
            return bool(result.broken)
        if arguments.postgres:
            stack.enter_context(journals_in(stack.enter_context(running())))
        return _tried(arguments)


def _tried(arguments: argparse.Namespace) -> int:
    broken: list[str] = []
    if arguments.trials:
        cases = [case for case in CASES if arguments.only in case.name]
        began = time.monotonic()
        table = asyncio.run(trials(cases, arguments.trials, rows=arguments.rows, here=10))
        numbers = {case.name: str(case.number) for case in cases}
        broken += _show(table, numbers, time.monotonic() - began)
    if arguments.kills:
        began = time.monotonic()
        table = asyncio.run(_kills(arguments.kills, arguments.only))
        broken += _show(table, {}, time.monotonic() - began)
    if arguments.operations:
        began = time.monotonic()
        table = asyncio.run(_operations(arguments.operations, arguments.only))
        broken += _show(table, dict.fromkeys(table, "1-30"), time.monotonic() - began)
    if arguments.computers:
        began = time.monotonic()
        kinds = {"two computers": in_turn}
        table = asyncio.run(_each(kinds, arguments.computers))
        broken += _show(table, {}, time.monotonic() - began)
    if arguments.bent:
        broken += asyncio.run(_bent(arguments.only))
    for each in broken[:40]:
        click.echo(each, err=True)
    return bool(broken)


async def _bent(only: str) -> Sequence[str]:
    """Print what came of every bent list in every situation, in Markdown; return what was broken."""
    click.echo(
        "| situation | lists | rows | duplicated | let through | wrong | there | unknown or held | stopped"
        " | settled by rule |"
    )
    click.echo("| --- " + "| ---: " * 9 + "|")
    found: list[str] = []
    lists = {name: bent for name, bent in BENT_LISTS.items() if only in name}
    for situation in SITUATIONS:
        table = await every(situation, lists, at_once=4)
        whole = summed(table)
        by_rule = [each for name, each in table.items() if lists[name].by_rule]
        settled = sum(not each.open and not each.broken for each in by_rule)
        ended = (whole.there, whole.open, whole.stopped)
        figures = (len(table), whole.rows, whole.duplicated, whole.let_through, whole.wrong, *ended)
        click.echo(f"| {situation} | {' | '.join(map(str, figures))} | {settled} of {len(by_rule)} |")
        found += broken_of([table])
    return found


async def _operations(count: int, only: str) -> dict[str, Line]:
    """So many trials of each fault in each thing that is done to classes."""
    return {
        each.name: await tried(each, [case for case in FAULTS if only in case.name], count)
        for each in ACTIONS
    }


async def _kills(count: int, only: str) -> dict[str, Line]:
    """So many kills of each kind."""
    kinds: dict[str, Callable[[int], Awaitable[Verdict]]] = {
        **{f"kill -9: {point}": partial(killed_at, point) for point in RUN},
        "kill -9: three times during recovery": killed_in_recovery,
        "kill -9: at any moment of 200 rows": killed_any_time,
        **{
            f"kill -9 of {command}: {point}": partial(killed_while, command, point)
            for command in COMMANDS
            for point in AT
        },
    }
    return await _each({name: kill for name, kill in kinds.items() if only in name}, count)


async def _each(kinds: Mapping[str, Callable[[int], Awaitable[Verdict]]], count: int) -> dict[str, Line]:
    """So many of each, four at a time."""
    table = {name: Line() for name in kinds}
    room = asyncio.Semaphore(4)

    async def one(name: str, seed: int) -> None:
        async with room:
            began = time.monotonic()
            verdict = await kinds[name](seed)
        line = table[name]
        line.trials += 1
        line.seconds += time.monotonic() - began
        verdict.broken = [f"{name}, seed {seed}: {each}" for each in verdict.broken]
        line.again.add(verdict)
        line.first.rows += verdict.rows

    async with asyncio.TaskGroup() as group:
        for seed in range(count):
            for name in kinds:
                group.create_task(one(name, seed))
    return table


def _show(table: Mapping[str, Line], numbers: Mapping[str, str], seconds: float) -> Sequence[str]:
    """Print a table in Markdown; return everything that was broken."""
    click.echo("| row | fault | trials | rows | lost | duplicated | wrong | unknown | left | s per trial |")
    click.echo("| ---: | --- " + "| ---: " * 8 + "|")
    whole = Line()
    for name, line in table.items():
        click.echo(f"| {numbers.get(name, '33')} | {_line(name, line)} |")
        whole.trials += line.trials
        whole.seconds += line.seconds
        whole.first.add(line.first)
        whole.again.add(line.again)
    click.echo(f"| | {_line('**all**', whole)} |")
    click.echo(f"\n{len(table)} faults, {seconds:.0f} s\n")
    return whole.broken


def _line(name: str, line: Line) -> str:
    both = (line.first, line.again)
    lost, duplicated, wrong = (
        sum(getattr(verdict, kind) for verdict in both) for kind in ("lost", "duplicated", "wrong")
    )
    figures = (line.trials, line.first.rows, lost, duplicated, wrong, line.first.unknown, line.first.left)
    per_trial = f"{line.seconds / max(line.trials, 1):.1f}"
    return " | ".join((name, *map(str, figures), per_trial))


if __name__ == "__main__":
    sys.exit(main())
