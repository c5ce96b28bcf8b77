"""The lowest versions that pyproject.toml declares, as constraints for pip: what is promised is tried."""  # noqa: INP001 - a script, not a package

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
for line in project["dependencies"] + [
    *project["optional-dependencies"]["notify"],
    *project["optional-dependencies"]["cluster"],
]:
    found = re.match(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)", line)
    if found is None:
        raise SystemExit(f"pyproject.toml: {line!r} declares no lowest version")
    print(f"{found[1]}=={found[2]}")  # noqa: T201 - this is its output
