"""From the file to the results on the upload page, over real HTTP, against a real sandbox; nothing twice."""

import asyncio
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from batch.core.rows.own_sheets import PROBLEMS
from tests.support.command import KEYS, SAMPLES, Command, Service, lesson, lessons, rows_of
from tests.support.page import (
    Browser,
    NearService,
    csv_of,
    journal_counts,
    serving_here,
    serving_page,
)


def on_command_line(classbatch: Command, service: Service, folder: Path) -> Command:
    """The command line, with the account and the journals of the page."""
    return classbatch.at(
        **KEYS,
        CLASSBATCH_BASE_URL=service.url,
        CLASSBATCH_STATE=str(folder / "state"),
        CLASSBATCH_SETTLE_S="0",
    )


async def test_the_counts_are_the_same_on_the_page_in_workbook_journal_and_ledger(
    browser: Browser, environment: NearService, tmp_path: Path
) -> None:
    checked = await browser.checked(SAMPLES / "messy-term.xlsx", "messy-term.xlsx")
    assert checked.title == "What would be scheduled"
    told = checked.counts
    assert told["ready"]
    assert told["invalid"]
    assert list(told) == ["ready", "invalid"], "what would be sent comes first"
    waiting = await browser.get("/")
    assert f'href="{checked.url.path}"' in waiting.text, "the page can be closed, and found again"
    assert "What is wrong, by what mends it" in checked.text
    result = await browser.sent(checked)
    assert result.title == "What became of the rows"
    assert f'href="{checked.url.path}"' not in (await browser.get("/")).text.partition("Past batches")[0]
    counts = result.counts
    assert counts["scheduled"] == told["ready"] == len(environment.titles()) == environment.calls("create ok")
    assert counts["invalid"] == told["invalid"]
    assert journal_counts(tmp_path / "state") == counts
    answer = await browser.get(f"{result.url.path}/results.xlsx")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="messy-term-results.xlsx"')
    (tmp_path / "results.xlsx").write_bytes(answer.body)
    assert Counter(row["outcome"] for row in rows_of(tmp_path / "results.xlsx")) == counts


async def test_rows_that_repeat_are_counted_as_rows_and_as_classes(
    browser: Browser, environment: NearService
) -> None:
    checked = await browser.checked(SAMPLES / "weekly-term.xlsx", "weekly-term.xlsx")
    assert "40 rows, 504 classes: 504 ready" in checked.text
    assert (
        "Row 2, Maths Y7: 15 lessons, Mondays 09:00, 1 Sep to 15 Dec 2031, not on 27 Oct (Half-term)."
        in checked.text
    )
    result = await browser.sent(checked)
    assert result.counts["scheduled"] == environment.calls("create ok") == 504


async def test_the_week_is_seen_before_and_after_it_is_sent_and_turned(browser: Browser) -> None:
    lessons = ("Algebra,2031-09-01 09:00,a@school.example,60", "Biology,2031-09-10 13:30,b@school.example,60")
    checked = await browser.checked(
        "\n".join(("title,start_time,presenter_email,duration", *lessons)).encode()
    )
    assert "Week of Monday 1 September 2031: 1 lesson" in checked.text
    assert "09:00-10:00" in checked.text
    after = await browser.get(f"{checked.url.path}?week=2031-09-08")
    assert "Week of Monday 8 September 2031: 1 lesson" in after.text
    assert "13:30-14:30" in after.text
    assert "Biology" in (await browser.get(f"{checked.url.path}?week=2031-09-08&day=2031-09-10")).text
    for spoilt in ("soon", "9999-99-99", "2031-09-08T00:00", "-1", "%00"):
        assert (
            "Week of Monday 1 September 2031" in (await browser.get(f"{checked.url.path}?week={spoilt}")).text
        )
    confirm = await browser.get(f"{checked.url.path}/confirm")
    assert "Wednesday 10 September 2031, 13:30: Biology, 60 minutes" in confirm.text
    result = await browser.sent(checked)
    assert "Week of Monday 1 September 2031: 1 lesson" in result.text
    assert re.search(r"row 2, class \d+", result.text)


