"""The house's rules, read off the imports: everything points towards `core/`, and each outside thing has one door.

What stands under TYPE_CHECKING counts for the core only: it moves nothing at run time.
"""

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "batch"
FILES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

#: Each room of `batch/` and the rooms that it may stand on, besides what lies on the ground floor.
GROUND = {"atomic_file", "base_url", "core", "logs", "time_zones", "version", "event_loop"}
ROOMS = {
    **{room: set[str]() for room in GROUND},
    **{room: set[str]() for room in ("journal", "readers", "sandbox", "settings", "wiziq")},
    "report": {"journal"},
    "sending": {"journal", "wiziq"},
    "connection": {"journal", "sandbox", "settings", "wiziq"},
    "doctor": {"journal", "settings", "wiziq"},
    "intake": {"journal", "readers", "settings"},
    "maintenance": {"connection", "doctor", "intake", "journal", "report", "run", "sending", "settings"},
    "run": {"connection", "intake", "journal", "report", "sending", "settings"},
    "library": {"intake", "maintenance", "report", "run", "sending", "settings"},
    "nightly": {"intake", "journal", "report", "run", "sending", "settings"},
    "web": {
        *("connection", "intake", "journal", "maintenance", "nightly", "readers", "report", "run"),
        *("sending", "settings"),
    },
    "cli": {
        *("doctor", "intake", "journal", "maintenance", "nightly", "report", "run"),
        *("sandbox", "sending", "settings", "web"),
    },
    "__main__": {"cli"},
    "__init__": {"library", "report", "sending", "settings"},
}
#: What stands on what inside a large room.
FLOORS = {
    "batch.core": {
        **{room: set[str]() for room in ("message", "outcome", "quick_dataclass")},
        "changes": {"message", "plan"},
        "errors": {"message"},
        "identity": {"rows"},
        "rows": {"message"},
        "service": {"message"},
        "plan": {"message", "outcome", "service"},
        "tally": {"outcome"},
        "term": {"errors", "message", "rows"},
        "grid": {"rows"},
    },
    "batch.web": {
        "state": set[str](),
        "views": {"state"},
        "worker": {"state", "views"},
        "workflow": {"state", "views", "worker"},
        "server": {"state", "views", "worker", "workflow"},
    },
}

#: The core decides from plain values: no I/O, clock, randomness, processes or asyncio.
NOT_IN_CORE = {
    *("asyncio", "concurrent", "ctypes", "io", "logging", "multiprocessing", "os", "pathlib", "random"),
    *("secrets", "select", "shutil", "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile"),
    *("threading", "time", "urllib.request", "uuid"),
}
CALLS_NOT_IN_CORE = {"now", "utcnow", "today", "open", "print", "input", "read_text", "write_text"}

#: Which module an outside thing may be imported by: by name, or by the folder it is in.
OUTSIDE = {
    "dataclasses.dataclass": {"batch.core.quick_dataclass"},  # which makes the same classes sooner
    "sqlite3": {"batch.journal"},
    "psycopg": {"batch.journal.postgresql"},
    "procrastinate": {"batch.nightly.cluster"},
    "aiohttp": {"batch.wiziq", "batch.sandbox", "batch.web"},
    "aiohttp.web": {"batch.sandbox", "batch.web"},
    "aiohttp_jinja2": {"batch.web"},
    "jinja2": {"batch.web"},
    "apprise": {"batch.nightly"},
    "prometheus_client": {"batch.nightly"},
    "lxml": {"batch.wiziq", "batch.readers", "batch.sandbox"},
    "tenacity": {"batch.sending"},
    "xlsxwriter": {"batch.report"},
    "openpyxl": {"batch.readers", "batch.report"},
    "pandas": {"batch.report", "batch.library"},
    "click": {"batch.cli", "batch.settings"},
    "rich": {"batch.cli"},
    "fcntl": {"batch.journal", "batch.nightly"},
    "dateutil": {"batch.core.term"},  # rules of days alone: what it reads of the clock is not used
    "icalendar": {"batch.readers", "batch.report"},
    "recurring_ical_events": {"batch.readers"},
}
NO_ROOM_FOR = {"utils", "util", "helpers", "helper", "manager", "common", "misc", "shared", "base"}


