"""The process that forks commands for tests."""

import socket

from tests.support.command import PATIENCE_S, ROOT
from tests.support.warm import warm


def test_who_asks_and_is_ended_in_the_middle_of_it_leaves_nothing_behind() -> None:
    """What was forked for it had waited for the rest, over and over, long after the tests were done."""
    with socket.socket(socket.AF_UNIX) as asker:
        asker.settimeout(PATIENCE_S)
        asker.connect(warm(ROOT).address)
        asker.sendall(b"{")
        asker.shutdown(socket.SHUT_WR)
        assert asker.recv(1) == b"", "it is still there"
