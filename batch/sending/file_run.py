"""The passes over a batch, with what its file changes of earlier versions."""

from functools import partial
from typing import Protocol

from batch.core.rows.row import Header
from batch.journal.recorder import Recorder
from batch.journal.records import Batch
from batch.sending.changes import Confirm, FileChanges
from batch.sending.environment import Environment
from batch.sending.listener import Listener
from batch.sending.operation_requests import ChangesClasses
from batch.sending.passes import BatchRun, Service
from batch.sending.terms import Terms


class ChangingService(Service, ChangesClasses, Protocol):
    """What is needed of the service where classes are changed, too."""


def run_of_file(
    batch: Batch,
    header: Header,
    terms: Terms,
    *,
    api: ChangingService,
    recorder: Recorder,
    listener: Listener,
    world: Environment,
    confirm: Confirm | None,
) -> BatchRun:
    """The passes over a batch and over the classes of its file's earlier versions."""
    clock, chance = world.clock, world.chance
    changes = partial(
        FileChanges,
        batch=batch,
        header=header,
        terms=terms,
        api=api,
        recorder=recorder,
        clock=clock,
        chance=chance,
        listener=listener,
        confirm=confirm,
    )
    return BatchRun(
        batch.id,
        terms,
        api=api,
        recorder=recorder,
        listener=listener,
        clock=clock,
        chance=chance,
        changes=changes,
    )
