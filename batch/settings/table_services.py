"""The settings of the two doors that people seldom stand at: the nightly import and the upload page."""

from pathlib import Path

import click

from batch.settings.setting import ON_OFF, Setting, count

NIGHTLY: tuple[Setting, ...] = (
    Setting(
        name="inbox",
        type=click.Path(path_type=Path),
        help="The folder that the nightly import takes its files from.",
        takes="the path of a folder",
        metavar="DIR",
        default_text="none; named on the command line",
        example="/srv/timetables",
    ),
    Setting(
        name="settled_s",
        type=click.FloatRange(0, 3600),
        help="How many seconds a file of the inbox must have been left alone before it is taken; "
        "one that still grows waits for the next night.",
        takes="a number of seconds from 0 to 3600",
        metavar="SECONDS",
        default=10.0,
    ),
    Setting(
        name="deadline_minutes",
        **count(1, 1440),
        help="After how many minutes the nightly import lets nothing more begin; the rest waits for the next night.",
        default_text="none; it takes the time it needs",
        example="120",
    ),
    Setting(
        name="guard_invalid_percent",
        **count(0, 100),
        help="The nightly import sends nothing of a file of whose rows more percent are invalid; 100 lets all through.",
        default=30,
    ),
    Setting(
        name="guard_vanished_percent",
        **count(0, 100),
        help="The nightly import sends nothing of a file that lacks more percent of the classes to come that the file "
        "before it had; 100 lets all through.",
        default=30,
    ),
    Setting(
        name="guard_smaller_percent",
        **count(0, 100),
        help="The nightly import sends nothing of a file that is smaller by more percent than the one before it, rows "
        "in the past not counted; 100 lets all through.",
        default=50,
    ),
    Setting(
        name="notify",
        type=click.STRING,
        help="Whom the nightly import tells that something went wrong or nothing arrived: addresses of apprise "
        "(e-mail, Teams, Slack and many more), with a space between several.",
        takes="addresses as github.com/caronc/apprise lists them",
        metavar="URLS",
        default_text="nobody; needs pip install 'classbatch[notify]'",
        example="mailtos://user:password@school.example",
        secret=True,
    ),
    Setting(
        name="notify_success",
        **ON_OFF,
        help="Whether the nightly import also tells them when all went well.",
        default=False,
    ),
    Setting(
        name="metrics_file",
        type=click.Path(path_type=Path),
        help="Where the nightly import writes its counts for Prometheus (the node exporter's textfile collector).",
        takes="the path of a file that ends in .prom",
        metavar="PATH",
        default_text="nowhere",
        example="/var/lib/prometheus/node-exporter/classbatch.prom",
    ),
)

SERVE: tuple[Setting, ...] = (
    Setting(
        name="bind",
        type=click.STRING,
        help="The address of this computer that the upload page listens on; other computers reach it only by another "
        "address than the default.",
        takes="an address such as 127.0.0.1 or 192.168.1.20",
        metavar="ADDRESS",
        default="127.0.0.1",
    ),
    Setting(
        name="port",
        **count(0, 65535),
        help="The port that the upload page listens on; 0 takes a free one.",
        default=8780,
    ),
    Setting(
        name="public_url",
        type=click.STRING,
        help="How browsers get to the upload page, where that is not by its own address: behind a reverse proxy.",
        takes="an address such as https://timetable.school.example",
        metavar="URL",
        default_text="the address it listens on",
        example="https://timetable.school.example",
    ),
    Setting(
        name="user_header",
        type=click.STRING,
        help="The header in which a reverse proxy tells the upload page who it is; it takes the place of the token.",
        takes="the name of a header, such as X-Forwarded-User",
        metavar="NAME",
        default_text="none; whoever has the token from the start is let in",
        example="X-Forwarded-User",
    ),
    Setting(
        name="trusted_proxy",
        type=click.STRING,
        help="Where the reverse proxy is that user_header is believed from, besides this computer.",
        takes="addresses, with commas between several",
        metavar="ADDRESSES",
        default_text="this computer alone",
        example="10.0.0.5",
    ),
    Setting(
        name="upload_mib",
        **count(1, 200),
        help="How many MiB a file may have that is uploaded on the page.",
        default=25,
        source="the largest workbook that is read",
    ),
    Setting(
        name="upload_days",
        **count(1, 3650),
        help="After how many days an uploaded file is deleted; what became of its classes stays in the journal.",
        default=30,
    ),
)
