"""The start page and the list of all that was done before: files that wait, batches, nights."""

from collections.abc import Iterable, Mapping
from typing import Any

from batch.core.outcome import Outcome
from batch.core.tally import Exit, Tally
from batch.journal.nights import PastNight
from batch.report.wording.language import tr_later
from batch.report.wording.phrases import tr
from batch.settings.table import Settings
from batch.web.state.notice import Notice
from batch.web.state.past_batches import PastRun
from batch.web.state.uploads import Stage, Upload
from batch.web.views.model import BatchState, NightView, PastBatch, PastView, StartView, WaitingFile
from batch.web.views.wording import counts_shown, ending_shown, when_shown

_BY_NIGHT, _BY_COMMAND = tr_later("the nightly import"), tr_later("the command line")
_BY_PAGE = tr_later("this page")
_DID_SOMETHING = (Outcome.SCHEDULED, Outcome.CHANGED, Outcome.CANCELLED, Outcome.UNKNOWN)


def start(
    settings: Settings,
    batches: Iterable[PastBatch],
    limit: str,
    waiting: Iterable[WaitingFile] = (),
    notice: Notice | None = None,
) -> StartView:
    if settings.max_concurrent_classes:
        told = tr("{limit}, from the settings", limit=settings.max_concurrent_classes)
    else:
        told = tr("{limit}, as the service has told", limit=limit) if limit else tr("not known yet")
    return StartView(
        limits=(
            tr("An .xlsx workbook or a CSV file, with one class in each row, or a calendar (.ics)."),
            tr("At most {mib} MiB and {rows:,} rows.", mib=settings.upload_mib, rows=settings.max_rows),
            tr("How many classes your licence lets run at once: {limit}.", limit=told),
        ),
        batches=tuple(batches),
        waiting=tuple(waiting),
        notice=notice,
    )


def waiting_file(upload: Upload, found: Mapping[str, Any]) -> WaitingFile:
    """A file that was brought and is not sent.

    Args:
        upload: as it stands.
        found: by its check; empty while there is nothing.
    """
    problem = found.get("problem", {}).get("says", "")
    if upload.stage is Stage.CHECKING:
        says = tr("being read")
    elif problem:
        says = problem
    else:
        says = tr("{rows:count row} ready", rows=upload.total) if upload.total else tr("nothing ready yet")
    here = f"/uploads/{upload.id}"
    return WaitingFile(
        file=upload.name, when=when_shown(upload.at), says=says, href=here, remove_href=f"{here}/remove"
    )


def past_batch(
    run: PastRun, upload: Upload | None, account: str, *, ours: bool, by_night: bool = False
) -> PastBatch:
    """A line of the list.

    Args:
        run: the batch.
        upload: the one it was begun from.
        account: of this page; a batch of another one, or of a sandbox's, cannot be finished here.
        ours: we are sending it.
        by_night: the nightly import began it.
    """
    state: BatchState = (
        "running" if ours or run.lock_holder else "open rows" if run.has_open_rows else "finished"
    )
    batch = run.batch
    newest = (
        upload is not None
        and (batch.id == upload.batch or ours)
        and upload.stage in {Stage.ENDED, Stage.RUNNING}
    )
    file = tr("{file}, taken back", file=batch.file) if batch.undoes else batch.file
    here = f"/batches/{batch.id}"
    return PastBatch(
        id=batch.id,
        file=tr("{file} (sandbox)", file=file) if batch.sandbox else file,
        when=when_shown(batch.started_at),
        who=_who(run, by_night=by_night),
        took=_took(batch.started_at, batch.finished_at),
        counts=counts_shown(run.tally),
        state=state,
        href=f"/uploads/{upload.id}" if newest and upload else here,
        results_href=f"{here}/results.xlsx" if state != "running" else "",
        can_finish=state == "open rows" and run.account == account,
        finish_href=f"{here}/finish",
        finish_says=finish_says(run.tally, takes_back=batch.undoes is not None),
        remove_href=f"{here}/remove" if can_be_removed(run) and state != "running" else "",
    )


def finish_says(tally: Tally, *, takes_back: bool = False) -> str:
    """What the button that goes on with a batch says; messages name it by its beginning."""
    if takes_back:
        return "Take back the rest"
    not_sent = tally[Outcome.NOT_SENT]
    if tally[Outcome.UNKNOWN] or not not_sent:
        return tr("Finish it")
    if tally.rows > not_sent:
        return tr("Finish it: send the other {rows:,}", rows=not_sent)
    return tr("Finish it: send the {rows:,}", rows=not_sent)


def can_be_removed(run: PastRun) -> bool:
    """Whether a batch is a wrong try that nothing came of: what made or changed a class stays in sight."""
    return not any(run.tally[outcome] for outcome in _DID_SOMETHING) and run.batch.undoes is None


def _who(run: PastRun, *, by_night: bool) -> str:
    if run.owner is not None:
        return run.owner
    return tr(_BY_NIGHT if by_night else _BY_PAGE if run.is_of_page else _BY_COMMAND)


def _took(began: float, ended: float | None) -> str:
    """How long something took, as people say it; "" while it goes on."""
    if ended is None:
        return ""
    seconds = max(0, round(ended - began))
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def night_view(night: PastNight, names: Mapping[str, str]) -> NightView:
    """A nightly import.

    Args:
        night: as it was kept.
        names: batch -> its file, of those that may be seen.
    """
    says, tone = _night_says(night)
    return NightView(
        when=when_shown(night.began_at),
        took=_took(night.began_at, night.ended_at),
        inbox=night.inbox,
        says=says,
        tone=tone,
        batches=tuple((names[batch], f"/batches/{batch}") for batch in night.batches if batch in names),
        failed=night.failed,
    )


def _night_says(night: PastNight) -> tuple[str, Any]:
    if night.failed:
        return tr("{files:count file} could not be imported.", files=len(night.failed)), "bad"
    return (
        ending_shown(Exit(night.exit_code))
        if night.exit_code in set(Exit)
        else (tr("It was cut short."), "wait")
    )


def past(
    waiting: Iterable[WaitingFile],
    batches: Iterable[PastBatch],
    nights: Iterable[NightView],
    number: int,
    *,
    more: bool,
) -> PastView:
    """The list of everything, a page of batches at a time."""
    return PastView(
        waiting=tuple(waiting),
        batches=tuple(batches),
        nights=tuple(nights),
        previous_href=f"?page={number - 1}" if number > 1 else "",
        next_href=f"?page={number + 1}" if more else "",
    )
