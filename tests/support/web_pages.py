"""Every page as it may come, with made-up contents: for the tests of the templates, and to look at."""

from dataclasses import dataclass, replace
from pathlib import Path

import jinja2

from batch.web.state.notice import Notice
from batch.web.views import model as v
from batch.web.views.markup import IN_TEMPLATES

WEB = Path(v.__file__).parents[2]

PAGE = v.Page(title="Schedule a timetable", csrf="t0k3n", version="0.9", upload_mib=20)
SANDBOX = replace(PAGE, sandbox=True, sandbox_says="SANDBOX: nothing real is scheduled.", user="m.keller")

READY = v.Count(outcome="ready", number=118, tone="good", name="ready", explained="would be sent")
HELD = v.Count(
    outcome="held",
    number=4,
    tone="wait",
    name="held",
    explained="no room at that time, or the presenter is booked twice; nothing was created",
)
INVALID = v.Count(
    outcome="invalid",
    number=36,
    tone="bad",
    name="invalid",
    explained="to be mended; nothing was sent",
)
SCHEDULED = v.Count(outcome="scheduled", number=87, tone="good", name="scheduled")
ALREADY = v.Count(
    outcome="already",
    number=12,
    tone="good",
    name="already there",
    explained="scheduled by an earlier run, left alone",
)
NOT_SENT = v.Count(
    outcome="not_sent",
    number=31,
    tone="wait",
    name="not sent",
    explained="the batch stopped first",
)

GROUPS = (
    v.ProblemGroup(
        count=12,
        says="is not a date and time",
        fix="Write it as 2031-09-01 14:00.",
        where="rows 5-12, 17, 30, 36 and 39 under start_time",
        example="13/31/2031 09:00",
    ),
    v.ProblemGroup(
        count=1,
        says="is not a time zone that is known here",
        fix="Write an area and city, such as Europe/London.",
        where="row 8 time_zone",
        example="GMT Standard Time",
    ),
    v.ProblemGroup(
        count=2,
        says="is taken for minutes",
        fix="Nothing, if that is right; if hours are meant, write 1h.",
        where="rows 36 and 37 under duration",
        example="2",
        tone="plain",
    ),
)
ROWS = v.RowsPage(
    rows=(
        v.RowProblem(
            place="row 5",
            outcome="invalid",
            tone="bad",
            title="Algebra I",
            says=(
                "start_time '13/31/2031 09:00' is not a date and time. Write it as 2031-09-01 14:00. [R003]",
                "duration '480' is longer than the 300 minutes the account allows. Shorten the class. [R007]",
            ),
        ),
        v.RowProblem(
            place="row 9",
            outcome="held",
            tone="wait",
            title="Español: conversación",
            says=("Mon 1 Sep 2031 09:00-10:00: 5 of 5 taken, by rows 3, 8, 12, 15 and 20. Free: 11:00.",),
        ),
        v.RowProblem(place="row 12", outcome="scheduled", tone="good", title="", says=()),
    ),
    number=2,
    pages=3,
    total=236,
    previous_href="?page=1",
    next_href="?page=3",
)
NO_ROWS = v.RowsPage(rows=(), number=1, pages=1, total=0)


def _cell(number: int, *, over: bool = False) -> v.LoadCell:
    return v.LoadCell(number=number, level=min(4, number), over=over, says=f"Mon 1 Sep, {number} at once")


LOAD = v.LoadPicture(
    says="At most 7 classes run at once, on Mon 1 Sep 2031 from 09:00, by the clock of Europe/London.",
    limit_says="Your licence lets 5 run at the same time.",
    hours=tuple(f"{hour:02}:00" for hour in range(8, 20)),
    days=tuple(
        (
            f"{name} {1 + day} Sep 2031",
            tuple(_cell((day + hour) % 8, over=(day + hour) % 8 > 5) for hour in range(12)),
        )
        for day, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri"))
    ),
    more_says="and 35 more days, none busier.",
)

