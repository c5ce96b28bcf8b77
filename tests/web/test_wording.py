"""What the page says: the words of workbook and terminal, with places of the page for flags; what a person can say back."""

from datetime import date

import pytest

from batch.core.message import Message, RunNote
from batch.core.outcome import Outcome
from batch.core.plan.load import Day, Load
from batch.core.rows.columns import AccountKind
from batch.core.tally import Tally
from batch.sending.control import Control
from batch.sending.listener import Pace
from batch.web.state.orders import FileOverrides
from batch.web.views.findings import load_picture
from batch.web.views.mapping_form import read_form, said_in_words
from batch.web.views.wording import counts_shown
from batch.web.worker.run_control import Teller

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


def test_a_number_that_is_0_is_left_out_but_for_what_everybody_waits_for() -> None:
    tally = Tally([Outcome.INVALID, Outcome.READY, Outcome.HELD], of_check=True)
    assert {count.outcome for count in counts_shown(tally)} == {"ready", "held", "invalid"}
    shown = counts_shown(Tally([Outcome.INVALID]), first=(Outcome.SCHEDULED,))
    assert [(count.outcome, count.number) for count in shown] == [("scheduled", 0), ("invalid", 1)]


class Run(Control):
    """A run that waits for something."""

    def pace(self) -> Pace:
        return Pace(under_way=1, at_once=1, waits_for=Message(RunNote.PAUSE_ASKED_FOR))


async def test_a_run_that_stops_waits_for_nothing_else() -> None:
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
