"""What everybody writes first: send, and when anything goes wrong, send again. The negative control.

It asks through the same client, so that nothing but the judgement differs.
"""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass

from batch.wiziq.client import Credentials, WiziqClient, open_session
from batch.wiziq.errors import WiziqError
from tests.trials.case import KEYS, Case
from tests.trials.invariants import ledger
from tests.trials.running import play, scene_of
from tests.trials.timetable import Lesson

_TRIES = 3


@dataclass(slots=True)
class Damage:
    """What the loop did to a file."""

    rows: int = 0
    duplicated: int = 0
    wrong: int = 0  #: called failed, though there is a class


async def naive(case: Case, *, rows: int = 4, timeout_s: float = 1.0) -> Damage:
    """Send every row of a case's timetable with a plain retry loop."""
    async with scene_of(case, case.name, rows) as scene:
        play(scene, case.faults(scene))
        async with (
            case.door(scene) if case.door else nullcontext(scene.sandbox.url) as base_url,
            open_session(connections=rows) as session,
        ):
            client = WiziqClient(
                session,
                base_url=base_url,
                credentials=Credentials(KEYS.access_key, KEYS.secret_key),
                timeout_s=timeout_s,
            )
            succeeded = await asyncio.gather(*(_send(client, lesson) for lesson in scene.lessons))
        await asyncio.gather(*scene.sandbox._late)  # classes that appear after their answer was lost
        made = ledger(scene)
        damage = Damage(rows=rows)
        for lesson, success in zip(scene.lessons, succeeded, strict=True):
            classes = made.get(lesson.key, [])
            damage.duplicated += max(len(classes) - 1, 0)
            damage.wrong += bool(classes) is not success
        return damage


async def _send(client: WiziqClient, lesson: Lesson) -> bool:
    """Whether it says that the class is scheduled."""
    parameters = {
        "title": lesson.title,
        "start_time": f"{lesson.start:%m/%d/%Y %H:%M:%S}",
        "time_zone": "Etc/UTC",
        "presenter_email": lesson.teacher,
        "duration": str(lesson.minutes),
    }
    for _ in range(_TRIES):
        try:
            await client.create(parameters)
        except WiziqError:
            continue
        return True
    return False
