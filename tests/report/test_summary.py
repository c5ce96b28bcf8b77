"""What the terminal says: counts in words, faults by what mends them, nothing run away with."""

import io
import subprocess
from dataclasses import replace

import pytest
from rich.console import Console

from batch.cli.terminal import show
from batch.core.outcome import HeldReason, Outcome
from batch.core.rows.problems import Issue, Problem
from batch.core.tally import Tally
from batch.core.text import one_line
from batch.report.facts import BatchFacts, ResultRow
from batch.report.styled import plain
from batch.report.summary import ProblemList, summary
from batch.report.wording.outcomes import WORDS, next_steps
from batch.report.wording.problems import worded
from batch.report.wording.typed import shell_word

FACTS = BatchFacts(batch="b-17", file="term.xlsx", sheet="Autumn", account="a", sent_to="https://x.example")


def not_a_time(value: str) -> Issue:
    return Problem.NOT_A_TIME.at("start_time", value, header="Start", example="2031-09-01 14:00")


def invalid(number: int, *issues: Issue) -> ResultRow:
    return ResultRow(number=number, sheet="", outcome=Outcome.INVALID, problems=worded(issues))


def listed(*rows: ResultRow) -> str:
    problems = ProblemList(where_else="--json has them all.")
    for row in rows:
        problems.add(row)
    return plain(problems.lines())


def grouped(*rows: ResultRow) -> list[str]:
    """The line of each group where there is much besides, smallest last."""
    blank = Problem.BLANK.at("title", "", header="Class")
    return listed(*rows, *(invalid(number, blank) for number in range(5000, 5021))).split("\n")[2:-1]


def test_a_batch_ends_with_counts_places_and_next_steps() -> None:
    tally = Tally([Outcome.SCHEDULED] * 118 + [Outcome.INVALID] * 2)
    assert plain(summary(facts=FACTS, tally=tally, written=["Results: term-results.xlsx"])).split("\n") == [
        "term.xlsx, sheet Autumn: 120 rows",
        "  118 scheduled",
        "    2 invalid: to be mended; nothing was sent",
        "Results: term-results.xlsx",
        "Next: Mend the 2 rows in your file as described above, then check it again.",
    ]


def test_a_check_says_the_commands_that_come_next_with_the_options_it_was_given() -> None:
    tally = Tally([Outcome.READY, Outcome.INVALID], of_check=True)
    facts = replace(FACTS, file="my term.xlsx", path="my term.xlsx", options="--dates dmy")
    assert plain(summary(facts=facts, tally=tally)).split("\n")[-2:] == [
        (
            "Next: Mend the row in your file as described above, then check it again: "
            "classbatch check 'my term.xlsx' --dates dmy"
        ),
        "Next: Submit the file to schedule the rows that are ready: classbatch submit 'my term.xlsx' --dates dmy",
    ]


def test_a_check_of_a_sync_is_told_to_be_made_again_as_one() -> None:
    tally = Tally([Outcome.READY, Outcome.INVALID], of_check=True)
    facts = replace(FACTS, file="term.csv", path="term.csv", command="sync")
    assert "then check it again: classbatch check term.csv --sync" in plain(summary(facts=facts, tally=tally))


STEPS = {
    "nothing where all is done": ([Outcome.SCHEDULED, Outcome.ALREADY], []),
    "mend and submit the sheet": (
        [Outcome.INVALID, Outcome.HELD, Outcome.REFUSED],
        [
            (
                'Mend the 3 rows on the sheet "To do" of my results.xlsx, save it, and submit it as before: '
                "classbatch submit 'my results.xlsx' --sandbox"
            )
        ],
    ),
    "never by hand what may exist": ([Outcome.UNKNOWN], [WORDS[Outcome.UNKNOWN].next_step]),
    "run again what was not sent": ([Outcome.NOT_SENT], [WORDS[Outcome.NOT_SENT].next_step]),
}


#: What rows are held for, and how the one next step ends.
WAYS_OUT: dict[str, tuple[list[HeldReason], str]] = {
    "a row that may be there already": ([HeldReason.ALIKE], "r.xlsx --take-over --sandbox"),
    "one that the list may leave out": ([HeldReason.UNLISTED], "r.xlsx --as-new --sandbox"),
    "both: whose the listed classes are comes first": (
        [HeldReason.UNLISTED, HeldReason.ALIKE],
        "r.xlsx --take-over --sandbox",
    ),
}


@pytest.mark.parametrize("sends", ["submit", "sync"])
@pytest.mark.parametrize(("reasons", "ends"), WAYS_OUT.values(), ids=WAYS_OUT)
def test_a_row_with_nothing_to_mend_is_taken_over_or_sent(
    reasons: list[HeldReason], ends: str, sends: str
) -> None:
    tally = Tally()
    for reason in reasons:
        tally.add(Outcome.HELD, reason=reason)
    [step] = next_steps(tally, results="r.xlsx", options="--sandbox", sends=sends)
    assert step.endswith(f": classbatch {sends} {ends}")


