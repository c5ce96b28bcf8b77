"""What becomes of the files of a night: each promise with a real sandbox, a real journal and a real inbox."""

import asyncio
import json
import signal
from dataclasses import replace
from functools import partial
from pathlib import Path

from batch.connection import account_of
from batch.core.errors import CannotRun
from batch.core.message import SettingFault
from batch.core.tally import Exit
from batch.journal.lock import locked
from batch.nightly.night import Order, Taken
from batch.report.wording.messages import hint_of, message_of
from batch.sandbox import KeyPair, SandboxSettings, fault
from batch.sandbox.server import running_sandbox
from batch.settings.resolve import load_settings
from tests.support.command import KEYS, Command, Service, lessons, rows_of, serving, timetable, until
from tests.support.nights import Nights, nights, rows


def scheduled(school: Nights) -> int:
    assert school.sandbox is not None
    return len(school.sandbox.classes)


async def test_a_file_goes_to_done_with_its_results_beside_it(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("term.csv", rows(1, 3))
        told = await school.night()
        (moved,) = (each.moved for each in told.taken)
        assert moved is not None
        assert moved.results is not None
        assert moved.json is not None
        assert [row["outcome"] for row in rows_of(moved.results)] == ["scheduled"] * 3
        answer = json.loads(moved.json.read_text())
        assert answer["counts"]["scheduled"] == scheduled(school) == 3
        assert told.lines == [
            f"classbatch nightly: 1 file, 3 scheduled; exit 0; results in {school.inbox / 'done'}"
        ]
        assert f"Results: {moved.results}" in told.sentences()  # not where it was written first
        assert "unfinished" not in told.sentences()


async def test_nothing_arrived_is_told(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        told = await school.night()
        assert (told.exit_code, told.lines) == (Exit.DONE, ["classbatch nightly: nothing arrived; exit 0"])
        quiet = await school.night(quiet=True)
        assert quiet.lines == told.lines


async def test_with_quiet_only_what_needs_a_person_is_printed(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("term.csv", rows(1, 3))
        assert (await school.night(quiet=True)).lines == []
        school.arrive("term.csv", [*rows(1, 3), {**rows(4, 4)[0], "duration": "long"}])
        assert "3 already, 1 invalid; exit 1" in (await school.night(quiet=True)).lines[0]


async def test_rows_that_were_held_are_tried_again_with_the_same_content(tmp_path: Path) -> None:
    async with nights(tmp_path, max_concurrent_classes=1) as school:
        same_hour = [{**row, "start_time": "2031-09-01 09:00"} for row in rows(1, 2)]
        school.arrive("term.csv", same_hour)
        assert "1 scheduled, 1 held; exit 1" in (await school.night()).lines[0]
        assert school.sandbox is not None
        school.sandbox.settings = replace(school.sandbox.settings, max_concurrent_classes=2)
        school.arrive("term.csv", same_hour)
        told = await school.night(max_concurrent_classes=2)
        assert "1 file (1 with the same content as before), 1 scheduled, 1 already; exit 0" in told.lines[0]
        assert "The same content as" in told.sentences()


async def test_a_folder_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        told = await school.night(source=str(tmp_path / "no where"))
        assert told.exit_code is Exit.CANNOT_RUN
        (taken,) = told.taken
        assert taken.trouble is not None
        assert f"or make it: mkdir -p '{tmp_path / 'no where'}'" in hint_of(taken.trouble)


async def test_the_same_content_is_compared_all_the_same_by_a_sync(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        for _ in range(2):
            school.arrive("term.csv", rows(1, 3))
            told = await school.night(mode="sync")
        assert "; its classes were compared all the same." in told.sentences()
        assert "was tried again" not in told.sentences()


async def test_the_guard_stops_a_file_and_says_how_to_go_on(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("term.csv", rows(1, 9))
        await school.night()
        school.arrive("term.csv", rows(1, 3))
        told = await school.night()
        (failed,) = school.shelved("failed")
        assert (told.exit_code, scheduled(school)) == (Exit.CANNOT_RUN, 9)
        assert "it has 3 rows to come where the file before had 9" in told.sentences()
        assert "6 scheduled classes of the file before are not in this one" in told.sentences()
        assert f"run: classbatch nightly --accept {failed}" in told.sentences()
        school.arrive("term.csv", rows(1, 3))
        assert (
            await school.night(guard_smaller_percent=100, guard_vanished_percent=100)
        ).exit_code is Exit.DONE


async def test_a_file_of_another_name_is_no_smaller_file(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("upper-school.csv", rows(1, 9))
        school.arrive("lower-school.csv", rows(11, 13))
        assert (await school.night()).exit_code is Exit.DONE


async def test_a_class_that_vanished_is_told_with_its_id_and_the_row_in_its_place(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("term.csv", rows(1, 5))
        await school.night()
        later = {**rows(5, 5)[0], "start_time": "2031-09-02 11:00"}
        school.arrive("term.csv", [*rows(1, 3), later])
        told = (await school.night()).sentences()
        assert school.sandbox is not None
        ids = {each.title: each.class_id for each in school.sandbox.classes[:5]}
        lines = told.splitlines()
        assert f"- class {ids['Lesson 4']} (Lesson 4, 2031-09-01 16:00 UTC)." in lines
        assert (
            f"- class {ids['Lesson 5']} (Lesson 5, 2031-09-01 17:00 UTC); row 5 seems to replace it." in lines
        )


async def test_a_lock_out_leaves_the_files_in_the_inbox_in_their_order(tmp_path: Path) -> None:
    """Nothing is wrong with them: once the keys are mended, the next night sends them."""
    async with nights(tmp_path) as school:
        assert school.sandbox is not None
        right = school.sandbox.credentials
        school.sandbox.credentials = KeyPair("Another/9+x", "AnotherSecret/7+yQw==")
        old = school.arrive("old.csv", rows(1, 2), age_s=200)
        new = school.arrive("new.csv", rows(3, 4), age_s=100)
        told = await school.night()
        assert (told.exit_code, len(told.taken)) == (Exit.CANNOT_RUN, 1)
        assert (old.exists(), new.exists()) == (True, True)
        assert "1 file waiting for the next night; exit 2" in told.lines[0]
        school.sandbox.credentials = right
        assert (await school.night()).exit_code is Exit.DONE
        assert scheduled(school) == 4


async def test_what_a_mere_status_turned_away_is_settled_once_the_list_can_be_judged(tmp_path: Path) -> None:
    """403 without an answer of the service's own proves nothing: the class may have been made all the same."""
    async with nights(tmp_path) as school:
        assert school.sandbox is not None
        school.sandbox.settings = replace(
            school.sandbox.settings,
            faults=lambda call: fault("http-403") if call.method == "create" else None,
        )
        old = school.arrive("old.csv", rows(1, 2), age_s=200)
        new = school.arrive("new.csv", rows(3, 4), age_s=100)
        told = await school.night()
        assert (told.exit_code, len(told.taken)) == (Exit.CANNOT_RUN, 1)
        assert (old.exists(), new.exists()) == (True, True)
        school.sandbox.settings = replace(school.sandbox.settings, faults=lambda _: None)
        assert (await school.night()).exit_code is Exit.DONE
        assert scheduled(school) == 4


async def test_an_account_that_is_at_work_is_left_for_the_next_night(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        file = school.arrive("term.csv", rows(1, 2))
        account = account_of(school.settings(), sandbox=False)
        with locked(tmp_path / "state" / account, school.now()):
            told = await school.night()
        assert (told.exit_code, file.exists(), scheduled(school)) == (Exit.UNFINISHED, True, 0)
        assert told.taken[0].trouble is not None
        assert "Another run is at work on this account" in message_of(told.taken[0].trouble)


async def test_one_import_at_a_time_for_an_inbox(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        await school.night()
        (folder,) = (tmp_path / "state").glob("inbox-*")
        file = school.arrive("term.csv", rows(1, 2))
        with locked(folder, school.now()):
            told = await school.night()
        assert (told.exit_code, file.exists()) == (Exit.UNFINISHED, True)
        assert told.taken[0].trouble is not None
        assert f"Another run is at work on the inbox {school.inbox}" in message_of(told.taken[0].trouble)
        assert told.lines == ["classbatch nightly: nothing imported; exit 75"]


async def test_another_computer_with_a_state_folder_of_its_own_is_kept_out_of_the_inbox(
    tmp_path: Path,
) -> None:
    async with nights(tmp_path) as school:
        file = school.arrive("term.csv", rows(1, 2))
        with locked(school.inbox, school.now(), file=".classbatch.lock"):
            told = await school.night()
        assert (told.exit_code, file.exists(), scheduled(school)) == (Exit.UNFINISHED, True, 0)
        assert (await school.night()).exit_code is Exit.DONE
        assert scheduled(school) == 2


async def test_an_inbox_that_cannot_be_locked_is_imported_and_says_so(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        (school.inbox / ".classbatch.lock").mkdir(parents=True)  # nobody can open it for writing
        school.arrive("term.csv", rows(1, 2))
        told = await school.night()
        assert (told.exit_code, scheduled(school)) == (Exit.DONE, 2)
        assert any("The inbox cannot be locked" in line for line in told.said), told


async def test_where_nothing_can_be_locked_a_file_is_claimed_by_its_name(tmp_path: Path) -> None:
    """Another computer that looks meanwhile finds nothing to take; afterwards all lies where it belongs."""
    async with nights(tmp_path, latency_s=0.02) as school:
        (school.inbox / ".classbatch.lock").mkdir(parents=True)
        school.arrive("term.csv", rows(1, 6))
        seen: list[list[str]] = []

        async def elsewhere() -> None:
            while not list(school.inbox.glob(".*.claimed")):  # noqa: ASYNC110 - as another computer looks
                await asyncio.sleep(0.005)
            seen.append([path.name for path in school.inbox.glob("*.csv")])
            told = await school.night(state=str(tmp_path / "another"))
            seen.append(told.lines)

        told, _ = await asyncio.gather(school.night(), elsewhere())
        assert seen == [[], ["classbatch nightly: nothing arrived; exit 0"]]
        assert (told.exit_code, scheduled(school)) == (Exit.DONE, 6)
        assert len(school.shelved("done")) == 1
        assert not list(school.inbox.rglob(".*.claimed"))


async def test_what_a_night_that_was_killed_had_claimed_is_taken_by_the_next(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        (school.inbox / ".classbatch.lock").mkdir(parents=True)
        await school.night()
        (folder,) = (tmp_path / "state").glob("inbox-*")
        token = (folder / "token").read_text()
        file = school.arrive("term.csv", rows(1, 2))
        file.rename(file.with_name(f".term.csv.{token}.claimed"))
        theirs = school.arrive("other.csv", rows(3, 4))
        theirs = theirs.rename(theirs.with_name(".other.csv.0123456789abcdef.claimed"))
        told = await school.night()
        assert (told.exit_code, scheduled(school), theirs.exists()) == (Exit.DONE, 2, True)


async def test_a_claimed_file_that_must_wait_has_its_name_again(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        (school.inbox / ".classbatch.lock").mkdir(parents=True)
        file = school.arrive("term.csv", rows(1, 2))
        account = account_of(school.settings(), sandbox=False)
        with locked(tmp_path / "state" / account, school.now()):
            told = await school.night()
        assert (told.exit_code, file.exists()) == (Exit.UNFINISHED, True)


async def test_after_the_deadline_nothing_more_begins(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("old.csv", rows(1, 2), age_s=200)
        new = school.arrive("new.csv", rows(3, 4), age_s=100)

        def an_hour_passes(_: Taken) -> None:
            school.skipped_s += 3600

        told = await school.night(deadline_minutes=30, told=an_hour_passes)
        assert (told.exit_code, scheduled(school), new.exists()) == (Exit.UNFINISHED, 2, True)
        assert "1 file waiting for the next night; exit 75" in told.lines[0]
        assert (await school.night(deadline_minutes=30)).exit_code is Exit.DONE
        assert scheduled(school) == 4


async def test_the_deadline_ends_a_file_under_way_and_the_next_night_goes_on(tmp_path: Path) -> None:
    async with nights(tmp_path, latency_s=0.05) as school:
        school.ask(rows(1, 30))
        file = school.arrive("term.csv", rows(1, 30), age_s=0)

        async def nearly_over(_: float) -> None:
            school.skipped_s += 59.8

        told = await school.night(deadline_minutes=1, in_flight=1, sleep=nearly_over)
        assert (told.exit_code, file.exists()) == (Exit.UNFINISHED, True)
        assert scheduled(school) < 30
        assert "waiting" not in told.lines[0]  # it was begun
        assert len(list((school.inbox / "unfinished").iterdir())) == 2
        school.nth += 1
        assert (await school.night()).exit_code is Exit.DONE
        assert school.faults() == []


async def test_what_is_written_over_while_it_is_read_is_not_moved_away(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        file = school.arrive("term.csv", rows(1, 2))
        assert school.sandbox is not None

        def overwritten(_: object) -> None:
            school.arrive("term.csv", rows(1, 4), age_s=0)

        school.sandbox.settings = replace(school.sandbox.settings, faults=overwritten)
        told = await school.night()
        assert (told.exit_code, file.exists(), scheduled(school)) == (Exit.UNFINISHED, True, 2)
        school.sandbox.settings = replace(school.sandbox.settings, faults=lambda _: None)
        assert (await school.night()).exit_code is Exit.DONE
        assert scheduled(school) == 4


async def test_a_broken_file_fails_alone(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.arrive("broken.xlsx", b"PK\x03\x04 and no more", age_s=200)
        school.arrive("term.csv", rows(1, 2), age_s=100)
        told = await school.night()
        assert (told.exit_code, scheduled(school)) == (Exit.CANNOT_RUN, 2)
        assert "2 files, 2 scheduled, failed: broken.xlsx; exit 2" in told.lines[0]
        (broken,) = school.shelved("failed")
        assert json.loads(broken.with_suffix(".json").read_text())["exit_code"] == 2


async def test_a_single_file_stays_where_it_is(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        file = timetable(tmp_path / "term.csv", rows(1, 2))
        told = await school.night(source=str(file))
        assert (file.exists(), (tmp_path / "term-results.xlsx").exists()) == (True, True)
        assert told.lines[0].endswith(f"2 scheduled; exit 0; results in {tmp_path / 'term-results.xlsx'}")
        gone = await school.night(source=str(tmp_path / "gone.csv"))
        assert (gone.exit_code, "exit 2" in gone.lines[0]) == (Exit.CANNOT_RUN, True)


# Several accounts


async def test_each_folder_is_sent_to_its_own_account(tmp_path: Path) -> None:
    other = KeyPair("another-access-key", "another-secret-key")
    async with (
        nights(tmp_path) as school,
        running_sandbox(SandboxSettings(credentials=other)) as north,
    ):
        keys = {"CLASSBATCH_ACCESS_KEY": other.access_key, "CLASSBATCH_SECRET_KEY": other.secret_key}
        flags = {"base_url": north.url, "state": "state", "settle_s": 0}
        theirs = partial(load_settings, flags, environ={"HOME": str(tmp_path), **keys}, cwd=tmp_path)

        def broken() -> None:
            raise CannotRun(SettingFault.NO_KEYS_OF_ACCOUNT, name="south", missing=["access_key"])

        school.arrive("term.csv", rows(1, 2))
        school.arrive("north/term.csv", rows(1, 3))
        school.arrive("south/term.csv", rows(1, 4))
        school.arrive("stray/term.csv", rows(1, 5))
        order = Order(
            source=str(school.inbox),
            settings=school.settings(),
            accounts={"north": theirs, "south": broken},  # type: ignore[dict-item]  # it only raises
        )
        told = await school.carry_out(order)
        assert (scheduled(school), len(north.classes)) == (2, 3)
        assert told.exit_code is Exit.CANNOT_RUN
        assert len(list((school.inbox / "north" / "done").iterdir())) == 3
        left = [school.inbox / "south" / "term.csv", school.inbox / "stray" / "term.csv"]
        assert [path.exists() for path in left] == [True, True]
        says = [message_of(each.trouble) for each in told.taken if each.trouble]
        assert any("no settings for an account called stray" in each for each in says)
        assert any("south has no access_key" in each for each in says)


# The command itself


def test_a_folder_of_the_inbox_is_one_timetable_read_its_own_way(classbatch: Command) -> None:
    """Its files have other names every night, and dates that nothing in them proves."""
    home = classbatch.folder
    header = "title,start_time,presenter_email,time_zone,duration,attendee_limit"
    lines = [f"Maths,0{day}/10/2031 09:00,ana@school.example,Europe/London,50,20" for day in (6, 7, 8, 9)]
    with serving(classbatch) as service:
        (home / "classbatch.toml").write_text(
            'inbox = "in"\nsettle_s = 0\nsettled_s = 0\nstate = "state"\n'
            '[folders.year-7]\ntimetable = "Year 7"\ndates = "dmy"\n'
        )
        folder = home / "in" / "year-7"
        folder.mkdir(parents=True)
        command = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url)
        (folder / "export-a.csv").write_text("\n".join([header, *lines]))
        first = command("nightly")
        assert (first.code, first.out) == (
            0,
            f"classbatch nightly: 1 file, 4 scheduled; exit 0; results in {folder / 'done'}\n",
        ), first
        (folder / "upload.csv").write_text("\n".join([header, *lines[:3]]))
        second = command("nightly")
        assert "1 file, 3 already" in second.out, second
        assert "1 scheduled class of the file before is not in this one" in second.err


def test_the_command_finds_accounts_and_inbox_in_its_settings(classbatch: Command) -> None:
    home = classbatch.folder
    with serving(classbatch) as service:
        access, secret = KEYS.values()
        config = home / "classbatch.toml"
        config.write_text(
            f'inbox = "in"\nbase_url = "{service.url}"\nsettle_s = 0\nsettled_s = 0\nstate = "state"\n'
            f'[accounts.north]\naccess_key = "{access}"\nsecret_key = "{secret}"\n'
        )
        config.chmod(0o600)
        (home / "in" / "north").mkdir(parents=True)
        timetable(home / "in" / "north" / "term.csv", lessons(2))
        ran = classbatch("nightly")
        done = home / "in" / "north" / "done"
        assert (ran.code, ran.out) == (
            0,
            f"classbatch nightly: 1 file, 2 scheduled; exit 0; results in {done}\n",
        ), ran.err
        assert "2 scheduled" in ran.err
        piped = classbatch(
            "nightly", "-", "--profile", "north", "--quiet", stdin=next(done.glob("*.csv")).read_bytes()
        )
        assert (piped.code, piped.out, piped.err) == (0, "", "")
        unsaid = classbatch("nightly", "--profile", "north")  # the inbox is not all north's
        assert (unsaid.code, "--profile goes with a folder or file" in unsaid.err) == (2, True)
        assert len(service.titles()) == 2


def test_without_an_inbox_the_command_asks_for_one(classbatch: Command) -> None:
    ran = classbatch("nightly")
    assert (ran.code, "classbatch nightly INBOX" in ran.err) == (2, True)
    (classbatch.folder / "in").mkdir()
    assert classbatch("nightly", "in", "--json", "x.json").code == 2
    keyless = classbatch("nightly", "-", "--json", "-", stdin=b"title\n")
    assert (keyless.code, keyless.json["exit_code"], "exit 2" in keyless.err) == (2, 2, True)
    gone = classbatch.at(**KEYS)("nightly", "gone")
    assert (gone.code, "exit 2" in gone.out, "gone" in gone.err) == (2, True, True)


def test_a_first_sigterm_ends_the_night_and_the_next_one_goes_on(classbatch: Command, tmp_path: Path) -> None:
    with serving(classbatch, "--latency-s", "0.1") as service:
        command = classbatch.at(**KEYS, CLASSBATCH_BASE_URL=service.url, CLASSBATCH_SETTLE_S="0")
        inbox = tmp_path / "in"
        inbox.mkdir()
        first, second = timetable(inbox / "a.csv", lessons(20)), timetable(inbox / "b.csv", lessons(22))
        with command.running("nightly", inbox, "--settled-s", "0", "--in-flight", "1") as process:
            until(lambda: service.calls() >= 2)
            process.send_signal(signal.SIGTERM)
            said = process.said.read()
            assert process.wait() == Exit.UNFINISHED, said
        assert "1 file waiting for the next night; exit 75" in said
        assert (first.exists(), second.exists()) == (True, True)
        assert service.calls() < 20
        ended = finished(command, inbox, service)
        assert ended == 22


def finished(command: Command, inbox: Path, service: Service) -> int:
    """Let the next night do the rest."""
    ran = command("nightly", inbox, "--settled-s", "0")
    assert ran.code == 0, ran.err
    titles = service.titles()
    assert len(titles) == len(set(titles))
    return len(titles)


async def test_two_nights_at_the_same_moment_send_nothing_twice(tmp_path: Path) -> None:
    async with nights(tmp_path) as school:
        school.ask(rows(1, 6))
        school.arrive("term.csv", rows(1, 6))
        ends = await asyncio.gather(school.night(), school.night())
        assert sorted(each.exit_code for each in ends) == [Exit.DONE, Exit.UNFINISHED]
        assert school.faults() == []
