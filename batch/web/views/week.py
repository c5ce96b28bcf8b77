"""The lessons as understood, week by week: days across, hours down.

Whoever sees a lesson on a Saturday at night knows that the file was read wrongly,
before anything is sent. Each week is read without the others.
"""

import json
import tempfile
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from batch.core.outcome import DONE, Outcome
from batch.core.quick_dataclass import dataclass
from batch.core.text import one_line, visible
from batch.report.facts import ResultRow, Standing
from batch.report.text import shortened
from batch.report.wording.outcomes import words_for
from batch.report.wording.phrases import DAY_AND_MONTH, dated, tr
from batch.web.views.model import Lesson, WeekCell, WeekDay, WeekView
from batch.web.views.row_pages import RowHref
from batch.web.views.wording import tone_of

FILE_NAME = "weeks.jsonl"
_MOST_IN_A_CELL = 6
_MOST_OF_A_DAY = 1_000
_LONGEST_TITLE = 80
_LONGEST_SENTENCE = 300
_LAST_DAY = 6  #: Sunday, as Monday is 0
_SCHOOL_DAYS = 5  #: shown even where nothing takes place on them

_BEGIN = datetime(1970, 1, 1)  # noqa: DTZ001 - of wall clocks, which have no zone here

#: (Monday, and the day of that week if only that is to be shown) -> address
Href = Callable[[date, date | None], str]


@dataclass(frozen=True, slots=True)
class LessonLinks:
    """Where a lesson that was sent leads to."""

    teach: Callable[[str], str]  #: class_id -> the address that leads into the class as its teacher
    undo: Callable[[int], str] | None  #: row -> the page that takes it back; None: nothing can be taken back


