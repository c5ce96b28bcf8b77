"""A file beside the versions of its timetable before it: which lesson is which row, and what is missing."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from batch.core.changes.kinship import Compared, Kinship, compare, without_inference
from batch.core.changes.lesson import Lesson, Span, Spoilt, Versions
from batch.core.changes.matching import Matching, match
from batch.core.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the lessons whose classes exist."""

    matching: Matching
    compared: Compared
    missing: tuple[
        int, ...
    ]  #: tags of lessons of the version before that no row stands for, nor seems to replace
    #: Tags of those before its first or after its last lesson that are missing, or were from the version before: they
    #: have *gone* only where the file is all of the timetable.
    beyond: tuple[int, ...] = ()
    span: Span | None = None  #: the stretch that the file speaks of; None: of all time, or it has no lesson

    def may_be_beyond(self, starts: int | None) -> bool:
        """Whether the file says nothing of a lesson that begins then; UTC seconds."""
        return (
            starts is not None and self.span is not None and not self.span.first <= starts <= self.span.last
        )


def compare_versions(
    old: Sequence[Lesson],
    new: Sequence[Lesson],
    *,
    of_before: Collection[int],
    before: Span | None,
    now_s: int,
    spoilt: Sequence[Spoilt] = (),
    replaces: bool = False,
    repeats: bool = False,
    whole: bool = False,
    missing_before: Collection[int] = (),
    in_doubt: Collection[int] = (),
    settled: Collection[int] = (),
) -> Comparison:
    """Compare the rows of a file with the classes of the versions before it.

    A file that begins and ends with the version before has not rolled on: what it lacks
    beyond its own last start is missing from it, too, though it has not *gone* for `sync`.

    Args:
        old: the lessons of all earlier versions whose classes exist and are still to come.
        new: the valid rows that are still to come.
        of_before: tags of those that the version before asked for.
        before: the stretch of that version.
        now_s: UTC seconds.
        spoilt: the rows that are not valid.
        repeats: whether the file has rows that repeat: such a file never rolls on, and a series that was cut short
            has given up what it covered before.
        replaces: somebody said that it is the next version, however little it has in common with the one before.
        whole: somebody said that it is all of the timetable: what lies before its first or after its last lesson has
            gone, too.
        missing_before: tags of those that the version before lacked, as was said then.
        in_doubt: tags of new rows that may have a class of their own, which nobody has confirmed.
        settled: tags of new rows that had one, and somebody has cancelled it: no other becomes theirs.
    """
    span = Span.of(new)
    if span is None:
        nothing = Matching(outside=tuple(lesson.tag for lesson in old))
        return Comparison(nothing, Compared(Kinship.VERSION, 0, 0, 0), ())
    if repeats and before is not None:
        span = span.with_end_of(before)
    versions = Versions(before=before, now=span, now_s=now_s, repeats=repeats)
    standing = {lesson.fingerprint for lesson in old}
    certain = [
        lesson
        for lesson in new
        if lesson.tag not in in_doubt and not (lesson.tag in settled and lesson.fingerprint not in standing)
    ]
    lost = [lesson for lesson in new if lesson.tag in in_doubt]
    matching = match(old, certain, versions, spoilt, lost)
    compared = compare([lesson for lesson in old if lesson.tag in of_before], new, matching)
    if replaces:
        compared = replace(compared, kinship=Kinship.VERSION)
    if compared.kinship is Kinship.ANOTHER:
        return Comparison(without_inference(matching), compared, ())
    outside = () if versions.has_rolled else matching.outside
    beyond = tuple(tag for tag in outside if tag in of_before or tag in missing_before)
    if whole:
        beyond, outside = matching.outside, ()
        matching = replace(matching, gone=(*matching.gone, *beyond), outside=())
    missing = tuple(tag for tag in (*matching.gone, *outside) if tag in of_before)
    return Comparison(matching, compared, missing, beyond, None if whole else span)
