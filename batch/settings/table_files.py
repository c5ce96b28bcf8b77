"""The part of the table of settings that says how timetables are read."""

from batch.core.quick_dataclass import dataclass
from batch.core.rows.calendar_presenter import CalendarPresenter
from batch.core.rows.date_order import DateOrder, HourCycle
from batch.core.rows.known_formats import Format
from batch.settings.kinds import ON_OFF, a_known_encoding, choice, count, one_character, text
from batch.settings.setting import Group, setting


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class FileSettings:
    """How a timetable is read."""

    group = Group.FILE

    sheet: str | None = setting(
        text("text", "NAME"),
        "The name of the worksheet to read.",
        brief="The worksheet to read.",
        default_text="the one visible sheet with the known column headers",
        example="Autumn",
    )
    all_sheets: bool = setting(
        ON_OFF,
        "Whether to read all the sheets that look like a timetable together, such as one for each weekday.",
        brief="Read all the sheets that are timetables.",
        default=False,
    )
    remember: bool = setting(
        ON_OFF,
        "Whether what --map says is kept for the next file with the same header.",
        rare=True,
        default=False,
    )
    dates: DateOrder | None = setting(
        choice(DateOrder),
        "What comes first in a date such as 05/06/2031 or 05/06/31: dmy the day, mdy the month, ymd the year.",
        brief="05/06/2031: is the day first, or the month?",
        default_text="what the file or an earlier one like it proves; asked where nothing does",
        example="dmy",
    )
    clock: HourCycle | None = setting(
        choice(HourCycle),
        "24 where the file's times are on the 24-hour clock, so that a start at 1:15 is at night.",
        brief="The 24-hour clock: 1:15 is at night.",
        default_text="what the file or an earlier one like it shows; a start before 7:00 is asked about where nothing does",
        example="24",
    )
    format: Format | None = setting(
        choice(Format),
        "Which program's export the file is, where its columns do not tell; the addresses of teachers and the hours of "
        "periods are said under [values].",
        rare=True,
        default_text="a timetable with headers of its own",
        example="untis-gpu001",
    )
    timetable: str | None = setting(
        text("text", "NAME"),
        "What the timetable is called whose next version the file is; for files whose names do not tell.",
        brief="The timetable whose next version the file is.",
        default_text="the file's own name, without its ending, dates and copy marks",
        example="Autumn term",
    )
    encoding: str | None = setting(
        text("the name of a text encoding, such as cp1252", "NAME", a_known_encoding),
        "The text encoding of a CSV file.",
        rare=True,
        default_text="found out from the file, UTF-8 or UTF-16",
        example="cp1252",
    )
    delimiter: str | None = setting(  # the character itself: a real tab for `tab`
        text("one character, or the word tab", "CHAR", one_character),
        "The character between the fields of a CSV file.",
        rare=True,
        default_text="found out from the header line: comma, semicolon, tab or |",
        example=";",
    )
    max_rows: int = setting(
        count(1, 1_000_000), "How many rows a file may have, blank ones not counted.", default=200_000
    )
    max_columns: int = setting(count(1, 16_384), "How many columns a file may have.", default=200)
    read_cpu_s: int = setting(
        count(1, 3600),
        "How many seconds of work reading one workbook may cost; a file that costs more is refused.",
        default=30,
    )
    read_memory_mib: int = setting(
        count(64, 65_536),
        "How many MiB of memory reading one workbook may take; a file that takes more is refused.",
        default=256,
    )
    calendar_presenter: CalendarPresenter = setting(
        choice(CalendarPresenter),
        "Who gives the class, in a calendar (.ics): attendee, whoever was invited alone, else the organizer; or "
        "organizer, whoever called the event.",
        default=CalendarPresenter.ATTENDEE,
    )
    max_lessons: int = setting(
        count(1, 2_000), "How many lessons one row may stand for that repeats.", default=400
    )
    max_classes: int = setting(
        count(1, 1_000_000),
        "How many classes the rows of a file may stand for that repeat, all together.",
        default=20_000,
    )
    past_margin_minutes: int = setting(
        count(0, 10_080),
        "How many minutes ahead of now a class must start.",
        default=0,
        source="WizIQ's own rule",
    )