def imports(tree: ast.AST, *, for_types: bool = False) -> Iterator[str]:
    """Every name that is imported, dotted: `from a import b` is a.b, for b may be a module."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not for_types:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from imports(node, for_types=for_types)


# Not when this is imported, which every worker of a test run does.
@cache
def trees() -> dict[str, ast.Module]:
    return {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in FILES.items()}


@cache
def imported() -> dict[str, list[str]]:
    return {module: sorted(set(imports(tree))) for module, tree in trees().items()}


def is_in(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def ours(module: str) -> set[str]:
    """The modules of the house that a module imports."""
    found = set()
    for name in imported()[module]:
        if name in FILES:
            found.add(name)
        elif (parent := name.rpartition(".")[0]) in FILES:
            found.add(parent)
    return found


def impurities(tree: ast.AST) -> Iterator[str]:
    """What a module of the core must not need: other rooms and libraries, I/O, a clock, chance."""
    for name in imports(tree, for_types=True):
        top = name.partition(".")[0]
        if is_in(name, NOT_IN_CORE) or not (
            is_in(name, {"batch.core", "dateutil"}) or top in sys.stdlib_module_names
        ):
            yield name
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in CALLS_NOT_IN_CORE:
                yield f"{name}()"


def test_the_core_is_pure() -> None:
    core = {module: tree for module, tree in trees().items() if is_in(module, {"batch.core"})}
    assert not {module: found for module, tree in core.items() if (found := [*impurities(tree)])}


def room_of(module: str, house: str = "batch") -> str:
    """The room of a house that a module lies in; the house's own face is a room, too."""
    return module.removeprefix(house).removeprefix(".").partition(".")[0] or "__init__"


def strangers(house: str, rooms: dict[str, set[str]], ground: set[str]) -> set[tuple[str, str]]:
    """Each module of a house that imports from a room which its own may not stand on."""
    return {
        (module, name)
        for module in FILES
        if is_in(module, {house})
        for name in ours(module)
        if is_in(name, {house})
        if (room := room_of(name, house)) != room_of(module, house)
        if room not in rooms[room_of(module, house)] | ground
    }


def test_rooms_stand_only_on_rooms_nearer_to_the_core() -> None:
    assert not strangers("batch", ROOMS, GROUND)


@pytest.mark.parametrize("house", FLOORS)
def test_inside_a_large_room_too(house: str) -> None:
    assert not strangers(house, {"__init__": set(), **FLOORS[house]}, {"quick_dataclass"})


def test_every_room_has_its_rule_and_needs_all_of_it() -> None:
    assert {room_of(module) for module in FILES} == set(ROOMS)
    used = {
        (room_of(module), name.split(".")[1])
        for module, tree in trees().items()
        for name in imports(tree, for_types=True)
        if name.startswith("batch.")
    }
    assert not {(room, on) for room, allowed in ROOMS.items() for on in allowed} - used


def test_the_house_can_be_drawn() -> None:
    """At most 14 modules and 11 folders, and no circle: a stranger draws it after one look."""
    inside = [path for path in PACKAGE.iterdir() if path.name != "__pycache__"]
    assert sum(path.suffix == ".py" for path in inside) <= 14
    assert sum(path.is_dir() for path in inside) <= 11
    left = {room: set(allowed) for room, allowed in ROOMS.items()}
    while free := [room for room, needs in left.items() if not needs & left.keys()]:
        for room in free:
            del left[room]
    assert not left, f"among these rooms is a circle: {sorted(left)}"


