"""What a person says on the page of their weekly grid, read from the form."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from batch.core.rows.columns import AccountKind
from batch.report.wording.phrases import tr
from batch.web.state.notice import Notice
from batch.web.state.orders import FileOverrides
from batch.web.views.grid_question import MEANS, columns_of, wrong_period
from batch.web.views.mapping_form import Form, zone_typed
from batch.web.views.mapping_question import ALL_SHEETS
from batch.web.views.when_question import wrong_days

_LONGEST = 320
_MOST_MINUTES = 600


def read_grid_form(
    before: FileOverrides, asked: Mapping[str, Any], form: Mapping[str, str], account: AccountKind
) -> Form:
    """What was said until now, and what the form says of the grid; what it cannot say is left aside.

    Args:
        before: until now.
        asked: what the form asked.
        form: its fields.
        account: whose classes they are.
    """
    means = [form.get(f"part-{place + 1}", "") for place in range(len(asked["parts"]))]
    means = [each if each in MEANS else "" for each in means]
    grid: dict[str, Any] = {
        "means": means,
        "cell": (asked["separator"] or " ").join(f"{{{columns_of(each, account)}}}" for each in means),
        "without": [
            text for place, (text, _) in enumerate(asked["short"]) if form.get(f"out-{place}") == "on"
        ],
        "who": form.get("who", "").strip()[:_LONGEST],
        "remember": form.get("remember") == "on",
    }
    when: dict[str, Any] = {
        "periods": {
            name: hours
            for place, name in enumerate(asked["periods"])
            if (hours := form.get(f"period-{place}", "").strip()[:_LONGEST])
        },
        **{name: form.get(name, "").strip()[:_LONGEST] for name in ("minutes", "starts", "ends")},
    }
    zone, wrong = before.time_zone, None
    if "time_zone" in form:
        zone, wrong = zone_typed(form["time_zone"])
    sheet = form.get("sheet", "")
    overrides = replace(
        before,
        grid=grid,
        when=when,
        time_zone=zone,
        sheet=sheet if sheet in asked["sheets"] else "" if sheet == ALL_SHEETS else before.sheet,
        all_sheets=sheet == ALL_SHEETS or (before.all_sheets and not sheet),
    )
    periods = (wrong_period(name, hours) for name, hours in when["periods"].items())
    unclear = next((Notice(says=says, tone="bad") for says in periods if says), None)
    return Form(overrides, _wrong(grid, when["minutes"]) or unclear or wrong_days(when) or wrong)


def _wrong(grid: Mapping[str, Any], minutes: str) -> Notice | None:
    """The first that cannot be taken as it is."""
    means = [each for each in grid["means"] if each]
    titles = [each for each in means if each in {"title", "both"}]
    tells_who = [each for each in means if each in {"who", "both"}]
    cases = (
        (
            len(titles) != 1,
            tr("Which part of a cell is the title?"),
            tr("Say it of one part, and of no other."),
        ),
        (
            len(tells_who) > 1 or means.count("weeks") > 1,
            tr("Two parts are said to be the same."),
            tr("Say it of one of them."),
        ),
        (
            not tells_who and not grid["who"],
            tr("Who gives these lessons?"),
            tr("Say which part of a cell tells it; or write one address for all of them."),
        ),
        (
            bool(tells_who and grid["who"]),
            tr("Who gives these lessons, the part of the cell or the one address?"),
            tr("Empty the address, or leave that part aside."),
        ),
        (
            bool(minutes) and not (minutes.isdecimal() and 0 < int(minutes) <= _MOST_MINUTES),
            tr("{minutes!r} is no number of minutes.", minutes=minutes),
            tr("Write it as 45."),
        ),
    )
    return next((Notice(says=says, fix=fix, tone="bad") for is_so, says, fix in cases if is_so), None)