START = v.StartView(
    limits=(
        "An .xlsx workbook or a CSV file of up to 20 MiB and 100,000 rows.",
        "How many classes your licence lets run at once is not known yet; it is learnt from the service.",
    ),
    batches=(
        v.PastBatch(
            id="20310901-091400-00ff",
            file="autumn-term.xlsx",
            when="Mon 1 Sep 2031, 09:14",
            counts=(SCHEDULED, INVALID),
            state="finished",
            href="/batches/20310901-091400-00ff",
            who="Ana Diaz",
            took="12 s",
            results_href="/batches/20310901-091400-00ff/results.xlsx",
            remove_href="/batches/20310901-091400-00ff/remove",
        ),
        v.PastBatch(
            id="20310831-230000-0a0a",
            file="a-rather-long-name-of-a-timetable-export-from-the-school-information-system-2031.csv",
            when="Sun 31 Aug 2031, 23:00",
            counts=(SCHEDULED, NOT_SENT),
            state="open rows",
            href="/batches/20310831-230000-0a0a",
            can_finish=True,
            finish_href="/batches/20310831-230000-0a0a/finish",
            finish_says="Finish it: send the other 31",
        ),
    ),
    waiting=(
        v.WaitingFile(
            file="spring-term.xlsx",
            when="Sun 31 Aug 2031, 12:00",
            says="41 rows ready",
            href="/uploads/abc",
            remove_href="/uploads/abc/remove",
        ),
    ),
)
GRID = v.GridView(
    file="8b.xlsx",
    says="8b.xlsx looks like a weekly grid, with the days side by side (Monday, Tuesday) and one lesson a cell.",
    sheets=(("8A", "8A"), ("8B", "8B")),
    sheet_chosen="8B",
    parts=(
        v.GridPart(position=1, samples=("Maths", "<b>Art</b>"), chosen="title"),
        v.GridPart(position=2, samples=("A. Diaz",), chosen="who"),
    ),
    choices=(("", "Leave it aside"), ("title", "The title of the class"), ("who", "Who gives it")),
    short=(
        v.GridCell(name="out-0", cell="Lunch", times=5, ticked=True),
        v.GridCell(name="out-1", cell="Assembly", times=1, ticked=False),
    ),
    periods=(v.MendField(name="period-0", header="Period 1", value="08:30-09:20"),),
    asks_minutes=True,
    minutes="45",
    asks_term=True,
    starts="2031-09-01",
    ends="2031-12-19",
    zones=("Europe/London", "Europe/Madrid"),
    zone="Europe/London",
    action="/uploads/abc/grid?check=n0nc3",
    again_href="/uploads/abc/file",
    notice=Notice(says="Who gives these lessons?", fix="Say which part of a cell tells it.", tone="bad"),
)
PAST = v.PastView(
    waiting=START.waiting,
    batches=START.batches,
    nights=(
        v.NightView(
            when="Mon 1 Sep 2031, 03:00",
            took="2 min",
            inbox="/srv/timetables",
            says="1 file could not be imported.",
            tone="bad",
            batches=(("export.csv", "/batches/20310901-030000-00ff"),),
            failed=(("/srv/timetables/term.xls", "term.xls is a workbook of an old Excel"),),
        ),
    ),
    previous_href="?page=1",
    next_href="?page=3",
)
MAPPING = v.MappingView(
    file="autumn-term.xlsx",
    sheet="Timetable",
    says="Some columns of this file are not known by their headers. Say what they are.",
    columns=(
        v.HeaderChoice(
            header="Lesson",
            position=1,
            letter="A",
            samples=("Algebra I", "Geometry", "Physics"),
            chosen="title",
            suggested="Class title",
            why="The column without which nothing can be scheduled.",
        ),
        v.HeaderChoice(
            header="Begins",
            position=2,
            letter="B",
            samples=("2031-09-01 09:00", "2031-09-01 10:00"),
            chosen="",
            suggested="Start",
            why="Its cells look like dates.",
        ),
        v.HeaderChoice(header="", position=3, letter="C", samples=(), chosen="", suggested="", why=""),
    ),
    needed=("title", "start_time", "presenter_email"),
    choices=(
        ("", "Leave it out"),
        ("title", "title"),
        ("start_time", "start_time"),
        ("duration", "duration"),
    ),
    action="/uploads/abc/mapping",
    again_href="/uploads/abc/file",
    sheets=(("Timetable", "Timetable, 46 rows"), ("Notes", "Notes, 3 rows")),
    sheet_chosen="Timetable",
    dates="dmy",
    dates_choices=(("", "As the dates of the file show"), ("dmy", "Day first")),
    zones=("Europe/London", "Europe/Madrid"),
    zone="Europe/London",
    zone_else="GMT",
    notice=Notice(says="Two columns say start_time.", fix="Leave one of them out.", tone="bad"),
)
CHECKED = replace(
    ROWS,
    rows=(
        replace(
            ROWS.rows[0],
            fields=(
                v.MendField(name="cell.5.1.", header="start_time", value="13/31/2031 09:00"),
                v.MendField(name="cell.5.4.", header="duration", value="480"),
            ),
            leave_out="out.5.",
            use="Use 11:45-12:30",
            use_name="use.5.",
            use_cells=(("1", "2031-09-01 11:45"),),
            href="/uploads/abc/row?check=n0nc3&row=5&sheet=",
        ),
        ROWS.rows[1],
    ),
)
WEEK = v.WeekView(
    says="Week of Monday 1 September 2031: 9 lessons",
    number=2,
    weeks=14,
    clock="By the clock of Europe/London.",
    untimed="1 row not shown here: to be mended first.",
    days=(
        v.WeekDay(name="Monday", short="Mon", date="1 Sep", href="?week=2031-09-01&day=2031-09-01"),
        v.WeekDay(name="Tuesday", short="Tue", date="2 Sep", href="?week=2031-09-01&day=2031-09-02"),
    ),
    hours=(
        (
            "09:00",
            (
                v.WeekCell(
                    day="Mon",
                    lessons=(
                        v.Lesson(
                            time="09:00-10:00",
                            title="Algebra I",
                            who="ana.diaz",
                            presenter="ana.diaz@school.example",
                            place="row 2",
                            outcome="ready",
                            tone="good",
                            says=(),
                            class_id="2492040",
                            teach_href="/batches/20310901-091400-00ff/teach?class=2492040",
                            undo_href="/batches/20310901-091400-00ff/undo?row=2",
                        ),
                        v.Lesson(
                            time="09:15-10:00",
                            title="Biology",
                            who="",
                            presenter="",
                            place="row 3",
                            outcome="held",
                            tone="wait",
                            says=("Ana is in row 2.",),
                        ),
                    ),
                    more=7,
                    more_href="?week=2031-09-01&day=2031-09-01",
                ),
                v.WeekCell(day="Tue", lessons=(), more=0, more_href="?week=2031-09-01&day=2031-09-02"),
            ),
        ),
    ),
    previous_href="?week=2031-08-25",
    next_href="?week=2031-09-08",
    whole_href="?week=2031-09-01",
)

