"""Makes the pictures of README.md: a results workbook and the upload page, as they come out of the program.

    python docs/make_pictures.py [FOLDER]

Needs LibreOffice, pdftoppm and Chromium on the path, and the packages of the extra `test`.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

DOCS = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"

#: One week that shows every way in which a row can end.
_HEADER = "Class title,Start,Time zone,Teacher e-mail,Minutes"
_WEEK = (
    ("Algebra I", "2031-09-01 09:00", "Europe/London", "ana.diaz"),
    ("Geometry", "2031-09-01 09:30", "Europe/London", "ana.diaz"),
    ("Algebra II", "2031-09-01 10:30", "Europe/London", "ana.diaz"),
    ("English Literature", "2031-09-02 09:00", "Europe/London", "ben.okafor"),
    ("Drama", "2031-09-02 10:00", "Europe/Madrid", "ben.okafor"),
    ("Poetry", "2031-09-02 10:00", "Europe/London", "ben.okafor"),
    ("Chemistry", "13/31/2031 09:00", "Europe/London", "chen.wei"),
    ("Drama club", "2031-09-05 15:00", "Europe/London", "ivan@"),
    *((f"Open day: group {n}", "2031-09-03 09:00", "Europe/London", f"teacher{n}") for n in range(1, 8)),
    ("Open day: farewell", "2031-09-03 10:00", "Europe/London", "teacher1"),
    ("Guest lecture", "2031-09-05 16:00", "Europe/London", "guest"),
    ("Biology", "2031-09-04 09:00", "Europe/London", "dora.lind"),
)
_SCHOOL = "riverside.example"
#: The part of the first printed page that has something on it, in pixels.
_PART = ("-r", "110", "-x", "40", "-y", "48", "-W", "1202", "-H", "512")


def week() -> str:
    rows = (
        f"{title},{start},{zone},{who if '@' in who else f'{who}@{_SCHOOL}'},60"
        for title, start, zone, who in _WEEK
    )
    return "\n".join((_HEADER, *rows)) + "\n"


@contextmanager
def command_running(folder: Path, until: str, *words: str) -> Iterator[str]:
    """A command of classbatch that goes on; gives what `until` finds in what it prints."""
    process = subprocess.Popen(
        [sys.executable, "-m", "batch", *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(DOCS.parent)},
    )
    try:
        said = ""
        while not (found := re.search(until, said)) and process.stdout:
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(said)
            said += line
        yield found[1] if found else ""
    finally:
        process.terminate()
        process.wait()


def run(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "batch", *words],
        cwd=folder,
        check=False,  # some rows need a person: exit code 1
        env={**os.environ, "PYTHONPATH": str(DOCS.parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def picture_of_results(folder: Path, out: Path) -> None:
    run(folder, "submit", "term.csv", "--limit", "3", "--results", "first.xlsx")
    run(folder, "submit", "term.csv", "--results", "term-results.xlsx")
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "term-results.xlsx"],  # noqa: S607 - wherever it is
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    subprocess.run(
        ["pdftoppm", "-png", "-singlefile", *_PART, "term-results.pdf", "results"],  # noqa: S607 - as above
        cwd=folder,
        check=True,
    )
    out.write_bytes((folder / "results.png").read_bytes())


def pictures_of_page(folder: Path, check: Path, week_of: Path) -> None:
    with (
        command_running(
            folder, r"(http://\S+/enter\?token=\S+)", "serve", "--sandbox", "--port", "0"
        ) as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(address)
        page.set_input_files("input[type=file]", folder / "term.csv")
        page.click("form[enctype] button")
        page.wait_for_selector("[data-outcome=ready]")
        page.screenshot(path=check)
        page.locator("section:has(.week)").screenshot(path=week_of)
        browser.close()


def main(pictures: Path) -> None:
    os.environ |= {"CLASSBATCH_ACCESS_KEY": "sandbox", "CLASSBATCH_SECRET_KEY": "sandbox"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "term.csv").write_text(week(), "utf-8")
        people = {who for *_, who in _WEEK if who != "guest"}
        (folder / "teachers").write_text("\n".join(f"{who}@{_SCHOOL}" for who in people), "utf-8")
        os.environ |= {"CLASSBATCH_STATE": str(folder / "state"), "HOME": name}
        service = ("sandbox", "--port", "0", "--max-concurrent-classes", "5", "--teachers", "teachers")
        with command_running(folder, r"Base URL: (\S+)", *service) as url:
            os.environ["CLASSBATCH_BASE_URL"] = url
            picture_of_results(folder, pictures / "results.png")
        pictures_of_page(folder, pictures / "page.png", pictures / "week.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DOCS)
