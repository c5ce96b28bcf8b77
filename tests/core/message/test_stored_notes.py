"""What journals keep of what is told: codes with their facts."""

import pytest

from batch.core.message import (
    ChangeNote,
    FileNote,
    Message,
    NoWay,
    RowNote,
    ServiceFault,
    TimetableNote,
    UndoNote,
    answered,
    as_written,
    recalled,
    stored,
)
from batch.report.wording.messages import both_of, message_of

NOTES = {
    "a failure on the way": Message(ServiceFault.NO_CONNECTION, {"place": "x:443", "reason": NoWay.REFUSED}),
    "one where a proxy was not used": Message(
        ServiceFault.NO_CONNECTION,
        {"place": "x:443", "reason": NoWay.NO_NAME, "unused": ["HTTPS_PROXY"]},
    ),
    "no facts": Message(RowNote.NO_ROOM),
    "the service's text": answered("1031", 'It said "{no}" to Müller'),
    "one in another": Message(RowNote.IN_DOUBT_SINCE, {"since": answered(None, "x")}),
    "a time": Message(RowNote.FREE_AT, {"when": [1946026800, 1946030400, "Europe/London", 1946026800]}),
}


@pytest.mark.parametrize("note", NOTES.values(), ids=NOTES)
def test_a_note_comes_out_of_the_journal_as_it_went_in(note: Message) -> None:
    assert recalled(stored(note)) == note
    assert "{" not in both_of(note) or "{no}" in str(note)


def test_what_stands_in_journals_has_one_meaning_for_each_name() -> None:
    families = (RowNote, ChangeNote, UndoNote, ServiceFault, FileNote, TimetableNote)
    values = [note.value for family in families for note in family]
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("text", ["Sent, but never answered.", '{"odd": 1}', "", "{"])
def test_what_an_earlier_version_wrote_is_shown_as_it_stands(text: str) -> None:
    assert recalled(text) == as_written(text)
    assert message_of(as_written(text)) == text
    assert recalled(None) is None
