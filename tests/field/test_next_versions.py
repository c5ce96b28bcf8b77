"""The next version of a timetable, handed in by a person: a shift of everything, and another timetable of the same name."""

from collections.abc import Callable, Iterable, Sequence

import pytest

from tests.support.command import Command, rows_of

HEADER = "Class,Date,Time,Minutes,Teacher e-mail,Time zone"
KEEP = ("--sandbox", "--state", "state")


def week(
    title: str, hour: float, teacher: str, days: Iterable[int] = range(8, 13), zone: str = "Europe/London"
) -> list[str]:
    return [
        f"{title} {day},2031-09-{day:02},{int(hour):02}:{int(hour % 1 * 60):02},50,{teacher}@riverside.example,{zone}"
        for day in days
    ]


def handed_in(classbatch: Command, lines: Sequence[str], name: str = "term.csv") -> str:
    (classbatch.folder / name).write_text("\n".join((HEADER, *lines)) + "\n")
    return name


@pytest.fixture
def term(classbatch: Command) -> str:
    name = handed_in(classbatch, [*week("Maths", 9, "ana"), *week("Art", 11, "ben")])
    assert classbatch("submit", name, *KEEP).code == 0
    return name


#: The next file, and how most of it is otherwise than the classes that exist.
SHIFTS: dict[str, tuple[Callable[[], list[str]], str]] = {
    "an hour later": (lambda: [*week("Maths", 10, "ana"), *week("Art", 12, "ben")], "an hour later"),
    "half an hour earlier": (
        lambda: [*week("Maths", 8.5, "ana"), *week("Art", 10.5, "ben")],
        "30 min earlier",
    ),
    "another zone in every row": (
        lambda: [
            *week("Maths", 9, "ana", zone="Europe/Berlin"),
            *week("Art", 11, "ben", zone="Europe/Berlin"),
        ],
        "an hour earlier",
    ),
    "other teachers everywhere": (
        lambda: [*week("Maths", 9, "anna"), *week("Art", 11, "benno")],
        "with another title or presenter",
    ),
}


@pytest.mark.parametrize(("lines", "how"), SHIFTS.values(), ids=SHIFTS)
def test_a_shift_of_everything_is_named_and_nothing_is_sent(
    lines: Callable[[], list[str]], how: str, term: str, classbatch: Command
) -> None:
    handed_in(classbatch, lines())
    before = (classbatch.folder / "term-results.xlsx").read_bytes()
    checked = classbatch("check", term, *KEEP)
    assert (checked.code, f"classes that exist would be {how} in this file" in checked.out) == (2, True)
    assert "Submit the file" not in checked.out
    ran = classbatch("submit", term, *KEEP)
    assert ran.code == 2
    assert f"classes that exist would be {how} in this file" in ran.err
    assert "--replaces" in ran.err
    assert "--timetable NAME" in ran.err
    assert (classbatch.folder / "term-results.xlsx").read_bytes() == before
    assert classbatch("submit", term, *KEEP).code == 2, "what was stopped is no version to be measured by"


@pytest.mark.parametrize("words", [("--replaces",), ("--timetable", "Evening")], ids=" ".join)
def test_it_is_sent_once_somebody_says_what_it_is(
    words: tuple[str, ...], term: str, classbatch: Command
) -> None:
    handed_in(classbatch, [*week("Maths", 10, "ana"), *week("Art", 12, "ben")])
    # As the next version of the same timetable each row names the class that it was, and is not made a second time.
    is_next = words == ("--replaces",)
    assert classbatch("check", term, *KEEP, *words).code == is_next
    ran = classbatch("submit", term, *KEEP, *words)
    assert ran.code == is_next, ran.err + ran.out
    rows = rows_of(classbatch.folder / "term-results.xlsx")
    assert {row["outcome"] for row in rows} == {"held" if is_next else "scheduled"}
    moved = [row for row in rows if "Was scheduled as class" in (row["message"] or "")]
    assert len(moved) == (len(rows) if is_next else 0)


NO_SHIFT: dict[str, Callable[[], list[str]]] = {
    "two classes moved": lambda: [
        *week("Maths", 9, "ana", range(8, 11)),
        *week("Maths", 10, "ana", range(11, 13)),
        *week("Art", 11, "ben"),
    ],
    "the next week": lambda: [
        *week("Maths", 9, "ana", range(15, 20)),
        *week("Art", 11, "ben", range(15, 20)),
    ],
    "the same once more": lambda: [*week("Maths", 9, "ana"), *week("Art", 11, "ben")],
    "more classes": lambda: [*week("Maths", 9, "ana"), *week("Art", 11, "ben"), *week("PE", 14, "chloe")],
}


@pytest.mark.parametrize("lines", NO_SHIFT.values(), ids=NO_SHIFT)
@pytest.mark.usefixtures("term")
def test_what_is_no_shift_is_sent(lines: Callable[[], list[str]], classbatch: Command) -> None:
    ran = classbatch("submit", handed_in(classbatch, lines()), *KEEP)
    assert ran.code in {0, 1}
    assert "--replaces" not in ran.err + ran.out


def test_another_timetable_under_the_same_name_is_sent_and_told(term: str, classbatch: Command) -> None:
    handed_in(classbatch, [*week("French", 9, "chloe"), *week("Drama", 11, "dev")])
    for command in ("check", "submit"):
        ran = classbatch(command, term, *KEEP)
        assert ran.code == 0
        assert "it counts as another timetable of that name" in ran.out
        assert "[W071]" not in ran.out
