"""No command writes over a file that it did not write itself, unchanged since; and nobody else reads what it writes."""

import json
import os
import shlex
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no type hints

from batch import run
from batch.core.tally import Exit
from batch.report.output_files import MARK, Standing, standing, written_whole
from batch.sending.listener import Listener
from batch.settings.resolve import load_settings
from tests.support.command import Command, lessons, rows_of, timetable


def sealed(path: Path) -> Path:
    with written_whole(path) as whole, xlsxwriter.Workbook(str(whole.part)) as book:
        book.set_properties({"comments": MARK})
        book.add_worksheet("Results").write_row(0, 0, ["row", "outcome", "call_id", "class_id"])
    return path


def saved_again(path: Path) -> None:
    book = openpyxl.load_workbook(sealed(path))
    book.save(path)


def touched(path: Path) -> None:
    with sealed(path).open("r+b") as opened:
        opened.seek(40)
        opened.write(b"\0")


def older(path: Path) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.add_worksheet("Results").write_row(0, 0, ["row", "outcome", "call_id", "class_id", "error_code"])


def another(path: Path) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Marks").write_row(0, 0, ["pupil", "mark"])


def link(path: Path) -> None:
    path.symlink_to(sealed(path.with_name("elsewhere.xlsx")))


def our_json(path: Path) -> str:
    command = Command(path.parent)
    timetable(path.parent / "t.csv", [*lessons(2), {**lessons(3)[2], "duration": "long"}])
    command("submit", "t.csv", "--sandbox", "--state", path.parent / "state", "--json", path)
    return path.read_text()


def our_json_error(path: Path) -> str:
    Command(path.parent)("check", "gone.csv", "--sandbox", "--json", path)
    return path.read_text()


STANDINGS = {
    "nothing": (lambda path: path.exists(), Standing.FREE),
    "ours": (sealed, Standing.OURS),
    "ours, copied": (
        lambda path: shutil.copyfile(sealed(path.with_name("first.xlsx")), path),
        Standing.OURS,
    ),
    "ours, saved again by another program": (saved_again, Standing.ANOTHERS),
    "ours, one byte changed": (touched, Standing.ANOTHERS),
    "an older version's": (older, Standing.OLDER),
    "somebody's workbook": (another, Standing.ANOTHERS),
    "somebody's text": (lambda path: path.write_text("a list of marks"), Standing.ANOTHERS),
    "half a workbook": (lambda path: path.write_bytes(b"PK\3\4 and no more"), Standing.ANOTHERS),
    "an empty file": (lambda path: path.touch(), Standing.OURS),
    "a folder": (lambda path: path.mkdir(), Standing.ANOTHERS),
    "a link": (link, Standing.ANOTHERS),
    "our JSON": (our_json, Standing.OURS),
    "our JSON of what stopped everything": (our_json_error, Standing.OURS),
    "our JSON, laid out anew": (
        lambda path: path.write_text(json.dumps(json.loads(our_json(path)), indent=2)),
        Standing.ANOTHERS,
    ),
    "our JSON, with a line after it": (
        lambda path: path.write_text(our_json(path) + "to be kept\n"),
        Standing.ANOTHERS,
    ),
    "our JSON, with another row": (
        lambda path: path.write_text(our_json(path).replace("[\n", '[\n{"note": "to be kept"},\n')),
        Standing.ANOTHERS,
    ),
    "half of our JSON": (lambda path: path.write_text(our_json(path)[:-9]), Standing.ANOTHERS),
    "our JSON's first line": (
        lambda path: path.write_text(our_json(path).splitlines()[0]),
        Standing.ANOTHERS,
    ),
    "somebody's JSON": (lambda path: path.write_text('{"marks": [1, 2]}'), Standing.ANOTHERS),
    "somebody's JSON with our words": (
        lambda path: path.write_text('{"batch": "bread", "note": "\\"exit_code\\": 1", "exit_code": 1}'),
        Standing.ANOTHERS,
    ),
    "an endless nest": (lambda path: path.write_text('{"batch":' + "[" * 100_000), Standing.ANOTHERS),
}


