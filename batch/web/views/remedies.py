"""Sentences that name a flag, a command or a setting, as they are said on the page: by the place where it is done there.

The catalogue of messages stays one. What only whoever looks after this computer
can do says so.
"""

import re

#: The heading of the part of the check page that leads to the form of that name.
HOW_READ = "How the file is read"
FOR_THE_KEEPER = "That is for whoever looks after classbatch on this computer."
_KEEPER = "ask whoever looks after classbatch"

_PLACES: tuple[tuple[str, str], ...] = (
    (
        r"([Ss])ay which comes first with --dates dmy or --dates mdy",
        rf'\1ay under "{HOW_READ}" which comes first',
    ),
    (r"run again with --dates dmy", f'say under "{HOW_READ}" that the day comes first'),
    (r'If it is not: --map "HEADER=\w+"', f'If it is not, say so under "{HOW_READ}"'),
    (r'If it is the (\w+): --map ".*?=\1"', rf'If it is the \1, say so under "{HOW_READ}"'),
    (r'say which it is: --map "HEADER=\w+"', f'say under "{HOW_READ}" which it is'),
    (r"which --map or \[columns\] speaks of", "although it was said what it is"),
    (r"nothing was said with --map", "nothing was said"),
    (r"say it once more with --map and --remember", f'say it once more under "{HOW_READ}"'),
    (r"leave out --remember", 'take the tick away from "Remember this"'),
    (r"set time_zone under \[defaults\] in classbatch\.toml", f'name your time zone under "{HOW_READ}"'),
    (r"with --sheet NAME, or take them together with --all-sheets", "it is, or take them together"),
    (r"Say which one it is with --sheet NAME; `", "Name its columns so; `"),
    (r"Give --sheet one of these names", "Choose one of these"),
    (r"--sheet and --all-sheets are left aside", "the choice of a sheet is left aside"),
    (r"`classbatch template`", 'the "Blank timetable" above'),
    (r"or say what it is, such as --encoding cp1252 \(Western Europe, Windows\)", "or as an .xlsx workbook"),
    (r"Try --encoding cp1252 or --encoding utf-8|Leave --encoding out", "Save it as an .xlsx workbook"),
    (r"and --encoding says", "and this page was started for"),
    (r"raise max_attendees in the settings", f"{_KEEPER} to raise max_attendees"),
    (r"for names, see \[values\] in classbatch\.toml", f"for names in its place, {_KEEPER}"),
    (r"an unchanged one only with --retry-refused", 'an unchanged one only by "Send them again"'),
    (r"(is not there any more\.) Submit the file again", r'\1 Press "Send them again"'),
    (
        r"\b(?:S|(s))ubmit (?:the same|the) file again with --on-unknown resend-after-settle",
        f"then {_KEEPER}",
    ),
    (r"\b(?:Submit|Run) (?:the same|the) file again", 'Press "Finish it"'),
    (r"\bsubmit the same file later", 'press "Finish it" later'),
    (r"\bsubmit (?:it|the file) again", "send it in again"),
    (r"Submit the file to schedule", "Go on to schedule"),
    (r" \(--fit most\)", ""),
    (r"the file is submitted then", "it is sent in again then"),
    (r"--limit (\d+) was reached", r"the run was to send \1 rows at most"),
    (r"--only-if-all-valid was given", "the run was to send all of them or none"),
)
_COMPILED = tuple((re.compile(pattern), place) for pattern, place in _PLACES)
_TERMINAL = re.compile(r"--[a-z]|classbatch|\[columns\]|in the settings|\bca_file\b|[Ss]ubmit|Run the same")
_LEFT = re.compile(r"(?<![\w-])--[a-z]{2}|\bset ca_file\b|classbatch\.toml|\bclassbatch: |: classbatch [a-z]")


def on_the_page(sentence: str) -> str:
    """What a sentence says, with places of the page for flags of the command line.

    >>> on_the_page("Say which comes first with --dates dmy or --dates mdy, or write it as 2031-06-05.")
    'Say under "How the file is read" which comes first, or write it as 2031-06-05.'
    """
    if _TERMINAL.search(sentence) is None:
        return sentence
    for pattern, place in _COMPILED:
        sentence = pattern.sub(place, sentence)
    keepers = _LEFT.search(sentence) is not None and FOR_THE_KEEPER not in sentence
    return f"{sentence} {FOR_THE_KEEPER}" if keepers else sentence
