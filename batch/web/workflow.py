"""What happens to an upload: checked, confirmed, sent, sent again. Every step is on disk before it is taken.

A confirmation carries the nonce of the check that was confirmed: the same one a
second time, by a double click, a reload or another tab, leads to the same run.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from batch.connection import account_of
from batch.core.errors import CannotRun
from batch.core.language import Language
from batch.journal.journals import journals_of
from batch.report.wording.language import speaking, spoken
from batch.report.wording.phrases import tr
from batch.settings.table import Settings
from batch.web.state.layout import CHECK_FILE
from batch.web.state.notice import Notice
from batch.web.state.orders import FILES, Answer, Event, FileOverrides, MendedRow, Task, WorkerRequest
from batch.web.state.uploads import Received, Stage, Upload, Uploads, new_nonce
from batch.web.views.changes import sends
from batch.web.views.findings import write_findings
from batch.web.worker.processes import Child, Children


def _not_begun() -> Notice:
    return Notice(
        says=tr("The run did not begin before the page's server ended. Nothing was sent."),
        fix=tr("Look at the check once more, and confirm it again."),
        tone="wait",
    )


def _cut_short() -> Notice:
    return Notice(
        says=tr("The page's server ended while the classes were being sent."),
        fix=tr("Finish it: what was sent is known, and nothing is sent twice."),
        tone="wait",
    )


class NotMade(Exception):  # noqa: N818 - what happened, not a fault of ours
    """A child could not make what it was to make; `words` are the page's, from the child."""

    def __init__(self, words: dict[str, str]) -> None:
        super().__init__(words["says"])
        self.words = words


