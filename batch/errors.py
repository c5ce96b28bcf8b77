"""What stops a run, and what the person at the keyboard can do about it."""


class CannotRun(Exception):  # noqa: N818 - reads as what it is where it is raised and caught
    """Something a person can mend; the command ends with exit code 2. `str()` is `says`."""

    def __init__(self, says: str, fix: str) -> None:
        super().__init__(says)
        self.says = says
        self.fix = fix


class Unfinished(Exception):  # noqa: N818 - as above
    """The run cannot go on now, and the same command may later; exit code 75."""

    def __init__(self, says: str, fix: str = "Run the same command again later.") -> None:
        super().__init__(says)
        self.says = says
        self.fix = fix
