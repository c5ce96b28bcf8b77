"""Which header is which column: what was said, then the surest words; never a choice between two."""

import string
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.core.errors import FileProblem
from batch.core.rows.column_names import (
    Naming,
    header_fingerprint,
    name_columns,
    naming_notes,
    near_misses,
)
from batch.core.rows.columns import COLUMNS, AccountKind, Column, columns_for, fold
from batch.core.rows.header import Found, HeaderFault, find_header
from batch.core.rows.header_phrases import names_an_address, plain_forms
from batch.core.rows.row import Header
from batch.report.wording.messages import both_of, hint_of

TEACHER, ROOM = AccountKind.TEACHER, AccountKind.ROOM
GOOD = ("title", "start_time", "presenter_email")

#: Headers that no list holds, each of which can mean but one thing.
REWORDED = {
    "Faculty Email ID": "presenter_email",
    "Host Email": "presenter_email",
    "Instructor's e-mail address": "presenter_email",
    "teacherEmail": "presenter_email",
    "E-Mail (Lehrkraft)": "presenter_email",
    "Lehrer/in E-Mail": "presenter_email",
    "correo electrónico del docente": "presenter_email",
    "Adresse e-mail de l\u2019enseignant": "presenter_email",
    "email do professor": "presenter_email",
    "بريد الأستاذ": "presenter_email",
    "शिक्षक का ईमेल पता": "presenter_email",
    "任课老师邮箱": "presenter_email",
    "Email ID": "presenter_email",
    "E-mail (required)": "presenter_email",
    "Start Date & Time": "start_time",
    "Start date + time": "start_time",
    "Start (UTC)": "start_time",
    "Start time [local]": "start_time",
    "Startzeit (24h)": "start_time",
    "StartTime": "start_time",
    "sessionStart": "start_time",
    "Session start time:": "start_time",
    "Time (hh:mm)": "start_time",
    "Date (DD/MM/YYYY)": "date",
    "Date DD-MM-YYYY": "date",
    "Fecha (dd/mm/aaaa)": "date",
    "Date de début (JJ/MM/AAAA)": "date",
    "Datum (TT.MM.JJJJ)": "date",
    "Lecture date": "date",
    "Event end time": "end_time",
    "Meeting duration": "duration",
    "Title (required)": "title",
    "Módulo": "title",
    "Hora inicio": "start_time",
    "Hora fin": "end_time",
    "Horário de término": "end_time",
    "Heure début": "start_time",
    "Enduhrzeit": "end_time",
    "Fecha inicio": "date",
}
#: Headers with a word that says whose, or which: another column, whatever else they hold.
OTHERS = (
    *("Student email", "Parent's e-mail", "Co-host email", "Teacher email 2", "Second teacher email"),
    *("Start 2", "Date booked", "Start (actual)", "Time spent", "Old start time", "Term start date"),
    *("Title of room", "End of term", "Duration of break", "Teacher name", "Host notes"),
)

