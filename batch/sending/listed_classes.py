"""Classes as the service lists them: what is asked for, and how one is seen beside the rows."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC
from typing import Protocol

from batch.core.service.listed import Seen
from batch.time_zones import zone_named
from batch.wiziq.replies import ListedClass

#: In progress counts as upcoming; a class that is over does not.
UPCOMING: Mapping[str, str] = {"status": "upcoming"}
#: 4 is the number that the service's own pages have for it.
CANCELLED = frozenset({"cancelled", "deleted", "4"})


class ListsClasses(Protocol):
    """What is needed of the service here; see `batch.wiziq.client`."""

    def list_classes(
        self, filters: Mapping[str, str], *, page_size: int = ...
    ) -> AsyncIterator[ListedClass]: ...


class ListsAccount(ListsClasses, Protocol):
    """The same, and whose the classes are."""

    async def teachers(self) -> Mapping[str, str]: ...


async def classes_seen(api: ListsClasses, filters: Mapping[str, str]) -> AsyncIterator[Seen]:
    """Every class that the account lists and nobody cancelled.

    Raises:
        ListingFailed: the list is not complete; what came before is true, but not all.
    """
    async for listed in api.list_classes(filters):
        if listed.status.casefold() not in CANCELLED:
            yield seen_of(listed)


def seen_of(listed: ListedClass) -> Seen:
    """A listed class as it is compared."""
    return Seen(
        class_id=listed.class_id,
        title=listed.title,
        presenter=listed.presenter_email or listed.presenter_id,
        starts=int(listed.start.timestamp()) if listed.start else None,
        local_starts=int(listed.local_start.replace(tzinfo=UTC).timestamp()) if listed.local_start else None,
        minutes=listed.minutes,
        start_text=listed.start_text,
        zone=zone_named(listed.time_zone or ""),
        length_text=listed.duration_text,
        status=listed.status,
        others=listed.others,
    )
