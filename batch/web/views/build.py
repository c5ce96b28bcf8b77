"""From what is on disk, and what children tell, to the views: values in, views out."""

from collections.abc import Mapping
from typing import Any

from batch.core.outcome import NEEDS_A_PERSON, Outcome
from batch.core.rows.columns import BY_NAME, AccountKind
from batch.core.rows.row import is_of_grid
from batch.core.tally import Exit, Tally
from batch.report.wording.language import tr_later, translated
from batch.report.wording.outcomes import SANDBOX, label_of
from batch.report.wording.phrases import filled, number_in_words, tr
from batch.settings.table import Settings
from batch.web.state.notice import Notice, Tone
from batch.web.state.orders import Answer, Event
from batch.web.state.past_batches import PastRun
from batch.web.state.uploads import Upload
from batch.web.views.changes import (
    edited_says,
    groups_of,
    is_to_be_done,
    kept_says,
    question,
    sends,
    will_change,
)
from batch.web.views.mapping_form import CLOCKS, DATES, FORMATS, said_in_words, zones_offered
from batch.web.views.mapping_question import ALL_SHEETS, labels
from batch.web.views.mending import mended_in_words
from batch.web.views.model import (
    CheckView,
    ConfirmView,
    FileProblemView,
    HeaderChoice,
    LoadCell,
    LoadPicture,
    MappingView,
    ProblemGroup,
    Question,
    ResultView,
    RowsPage,
    WeekView,
)
from batch.web.views.past import finish_says
from batch.web.views.questions import questions
from batch.web.views.row_pages import RowHref
from batch.web.views.teachers import Teachers
from batch.web.views.undo import TAKEN_BACK, can_be_undone
from batch.web.views.wording import (
    counts_shown,
    ending_shown,
    steps_on_the_page,
    tally_of_counts,
    when_shown,
)

_SENT_TO: Mapping[AccountKind, str] = {
    AccountKind.TEACHER: tr_later("They are sent to {where} (teacher account)."),
    AccountKind.ROOM: tr_later("They are sent to {where} (room account)."),
}
_READ_ONE_BY_ONE = 20  #: rows; more are first shown by what mends them
_RETRIED = (Outcome.HELD, Outcome.REFUSED)


def _at_work() -> Notice:
    says, fix = tr("This batch is being sent at this moment."), tr("Load the page again later.")
    return Notice(says=says, fix=fix, tone="wait")


def file_problem(upload: Upload, found: Mapping[str, Any]) -> FileProblemView:
    problem = found["problem"]
    here = f"/uploads/{upload.id}"
    return FileProblemView(
        file=upload.name,
        says=problem["says"],
        fix=problem["fix"],
        again_href=f"{here}/file",
        retry_href=f"{here}/check" if found.get("again") else "",
    )


def mapping(upload: Upload, asked: Mapping[str, Any], settings: Settings) -> MappingView:
    titles = asked["sheets"]
    sheets = [(title, title) for title in titles]
    if sheets:
        sheets.append((ALL_SHEETS, tr("All of them together, as one timetable")))
    chosen_of = upload.said.columns
    asks_zone = not any(column["chosen"] == "time_zone" for column in asked["columns"])
    return MappingView(
        file=upload.name,
        sheet=asked["sheet"],
        says=asked["says"],
        columns=tuple(_choice(column, chosen_of) for column in asked["columns"]),
        needed=tuple(asked["needed"]),
        choices=(("", tr("Leave this column out")), *labels(AccountKind(settings.account))),
        action=f"/uploads/{upload.id}/mapping?check={upload.nonce}",
        again_href=f"/uploads/{upload.id}/file",
        sheets=tuple(sheets),
        sheet_chosen=asked["sheet_chosen"],
        dates=upload.said.dates,
        dates_choices=_dates_choices(settings, asked.get("readings", {})),
        clock=upload.said.clock,
        clock_choices=tuple((value, translated(label)) for value, label in CLOCKS.items()),
        format=upload.said.format,
        format_choices=tuple((value, translated(label)) for value, label in FORMATS.items()),
        zones=zones_offered() if asks_zone else (),
        zone=upload.said.time_zone or settings.defaults.get("time_zone", ""),
        zone_else=settings.defaults.get("time_zone") or str(BY_NAME["time_zone"].default),
        notice=upload.notice,
    )