# Headers, and the column each of them is; "" for one that is left aside.
MAPPED: dict[str, tuple[dict[str, str], AccountKind]] = {
    "a teacher's name beside her address": (
        {"Subject": "title", "When": "start_time", "Teacher": "", "Email": "presenter_email"},
        TEACHER,
    ),
    "a teacher alone": (
        {"Subject": "title", "When": "start_time", "Instructor": "presenter_email"},
        TEACHER,
    ),
    "the teacher's address before just any": (
        {"Class": "title", "Start": "start_time", "Email": "", "Teacher's email": "presenter_email"},
        TEACHER,
    ),
    "a name on an account that wants names": (
        {"Class": "title", "Staff ID": "presenter_id", "Teacher": "presenter_name", "Email": ""},
        ROOM,
    ),
    "a date and a time": (
        {
            "Class": "title",
            "Date": "date",
            "Time": "start_time",
            "To": "end_time",
            "Tutor": "presenter_email",
        },
        TEACHER,
    ),
    "a start's day and its time": (
        {"Class": "title", "Start date": "date", "Start time": "start_time", "End time": "end_time"},
        TEACHER,
    ),
    "a start before just any time": ({"Class": "title", "Start": "start_time", "Time": ""}, TEACHER),
    "Spanish": (
        {
            "Asignatura": "title",
            "Fecha": "date",
            "Hora": "start_time",
            "Zona horaria": "time_zone",
            "Profesor": "",
            "Correo electrónico": "presenter_email",
            "Duración (min)": "duration",
        },
        TEACHER,
    ),
    "lengths and limits as people write them": (
        {
            "Clase": "title",
            "Inicio": "start_time",
            "Duración (minutos)": "duration",
            "Máx. alumnos": "attendee_limit",
        },
        TEACHER,
    ),
    "the same in French": (
        {
            "Matière": "title",
            "Début": "start_time",
            "Durée (minutes)": "duration",
            "Nb max d'élèves": "attendee_limit",
        },
        TEACHER,
    ),
    "the same in German": (
        {
            "Fach": "title",
            "Beginn": "start_time",
            "Unterrichtsdauer": "duration",
            "Max. Teilnehmer": "attendee_limit",
        },
        TEACHER,
    ),
    "the same in English": (
        {
            "Class": "title",
            "Start": "start_time",
            "Length (mins)": "duration",
            "Number of pupils": "attendee_limit",
        },
        TEACHER,
    ),
    "French, without its accents": (
        {"Matiere": "title", "Debut": "start_time", "Fin": "end_time", "Enseignant": "presenter_email"},
        TEACHER,
    ),
    "German": (
        {
            "Fach": "title",
            "Datum": "date",
            "Uhrzeit": "start_time",
            "Dauer": "duration",
            "Lehrkraft": "presenter_email",
            "Teilnehmer": "attendee_limit",
            "Sprache": "language_culture_name",
        },
        TEACHER,
    ),
    "Portuguese": (
        {"Disciplina": "title", "Data": "date", "Horário": "start_time", "Término": "end_time"},
        TEACHER,
    ),
    "Arabic": (
        {
            "المادة": "title",
            "التاريخ": "date",
            "الوقت": "start_time",
            "المدة": "duration",
            "المعلم": "presenter_email",
        },
        TEACHER,
    ),
    "Hindi": (
        {
            "विषय": "title",
            "दिनांक": "date",
            "समय": "start_time",
            "अवधि": "duration",
            "शिक्षक": "presenter_email",
        },
        TEACHER,
    ),
    "Chinese": (
        {
            "课程名称": "title",
            "日期": "date",
            "开始时间": "start_time",
            "结束时间": "end_time",
            "时长\uff08分钟\uff09": "duration",
            "教师邮箱": "presenter_email",
            "教师": "",
        },
        TEACHER,
    ),
}


@pytest.mark.parametrize(("header", "column"), REWORDED.items(), ids=REWORDED)
def test_a_header_that_can_mean_one_thing_is_read_so(header: str, column: str) -> None:
    assert dict(name_columns((header,), TEACHER).columns) == {column: 0}


@pytest.mark.parametrize("header", OTHERS)
def test_a_header_that_says_whose_or_which_is_no_column_of_ours(header: str) -> None:
    assert not name_columns((header,), TEACHER).columns


@given(st.sampled_from([*COLUMNS]), st.data())
def test_a_listed_word_goes_before_a_reworded_one(column: Column, data: st.DataObject) -> None:
    word = data.draw(st.sampled_from([column.name, *column.words]))
    kind = data.draw(st.sampled_from(sorted(column.used_by)))
    named = name_columns((word, f"{word} (required)"), kind)
    assert named.columns == name_columns((word,), kind).columns
    assert not named.doubles


