"""The uploads on disk: a folder for each, with the file under a name of ours, and a small record.

    <state>/uploads/<id>/upload.json    who brought what, and how far it is
    <state>/uploads/<id>/file-<n>.xlsx  the n-th version of the file, as it came
    <state>/uploads/<id>/check-<n>/     what a check found in it (written by the child)
    <state>/uploads/<id>/run.json       the batch that the last confirmation began (written by the child)
    <state>/uploads/addresses-<account>.json  which addresses presenters have whose names a file had
    <state>/uploads/batches/<batch>/    what the page shows of a batch, whosever it is (written by children)

The name that the file came with is shown and never used as a path. A record is
written whole or not at all, and on disk before anything is done about it, so a
server that is killed and started again goes on where it was.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, field, replace
from enum import StrEnum, unique
from pathlib import Path
from typing import Any

from batch.atomic_file import write_whole
from batch.core.language import Language
from batch.core.quick_dataclass import dataclass
from batch.core.text import one_line
from batch.web.state.notice import Notice
from batch.web.state.orders import FileOverrides, MendedRow

_DAY_S = 86_400
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
_LONGEST_NAME = 100
_COMING = "coming-"
#: No run takes so long: what is said to be sent since then was cut short, and nobody has looked.
_LONGEST_RUN_S = 7 * _DAY_S
#: So many uploads keep their file, whatever their age: a disk has an end.
MOST_FILES = 200


@unique
class Stage(StrEnum):
    """How far an upload is."""

    CHECKING = "checking"  #: a child reads it
    CHECKED = "checked"  #: what the check found is on disk
    RUNNING = "running"  #: confirmed: a child sends it, or was to
    ENDED = "ended"  #: its last batch is over


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One timetable that somebody brought, with all its mended versions."""

    id: str
    name: str  #: as shown
    owner: str | None  #: None: whoever has the token
    at: float  #: when this version came
    version: int = 1
    sha256: str = ""
    size: int = 0
    said: FileOverrides = field(default_factory=FileOverrides)
    mended: tuple[MendedRow, ...] = ()  #: of this very version
    stage: Stage = Stage.CHECKING
    nonce: str  #: of the check; a confirmation of another one is out of date
    confirmed: str = ""  #: the nonce that was confirmed last
    confirmed_at: float = 0.0
    total: int = 0  #: rows to be sent, as the check counted them
    handed_over: bool = False  #: that run is a worker's
    language: Language = Language.ENGLISH  #: of whoever confirmed it
    account: str = ""  #: where its batches are; those of a sandbox are not sent on to the real service
    batches: tuple[str, ...] = ()  #: the newest last
    notice: Notice | None = None
    sentences: tuple[str, ...] = ()  #: what the last run said at its end
    #: Nothing, or nothing more, was sent: the account has no list to see in whether it was before.
    asks_first_time: bool = False

    asks_replaces: bool = False  #: nothing was sent: most of it is otherwise than the classes that exist

    @property
    def batch(self) -> str:
        return self.batches[-1] if self.batches else ""

    def json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def of(cls, text: str | bytes) -> "Upload":
        fields: dict[str, Any] = json.loads(text)
        fields["said"] = FileOverrides(**fields["said"])
        fields["mended"] = tuple(MendedRow(**each) for each in fields.get("mended", ()))
        fields["stage"] = Stage(fields["stage"])
        fields["language"] = Language(fields.get("language", Language.ENGLISH))
        fields["batches"] = tuple(fields["batches"])
        fields["sentences"] = tuple(fields["sentences"])
        fields["notice"] = Notice(**fields["notice"]) if fields["notice"] else None
        return cls(**fields)

    def with_file(self, *, name: str, sha256: str, size: int, at: float) -> "Upload":
        """The same upload with a newer version of its file; what was said about its headers still holds."""
        return replace(
            self,
            name=name,
            sha256=sha256,
            size=size,
            at=at,
            version=self.version + 1,
            stage=Stage.CHECKING,
            nonce=new_nonce(),
            notice=None,
            mended=(),
        )

    def to_be_checked(
        self,
        *,
        said: FileOverrides | None = None,
        mended: tuple[MendedRow, ...] | None = None,
        notice: Notice | None = None,
    ) -> "Upload":
        return replace(
            self,
            said=said or self.said,
            mended=self.mended if mended is None else mended,
            stage=Stage.CHECKING,
            nonce=new_nonce(),
            notice=notice,
        )


def new_nonce() -> str:
    return secrets.token_urlsafe(16)


def name_shown(name: str) -> str:
    r"""A file's name as it is shown: its last part, on one line, cut where nobody reads on.

    >>> name_shown("C:\\fakepath\\..\\Autumn \u202e term.xlsx")
    'Autumn \ufffd term.xlsx'
    """
    last = re.split(r"[/\\]", one_line(_TURNED.sub("\ufffd", name)))[-1].strip()
    if len(last) > _LONGEST_NAME:
        stem, dot, ending = last.rpartition(".")
        ending = f"{dot}{ending}" if stem and len(ending) <= 5 else ""
        last = f"{last[: _LONGEST_NAME - len(ending) - 3]}...{ending}"
    return last or "timetable"