async def test_a_double_click_a_reload_and_a_second_tab_lead_to_one_run(
    browser: Browser, environment: NearService, tmp_path: Path
) -> None:
    checked = await browser.checked(csv_of(lessons(5)))
    path = f"{checked.url.path}/confirm"
    asked = await browser.get(path)
    form = {"csrf": asked.hidden("csrf"), "nonce": asked.hidden("nonce")}
    answers = await asyncio.gather(*(browser.post(path, form) for _ in range(4)))
    assert {answer.status for answer in answers} == {200}
    await browser.settled(checked.url.path)
    late = await browser.post(path, form)
    assert late.title == "What became of the rows"
    assert environment.calls() == len(environment.titles()) == 5
    assert journal_counts(tmp_path / "state") == {"scheduled": 5}


async def test_a_mended_file_takes_the_place_of_the_first_and_only_its_new_rows_are_sent(
    browser: Browser, environment: NearService
) -> None:
    wrong = [*lessons(3), lesson(4, duration="soon")]
    checked = await browser.checked(csv_of(wrong))
    assert checked.counts["invalid"] == 1
    mended = await browser.checked(csv_of(lessons(4)), to=checked.action("/file"))
    assert mended.url == checked.url
    assert mended.counts == {"ready": 4}
    await browser.sent(mended)
    more = await browser.checked(csv_of(lessons(6)), to=f"{checked.url.path}/file")
    assert more.counts["ready"] == 2
    second = await browser.sent(more)
    assert second.counts == {"scheduled": 2, "already": 4}
    assert environment.calls() == len(environment.titles()) == 6


async def test_what_has_to_be_looked_at_stands_once_more_above_the_button(browser: Browser) -> None:
    late = lesson(3) | {"start_time": "2031-09-01 22:00"}
    checked = await browser.checked(csv_of([*lessons(2), late]))
    asked = await browser.get(f"{checked.url.path}/confirm")
    assert "begins at 22:00, outside the usual hours" in asked.text
    assert "lets 2 people attend a class without a limit" in asked.text
    assert "no class is recorded" in asked.text, "all that is taken for granted, in one place"


async def test_an_out_of_date_confirmation_sends_nothing(browser: Browser, environment: NearService) -> None:
    checked = await browser.checked(csv_of(lessons(2)))
    asked = await browser.get(f"{checked.url.path}/confirm")
    await browser.checked(csv_of(lessons(9)), to=checked.action("/file"))
    form = {"csrf": asked.hidden("csrf"), "nonce": asked.hidden("nonce")}
    after = await browser.post(f"{checked.url.path}/confirm", form)
    assert after.title == "What would be scheduled"
    assert environment.calls() == 0


OWN_WORDS = b"Otsikko;Alkaa;Kuka;Vyohyke;Kesto\nAlgebra;2031-09-01 14:00;a@school.example;GMT;60\n"


async def test_headers_nobody_knows_are_asked_about_once_and_remembered(browser: Browser) -> None:
    asked = await browser.checked(OWN_WORDS, "syksy.csv")
    assert asked.title == "What is in which column?"
    assert "Algebra" in asked.text
    meant = ("title", "start_time", "presenter_email", "time_zone", "duration")
    answers = {f"column-{place}": name for place, name in enumerate(meant, start=1)}
    await browser.press(asked, "/mapping", remember="on", **answers)
    checked = await browser.settled(asked.url.path)
    assert checked.counts["ready"] == 1
    again = await browser.checked(OWN_WORDS.replace(b"Algebra", b"Biology"), "syksy.csv")
    assert again.counts["ready"] == 1
    known = await browser.get(f"{again.url.path}/mapping")
    assert known.text.count("selected") == 7  # and how dates are written, and by which program