LONG = (
    "x" * 500_000,
    "start_time " * 50_000,
    "(" * 300_000,
    "Start (" + "DD/" * 100_000 + ")",
    "aA" * 200_000,
)


@pytest.mark.parametrize("cell", LONG, ids=range(len(LONG)))
def test_a_header_cell_of_half_a_megabyte_is_no_column_and_compared_with_nothing(cell: str) -> None:
    """Likeness takes time that grows with the product of two lengths: this was a minute and a half."""
    assert name_columns((*GOOD, cell), TEACHER).columns == {name: at for at, name in enumerate(GOOD)}
    assert list(near_misses(GOOD, (cell, "strat time"), TEACHER)) == [("start_time", 1)]
    naming = Naming({cell: "title", "strat time": ""})
    assert len(list(naming_notes(Header(1, ("start time", cell), {}), TEACHER, naming))) < 10


@pytest.mark.parametrize(("headers", "account"), MAPPED.values(), ids=MAPPED)
def test_each_header_is_the_column_it_says(headers: dict[str, str], account: AccountKind) -> None:
    names = tuple(headers)
    named = name_columns(names, account)
    assert named.doubles == {}
    assert {names[position]: column for column, position in named.columns.items()} == {
        header: column for header, column in headers.items() if column
    }


SAID: dict[str, tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]] = {
    "a header of no language": (
        {"Kürzel": "presenter_email"},
        ("title", "KÜRZEL"),
        ("title", "presenter_email"),
    ),
    "before the API's own name": ({"Kurs": "title"}, ("title", "Kurs"), ("", "title")),
    "one of two that would do": ({"Subject": "title"}, ("Class", "Subject"), ("", "title")),
    "a column left aside": ({"Date": ""}, ("Date", "start_time"), ("", "start_time")),
    "what is not there says nothing": ({"Kürzel": "title"}, ("Class",), ("title",)),
}


@pytest.mark.parametrize(("said", "names", "columns"), SAID.values(), ids=SAID)
def test_what_was_said_wins(said: dict[str, str], names: tuple[str, ...], columns: tuple[str, ...]) -> None:
    named = name_columns(names, TEACHER, Naming(said))
    assert named.doubles == {}
    assert dict(named.columns) == {name: place for place, name in enumerate(columns) if name}


def test_two_headers_that_were_said_to_be_one_column_are_a_fault() -> None:
    named = name_columns(("A", "B"), TEACHER, Naming({"A": "title", "B": "title"}))
    assert (dict(named.columns), dict(named.doubles)) == ({}, {"title": [0, 1]})


def test_what_is_remembered_holds_for_the_same_header_only() -> None:
    names = ("Kürzel", "Fach", "Beginn")
    naming = Naming(remembered={header_fingerprint(names): {"Kürzel": "presenter_email"}})
    assert "presenter_email" in name_columns(("KÜRZEL ", "Fach", "beginn"), TEACHER, naming).columns
    assert "presenter_email" not in name_columns(("Fach", "Kürzel", "Beginn"), TEACHER, naming).columns
    said_now = Naming({"Kürzel": ""}, naming.remembered)
    assert "presenter_email" not in name_columns(names, TEACHER, said_now).columns


def found(
    names: Sequence[str], account: AccountKind = TEACHER, naming: Naming | None = None
) -> Found | HeaderFault:
    return find_header([(1, names)], account, naming=naming or Naming())


def test_a_date_stands_for_a_start_and_an_end_for_a_duration() -> None:
    assert isinstance(found(("title", "date", "presenter_email")), Found)
    room = ("title", "start_time", "time_zone", "presenter_id", "presenter_name", "end_time")
    assert isinstance(found(room, ROOM), Found)
    assert isinstance(found(room[:-1], ROOM), HeaderFault)


def test_a_fault_says_how_a_header_is_named_without_touching_the_file() -> None:
    fault = found(("Class", "Subject", "start_time", "teacher"))
    assert isinstance(fault, HeaderFault)
    assert "--map Class=title" in hint_of(FileProblem.of(fault.messages("term.csv")))
    assert isinstance(
        found(("Class", "Subject", "start_time", "teacher"), naming=Naming({"Class": ""})), Found
    )


