"""Under which address people have the page, as the server that began last has it: who makes sign-in addresses asks for it."""

from pathlib import Path

from batch.atomic_file import write_whole

_NAME = "address"


def keep_address(state: Path, address: str) -> None:
    write_whole(state / "uploads" / _NAME, address)


def kept_address(state: Path) -> str:
    """The address; "" where no server ever began here."""
    try:
        return (state / "uploads" / _NAME).read_text("utf-8").strip()
    except (OSError, UnicodeError):
        return ""
