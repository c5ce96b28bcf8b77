"""Headers that no list can hold: a known word with something around it that does not change its meaning.

"Start Date & Time", "Date (DD/MM/YYYY)", "Start (UTC)", "sessionStart" and "Faculty Email ID"
can each mean but one thing. Words that say whose or which ("Student email", "Start 2",
"Date booked") change the meaning, and make the header an unknown one.
"""

import re
from collections.abc import Iterator

from batch.core.rows.columns import fold

#: No header that people write is longer; what is longer is a sentence, or an attack.
LONGEST_HEADER = 200

#: Who gives a class. Joined to a word for an address they name the presenter's own.
_ROLES = frozenset(
    (
        *("presenter", "teacher", "teachers", "instructor", "instructors", "tutor", "lecturer", "faculty"),
        *("host", "trainer", "coach", "professor", "prof", "educator", "facilitator", "moderator", "staff"),
        *("organizer", "organiser", "speaker", "mentor", "leader"),
        *("profesor", "profesora", "docente", "docentes", "maestro", "maestra", "tutora", "ponente"),
        *("professeur", "professeure", "enseignant", "enseignante", "formateur", "formatrice", "intervenant"),
        *("lehrer", "lehrerin", "lehrkraft", "lehrperson", "dozent", "dozentin", "referent", "referentin"),
        *("professora", "instrutor", "instrutora", "formador", "formadora"),
        *("المعلم", "المعلمة", "المدرس", "المدرسة", "الأستاذ", "الأستاذة", "للمعلم", "للمدرس", "للأستاذ"),
        *("शिक्षक", "अध्यापक", "प्रशिक्षक"),
    )
)
_MAIL = frozenset(
    (
        *("email", "mail", "emails", "correo", "courriel", "mel", "e_mail", "emailadresse", "mailadresse"),
        *("بريد", "البريد", "ईमेल", "ईमेलआईडी", "मेल"),
    )
)
#: Words that may stand between the two and change nothing.
_FILLERS = frozenset(
    (
        *("of", "the", "s", "id", "ids", "address", "adress", "addr", "work", "official", "school"),
        *("primary", "main", "in", "e", "a", "electronico", "electronica", "electronique"),
        *("de", "del", "de la", "la", "el", "du", "des", "l", "d", "der", "die", "do", "da", "dos", "das"),
        *("adresse", "direccion", "endereco", "eletronico", "الإلكتروني", "का", "की", "के", "आईडी", "पता"),
    )
)
_CHINESE_ADDRESS = re.compile(
    "(?:授课|任课|主讲|上课)?(?:教师|老师|讲师|導師|教師|老師|講師)的?"
    "(?:电子)?(?:邮箱|邮件|電郵|電子郵件|郵箱|email|mail)(?:地址)?"
)

#: What a start, a date, an end or a length may be said to be of.
_NOUNS = ("class", "lesson", "session", "lecture", "meeting", "event", "webinar", "training")
_OF_A_CLASS = re.compile(
    rf"(?:{'|'.join(_NOUNS)}) (?=(?:start|begin|end|finish|date|time|duration|length|when))"
)

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z]+\b)")
_AND = re.compile(r"\s*[&+]\s*")
_BRACKETS = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]|\uff08([^\uff08\uff09]*)\uff09")
_TAIL = re.compile(r"[,;:*!?#]+\s*$")

# The letters in which each language writes a pattern: DD/MM/YYYY, JJ/MM/AAAA, TT.MM.JJJJ, hh:mm.
_PATTERN_PART = r"(?:d{1,2}|m{1,4}|y{2,4}|a{2,4}|j{2,4}|t{1,2}|h{1,2}|s{2})"
_QUALIFIER = re.compile(
    rf"{_PATTERN_PART}(?: {_PATTERN_PART})+(?: [ap]m)?"
    r"|(?:in )?(?:utc|gmt)(?: time)?|(?:in )?local(?: time)?|ortszeit|hora local|heure locale"
    r"|(?:12|24) ?(?:h|hr|hrs|hour|hours|std)(?: clock| format)?|am pm|iso(?: 8601)?"
    r"|required|optional|mandatory|obligatorio|opcional|obligatoire|facultatif|optionnel|pflichtfeld"
    r"|obrigatorio|إلزامي|اختياري|अनिवार्य|वैकल्पिक|必填|选填|必填项"
)
_QUALIFIED = re.compile(rf"(?P<bare>.+?) (?:{_QUALIFIER.pattern})")


def plain_forms(header: str) -> Iterator[str]:
    """What a header says without what changes nothing, folded; the closest to it first.

    >>> list(plain_forms("Start Date & Time (UTC)"))
    ['start date and time utc', 'start date and time']
    """
    if len(header) > LONGEST_HEADER:
        return
    apart = _TAIL.sub("", _AND.sub(" and ", _HUMP.sub(" ", header)))
    whole = fold(apart)
    bare = fold(_BRACKETS.sub(_without_qualifier, apart))
    if qualified := _QUALIFIED.fullmatch(bare):
        bare = qualified["bare"]
    yield from dict.fromkeys((whole, bare, _OF_A_CLASS.sub("", bare, count=1)))


def names_presenters_address(header: str) -> bool:
    """Whether a header asks for the address of who gives the class, in whatever words.

    >>> [names_presenters_address(each) for each in ("Faculty Email ID", "Co-host email", "Student email")]
    [True, False, False]
    """
    if len(header) > LONGEST_HEADER:
        return False
    folded = fold(_BRACKETS.sub(_spread, _HUMP.sub(" ", header)))
    words = set(re.sub(r"['\u2019]", " ", folded.replace("e mail", "email")).split())
    if _CHINESE_ADDRESS.fullmatch(folded.replace(" ", "")):
        return True
    return bool(words & _ROLES and words & _MAIL) and words <= _ROLES | _MAIL | _FILLERS | {*_NOUNS, "course"}


def names_an_address(header: str) -> bool:
    """Whether a header asks for an address, and does not say whose."""
    if len(header) > LONGEST_HEADER:
        return False
    words = set(fold(_HUMP.sub(" ", header)).replace("e mail", "email").split())
    return bool(words & _MAIL) and words <= _MAIL | _FILLERS


def _without_qualifier(match: re.Match[str]) -> str:
    return " " if _QUALIFIER.fullmatch(fold(_inside(match))) else match.group()


def _spread(match: re.Match[str]) -> str:
    return " " if _QUALIFIER.fullmatch(fold(_inside(match))) else f" {_inside(match)} "


def _inside(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)