FILE_NAMES = (
    *(
        "term.csv",
        "our  term.csv",
        " lead.csv",
        "-dash.csv",
        "--help",
        "a\nb.csv",
        "a\u00a0b.csv",
        "it's $5.csv",
    ),
    *("Ωρολόγιο.csv", "esc\x1b[31m.csv", "\u202egpj.csv", "back\\slash\t.csv", "\udcff.csv"),
)


def test_a_printed_command_names_the_file_to_a_shell_whatever_its_name() -> None:
    printed = [one_line(shell_word(name)) for name in FILE_NAMES]
    shell = ["bash", "-c", f"printf '%s\\n\\n' {' '.join(printed)}"]
    ran = subprocess.run(shell, capture_output=True, check=True)
    taken = ran.stdout.decode("utf-8", "surrogateescape").split("\n\n")[:-1]
    assert [name.removeprefix("./") for name in taken] == list(FILE_NAMES)


@pytest.mark.parametrize(("outcomes", "steps"), STEPS.values(), ids=STEPS)
def test_the_next_steps_can_be_typed_as_they_stand(outcomes: list[Outcome], steps: list[str]) -> None:
    assert next_steps(Tally(outcomes), results="my results.xlsx", options="--sandbox") == steps


def test_there_are_three_next_steps_at_most() -> None:
    everything = Tally(outcome for outcome in Outcome if outcome is not Outcome.READY)
    assert len(next_steps(everything, results="r.xlsx")) == 3


def test_when_all_is_done_there_is_no_next_step() -> None:
    csv = replace(FACTS, file="term.csv", sheet="")
    tally = Tally([Outcome.ALREADY])
    assert plain(summary(facts=csv, tally=tally)).split("\n") == [
        "term.csv: 1 row",
        "  1 already there: scheduled by an earlier run, left alone",
    ]


def test_a_sandbox_says_so_last() -> None:
    said = plain(summary(facts=replace(FACTS, sandbox=True), tally=Tally([Outcome.SCHEDULED])))
    assert said.endswith("\nSANDBOX: nothing real was scheduled.")


HELD = ResultRow(number=9, sheet="", outcome=Outcome.HELD, error_code="1032", message="Ana is in row 8.")


def test_long_advice_is_said_once() -> None:
    asked = (
        Problem.AMBIGUOUS_DATE.at(
            "date",
            f"0{day}/10/2031",
            header="Date",
            readings={"dmy": f"2031-10-0{day}", "mdy": f"2031-0{day}-10"},
        )
        for day in (6, 7)
    )
    first, second = listed(*(invalid(row, issue) for row, issue in enumerate(asked, start=2))).split("\n")[1:]
    assert "Say which comes first" in first
    assert second == (
        "  row 3 Date '07/10/2031' can be Tuesday 7 October 2031 (day first) or Thursday 10 July 2031 (month first), "
        "and nothing in the file proves which. [R033]"
    )


def test_a_few_faults_stand_row_by_row_each_with_what_mends_it() -> None:
    blank = Problem.BLANK.at("title", "", header="Class")
    rows = (
        invalid(4, not_a_time("13/31/2031")),
        ResultRow(number=5, sheet="", outcome=Outcome.READY),
        invalid(6, blank, not_a_time("soon")),
        HELD,
    )
    assert listed(*rows).split("\n") == [
        "What is wrong:",
        "  row 4 Start '13/31/2031' is not a date and time. Write it as 2031-09-01 14:00. [R003]",
        "  row 6 Class is empty. Fill in the cell. [R001]",
        "  row 6 Start 'soon' is not a date and time. Write it as 2031-09-01 14:00. [R003]",
        "  row 9 Ana is in row 8. Move one of the two classes, or give this one another presenter. [held 1032]",
    ]


def test_many_faults_stand_by_what_mends_them_the_largest_group_first() -> None:
    blank = Problem.BLANK.at("title", "", header="Class")
    few, many = (invalid(number, not_a_time("soon")) for number in range(2, 1002)), invalid(1002, blank)
    assert listed(HELD, many, *few).split("\n") == [
        "What is wrong, by what mends it:",
        "  R003 is not a date and time: 1,000 times, rows 2-1001 under Start, such as 'soon'. Write it as 2031-09-01 14:00.",
        (
            "  held 1032 The presenter already has a class that overlaps this one. 1 time, row 9."
            " Move one of the two classes, or give this one another presenter."
        ),
        "  R001 is empty: 1 time, row 1002 Class. Fill in the cell.",
        "  --json has them all.",
    ]


