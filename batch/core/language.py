"""The languages that people are spoken to in, and which of them a browser asks for."""

from enum import StrEnum, unique


@unique
class Language(StrEnum):
    """A language of the catalogue, by its code in ISO 639."""

    ENGLISH = "en"
    SPANISH = "es"


@unique
class LanguageChoice(StrEnum):
    """What the setting takes."""

    AUTO = "auto"  #: what the browser asks for
    ENGLISH = "en"
    SPANISH = "es"


def preferred(accepted: str) -> Language:
    """The language that a browser wants most of those there are, by its header Accept-Language; else English.

    >>> preferred("fr;q=0.9, es-MX;q=0.8, en;q=0.5").value, preferred("de").value, preferred("es;q=nonsense, en").value
    ('es', 'en', 'en')
    """
    wanted: list[tuple[float, Language]] = []
    for each in accepted.split(","):
        name, _, parameters = each.partition(";")
        code = name.strip().lower().partition("-")[0]
        if code in set(Language) and (weight := _weight(parameters)) > 0:
            wanted.append((weight, Language(code)))
    return max(wanted, key=lambda pair: pair[0], default=(0.0, Language.ENGLISH))[1]


def _weight(parameters: str) -> float:
    name, _, value = parameters.replace(" ", "").partition("=")
    if not name:
        return 1.0
    # At most 1.000, as RFC 9110 has it: what else stands there is no weight.
    return (
        float(value)
        if name.lower() == "q"
        and value.replace(".", "", 1).isascii()
        and value.replace(".", "", 1).isdecimal()
        else 0.0
    )
