"""Records as their tables have them: the values that go into columns and come out of them."""

import json
from collections.abc import Mapping, Sequence
from json.encoder import encode_basestring_ascii as quoted
from typing import Any

from batch.core.changes.operation import Kind, Operation, OperationEnding, Place
from batch.core.identity import fingerprint, identity
from batch.core.message import answered, recalled, stored
from batch.core.outcome import Outcome
from batch.core.plan.plan import Candidate
from batch.core.rows.problems import Issue, Problem
from batch.core.rows.row import CheckedRow, shown
from batch.core.service.attempt import Attempt, AttemptEnding, class_state, is_only_presumed
from batch.journal.database import Record
from batch.journal.records import Batch, Entry, Gone, GoneOutcome, OperationIntent, RowIssues, RowOutcome


def values_of(entry: Entry) -> Mapping[str, object]:
    """What the entry's statement binds. Entries have no slots, so that this costs nothing."""
    if isinstance(entry, RowOutcome | Gone | GoneOutcome):
        return {**vars(entry), "message": stored(entry.message)}
    if isinstance(entry, OperationIntent):
        return {**_operation_values(entry.operation), "room_until": entry.room_until}
    if isinstance(entry, RowIssues):
        return {**vars(entry), "issues": json.dumps([_plain(issue) for issue in entry.issues])}
    return vars(entry)


def _operation_values(operation: Operation) -> dict[str, object]:
    was, meant = operation.was, operation.meant
    return {
        "class_id": operation.class_id,
        "number": operation.number,
        "kind": operation.kind,
        "batch": operation.batch,
        "was_batch": was.batch,
        "was_position": was.position,
        "was_fingerprint": was.fingerprint,
        "meant_batch": meant.batch if meant else None,
        "meant_position": meant.position if meant else None,
        "meant_fingerprint": meant.fingerprint if meant else None,
        "parameters": json.dumps(dict(operation.parameters)),
        "starts": operation.starts,
        "sent_at": operation.sent_at,
        "deadline": operation.deadline,
    }


def operation_of(record: Record) -> Operation:
    is_meant = record["meant_fingerprint"] is not None
    return Operation(
        class_id=record["class_id"],
        number=record["number"],
        kind=Kind(record["kind"]),
        batch=record["batch"],
        was=Place(
            batch=record["was_batch"], position=record["was_position"], fingerprint=record["was_fingerprint"]
        ),
        meant=Place(
            batch=record["meant_batch"],
            position=record["meant_position"],
            fingerprint=record["meant_fingerprint"],
        )
        if is_meant
        else None,
        parameters=json.loads(record["parameters"]),
        starts=record["starts"],
        sent_at=record["sent_at"],
        # A process that was held up may have waited for an answer beyond its deadline.
        deadline=max(record["deadline"], record["ended_at"] or 0.0),
        ending=OperationEnding(record["ending"]) if record["ending"] else None,
        ended_at=record["ended_at"],
        code=record["code"],
        message=record["message"],
    )


def gone_of(record: Record) -> Gone:
    return Gone(
        batch=record["batch"],
        class_id=record["class_id"],
        title=record["title"],
        presenter=record["presenter"],
        starts=record["starts"],
        ends=record["ends"],
        zone=record["zone"],
        row_then=record["row_then"],
        outcome=Outcome(record["outcome"]) if record["outcome"] else None,
        code=record["code"],
        message=recalled(record["message"]),
    )