@pytest.mark.parametrize(("rows", "by_row"), [(20, True), (21, False)])
def test_what_is_wrong_is_said_once(rows: int, by_row: bool) -> None:
    lines = listed(*(invalid(number, not_a_time("soon")) for number in range(2, 2 + rows))).split("\n")
    assert len(lines) == (1 + rows if by_row else 3)


def test_a_code_that_nobody_listed_is_shown_as_it_came() -> None:
    row = ResultRow(
        number=2,
        sheet="",
        outcome=Outcome.REFUSED,
        error_code="1999",
        message="New rule: no classes on Sundays.",
    )
    assert listed(row).split("\n")[1] == "  row 2 New rule: no classes on Sundays. [refused 1999]"
    assert "refused 1999 New rule: no classes on Sundays. 1 time, row 2." in grouped(row)[0]


def test_a_file_without_faults_lists_nothing() -> None:
    assert listed(ResultRow(number=2, sheet="", outcome=Outcome.READY)) == ""


def test_a_warning_is_listed_though_the_row_is_sent() -> None:
    twice = Problem.HOUR_COMES_TWICE.at("start_time", "2031-10-26 01:30", zone="Europe/London")
    row = ResultRow(number=2, sheet="", outcome=Outcome.READY, problems=worded([twice]))
    assert "W001" in listed(row)


def test_a_row_that_is_there_already_is_no_news_but_its_warning_is() -> None:
    twice = Problem.HOUR_COMES_TWICE.at("start_time", "2031-10-26 01:30", zone="Europe/London")
    row = ResultRow(
        number=2, sheet="", outcome=Outcome.ALREADY, message="Scheduled before.", problems=worded([twice])
    )
    assert "Scheduled before." not in listed(row)
    assert "row 2 start_time '2031-10-26 01:30' comes twice" in listed(row)
    assert listed(ResultRow(number=3, sheet="", outcome=Outcome.NOT_SENT, message="Not sent.")) == ""


def test_what_was_typed_cannot_colour_or_steer_the_terminal() -> None:
    hostile = replace(not_a_time("[red]\x1b[2J"), header="[bold]Start\x1b]0;x\x07\nrow 1 is fine")
    problems = ProblemList()
    problems.add(invalid(4, hostile))
    out = io.StringIO()
    show(problems.lines(), Console(file=out, width=500, color_system=None))
    assert "[red]" in out.getvalue()
    assert "[bold]Start␛]0;x␇ row 1 is fine" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_a_very_long_cell_does_not_fill_the_screen() -> None:
    assert all(len(line) < 450 for line in listed(invalid(4, not_a_time("a" * 9000))).split("\n"))


def two_ways(value: str, one: str, other: str) -> Issue:
    readings = {"dmy": one, "mdy": other}
    return Problem.AMBIGUOUS_DATE.at("date", value, header="Day", readings=readings)


def test_a_group_names_every_row_once_in_stretches_and_every_column() -> None:
    faults = (
        not_a_time("soon"),
        Problem.NOT_A_TIME.at("date", "late", header="Day", example="2031-09-01 14:00"),
    )
    rows = [invalid(number, *faults[: 1 + number % 2]) for number in (3, 6, 7, 8, 12)]
    line = grouped(*rows)[0]
    assert "7 times, rows 3, 6-8 and 12 under Start and Day, such as 'soon'." in line


def test_a_group_of_several_sheets_names_the_rows_of_each() -> None:
    rows = [
        replace(invalid(number, not_a_time("soon")), sheet=sheet, among_sheets=True)
        for sheet, number in (("Autumn", 3), ("Autumn", 4), ("Spring", 3))
    ]
    assert "3 times, Autumn, rows 3 and 4; Spring, row 3 under Start" in grouped(*rows)[0]


def test_what_holds_for_one_row_is_not_said_of_all() -> None:
    """The days of the first row's date are not those of the others."""
    rows = [
        invalid(4, two_ways("06/10/2031", "2031-10-06", "2031-06-10")),
        invalid(5, two_ways("07/10/2031", "2031-10-07", "2031-07-10")),
    ]
    line = grouped(*rows)[0]
    assert line.startswith(
        "  R033 2 times, rows 4 and 5 under Day. The first: row 4 Day '06/10/2031' can be "
    )
    same = grouped(rows[0], replace(rows[0], number=6))[0]
    assert same.startswith("  R033 can be Monday 6 October 2031")
    assert ": 2 times, rows 4 and 6 under Day, such as '06/10/2031'." in same


def test_an_example_made_from_one_cell_is_not_given_for_the_others() -> None:
    rows = [
        invalid(number, Problem.NOT_A_NUMBER.at("attendee_limit", typed, header="Places", example=example))
        for number, typed, example in ((4, "25 students", "25"), (5, "30 students", "30"))
    ]
    line = grouped(*rows)[0]
    assert "rows 4 and 5 under Places" in line
    assert "In row 4 Places: Write digits only, such as 25." in line
