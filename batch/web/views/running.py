"""What goes on at this moment, a run or an undo: how far it is, and how it is paused or stopped."""

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from batch.core.outcome import Outcome
from batch.report.wording.language import tr_later, translated
from batch.report.wording.phrases import tr
from batch.web.state.orders import Event
from batch.web.state.past_batches import PastRun
from batch.web.state.uploads import Upload
from batch.web.views.model import RunEvent, RunState, RunView
from batch.web.views.wording import counts_shown, tally_of_counts

_STATES: Mapping[RunState, str] = {
    "running": tr_later("Sending"),
    "paused": tr_later("Paused: nothing more is sent until you go on"),
    "stopping": tr_later("Stopping: what is under way is finished first"),
    "waiting": tr_later("Waiting"),
}


def run_event(upload: Upload, last: Event | None) -> RunEvent:
    """How a run is, from what its child told last; None: it is a child of a server that died."""
    here = f"/uploads/{upload.id}"
    return _shown(last, upload.total, lambda wanted: f"{here}/{wanted}", _STATES, Outcome.SCHEDULED)


def _shown(
    last: Event | None, total: int, href: Callable[[str], str], states: Mapping[RunState, str], first: Outcome
) -> RunEvent:
    """How something is that goes on.

    Args:
        last: as its child told it; None: it is a child of a server that died.
        total: so many rows, until the child has told it.
        href: where it is asked to pause, resume or stop.
        states: in words.
        first: what becomes of most rows.
    """
    event: Event = last or {}
    state: RunState = event.get("state", "running") if last is not None else "stopping"
    begun = event.get("begun")
    done, total = event.get("done", 0), event.get("total", 0) if begun else total
    says = tr("Getting ready") if state == "running" and not begun else translated(states[state])
    goes = state in {"running", "waiting"}
    return RunEvent(
        state=state,
        state_says=says,
        done=done,
        total=total,
        progress_says=tr("{done:,} of {total:count row}", done=done, total=total),
        counts=counts_shown(tally_of_counts(event.get("counts", {})), first=(first,)),
        speed=event.get("speed", ""),
        time_left=event.get("time_left", ""),
        waits_for=event.get("waits_for", ""),
        sentences=tuple(event.get("sentences", ())),
        links={
            "pause": href("pause") if goes and last is not None else "",
            "resume": href("resume") if state == "paused" else "",
            "stop": href("stop") if goes or state == "paused" else "",
        },
    )


def run(upload: Upload, event: RunEvent) -> RunView:
    return RunView(file=upload.name, event=event, events_href=f"/uploads/{upload.id}/events")


def taking_back_event(past: PastRun, last: Event | None, nonce: str) -> RunEvent:
    """How an undo is that goes on."""
    return _shown(
        last,
        past.tally[Outcome.SCHEDULED] + past.tally[Outcome.CHANGED],
        lambda wanted: _undo_href(past, wanted, nonce),
        {**_STATES, "running": tr_later("Taking back")},
        Outcome.CANCELLED,
    )


def taking_back(past: PastRun, event: RunEvent, nonce: str) -> RunView:
    events = _undo_href(past, "events", nonce)
    return RunView(file=past.batch.file, event=event, events_href=events, takes_back=True)


def _undo_href(past: PastRun, what: str, nonce: str) -> str:
    return f"/batches/{past.batch.id}/undo/{what}?{urlencode({'run': nonce})}"
