"""A harness that cannot see the fault proves nothing: the naive loop must be seen to fail."""

import asyncio

from tests.trials.case import Case
from tests.trials.matrix import CASES
from tests.trials.naive import Damage, naive


async def test_the_matrix_sees_that_a_plain_retry_loop_duplicates() -> None:
    cases = [case for case in CASES if case.response]
    room = asyncio.Semaphore(4)  # with more at once, this machine's own slowness would lose answers

    async def one(case: Case) -> Damage:
        async with room:
            return await naive(case)

    damage = await asyncio.gather(*map(one, cases))
    doubling = [case.name for case, done in zip(cases, damage, strict=True) if done.duplicated]
    assert len(doubling) >= 20, doubling  # docs/how-tested.md says so, and of 36
    assert len(cases) == 36
    # Where the class was made and the answer lost, it is every row but the first, which is spared.
    lost = dict(zip((case.name for case in cases), damage, strict=True))["reset-after-create"]
    assert lost.duplicated >= lost.rows - 1
