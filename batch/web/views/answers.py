"""What a person answered and mended on the check page, all of it in one form: nothing that was typed is lost by a button."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from batch.core.quick_dataclass import dataclass
from batch.core.rows.columns import AccountKind
from batch.report.wording.phrases import tr
from batch.settings.table import Settings
from batch.web.state.notice import Notice
from batch.web.state.orders import FileOverrides, MendedRow
from batch.web.state.uploads import Upload
from batch.web.views.mapping_form import read_form
from batch.web.views.mending import mended_by
from batch.web.views.model import RowProblem
from batch.web.views.questions import addresses_in
from batch.web.views.when_question import when_in

_CHANGES = {"", "change", "all", "whole"}


@dataclass(frozen=True, slots=True)
class Answers:
    """What holds from now on. `wrong` is told where some of it cannot be taken; the rest is."""

    said: FileOverrides
    mended: tuple[MendedRow, ...]
    addresses: Mapping[str, str]  #: of presenters, to be kept for other files, too
    wrong: Notice | None = None


def answers_in(
    form: Mapping[str, str],
    upload: Upload,
    found: Mapping[str, Any],
    rows: Sequence[RowProblem],
    settings: Settings,
) -> Answers:
    """What the form says.

    Args:
        form: its fields.
        upload: what was said and mended before.
        found: by the check that asked.
        rows: those that the form was made of; nothing else is taken of it.
        settings: of the page.
    """
    before = upload.said
    zone_of_page = settings.defaults.get("time_zone", "")
    asked = {"sheets": (), "columns": ()}  # of these the page has a form of its own
    form_said = read_form(before, asked, form, AccountKind(settings.account), zone_of_page)
    overrides = replace(
        form_said.said, columns=before.columns, remember=before.remember, changes=before.changes
    )
    if form_said.wrong is not None:
        overrides = replace(overrides, time_zone=before.time_zone)
    if form.get("changes", before.changes) in _CHANGES:
        overrides = replace(overrides, changes=form.get("changes", before.changes))
    addresses, no_addresses = addresses_in(form, found)
    when, no_hours = when_in(form, found, before.when)
    overrides = replace(overrides, addresses={**before.addresses, **addresses}, when=when)
    wrong = form_said.wrong or no_hours or (_no_addresses(no_addresses) if no_addresses else None)
    return Answers(overrides, mended_by(upload.mended, rows, form), addresses, wrong)


def _no_addresses(typed: Sequence[str]) -> Notice:
    return Notice(
        says=tr("{address!r} is not an e-mail address.", address=typed[0]),
        fix=tr("Write it as ana.diaz@school.example. Everything else that you answered here is kept."),
        tone="bad",
    )