NOTES: dict[str, tuple[tuple[str, ...], Naming, list[str]]] = {
    "nothing to tell": ((*GOOD, "Room"), Naming(), []),
    "a header that is hardly a column's": (
        ("title", "start_time", "Teacher"),
        Naming(),
        ["'Teacher' is read as presenter_email. If it is not: --map \"HEADER=presenter_email\"."],
    ),
    "unless that was said": (("title", "start_time", "Teacher"), Naming({"teacher": "presenter_email"}), []),
    "a slip of the pen": (
        (*GOOD, "Durration"),
        Naming(),
        ["'Durration' is not read. If it is the duration: --map \"Durration=duration\"."],
    ),
    "what was said of a header that is not there": (
        GOOD,
        Naming({"titel ": "title"}),
        ["No column is called 'titel ', which --map or [columns] speaks of. Did you mean 'title'?"],
    ),
    "what is remembered": (
        (*GOOD, "Date"),
        Naming(remembered={header_fingerprint((*GOOD, "Date")): {"Date": ""}}),
        ["As remembered for this header: 'Date' is ignored."],
    ),
}


@pytest.mark.parametrize(("names", "naming", "notes"), NOTES.values(), ids=NOTES)
def test_what_was_not_sure_is_told(names: tuple[str, ...], naming: Naming, notes: list[str]) -> None:
    header = Header(1, names, dict(name_columns(names, TEACHER, naming).columns))
    assert [both_of(note) for note in naming_notes(header, TEACHER, naming)] == notes


words = st.sampled_from([word for column in COLUMNS for word in (column.name, *column.words)])
strangers = st.text(string.ascii_letters + " äß日", max_size=6)


@given(st.lists(words | strangers, max_size=8), st.sampled_from(AccountKind))
def test_no_column_is_two_headers_and_no_header_two_columns(names: list[str], account: AccountKind) -> None:
    named = name_columns(names, account)
    assert len(set(named.columns.values())) == len(named.columns)
    assert not named.columns.keys() & named.doubles.keys()
    known = {column.name: column for column in columns_for(account)}
    for name, position in named.columns.items():
        header, own = names[position], {fold(word) for word in (name, *known[name].words)}
        # "MAIl a" has a word for an address in it, by whatever letters are drawn.
        assert {fold(header), *plain_forms(header)} & own or names_an_address(header)


@given(st.lists(words, unique_by=fold, max_size=8), st.data())
def test_capitals_and_separators_change_nothing(names: list[str], data: st.DataObject) -> None:
    bent = [
        data.draw(st.sampled_from([name, name.upper(), f" {name}: ", name.replace(" ", "_")]))
        for name in names
    ]
    assert name_columns(bent, TEACHER) == name_columns(names, TEACHER)
    assert header_fingerprint(bent) == header_fingerprint(names)


#: "Aula" is a lesson in Portuguese, and a room in Spanish and Italian.
AULA: dict[str, tuple[tuple[str, ...], str]] = {
    "beside a title it is none": (("Asignatura", "Aula"), "Asignatura"),
    "beside a module, too": (("Módulo", "Aula"), "Módulo"),
    "alone it is": (("Data", "Aula"), "Aula"),
}


@pytest.mark.parametrize(("names", "title"), AULA.values(), ids=AULA)
def test_a_room_is_no_title_where_there_is_one_and_is_told_where_not(
    names: tuple[str, ...], title: str
) -> None:
    named = name_columns(names, TEACHER)
    assert names[named.columns["title"]] == title
    header = Header(1, names, named.columns)
    told = [note.facts["header"] for note in naming_notes(header, TEACHER, Naming())]
    assert ("Aula" in told) == (title == "Aula")
