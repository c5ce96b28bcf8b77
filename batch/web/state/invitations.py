"""Who was invited to the page: a file for each, named by the digest of their sign-in address's secret.

The command writes and deletes them while the server reads: each is whole or not
there, and none of them opens anything to who reads it.
"""

import hashlib
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from batch.atomic_file import write_whole
from batch.core.quick_dataclass import dataclass

_DAY_S = 86_400
_ID = re.compile(r"[0-9a-f]{64}")
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """Somebody who may sign in, from as many browsers as they have."""

    id: str  #: the digest of the secret that only they have
    name: str
    made_at: float  #: UTC seconds
    until: float


class Invitations:
    """The invitations of a state directory."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "uploads" / "invitations"

    def invite(self, name: str, days: int, now: float) -> str:
        """Let somebody sign in for so many days; an earlier address of theirs is none any more.

        Returns:
            The secret of the address; it is kept nowhere.
        """
        self._folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder.mkdir(exist_ok=True, mode=0o700)
        before = [each for each in self.all() if _same_name(each.name, name)]
        secret = secrets.token_urlsafe(32)
        invitation = Invitation(id=_digest(secret), name=name, made_at=now, until=now + days * _DAY_S)
        write_whole(self._file(invitation.id), json.dumps(asdict(invitation)))
        for path in (self._folder, self._file(invitation.id)):
            _give_to_owner_of(self._folder.parent, path)
        for each in before:
            self._file(each.id).unlink(missing_ok=True)
        return secret

    def revoke(self, name: str) -> bool:
        """End what lets somebody in; whether there was anything."""
        found = [each for each in self.all() if _same_name(each.name, name)]
        for each in found:
            self._file(each.id).unlink(missing_ok=True)
        return bool(found)

    def all(self) -> list[Invitation]:
        """The newest first; those that are over, too."""
        return sorted(self._all(), key=lambda each: -each.made_at)

    def of(self, secret: str, now: float) -> Invitation | None:
        """The invitation that this is the secret of, while it holds."""
        return self.find(_digest(secret), now) if secret else None

    def find(self, name: str, now: float) -> Invitation | None:
        """The invitation of this id, while it holds."""
        found = self._read(self._file(name)) if _ID.fullmatch(name) else None
        return found if found is not None and now < found.until else None

    def _all(self) -> Iterator[Invitation]:
        for path in self._folder.glob("*.json"):
            found = self._read(path)
            if found is not None:
                yield found

    def _read(self, path: Path) -> Invitation | None:
        """None: revoked, or damaged, and then it lets nobody in."""
        try:
            found = Invitation(**json.loads(path.read_bytes()))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.id == path.stem else None

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def name_of(typed: str) -> str:
    """A person's name as it is kept and shown; "" for one that cannot be shown.

    >>> name_of("  Ana   Díaz ")
    'Ana Díaz'
    """
    name = " ".join(typed.split())
    return name if len(name) <= LONGEST_NAME and name.isprintable() else ""


def _give_to_owner_of(folder: Path, path: Path) -> None:
    """Where root invites, the server must be able to read it all the same."""
    owner = folder.stat()
    if path.stat().st_uid != owner.st_uid:
        with suppress(OSError):
            os.chown(path, owner.st_uid, owner.st_gid)


def _same_name(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "backslashreplace")).hexdigest()
