"""Timetables that come night after night: which file is whose next version, and what is said of what became of it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from batch.core.tally import Exit
from batch.report.wording.messages import message_of
from tests.support.command import rows_of
from tests.support.nights import Nights, Told, nights

HEADER = "Class,Start,Minutes,Teacher e-mail,Time zone"


def csv(*lines: str, header: str = HEADER) -> bytes:
    return ("\n".join([header, *lines]) + "\n").encode()


def week(title: str, hour: int, teacher: str, days: Sequence[int] = range(15, 20)) -> list[str]:
    return [
        f"{title},2031-09-{day} {hour:02}:00,50,{teacher}@riverside.example,Europe/London" for day in days
    ]


def classes(school: Nights) -> dict[str, str]:
    """class_id by title and start, of classes that are not cancelled."""
    assert school.sandbox is not None
    return {
        f"{each.title} {each.booking.start}": str(each.class_id)
        for each in school.sandbox.classes
        if not each.cancelled
    }


def all_said(told: Told) -> str:
    troubles = [message_of(each.trouble) for each in told.taken if each.trouble is not None]
    problems = [
        "".join(text for text, _ in line)
        for each in told.taken
        if each.ending is not None
        for line in each.ending.problems.lines()
    ]
    return "\n".join([*told.lines, *told.said, *troubles, *problems, told.sentences()])


def results_of(told: Told) -> list[dict[str, Any]]:
    """The rows of the one file, as programs read them."""
    (moved,) = (each.moved for each in told.taken)
    assert moved is not None
    assert moved.json is not None
    return list(json.loads(moved.json.read_text())["rows"])


async def test_three_year_groups_are_three_timetables_every_night(tmp_path: Path) -> None:
    """Their files differ by a digit, their classes by everything."""
    groups = {7: ("ana.diaz", 9), 8: ("ben.okafor", 10), 9: ("emma.larsen", 11)}
    files = {
        f"year-{year}.csv": week(f"Year {year} lesson", hour, teacher)
        for year, (teacher, hour) in groups.items()
    }
    async with nights(tmp_path) as school:
        for night in range(3):
            for name, lines in files.items():
                school.arrive(name, csv(*lines))
            told = await school.night()
            assert (told.exit_code, school.shelved("failed")) == (Exit.DONE, [])
            assert "cancel" not in all_said(told).casefold()
            counted = "15 scheduled" if night == 0 else "15 already"
            assert counted in told.lines[0]
        assert len(classes(school)) == 15
        school.arrive("year-8.csv", csv(*files["year-8.csv"][:2], *files["year-8.csv"][3:]))
        told = await school.night()
        assert "1 scheduled class of the file before is not in this one" in told.sentences()
        assert sum(ident in told.sentences() for ident in classes(school).values()) == 1


async def test_a_class_behind_the_last_one_of_the_new_file_is_missing_from_it_too(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("year-7.csv", csv(*week("Year 7", 9, "ana")))
        await school.night()
        school.arrive("year-7.csv", csv(*week("Year 7", 9, "ana")[:-1]))
        told = await school.night()
        assert "1 scheduled class of the file before is not in this one" in told.sentences()


async def test_an_export_that_rolls_on_says_nothing_of_the_weeks_around_it(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        for first in (11, 12, 13):
            school.arrive("next-days.csv", csv(*week("Maths", 9, "ana", range(first, first + 14))))
            told = await school.night()
            assert told.exit_code is Exit.DONE
            assert "no longer in the file" not in all_said(told)
            assert "W071" not in all_said(told)
        assert len(classes(school)) == 16


async def test_a_weekly_feed_under_one_name_is_no_smaller_and_lacks_nothing(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        for days in (range(8, 13), range(15, 20), range(22, 27)):
            school.arrive("week.csv", csv(*week("Maths", 9, "ana", days)))
            told = await school.night()
            assert (told.exit_code, "no longer" in all_said(told)) == (Exit.DONE, False)


async def test_another_timetable_under_the_same_name_is_named_as_that(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("upload.csv", csv(*week("Maths", 9, "ana")))
        await school.night()
        school.arrive("upload.csv", csv(*week("Art", 11, "ben")))
        told = await school.night()
        assert told.exit_code is Exit.DONE
        assert "counts as another timetable" in told.sentences()
        assert "no longer in the file" not in told.sentences()
        assert len(classes(school)) == 10


async def test_a_timetable_that_has_a_name_in_the_settings_needs_none_in_its_files(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("a.csv", csv(*week("Maths", 9, "ana")))
        await school.night(timetable="Autumn")
        school.arrive("b.csv", csv(*week("Maths", 9, "ana")[1:], *week("Art", 11, "ana", [15])))
        assert (
            "1 scheduled class of the file before is not"
            in (await school.night(timetable="Autumn")).sentences()
        )


async def test_a_shift_of_everything_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("term.csv", csv(*week("Maths", 9, "ana"), *week("Art", 11, "ben")))
        await school.night()
        school.arrive("term.csv", csv(*week("Maths", 10, "ana"), *week("Art", 12, "ben")))
        told = await school.night()
        assert told.exit_code is Exit.CANNOT_RUN
        assert "9 of 9 classes that exist would be an hour later" in told.sentences()
        assert len(classes(school)) == 10


async def test_a_corrected_title_and_a_class_moved_by_half_an_hour_name_their_earlier_version(
    tmp_path: Path,
) -> None:
    """The account lets no presenter have two classes at once: the old ones are in the way of the new."""
    before = week("Maths lesson", 9, "chloe")
    after = [
        before[0].replace("Maths", "Mathematics"),
        before[1].replace("09:00", "09:30"),
        *before[2:],
    ]
    async with nights(tmp_path) as school:
        school.arrive("maths.csv", csv(*before))
        await school.night()
        ids = list(classes(school).values())
        for _ in range(2):  # as long as they are there
            school.arrive("maths.csv", csv(*after))
            told = await school.night()
            rows = results_of(told)
            assert len(classes(school)) == 5
            for row, earlier in zip(rows[:2], ids[:2], strict=True):
                assert (row["outcome"], row["reason"]) == ("held", "moved")
                assert str(row["message"]).startswith(f"Was scheduled as class {earlier} (")
            assert [row["outcome"] for row in rows[2:]] == ["already"] * 3
            said = all_said(told) + json.dumps(rows)
            assert "Nearest free time" not in said
            assert "another file" not in said
        assert told.exit_code is Exit.NEEDS_A_PERSON


async def test_a_moved_lesson_is_held_and_named_with_the_class_that_exists_as_it_was(
    tmp_path: Path,
) -> None:
    before = [*week("Maths", 9, "ana"), *week("Art", 11, "ben")]
    async with nights(tmp_path) as school:
        school.arrive("term.csv", csv(*before))
        await school.night()
        left = next(ident for name, ident in classes(school).items() if name.startswith("Maths"))
        school.arrive("term.csv", csv(before[0].replace("09:00", "15:00"), *before[1:]))
        told = await school.night(quiet=True)
        (moved,) = (row for row in results_of(told) if row["outcome"] == "held")
        assert (moved["reason"], moved["problems"]) == ("moved", [])
        assert moved["message"].startswith(f"Was scheduled as class {left} (Mon 15 Sep 2031 09:00")
        assert (told.exit_code, len(classes(school))) == (Exit.NEEDS_A_PERSON, 10)
        assert f"class {left}" in all_said(told)


async def test_a_lesson_that_two_timetables_share_is_not_missing_while_one_of_them_has_it(
    tmp_path: Path,
) -> None:
    joint = week("Sports day", 13, "ana", [19])
    async with nights(tmp_path) as school:
        school.arrive("year-7.csv", csv(*week("Maths", 9, "ana"), *joint))
        school.arrive("year-8.csv", csv(*week("Art", 11, "ben"), *joint))
        await school.night()
        school.arrive("year-8.csv", csv(*week("Art", 11, "ben")))
        told = await school.night()
        assert "no longer" not in told.sentences()


async def test_the_same_classes_in_other_spellings_are_no_change(tmp_path: Path) -> None:
    header = "Class,Start,Minutes,Teacher e-mail,Time zone,Attendees,Record,Room"
    before = [
        "Lesson 0,2031-09-15 9:00,50,ana@riverside.example,Europe/London,24,no,R0",
        "Lesson 1,2031-09-15 10:00,50,ben@riverside.example,Europe/London,25,no,R1",
        "Lesson 2,2031-09-15 11:00,50,emma@riverside.example,Europe/London,26,no,R2",
        "Lesson 3,2031-09-15 12:00,50,chloe@riverside.example,Europe/London,27,no,R3",
    ]
    after = [
        'Lesson 0 ,"9/15/2031, 9:00:00 AM",0:50,Ana@riverside.example,europe/london,24.0,FALSE,R0',
        'Lesson  1,"9/15/2031, 10:00:00 AM",0:50,Ben@riverside.example,europe/london,25.0,FALSE,R1',
        '"Lesson\u00a02","9/15/2031, 11:00:00 AM",0:50,Emma@riverside.example,europe/london,26.0,FALSE,R2',
        "Lesson 3,15 Sep 2031 12:00,50 min,chloe@RIVERSIDE.EXAMPLE,Europe/London,27,No,R3",
    ]
    async with nights(tmp_path) as school:
        school.arrive("term.csv", csv(*before, header=header))
        await school.night()
        school.arrive("term.csv", csv(*after, header=header))
        told = await school.night()
        assert (told.exit_code, "4 already" in told.lines[0]) == (Exit.DONE, True)
        said = all_said(told)
        assert [word for word in ("cancel", "W070", "W071", "no longer") if word in said] == []


async def test_changed_places_and_recording_are_told(tmp_path: Path) -> None:
    header = "Class,Start,Minutes,Teacher e-mail,Time zone,Attendees,Record,Room"
    lines = [
        f"Lesson {n},2031-09-15 {9 + n:02}:00,50,ana@riverside.example,Europe/London,{24 + n},no,R{n}"
        for n in range(4)
    ]
    async with nights(tmp_path) as school:
        school.arrive("term.csv", csv(*lines, header=header))
        await school.night()
        changed = [
            lines[0].replace(",24,", ",30,"),
            lines[1].replace(",25,", ",31,"),
            lines[2].replace(",no,", ",yes,"),
            lines[3].replace("R3", "R9"),
        ]
        school.arrive("term.csv", csv(*changed, header=header))
        told = await school.night(quiet=True)
        assert [[each["column"] for each in row["problems"]] for row in results_of(told)] == [
            ["attendee_limit"],
            ["attendee_limit"],
            ["create_recording"],
            [],
        ]
        assert (
            len(rows_of(next(each.moved.results for each in told.taken if each.moved and each.moved.results)))
            == 4
        )
        assert len(classes(school)) == 4
