"""Classes by what they carry: see `batch.core.service.stamps`."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress

from batch.core.service.attempt import AttemptKind
from batch.core.service.listed import Seen
from batch.core.service.stamps import MOST_ASKED, MOST_PROOFS, PARAMETER, stamp_of
from batch.journal.recorder import Recorder
from batch.wiziq.errors import WiziqError


class StampedClasses:
    """The classes of one account that carry the name of this journal."""

    def __init__(
        self, listed: Callable[[Mapping[str, str]], AsyncIterator[Seen]], *, recorder: Recorder
    ) -> None:
        """`listed`: classes that nobody cancelled, by a filter."""
        self._listed = listed
        self._recorder = recorder

    async def find(self, fingerprints: Sequence[str], now: float) -> Mapping[str, str]:
        """By fingerprint: the one class that carries it, where no row stands for that class.

        Nothing where this account does not find classes so, or cannot be asked.
        """
        found: dict[str, str] = {}
        with suppress(WiziqError):
            journal = await self._recorder.call(self._recorder.journal.account.stamp)
            if not await self._are_found(journal, now):
                return {}
            is_ours = self._recorder.journal.listed.is_ours
            for each in fingerprints[:MOST_ASKED]:
                class_ids = await self._carrying(stamp_of(journal, each))
                if len(class_ids) == 1 and not await self._recorder.call(is_ours, *class_ids):
                    (found[each],) = class_ids
        times = Counter(found.values())
        return {each: class_id for each, class_id in found.items() if times[class_id] == 1}

    async def _are_found(self, journal: str, now: float) -> bool:
        """Whether a class that is known to be there is found by what it carries, alone, and none by what none carries."""
        sending = self._recorder.journal.sending
        witnesses = await self._recorder.call(self._recorder.journal.sightings.witnesses, now)
        sent = [each for each in witnesses if each.is_confirmed and each.kind is AttemptKind.SENT]
        proved = False
        for each in sent[-MOST_PROOFS:]:
            row = await self._recorder.call(sending.row_of_class, each.class_id)
            if row is not None and row.fingerprint is not None:
                class_ids = await self._carrying(stamp_of(journal, row.fingerprint))
                if class_ids - {each.class_id}:
                    return False
                proved = proved or bool(class_ids)
        return proved and not await self._carrying(stamp_of(journal, ""))

    async def _carrying(self, stamp: str) -> set[str]:
        return {each.class_id async for each in self._listed({PARAMETER: stamp})}