class UploadWorkflow:
    """Takes uploads from stage to stage."""

    def __init__(
        self,
        settings: Settings,
        flags: dict[str, Any],
        *,
        sandbox: bool,
        children: Children,
        clock: Callable[[], float],
    ) -> None:
        """`flags`: of `serve`, for the children; they hold no secret."""
        self.settings = settings
        self.sandbox = sandbox
        self.uploads = Uploads(settings.state)
        self.journals = journals_of(settings, sandbox=sandbox)
        self.children = children
        self.clock = clock
        self._flags = flags
        self._hands_over = settings.enqueue and not sandbox

    def take(self, upload: Upload, received: Received, incoming: Path) -> Upload:
        """A file has come, the first of an upload or a newer version; it is checked now."""
        self._stop_checking(upload)
        newer = upload.with_file(
            name=received.name, sha256=received.sha256, size=received.size, at=self.clock()
        )
        incoming.replace(self.uploads.file(newer))
        self.uploads.save(newer)
        self.uploads.keep_version(newer)
        return self._check(newer)

    def check_again(
        self,
        upload: Upload,
        said: FileOverrides | None = None,
        mended: tuple[MendedRow, ...] | None = None,
        notice: Notice | None = None,
    ) -> Upload:
        self._stop_checking(upload)
        return self._check(self.uploads.save(upload.to_be_checked(said=said, mended=mended, notice=notice)))

    def drop(self, upload: Upload) -> None:
        """It is not wanted any more."""
        self._stop_checking(upload)
        self.uploads.drop(upload)

    def _check(self, upload: Upload) -> Upload:
        order = self.order(Task.CHECK, upload, self.uploads.check_folder(upload), nonce=upload.nonce)

        async def after(_: Child, ending: Event) -> None:
            self._checked(upload, ending)

        self.children.start(_check_key(upload), order, after)
        return upload

    def _checked(self, upload: Upload, ending: Event) -> None:
        now = self.uploads.get(upload.id)
        if now is None or now.nonce != upload.nonce or now.stage is not Stage.CHECKING:
            return  # another version came meanwhile
        if self.uploads.checked(now) is None:
            words = {"says": ending.get("says", ""), "fix": ending.get("fix", "")}
            problem = {"nonce": now.nonce, "problem": words, "again": True}
            write_findings(self.uploads.check_folder(now), CHECK_FILE, problem)
        found = self.uploads.checked(now) or {}
        total = found.get("counts", {}).get("ready", 0)
        self.uploads.save(replace(now, stage=Stage.CHECKED, total=total))

    def _stop_checking(self, upload: Upload) -> None:
        child = self.children.of(_check_key(upload))
        if child is not None:
            child.kill()

    def confirm(self, upload: Upload, nonce: str) -> Upload:
        """Send it, unless it was confirmed already, or what was confirmed is out of date."""
        found = self.uploads.checked(upload)
        if upload.stage is not Stage.CHECKED or nonce != upload.nonce or not found:
            return upload
        if found.get("why_not") or not sends(found):
            return upload
        return self._run(upload, nonce)

    def again(self, upload: Upload, after: str, answer: Answer = Answer.GO_ON) -> Upload:
        """Send the rest, and what the answer says, once for each batch that it is asked after."""
        if upload.stage is not Stage.ENDED or upload.batch != after or upload.account != self.account:
            return upload
        return self._run(upload, new_nonce(), answer)

    def _run(self, upload: Upload, nonce: str, answer: Answer = Answer.GO_ON) -> Upload:
        confirmed = self.uploads.save(
            replace(
                upload,
                stage=Stage.RUNNING,
                confirmed=nonce,
                confirmed_at=self.clock(),
                handed_over=self._hands_over,
                language=spoken(),
                account=self.account,
                notice=None,
                asks_first_time=False,
                asks_replaces=False,
            )
        )
        self._start(Task.HAND_OVER if self._hands_over else Task.SUBMIT, confirmed, answer)
        return confirmed

    def _start(self, task: Task, upload: Upload, answer: Answer = Answer.GO_ON) -> None:
        """Have what was confirmed sent, here or elsewhere, or followed that is sent elsewhere."""
        folder = self.uploads.folder_of(upload)
        order = self.order(task, upload, folder, nonce=upload.confirmed, answer=answer)

        async def after(child: Child, ending: Event) -> None:
            self._ended(upload, child, ending)

        self.children.start(_run_key(upload), order, after, waits=False)

    def _ended(self, upload: Upload, child: Child, ending: Event) -> None:
        now = self.uploads.get(upload.id)
        if now is None or now.confirmed != upload.confirmed:
            return
        if ending["event"] == "left":  # our server ends, and the worker goes on
            return
        if ending["event"] == "lost":  # it was never handed over, or is forgotten
            self._left_off(self.uploads.save(replace(now, handed_over=False)))
            return
        batch = child.batch or self.uploads.begun(now)
        if ending["event"] == "ended":
            ended = _ended(now, batch, sentences=tuple(ending["sentences"]))
            self.uploads.save(replace(ended, asks_first_time=ending.get("asks_first_time", False)))
            return
        notice = Notice(
            says=ending["says"], fix=ending["fix"], tone="wait" if ending["unfinished"] else "bad"
        )
        if batch:
            ended = _ended(now, batch, notice=notice)
            asks = {name: ending.get(name, False) for name in ("asks_first_time", "asks_replaces")}
            self.uploads.save(replace(ended, **asks))
        else:  # nothing was begun: what it would do is looked at anew
            self._check(self.uploads.save(now.to_be_checked(notice=notice)))

    def stand(self, upload: Upload) -> Upload:
        """The upload as it stands now, also where the server that began the work has died."""
        if upload.stage is Stage.CHECKING and self.children.of(_check_key(upload)) is None:
            return self._check(upload)
        if upload.stage is not Stage.RUNNING or self.run_of(upload) is not None:
            return upload
        if upload.handed_over:
            with speaking(upload.language):
                self._start(Task.FOLLOW, upload)
            return upload
        return self._left_off(upload)

    def follow_all(self) -> None:
        """Follow what a server before us has handed over, though nobody looks at it: whose its batches are is to be known."""
        for upload in self.uploads.running():
            if upload.handed_over:
                self.stand(upload)

    def _left_off(self, upload: Upload) -> Upload:
        """Nobody here sends it any more."""
        batch = self.uploads.begun(upload)
        if self.at_work(upload):
            return upload
        if batch:
            return self.uploads.save(_ended(upload, batch, notice=_cut_short()))
        return self._check(self.uploads.save(upload.to_be_checked(notice=_not_begun())))

    def run_of(self, upload: Upload) -> Child | None:
        """The child that sends it, where it is ours."""
        return self.children.of(_run_key(upload))

    def at_work(self, upload: Upload) -> bool:
        """Whether a child of a server before us still sends it."""
        account = self.account
        holder = self.journals.holder(account) if account else None
        return holder is not None and holder.started >= upload.confirmed_at - 1

    @property
    def account(self) -> str:
        """The name of the account; "" while there are no keys."""
        with suppress(CannotRun):
            return account_of(self.settings, sandbox=self.sandbox)
        return ""

    async def made(self, key: str, order: WorkerRequest) -> None:
        """Have something made by a child, once for all who ask for it meanwhile.

        Raises:
            NotMade: it could not be made.
        """
        child = self.children.of(key) or self.children.start(key, order)
        ending = await child.ended()
        if ending["event"] == "problem":
            raise NotMade({"says": ending["says"], "fix": ending["fix"]})

    def order(
        self,
        task: Task,
        upload: Upload | None,
        out: Path,
        *,
        nonce: str = "",
        answer: Answer = Answer.GO_ON,
        batch: str = "",
        owner: str | None = None,
        presenter: str = "",
        rows: tuple[int, ...] = (),
    ) -> WorkerRequest:
        plain = WorkerRequest(
            task=task,
            flags=self._flags,
            language=Language.ENGLISH if task in FILES else spoken(),
            sandbox=self.sandbox,
            out=str(out),
            nonce=nonce,
            answer=answer,
            batch=batch,
            owner=owner,
            presenter=presenter,
            rows=rows,
        )
        if upload is None:
            return plain
        file = str(self.uploads.file(upload))
        return replace(
            plain,
            file=file,
            name=upload.name,
            said=upload.said,
            mended=upload.mended,
            upload=upload.id,
            owner=upload.owner,
        )


def _ended(
    upload: Upload, batch: str, *, notice: Notice | None = None, sentences: tuple[str, ...] = ()
) -> Upload:
    batches = upload.batches if batch in upload.batches else (*upload.batches, batch)
    return replace(upload, stage=Stage.ENDED, batches=batches, notice=notice, sentences=sentences)


def _check_key(upload: Upload) -> str:
    return f"check {upload.id} {upload.nonce}"


def _run_key(upload: Upload) -> str:
    return f"run {upload.id}"