@pytest.mark.parametrize(("make", "expected"), STANDINGS.values(), ids=STANDINGS)
def test_whose_file_it_is(make: object, expected: Standing, tmp_path: Path) -> None:
    path = tmp_path / "r.xlsx"
    assert callable(make)
    make(path)
    assert standing(path) is expected


def test_a_sealed_workbook_is_a_workbook_for_every_reader(tmp_path: Path) -> None:
    path = sealed(tmp_path / "r.xlsx")
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        assert book.comment.startswith(b"classbatch ")
    assert openpyxl.load_workbook(path)["Results"]["A1"].value == "row"


@pytest.fixture
def desk(classbatch: Command) -> Command:
    timetable(classbatch.folder / "term.csv", lessons(2))
    return classbatch


@pytest.mark.parametrize(
    "words", [["template"], ["check", "term.csv", "--sandbox", "--marked"]], ids=lambda words: words[0]
)
@pytest.mark.parametrize("ending", ["docx", "pdf", "csv", "xls", "ods"])
def test_a_workbook_gets_no_ending_of_another_program(desk: Command, words: list[str], ending: str) -> None:
    ran = desk(*words, f"blank.{ending}")
    assert ran.code == 2
    assert f"blank.{ending}" in ran.err
    assert "blank.xlsx" in ran.err
    assert not (desk.folder / f"blank.{ending}").exists()


def test_a_template_replaces_nothing_but_an_untouched_template(desk: Command) -> None:
    out = desk.folder / "blank.xlsx"
    assert [desk("template", "blank.xlsx").code for _ in range(2)] == [0, 0]
    book = openpyxl.load_workbook(out)
    book.save(out)
    filled_in = out.read_bytes()
    ran = desk("template", "blank.xlsx")
    assert (ran.code, out.read_bytes()) == (2, filled_in)
    assert "was not written by classbatch, or was changed since" in ran.err


ONE_FILE = {
    "the results are the timetable": ["submit", "term.csv", "--results", "term.csv"],
    "the JSON is the timetable": ["submit", "term.csv", "--json", "./term.csv"],
    "the JSON of a check is the timetable": ["check", "term.csv", "--json", "term.csv"],
    "the marked copy is the timetable": ["check", "term.csv", "--marked", "term.csv"],
    "by another name of the same file": ["submit", "term.csv", "--results", "hard.csv"],
    "by a link": ["submit", "term.csv", "--json", "soft.csv"],
    "two outputs are one": ["submit", "term.csv", "--results", "x.xlsx", "--json", "x.xlsx"],
    "two outputs are one by a link": [
        "submit",
        "term.csv",
        "--results",
        "dir/x.xlsx",
        "--json",
        "link/x.xlsx",
    ],
    "nightly's results are its file": ["nightly", "term.csv", "--results", "term.csv"],
}


@pytest.mark.parametrize("words", ONE_FILE.values(), ids=ONE_FILE)
def test_an_output_is_never_an_input_or_another_output(desk: Command, words: list[str]) -> None:
    folder = desk.folder
    os.link(folder / "term.csv", folder / "hard.csv")
    (folder / "soft.csv").symlink_to("term.csv")
    (folder / "dir").mkdir()
    (folder / "link").symlink_to("dir")
    before = (folder / "term.csv").read_bytes()
    ran = desk(*words, "--sandbox")
    assert ran.code == 2
    assert "is the file that is read" in ran.err or "are the same file" in ran.err
    assert "scheduled" not in ran.out
    assert (folder / "term.csv").read_bytes() == before


def test_somebodys_file_of_the_results_name_is_left_and_the_results_are_beside_it(desk: Command) -> None:
    another(mine := desk.folder / "term-results.xlsx")
    before = mine.read_bytes()
    ran = desk("submit", "term.csv", "--sandbox", "--json", "-")
    assert ran.code == 0
    assert mine.read_bytes() == before
    (beside,) = desk.folder.glob("term-results-*.xlsx")
    assert len(rows_of(beside)) == 2
    assert f"is left as it is; the results are in {beside.name}" in ran.err


