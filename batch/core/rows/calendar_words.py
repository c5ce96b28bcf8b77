"""The words of dates and clocks in the languages whose headers are known, as `spelling.plain` has them.

Languages: English, Spanish, French, German, Portuguese, Arabic, Hindi, Chinese.
"""

import re
from collections.abc import Iterable, Mapping
from enum import Enum, auto, unique

from batch.core.rows.spelling import plain

_MONTHS: tuple[str, ...] = (
    "january jan enero ene janvier janv januar jan jaenner janeiro يناير جانفي كانون-الثاني जनवरी 一月",
    "february feb febrero fevrier fevr fev februar fevereiro فبراير فيفري شباط फरवरी 二月",
    "march mar marzo mars maerz marz mrz marco مارس آذار मार्च 三月",
    "april apr abril abr avril avr أبريل إبريل أفريل نيسان अप्रैल 四月",
    "may mayo mai maio مايو ماي أيار मई 五月",
    "june jun junio juin juni junho يونيو جوان حزيران जून 六月",
    "july jul julio juillet juil juli julho يوليو يوليوز جويلية تموز जुलाई 七月",
    "august aug agosto ago aout agosto أغسطس غشت أوت آب अगस्त 八月",
    "september sep sept septiembre setiembre septembre setembro set سبتمبر شتنبر أيلول सितंबर सितम्बर 九月",
    "october oct octubre octobre oktober okt outubro out أكتوبر تشرين-الأول अक्टूबर अक्तूबर 十月",
    "november nov noviembre novembre novembro نوفمبر نونبر تشرين-الثاني नवंबर नवम्बर 十一月",
    "december dec diciembre dic decembre dezember dez dezembro ديسمبر دجنبر كانون-الأول दिसंबर दिसम्बर 十二月",
)

#: Monday first. A short form may be of two days in two languages ("di" is Tuesday or Sunday).
_WEEKDAYS: tuple[str, ...] = (
    "monday mon mo lunes lun lu lundi montag segunda-feira segunda seg الاثنين सोमवार सोम 星期一 周一 週一 礼拜一",
    "tuesday tue tues tu martes mar ma mardi dienstag di terca-feira terca ter الثلاثاء मंगलवार मंगल 星期二 周二 週二 礼拜二",
    "wednesday wed weds we miercoles mie mier mi mercredi mer me mittwoch quarta-feira quarta qua الأربعاء बुधवार बुध 星期三 周三 週三 礼拜三",
    "thursday thu thur thurs th jueves jue ju jeudi jeu je donnerstag do quinta-feira quinta qui الخميس गुरुवार बृहस्पतिवार वीरवार गुरु 星期四 周四 週四 礼拜四",
    "friday fri fr viernes vie vi vendredi ven ve freitag sexta-feira sexta sex الجمعة शुक्रवार शुक्र 星期五 周五 週五 礼拜五",
    "saturday sat sa sabado sab samedi sam samstag sonnabend السبت शनिवार शनि 星期六 周六 週六 礼拜六",
    "sunday sun su domingo dom do dimanche dim di sonntag so الأحد रविवार इतवार रवि 星期日 星期天 周日 週日 周天 礼拜日 礼拜天",
)

#: Monday first, where a word says of which it is one of many. Spanish has the same word for both.
_PLURALS: tuple[str, ...] = (
    "mondays lundis montags segundas",
    "tuesdays mardis dienstags tercas",
    "wednesdays mercredis mittwochs quartas",
    "thursdays jeudis donnerstags quintas",
    "fridays vendredis freitags sextas",
    "saturdays samedis samstags sonnabends sabados",
    "sundays dimanches sonntags domingos",
)


@unique
class Half(Enum):
    """Which part of the day a word puts an hour in."""

    AM = auto()
    PM = auto()
    MORNING = auto()  #: hours 1 to 11; "12 de la manana" is noon to some
    AFTERNOON = auto()  #: 12 to 7
    EVENING = auto()  #: 5 to 11; past it people disagree on which day it is


_HALVES: Mapping[Half, str] = {
    Half.AM: "am|a[.] ?m[.]?|(?<=[0-9])a|صباحا|ص|पूर्वाह्न|上午|凌晨",
    Half.PM: "pm|p[.] ?m[.]?|(?<=[0-9])p|مساء|م|अपराह्न|下午",
    Half.MORNING: (
        "in the morning|(?:de|por) la manana|du matin|morgens|vormittags?|fruh|da manha|सुबह|प्रातः|早上|早晨"
    ),
    Half.AFTERNOON: "in the afternoon|de la tarde|de l'apres-midi|nachmittags?|da tarde|बाद दोपहर|दोपहर",
    Half.EVENING: "in the evening|de la noche|du soir|abends|da noite|शाम|晚上",
}
_NOON = "noon|midday|mediodia|midi|mittags?|meio-dia|الظهر|ظهرا|正午|中午"
_MIDNIGHT = "midnight|medianoche|minuit|mitternachts?|meia-noite|منتصف الليل|आधी रात|मध्यरात्रि|午夜|半夜"
_HOURS = "uhr|hrs?|hours?|horas?|hs|heures?|o'clock|बजे|点钟?|點鐘?|时|時"
_MINUTES = "min|mins|minutes?|minuten|minutos?|m|मिनट|分钟?|分鐘?"
_AT = "at|on|um|am|a la|a las|a|as|de|from|von|الساعة|को"
_TO = "to|until|till|bis|hasta|jusqu'a|a|ate|إلى|الى|حتى|से|至|到"
_EVERY = "every|each|weekly|daily|jeden|jede|taglich|wochentlich|chaque|tous les|toutes les|cada|todos los|todos os"
_EVERY_ELSEWHERE = "todas as|semanal|كل|हर|प्रत्येक|每"


def alternatives(words: Iterable[str]) -> str:
    """Words as one regular expression, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _plain_pattern(pattern: str) -> str:
    """A pattern of words in their own spelling, as `plain` spells them."""
    return plain(pattern)


MONTHS: Mapping[str, int] = {
    plain(word).replace("-", " "): number for number, words in enumerate(_MONTHS, 1) for word in words.split()
}
_DAYS = [frozenset(map(plain, words.split())) for words in _WEEKDAYS]
WEEKDAYS: Mapping[str, frozenset[int]] = {
    word: frozenset(day for day, words in enumerate(_DAYS) if word in words)
    for words in _WEEKDAYS
    for word in map(plain, words.split())
}
HALVES: Mapping[Half, str] = {half: _plain_pattern(words) for half, words in _HALVES.items()}
NOON, MIDNIGHT = _plain_pattern(_NOON), _plain_pattern(_MIDNIGHT)
HOURS, MINUTES = _plain_pattern(_HOURS), _plain_pattern(_MINUTES)
AT, TO = _plain_pattern(_AT), _plain_pattern(_TO)
EVERY = _plain_pattern(f"{_EVERY}|{_EVERY_ELSEWHERE}")
PLURAL_WEEKDAYS: Mapping[str, int] = {
    word: day for day, words in enumerate(_PLURALS) for word in words.split()
}
