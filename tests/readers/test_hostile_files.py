"""No file takes the program down, or more than five seconds and 300 MB: each is read, or refused in a sentence.

All are read by one process, one after another: what it says of the last shows that it
lived through the others. Time is the processor's, and the kernel keeps count of it; it is
measured by what the same process takes to count to a few million, as computers differ.
"""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from batch.readers import LoadOptions
from tests.support.command import ROOT
from tests.support.hostile import READ, REFUSED, made

pytestmark = pytest.mark.thorough

MIB = 1024 * 1024
MOST_S = 5
#: Five seconds of a computer that counts so far in 0.05.
MOST_COUNTS = 100
READER = """
import json, resource, sys
from pathlib import Path
from batch.core.rows.columns import AccountKind
from batch.core.errors import FileProblem
from batch.readers import LoadOptions, open_timetable
from batch.report.wording.messages import hint_of, message_of

def used_s():
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime

def count():
    begun = used_s()
    for _ in range(4_000_000):
        pass
    return used_s() - begun

options = LoadOptions(most_cpu_s=int(sys.argv[1]))
for file in sorted(Path().glob("*/*"), key=lambda file: file.suffix == ".csv"):
    begun = used_s()
    try:
        with open_timetable(file, options=options, account=AccountKind.TEACHER, name=file.name) as timetable:
            told = {"rows": sum(1 for row in timetable)}
    except FileProblem as problem:
        told = {"says": message_of(problem), "fix": hint_of(problem)}
    # Not ru_maxrss, which begins with what the process that started this one had.
    (peak,) = [line.split()[1] for line in Path("/proc/self/status").open() if line.startswith("VmHWM")]
    told |= {"counts": (used_s() - begun) / count(), "peak_kib": int(peak)}
    print(json.dumps({file.parent.name: told}), flush=True)
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is said of each file, by its name."""
    files = tmp_path_factory.mktemp("hostile")
    for name, file, content in made():
        (files / name).mkdir()
        (files / name / file).write_bytes(content)
    ended = subprocess.run(
        [sys.executable, "-c", READER, str(MOST_S)],
        cwd=files,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(files)},
        capture_output=True,
        check=True,
        timeout=300,
    )
    assert ended.stderr == b""
    return {name: each for line in ended.stdout.splitlines() for name, each in json.loads(line).items()}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_file_gets_one_sentence(told: dict[str, Any], name: str) -> None:
    file, _, says = REFUSED[name]
    assert told[name]["says"].startswith(file)
    assert says in told[name]["says"]
    assert "\n" not in told[name]["says"] + told[name]["fix"]
    assert told[name]["fix"].endswith(".")


@pytest.mark.parametrize("name", READ)
def test_a_careless_file_is_read(told: dict[str, Any], name: str) -> None:
    assert told[name].get("rows") == READ[name][2], told[name]


def test_no_file_takes_more_than_five_seconds_or_300_megabytes(told: dict[str, Any]) -> None:
    """A workbook's own process is held to its bounds by the kernel; this is about the one that asked."""
    assert max(each["counts"] for each in told.values()) < MOST_COUNTS
    assert max(each["peak_kib"] for each in told.values()) * 1024 < 300 * 10**6
    # CSV came last, and needs no process of its own.
    of_workbooks = max(told[name]["peak_kib"] for name in told if not made_as(name).endswith(".csv"))
    assert of_workbooks * 1024 + LoadOptions().most_memory_bytes < 300 * 10**6


def made_as(name: str) -> str:
    return REFUSED[name][0] if name in REFUSED else READ[name][0]