#: They turn the text that follows: a name that ends in .exe would look like one that ends in .xlsx.
_TURNED = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Uploads:
    """The folder of all uploads."""

    def __init__(self, state: Path) -> None:
        self.folder = state / "uploads"
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def new(self, *, owner: str | None, at: float, account: str = "") -> Upload:
        """A new upload, which has a folder and nothing in it yet; `account` is whose presenters are known by name."""
        overrides = FileOverrides(addresses=self._addresses(account))
        upload = Upload(
            id=secrets.token_urlsafe(16), name="", owner=owner, at=at, version=0, nonce="", said=overrides
        )
        self.folder_of(upload).mkdir(mode=0o700)
        return upload

    def keep_addresses(self, account: str, addresses: Mapping[str, str]) -> None:
        """Remember them for the files to come."""
        write_whole(self._addresses_file(account), json.dumps({**self._addresses(account), **addresses}))

    def _addresses(self, account: str) -> dict[str, str]:
        return {
            str(name): str(address)
            for name, address in (read_json(self._addresses_file(account)) or {}).items()
        }

    def _addresses_file(self, account: str) -> Path:
        return self.folder / f"addresses-{account}.json"

    def get(self, name: str) -> Upload | None:
        """The upload of this id, if there is one and its file is still kept."""
        if not _ID.fullmatch(name):
            return None
        try:
            upload = Upload.of((self.folder / name / "upload.json").read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (
            ValueError,
            KeyError,
            TypeError,
        ):  # damaged, or of another version: its batches stay to be had
            return None
        return upload if self.file(upload).exists() else None

    def running(self) -> list[Upload]:
        """Those that are sent, or were to be, here or elsewhere."""
        found = (self.get(folder.name) for folder in self._folders())
        return [each for each in found if each is not None and each.stage is Stage.RUNNING]

    def save(self, upload: Upload) -> Upload:
        write_whole(self.folder_of(upload) / "upload.json", upload.json())
        return upload

    def drop(self, upload: Upload) -> None:
        shutil.rmtree(self.folder_of(upload), ignore_errors=True)

    def folder_of(self, upload: Upload) -> Path:
        return self.folder / upload.id

    def file(self, upload: Upload) -> Path:
        return (
            self.folder_of(upload) / f"file-{upload.version}.xlsx"
        )  # openpyxl goes by the ending; CSV is told by its content

    def incoming(self, upload: Upload) -> Path:
        """Where the next version of the file is received."""
        return self.folder_of(upload) / f"{_COMING}{new_nonce()}"

    def check_folder(self, upload: Upload) -> Path:
        return self.folder_of(upload) / f"check-{upload.version}"

    def checked(self, upload: Upload) -> Mapping[str, Any] | None:
        """What the check of this very state of the upload found; None while there is none."""
        found = read_json(self.check_folder(upload) / "check.json")
        return found if found is not None and found.get("nonce") == upload.nonce else None

    def begun(self, upload: Upload) -> str:
        """The batch that the last confirmation began; "" while there is none."""
        kept = read_json(self.folder_of(upload) / "run.json") or {}
        return str(kept["batch"]) if kept.get("nonce") == upload.confirmed else ""

    def keep_version(self, upload: Upload) -> None:
        """Delete what belongs to older versions of the file."""
        kept = {self.file(upload).name, self.check_folder(upload).name, "upload.json", "run.json"}
        for path in self.folder_of(upload).iterdir():
            if path.name not in kept and not path.name.startswith(_COMING):  # another tab's, perhaps
                _delete(path)

    def all(self) -> Iterator[Upload]:
        for folder in self.folder.iterdir():
            if upload := self.get(folder.name):
                yield upload

    def waiting(self, owner: str | None, most: int) -> list[Upload]:
        """This user's newest uploads that were not sent."""
        unsent = {Stage.CHECKING, Stage.CHECKED}
        found = [upload for upload in self.all() if upload.owner == owner and upload.stage in unsent]
        return sorted(found, key=lambda upload: -upload.at)[:most]

    def is_crowded(self) -> bool:
        return len(self._folders()) > MOST_FILES

    def tidy(self, now: float, days: int) -> None:
        """Delete every upload that is older than so many days, and the oldest where there are too many.

        Its batches stand in the journal: their results stay to be had.
        """
        found = [(self._age(folder, now), folder) for folder in self._folders()]
        at_rest = sorted((at, folder) for at, folder in found if at is not None)
        for place, (at, folder) in enumerate(reversed(at_rest)):
            whole = (
                folder / "upload.json"
            ).exists()  # if not, it is coming, or a killed server was receiving it
            if place >= MOST_FILES or at < now - (days if whole else 1) * _DAY_S:
                _delete(folder)
        _delete_shown(self.folder, before=now - days * _DAY_S)

    def forget(self, before: float, now: float) -> int:
        """Delete every upload that came before then, and whatever the page shows of batches; return how many.

        What is shown of a batch is made again from the journal, which may have forgotten some of it.
        """
        ages = [(self._age(folder, now), folder) for folder in self._folders()]
        old = [folder for at, folder in ages if at is not None and at < before]
        for folder in old:
            _delete(folder)
        _delete_shown(self.folder, before=float("inf"))
        return len(old)

    def _folders(self) -> list[Path]:
        return [folder for folder in self.folder.iterdir() if _ID.fullmatch(folder.name)]

    def _age(self, folder: Path, now: float) -> float | None:
        """When the upload came, or what is left of one; None while it is being sent."""
        upload = self.get(folder.name)
        if upload is None:
            return folder.stat().st_mtime
        is_sent = upload.stage is Stage.RUNNING and upload.confirmed_at > now - _LONGEST_RUN_S
        return None if is_sent else upload.at


def forget_uploads(state: Path, before: float, now: float) -> int:
    """`Uploads.forget`, where there ever was an upload."""
    return Uploads(state).forget(before, now) if (state / "uploads").is_dir() else 0


def _delete_shown(uploads: Path, *, before: float) -> None:
    """What was left to be shown of batches until then; whose they are stays known."""
    for path in (uploads / "batches").glob("*/*"):
        if path.name != "owner.json" and path.stat().st_mtime < before:
            _delete(path)


def read_json(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def _delete(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


@dataclass(frozen=True, slots=True)
class Received:
    name: str
    sha256: str
    size: int
