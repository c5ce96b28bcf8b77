"""How busy the days of a timetable are, for the terminal: a bar for each day, and the hours that ask for too much."""

from batch.core.plan.load import Load
from batch.report.styled import Line, line
from batch.report.wording.phrases import counted

#: A term has more days than a screen has lines: the busiest are shown.
_MOST_DAYS = 10
_MOST_HOURS = 5
_WIDEST = 40  # characters of the longest bar


def load_bars(load: Load) -> list[Line]:
    """The busiest days in the calendar's order; empty where no class is asked for."""
    if not load.days:
        return []
    allowed = "the licence's limit is not known yet" if load.limit is None else f"{load.limit} allowed"
    lines = [line(f"Classes at once, by the clock of {load.zone} ({allowed}):", "bold")]
    shown = load.busiest_days(_MOST_DAYS)
    most = max(day.peak for day in shown)
    for day in shown:
        over = load.limit is not None and day.peak > load.limit
        length = max(1, day.peak * min(_WIDEST, most) // most)
        lines.append(
            (
                (f"  {day.date:%a} {day.date.day:>2} {day.date:%b %Y} {day.peak:>4} ", ""),
                ("#" * length, "yellow" if over else "cyan"),
                (f" from {day.busiest_hour:02}:00" if over else "", ""),
            )
        )
    more = len(load.days) - len(shown)
    if more:
        lines.append(line(f"  and {counted(more, 'more day')}, none busier."))
    if load.over_full:
        lines.append(line(f"Over-full hours: {_over_full(load)}.", "yellow"))
    return lines


def _over_full(load: Load) -> str:
    over = load.over_full
    hours = ", ".join(
        f"{day.date:%a} {day.date.day} {day.date:%b %Y} {hour:02}:00 ({day.peaks[hour]} of {load.limit})"
        for day, hour in over[:_MOST_HOURS]
    )
    more = len(over) - _MOST_HOURS
    return f"{hours} and {more} more" if more > 0 else hours