QUESTIONS = (
    v.Question(
        asks="Which comes first in these dates: the day, or the month?",
        why="Nothing in the file proves it.",
        buttons=(("The day: Mon 8 Sep 2031", "dates", "dmy"), ("The month: Sat 9 Aug 2031", "dates", "mdy")),
    ),
    v.Question(
        asks="By which clock are these times?",
        why="The file does not say it.",
        fields=(v.MendField(name="time_zone", header="Time zone, such as Europe/London", value=""),),
        choices=("Europe/London",),
        button="By this clock",
    ),
)
CHECK = v.CheckView(
    questions=QUESTIONS,
    waiting_says="5 rows need nothing but the answers above:",
    waiting=(("row 4", "/uploads/abc/row?row=4"), ("cell B3", "")),
    waiting_more=True,
    week=WEEK,
    mend_href="/uploads/abc/mend?page=1",
    mended_says="Mended on this page: row 5.",
    unmend_href="/uploads/abc/unmend",
    file="autumn-term.xlsx",
    sheet="Timetable",
    ready=118,
    touches=False,
    counts=(READY, HELD, INVALID, ALREADY),
    says="158 rows were read; 118 would be sent. Nothing was sent yet.",
    groups=GROUPS,
    rows=CHECKED,
    load=LOAD,
    notes=("'Lesson' is read as title.", "The sheet 'Notes' was not read."),
    nonce="n0nc3",
    can_run=True,
    why_not="",
    mends_first=False,
    marked_href="/uploads/abc/marked.xlsx",
    mapping_href="/uploads/abc?mapping=1",
    confirm_href="/uploads/abc/confirm",
    again_href="/uploads/abc/file",
    batch_href="/batches/20310901-091400-00ff",
)
ROW = v.RowView(
    file="autumn-term.xlsx",
    place="row 5",
    read=(("Class", "Algebra I"), ("When", "Monday 1 September 2031, 09:00, 60 minutes")),
    classes="This row stands for 12 classes.",
    row=CHECKED.rows[0],
    action="/uploads/abc/mend?check=n0nc3&row=5&sheet=",
    back_href="/uploads/abc",
)
CONFIRM = v.ConfirmView(
    week=WEEK,
    lessons=(
        ("First class", "Monday 1 September 2031, 09:00: Algebra I, 60 minutes"),
        ("Clock", "Europe/London"),
    ),
    file="autumn-term.xlsx",
    number=118,
    button="Schedule 118 classes",
    says=(
        "118 classes are scheduled in the account riverside at class.api.wiziq.com.",
        "40 rows are not sent: 36 invalid, 4 held.",
    ),
    classes=(
        v.ClassGroup(
            says="1 class to be cancelled", first=("Latin 9C, Tue 12 Jan 2027 11:00-11:50",), more=0
        ),
    ),
    notes=("There is no column for time_zone: every start is read as GMT.",),
    nonce="n0nc3",
    action="/uploads/abc/confirm",
    back_href="/uploads/abc",
)
SENDING = v.RunEvent(
    state="running",
    state_says="Sending",
    done=87,
    total=118,
    progress_says="87 of 118 rows",
    counts=(SCHEDULED, replace(HELD, number=1)),
    speed="3.2 rows a second",
    time_left="about 10 seconds left",
    waits_for="",
    sentences=("Mon 1 Sep 09:00: the service says that 5 run at once at most.",),
    links={"pause": "/uploads/abc/pause", "resume": "", "stop": "/uploads/abc/stop"},
)
RUN = v.RunView(file="autumn-term.xlsx", event=SENDING, events_href="/uploads/abc/events")
RESULT = v.ResultView(
    week=WEEK,
    file="autumn-term.xlsx",
    batch="20310901-091400-00ff",
    when="Mon 1 Sep 2031, 09:14",
    counts=(SCHEDULED, ALREADY, INVALID, NOT_SENT),
    total=166,
    exit_says="Unfinished: some rows were not sent.",
    exit_tone="wait",
    sentences=("Results: autumn-term-results.xlsx",),
    todo=GROUPS,
    notes=("There is no column for time_zone: every start is read as GMT.",),
    rows=ROWS,
    results_href="/uploads/abc/results.xlsx",
    teachers=(
        v.Teacher(
            who="ana.diaz@school.example",
            says="12 classes",
            week_href="?teacher=1#week",
            calendar_href="/batches/20310901-091400-00ff/calendar.ics?teacher=1",
        ),
    ),
    calendar_href="/batches/20310901-091400-00ff/calendar.ics",
    only="ana.diaz@school.example",
    all_href="/batches/20310901-091400-00ff#week",
    marked_href="/uploads/abc/marked.xlsx",
    can_retry=True,
    retry_href="/uploads/abc/again",
    retry_says="31 rows were not sent.",
    can_finish=True,
    finish_href="/batches/20310901-091400-00ff/finish",
    can_send_mended=True,
    again_href="/uploads/abc/file",
    mapping_href="/uploads/abc/mapping",
)


