"""THE table of settings: each field of `Settings` is one, declared here and nowhere else.

Flags, variables, lines of classbatch.toml, help, docs/settings.md and the template
are made from it, and every value is read by it. Quick to import, for `--help`.
"""

from collections.abc import Mapping
from dataclasses import MISSING, field, fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from batch.base_url import DEFAULT_BASE_URL, check_base_url, is_loopback
from batch.core.errors import CannotRun
from batch.core.language import LanguageChoice
from batch.core.message import SettingFault
from batch.core.plan.admission import LimitPolicy
from batch.core.plan.plan import Fit
from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import BY_NAME, SERIES, AccountKind
from batch.core.service.on_unknown import OnUnknown
from batch.core.service.protocol import Credentials
from batch.settings.kinds import (
    ON_OFF,
    choice,
    count,
    database_url,
    days_as_written,
    hours_as_written,
    path,
    proxy_url,
    seconds,
    text,
)
from batch.settings.private import secret_in
from batch.settings.setting import Group, Secret, Setting, setting
from batch.settings.table_files import FileSettings
from batch.settings.table_services import NightlySettings, PageSettings


class LogFormat(StrEnum):
    """How log lines are written."""

    TEXT = "text"  #: for people
    JSON = "json"  #: one object each, for programs


# The parts of Settings are never made by themselves: methods of their own would be made at each start for nothing.
@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class RoomSettings:
    """What fits into the account at one time."""

    group = Group.ROOM

    max_concurrent_classes: int | None = setting(
        count(1, 10_000),
        "How many classes your licence lets run at the same time.",
        brief="How many classes may run at the same time.",
        default_text="learnt from the service's first refusal",
        example="5",
    )
    fit: Fit = setting(
        choice(Fit),
        "Which classes are sent when the licence has no room for all: first takes them in the order of the file; "
        "most takes the largest number that fits, or the most priority where the file has that column.",
        brief="No room for all: the first, or the most?",
        default=Fit.FIRST,
    )
    limit_policy: LimitPolicy | None = setting(
        choice(LimitPolicy),
        "What your licence's limit counts: overlap, classes that run at the same time; outstanding, classes that "
        "are not over yet; inflight, requests that are open.",
        default_text="learnt from the service's refusals, else overlap",
        example="overlap",
    )
    extend_counts: bool = setting(
        ON_OFF,
        "Whether the minutes that a class may run on (extend_duration) count towards the licence's limit.",
        default=True,
    )
    opening_days: str = setting(  # read by `free_slots.days_of`
        text("days such as mon-fri or sun,mon,wed", "DAYS", days_as_written),
        "The days on which a free time is proposed to a class that has none.",
        default="mon-fri",
    )
    opening_hours: str = setting(  # read by `free_slots.hours_of`
        text("two times such as 08:00-20:00", "HOURS", hours_as_written),
        "The hours between which a free time is proposed, by the clock of the class's own time zone.",
        default="08:00-20:00",
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class SendingSettings:
    """How requests are made."""

    group = Group.SENDING

    foreign: bool = setting(
        ON_OFF,
        "Whether to list the account's classes first: those which others made are counted, and what was sent "
        "from elsewhere is not sent again.",
        rare=True,
        default=True,
    )
    first_time: date | None = setting(
        text("a day such as 2031-09-01", "DAY", date.fromisoformat),
        "For an account that cannot list its classes: the day on which a journal that has sent nothing yet may "
        "send, because nobody sent the file before. It holds on that day and the next.",
        default_text="none; such an account is asked about with --first-time",
        example="2031-09-01",
    )
    most_changed_percent: int = setting(
        count(0, 100),
        "sync changes and cancels nothing where more percent of the timetable's classes to come would be touched; "
        "for one run: --most-changed.",
        default=30,
    )
    most_cancelled_percent: int = setting(
        count(0, 100),
        "sync changes and cancels nothing where more percent of the timetable's classes to come would be cancelled; "
        "for one run: --most-cancelled.",
        default=20,
    )
    in_flight: int = setting(
        count(1, 32),
        "How many requests may wait for the service at once, at most; it starts with 4 and adapts.",
        rare=True,
        default=32,
        source="our measurements",
    )
    attempts: int = setting(
        count(1, 20),
        "How many times one class is tried, at most, while the service is busy or out of reach.",
        default=5,
    )
    timeout_s: float = setting(
        seconds(600, above_0=True), "How many seconds one request may take.", default=60.0
    )
    settle_s: float = setting(
        seconds(3600),
        "How many seconds to wait before looking up a class whose answer was lost; "
        "below 60, a slow service may be asked for the same class twice.",
        rare=True,
        default=60.0,
        source="our measurements",
    )
    on_unknown: OnUnknown = setting(
        choice(OnUnknown),
        "What to do about a class whose answer was lost: ask leaves it to you; resend-after-settle looks it up "
        "and sends it again if absent; resend-trust-1032 sends it again and trusts the service to refuse a double; "
        "auto looks it up where the account can list its classes and asks where it cannot.",
        rare=True,
        default=OnUnknown.AUTO,
    )
    audit: bool = setting(
        ON_OFF,
        "Whether to compare the account's classes with the journal when a run ends.",
        rare=True,
        default=True,
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class AccountSettings:
    """Whom the classes are sent to, and what the licence allows."""

    group = Group.ACCOUNT

    base_url: str = setting(
        text(
            "an address that begins with https:// (http:// on this machine only)",
            "URL",
            check_base_url,
            explains=True,
        ),
        "Where the WizIQ service answers.",
        rare=True,
        default=DEFAULT_BASE_URL,
        source="WizIQ's documentation",
    )
    access_key: Secret | None = setting(
        text("text", "KEY"),
        "The access key of your WizIQ account, from its API settings page.",
        default_text="none; needed before anything is sent",
        example="your access key",
        secret=True,
    )
    secret_key: Secret | None = setting(
        text("text", "KEY"),
        "The secret key of your WizIQ account, from its API settings page.",
        default_text="none; needed before anything is sent, here or in secret_key_file",
        example="your secret key",
        secret=True,
    )
    secret_key_file: Path | None = setting(
        path("the path of a file", "PATH"),
        "A file that holds nothing but the secret key and that only you can read (chmod 600).",
        default_text="none",
        example="~/.config/classbatch/secret_key",
    )
    account: AccountKind = setting(
        choice(AccountKind),
        "Which kind of WizIQ account it is: teacher has presenter_email, room has presenter_id.",
        rare=True,
        default=AccountKind.TEACHER,
        source="the kind most schools have",
    )
    max_minutes: int = setting(
        count(1, 1440),
        "How many minutes one class may last in your account.",
        default=300,
        source="WizIQ's limit on every account seen",
    )
    max_attendees: int | None = setting(
        count(1, 100_000),
        "How many people may attend one class in your account.",
        default_text="not known: more than 50, the limit of most licences, is warned about",
        example="50",
    )
    ca_file: Path | None = setting(
        path("the path of a file that exists", "PATH", exists=True),
        "A file of further certificate authorities, for a network that inspects https traffic.",
        default_text="none; the system's own authorities",
        example="/etc/ssl/certs/school-proxy.pem",
    )
    proxy: Secret | None = setting(
        text("an address such as http://proxy.school.example:3128", "URL", proxy_url),
        "The web proxy that the service is reached through; user:password@ may stand before its name. "
        "Variables such as HTTPS_PROXY are not used.",
        default_text="none; the service is reached directly",
        example="http://proxy.school.example:3128",
        secret=True,
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class PlaceSettings:
    """Where the journal is."""

    group = Group.PLACE

    state: Path = setting(
        path("the path of a directory", "DIR"),
        "The directory of the journal, which knows what has been sent; keep it, and use the same one for every run.",
        brief="Where the journal is: the same for every run.",
        default=MISSING,
        default_text="$XDG_STATE_HOME/classbatch, else ~/.local/state/classbatch",
        example="~/.local/state/classbatch",
    )
    journal: Secret | None = setting(
        text(
            "an address such as postgresql://classbatch@db.school.example/classbatch; its password belongs into ~/.pgpass",
            "URL",
            database_url,
        ),
        "The PostgreSQL database that holds the journals of all accounts, for several computers together; needs the "
        "extra cluster. A password belongs into ~/.pgpass or a file that PGPASSFILE names.",
        default_text="none; each account's journal is a file in the state folder",
        example="postgresql://classbatch@db.school.example/classbatch",
        secret=True,
    )
    takeover_s: float = setting(
        seconds(3600, above_0=True),
        "With journals in a database: a run that has not been heard of for so long counts as dead, and the next run "
        "takes its account over.",
        default=30.0,
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class OutputSettings:
    """What a run says."""

    group = Group.OUTPUT

    language: LanguageChoice = setting(
        choice(LanguageChoice),
        "The language of the upload page: auto is the one that each browser asks for, and English where that is none of "
        "these. The command line, the workbooks and the mails are in English.",
        rare=True,
        default=LanguageChoice.AUTO,
    )
    quiet: bool = setting(
        ON_OFF,
        "Whether to leave out progress and summary, and say only what is wrong.",
        brief="Say only what is wrong.",
        default=False,
    )
    log: LogFormat = setting(
        choice(LogFormat),
        "How log lines are written: text for people, json for programs.",
        rare=True,
        default=LogFormat.TEXT,
    )


@dataclass(frozen=True, kw_only=True)
class Settings(
    FileSettings,
    RoomSettings,
    SendingSettings,
    AccountSettings,
    PlaceSettings,
    OutputSettings,
    NightlySettings,
    PageSettings,
):
    """What one run is set by. Made by `load_settings`; paths are absolute, secrets hide in repr and str."""

    # The tables of classbatch.toml that speak of columns; `column_tables.py` checks them.
    defaults: Mapping[str, str] = field(default_factory=dict)  #: API name -> text for an absent or empty cell
    columns: Mapping[str, str] = field(default_factory=dict)  #: header -> API name, "" to ignore the column
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)  #: API name -> cell -> its meaning
    term: Mapping[str, object] = field(default_factory=dict)  #: as written: `core/term/term_text.py` reads it

    grid: Mapping[str, object] = field(default_factory=dict)  #: as written: `core/grid/grid_text.py` reads it

    #: Where stands what was said of earlier files, when that is not `state`: of a file that another computer has read before.
    remembered_in: Path | None = field(default=None, compare=False)

    read_from: Path | None = field(default=None, compare=False)  #: the classbatch.toml, if one was read

    #: Variables that name a proxy for other programs, where `proxy` does not: they are not used here.
    ignored_proxies: tuple[str, ...] = field(default=(), compare=False)

    @property
    def remembered(self) -> Path:
        """Where stands what was said of earlier files."""
        return self.remembered_in or self.state

    @property
    def is_on_this_machine(self) -> bool:
        """Whether what answers at `base_url` is on this computer, such as a sandbox."""
        return is_loopback(urlsplit(self.base_url).hostname or "")

    def credentials(self) -> Credentials:
        """The pair that requests are signed with; asked for only when something is to be sent.

        Raises:
            CannotRun: one of the two is missing, or the file of the secret key is
                unreadable, or open to others, or holds something else.
        """
        access_key = self.access_key.get_secret_value().strip() if self.access_key else ""
        secret_key = self.secret_key.get_secret_value().strip() if self.secret_key else ""
        if self.secret_key_file is not None:
            secret_key = secret_in(self.secret_key_file)
        if not (access_key and secret_key):
            key, secret, file = (
                SETTING[name].variable for name in ("access_key", "secret_key", "secret_key_file")
            )
            ways = {"access key": key, "secret key": f"{secret} or {file} (a file that holds it)"}
            missing = [name for name, there in zip(ways, (access_key, secret_key), strict=True) if not there]
            variables = [ways[name] for name in missing]
            raise CannotRun(SettingFault.NO_KEYS, missing=missing, variables=variables)
        return Credentials(access_key=access_key, secret_key=secret_key)


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(
        name=each.name,
        group=vars(part)["group"],
        default=None if each.default is MISSING else each.default,
        **each.metadata,
    )
    for part in Settings.__bases__
    for each in fields(part)
)
SETTING = {each.name: each for each in SETTINGS}
SECRETS = frozenset(each.name for each in SETTINGS if each.secret)

#: What tells one class from another has to stand in its row: a default for it would
#: make classes that nobody wrote down. Every other column may stand under [defaults].
_OF_ONE_CLASS = {
    *SERIES,
    *("title", "start_time", "date", "end_time"),
    *("presenter_email", "presenter_id", "presenter_name", "lesson_id"),
}
DEFAULTABLE = tuple(name for name in BY_NAME if name not in _OF_ONE_CLASS)
TABLES = ("defaults", "columns", "values", "term", "grid")


def names_in(*groups: Group) -> tuple[str, ...]:
    """The settings of these groups that have a flag; `columns` is one of the file's, as `--map`."""
    found = tuple(each.name for each in SETTINGS if each.group in groups and each.flag)
    return (*found, "columns") if Group.FILE in groups else found
