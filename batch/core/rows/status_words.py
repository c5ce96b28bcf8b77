"""What a column of somebody's own says of its rows: whether a class is to take place at all.

Languages: English, Spanish, French, German, Portuguese, Arabic, Hindi, Chinese.
"""

from functools import lru_cache

from batch.core.rows.columns import fold

_LONGEST = 60  #: a longer cell is a remark


def folded_words(*words: str) -> frozenset[str]:
    return frozenset(map(fold, words))


_STATUS = folded_words(
    *("status", "state", "class status", "lesson status", "session status", "event status", "booking status"),
    *("estado", "situación", "statut", "état", "etat du cours", "zustand", "stand", "situação"),
    *("الحالة", "حالة", "حالة الحصة", "स्थिति", "状态", "狀態", "课程状态"),
)
_CANCELLED_HEADERS = folded_words(
    *(
        "cancelled",
        "canceled",
        "is cancelled",
        "is canceled",
        "cancelled?",
        "cancel",
        "deleted",
        "is deleted",
    ),
    *(
        "cancelado",
        "cancelada",
        "anulado",
        "annulé",
        "annulée",
        "supprimé",
        "abgesagt",
        "entfällt",
        "fällt aus",
    ),
    *("storniert", "ausfall", "ملغى", "ملغاة", "रद्द", "取消", "已取消", "是否取消"),
)
#: Put off: it does not take place then, and where it stands now another row says.
POSTPONED = folded_words(
    *("postponed", "aplazado", "aplazada", "pospuesto", "pospuesta", "reporté", "reportée", "verschoben"),
    *("adiado", "adiada", "مؤجل", "مؤجلة", "स्थगित", "延期"),
)
CANCELLED = POSTPONED | folded_words(
    *("cancelled", "canceled", "cancel", "class cancelled", "class canceled", "lesson cancelled"),
    *("cancelled by teacher", "cancelled by school", "deleted", "removed", "withdrawn", "void", "called off"),
    *("tobedeleted", "not taking place", "will not take place", "no class", "do not schedule", "cxl", "cxld"),
    *("cancelado", "cancelada", "anulado", "anulada", "suspendido", "suspendida", "eliminado", "eliminada"),
    *("annulé", "annulée", "supprimé", "supprimée", "n'a pas lieu"),
    *("abgesagt", "entfällt", "entfallen", "fällt aus", "ausgefallen", "storniert", "annulliert", "gelöscht"),
    *("findet nicht statt", "excluído", "excluída", "suspenso", "suspensa", "removido", "removida"),
    *("ملغى", "ملغي", "ملغاة", "الغيت", "ألغيت", "تم الإلغاء", "تم إلغاؤها", "محذوف"),
    *("रद्द", "रद्द किया गया", "निरस्त", "取消", "已取消", "停课", "停課", "已删除", "不上课"),
)
_ALL_DAY_HEADERS = folded_words(
    *("all day event", "all day", "allday", "is all day", "full day", "whole day", "all-day event"),
    *(
        "todo el día",
        "evento de todo el día",
        "journée entière",
        "toute la journée",
        "événement d'une journée",
    ),
    *("ganztägig", "ganztägiges ereignis", "ganztags", "ganzer tag", "dia inteiro", "evento de dia inteiro"),
    *(
        "طوال اليوم",
        "حدث طوال اليوم",
        "يوم كامل",
        "पूरे दिन",
        "पूरा दिन",
        "पूरे दिन का इवेंट",
        "全天",
        "全天事件",
        "全日",
    ),
)
_YES = folded_words(
    "true",
    "yes",
    "y",
    "1",
    "x",
    "si",
    "sí",
    "oui",
    "ja",
    "sim",
    "نعم",
    "हाँ",
    "हां",
    "是",
    "\u2713",
    "\u2714",
    "\u2611",
    "\u2705",
)


def is_status_header(header: str) -> bool:
    """Whether a column tells in words how things stand with each class."""
    return len(header) <= _LONGEST and fold(header) in _STATUS


def is_cancelled_header(header: str) -> bool:
    """Whether a column ticks off the classes that do not take place."""
    return len(header) <= _LONGEST and fold(header) in _CANCELLED_HEADERS


def is_all_day_header(header: str) -> bool:
    """Whether a column ticks off the events of a calendar that have no hour."""
    return len(header) <= _LONGEST and fold(header) in _ALL_DAY_HEADERS


@lru_cache(maxsize=256)
def is_yes(text: str) -> bool:
    return len(text) <= _LONGEST and fold(text) in _YES
