"""The teachers of an account, and what add_teacher and edit_teacher refuse."""

import re
from collections.abc import Iterable, Mapping

from batch.core.quick_dataclass import dataclass
from batch.sandbox.checks import is_email
from batch.sandbox.refusals import Refused

_PHONE = re.compile(r"\+[0-9]{1,3}[ -][0-9][0-9 -]{3,14}")
_PICTURE = re.compile(r".+\.(jpe?g|png|gif)", re.IGNORECASE | re.DOTALL)
#: The messages say 0 or 1, the vendor's own clients send true and false.
_FLAGS = frozenset({"", "0", "1", "true", "false"})


@dataclass(frozen=True, slots=True)
class Teacher:
    teacher_id: int
    email: str
    parameters: Mapping[str, str]


class Teachers:
    """By e-mail address, case-folded."""

    def __init__(self, emails: Iterable[str] = (), *, most: int | None = None) -> None:
        self._by_email: dict[str, Teacher] = {}
        self._ids = 0
        self._most = most
        for email in sorted(emails):
            self.enrol(email, {"name": email})

    def __contains__(self, email: str) -> bool:
        return email in self._by_email

    def __getitem__(self, email: str) -> Teacher:
        return self._by_email[email]

    def enrol(self, email: str, parameters: Mapping[str, str]) -> Teacher:
        """Take a teacher on without asking any questions."""
        self._ids += 1
        return self._keep(Teacher(self._ids, email.casefold(), dict(parameters)))

    def add(self, parameters: Mapping[str, str]) -> Teacher:
        """Take a teacher on.

        Raises:
            Refused: 1057 to 1061, 1063 to 1065 and 1067 to 1069.
        """
        _check(parameters)
        email = parameters["email"].casefold()
        if email in self._by_email:
            raise Refused("1064")
        if self._most is not None and len(self._by_email) >= self._most:
            raise Refused("1063")
        return self.enrol(email, parameters)

    def edit(self, parameters: Mapping[str, str]) -> Teacher:
        """Change a teacher; what is not given stays.

        Raises:
            Refused: as for `add`, and 1066.
        """
        old = next(iter(self.found(teacher_id=parameters.get("teacher_id", "?"))), None)
        if old is None:
            raise Refused("1066")
        whole = {**old.parameters, "email": old.email, **parameters}
        _check(whole)
        email = whole["email"].casefold()
        if email != old.email and email in self._by_email:
            raise Refused("1064")
        del self._by_email[old.email]
        return self._keep(Teacher(old.teacher_id, email, whole))

    def found(self, *, teacher_id: str = "", email: str = "") -> list[Teacher]:
        """Those of that id and that address, by rising id; an empty text fits all."""
        fitting = (
            each
            for each in self._by_email.values()
            if teacher_id in {"", str(each.teacher_id)} and email.casefold() in {"", each.email}
        )
        return sorted(fitting, key=lambda each: each.teacher_id)

    def _keep(self, teacher: Teacher) -> Teacher:
        self._by_email[teacher.email] = teacher
        return teacher


def _check(parameters: Mapping[str, str]) -> None:
    """Refuse the first fault; in which order the live service looks is unknown."""
    email, name = parameters.get("email", ""), parameters.get("name", "")
    password, image = parameters.get("password", ""), parameters.get("image", "")
    phones = {
        code: parameters.get(of, "") for code, of in (("1060", "mobile_number"), ("1061", "phone_number"))
    }
    flags = {
        code: parameters.get(of, "") for code, of in (("1068", "can_schedule_class"), ("1069", "is_active"))
    }
    faults = {
        "1057": not email,
        "1067": not is_email(email),
        "1058": not 1 <= len(name) <= 50,
        "1059": not 6 <= len(password) <= 15 or " " in password,
        **{code: bool(number) and not _PHONE.fullmatch(number) for code, number in phones.items()},
        "1065": bool(image) and not _PICTURE.fullmatch(image),
        **{code: flag.lower() not in _FLAGS for code, flag in flags.items()},
    }
    for code, applies in faults.items():
        if applies:
            raise Refused(code)
