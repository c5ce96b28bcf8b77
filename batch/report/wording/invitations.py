"""Who may use the upload page, in the words of the terminal."""

import ipaddress
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit


def address_made(name: str, until: float) -> str:
    return (
        f"The address above signs {name} in until {_day(until)}, from any browser of theirs. Whoever has it is taken "
        f"for {name}: give it to nobody else."
    )


def local_only(address: str) -> str:
    """That other computers cannot reach the page; "" where they can."""
    host = urlsplit(address).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    return "It works on this computer alone, as the page does: see --bind and --public-url." if local else ""


def as_listed(invited: Sequence[tuple[str, float]], now: float) -> Iterator[str]:
    """Who was invited, each with when that ends."""
    if not invited:
        yield "Nobody is invited. To invite somebody: classbatch invite --name NAME"
    for name, until in invited:
        yield f"{name}: {'until' if until > now else 'ended'} {_day(until)}"


def _day(at: float) -> str:
    day = datetime.fromtimestamp(at).astimezone()
    return f"{day:%a} {day.day} {day:%b %Y}"
