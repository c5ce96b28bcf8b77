"""A cell's text without what a program or a keyboard put around it.

Spreadsheets keep a value from being changed by an apostrophe or as `="..."`, web pages write
spaces that do not break, a line break inside a cell is layout: none of it is meant. What a
cell says is left as it is.
"""

import re

#: Taken off both ends of a text: every Unicode white space, and the marks without
#: width that web pages and chat programs leave behind. Not U+200D: it joins emoji.
EDGES = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
    "\u200b\u200e\u200f\u2060\ufeff"
)

#: Nothing to be done: printable ASCII, no mark in front, no space at an end.
_PLAIN = re.compile(r"[!-&(-<>-~](?:[ -~]*[!-~])?")

# White space other than a space, with all the white space around it. Not the separators of
# files and records (U+001C to U+001F): nobody types them, so they are no layout.
_LAYOUT = re.compile(
    "[ ]*[\t\n\x0b\x0c\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
    "[ \t\n\x0b\x0c\r\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*"
)
_WITHOUT_WIDTH = re.compile("[\u200b\u2060\ufeff\u00ad]")
_AS_FORMULA = re.compile(r'="((?:[^"]|"")*)"')
#: Words that begin with an apostrophe of their own: 'Tis, 'n', Dutch 's and 't.
_ELISIONS = re.compile(r"'(?:tis|twas|til|till|n|em|round|bout|cause|cos|neath|s|t|k|m)\b", re.IGNORECASE)
_CLOSING = re.compile(r"'(?!\w)")
_QUOTED = re.compile(
    r"'([^']*)'|\"([^\"]*)\"|\u2018([^\u2019]*)\u2019|\u201c([^\u201d]*)\u201d|\u201e([^\u201c]*)\u201c"
)


def value_text(cell: str) -> str:
    r"""What is typed in a cell that holds a value: nothing around it is part of that.

    >>> value_text("'2031-09-15\u00a009:00 "), value_text('="50"'), value_text("'ana@school.example'")
    ('2031-09-15 09:00', '50', 'ana@school.example')
    """
    if _PLAIN.fullmatch(cell):
        quoted = _QUOTED.fullmatch(cell) if cell[0] == '"' else None
        return cell if quoted is None else quoted[2].strip()
    text = _tidied(cell)
    if quoted := _QUOTED.fullmatch(text):
        return next(inside for inside in quoted.groups() if inside is not None).strip(EDGES)
    return text.removeprefix("'").lstrip(EDGES) if text.startswith("'") else text


def wording(cell: str) -> str:
    r"""What is typed in a cell that holds words: its own apostrophes and quotation marks stay.

    >>> wording("'00123 Maths"), wording("'Tis the season"), wording("Maths\nset 2")
    ('00123 Maths', "'Tis the season", 'Maths set 2')
    """
    if _PLAIN.fullmatch(cell):
        return cell
    text = _tidied(cell)
    is_marked = text.startswith("'") and not _ELISIONS.match(text) and not _CLOSING.search(text, 1)
    return text[1:].lstrip(EDGES) if is_marked else text


def _tidied(cell: str) -> str:
    text = cell.strip(EDGES)
    if not text.isascii() or not text.isprintable():
        text = _LAYOUT.sub(" ", _WITHOUT_WIDTH.sub("", text))
    formula = _AS_FORMULA.fullmatch(text)
    return formula[1].replace('""', '"').strip(EDGES) if formula else text


#: What programs write for nothing, and nothing else means.
UNMISTAKABLE = frozenset(
    ("null", "<null>", "(null)", r"\n", "n/a", "#n/a", "<na>", "(blank)", "(empty)", "(none)", "(leer)")
)
#: Words for nothing in the languages whose headers are known, as people write them.
NOTHING = UNMISTAKABLE | frozenset(
    (
        *("none", "nil", "nan", "nat", "na", "n.a.", "n. a.", "blank", "empty", "not applicable", "not set"),
        *("ninguno", "ninguna", "nada", "vacío", "vacio", "no aplica", "s/d", "n/d"),
        *("aucun", "aucune", "néant", "neant", "sans objet", "s.o.", "vide"),
        *("kein", "keine", "keiner", "keines", "leer", "k.a.", "k. a.", "keine angabe", "entfällt"),
        *("nenhum", "nenhuma", "vazio", "não se aplica", "nao se aplica"),
        *("لا شيء", "لا يوجد", "لا ينطبق", "فارغ"),
        *("कोई नहीं", "कुछ नहीं", "लागू नहीं", "रिक्त"),
        *("无", "無", "没有", "沒有", "空", "不适用", "不適用"),
    )
)
_LONGEST_NOTHING = max(map(len, NOTHING))
_ONLY_DASHES = re.compile(r"[-\u2010-\u2015\u2212_/]+")


def is_nothing(text: str, words: frozenset[str]) -> bool:
    """Whether a text stands for an empty cell: a dash, or one of `words`, which are in small letters."""
    if len(text) > _LONGEST_NOTHING:
        return False
    return text.casefold() in words or _ONLY_DASHES.fullmatch(text) is not None
