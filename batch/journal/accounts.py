"""Which account a journal is of: a name made of its access key, until the key is renewed.

    <state>/<account>/alias    the name of the account that this key is another key of

By the classes that it lists an account is recognised under its new key: the folder,
the lock and every fingerprint stay those of the first one.
"""

import os
from contextlib import closing
from hashlib import sha256
from pathlib import Path

from batch.atomic_file import put_in_place
from batch.core.errors import CannotRun
from batch.core.message import JournalFault
from batch.journal.files import move_aside, reading
from batch.journal.trust import translate_disk_errors

#: A key renewed so often has been renewed in a circle.
_MOST_ALIASES = 100


def account_id(access_key: str, service: str) -> str:
    """A name for an account that gives nothing away: a hash of its access key and service.

    `service` keeps a sandbox apart from the real thing under the same key. It is not
    the base URL: a school that changes from one of WizIQ's hosts to another has the
    same classes there.
    """
    return sha256(f"{service}\n{access_key}".encode()).hexdigest()[:16]


def first_name_of(state: Path, account: str) -> str:
    """The name under which the journal of an account stands: its own, or that of an earlier key.

    Raises:
        CannotRun: an alias cannot be read, or leads nowhere.
    """
    for _ in range(_MOST_ALIASES):
        alias = state / account / "alias"
        with translate_disk_errors(alias):
            try:
                other = alias.read_text("ascii", errors="replace").strip()
            except FileNotFoundError:
                return account
        if not (len(other) == len(account) and other.isalnum()):
            break
        account = other
    raise CannotRun(JournalFault.BAD_ALIAS, path=state / account / "alias")


def make_alias(state: Path, account: str, of: str, now: float) -> bool:
    """From now on the key of `account` is another key of the account `of`. The caller holds the lock of `account`.

    Returns:
        False: classes were sent under the new key already, and its journal stays.
    """
    folder = state / account
    path = folder / "journal.sqlite3"
    with translate_disk_errors(folder):
        if path.exists():
            with reading(path) as journal:
                if journal.sending.has_history():
                    return False
        part = folder / "alias.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with closing(os.fdopen(descriptor, "w", encoding="ascii")) as file:
            file.write(f"{of}\n")
        put_in_place(part, folder / "alias")
        if path.exists():
            move_aside(folder, now, "renamed")
            (folder / "watermark").unlink(missing_ok=True)
    return True