def test_a_workbook_that_was_mended_by_hand_is_left(desk: Command) -> None:
    assert desk("submit", "term.csv", "--sandbox").code == 0
    path = desk.folder / "term-results.xlsx"
    book = openpyxl.load_workbook(path)
    book["Results"]["A9"] = "my note"
    book.save(path)
    before = path.read_bytes()
    assert desk("submit", "term.csv", "--sandbox").code == 0
    assert path.read_bytes() == before
    assert desk("submit", "term.csv", "--sandbox").code == 0
    assert len(list(desk.folder.glob("term-results-*.xlsx"))) == 2


def test_one_of_an_older_version_is_moved_aside_once_and_the_name_kept(desk: Command) -> None:
    older(path := desk.folder / "term-results.xlsx")
    before = path.read_bytes()
    for _ in range(2):
        assert desk("submit", "term.csv", "--sandbox").code == 0
    assert (desk.folder / "term-results-before.xlsx").read_bytes() == before
    assert len(rows_of(path)) == 2
    assert len(list(desk.folder.glob("*.xlsx"))) == 2


def test_a_link_that_nobody_named_is_not_followed(desk: Command) -> None:
    another(elsewhere := desk.folder / "elsewhere.xlsx")
    sealed(ours := desk.folder / "ours.xlsx")
    for target in (elsewhere, ours):
        before = target.read_bytes()
        (link := desk.folder / "term-results.xlsx").symlink_to(target)
        assert desk("submit", "term.csv", "--sandbox").code == 0
        assert target.read_bytes() == before
        link.unlink()
    link.symlink_to(ours)
    assert desk("submit", "term.csv", "--sandbox", "--results", link).code == 0
    assert link.is_symlink()
    assert len(rows_of(ours)) == 2


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["submit", "term.csv", "--json"], "notes.txt"),
        (["check", "term.csv", "--json"], "notes.txt"),
        (["check", "term.csv", "--marked"], "notes.xlsx"),
    ],
)
def test_somebodys_file_stops_what_can_have_no_other_name(desk: Command, words: list[str], name: str) -> None:
    (mine := desk.folder / name).write_text("mine")
    ran = desk(*words, mine, "--sandbox")
    assert ran.code == 2
    assert "was not written by classbatch" in ran.err
    assert "nobody's file is overwritten" in ran.err, "and nothing is open or full"
    assert mine.read_text() == "mine"
    ours = desk.folder / f"ours{mine.suffix}"
    assert [desk(*words, ours, "--sandbox").code for _ in range(2)] == [0, 0]


@pytest.mark.parametrize("flag", ["--results", "--json"])
def test_a_device_or_a_pipe_is_no_place_for_a_file(desk: Command, flag: str) -> None:
    os.mkfifo(desk.folder / "pipe")
    for place in ("/dev/null", "pipe"):
        ran = desk("submit", "term.csv", "--sandbox", flag, place)
        assert ran.code == 2, ran
        assert "is no file" in ran.err
    assert Path("/dev/null").is_char_device()


def test_nobody_else_reads_the_results_unless_the_file_before_them_let_them(desk: Command) -> None:
    assert desk("submit", "term.csv", "--sandbox", "--json", "r.json").code == 0
    for name in ("term-results.xlsx", "r.json"):
        path = desk.folder / name
        assert path.stat().st_mode & 0o777 == 0o600
        path.chmod(0o640)
    assert desk("submit", "term.csv", "--sandbox", "--json", "r.json").code == 0
    for name in ("term-results.xlsx", "r.json"):
        assert (desk.folder / name).stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(("folder_bits", "bits"), [(0o770, 0o660), (0o700, 0o600), (0o750, 0o640)])