def new_row(account: str, batch: str, position: int, row: CheckedRow) -> dict[str, object]:
    """A row as it is taken in: the columns of the table `row` but for the message; its fingerprint as of the first such row of the file."""
    raw, parsed = row.raw, row.parsed
    found = parsed.warnings if parsed else row.issues
    outcome = code = None
    if parsed is None:
        outcome = Outcome.INVALID
        expected = (issue.expected_api_code for issue in row.issues if issue.expected_api_code)
        code = next(expected, None)
        parsed = row.past_class
    start = int(parsed.start.timestamp()) if parsed else 0
    known_by = identity(account, parsed) if parsed else None
    return {
        "batch": batch,
        "position": position,
        "sheet": raw.sheet,
        "number": raw.number,
        "cells": f"[{', '.join([quoted(cell if cell.__class__ is str else shown(cell)) for cell in raw.cells])}]",
        "issues": json.dumps([_plain(issue) for issue in found], default=str) if found else "[]",  # most rows
        "parameters": _as_object(parsed.parameters) if parsed else None,
        "title": parsed.title if parsed else None,
        "presenter": parsed.presenter if parsed else None,
        "starts": start if parsed else None,
        "ends": start + 60 * parsed.minutes if parsed else None,
        "room_until": start + 60 * (parsed.minutes + parsed.extend_minutes) if parsed else None,
        "identity": known_by,
        "fingerprint": fingerprint(known_by, 1) if known_by else None,
        "outcome": outcome,
        "code": code,
        "priority": parsed.priority if parsed else None,
        "lesson_id": (parsed.lesson_id or None) if parsed else None,
    }


def _as_object(texts: Mapping[str, str]) -> str:
    """What `json.dumps` makes of them, in a third of the time: an encoder of its own for each row costs the rest.

    The names are those of the service: words that need no escape.
    """
    return "{" + ", ".join([f'"{name}": {quoted(text)}' for name, text in texts.items()]) + "}"


def _plain(issue: Issue) -> dict[str, object]:
    """Code and facts: the words are made when a report is."""
    return {
        "column": issue.column,
        "header": issue.header,
        "value": issue.value,
        "code": issue.code,
        "foretells": issue.expected_api_code,
        "facts": dict(issue.facts),
    }


def issue_of(plain: Mapping[str, Any]) -> Issue:
    """As `_plain` has written it, or an earlier version, which kept the words in place of the facts."""
    return Issue(
        problem=_PROBLEMS[plain["code"]],
        column=plain["column"],
        header=plain["header"],
        value=plain["value"],
        expected_api_code=plain["foretells"],
        facts=plain.get("facts", {}),
        as_written=(plain["says"], plain["fix"]) if "says" in plain else None,
    )


_PROBLEMS = {problem.code: problem for problem in Problem}


def candidate_of(
    record: Record, attempts: Sequence[Attempt], gone: frozenset[str], unanswered: Mapping[str, str]
) -> Candidate:
    """`unanswered`: classes that may have been changed or cancelled, by class_id and by the row that each may have become."""
    refusal = next(
        (attempt for attempt in reversed(attempts) if attempt.ending is AttemptEnding.REFUSED), None
    )
    return Candidate(
        position=record["position"],
        presenter=record["presenter"],
        starts=record["starts"],
        ends=record["ends"],
        room_until=record["room_until"],
        priority=record["priority"],
        class_state=class_state(attempts),
        is_gone=any(attempt.class_id in gone for attempt in attempts),
        is_presumed=is_only_presumed(attempts),
        unanswered=next(
            (
                unanswered[key]
                for key in (*(each.class_id for each in attempts), record["fingerprint"])
                if key in unanswered
            ),
            None,
        ),
        code=refusal.code if refusal else None,
        refusal=answered(refusal.code, refusal.message or "") if refusal else None,
    )


def batch_of(record: Record) -> Batch:
    return Batch(
        id=record["id"],
        file=record["file"],
        sha256=record["sha256"],
        sheet=record["sheet"],
        header=tuple(json.loads(record["header"])),
        account=record["account"],
        sent_to=record["sent_to"],
        sandbox=bool(record["sandbox"]),
        started_at=record["started_at"],
        finished_at=record["finished_at"],
        exit_code=record["exit_code"],
        timetable=record["timetable"],
        notes=tuple(note for each in json.loads(record["notes"]) if (note := recalled(each))),
        undoes=record["undoes"],
    )