@dataclass(frozen=True, slots=True)
class Case:
    """A page as it may come."""

    template: str
    view: v.View
    page: v.Page = PAGE


PAGES = {
    "start": Case("start.html", START),
    "start, nothing yet": Case("start.html", replace(START, batches=(), waiting=()), SANDBOX),
    "past batches": Case("past.html", PAST, SANDBOX),
    "checking": Case(
        "checking.html", v.CheckingView(file="autumn-term.xlsx", says="The file is being read and checked.")
    ),
    "a file that cannot be read": Case(
        "file_problem.html",
        v.FileProblemView(
            file="autumn-term.xlsx",
            says="autumn-term.xlsx is protected by a password.",
            fix="Take the password away in Excel and send it again.",
            again_href="/uploads/abc/file",
        ),
    ),
    "another run holds the lock": Case(
        "file_problem.html",
        v.FileProblemView(
            file="autumn-term.xlsx",
            says="Another run is at work on this account.",
            fix="Try again when it has ended.",
            again_href="/uploads/abc/file",
            retry_href="/uploads/abc/again",
        ),
        SANDBOX,
    ),
    "mapping": Case("mapping.html", MAPPING),
    "a weekly grid": Case("grid.html", GRID),
    "a weekly grid, of which little is asked": Case(
        "grid.html",
        replace(
            GRID,
            sheets=(),
            short=(),
            periods=(),
            asks_minutes=False,
            minutes="",
            asks_term=False,
            starts="",
            ends="",
            zones=(),
            notice=None,
        ),
    ),
    "mapping, the sheet first": Case(
        "mapping.html", replace(MAPPING, columns=(), needed=(), choices=(), notice=None), SANDBOX
    ),
    "check": Case("check.html", CHECK, SANDBOX),
    "check, nothing wrong": Case(
        "check.html",
        replace(
            CHECK, groups=(), rows=NO_ROWS, week=None, load=None, notes=(), marked_href="", batch_href=""
        ),
    ),
    "check, nothing to send": Case(
        "check.html",
        replace(
            CHECK,
            ready=0,
            can_run=False,
            why_not="No row is ready to be sent.",
            mends_first=True,
            load=None,
        ),
    ),
    "row": Case("row.html", ROW),
    "confirm": Case("confirm.html", CONFIRM),
    "confirm, in the sandbox": Case("confirm.html", CONFIRM, SANDBOX),
    "running": Case("run.html", RUN),
    "taking back": Case("run.html", replace(RUN, takes_back=True)),
    "paused": Case(
        "run.html",
        replace(
            RUN,
            event=replace(
                SENDING,
                state="paused",
                state_says="Paused",
                waits_for="waits until you let it go on",
                links={**SENDING.links, "pause": "", "resume": "/uploads/abc/resume"},
            ),
        ),
        SANDBOX,
    ),
    "result": Case("result.html", RESULT, SANDBOX),
    "result, all done": Case(
        "result.html",
        replace(
            RESULT,
            counts=(SCHEDULED,),
            exit_says="Every row is scheduled.",
            exit_tone="good",
            todo=(),
            rows=NO_ROWS,
            can_retry=False,
            can_finish=False,
            can_send_mended=False,
            can_send_changed=True,
            marked_href="",
        ),
    ),
    "enter": Case(
        "enter.html",
        v.EnterView(
            says="This address was used before.",
            fix="Open the newest address that classbatch printed where it was started.",
        ),
    ),
    "enter, invited": Case(
        "enter.html",
        v.EnterView(
            says="You were invited as Ana.",
            fix="Go on.",
            action="/enter",
            secret="s3cret",
            button="Sign in as Ana",
        ),
    ),
    "error": Case(
        "error.html", v.ErrorView(status=413, says="The file is too large.", fix="20 MiB is the most.")
    ),
    "error, with a way on": Case(
        "error.html",
        v.ErrorView(
            status=409,
            says="It was checked again.",
            fix="Look again.",
            on_href="/uploads/abc",
            on_says="Go on with the file as it is now",
        ),
    ),
}


def rendered(case: Case) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(WEB / "templates"), autoescape=True, undefined=jinja2.StrictUndefined
    )
    environment.globals.update(IN_TEMPLATES)
    return environment.get_template(case.template).render(page=case.page, view=case.view)
