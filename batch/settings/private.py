"""Whose a file is: a secret that others may open is refused, and settings that others may write."""

import os
import struct
from enum import Enum, auto, unique
from pathlib import Path
from typing import BinaryIO

from batch.core.errors import CannotRun
from batch.core.message import SettingFault

#: Tags of the entries of an access control list.
_USER, _GROUP_OBJ, _GROUP, _OTHER = 0x02, 0x04, 0x08, 0x20


def secret_in(file: Path) -> str:
    """The secret key in a file of its own."""
    try:
        with file.open("rb") as opened:
            closed = not open_to_others(opened)
            secret = opened.read().decode("utf-8-sig").strip()
    except OSError as error:
        raise CannotRun(SettingFault.CLOSED_SECRET, file=file, why=error.strerror) from error
    except UnicodeDecodeError:
        secret = ""
    if not closed:
        raise CannotRun(SettingFault.OPEN_SECRET, file=file)
    if not secret or any(character.isspace() for character in secret):
        raise CannotRun(SettingFault.ODD_SECRET, file=file)
    return secret


def open_to_others(opened: BinaryIO) -> bool:
    # Asked of the open file: by name, another one could be asked about than is read.
    # Elsewhere than on POSIX systems these bits say nothing.
    bits = os.fstat(opened.fileno()).st_mode & 0o077 if os.name == "posix" else 0
    return bool(bits & 0o007) or (bool(bits) and not _is_for_us_alone(opened))


@unique
class Whose(Enum):
    """Who may change a file or folder, root aside."""

    OURS = auto()
    ANOTHERS = auto()
    OPEN = auto()  #: ours, and others may change it


def whose(opened: BinaryIO | Path) -> Whose:
    if os.name != "posix":
        return Whose.OURS
    status = opened.stat() if isinstance(opened, Path) else os.fstat(opened.fileno())
    if status.st_uid not in {0, os.geteuid()}:
        return Whose.ANOTHERS
    others = bool(status.st_mode & 0o002)
    if status.st_mode & 0o020:  # the group's bits, or the mask of a list
        listed = _access_list(opened)
        others |= not _is_our_own_group(status.st_gid) if not listed else False
        others |= any(
            permissions & 2
            and (
                tag in {_GROUP, _OTHER}
                or (tag == _GROUP_OBJ and not _is_our_own_group(status.st_gid))
                or (tag == _USER and user not in {0, os.geteuid()})
            )
            for tag, permissions, user in listed
        )
    return Whose.OPEN if others else Whose.OURS


def _is_our_own_group(number: int) -> bool:
    """The group that many systems make for each user, who is alone in it: with a umask of 002 it may write all."""
    import grp  # noqa: PLC0415 - not on Windows
    import pwd  # noqa: PLC0415 - as above

    try:
        group, user = grp.getgrgid(number), pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    is_ours = user.pw_gid == number and group.gr_name == user.pw_name
    return is_ours and set(group.gr_mem) <= {user.pw_name}


def _is_for_us_alone(opened: BinaryIO) -> bool:
    """Whether the group's bits are only the mask of a list that lets in nobody but us.

    So systemd hands out credentials (LoadCredential): the owner is root, the list names our
    user, and the mode is shown as 0440.
    """
    others = {_GROUP_OBJ, _GROUP, _OTHER}
    listed = _access_list(opened)
    return bool(listed) and all(
        not permissions or (tag not in others and (tag != _USER or user == os.geteuid()))
        for tag, permissions, user in listed
    )


def _access_list(opened: BinaryIO | Path) -> list[tuple[int, int, int]]:
    """Tag, permissions and id of each entry of its access control list: acl(5), version 2 of the extended attribute."""
    try:
        listed = os.getxattr(
            opened if isinstance(opened, Path) else opened.fileno(), "system.posix_acl_access"
        )
    except (AttributeError, OSError):  # no such thing on this system, or no list on this file
        return []
    return list(struct.iter_unpack("<HHI", listed[4:]))
