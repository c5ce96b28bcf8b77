"""Exports of other programs, each in a file of its real shape: read as they are, with what a school says once."""

from pathlib import Path

import pytest

from batch.core.rows.columns import BY_NAME
from batch.core.rows.known_formats import FORMATS, Format, recognised
from tests.support.command import Command

TERM = """
[defaults]
time_zone = "Europe/Berlin"
attendee_limit = 30
create_recording = "no"
[term]
starts = 2031-09-01
ends = 2031-09-26
week_a = 2031-09-01
[values.start_time]
1 = "08:00-08:45"
3 = "09:50-10:35"
6 = "12:30-13:15"
[values.presenter_email]
"DIA" = "ana.diaz@school.example"
"OKA" = "ben.okafor@school.example"
"Ana Diaz" = "ana.diaz@school.example"
"Ben Okafor" = "ben.okafor@school.example"
"c1" = "ana.diaz@school.example"
"c2" = "ben.okafor@school.example"
[values.weekday]
"A-E" = "mon-fri"
"A,C" = "Mon, Wed"
[values.repeat]
"scheduled" = "every Tue"
"homeroom" = "daily"
"""

#: What is in the file, and of each class its row, title, presenter and start.
FILES: dict[Format, tuple[str, list[str]]] = {
    Format.UNTIS: (
        '12,"8B","DIA","MA","R12",1,3,,\n14,"9A","OKA","BI","LAB1",2,1,,\n',
        [
            *(f"1 MA ana.diaz 2031-09-{day}T07:50:00Z" for day in ("01", "08", "15", "22")),
            *(f"2 BI ben.okafor 2031-09-{day}T06:00:00Z" for day in ("02", "09", "16", "23")),
        ],
    ),
    Format.ASC: (
        (
            "TeacherName,Day,Period,Class,Subject,WeekType\n"
            "Ana Diaz,Monday,3,8B,Mathematics,ALL\n"
            "Ben Okafor,Tuesday,1,9A,Biology,ODD\n"
        ),
        [
            *(f"2 Mathematics ana.diaz 2031-09-{day}T07:50:00Z" for day in ("01", "08", "15", "22")),
            *(f"3 Biology ben.okafor 2031-09-{day}T06:00:00Z" for day in ("02", "16")),
        ],
    ),
    Format.GOOGLE: (
        (
            "Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description,Location,Private,Teacher Email\n"
            "Year 8 French,09/15/2031,9:00 AM,09/15/2031,9:50 AM,False,,Room 4,True,ana.diaz@school.example\n"
        ),
        ["2 Year 8 French ana.diaz 2031-09-15T07:00:00Z"],
    ),
    Format.OUTLOOK: (
        (
            '"Subject","Start Date","Start Time","End Date","End Time","All day event","Teacher Email","Priority"\n'
            '"Biology","9/15/2031","9:00:00 AM","9/15/2031","9:50:00 AM","False","ben.okafor@school.example","High"\n'
        ),
        ["2 Biology ben.okafor 2031-09-15T07:00:00Z"],
    ),
    Format.MOODLE: (
        (
            "course;groups;sessiondate;from;to;description;repeaton;repeatevery;repeatuntil;teacher\n"
            'Algebra;8B;2031-09-01;09:00;09:50;Week by week;"Mon,Wed";2;2031-09-26;Ana Diaz\n'
            "Opera visit;;2031-09-05;19:00;21:00;;;;;Ben Okafor\n"
        ),
        [
            *(f"2 Algebra ana.diaz 2031-09-{day}T07:00:00Z" for day in ("01", "03", "15", "17")),
            "3 Opera visit ben.okafor 2031-09-05T17:00:00Z",
        ],
    ),
    Format.ONEROSTER: (
        (
            "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
            "schoolSourcedId,termSourcedIds,subjects,subjectCodes,periods\n"
            "c1,active,2031-08-01T00:00:00Z,Algebra 1,09,k1,A1,scheduled,R1,s1,t1,Mathematics,,1\n"
            "c9,tobedeleted,2031-08-01T00:00:00Z,Old class,09,k1,A9,scheduled,R1,s1,t1,Mathematics,,1\n"
            "c2,,2031-08-01T00:00:00Z,Biology,10,k2,B1,scheduled,R2,s1,t1,Science,,3\n"
        ),
        [
            *(f"2 Algebra 1 ana.diaz 2031-09-{day}T06:00:00Z" for day in ("02", "09", "16", "23")),
            *(f"4 Biology ben.okafor 2031-09-{day}T07:50:00Z" for day in ("02", "09", "16", "23")),
        ],
    ),
    Format.POWERSCHOOL: (
        (
            "Course_Name,Section_Number,Expression,Term,Teacher,Teacher_Email,Room\n"
            'Algebra 1,1,"3(A,C)",S1,"Diaz, Ana",ana.diaz@school.example,204\n'
            'Homeroom,1,1(A-E),S1,"Okafor, Ben",ben.okafor@school.example,118\n'
        ),
        [
            *(
                f"2 Algebra 1 ana.diaz 2031-09-{day}T07:50:00Z"
                for day in ("01", "03", "08", "10", "15", "17", "22", "24")
            ),
            *(
                f"3 Homeroom ben.okafor 2031-09-{day:02}T06:00:00Z"
                for day in range(1, 27)
                if (day - 1) % 7 < 5
            ),
        ],
    ),
}


