"""A PostgreSQL of the tests' own: Debian's programs, a port and a folder of its own, never as root.

Without the programs, or the extra `cluster`, the tests that need it are skipped, and say
so. Where CLASSBATCH_POSTGRES is "required", as in .ci/run, that is a failure instead.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

_DEBIAN = Path("/usr/lib/postgresql")
#: What is lost with the machine's power is no loss here.
_FAST = ("fsync=off", "full_page_writes=off", "autovacuum=off", "max_connections=200", "shared_buffers=32MB")
_HEARD_OF = {
    "classbatch_data.lease": "heartbeat_at",
    "classbatch_queue.procrastinate_workers": "last_heartbeat",
}


@dataclass(frozen=True)
class Postgres:
    """A server that runs."""

    programs: Path
    folder: Path
    port: int
    database: str = "classbatch"

    @property
    def url(self) -> str:
        """Of the tests' database, for a role that is nobody's superuser."""
        return self.address("classbatch", self.database)

    def address(self, role: str, database: str) -> str:
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def control(self, *arguments: str) -> None:
        """`pg_ctl`, as whoever the server runs as."""
        _run(self.programs / "pg_ctl", "-D", self.folder / "data", "-w", *arguments, folder=self.folder)

    def start(self) -> None:
        options = " ".join(f"-c {each}" for each in (*_FAST, f"unix_socket_directories={self.folder}"))
        options += f" -c listen_addresses=127.0.0.1 -p {self.port}"
        self.control("-o", options, "-l", str(self.folder / "log"), "start")

    def stop(self) -> None:
        self.control("-m", "immediate", "stop")

    def connect(self, role: str = "owner", database: str | None = None) -> Any:
        import psycopg  # noqa: PLC0415 - of the extra

        return psycopg.connect(self.address(role, database or self.database), autocommit=True)

    @contextmanager
    def another(self, name: str) -> Iterator["Postgres"]:
        """It with a further database, for the length of a test."""
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name} OWNER classbatch")
        try:
            yield replace(self, database=name)
        finally:
            with self.connect() as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def limit_files(self, size: int) -> None:
        """From here on the system tells the sessions of runs what it tells them on a disk that is full."""
        with self.connect() as connection:
            found = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'classbatch'"
            ).fetchall()
        for (pid,) in found:
            try:
                _run(Path("/usr/bin/prlimit"), f"--pid={pid}", f"--fsize={size}:", folder=self.folder)
            except OSError:
                if Path(f"/proc/{pid}").exists():  # else it has just ended
                    raise

    def let_an_hour_pass(self) -> None:
        """Since runs and workers were last heard of, so that no test waits until what stands still is given up."""
        with self.connect() as connection:
            for table, column in _HEARD_OF.items():
                if connection.execute("SELECT to_regclass(%s)", (table,)).fetchall() != [(None,)]:
                    ages = f"UPDATE {table} SET {column} = {column} - interval '1 hour'"  # noqa: S608 - named above
                    connection.execute(ages)

    def empty(self) -> None:
        """As if nothing had ever been kept in it."""
        with self.connect() as connection:
            found = connection.execute(
                "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
                " WHERE schemaname = 'classbatch_data' AND tablename <> 'version' OR schemaname = 'classbatch_queue'"
            ).fetchall()
            if found:
                connection.execute(f"TRUNCATE {', '.join(name for (name,) in found)}")


@contextmanager
def running() -> Iterator[Postgres]:
    """A server with an empty database; the test is skipped where none can be had."""
    programs = _programs()
    # Not below pytest's own folder, into which nobody else may look.
    folder = Path(tempfile.mkdtemp(prefix="classbatch-postgres-"))
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "nobody")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        server = Postgres(programs, folder, free.getsockname()[1])
    # A log in small parts is made sooner, and a limit on the size of files can leave it alone.
    options = ("-A", "trust", "-U", "owner", "-E", "UTF8", "--locale=C", "--no-sync", "--wal-segsize=1")
    _run(programs / "initdb", "-D", folder / "data", *options, folder=folder)
    server.start()
    try:
        with server.connect(database="postgres") as connection:
            connection.execute("CREATE ROLE classbatch LOGIN")
            connection.execute("CREATE DATABASE classbatch OWNER classbatch")
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _programs() -> Path:
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    why = None
    if not found:
        why = f"no PostgreSQL: {_DEBIAN} is not there (apt-get install --no-install-recommends postgresql)"
    elif find_spec("psycopg") is None:
        why = "the extra cluster is not installed (pip install '.[cluster]')"
    if why is not None:
        required = os.environ.get("CLASSBATCH_POSTGRES") == "required"
        pytest.fail(why) if required else pytest.skip(why)
    return found[-1].parent


def _run(program: Path, *arguments: str | Path, folder: Path) -> None:
    # A server goes on beside us: it must not hold our pipes open.
    said = folder / "said"
    user = "nobody" if os.geteuid() == 0 else None
    group = pwd.getpwnam(user).pw_gid if user else None
    with said.open("wb") as out:
        done = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=folder,
            check=False,
            user=user,
            group=group,
            extra_groups=[] if user else None,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        )
    if done.returncode:
        raise OSError(f"{program.name}: {said.read_text('utf-8', 'replace')}")
