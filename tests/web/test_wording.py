"""What the page says: the words of workbook and terminal, with places of the page for flags; what a person can say back."""

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from batch.core.outcome import Outcome
from batch.core.plan.load import Day, Load
from batch.core.rows.columns import AccountKind
from batch.core.rows.problems import Problem
from batch.core.service.api_codes import CODES
from batch.core.tally import Tally
from batch.report.wording.outcomes import WORDS
from batch.report.wording.phrases import Reader
from batch.report.wording.problems import words_of
from batch.sending.gate import Pace
from batch.web.state.orders import FileOverrides
from batch.web.views import build
from batch.web.views.findings import load_picture
from batch.web.views.mapping_form import read_form, said_in_words
from batch.web.views.remedies import FOR_THE_KEEPER, HOW_READ, on_the_page
from batch.web.views.wording import counts_shown
from batch.web.worker.run_control import Teller
from tests.support.command import ROOT

#: What makes no sense to who has never seen a terminal.
TERMINAL = re.compile(
    r"(?<![\w-])--[a-z]{2}|classbatch\.toml|`classbatch|\[defaults\]|\[columns\]|\[values\]|\b[Rr]un again\b"
    r"|\b[Ss]ubmit (?:it|the|this)\b|\bRun the same\b|in the settings"
)
#: What is said of rows, files and runs.
SPEAKERS = ("core", "readers", "intake.py", "sending", "report/projection.py")


