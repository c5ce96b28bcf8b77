"""What people copy to set the nightly import up: cron's line, systemd's units, the settings, the page's examples."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from batch.core.tally import Exit
from batch.nightly.metrics import write_metrics
from batch.nightly.night import Night
from batch.settings.accounts import accounts_in
from batch.settings.files import keys_in
from batch.settings.resolve import load_settings
from tests.support.command import (
    KEYS,
    PATIENCE_S,
    ROOT,
    SAMPLES,
    Command,
    Ran,
    lesson,
    lessons,
    serving,
    timetable,
)
from tests.support.commands import COMMANDS
from tests.support.warm import warm

TEMPLATES = ROOT / "templates"
PAGE = (ROOT / "docs" / "nightly.md").read_text("utf-8")


def shim(folder: Path) -> Path:
    """`classbatch` where the templates have it."""
    folder.mkdir(parents=True)
    command = folder / "classbatch"
    command.symlink_to(warm(ROOT).program())
    return command


def shell(line: str, folder: Path, **variables: str) -> Ran:
    ran = subprocess.run(
        ["/bin/sh", "-c", line],
        cwd=folder,
        env={
            "HOME": str(folder),
            "LOGNAME": "school",
            "SHELL": "/bin/sh",
            "PYTHONPATH": str(ROOT),
            **variables,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def test_crons_line_runs_as_written(tmp_path: Path) -> None:
    """Its PATH stands for another folder, and HOME is the test's: cron sets both, too."""
    crontab = (TEMPLATES / "crontab").read_text("utf-8")
    (path,) = re.findall(r"^PATH=(.*)$", crontab, re.MULTILINE)
    (line,) = re.findall(r"^(?:[\d*]+ ){5}(.*)$", crontab, re.MULTILINE)
    assert "%" not in line  # cron would break it there
    shim(tmp_path / "bin")
    path = path.replace("/opt/classbatch/bin", str(tmp_path / "bin"))
    inbox, config = tmp_path / "in", tmp_path / ".config" / "classbatch" / "classbatch.toml"
    inbox.mkdir()
    config.parent.mkdir(parents=True)
    with serving(Command(tmp_path)) as service:
        access, secret = KEYS.values()
        config.write_text(
            f'inbox = "{inbox}"\nbase_url = "{service.url}"\naccess_key = "{access}"\nsecret_key = "{secret}"\n'
            "settle_s = 0\nsettled_s = 0\n"
        )
        config.chmod(0o600)
        timetable(inbox / "term.csv", lessons(2))
        assert shell(line, tmp_path, PATH=path) == Ran(0, "", "")  # cron would mail nothing
        log = tmp_path / "classbatch-nightly.log"
        assert (log.read_text(), log.stat().st_mode & 0o777) == ("", 0o600)
        timetable(inbox / "term.csv", [*lessons(2), lesson(3, duration="long")])
        ran = shell(line, tmp_path, PATH=path)
        assert ran == Ran(
            1, f"classbatch nightly: 1 file, 2 already, 1 invalid; exit 1; results in {inbox / 'done'}\n", ""
        )
        assert "row 4 duration 'long'" in log.read_text()
        assert len(service.titles()) == 2