def _dates_choices(settings: Settings, readings: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What `dates` may be; `readings` has the days that the file's own dates are in either order, where it is asked."""
    labels = {value: translated(label) for value, label in DATES.items()}
    if settings.dates:
        labels[""] = tr("As on this page always: {dates}", dates=labels[settings.dates])
    first = {"dmy": tr_later("Day first: {days}"), "mdy": tr_later("Month first: {days}")}
    labels |= {order: tr(first[order], days=days) for order, days in readings.items()}
    return tuple(labels.items())


def _choice(column: Mapping[str, Any], overrides: Mapping[str, str]) -> HeaderChoice:
    chosen, suggested = overrides.get(column["name"], column["chosen"]), column["suggested"]
    return HeaderChoice(
        header=column["header"],
        position=column["position"],
        letter=column["letter"],
        samples=tuple(column["samples"]),
        chosen=chosen,
        suggested=translated(BY_NAME[suggested].called) if suggested not in {"", chosen} else "",
        why=column["why"],
    )


def check(
    upload: Upload,
    found: Mapping[str, Any],
    rows: RowsPage,
    week: WeekView | None,
    settings: Settings,
    row_href: RowHref,
) -> CheckView:
    tally = tally_of_counts(found["counts"], of_check=True)
    here = f"/uploads/{upload.id}"
    ready = tally[Outcome.READY]
    why_not = found["why_not"]
    if not why_not and not sends(found):
        why_not = tr("No row is ready to be sent.")
    asked = (*_about_changes(upload, found), *questions(upload, found, settings))
    waiting = found["rows"].get("first_waiting", ())
    faulty = any(tally[outcome] for outcome in NEEDS_A_PERSON) or rows.total
    return CheckView(
        file=upload.name,
        sheet=found["sheet"],
        ready=ready,
        touches=bool(found.get("changing") or found.get("cancelling")),
        counts=counts_shown(tally, first=(Outcome.READY,) if ready else ()),
        says=found["says"],
        questions=asked,
        # In a grid the same stands in many cells, and is mended in one go.
        groups=_groups(found)
        if rows.total > (1 if is_of_grid(found["header"]) else _READ_ONE_BY_ONE)
        else (),
        rows=rows,
        waiting_says=_waiting_says(found["rows"].get("waiting", 0)),
        waiting=tuple((place, row_href(sheet, number) if number else "") for place, sheet, number in waiting),
        waiting_more=found["rows"].get("waiting", 0) > len(waiting),
        week=week,
        load=_load(found["load"]),
        notes=(*kept_says(found), *found["notes"], *said_in_words(upload.said, found.get("known_names", ()))),
        nonce=upload.nonce,
        can_run=sends(found) and not found["why_not"],
        why_not=why_not,
        mends_first=ready < sum(tally[outcome] for outcome in NEEDS_A_PERSON),
        marked_href=f"{here}/marked.xlsx" if faulty and found.get("can_mark", True) else "",
        mapping_href=f"{here}/mapping",
        confirm_href=f"{here}/confirm",
        mend_href=f"{here}/mend?page={rows.number}&check={upload.nonce}"
        if asked or any(row.fields for row in rows.rows)
        else "",
        mended_says=mended_in_words(upload.mended),
        unmend_href=f"{here}/unmend?check={upload.nonce}",
        again_href=f"{here}/file",
        batch_href=f"/batches/{upload.batch}" if upload.batch else "",
        notice=upload.notice,
    )


def _waiting_says(rows: int) -> str:
    if not rows:
        return ""
    return tr("{rows:count row needs|rows need} nothing but the answers above:", rows=rows)


def _about_changes(upload: Upload, found: Mapping[str, Any]) -> tuple[Question, ...]:
    asked = question(upload, found)
    return (asked,) if asked is not None else ()


def confirm(
    upload: Upload, found: Mapping[str, Any], week: WeekView | None, settings: Settings, *, sandbox: bool
) -> ConfirmView:
    tally = tally_of_counts(found["counts"], of_check=True)
    ready = tally[Outcome.READY]
    where = tr("a sandbox on this computer: nothing real is scheduled") if sandbox else settings.base_url
    says = [filled(translated(_SENT_TO[AccountKind(settings.account)]), {"where": where})]
    left = [
        f"{number_in_words(tally[outcome])} {label_of(outcome, tally[outcome])}"
        for outcome in (Outcome.HELD, Outcome.INVALID)
        if tally[outcome]
    ]
    if left:
        says.append(tr("Not sent: {left:list and}. You can mend those and send them afterwards.", left=left))
    if tally[Outcome.ALREADY]:
        says.append(
            tr(
                "{rows:count row} already there: left alone, nothing is scheduled twice.",
                rows=tally[Outcome.ALREADY],
            )
        )
    says += [*will_change(found), *kept_says(found)]
    return ConfirmView(
        file=upload.name,
        number=ready,
        button=is_to_be_done(ready, found),
        says=tuple(says),
        classes=groups_of(found.get("touched", ())),
        lessons=tuple((what, which) for what, which in found.get("lessons", ())),
        notes=tuple(found["notes"]),
        nonce=upload.nonce,
        week=week,
        action=f"/uploads/{upload.id}/confirm",
        back_href=f"/uploads/{upload.id}",
    )


def result(
    past: PastRun,
    found: Mapping[str, Any],
    rows: RowsPage,
    week: WeekView | None,
    upload: Upload | None,
    account: str,
    teachers: Teachers,
) -> ResultView:
    """What became of a batch.

    Args:
        past: the batch.
        found: what a child left of it.
        rows: one page of its rows.
        week: one week of its classes.
        upload: the one it is the newest batch of; None: it can only be finished from the journal.
        account: of this page, as for `past_batch`.
        teachers: whose classes they are.
    """
    tally = past.tally
    batch = past.batch.id
    here = f"/uploads/{upload.id}" if upload else ""
    alike, unlisted, recognised = (found.get(name, 0) for name in ("alike", "unlisted", "recognised"))
    retried = sum(tally[outcome] for outcome in _RETRIED) - alike - unlisted
    is_ours = upload is not None and past.account == account
    asks_first_time = is_ours and upload is not None and upload.asks_first_time
    asks_replaces = is_ours and upload is not None and upload.asks_replaces
    asks = asks_first_time or asks_replaces
    says, tone = _asked() if asks else _ending(past)
    answer = f"{here}/again?after={batch}&answer="
    mend = any(tally[outcome] for outcome in NEEDS_A_PERSON)
    sentences = [translated(SANDBOX)] if past.batch.sandbox else []
    sentences += upload.sentences if upload else found.get("sentences", ())
    steps = () if asks or past.batch.undoes else steps_on_the_page(tally, alike=alike + unlisted)
    return ResultView(
        file=past.batch.file,
        batch=batch,
        when=when_shown(past.batch.started_at),
        counts=counts_shown(tally),
        total=tally.rows,
        exit_says=says,
        exit_tone=tone,
        sentences=(*sentences, *kept_says(found), *steps),
        todo=_groups(found),
        notes=tuple(found.get("notes", ())),
        rows=rows,
        week=week,
        results_href=f"/batches/{batch}/results.xlsx",
        can_retry=bool(retried and upload),
        retry_href=f"{answer}{Answer.RETRY}" if retried and upload else "",
        retry_says=tr(
            "{rows:count row} held or refused: each is tried once more as it stands.", rows=retried
        ),
        alike_says=_alike_says(alike) if alike and upload else "",
        # The same button would answer for those that name a class: they come first.
        missing_says=_missing_says(found.get("presumed", 0), unlisted) if upload and not alike else (),
        recognised_says=_recognised_says(recognised) if recognised and upload else "",
        edited_says=edited_says(found, upload) if upload else "",
        overwrite_href=f"{answer}{Answer.OVERWRITE}",
        take_over_href=f"{answer}{Answer.TAKE_OVER}",
        as_new_href=f"{answer}{Answer.AS_NEW}",
        first_time_href=f"{answer}{Answer.FIRST_TIME}" if asks_first_time else "",
        replaces_href=f"{answer}{Answer.REPLACES}" if asks_replaces else "",
        can_finish=past.has_open_rows and not past.lock_holder and past.account == account and not asks,
        finish_href=f"/batches/{batch}/finish",
        finish_says=finish_says(tally, takes_back=past.batch.undoes is not None),
        can_send_mended=mend and past.batch.undoes is None,
        can_send_changed=is_ours and not mend and past.batch.undoes is None and not past.has_open_rows,
        teachers=teachers.all,
        calendar_href=teachers.calendar_href,
        only=teachers.only,
        all_href=f"/batches/{batch}#week" if teachers.only else "",
        again_href=f"{here}/file" if upload else "/uploads",
        mapping_href=f"{here}/mapping" if upload and mend else "",
        undo_href=f"/batches/{batch}/undo" if can_be_undone(past, account) else "",
        notice=_at_work() if past.lock_holder else upload.notice if upload else None,
    )


def _asked() -> tuple[str, Tone]:
    return tr("Nothing more is sent: it waits for an answer."), "wait"


def _alike_says(rows: int) -> str:
    return tr(
        "{rows:form 1 row is held: a class of the account may be this one already.|{rows:,} rows are held: classes of the "
        "account may be theirs already.}",
        rows=rows,
    )


def _missing_says(presumed: int, unlisted: int) -> tuple[str, ...]:
    says = []
    if presumed:
        says.append(
            tr(
                "The journal was started over, and {rows:count row is|rows are} unknown: no list can show whether "
                "{rows:form its class was|their classes were} scheduled before.",
                rows=presumed,
            )
        )
    if unlisted:
        says.append(
            tr(
                "Other rows of this file are in the account, sent from another computer; {rows:count row is|rows are} "
                "held, because the list does not show {rows:form its class|their classes}.",
                rows=unlisted,
            )
        )
    return tuple(says)


def _recognised_says(rows: int) -> str:
    return tr(
        "{rows:count row was|rows were} taken for classes that stand in the account, by start, length and title. The list "
        "does not say whose they are.",
        rows=rows,
    )


def _ending(past: PastRun) -> tuple[str, Tone]:
    if past.batch.exit_code == Exit.UNKNOWN and not past.has_open_rows:
        return tr("The account seems to hold a class twice: see below."), "bad"
    exit_code = _exit_code(past)
    if past.batch.undoes and exit_code in TAKEN_BACK:
        taken_back, tone = TAKEN_BACK[exit_code]
        return translated(taken_back), tone
    if exit_code == Exit.DONE and (cancelled := past.tally.rows_cancelled):
        if cancelled == past.tally.rows:
            return tr("Nothing of it stands any more: its classes were cancelled since."), "plain"
        return tr(
            "{classes:count class was|classes were} cancelled since; the others are scheduled.",
            classes=cancelled,
        ), "good"
    return ending_shown(exit_code)


def _exit_code(past: PastRun) -> Exit:
    """As the rows stand now; but that the service let nobody in is in no row."""
    stopped = past.batch.exit_code == Exit.CANNOT_RUN and past.has_open_rows
    return Exit.CANNOT_RUN if stopped else past.tally.exit_code()


def _groups(found: Mapping[str, Any]) -> tuple[ProblemGroup, ...]:
    return tuple(ProblemGroup(**_with_place(group)) for group in found["groups"])


def _with_place(group: Mapping[str, Any]) -> Mapping[str, Any]:
    """A group as an earlier version left it on disk has its first and its last row in place of all."""
    if "where" in group:
        return group
    kept = {name: value for name, value in group.items() if name not in {"first", "last"}}
    return {**kept, "where": tr("from {first} to {last}", first=group["first"], last=group["last"])}


def _load(load: Mapping[str, Any] | None) -> LoadPicture | None:
    if load is None:
        return None
    days = tuple((day, tuple(LoadCell(**cell) for cell in cells)) for day, cells in load["days"])
    return LoadPicture(**{**load, "hours": tuple(load["hours"]), "days": days})


def live_tally(last: Event) -> Tally:
    return tally_of_counts(last.get("counts", {}))
