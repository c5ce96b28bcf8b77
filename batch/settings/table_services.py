"""The part of the table of settings that only the nightly import and the upload page need."""

from pathlib import Path

from batch.core.changes.decide import ImportMode
from batch.core.quick_dataclass import dataclass
from batch.settings.kinds import ON_OFF, choice, count, path, seconds, text
from batch.settings.setting import Group, Secret, setting


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class NightlySettings:
    """What `classbatch nightly` is set by, besides what every run is."""

    group = Group.NIGHTLY

    inbox: Path | None = setting(
        path("the path of a folder", "DIR"),
        "The folder that the nightly import takes its files from.",
        default_text="none; named on the command line",
        example="/srv/timetables",
    )
    settled_s: float = setting(
        seconds(3600),
        "How many seconds a file of the inbox must have been left alone before it is taken; "
        "one that still grows waits for the next night.",
        rare=True,
        default=10.0,
    )
    quiet_days: int = setting(
        count(0, 366),
        "For how many days without a file the nightly import says nothing of it, by notify or under quiet: for a feed "
        "that does not come every night.",
        rare=True,
        default=0,
    )
    deadline_minutes: int | None = setting(
        count(1, 1440),
        "After how many minutes the nightly import lets nothing more begin; the rest waits for the next night.",
        brief="Let nothing more begin after so many minutes.",
        default_text="none; it takes the time it needs",
        example="120",
    )
    mode: ImportMode = setting(
        choice(ImportMode),
        "What the nightly import does about rows that changed or went away: add only tells, sync changes and cancels "
        "their classes.",
        brief="Only add classes, or also change and cancel?",
        default=ImportMode.ADD,
    )
    guard_invalid_percent: int = setting(
        count(0, 100),
        "The nightly import sends nothing of a file of whose rows more percent are invalid; 100 lets all through.",
        rare=True,
        default=30,
    )
    guard_vanished_percent: int = setting(
        count(0, 100),
        "The nightly import sends nothing of a file that lacks more percent of the classes to come that the file "
        "before it had; 100 lets all through.",
        rare=True,
        default=30,
    )
    guard_smaller_percent: int = setting(
        count(0, 100),
        "The nightly import sends nothing of a file that is smaller by more percent than the one before it, rows "
        "in the past not counted; 100 lets all through.",
        rare=True,
        default=50,
    )
    notify: Secret | None = setting(
        text("addresses as github.com/caronc/apprise lists them", "URLS"),
        "Whom the nightly import tells that something went wrong or nothing arrived: addresses of apprise "
        "(e-mail, Teams, Slack and many more), with a space between several.",
        default_text="nobody; needs pip install '.[notify]'",
        example="mailtos://user:password@school.example",
        secret=True,
    )
    notify_success: bool = setting(
        ON_OFF, "Whether the nightly import also tells them when all went well.", default=False
    )
    metrics_file: Path | None = setting(
        path("the path of a file that ends in .prom", "PATH"),
        "Where the nightly import writes its counts for Prometheus (the node exporter's textfile collector).",
        default_text="nowhere",
        example="/var/lib/prometheus/node-exporter/classbatch.prom",
    )


@dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False)
class PageSettings:
    """What `classbatch serve` is set by, besides what every run is."""

    group = Group.PAGE

    bind: str = setting(
        text("an address such as 127.0.0.1 or 192.168.1.20", "ADDRESS"),
        "The address of this computer that the upload page listens on; other computers reach it only by another "
        "address than the default.",
        brief="The address of this computer to listen on.",
        default="127.0.0.1",
    )
    port: int = setting(
        count(0, 65535),
        "The port that the upload page listens on; 0 takes a free one.",
        brief="The port to listen on; 0 takes a free one.",
        default=8780,
    )
    public_url: str | None = setting(
        text("an address such as https://timetable.school.example", "URL"),
        "How browsers get to the upload page, where that is not by its own address: behind a reverse proxy.",
        rare=True,
        default_text="the address it listens on",
        example="https://timetable.school.example",
    )
    user_header: str | None = setting(
        text("the name of a header, such as X-Forwarded-User", "NAME"),
        "The header in which a reverse proxy tells the upload page who it is; it takes the place of the token.",
        default_text="none; whoever has the token from the start is let in",
        example="X-Forwarded-User",
    )
    trusted_proxy: str | None = setting(
        text("addresses, with commas between several", "ADDRESSES"),
        "Where the reverse proxy is that user_header is believed from, besides this computer.",
        default_text="this computer alone",
        example="10.0.0.5",
    )
    enqueue: bool = setting(
        ON_OFF,
        "Whether the upload page hands what is confirmed over to the workers (`classbatch worker`), by the database of "
        "`journal`, instead of sending it from its own computer.",
        rare=True,
        default=False,
    )
    contact: str | None = setting(
        text("a name, with a telephone number or an e-mail address", "WHO"),
        "Whom people turn to who cannot get into the upload page, or cannot schedule from it; the page names them.",
        rare=True,
        default_text="whoever looks after classbatch here",
        example="the IT desk, extension 220",
    )
    upload_mib: int = setting(
        count(1, 200),
        "How many MiB a file may have that is uploaded on the page.",
        default=25,
        source="the largest workbook that is read",
    )
    upload_days: int = setting(
        count(1, 3650),
        "After how many days an uploaded file is deleted; what became of its classes stays in the journal.",
        default=30,
    )
