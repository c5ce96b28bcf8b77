"""What a sync would do, in the words of the terminal."""

import pytest

from batch.cli.plan_lines import lines_of
from batch.core.changes.decide import Verdict
from batch.core.message import ChangeNote, Message
from batch.sending.class_work import ChangePlan


@pytest.mark.parametrize("verdict", [each for each in Verdict if each.is_held], ids=lambda each: each.name)
def test_whatever_holds_a_class_is_shown_under_what_holds_it(verdict: Verdict) -> None:
    plan = ChangePlan(shown={verdict: [Message(ChangeNote.EARLIER_CLASSES, {"of": "Algebra"})]})
    _, heading, first = lines_of(plan)
    assert heading.startswith("left alone, ")
    assert heading.endswith(": 1")
    assert first.startswith("  Algebra: ")