def test_what_a_night_files_may_be_read_by_whoever_may_open_the_folder(
    desk: Command, folder_bits: int, bits: int
) -> None:
    inbox = desk.folder / "inbox"
    for name in ("", "done"):
        (inbox / name).mkdir()
        (inbox / name).chmod(folder_bits)
    if os.geteuid() == 0:
        os.chown(inbox / "done", -1, 54_321)
    (desk.folder / "term.csv").rename(inbox / "term.csv")
    assert desk("nightly", "inbox", "--sandbox", "--settled-s", "0").code == 0
    written = [*(inbox / "done").glob("*.xlsx"), *(inbox / "done").glob("*.json")]
    assert len(written) == 2
    for path in written:
        assert path.stat().st_mode & 0o777 == bits
        assert path.stat().st_gid == (inbox / "done").stat().st_gid


def test_timetables_that_differ_by_their_ending_have_results_of_their_own(desk: Command) -> None:
    shutil.copyfile(desk.folder / "term.csv", desk.folder / "term.txt")
    for name in ("term.csv", "term.txt"):
        assert desk("submit", name, "--sandbox").code == 0
    assert {path.name for path in desk.folder.glob("*.xlsx")} == {
        "term-csv-results.xlsx",
        "term-txt-results.xlsx",
    }


async def test_a_workbook_that_cannot_be_written_costs_neither_exit_code_nor_json(tmp_path: Path) -> None:
    """Its folder goes away after it was found writable, before anything is sent."""
    out = tmp_path / "out"
    out.mkdir()

    def guard(_journal: object, _batch: object, _header: object) -> None:
        out.rmdir()

    job = run.Job(
        file=str(timetable(tmp_path / "term.csv", lessons(2))),
        settings=load_settings({"state": tmp_path / "state"}, environ={"HOME": str(tmp_path)}, cwd=tmp_path),
        sandbox=True,
        results=out / "r.xlsx",
        json=tmp_path / "r.json",
        guard=guard,
        handle_signals=False,
    )
    ending = await run.submit(job, Listener())
    assert ending.exit_code is Exit.DONE
    assert ending.unwritten is not None
    assert all(each in ending.notes for each in ending.unwritten.messages)
    assert json.loads((tmp_path / "r.json").read_text())["counts"]["scheduled"] == 2


def test_the_next_command_is_said_with_the_options_of_this_one(classbatch: Command) -> None:
    folder = classbatch.folder
    (folder / "my term.csv").write_text(
        "Class,Wann,Teacher e-mail,Zoom\nMaths,06/10/2031 09:00,ana@school.example,1\nArt,soon,ana@school.example,1\n"
    )
    options = (
        "--map",
        "Wann=start_time",
        "--dates",
        "dmy",
        "--max-concurrent-classes",
        "5",
        "--sandbox",
        "--state",
        "state",
    )
    ran = classbatch("check", "my term.csv", *options, "--json", "seen.json", "--marked", "marked.xlsx")
    steps = [line.split(": ", 2)[2] for line in ran.out.splitlines() if line.startswith("Next: ")]
    typed = shlex.join(options)
    assert {tuple(shlex.split(step)[:3]) for step in steps} == {
        ("classbatch", "check", "my term.csv"),
        ("classbatch", "submit", "my term.csv"),
    }
    for step in steps:
        assert sorted(shlex.split(step)[3:]) == sorted(shlex.split(typed))
    said = next(step for step in steps if "submit" in step)
    ran = classbatch(*shlex.split(said)[1:], "--results", "out.xlsx", "--limit", "1")
    again = next(line for line in ran.out.splitlines() if "classbatch submit out.xlsx" in line)
    words = shlex.split(again.partition("as before: ")[2])
    assert words[:3] == ["classbatch", "submit", "out.xlsx"]
    assert sorted(words[3:]) == sorted(shlex.split(typed))


@pytest.mark.parametrize(
    ("read", "written"),
    [
        ("term.xlsx", "term-results.xlsx"),
        ("term-results.xlsx", "term-results-2.xlsx"),
        ("term-results-2.xlsx", "term-results-3.xlsx"),
        ("exam-results-autumn.csv", "exam-results-autumn-results.xlsx"),
    ],
)
def test_the_results_of_mended_results_are_the_next_ones(read: str, written: str, tmp_path: Path) -> None:
    assert run.default_results(str(tmp_path / read)) == tmp_path / written