@pytest.fixture
def units(tmp_path: Path) -> list[str]:
    """Systemd's units, with the command where it is here."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not here")
    command = shim(tmp_path / "opt")
    files = []
    for name in (
        "classbatch.service",
        "classbatch.timer",
        "classbatch-serve.service",
        "classbatch-worker.service",
    ):
        text = (TEMPLATES / name).read_text("utf-8")
        (tmp_path / name).write_text(text.replace("/opt/classbatch/bin/classbatch", str(command)))
        files.append(str(tmp_path / name))
    return files


def test_systemd_finds_nothing_wrong_with_the_units(units: list[str]) -> None:
    ran = shell(f"systemd-analyze verify {shlex.join(units)}", ROOT, PATH=os.environ["PATH"])
    assert (ran.code, ran.out + ran.err) == (0, "")


SERVICES = ("classbatch.service", "classbatch-serve.service", "classbatch-worker.service")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_gives_little_away(units: list[str], name: str) -> None:
    (unit,) = (each for each in units if each.endswith(f"/{name}"))
    line = f"systemd-analyze security --offline=true --threshold=20 {unit}"
    ran = shell(line, ROOT, PATH=os.environ["PATH"])
    if "unrecognized option" in ran.err:
        pytest.skip("this systemd-analyze cannot judge a file")
    assert ran.code == 0, ran.out


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_the_command_with_options_that_exist(name: str) -> None:
    service = (TEMPLATES / name).read_text("utf-8")
    (line,) = re.findall(r"^ExecStart=\S+/classbatch (.*)$", service, re.MULTILINE)
    command, *arguments = line.replace("%d", "/run/credentials/x").split()
    COMMANDS[command].make_context(command, arguments)
    taken_in = re.sub(r"^#(?=\w+=)", "", service, flags=re.MULTILINE)
    for text in (re.sub(r"^#.*$", "", service, flags=re.MULTILINE), taken_in):
        loaded = re.findall(r"^LoadCredential=([\w.]+):", text, re.MULTILINE)
        assert [name for name in re.findall(r"%d/([\w.]+)", text) if name not in loaded] == []


def test_logrotate_reads_its_file(tmp_path: Path) -> None:
    logrotate = shutil.which("logrotate") or shutil.which("logrotate", path="/usr/sbin")
    if logrotate is None:
        pytest.skip("logrotate is not here")
    text = (TEMPLATES / "logrotate.conf").read_text("utf-8")
    (tmp_path / "conf").write_text(text.replace("timetables timetables", "root root"))
    ran = shell(
        f"{logrotate} --debug --state {tmp_path / 'state'} {tmp_path / 'conf'}",
        tmp_path,
        PATH=os.environ["PATH"],
    )
    assert (ran.code, "error:" in ran.err) == (0, False), ran.err


@pytest.mark.parametrize("taken", ["as it stands", "with every line taken in"])
def test_the_settings_example_can_be_used(taken: str, tmp_path: Path) -> None:
    text = (TEMPLATES / "classbatch-nightly.toml").read_text("utf-8")
    if taken != "as it stands":
        text = re.sub(r"^# (?=\w+ = |\[)", "", text, flags=re.MULTILINE)
    file = tmp_path / "classbatch.toml"
    file.write_text(text)
    file.chmod(0o600)
    (tmp_path / "secret_key").write_text("a-key")
    (tmp_path / "secret_key").chmod(0o600)
    settings = load_settings({}, environ={"HOME": str(tmp_path)}, cwd=tmp_path)
    assert settings.inbox == Path("/srv/timetables")
    assert settings.credentials().secret_key == "a-key"
    assert list(accounts_in(keys_in(file))) == ([] if taken == "as it stands" else ["north"])


# The page


def test_every_example_of_the_page_runs(tmp_path: Path) -> None:
    shutil.copytree(SAMPLES, tmp_path / "samples")
    shim(tmp_path / "bin")
    path = f"{tmp_path / 'bin'}:{os.environ['PATH']}"
    said = ""
    for line in "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)).splitlines():
        ran = shell(line, tmp_path, PATH=path, CLASSBATCH_SETTLED_S="0")
        assert ran.code in {Exit.DONE, Exit.NEEDS_A_PERSON}, f"{line}\n{ran.out}\n{ran.err}"
        said += ran.out
    (shown,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert said.startswith(shown)


def test_the_page_names_what_exists(tmp_path: Path) -> None:
    known = {flag for command in COMMANDS.values() for each in command.params for flag in each.opts}
    assert (
        set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE)) - {"--now", "--no-deps", "--require-hashes"}
        <= known
    )  # of systemctl and pip
    for target in re.findall(r"\]\(([^)#:]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
    for name in re.findall(r"`(templates/[\w.-]+)`", PAGE):
        assert (ROOT / name).exists(), name
    write_metrics(tmp_path / "x.prom", Night(), exit_code=Exit.DONE, began=0.0, ended=1.0)
    written = set(re.findall(r"^(classbatch_\w+)", (tmp_path / "x.prom").read_text(), re.MULTILINE))
    assert written == set(re.findall(r"^\| `(classbatch_\w+)", PAGE, re.MULTILINE))
