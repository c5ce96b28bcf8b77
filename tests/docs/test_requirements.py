"""requirements.txt pins what pyproject.toml asks for, each file by its digest, and names no registry."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PINNED = {
    canonicalize_name(name): (version, block.count("--hash=sha256:"))
    for block in re.split(r"\n(?=\w)", (ROOT / "requirements.txt").read_text("utf-8"))
    for name, version in re.findall(r"^([\w.-]+)==([\w.]+)", block)
}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ASKED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["notify"]]


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_for_is_pinned_within_its_bounds(asked: str) -> None:
    requirement = Requirement(asked)
    version, hashes = PINNED[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(version), version
    assert hashes


def test_everything_has_a_digest_and_nothing_an_address() -> None:
    text = (ROOT / "requirements.txt").read_text("utf-8")
    assert PINNED
    assert all(hashes for _, hashes in PINNED.values())
    assert "://" not in text
    assert "index-url" not in text
