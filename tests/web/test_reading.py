"""How a file is read goes with it to another computer, whatever that one's own settings say."""

import json
from pathlib import Path

import pytest

from batch.core.term.term_text import read_settings
from batch.readers.remembered_columns import FILE_NAME, recall, remember
from batch.settings.resolve import load_settings
from batch.settings.setting import Group
from batch.settings.table import SETTINGS, TABLES, Settings
from batch.web.worker.reading import learn, learned_in, reading_of, with_reading

#: Each setting of the kind, as it is by nobody's default.
SAID = {
    "sheet": "Autumn",
    "all_sheets": "true",
    "remember": "true",
    "dates": "dmy",
    "clock": "24",
    "format": "untis-gpu001",
    "timetable": "Autumn term",
    "encoding": "cp1252",
    "delimiter": "tab",
    "max_rows": "11",
    "max_columns": "12",
    "read_cpu_s": "13",
    "read_memory_mib": "140",
    "calendar_presenter": "organizer",
    "max_lessons": "15",
    "max_classes": "16",
    "past_margin_minutes": "17",
}
HEADER = ["Was", "Wann"]


def settings_in(folder: Path, text: str = "") -> Settings:
    folder.mkdir(exist_ok=True)
    (folder / "classbatch.toml").write_text(text)
    return load_settings({"state": str(folder / "state")}, environ={"HOME": str(folder)}, cwd=folder)


TABLES_SAID = """
[defaults]
time_zone = "Europe/Madrid"
[columns]
Was = "title"
[values.presenter_email]
Ana = "ana@school.example"
[term]
starts = "2031-09-01"
holidays = "holidays.csv"
[grid]
cell = "{title}"
"""
OTHERS = """
dates = "mdy"
sheet = "Spring"
max_minutes = 45
[defaults]
duration = "45"
[values.presenter_email]
Ben = "ben@school.example"
"""


def test_every_setting_that_says_how_a_file_is_read_is_among_them() -> None:
    assert {each.name for each in SETTINGS if each.group is Group.FILE} == SAID.keys()


@pytest.mark.parametrize("said", [SAID, {}], ids=["all are said", "none is"])
def test_a_file_is_read_as_where_it_was_checked(said: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "holidays.csv").write_text("date,name\n2031-09-08,Fair\n")
    lines = "".join(f'{name} = "{value}"\n' for name, value in said.items())
    here = settings_in(tmp_path / "here", lines + TABLES_SAID)
    remember(here.state, HEADER, {"Was": "title"})
    there = settings_in(tmp_path / "there", OTHERS)
    folder = tmp_path / "for this file"
    folder.mkdir()
    reading = reading_of(here, "account")
    (tmp_path / "here" / "holidays.csv").unlink()
    read = with_reading(there, reading, "account", folder)
    for name in (*SAID, *(each for each in TABLES if each != "term")):
        assert getattr(read, name) == getattr(here, name), name
    assert read.term["starts"] == "2031-09-01"
    assert "Fair" in Path(str(read.term["holidays"])).read_text()
    assert (read.state, read.max_minutes) == (there.state, 45), "where it goes is said there"
    assert recall(read.remembered) == recall(here.remembered)


def test_days_that_the_settings_have_as_such_go_along(tmp_path: Path) -> None:
    days = (
        "starts = 2031-09-01\nends = 2031-12-19T00:00:00\nholidays = [2031-10-27, '2031-10-30..2031-10-31']\n"
    )
    here = settings_in(tmp_path / "here", f"[term]\n{days}")
    (tmp_path / "for this file").mkdir()
    reading = json.loads(json.dumps(reading_of(here, "account")))
    read = with_reading(settings_in(tmp_path / "there"), reading, "account", tmp_path / "for this file")
    assert read_settings(read.term) == read_settings(here.term)


def test_what_another_computer_has_learned_is_known_here_from_then_on(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    remember(here, HEADER, {"Was": "title"})
    remember(there, HEADER, {"Was": "title", "Wann": "start_time"})
    remember(there, ["Other"], {"Other": "title"})
    (there / "account").mkdir()
    (there / "account" / "dates.json").write_text('{"feed": {"read": "dmy"}}')
    learn(here, "account", learned_in(there, "account"))
    assert recall(here) == recall(there)
    assert learned_in(here, "account")["dates.json"]
    (here / FILE_NAME).write_text("damaged")
    learn(here, "account", learned_in(there, "account"))
    assert (here / FILE_NAME).read_text() == "damaged"