async def test_how_dates_are_written_and_the_time_zone_are_said_for_one_file_alone(browser: Browser) -> None:
    row = "Algebra,05/06/2031 09:00,a@school.example,60\n"
    content = f"title,start_time,presenter_email,duration\n{row}".encode()
    doubtful = await browser.checked(content)
    assert doubtful.counts == {"invalid": 1}
    assert "Say under &#34;How the file is read&#34; which comes first" in doubtful.text
    assert "name your time zone under &#34;How the file is read&#34;" in doubtful.text
    asked = await browser.get(f"{doubtful.url.path}/mapping")
    assert asked.title == "How the file is read"
    wrong = await browser.press(asked, "/mapping", dates="dmy", time_zone="Lundun")
    assert (wrong.status, wrong.title) == (422, "How the file is read")
    assert "is not a time zone that is known here" in wrong.text
    assert '"dmy" selected' in wrong.text
    assert (await browser.get(doubtful.url.path)).counts["invalid"] == 1, "nothing was kept"
    await browser.press(wrong, "/mapping", dates="dmy", time_zone="europe/madrid")
    known = await browser.settled(doubtful.url.path)
    assert known.counts["ready"] == 1
    assert "Thu 5 Jun 2031 at 09:00, by the clock of Europe/Madrid" in known.text
    assert "As you said of this file" in known.text
    longer = await browser.checked(
        content + row.replace("Algebra", "Biology").encode(), to=known.action("/file")
    )
    assert longer.counts["ready"] + longer.counts["held"] == 2, "it holds for the mended file, too"
    assert (await browser.checked(content)).counts["invalid"] == 1, "and for no other"


async def test_what_was_sent_can_be_read_another_way_and_its_other_rows_sent(
    browser: Browser, environment: NearService
) -> None:
    good = "title,start_time,presenter_email,duration\nAlgebra,2031-06-05 09:00,a@school.example,60\n"
    content = f"{good}Biology,05/06/2031 09:00,b@school.example,60\n".encode()
    sent = await browser.sent(await browser.checked(content))
    assert sent.counts == {"scheduled": 1, "invalid": 1}
    found = re.search(r'href="(/uploads/[^"]*/mapping)"', sent.text)
    assert found
    await browser.press(await browser.get(found[1]), "/mapping", dates="dmy")
    checked = await browser.settled(found[1].removesuffix("/mapping"))
    assert checked.counts == {"ready": 1, "already": 1}
    assert (await browser.sent(checked)).counts == {"scheduled": 1, "already": 1}
    assert environment.titles() == ["Algebra", "Biology"]


async def test_of_several_timetables_in_one_workbook_the_person_chooses(browser: Browser) -> None:
    book = openpyxl.Workbook()
    for number, title in enumerate(("Monday", "Tuesday"), start=1):
        sheet = book.create_sheet(title)
        sheet.append(list(lesson(number)))
        sheet.append(list(lesson(number).values()))
    del book["Sheet"]
    content = io.BytesIO()
    book.save(content)
    asked = await browser.checked(content.getvalue(), "week.xlsx")
    assert asked.title == "Which sheet is it?"
    await browser.press(asked, "/mapping", sheet="Tuesday")
    one = await browser.settled(asked.url.path)
    assert one.counts["ready"] == 1
    both = await browser.checked(content.getvalue(), "week.xlsx")
    await browser.press(both, "/mapping", sheet="*")
    assert (await browser.settled(both.url.path)).counts["ready"] == 2


async def test_a_file_that_is_no_timetable_says_what_to_do(browser: Browser) -> None:
    seen = await browser.checked(b"%PDF-1.7 not a timetable", "term.pdf")
    assert seen.title == "The file cannot be used yet"
    mended = await browser.checked(csv_of(lessons(1)), to=seen.action("/file"))
    assert mended.counts["ready"] == 1


async def test_the_marked_copy_is_the_person_s_own_file_as_it_is_read_now(browser: Browser) -> None:
    checked = await browser.checked(SAMPLES / "messy-term.xlsx", "messy-term.xlsx")
    path = f"{checked.url.path}/marked.xlsx"
    original = openpyxl.load_workbook(SAMPLES / "messy-term.xlsx")
    first = openpyxl.load_workbook(io.BytesIO((await browser.get(path)).body))
    await browser.press(await browser.get(f"{checked.url.path}/mapping"), "/mapping", dates="dmy")
    await browser.settled(checked.url.path)
    second = openpyxl.load_workbook(io.BytesIO((await browser.get(path)).body))
    assert first.sheetnames == second.sheetnames == original.sheetnames
    told = [str([list(row) for row in book.worksheets[0].values]) for book in (first, second)]
    assert all(PROBLEMS in cells for cells in told)
    assert ["nothing in the file proves which" in cells for cells in told] == [True, False]


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[NearService]:
    """A service that thinks for a while, so that there is a middle of the run."""
    with serving_here(latency_s=0.12) as service:
        service.seen_by(monkeypatch, tmp_path, CLASSBATCH_IN_FLIGHT="1")
        yield service