@pytest.mark.parametrize("form", Format)
def test_an_export_is_read_by_its_name(form: Format, tmp_path: Path) -> None:
    text, expected = FILES[form]
    (tmp_path / "export.csv").write_text(text, "utf-8")
    (tmp_path / "classbatch.toml").write_text(TERM, "utf-8")
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    ran = command(
        "submit", "export.csv", "--sandbox", "--format", form.value, "--json", "-", "--results", "r.xlsx"
    )
    assert ran.code == 0, ran.out + ran.err
    assert [row["start_utc"] for row in ran.json["rows"]] == [each.rpartition(" ")[2] for each in expected]
    assert [str(row["row"]) for row in ran.json["rows"]] == [each.partition(" ")[0] for each in expected]


@pytest.mark.parametrize("form", Format)
def test_a_format_names_columns_that_there_are(form: Format) -> None:
    known = FORMATS[form]
    assert set(known.columns.values()) - {""} <= set(BY_NAME)
    assert set(known.values) <= set(BY_NAME)
    assert not known.header or set(known.columns) <= {*known.header}


def test_what_the_person_says_goes_before_the_format(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(
        "TeacherName,Day,Period,Class,Subject,WeekType\nAna Diaz,Monday,3,8B,Mathematics,ALL\n", "utf-8"
    )
    (tmp_path / "classbatch.toml").write_text(TERM, "utf-8")
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    ran = command("check", "export.csv", "--format", "asc", "--map", "Class=title", "--map", "Subject=")
    assert "Row 2, 8B: 4 lessons" in ran.err


def test_without_its_name_a_file_without_a_header_stays_refused(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(FILES[Format.UNTIS][0], "utf-8")
    assert Command(tmp_path)("check", "export.csv").code == 2


#: Those whose headers stand together in no other file.
BY_HEADER = [form for form in Format if FORMATS[form].sign]


@pytest.mark.parametrize("form", BY_HEADER)
def test_an_export_is_known_by_its_headers_where_they_are_no_others(form: Format, tmp_path: Path) -> None:
    text, expected = FILES[form]
    (tmp_path / "export.csv").write_text(text, "utf-8")
    (tmp_path / "classbatch.toml").write_text(TERM, "utf-8")
    command = Command(tmp_path, {"CLASSBATCH_STATE": "state"})
    ran = command("submit", "export.csv", "--sandbox", "--json", "-", "--results", "r.xlsx")
    assert [row["start_utc"] for row in ran.json["rows"]] == [each.rpartition(" ")[2] for each in expected]
    assert f"--format {form.value}" in ran.err
    again = command("submit", "r.xlsx", "--sandbox", "--json", "-", "--results", "again.xlsx").json
    assert again["counts"]["already"] == len(expected)


OTHERS = (
    "title,start_time,presenter_email",
    "Subject,Start Date,Start Time,End Date,End Time,All Day Event,Description,Location,Private",
    "TeacherName,Day,Period,Class,Subject",
    "sourcedId,status,title,classCode,periods",
    "course,groups,from,to",
)


@pytest.mark.parametrize("header", OTHERS)
def test_headers_that_may_be_anybody_s_are_no_program_s(header: str) -> None:
    assert recognised(header.split(",")) is None


def test_a_section_that_meets_twice_is_a_problem_and_not_one_class(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(
        FILES[Format.POWERSCHOOL][0] + 'Biology,2,"1(A,C) 2(B)",S1,Ben,ben.okafor@school.example,1\n', "utf-8"
    )
    (tmp_path / "classbatch.toml").write_text(TERM, "utf-8")
    ran = Command(tmp_path, {"CLASSBATCH_STATE": "state"})("check", "export.csv", "--json", "-")
    (wrong,) = [row for row in ran.json["rows"] if row["outcome"] == "invalid"]
    assert wrong["row"] == 4
    assert "1(A,C) 2(B)" in str(wrong["problems"])


def test_on_which_days_a_roster_s_class_meets_is_never_taken_for_granted(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(FILES[Format.ONEROSTER][0], "utf-8")
    (tmp_path / "classbatch.toml").write_text(TERM.partition("[values.repeat]")[0], "utf-8")
    ran = Command(tmp_path, {"CLASSBATCH_STATE": "state"})("check", "export.csv", "--json", "-")
    assert {row["outcome"] for row in ran.json["rows"]} == {"invalid"}


#: The other files of OneRoster's export, as its specification has their first columns.
NO_CLASSES = {
    "enrollments.csv": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary",
    "users.csv": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,givenName,familyName,email",
    "courses.csv": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId",
    "academicSessions.csv": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
    "orgs.csv": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "manifest.csv": "propertyName,value",
}


@pytest.mark.parametrize(("file", "header"), NO_CLASSES.items(), ids=NO_CLASSES)
def test_a_file_of_a_roster_that_has_no_classes_is_named_and_the_one_that_has_them(
    file: str, header: str, tmp_path: Path
) -> None:
    (tmp_path / "export.csv").write_text(f"{header}\n{','.join('x' for _ in header.split(','))}\n", "utf-8")
    stopped = Command(tmp_path)("check", "export.csv", "--sandbox")
    assert stopped.code == 2
    assert f"export.csv is the {file} of a OneRoster export, and has no classes." in " ".join(
        stopped.err.split()
    )
    assert "Give its classes.csv" in stopped.err


def test_a_timetable_that_has_such_columns_besides_is_read(tmp_path: Path) -> None:
    header = "title,start_time,time_zone,presenter_email,sourcedId,classSourcedId,userSourcedId,role"
    row = "Algebra,2031-09-01 09:00,GMT,ana@school.example,e1,c1,u1,teacher"
    (tmp_path / "t.csv").write_text(f"{header}\n{row}\n", "utf-8")
    assert Command(tmp_path)("check", "t.csv", "--sandbox").code == 0
