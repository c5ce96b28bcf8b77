"""/tz.xml and /vc-language.xml: the zones and the languages that `create` takes.

The live lists are not public; these are the zones of this computer and the languages
that the vendor's own plugins were translated into.
"""

from functools import cache

from batch.sandbox.dates import known_zones
from batch.sandbox.replies import Cdata, Element, document

#: language_culture_name -> as people call it. Others of the same languages are taken, too.
LANGUAGES = {
    "ar-SA": "Arabic",
    "cs-CZ": "Czech",
    "de-DE": "German",
    "el-GR": "Greek",
    "en-US": "English",
    "es-ES": "Spanish",
    "fa-IR": "Persian",
    "fr-FR": "French",
    "he-IL": "Hebrew",
    "it-IT": "Italian",
    "ms-MY": "Malay",
    "nl-NL": "Dutch",
    "pl-PL": "Polish",
    "pt-PT": "Portuguese",
    "ru-RU": "Russian",
    "th-TH": "Thai",
    "tr-TR": "Turkish",
    "zh-CN": "Chinese",
}


@cache
def time_zones() -> bytes:
    """Every name that does not give 1003."""
    return document(Element("time_zones", [Element("time_zone", name) for name in sorted(known_zones())]))


@cache
def languages() -> bytes:
    listed = [
        Element(
            "language",
            [Element("display_name", Cdata(name)), Element("language_culture_name", culture)],
        )
        for culture, name in LANGUAGES.items()
    ]
    return document(Element("virtual_classroom", [Element("languages", listed)]))
