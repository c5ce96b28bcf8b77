"""What was done and tried before: every run, night and file, by whom and how long, and wrong tries removed."""

import html
import json
from pathlib import Path

import pytest

from batch.core.outcome import Outcome
from batch.core.tally import Tally
from batch.journal.nights import PastNight, folder_of, keep_night, past_nights
from batch.web.views.past import finish_says
from tests.support.command import KEYS, Command, lesson, timetable
from tests.support.page import Browser, NearService, Served, browsing, csv_of
from tests.web.test_invitations import signs_in


@pytest.fixture
def keeper(classbatch: Command, tmp_path: Path, environment: NearService) -> Command:
    variables = {**KEYS, "CLASSBATCH_BASE_URL": environment.url, "CLASSBATCH_SETTLE_S": "0"}
    return classbatch.at(CLASSBATCH_STATE=str(tmp_path / "state"), **variables)


async def test_every_run_is_listed_with_who_began_it_and_its_workbook(
    served: Served, browser: Browser, keeper: Command, tmp_path: Path
) -> None:
    await browser.sent(await browser.checked(csv_of([lesson(1)]), "from-the-page.csv"))
    timetable(tmp_path / "from-a-command.csv", [lesson(2)])
    assert keeper("submit", "from-a-command.csv").code == 0
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    timetable(inbox / "from-a-night.csv", [lesson(3)])
    (inbox / "broken.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert keeper("nightly", "inbox", CLASSBATCH_SETTLED_S="0").code == 2
    secret = keeper("invite", "--name", "Ana").out.strip().rpartition("=")[2]
    async with browsing(served.url) as ana:
        await signs_in(ana, secret)
        await ana.sent(await ana.checked(csv_of([lesson(4)]), "of-ana.csv"))
        hers = (await ana.get("/batches")).text
    seen = await browser.get("/batches")
    assert seen.title == "Past batches", seen.text
    for file, who in {
        "from-the-page.csv": "this page",
        "from-a-command.csv": "the command line",
        "from-a-night.csv": "the nightly import",
        "of-ana.csv": "Ana",
    }.items():
        line = seen.text.partition(f"{file} (sandbox)</bdi>")[2].partition("</tr>")[0]
        assert f"<bdi>{who}</bdi>" in line, file
        assert " s)" in line, "how long it took"
        assert "/results.xlsx" in line
    assert "of-ana.csv" in hers
    nights = seen.text.partition('id="nights"')[2]
    assert "1 file could not be imported." in nights
    assert "from-a-night.csv" in nights
    (failed,) = [line for line in nights.splitlines() if "broken.xlsx" in line]
    assert failed.count("broken.xlsx") == 1, "named once, with why"


async def test_a_wrong_try_is_removed_and_what_made_a_class_is_not(browser: Browser) -> None:
    sent = await browser.sent(await browser.checked(csv_of([lesson(1)]), "good.csv"))
    await browser.checked(csv_of([lesson(2, duration="soon")]), "wrong.csv")
    tried = await browser.get("/batches")
    assert "nothing ready yet" in tried.text
    after = await browser.press(tried, "/remove")
    assert (after.status, after.title) == (200, "Past batches")
    assert "wrong.csv" not in after.text
    assert "good.csv" in after.text
    assert f"{sent.url.path}/remove" not in after.text
    refused = await browser.post(f"{sent.url.path}/remove", {"csrf": await browser.csrf()})
    assert refused.status == 409
    assert f'href="{sent.url.path}">Open the batch' in refused.text
    assert "good.csv" in (await browser.get("/batches")).text


async def test_a_batch_that_nothing_came_of_is_removed_from_the_list_alone(
    browser: Browser, tmp_path: Path, keeper: Command
) -> None:
    timetable(tmp_path / "faulty.csv", [lesson(1, duration="soon")])
    assert keeper("submit", "faulty.csv").code == 1
    listed = await browser.get("/batches")
    after = await browser.press(listed, "/remove")
    assert "faulty.csv" not in after.text
    assert "faulty.csv" in keeper("status").out, "the journal has it all the same"


async def test_a_file_that_cannot_be_used_says_why_in_the_list(browser: Browser) -> None:
    await browser.checked(b"PK\x03\x04 no workbook", "damaged.xlsx")
    text = html.unescape((await browser.get("/batches")).text)
    assert "damaged.xlsx" in text
    assert "nothing ready yet" not in text


@pytest.mark.thorough
async def test_many_batches_are_shown_a_page_at_a_time(
    browser: Browser, keeper: Command, tmp_path: Path
) -> None:
    for number in range(1, 28):
        timetable(tmp_path / f"file-{number}.csv", [lesson(number, duration="soon")])
        keeper("submit", f"file-{number}.csv")
    first = await browser.get("/batches")
    assert first.text.count('scope="row"') == 25
    assert 'href="?page=2"' in first.text
    second = await browser.get("/batches?page=2")
    assert second.text.count('scope="row"') == 2
    assert 'href="?page=1"' in second.text
    assert (await browser.get("/batches?page=99")).status == 200


def test_the_nights_are_kept_the_newest_first_and_not_for_ever(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, tmp_path / "inbox")
    why = "a.csv is empty."
    for number in range(105):
        night = PastNight(
            inbox="inbox",
            began_at=float(number),
            ended_at=number + 1.0,
            exit_code=0,
            batches=("b",),
            failed=(("a.csv", why),),
        )
        keep_night(folder, night)
    kept = past_nights(tmp_path)
    assert [night.began_at for night in kept] == [float(number) for number in range(104, 4, -1)]
    assert kept[0].failed == (("a.csv", why),)
    for damaged in ("", "{}", "[1]", json.dumps([{"inbox": "x"}])):
        (folder / "nights.json").write_text(damaged)
        assert past_nights(tmp_path) == []


LEFT = {
    "some of many": ({Outcome.SCHEDULED: 2, Outcome.NOT_SENT: 98}, "Finish it: send the other 98"),
    "all of them": ({Outcome.NOT_SENT: 100}, "Finish it: send the 100"),
    "some in doubt": ({Outcome.NOT_SENT: 98, Outcome.UNKNOWN: 1}, "Finish it"),
    "only in doubt": ({Outcome.UNKNOWN: 1}, "Finish it"),
}


@pytest.mark.parametrize(("counts", "says"), LEFT.values(), ids=LEFT)
def test_the_button_says_how_many_are_left(counts: dict[Outcome, int], says: str) -> None:
    tally = Tally()
    for outcome, rows in counts.items():
        tally.add(outcome, rows)
    assert finish_says(tally) == says