async def until_sent(browser: Browser, path: str, rows: int) -> None:
    await browser.until(path, lambda seen: seen.counts.get("scheduled", 0) >= rows)


@pytest.mark.thorough
async def test_a_run_is_paused_resumed_and_stopped_and_its_rest_is_sent_later(
    slow: NearService, tmp_path: Path
) -> None:
    async with serving_page(tmp_path, base_url=slow.url) as page, page.browser() as browser:
        checked = await browser.checked(csv_of(lessons(20)))
        running = await browser.confirm(checked)
        path = running.url.path
        await until_sent(browser, path, 1)
        await browser.press(await browser.get(path), "/pause")
        paused = await browser.until(path, lambda seen: "Paused" in seen.text)
        done = slow.calls()
        await browser.press(paused, "/resume")
        await until_sent(browser, path, done + 2)
        await browser.press(await browser.get(path), "/stop")
        stopped = await browser.settled(path)
        assert stopped.counts["not_sent"] > 0
        assert stopped.counts["scheduled"] == len(slow.titles())
        await browser.press(stopped, "/finish")
        finished = await browser.settled(path)
        assert finished.counts["scheduled"] == stopped.counts["not_sent"]
        assert slow.calls() == len(slow.titles()) == 20


@pytest.mark.thorough
async def test_events_tell_the_counts_as_they_move(slow: NearService, tmp_path: Path) -> None:
    async with serving_page(tmp_path, base_url=slow.url) as page, page.browser() as browser:
        checked = await browser.checked(csv_of(lessons(6)))
        await browser.confirm(checked)
        answer = await browser.get(f"{checked.url.path}/events")
        told = [json.loads(line[6:]) for line in answer.body.splitlines() if line.startswith(b"data: ")]
        done = [event["done"] for event in told]
        assert done == sorted(done)
        assert len(set(done)) > 2
        assert told[-1]["ended"]
        assert told[-1]["done"] == told[-1]["total"] == 6
        late = await browser.get(f"{checked.url.path}/events")
        assert late.body.count(b"data: ") == 1
        assert b'"ended": true' in late.body


@pytest.mark.thorough
async def test_the_command_line_finishes_a_batch_of_the_page_and_the_page_one_of_the_command_line(
    slow: NearService, tmp_path: Path, classbatch: Command
) -> None:
    command = on_command_line(classbatch, slow, tmp_path)
    content = csv_of(lessons(8))
    (tmp_path / "term.csv").write_bytes(content)
    async with serving_page(tmp_path, base_url=slow.url) as page, page.browser() as browser:
        checked = await browser.checked(content)
        await browser.confirm(checked)
        await until_sent(browser, checked.url.path, 1)
        await browser.press(await browser.get(checked.url.path), "/stop")
        stopped = await browser.settled(checked.url.path)
        assert stopped.counts["not_sent"] > 0
        ran = await asyncio.to_thread(command, "submit", "term.csv")
        assert ran.code == 0, ran.err
        now = await browser.get(stopped.url.path)
        assert now.counts == {"scheduled": 8}
        assert "finish" not in now.text

        (tmp_path / "more.csv").write_bytes(csv_of(lessons(11)))
        limited = await asyncio.to_thread(command, "submit", "more.csv", "--limit", "1")
        assert limited.code == 75
        start = await browser.get("/")
        assert "more.csv" in start.text
        rest = await browser.settled((await browser.press(start, "/finish")).url.path)
        assert rest.counts["ready"] == 2
        assert (await browser.sent(rest)).counts["scheduled"] == 2
        assert slow.calls() == len(slow.titles()) == 11


