"""A second state folder knows nothing of the first one's classes: nothing that is said advises one."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Where the option is described, tried with a sandbox, or spoken of as what is not advised any more.
MAY = {"docs/settings.md", "docs/change.md", "docs/changelog.md", "docs/nightly.md"}


def test_no_message_and_no_page_names_another_state_folder_as_a_remedy() -> None:
    files = [
        *ROOT.glob("batch/**/*.py"),
        *ROOT.glob("batch/**/*.j2"),
        *ROOT.glob("docs/*.md"),
        ROOT / "README.md",
    ]
    assert len(files) > 150
    named = {f"{path.relative_to(ROOT)}" for path in files if "--state" in path.read_text("utf-8")}
    assert named <= MAY
