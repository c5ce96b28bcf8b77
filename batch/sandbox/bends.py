"""Lists that differ from what was sent: the ways in which get_data of some account may show its classes.

Nobody knows how the live list is written. Each way here was thinkable, cost a careless
client duplicates, and may be combined with the others: `SandboxSettings.bends`.
"""

import html
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from batch.core.quick_dataclass import dataclass
from batch.sandbox.dates import local, us_12_hour

if TYPE_CHECKING:  # these two know the settings, which know this module
    from batch.sandbox.classes import ScheduledClass

#: (text as it would stand in the list, the class, the bend's number) -> text; None: not told.
Rewrite = Callable[[str | None, "ScheduledClass", int], str | None]
#: (the classes asked for, the time now, number) -> those that are shown, in that order.
Shows = Callable[[Sequence["ScheduledClass"], float, int], Sequence["ScheduledClass"]]
#: (page, page_size, number, how many there are) -> the first and the last but one position shown.
Window = Callable[[int, int, int, int], tuple[int, int]]
#: (status as it is, how old the class is in seconds, number) -> status as told and filtered by.
Standing = Callable[[str, float, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way in which a list may be bent."""

    group: str  #: for whoever reads the help
    means: str  #: N stands for the number
    number: int = 0  #: N where none is given; 0: it takes none
    columns: Mapping[str, Rewrite] = field(default_factory=dict)
    shows: Shows | None = None
    window: Window | None = None
    standing: Standing | None = None
    filters: str = "heeded"  #: or `ignored`, `show nothing`
    finds_ids: bool = True  #: whether a class is found by its class_id
    shortens_pages: bool = False  #: to N classes, before `window` has its say


@dataclass(frozen=True, slots=True)
class Bend:
    """A kind, with its number."""

    name: str
    number: int

    @property
    def kind(self) -> Kind:
        return BENDS[self.name]


def bend(text: str) -> Bend:
    """The bend that KIND or KIND:N spells.

    Raises:
        ValueError: with a sentence that says what is wrong with the text.
    """
    name, colon, number = text.strip().partition(":")
    kind = BENDS.get(name)
    if kind is None:
        raise ValueError(f"There is no list {name!r}. Choose one of: {', '.join(BENDS)}.")
    if not colon:
        return Bend(name, kind.number)
    if not kind.number or not (number.isascii() and number.isdecimal() and 0 < int(number) < 10**6):
        wants = "a number from 1, as in " if kind.number else "no number: "
        raise ValueError(f"{text!r}: {name} takes {wants}{name}{f':{kind.number}' if kind.number else ''}.")
    return Bend(name, int(number))


def bends(texts: Iterable[str]) -> tuple[Bend, ...]:
    """Several, in the order in which they apply."""
    return tuple(bend(text) for text in texts)


def _title(change: Callable[[str], str]) -> Mapping[str, Rewrite]:
    return {"title": lambda text, _each, _n: change(text or "")}


def _cut(mark: str) -> Mapping[str, Rewrite]:
    def cut(text: str | None, _: "ScheduledClass", most: int) -> str:
        whole = text or ""
        return whole if len(whole) <= most else whole[: most - len(mark)] + mark

    return {"title": cut}


def _unaccented(title: str) -> str:
    return unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()


def _start(write: Callable[[datetime], str], zone: str | None = None) -> Mapping[str, Rewrite]:
    """The start on the clock of `zone`, or on the class's own."""
    return {
        "start_time": lambda _text, each, _n: write(local(each.booking.start, zone or each.booking.time_zone))
    }


def _rewritten(name: str, value: Callable[["ScheduledClass"], str | None]) -> Mapping[str, Rewrite]:
    return {name: lambda _text, each, _n: value(each)}


def _untold(*names: str) -> Mapping[str, Rewrite]:
    return {name: lambda *_: None for name in names}


def _winter(when: datetime) -> str:
    """By a service that does not know of daylight saving."""
    return us_12_hour(when - (when.dst() or timedelta()))


def _minutes(write: Callable[[int], object]) -> Mapping[str, Rewrite]:
    return _rewritten("duration", lambda each: str(write(each.booking.minutes)))


def _presenter(change: Callable[[str], str]) -> Mapping[str, Rewrite]:
    """Who presents, in the one column for it that is known to exist."""
    return _rewritten("presenter_id", lambda each: change(each.booking.presenter))


def _alias(presenter: str) -> str:
    name, _, host = presenter.partition("@")
    return f"{name}.teacher@mail.{host}" if host else f"{name}-alias"


def _shuffled(classes: Sequence["ScheduledClass"], now: float, _: int) -> Sequence["ScheduledClass"]:
    shuffled = list(classes)
    random.Random(now).shuffle(shuffled)  # noqa: S311 - an order, no secret
    return shuffled


def _columns(group: str, kinds: Mapping[str, tuple[str, Mapping[str, Rewrite]]]) -> dict[str, Kind]:
    return {name: Kind(group=group, means=means, columns=columns) for name, (means, columns) in kinds.items()}


_UNDERSTOOD_NUMBERS = {"upcoming": "0", "completed": "2", "expired": "3", "cancelled": "4"}

BENDS: Mapping[str, Kind] = {
    **_columns(
        "Titles",
        {
            "title-escaped": ("written in HTML: & is &amp;", _title(html.escape)),
            "title-escaped-twice": ("& is &amp;amp;", _title(lambda text: html.escape(html.escape(text)))),
            "title-numeric": (
                "letters beyond ASCII as &#233;",
                _title(lambda text: text.encode("ascii", "xmlcharrefreplace").decode()),
            ),
            "title-tags": ("without what looks like a tag", _title(lambda text: re.sub("<[^>]*>", "", text))),
            "title-upper": ("in capitals", _title(str.upper)),
            "title-lower": ("in small letters", _title(str.lower)),
            "title-ascii": (
                "letters beyond ASCII left out",
                _title(lambda text: text.encode("ascii", "ignore").decode()),
            ),
            "title-question": (
                "? for letters beyond ASCII",
                _title(lambda text: text.encode("ascii", "replace").decode()),
            ),
            "title-unaccented": ("letters without their accents", _title(_unaccented)),
            "title-mojibake": (
                "UTF-8 that was read as Latin-1",
                _title(lambda text: text.encode().decode("latin-1")),
            ),
            "title-nfkc": (
                "in Unicode's form NFKC",
                _title(lambda text: unicodedata.normalize("NFKC", text)),
            ),
            "title-nfd": ("in Unicode's form NFD", _title(lambda text: unicodedata.normalize("NFD", text))),
            "title-spaces": ("white space folded", _title(lambda text: " ".join(text.split()))),
            "title-no-break": ("no-break spaces", _title(lambda text: text.replace(" ", "\u00a0"))),
            "title-letters": (
                "without punctuation",
                _title(lambda text: "".join(each for each in text if each.isalnum() or each == " ")),
            ),
            "title-before": ("with words before it", _title(lambda text: f"Live class: {text}")),
            "title-behind": ("with words behind it", _title(lambda text: f"{text} (virtual)")),
            "title-untold": ("not told", _untold("title")),
        },
    ),
    "title-cut": Kind(group="Titles", means="cut at N characters", number=70, columns=_cut("")),
    "title-dots": Kind(group="Titles", means="cut at N characters, with ...", number=70, columns=_cut("...")),
    **_columns(
        "Starts",
        {
            "start-utc": ("in UTC, beside the class's own zone", _start(us_12_hour, "UTC")),
            "start-elsewhere": (
                "in New York's time, beside the class's own zone",
                _start(us_12_hour, "America/New_York"),
            ),
            "start-winter": ("without daylight saving", _start(_winter)),
            "start-day-first": (
                "13/12/2030 01:30:00 PM",
                _start(lambda when: f"{when:%d/%m/%Y} {us_12_hour(when)[11:]}"),
            ),
            "start-no-half": (
                "12/13/2030 01:30:00, without AM or PM",
                _start(lambda when: us_12_hour(when)[:-3]),
            ),
            "start-day-first-no-half": (
                "13/12/2030 01:30:00, without AM or PM",
                _start(lambda when: f"{when:%d/%m/%Y} {us_12_hour(when)[11:-3]}"),
            ),
            "start-24-hour": ("12/13/2030 13:30:00", _start(lambda when: f"{when:%m/%d/%Y %H:%M:%S}")),
            "start-day-first-24": ("13/12/2030 13:30:00", _start(lambda when: f"{when:%d/%m/%Y %H:%M:%S}")),
            "start-iso": ("2030-12-13T13:30:00", _start(lambda when: f"{when:%Y-%m-%dT%H:%M:%S}")),
            "start-iso-utc": (
                "2030-12-13T12:30:00Z",
                _start(lambda when: f"{when:%Y-%m-%dT%H:%M:%SZ}", "UTC"),
            ),
            "start-words": (
                "Friday, 13 December 2030 13:30",
                _start(lambda when: f"{when:%A, %d %B %Y %H:%M}"),
            ),
            "start-day-only": ("12/13/2030, without a time", _start(lambda when: f"{when:%m/%d/%Y}")),
            "start-untold": ("not told", _untold("start_time")),
            "zone-untold": ("the zone is not told", _untold("time_zone")),
            "zone-gmt": ("the zone is always GMT", _rewritten("time_zone", lambda _: "GMT")),
            "zone-number": ("the zone as a number", _rewritten("time_zone", lambda _: "56")),
            "zone-windows": (
                "the zone by a name of Windows",
                _rewritten("time_zone", lambda _: "(UTC) Coordinated Universal Time"),
            ),
        },
    ),
    **_columns(
        "Lengths",
        {
            "duration-extended": (
                "with the extension",
                _rewritten("duration", lambda each: str(each.booking.minutes + each.booking.extend_minutes)),
            ),
            "duration-hours": ("in hours: 0.75", _minutes(lambda minutes: f"{minutes / 60:g}")),
            "duration-clock": (
                "00:45:00",
                _minutes(lambda minutes: f"{minutes // 60:02}:{minutes % 60:02}:00"),
            ),
            "duration-seconds": ("in seconds", _minutes(lambda minutes: minutes * 60)),
            "duration-words": ("45 minutes", _minutes(lambda minutes: f"{minutes} minutes")),
            "duration-usual": ("always 60", _minutes(lambda _: 60)),
            "duration-untold": ("not told", _untold("duration")),
        },
    ),
    **_columns(
        "Presenters",
        {
            "presenter-told": ("by their e-mail address, as presenter_id", _presenter(str)),
            "presenter-upper": ("the address in capitals", _presenter(str.upper)),
            "presenter-alias": ("another address of theirs", _presenter(_alias)),
            "presenter-one": (
                "the account's owner for every class",
                _presenter(lambda _: "office@school.example"),
            ),
            "presenter-untold": ("not told", _untold("presenter_id", "presenter_name", "presenter_email")),
        },
    ),
    **{
        name: Kind(group="Status", means=means, number=number, standing=standing)
        for name, means, number, standing in (
            (
                "status-new",
                "`pending` until a class is N seconds old",
                3600,
                lambda status, age, n: "pending" if age < n and status == "upcoming" else status,
            ),
            (
                "status-scheduled",
                "`scheduled` instead of upcoming",
                0,
                lambda status, _age, _n: "scheduled" if status == "upcoming" else status,
            ),
            ("status-capital", "`Upcoming`", 0, lambda status, _age, _n: status.capitalize()),
            ("status-number", "0, 2, 3 and 4", 0, lambda status, _age, _n: _UNDERSTOOD_NUMBERS[status]),
        )
    },
    "status-untold": Kind(group="Status", means="not told", columns=_untold("status")),
    **{
        name: Kind(group="Which classes", means=means, number=number, shows=shows)
        for name, means, number, shows in (
            ("empty", "never any", 0, lambda *_: ()),
            ("cap", "the first N, and no word of the others", 50, lambda classes, _, n: classes[:n]),
            ("cap-newest", "the last N, and no word of the others", 50, lambda classes, _, n: classes[-n:]),
            (
                "gaps",
                "each Nth is left out",
                3,
                lambda classes, _, n: [each for place, each in enumerate(classes, 1) if place % n],
            ),
            (
                "ahead",
                "those of the next N days",
                30,
                lambda classes, now, n: [each for each in classes if each.booking.start < now + 86_400 * n],
            ),
            (
                "older",
                "those that are N seconds old",
                180,
                lambda classes, now, n: [each for each in classes if each.created_at <= now - n],
            ),
            ("newest-first", "the newest first", 0, lambda classes, *_: classes[::-1]),
            ("shuffled", "in another order each time", 0, _shuffled),
        )
    },
    "ids-not-found": Kind(group="Which classes", means="none is found by its class_id", finds_ids=False),
    "filters-ignored": Kind(group="Which classes", means="all, whatever is asked for", filters="ignored"),
    "filters-empty": Kind(
        group="Which classes", means="none where a filter is given", filters="show nothing"
    ),
    "page-size": Kind(
        group="Pages", means="N classes a page, however many are asked for", number=50, shortens_pages=True
    ),
    **{
        name: Kind(group="Pages", means=means, number=number, window=window)
        for name, means, number, window in (
            (
                "page-holes",
                "N classes a page, and the next begins where a whole one would",
                50,
                lambda page, size, n, _: ((page - 1) * size, (page - 1) * size + min(size, n)),
            ),
            (
                "page-shift",
                "N classes end while a page is read: the next begins so many later",
                1,
                lambda page, size, n, _: ((page - 1) * (size + n), (page - 1) * (size + n) + size),
            ),
            (
                "page-overlap",
                "each page begins N classes early",
                1,
                lambda page, size, n, _: (
                    max((page - 1) * (size - n), 0),
                    max((page - 1) * (size - n), 0) + size,
                ),
            ),
            ("page-first", "always the first page", 0, lambda _page, size, _n, _count: (0, size)),
            (
                "page-last-again",
                "past the end the last page again",
                0,
                lambda page, size, _n, count: (
                    (min(page, max(-(-count // size), 1)) - 1) * size,
                    min(page, max(-(-count // size), 1)) * size,
                ),
            ),
        )
    },
}