async def test_two_browsers_and_a_cron_run_at_once_send_nothing_twice(
    slow: NearService, tmp_path: Path, classbatch: Command
) -> None:
    command = on_command_line(classbatch, slow, tmp_path)
    content = csv_of(lessons(6))
    (tmp_path / "term.csv").write_bytes(content)
    async with (
        serving_page(tmp_path, base_url=slow.url) as page,
        page.browser() as one,
        page.browser() as other,
    ):
        first, second = await asyncio.gather(one.checked(content), other.checked(content))
        ran, *seen = await asyncio.gather(
            asyncio.to_thread(command, "submit", "term.csv"), one.sent(first), other.sent(second)
        )
        turned_away = [each for each in seen if "another run is at work" in each.text.lower()]
        assert ran.code in {0, 75}
        for each in seen:  # turned away, or it came when another had sent all
            there = each.counts.get("scheduled", 0) + each.counts.get("already", 0)
            assert each in turned_away or there == 6, each.text
        assert slow.calls() == len(slow.titles()) == 6
        for browser, each in zip((one, other), seen, strict=True):
            if each in turned_away:
                assert each.title == "What would be scheduled"
                assert (await browser.settled(each.url.path)).title == "What would be scheduled"


async def test_without_keys_a_file_can_be_checked_and_nothing_is_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    async with serving_page(tmp_path) as page, page.browser() as browser:
        checked = await browser.checked(csv_of(lessons(2)))
        assert checked.counts["ready"] == 2
        assert "CLASSBATCH_ACCESS_KEY" in checked.text
        assert "confirm" not in checked.text
        asked = await browser.get(f"{checked.url.path}/confirm")
        assert asked.url.path == checked.url.path


async def test_a_refused_row_is_tried_again_when_the_person_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving_here(fault="unknown-code@first 1") as service:
        service.seen_by(monkeypatch, tmp_path)
        async with serving_page(tmp_path, base_url=service.url) as page, page.browser() as browser:
            first = await browser.sent(await browser.checked(csv_of(lessons(3))))
            assert first.counts == {"scheduled": 2, "refused": 1}
            await asyncio.gather(*(browser.press(first, "/again") for _ in range(2)))
            second = await browser.settled(first.action("/again").partition("/again")[0])
            assert second.counts == {"scheduled": 1, "already": 2}
            assert service.calls() == 4
            assert len(service.titles()) == 3


async def test_what_was_tried_out_in_a_sandbox_is_not_sent_on_to_the_real_service(
    slow: NearService, tmp_path: Path
) -> None:
    content = csv_of(lessons(30))
    async with serving_page(tmp_path, sandbox=True) as page, page.browser() as browser:
        checked = await browser.checked(content, "trial.csv")
        await browser.confirm(checked)
        await browser.until(checked.url.path, lambda seen: "Reading the file" not in seen.text)
        await browser.post(f"{checked.url.path}/stop", {"csrf": await browser.csrf()})
        tried = await browser.settled(checked.url.path)
        assert "SANDBOX: nothing real was scheduled." in tried.text
        batch = tried.url.path
    async with serving_page(tmp_path, base_url=slow.url) as page, page.browser() as browser:
        start = await browser.get("/")
        assert "trial.csv (sandbox)" in start.text
        csrf = {"csrf": start.hidden("csrf")}
        for path in (f"{batch}/finish", f"{checked.url.path}/again?after={batch.rpartition('/')[2]}"):
            after = await browser.post(path, csrf)
            assert after.title == "What became of the rows"
        assert slow.calls("") == 0


@pytest.mark.thorough
async def test_a_run_whose_process_is_killed_says_so_and_can_be_finished(
    slow: NearService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLASSBATCH_TIMEOUT_S", "0.5")  # a lost answer is looked up after that
    async with serving_page(tmp_path, base_url=slow.url) as page, page.browser() as browser:
        checked = await browser.checked(csv_of(lessons(8)))
        await browser.confirm(checked)
        await until_sent(browser, checked.url.path, 1)
        for child in page.site.desk.children.running():
            child.kill()
        killed = await browser.settled(checked.url.path)
        assert "crashed" in killed.text
        await browser.press(killed, "/finish")
        finished = await browser.settled(checked.url.path)
        assert finished.counts["scheduled"] + finished.counts["already"] == 8
        assert len(slow.titles()) == 8
