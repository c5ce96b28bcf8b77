"""The house's rules, read off the imports: everything points towards `core/`, and each outside thing has one door.

What stands under TYPE_CHECKING counts for the core only: it moves nothing at run time.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "batch"
FILES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

#: What a folder may import of ours, besides itself, `core/` and `problem.py`.
FOLDERS = {
    "core": set[str](),
    "load": set[str](),
    "journal": set[str](),
    "wiziq": set[str](),
    "report": {"batch.journal"},
    "sandbox": {"batch.wiziq"},
}
#: They are asked by people and programs; nobody imports them but one another.
DOORS = {
    *("batch.cli", "batch.commands", "batch.shell", "batch.__main__", "batch.library"),
    *("batch.nightly", "batch.web"),
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
    "sqlite3": {"batch.journal"},
    "aiohttp": {"batch.wiziq", "batch.sandbox", "batch.web"},
    "aiohttp.web": {"batch.sandbox", "batch.web"},
    "aiohttp_jinja2": {"batch.web"},
    "jinja2": {"batch.web"},
    "apprise": {"batch.nightly"},
    "prometheus_client": {"batch.nightly"},
    "lxml": {"batch.wiziq", "batch.load", "batch.sandbox"},
    "tenacity": {"batch.submit"},
    "xlsxwriter": {"batch.report"},
    "openpyxl": {"batch.load", "batch.report"},
    "pandas": {"batch.report", "batch.library"},
    "pydantic": {"batch.settings"},
    "pydantic_settings": {"batch.settings"},
    "click": {
        *("batch.cli", "batch.commands", "batch.shell", "batch.flags", "batch.setting", "batch.options"),
        "batch.options_doors",
        *("batch.settings", "batch.settings_text"),
    },
    "rich": {"batch.terminal", "batch.progress", "batch.report"},
    "fcntl": {"batch.journal", "batch.nightly"},
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


TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in FILES.items()}
IMPORTS = {module: sorted(set(imports(tree))) for module, tree in TREES.items()}


def is_in(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def ours(module: str) -> set[str]:
    """The modules of the house that a module imports."""
    found = set()
    for name in IMPORTS[module]:
        if name in FILES:
            found.add(name)
        elif (parent := name.rpartition(".")[0]) in FILES:
            found.add(parent)
    return found


CORE = [module for module in FILES if is_in(module, {"batch.core"})]


@pytest.mark.parametrize("module", CORE)
def test_the_core_is_pure(module: str) -> None:
    for name in imports(TREES[module], for_types=True):
        top = name.partition(".")[0]
        assert is_in(name, {"batch.core"}) or top in sys.stdlib_module_names, f"{name} is no part of the core"
        assert not is_in(name, NOT_IN_CORE), f"{name}: the core does no I/O and knows no clock or chance"
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(TREES[module])
        if isinstance(node, ast.Call)
    }
    assert not called & CALLS_NOT_IN_CORE


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_imports_only_what_is_nearer_to_the_core(folder: str) -> None:
    allowed = {"batch.core"}
    if folder != "core":
        allowed |= {f"batch.{folder}", "batch.problem", *FOLDERS[folder]}
    strangers = {
        (module, name)
        for module in FILES
        if is_in(module, {f"batch.{folder}"})
        for name in ours(module) - {"batch"}  # the version stands there, and nothing else
        if not is_in(name, allowed)
    }
    assert not strangers


def test_every_folder_has_its_rule() -> None:
    folders = {path.parent.name for path in FILES.values() if path.parent != PACKAGE}
    assert folders <= FOLDERS.keys() | {"commands", "nightly", "web"}


def test_only_doors_import_what_wires_the_flow() -> None:
    wired = DOORS | {"batch.run"}
    strangers = {
        (module, name)
        for module in FILES
        if not is_in(module, DOORS)
        for name in ours(module)
        if is_in(name, wired)
    }
    assert not strangers


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
        for module, names in IMPORTS.items()
        if any(is_in(name, {outside}) for name in names) and not is_in(module, OUTSIDE[outside])
    }
    assert not strangers


def test_only_the_settings_read_the_environment() -> None:
    for module, tree in TREES.items():
        read = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        named = {"os.environ", "os.environb", "os.getenv"}
        assert module == "batch.settings" or not named & (read | set(IMPORTS[module])), module


def test_every_module_has_a_name_that_says_what_it_is_for() -> None:
    assert not {module for module in FILES if module.rpartition(".")[2] in NO_ROOM_FOR}


@pytest.mark.parametrize("module", [module for module, tree in TREES.items() if tree.body])
def test_every_module_says_its_job(module: str) -> None:
    assert ast.get_docstring(TREES[module]), f"{module} has no docstring"
