"""What a sync would do, in the words of the terminal."""

import pytest

from batch.cli.plan_lines import lines_of
from batch.core.changes.decide import Verdict
from batch.core.message import ChangeNote, Message
from batch.sending.class_work import ChangePlan

NINE = 1_946_019_600  #: 1 September 2031, 09:00 UTC


@pytest.mark.parametrize("verdict", [each for each in Verdict if each.is_held], ids=lambda each: each.name)
def test_whatever_holds_a_class_is_shown_under_what_holds_it(verdict: Verdict) -> None:
    of = Message(ChangeNote.CLASS_AS, {"title": "Algebra", "when": (NINE, NINE + 3600, "GMT")})
    plan = ChangePlan(shown={verdict: [Message(ChangeNote.EARLIER_CLASSES, {"of": of})]})
    _, heading, first = lines_of(plan)
    assert heading.startswith("left alone, ")
    assert heading.endswith(": 1")
    assert first.startswith("  Algebra, Mon 1 Sep 2031 09:00-10:00 (GMT): ")
