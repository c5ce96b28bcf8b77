"""The account's own classes, as the service lists them: what reconcile, audit and planning look at."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC
from typing import Protocol

from batch.core.service.lookup import Seen
from batch.journal.recorder import Recorder
from batch.wiziq.replies import ListedClass

#: In progress counts as upcoming; a class that is over does not.
UPCOMING: Mapping[str, str] = {"status": "upcoming"}

#: Listed classes are put into the journal's list so many at a time.
_BLOCK = 500

_GONE = frozenset({"cancelled", "deleted"})


class ListsClasses(Protocol):
    """What is needed of the service here; see `batch.wiziq.client`."""

    def list_classes(self, filters: Mapping[str, str]) -> AsyncIterator[ListedClass]: ...


async def classes_seen(api: ListsClasses, filters: Mapping[str, str]) -> AsyncIterator[Seen]:
    """Every class that the account lists and nobody cancelled.

    Raises:
        ListingFailed: the list is not complete; what came before is true, but not all.
    """
    async for listed in api.list_classes(filters):
        if listed.status.casefold() not in _GONE:
            yield _seen(listed)


async def note_classes(api: ListsClasses, recorder: Recorder) -> None:
    """Note every upcoming class in the journal's list.

    Raises:
        ListingFailed: as above; the list in the journal is then not to be used.
    """
    await recorder.call(recorder.journal.listed.begin)
    block: list[Seen] = []
    async for seen in classes_seen(api, UPCOMING):
        block.append(seen)
        if len(block) >= _BLOCK:
            await recorder.call(recorder.journal.listed.note, block)
            block = []
    await recorder.call(recorder.journal.listed.note, block)


def _seen(listed: ListedClass) -> Seen:
    return Seen(
        class_id=listed.class_id,
        title=listed.title,
        presenter=listed.presenter_email or listed.presenter_id,
        starts=int(listed.start.timestamp()) if listed.start else None,
        local_starts=int(listed.local_start.replace(tzinfo=UTC).timestamp()) if listed.local_start else None,
        minutes=listed.minutes,
    )
