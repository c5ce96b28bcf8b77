"""Where what the page shows of uploads and batches stands on disk."""

from pathlib import Path

CHECK_FILE = "check.json"


RESULT_FILE = "result.json"


WORKBOOK_FILE = "results.xlsx"


OWNER_FILE = "owner.json"


#: What would be taken back of a batch, and what took it back.
UNDO_PLAN_FILE, UNDO_FILE = "undo-plan.json", "undo.json"


def batch_folder(state: Path, batch: str) -> Path:
    """Where what the page shows of a batch is kept; it can be made again from the journal."""
    return state / "uploads" / "batches" / batch