class WeekSpool:
    """Takes rows in file order; in memory it keeps two numbers of each."""

    def __init__(self) -> None:
        self._lines = tempfile.TemporaryFile()  # noqa: SIM115 - closed in `write`
        self._begins = array("q")  # local minutes, to sort by
        self._offsets = array("q")
        self._zones: Counter[str] = Counter()
        self._untimed = 0

    def add(self, row: ResultRow) -> None:
        # A class that was changed since is shown where it is now; of one that was not changed, what is asked for.
        shown = row.now if row.now is not None and row.outcome in DONE else row
        if shown.starts is None or shown.minutes is None or shown.zone is None:
            self._untimed += 1
            return
        begins = shown.starts.astimezone(ZoneInfo(shown.zone)).replace(tzinfo=None)
        self._zones[shown.zone] += 1
        self._begins.append((begins - _BEGIN) // timedelta(minutes=1))
        self._offsets.append(self._lines.tell())
        line = json.dumps({"begins": begins.isoformat(timespec="minutes"), **_kept(row, shown)})
        self._lines.write(line.encode("ascii") + b"\n")

    def write(self, folder: Path) -> dict[str, Any]:
        """Write the lessons in order of time; return where each week begins.

        Args:
            folder: where they go.
        """
        weeks: dict[str, int] = {}
        with (folder / FILE_NAME).open("wb") as out, self._lines:
            for minutes, offset in sorted(zip(self._begins, self._offsets, strict=True)):
                weeks.setdefault(str(_monday_of((_BEGIN + timedelta(minutes=minutes)).date())), out.tell())
                self._lines.seek(offset)
                out.write(self._lines.readline())
        return {
            "weeks": weeks,
            "zones": [zone for zone, _ in self._zones.most_common()],
            "untimed": self._untimed,
        }


def _monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _kept(row: ResultRow, shown: ResultRow | Standing) -> dict[str, Any]:
    since = [row.message] if shown is not row and row.message else []
    says = [*since, *map(str, row.problems)]
    return {
        "minutes": shown.minutes,
        "zone": shown.zone,
        "place": row.place,
        "title": shortened(one_line(shown.title or ""), _LONGEST_TITLE),
        "presenter": shortened(one_line(shown.presenter or ""), _LONGEST_TITLE),
        "outcome": row.outcome.value,
        "tone": tone_of(row.outcome),
        "says": [shortened(visible(each), _LONGEST_SENTENCE) for each in says],
        "class_id": row.class_id or "",
        "sheet": row.sheet,
        "number": 0 if row.cell else row.number,
        "link": row.presenter_url or "",
    }


def read_week(
    folder: Path,
    index: Mapping[str, Any] | None,
    asked: date | None,
    day: date | None,
    href: Href,
    row_href: RowHref | None = None,
    links: LessonLinks | None = None,
    only: str = "",
) -> WeekView | None:
    """One week; the one that is nearest to what is asked for, the first by default. None: no row has a time.

    Args:
        folder: where `write` put them.
        index: what it returned; None: by an earlier version, which kept none.
        asked: a day of the week that is wanted.
        day: only this day of it, and that whole.
        href: the address of a week or a day.
        row_href: the address of a row; None where none can be opened.
        links: of lessons that were sent.
        only: the presenter whose lessons are shown; "" for everybody's.
    """
    if not index or not index["weeks"]:
        return None
    mondays = [date.fromisoformat(each) for each in index["weeks"]]
    wanted = day or asked or mondays[0]
    monday = min(mondays, key=lambda each: max((each - wanted).days, (wanted - each).days - _LAST_DAY, 0))
    place = mondays.index(monday)
    lessons = [
        each
        for each in _lessons_of(folder, index["weeks"][str(monday)], monday)
        if not only or each["presenter"] == only
    ]
    usual, *others = index["zones"]
    one_day = day if day is not None and 0 <= (day - monday).days <= _LAST_DAY else None
    lesson_of = partial(_lesson, usual=usual, row_href=row_href, links=links)
    days, hours = _grid(lessons, monday, one_day, href, lesson_of)
    return WeekView(
        says=tr("Week of {monday:day}: {lessons:count lesson}", monday=monday, lessons=len(lessons)),
        number=place + 1,
        weeks=len(mondays),
        clock=tr(
            "By the clock of {zone}, where a lesson names no other." if others else "By the clock of {zone}.",
            zone=usual,
        ),
        untimed=tr("{rows:count row} not shown here: to be mended first.", rows=index["untimed"])
        if index["untimed"]
        else "",
        days=days,
        hours=hours,
        previous_href=href(mondays[place - 1], None) if place else "",
        next_href=href(mondays[place + 1], None) if place + 1 < len(mondays) else "",
        whole_href=href(monday, None) if one_day else "",
    )


def _lessons_of(folder: Path, offset: int, monday: date) -> Iterator[Mapping[str, Any]]:
    with (folder / FILE_NAME).open("rb") as file:
        file.seek(offset)
        for line in file:
            lesson = json.loads(line)
            if _monday_of(datetime.fromisoformat(lesson["begins"]).date()) != monday:
                return
            yield lesson


def _grid(
    lessons: list[Mapping[str, Any]],
    monday: date,
    one_day: date | None,
    href: Href,
    lesson_of: Callable[[Mapping[str, Any]], Lesson],
) -> tuple[tuple[WeekDay, ...], tuple[tuple[str, tuple[WeekCell, ...]], ...]]:
    """The days with a heading each, and for each hour the cells of these days."""
    cells: dict[tuple[int, int], list[Mapping[str, Any]]] = defaultdict(list)
    for lesson in lessons:
        begins = datetime.fromisoformat(lesson["begins"])
        cells[begins.hour, (begins.date() - monday).days].append(lesson)
    last = max([_SCHOOL_DAYS - 1, *(weekday for _, weekday in cells)])
    shown = [(one_day - monday).days] if one_day else range(last + 1)
    days = tuple(_day(monday + timedelta(days=weekday), href) for weekday in shown)
    used = [hour for hour, weekday in cells if weekday in shown] or [8]
    most = _MOST_OF_A_DAY if one_day else _MOST_IN_A_CELL
    hours = tuple(
        (
            f"{hour:02}:00",
            tuple(
                WeekCell(
                    day=dated(monday + timedelta(days=weekday), "%a"),
                    lessons=tuple(lesson_of(each) for each in cells[hour, weekday][:most]),
                    more=max(0, len(cells[hour, weekday]) - most),
                    more_href=href(monday, monday + timedelta(days=weekday)),
                )
                for weekday in shown
            ),
        )
        for hour in range(min(used), max(used) + 1)
    )
    return days, hours


def _day(day: date, href: Href) -> WeekDay:
    return WeekDay(
        name=dated(day, "%A"),
        short=dated(day, "%a"),
        date=dated(day, DAY_AND_MONTH),
        href=href(_monday_of(day), day),
    )


#: What a batch itself did: only that can it take back.
_DID = frozenset({Outcome.SCHEDULED, Outcome.CHANGED})


def _lesson(
    kept: Mapping[str, Any], usual: str, row_href: RowHref | None, links: LessonLinks | None
) -> Lesson:
    begins = datetime.fromisoformat(kept["begins"])
    ends = begins + timedelta(minutes=kept["minutes"])
    zone = "" if kept["zone"] == usual else f" {kept['zone']}"
    return Lesson(
        time=f"{begins:%H:%M}-{ends:%H:%M}{zone}",
        title=kept["title"],
        who=kept["presenter"].partition("@")[0],
        presenter=kept["presenter"],
        place=kept["place"],
        outcome=words_for(Outcome(kept["outcome"])).name,
        tone=kept["tone"],
        says=tuple(kept["says"]),
        class_id=kept["class_id"],
        href=row_href(kept["sheet"], kept["number"]) if row_href is not None and kept.get("number") else "",
        teach_href=links.teach(kept["class_id"]) if links is not None and kept.get("link") else "",
        undo_href=links.undo(kept["number"])
        if links is not None
        and links.undo is not None
        and kept["class_id"]
        and kept.get("number")
        and kept["outcome"] in _DID
        else "",
    )


def link_of(folder: Path, class_id: str) -> str:
    """The address that leads a teacher into their class; "" where none is kept."""
    wanted = json.dumps({"class_id": class_id})[1:-1].encode("ascii")
    try:
        with (folder / FILE_NAME).open("rb") as file:
            found = (json.loads(line) for line in file if wanted in line)
            return next((str(each.get("link", "")) for each in found if each["class_id"] == class_id), "")
    except FileNotFoundError:
        return ""
