"""A file's name as it is typed behind a command, whatever the name."""

import os
import shlex

from batch.core.text import one_line

_AS_IT_IS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./,:+=@%")


def shell_word(path: str) -> str:
    r"""The path for a shell, so that the printed line works where it is copied to.

    A name that begins with a dash is no option; what cannot be printed, or would not be as it is, is spelt out as
    bash and zsh take it.

    >>> print(shell_word("our term.xlsx"), shell_word("-term.xlsx"), shell_word("a\nb.csv"))
    'our term.xlsx' ./-term.xlsx $'a\x0ab.csv'
    """
    path = f"./{path}" if path.startswith("-") else path
    if one_line(path) == path:
        return shlex.quote(path)
    spelt = (chr(byte) if byte in _AS_IT_IS else f"\\x{byte:02x}" for byte in os.fsencode(path))
    return f"$'{''.join(spelt)}'"