def texts_in(path: Path) -> Iterator[str]:
    """Every sentence in a file's code, {} where something is filled in."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # docstrings
            node.value = ast.Constant(0)
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "title" for part in node.values)
            yield "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            yield node.value


def test_no_sentence_about_a_file_sends_anybody_to_the_terminal() -> None:
    files = [path for name in SPEAKERS for path in [ROOT / "batch" / name]]
    files = [file for path in files for file in (path.rglob("*.py") if path.is_dir() else [path])]
    said = [text for file in files for text in texts_in(file) if " " in text and TERMINAL.search(text)]
    assert len(said) > 5
    said += [words.next_step for words in WORDS.values()] + [code.advice for code in CODES]
    said += [words_of(problem, {}).hint_for(Reader.PAGE) for problem in Problem]
    for text in said:
        shown = on_the_page(text.replace("--limit title", "--limit 5"))
        assert not TERMINAL.search(shown), (text, shown)


SAID = {
    "dates that may be either": (
        "Say which comes first with --dates dmy or --dates mdy, or write it as 2031-06-05 09:00.",
        f'Say under "{HOW_READ}" which comes first, or write it as 2031-06-05 09:00.',
    ),
    "dates read month first": (
        "Nothing, if that is right; else run again with --dates dmy, or write it as 2031-06-05.",
        f'Nothing, if that is right; else say under "{HOW_READ}" that the day comes first, or write it as 2031-06-05.',
    ),
    "a header read as something": (
        '\'Kurs "1"\' is read as title. If it is not: --map "HEADER=title".',
        f'\'Kurs "1"\' is read as title. If it is not, say so under "{HOW_READ}".',
    ),
    "a header that is not read": (
        "'Wer' is not read. If it is the presenter_email: --map \"Wer=presenter_email\".",
        f"'Wer' is not read. If it is the presenter_email, say so under \"{HOW_READ}\".",
    ),
    "no time zone": (
        "every start is read as GMT. If that is not your clock, set time_zone under [defaults] in classbatch.toml.",
        f'every start is read as GMT. If that is not your clock, name your time zone under "{HOW_READ}".',
    ),
    "the rest": (
        "The run ended before its turn. Submit the same file again: nothing is sent twice.",
        'The run ended before its turn. Press "Finish it": nothing is sent twice.',
    ),
    "what the keeper has to do": (
        "The certificate does not hold. Where the school has one of its own, set ca_file to it.",
        f"The certificate does not hold. Where the school has one of its own, set ca_file to it. {FOR_THE_KEEPER}",
    ),
    "a sentence without a flag": ("Fill in the cell.", "Fill in the cell."),
}


@pytest.mark.parametrize(("said", "shown"), SAID.values(), ids=SAID)
def test_a_flag_is_told_as_a_place_on_the_page(said: str, shown: str) -> None:
    assert on_the_page(said) == shown
    assert on_the_page(shown) == shown, "said twice, it is the same"


COLUMN = {"position": 1, "name": "Wer", "chosen": ""}
ASKED = {"columns": [COLUMN], "sheets": ["Montag"]}
FORMS: dict[str, tuple[FileOverrides, dict[str, str], FileOverrides]] = {
    "dates and zone": (
        FileOverrides(),
        {"dates": "dmy", "time_zone": " europe/london "},
        FileOverrides(dates="dmy", time_zone="Europe/London"),
    ),
    "a city alone": (FileOverrides(), {"time_zone": "Madrid"}, FileOverrides()),
    "taken back": (
        FileOverrides(dates="dmy", time_zone="Asia/Tokyo"),
        {"dates": "", "time_zone": ""},
        FileOverrides(),
    ),
    "not asked": (
        FileOverrides(dates="mdy", time_zone="Asia/Tokyo"),
        {},
        FileOverrides(dates="mdy", time_zone="Asia/Tokyo"),
    ),
    "what the settings have anyway": (FileOverrides(), {"time_zone": "Europe/Paris"}, FileOverrides()),
    "an order that there is not": (FileOverrides(), {"dates": "--config=/etc/passwd"}, FileOverrides()),
    "a column that there is not": (FileOverrides(), {"column-1": "../../x"}, FileOverrides()),
    "a column of the file that there is not": (FileOverrides(), {"column-7": "title"}, FileOverrides()),
    "a sheet that there is not": (FileOverrides(), {"sheet": "Dienstag"}, FileOverrides()),
    "a column, remembered": (
        FileOverrides(),
        {"column-1": "title", "remember": "on"},
        FileOverrides(columns={"Wer": "title"}, remember=True),
    ),
}


@pytest.mark.parametrize(("before", "form", "said"), FORMS.values(), ids=FORMS)
def test_the_form_says_what_it_can_say_and_nothing_else(
    before: FileOverrides, form: dict[str, str], said: FileOverrides
) -> None:
    read = read_form(before, ASKED, form, AccountKind.TEACHER, "Europe/Paris")
    if form.get("time_zone") == "Madrid":
        assert read.wrong
        assert "Europe/Madrid" in read.wrong.fix
        return
    assert read.wrong is None
    assert read.said == said


def test_what_was_said_of_a_file_is_told_with_it() -> None:
    told = " ".join(said_in_words(FileOverrides(dates="mdy", time_zone="Asia/Tokyo")))
    assert "month first" in told
    assert "Asia/Tokyo" in told
    assert not list(said_in_words(FileOverrides()))


def test_the_three_numbers_of_a_check_come_first_in_this_order() -> None:
    tally = Tally([Outcome.INVALID, Outcome.READY, Outcome.ALREADY, Outcome.HELD], of_check=True)
    shown = counts_shown(tally, first=build.THREE)
    assert [count.outcome for count in shown] == ["ready", "held", "invalid", "already"]


class Run:
    """A run that waits for something."""

    def pace(self) -> Pace:
        return Pace(under_way=1, at_once=1, waits_for="the service has asked for a pause")

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def drain(self) -> None: ...


def test_a_run_that_stops_waits_for_nothing_else() -> None:
    told: list[dict[str, object]] = []
    teller = Teller(told.append, clock=lambda: 5.0)
    teller.control(Run())
    for wanted, state, waits in (
        ("", "waiting", True),
        ("pause", "paused", False),
        ("stop", "stopping", False),
    ):
        teller.hear(wanted)
        teller._tell_now()
        assert (told[-1]["state"], bool(told[-1]["waits_for"])) == (state, waits)


@pytest.mark.parametrize(("hours", "says"), [(1, "1 hour asks for more"), (2, "2 hours ask for more")])
def test_the_load_is_told_in_a_sentence(hours: int, says: str) -> None:
    day = Day(date(2031, 9, 1), {9 + hour: 3 for hour in range(hours)})
    picture = load_picture(Load(days=(day,), limit=2, zone="GMT"), "")
    assert picture
    assert says in picture["says"]
