"""What is asked of a weekly grid: what its cells hold, when its periods are, and when its term is."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from batch.core.grid.cell_template import split_by, usual_parts
from batch.core.grid.chart import Unfolded
from batch.core.grid.grid_text import GridTerms
from batch.core.grid.labels import says_when
from batch.core.grid.likeness import likeness, without_hours
from batch.core.rows.columns import AccountKind
from batch.core.rows.header import shown
from batch.core.rows.value_maps import folded
from batch.core.text import one_line
from batch.report.text import shortened
from batch.report.wording.language import tr_later, translated
from batch.report.wording.phrases import tr
from batch.settings.table import Settings
from batch.web.state.uploads import Upload
from batch.web.views.mapping_form import zones_offered
from batch.web.views.mapping_question import ALL_SHEETS
from batch.web.views.model import GridCell, GridPart, GridView, MendField

_SAMPLES = 4
_LONGEST = 60
_MOST_PARTS = 8
_MOST_SHORT = 20  #: cells that may be no class
MOST_PERIODS = 30

#: What a part of a cell may be: the form's value, and its words.
MEANS: Mapping[str, str] = {
    "": tr_later("Leave it aside"),
    "title": tr_later("The title of the class"),
    "who": tr_later("Who gives it: a name or an address"),
    "both": tr_later("The title, and it tells who gives it: each subject has its teacher"),
    "weeks": tr_later("In which weeks: A, B, odd, even"),
}


def columns_of(means: str, account: AccountKind) -> str:
    """The columns that a part is read for, as a template has them."""
    who = "presenter_email" if account is AccountKind.TEACHER else "presenter_id+presenter_name"
    return {"title": "title", "who": who, "both": f"title+{who}", "weeks": "weeks"}.get(means, "")


def grid_question(
    grids: Sequence[tuple[str, Unfolded]],
    account: AccountKind = AccountKind.TEACHER,
    known: Mapping[str, GridTerms] = MappingProxyType({}),
) -> dict[str, Any]:
    """What stands in the cells of a file's grids, for the form; `known`: what is remembered of grids, by their likeness."""
    lessons = [lesson for _, grid in grids for lesson in grid.lessons]
    texts = [shown(lesson.cell).strip() for lesson in lessons]
    separator, usual = usual_parts(texts)
    parted = [split_by(text, separator) if separator else [text] for text in texts]
    short = Counter(text for text, parts in zip(texts, parted, strict=True) if len(parts) < usual)
    return {
        "sheets": [title for title, _ in grids if title],
        "separator": separator,
        "parts": [_samples(parted, place) for place in range(min(usual, _MOST_PARTS))],
        "short": [[text, times] for text, times in short.most_common(_MOST_SHORT)],
        "periods": without_hours(lessons)[:MOST_PERIODS],
        "lacks_length": any(lesson.label.start is not None and lesson.end is None for lesson in lessons),
        "dated": all(grid.is_dated for _, grid in grids),
        "alike": (alike := list(dict.fromkeys(likeness(grid) for _, grid in grids))),
        "recalled": next((_said(known[each], short, account) for each in alike if each in known), {}),
    }


def _said(terms: GridTerms, short: Iterable[str], account: AccountKind) -> dict[str, Any]:
    """What is remembered, as the form has it."""
    means = {columns_of(each, account): each for each in MEANS}
    return {
        "means": [means.get("+".join(part), "") for part in terms.template.parts],
        "without": [text for text in short if folded(text) in terms.without],
        "periods": dict(terms.periods),
    }


def _samples(parted: Sequence[Sequence[str]], place: int) -> list[str]:
    texts = dict.fromkeys(
        shortened(one_line(parts[place]), _LONGEST) for parts in parted if place < len(parts)
    )
    return list(texts)[:_SAMPLES]


def grid_view(upload: Upload, asked: Mapping[str, Any], settings: Settings, says: str) -> GridView:
    """The form, with what was said before in it."""
    overrides = upload.said
    recalled = asked.get("recalled", {}) if not overrides.grid else {}
    before, when = overrides.grid or recalled, overrides.when
    sheets = [(title, title) for title in asked["sheets"]] if len(asked["sheets"]) > 1 else []
    if sheets:
        sheets.append((ALL_SHEETS, tr("All of them together, as one timetable")))
    means = before.get("means") or _likely(asked)
    term = {key: str(settings.term.get(key) or "") for key in ("starts", "ends")}
    asks_zone = not settings.defaults.get("time_zone")
    return GridView(
        file=upload.name,
        says=says,
        sheets=tuple(sheets),
        sheet_chosen=ALL_SHEETS if overrides.all_sheets else overrides.sheet,
        parts=tuple(
            GridPart(position=place + 1, samples=tuple(samples), chosen=_at(means, place))
            for place, samples in enumerate(asked["parts"])
        ),
        choices=tuple((value, translated(label)) for value, label in MEANS.items()),
        short=tuple(
            GridCell(
                name=f"out-{place}",
                cell=shortened(one_line(text), _LONGEST),
                times=times,
                ticked=text in before.get("without", ()),
            )
            for place, (text, times) in enumerate(asked["short"])
        ),
        who=str(before.get("who", "")),
        periods=tuple(
            MendField(
                name=f"period-{place}",
                header=tr("Period {name}", name=shortened(one_line(name), _LONGEST))
                if name.isdecimal()
                else one_line(name),
                value=(
                    hours := str(
                        when.get("periods", {}).get(name, "")
                        or recalled.get("periods", {}).get(folded(name), "")
                    )
                ),
                wrong=wrong_period(name, hours) if hours else "",
            )
            for place, name in enumerate(asked["periods"])
        ),
        asks_minutes=bool(asked["lacks_length"] and not settings.defaults.get("duration")),
        minutes=str(when.get("minutes", "")),
        asks_term=not asked["dated"],
        starts=str(when.get("starts") or term["starts"]),
        ends=str(when.get("ends") or term["ends"]),
        zones=zones_offered() if asks_zone else (),
        zone=overrides.time_zone,
        action=f"/uploads/{upload.id}/grid?check={upload.nonce}",
        again_href=f"/uploads/{upload.id}/file",
        remembers=bool(before.get("remember")),
        notice=upload.notice,
    )


def wrong_period(name: str, hours: str) -> str:
    """Why hours that were typed for a period cannot be taken; "" where they can."""
    if says_when(hours):
        return ""
    return tr(
        "{hours!r} does not say when {period!r} is. Write its start and its end, such as 08:30-09:20.",
        hours=hours,
        period=shortened(one_line(name), _LONGEST),
    )


def _likely(asked: Mapping[str, Any]) -> list[str]:
    """What is chosen at first: nothing is taken until the form is sent."""
    return ["title", "who"] if len(asked["parts"]) > 1 else ["both"]


def _at(means: Sequence[str], place: int) -> str:
    return means[place] if place < len(means) else ""
