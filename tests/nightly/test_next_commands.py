"""What a night prints as the next command works where it is copied to: for each folder, whatever the files are called."""

import re
import shlex
from pathlib import Path

from tests.support.command import Command

SETTINGS = """
state = "state"
settled_s = 0
[accounts.north]
access_key = "k"
secret_key = "s"
[folders.year-7]
timetable = "Year 7"
[folders.year-7.defaults]
time_zone = "Europe/Madrid"
"""
#: Which folder of the inbox a file is of.
OWN = {"--profile", "--folder"}
HEADER = "title,start_time,presenter_email,duration"
LESSONS = [f"Lesson {day},2031-09-0{day} 09:00,ana@school.example,50" for day in range(1, 6)]


def school(folder: Path) -> Command:
    settings = folder / "classbatch.toml"
    settings.write_text(SETTINGS)
    settings.chmod(0o600)
    return Command(folder)


def arrive(file: Path, *lines: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("\n".join([HEADER, *lines]))


def printed(said: str, what: str) -> list[list[str]]:
    """The commands behind these words, as a shell takes them."""
    return [shlex.split(each)[1:] for each in re.findall(f"{what}: (classbatch .*)", said)]


def test_each_folder_is_gone_on_with_by_its_own_account_and_settings(tmp_path: Path) -> None:
    classbatch = school(tmp_path)
    inbox = tmp_path / "inbox"
    for file in (inbox / "our term.csv", inbox / "north" / "a.csv", inbox / "year-7" / "b.csv"):
        arrive(file, *LESSONS[:4], LESSONS[4].replace("50", "long"))
    night = classbatch("nightly", "inbox", "--sandbox")
    assert night.code == 1, night.err
    commands = printed(night.err, "as before")
    theirs = {
        command[1].split("/")[1]: [command[at + 1] for at, word in enumerate(command) if word in OWN]
        for command in commands
    }
    assert theirs == {"done": [], "north": ["north"], "year-7": ["year-7"]}
    for command in commands:
        assert "--sandbox" in command
        again = classbatch(*command)
        assert (again.code, "4 already" in again.out, "GMT" in again.err) == (
            1,
            True,
            "year-7" not in command,
        ), again.err


def test_a_lesson_that_moved_is_looked_at_where_its_file_lies_now(tmp_path: Path) -> None:
    classbatch = school(tmp_path)
    file = tmp_path / "inbox" / "year-7" / "monday.csv"
    arrive(file, *LESSONS)
    assert classbatch("nightly", "inbox", "--sandbox").code == 0
    file = file.with_name("tuesday.csv")  # by the folder's settings it is the same timetable's
    arrive(file, *LESSONS[:4], LESSONS[4].replace("09:00", "14:00"))
    night = classbatch("nightly", "inbox", "--sandbox")
    (command,) = printed(night.err, "would change")
    assert not file.exists()
    looked = classbatch(*command)
    assert "changed: 1" in looked.err, looked.out + looked.err


def test_a_file_that_was_stopped_is_accepted_by_the_command_that_is_printed(tmp_path: Path) -> None:
    """It is given what the night was given, such as how the file is read and what becomes of its classes."""
    classbatch = school(tmp_path)
    arrive(tmp_path / "inbox" / "north" / "it's.csv", *LESSONS)
    assert classbatch("nightly", "inbox", "--sandbox").code == 0
    arrive(tmp_path / "inbox" / "north" / "it's.csv", LESSONS[0], LESSONS[4])
    night = classbatch("nightly", "inbox", "--sandbox", "--mode", "sync", "--guard-invalid-percent", "20")
    assert night.code == 2, night.err
    (command,) = printed(night.err, "run")
    accepted = classbatch(*command)
    assert "3 cancelled" in accepted.out, accepted.out + accepted.err
    assert [path.parent.name for path in (tmp_path / "inbox").rglob("*it's.csv")] == ["done", "done"]


def test_settings_of_a_folder_that_has_none_are_not_taken_for_none(tmp_path: Path) -> None:
    classbatch = school(tmp_path)
    arrive(tmp_path / "a.csv", *LESSONS)
    ran = classbatch("check", "a.csv", "--folder", "year-8")
    assert (ran.code, "[folders.year-8]" in ran.err, "year-7" in ran.err) == (2, True, True)


def test_the_next_step_of_a_file_that_was_stopped_is_the_command_that_accepts_it(tmp_path: Path) -> None:
    """To submit it again is none: the next night would stop it again."""
    classbatch = school(tmp_path)
    file = tmp_path / "inbox" / "year-7" / "term.csv"
    arrive(file, *LESSONS)
    assert classbatch("nightly", "inbox", "--sandbox").code == 0
    arrive(file, *LESSONS[:2], "Other,2031-10-20 09:00,ben@school.example,50")
    for mode in ("add", "sync"):
        night = classbatch("nightly", "inbox", "--sandbox", "--mode", mode)
        assert night.code == 2, night.err
        (step,) = re.findall("Next: (.*)", night.err)
        (failed,) = (tmp_path / "inbox" / "year-7" / "failed").glob("*term.csv")
        assert f"classbatch nightly --accept inbox/year-7/failed/{failed.name} --sandbox" in step
        failed.rename(file)
