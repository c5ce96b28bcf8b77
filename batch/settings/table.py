"""THE table of settings: flags, variables, keys of classbatch.toml, defaults and help.

The command line's options, the README's table and templates/classbatch.toml are
made from it, and `settings.py` reads every value by it.
"""

from pathlib import Path

import click
from click.types import FuncParamType

from batch.core.plan.free_slots import days_of, hours_of
from batch.core.rows.columns import BY_NAME, AccountKind
from batch.settings.setting import ON_OFF, Setting, choice, count
from batch.settings.table_services import NIGHTLY, SERVE


def _delimiter(text: str) -> str:
    character = "\t" if text == "tab" else text
    if len(character) != 1:
        raise ValueError(f"{text!r} is not one character.")
    return character


def _encoding(text: str) -> str:
    try:
        "a".encode(text)
    except (LookupError, ValueError) as error:
        raise ValueError(f"{text!r} is not a text encoding that is known here.") from error
    return text


def _days(text: str) -> str:
    """Checks, and gives back as written: `days_of` reads it."""
    days_of(text)
    return text.casefold()


def _hours(text: str) -> str:
    hours_of(text)
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting(
        name="base_url",
        type=click.STRING,
        help="Where the WizIQ service answers.",
        takes="an address that begins with https:// (http:// on this machine only)",
        metavar="URL",
        default="https://class.api.wiziq.com/",
        source="WizIQ's documentation",
    ),
    Setting(
        name="access_key",
        type=click.STRING,
        help="The access key of your WizIQ account, from its API settings page.",
        takes="text",
        metavar="KEY",
        default_text="none; needed before anything is sent",
        example="your access key",
        secret=True,
    ),
    Setting(
        name="secret_key",
        type=click.STRING,
        help="The secret key of your WizIQ account, from its API settings page.",
        takes="text",
        metavar="KEY",
        default_text="none; needed before anything is sent, here or in secret_key_file",
        example="your secret key",
        secret=True,
    ),
    Setting(
        name="secret_key_file",
        type=click.Path(path_type=Path),
        help="A file that holds nothing but the secret key and that only you can read (chmod 600).",
        takes="the path of a file",
        metavar="PATH",
        default_text="none",
        example="~/.config/classbatch/secret_key",
    ),
    Setting(
        name="state",
        type=click.Path(path_type=Path),
        help="The directory of the journal, which knows what has been sent; keep it, and keep to one.",
        takes="the path of a directory",
        metavar="DIR",
        default_text="$XDG_STATE_HOME/classbatch, else ~/.local/state/classbatch",
        example="~/.local/state/classbatch",
    ),
    Setting(
        name="account",
        **choice(*(kind.value for kind in AccountKind)),
        help="Which kind of WizIQ account it is: teacher has presenter_email, room has presenter_id.",
        default="teacher",
        source="the kind most schools have",
    ),
    Setting(
        name="max_concurrent_classes",
        **count(1, 10_000),
        help="How many classes your licence lets run at the same time.",
        default_text="learnt from the service's first refusal",
        example="5",
    ),
    Setting(
        name="fit",
        **choice("first", "most"),
        help="Which classes are sent when the licence has no room for all: first takes them in the order of the file; "
        "most takes the largest number that fits, or the most priority where the file has that column.",
        default="first",
    ),
    Setting(
        name="foreign",
        **ON_OFF,
        help="Whether to list the account's classes first, so that those which others made are counted.",
        default=True,
    ),
    Setting(
        name="limit_policy",
        **choice("overlap", "outstanding", "inflight"),
        help="What your licence's limit counts: overlap, classes that run at the same time; outstanding, classes that "
        "are not over yet; inflight, requests that are open.",
        default_text="learnt from the service's refusals, else overlap",
        example="overlap",
    ),
    Setting(
        name="extend_counts",
        **ON_OFF,
        help="Whether the minutes that a class may run on (extend_duration) count towards the licence's limit.",
        default=True,
    ),
    Setting(
        name="opening_days",
        type=FuncParamType(_days),
        help="The days on which a free time is proposed to a class that has none.",
        takes="days such as mon-fri or sun,mon,wed",
        metavar="DAYS",
        default="mon-fri",
    ),
    Setting(
        name="opening_hours",
        type=FuncParamType(_hours),
        help="The hours between which a free time is proposed, by the clock of the class's own time zone.",
        takes="two times such as 08:00-20:00",
        metavar="HOURS",
        default="08:00-20:00",
    ),
    Setting(
        name="in_flight",
        **count(1, 32),
        help="How many requests may wait for the service at once, at most; it starts with 4 and adapts.",
        default=32,
        source="our measurements",
    ),
    Setting(
        name="attempts",
        **count(1, 20),
        help="How many times one class is tried, at most, while the service is busy or out of reach.",
        default=5,
    ),
    Setting(
        name="timeout_s",
        type=click.FloatRange(0, 600, min_open=True),
        help="How many seconds one request may take.",
        takes="a number of seconds above 0, up to 600",
        metavar="SECONDS",
        default=60.0,
    ),
    Setting(
        name="settle_s",
        type=click.FloatRange(0, 3600),
        help="How many seconds to wait before looking up a class whose answer was lost; "
        "below 60, a slow service may be asked for the same class twice.",
        takes="a number of seconds from 0 to 3600",
        metavar="SECONDS",
        default=60.0,
        source="our measurements",
    ),
    Setting(
        name="on_unknown",
        **choice("auto", "ask", "resend-after-settle", "resend-trust-1032"),
        help="What to do about a class whose answer was lost: ask leaves it to you; resend-after-settle looks it up "
        "and sends it again if absent; resend-trust-1032 sends it again and trusts the service to refuse a double; "
        "auto looks it up where the account can list its classes and asks where it cannot.",
        default="auto",
    ),
    Setting(
        name="audit",
        **ON_OFF,
        help="Whether to compare the account's classes with the journal when a run ends.",
        default=True,
    ),
    Setting(
        name="max_minutes",
        **count(1, 1440),
        help="How many minutes one class may last in your account.",
        default=300,
        source="WizIQ's limit on every account seen",
    ),
    Setting(
        name="max_attendees",
        **count(1, 100_000),
        help="How many people may attend one class in your account.",
        default=50,
        source="WizIQ's paid licences; a free one has 10",
    ),
    Setting(
        name="past_margin_minutes",
        **count(0, 10_080),
        help="How many minutes ahead of now a class must start.",
        default=0,
        source="WizIQ's own rule",
    ),
    Setting(
        name="sheet",
        type=click.STRING,
        help="The name of the worksheet to read.",
        takes="text",
        metavar="NAME",
        default_text="the one visible sheet with the known column headers",
        example="Autumn",
    ),
    Setting(
        name="all_sheets",
        **ON_OFF,
        help="Whether to read all the sheets that look like a timetable together, such as one for each weekday.",
        default=False,
    ),
    Setting(
        name="max_rows",
        **count(1, 1_000_000),
        help="How many rows a file may have, blank ones not counted.",
        default=200_000,
    ),
    Setting(
        name="max_columns",
        **count(1, 16_384),
        help="How many columns a file may have.",
        default=200,
    ),
    Setting(
        name="read_cpu_s",
        **count(1, 3600),
        help="How many seconds of work reading one workbook may cost; a file that costs more is refused.",
        default=30,
    ),
    Setting(
        name="read_memory_mib",
        **count(64, 65_536),
        help="How many MiB of memory reading one workbook may take; a file that takes more is refused.",
        default=256,
    ),
    Setting(
        name="encoding",
        type=FuncParamType(_encoding),
        help="The text encoding of a CSV file.",
        takes="the name of a text encoding, such as cp1252",
        metavar="NAME",
        default_text="found out from the file, UTF-8 or UTF-16",
        example="cp1252",
    ),
    Setting(
        name="delimiter",
        type=FuncParamType(_delimiter),
        help="The character between the fields of a CSV file.",
        takes="one character, or the word tab",
        metavar="CHAR",
        default_text="found out from the header line: comma, semicolon, tab or |",
        example=";",
    ),
    Setting(
        name="dates",
        **choice("dmy", "mdy"),
        help="What comes first in a date such as 05/06/2031: dmy the day, mdy the month.",
        default_text="found out from the file, and the month where no date of it has a day over 12",
        example="dmy",
    ),
    Setting(
        name="remember",
        **ON_OFF,
        help="Whether what --map says is kept for the next file with the same header.",
        default=False,
    ),
    Setting(
        name="quiet",
        **ON_OFF,
        help="Whether to leave out progress and summary, and tell only what is wrong.",
        default=False,
    ),
    Setting(
        name="log",
        **choice("text", "json"),
        help="How log lines are written: text for people, json for programs.",
        default="text",
    ),
    Setting(
        name="ca_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A file of further certificate authorities, for a network that inspects https traffic.",
        takes="the path of a file that exists",
        metavar="PATH",
        default_text="none; the system's own authorities",
        example="/etc/ssl/certs/school-proxy.pem",
    ),
    *NIGHTLY,
    *SERVE,
)

SETTING = {setting.name: setting for setting in SETTINGS}
SECRETS = frozenset(setting.name for setting in SETTINGS if setting.secret)

#: What tells one class from another has to stand in its row: a default for it would
#: make classes that nobody wrote down. Every other column may stand under [defaults].
DEFAULTABLE = tuple(
    name
    for name in BY_NAME
    if name
    not in {
        *("title", "start_time", "date", "end_time"),
        *("presenter_email", "presenter_id", "presenter_name"),
    }
)