def test_the_drawing_is_of_this_house() -> None:
    """docs/architecture.md: every room is in it, and stands on rooms further down alone."""
    page = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text("utf-8")
    drawing = page.partition("<!-- house -->")[2].partition("<!-- /house -->")[0]
    floors = [line.split() for line in drawing.splitlines() if line.startswith("   ")]
    floor_of = {room: floor for floor, rooms in enumerate(floors) for room in rooms}
    assert floor_of.keys() == ROOMS.keys()
    assert set(floors[-1]) == GROUND
    assert not {(room, on) for room, needs in ROOMS.items() for on in needs if floor_of[on] <= floor_of[room]}


def test_the_list_of_folders_is_of_this_house() -> None:
    """docs/developers.md: every folder of `batch/` and of `batch/core/` is in it, and none that is not there."""
    page = (Path(__file__).parents[1] / "docs" / "developers.md").read_text("utf-8")
    named = set(re.findall(r"\b([a-z]+)/", page.partition("```text\nbatch/")[2].partition("```")[0]))
    inside = [path for house in (PACKAGE, PACKAGE / "core") for path in house.iterdir() if path.is_dir()]
    assert {path.name for path in inside} - {"__pycache__"} <= named
    assert named <= {path.parent.name for path in FILES.values()}


#: What says where a fact is from must stand in the repository: a page of docs/, or the line itself.
CITED = re.compile(r"\b([\w-]+\.md)\b|\bissue \d+|\bshared/")


def test_no_comment_cites_what_is_not_in_the_repository() -> None:
    pages = {page.name for page in (Path(__file__).parents[1] / "docs").glob("*.md")} | {"README.md"}
    for module, path in FILES.items():
        for found in CITED.finditer(path.read_text("utf-8")):
            assert found[1] in pages, f"{module}: {found[0]}"


#: A module or a file of statements, with the folders before it.
NAMED = re.compile(r"(?<![\w/%.-])((?:\w+/)*\w+\.(?:py|sql))\b")


def test_every_file_that_comments_and_pages_name_is_there() -> None:
    root = PACKAGE.parent
    folders = ("batch", "benchmarks", "docs", "samples", "tests")
    files = (path.relative_to(root).parts for folder in folders for path in (root / folder).rglob("*.*"))
    there = {"/".join(parts[above:]) for parts in files for above in range(len(parts))}
    for path in (*FILES.values(), root / "README.md", *(root / "docs").glob("*.md")):
        for found in NAMED.finditer(path.read_text("utf-8")):
            assert found[1] in there, f"{path}: {found[1]}"


def test_tests_mirror_the_house() -> None:
    folders = {path.parent.relative_to(PACKAGE) for path in FILES.values()} - {Path()}
    tests = Path(__file__).parent
    assert not {folder for folder in folders if not (tests / folder.parts[0]).is_dir()}
    assert not {folder for folder in folders if folder.parts[0] == "core" and not (tests / folder).is_dir()}


def test_no_two_modules_need_each_other() -> None:
    left = {module: ours(module) - {module} for module in FILES}
    while free := [module for module, needs in left.items() if not needs & left.keys()]:
        for module in free:
            del left[module]
    assert not left, f"among these is a circle: {sorted(left)}"


@pytest.mark.parametrize("outside", OUTSIDE)
def test_an_outside_thing_has_one_door(outside: str) -> None:
    strangers = {
        module
        for module, names in imported().items()
        if any(is_in(name, {outside}) for name in names) and not is_in(module, OUTSIDE[outside])
    }
    assert not strangers


def test_only_the_settings_read_the_environment() -> None:
    for module, tree in trees().items():
        read = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        named = {"os.environ", "os.environb", "os.getenv"}
        assert module == "batch.settings.resolve" or not named & (read | set(imported()[module])), module


def test_every_module_has_a_name_that_says_what_it_is_for() -> None:
    assert not {module for module in FILES if module.rpartition(".")[2] in NO_ROOM_FOR}


def test_every_module_says_its_job() -> None:
    assert not [module for module, tree in trees().items() if tree.body and not ast.get_docstring(tree)]
