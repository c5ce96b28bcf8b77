"""The page's templates: every view is shown whole, escaped, labelled, and without a script or a style of its own."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from itertools import pairwise
from typing import Any

import pytest
from lxml import html

from batch.cli.serve import serve
from batch.core.language import Language
from batch.report.wording.language import speaking
from tests.support.command import ROOT
from tests.support.web_pages import CHECK, PAGES, WEB, Case, rendered

#: What a hostile file may hold in any text.
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{ 7*7 }}&amp;"

every_page = pytest.mark.parametrize("case", PAGES.values(), ids=PAGES)


def tree(case: Case) -> Any:  # lxml-stubs do not know what HTML elements can do besides
    return html.document_fromstring(rendered(case))


def spoilt(value: Any) -> Any:
    """The same view, with a hostile text in place of every text but addresses and tones."""
    if isinstance(value, str):
        return HOSTILE
    if isinstance(value, tuple):
        return tuple(map(spoilt, value))
    if is_dataclass(value) and not isinstance(value, type):
        kept = ("tone", "exit_tone", "state")
        changed = {
            field.name: spoilt(getattr(value, field.name))
            for field in fields(value)
            if field.name not in kept
        }
        return replace(value, **changed)
    return value


@every_page
def test_whatever_a_text_holds_is_shown_as_text(case: Case) -> None:
    clean = tree(case)
    dirty = tree(replace(case, view=spoilt(case.view), page=spoilt(case.page)))
    assert [each.tag for each in dirty.iter(html.etree.Element) if each.tag in ("script", "img")] == [
        each.tag for each in clean.iter(html.etree.Element) if each.tag in ("script", "img")
    ]
    names = {name for each in dirty.iter(html.etree.Element) for name in each.attrib}
    assert not {name for name in names if name.startswith("on")}
    assert "49" not in dirty.text_content()


#: Fields that are for the machine, and those that show only together with another.
NOT_SHOWN = frozenset(
    [
        "id",
        "action",
        "accept",
        "nonce",
        "tone",
        "exit_tone",
        "state",
        "outcome",
        "sheet_chosen",
        "dates",
        "dates_choices",
        "zone",
        "zones",
        "chosen",
        "retry_says",
        "name",
        "explained",
        "leave_out",
        "secret",
        "finish_says",
        "use_name",
        "use_cells",
        "buttons",
        "choices",
    ]
)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not value.startswith(("/batches/", "/uploads/")):  # the address beside a name
            yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from texts(each)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            if field.name not in NOT_SHOWN and not field.name.endswith("href"):
                yield from texts(getattr(value, field.name))


@every_page
def test_every_text_of_a_view_is_on_its_page(case: Case) -> None:
    page = tree(case)
    cells = (each.get("title", "") for each in page.iter("td"))
    typed = (each.get("value", "") for each in page.iter("input"))
    shown = " ".join((page.text_content(), *cells, *typed))
    squeezed = shown.replace(" ", "").replace("\n", "").replace(":", "")
    for text in set(texts(case.view)):
        assert text.replace(" ", "").replace(":", "") in squeezed, text
    for count in getattr(case.view, "counts", ()):
        assert count.name.replace(" ", "") in squeezed
        assert count.explained.replace(" ", "") in squeezed


@every_page
def test_nothing_is_inline_and_nothing_comes_from_elsewhere(case: Case) -> None:
    page = tree(case)
    assert not page.xpath("//style | //*[@style] | //script[not(@src)] | //iframe | //base")
    for each in page.iter(html.etree.Element):
        assert not [name for name in each.attrib if name.startswith("on")]
        for name in ("src", "href", "action"):
            address = each.get(name, "/")
            assert address.startswith(("/", "?", "#")), address
            assert not address.startswith("//")


@every_page
def test_every_control_has_a_name_and_every_form_its_token(case: Case) -> None:
    page = tree(case)
    labelled = {label.get("for") for label in page.iter("label") if label.text_content().strip()}
    for control in page.xpath("//input[@type != 'hidden'] | //select"):
        assert control.get("id") in labelled
    for button in page.xpath("//button | //a"):
        assert (button.get("aria-label") or button.text_content()).strip()
    for form in page.iter("form"):
        assert form.get("method") == "post"
        first, *_ = form.xpath(".//input")
        assert (first.get("name"), first.get("value")) == ("csrf", case.page.csrf)
        assert form.get("action") or form.get("hidden") is not None


@every_page
def test_a_page_has_one_heading_its_landmarks_and_each_id_once(case: Case) -> None:
    page = tree(case)
    levels = [int(each.tag[1]) for each in page.xpath("//h1 | //h2 | //h3")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
    assert [len(list(page.iter(tag))) for tag in ("header", "main", "footer")] == [1, 1, 1]
    ids = [each.get("id") for each in page.iter(html.etree.Element) if each.get("id")]
    assert len(ids) == len(set(ids))
    for each in page.iter(html.etree.Element):
        for name in ("aria-describedby", "aria-labelledby", "for"):
            assert set((each.get(name) or "").split()) <= set(ids)
    assert page.get("lang") == "en"


@every_page
def test_a_sandbox_says_so_in_words_at_the_top_and_in_the_title(case: Case) -> None:
    page = tree(case)
    said = case.page.sandbox_says
    (title,), (header,) = page.xpath("//title"), page.xpath("//header")
    assert title.text_content().startswith("SANDBOX") == case.page.sandbox
    assert (bool(said) and said in header.text_content()) == case.page.sandbox


def test_without_a_script_only_the_pages_that_wait_look_again() -> None:
    looks = {
        name
        for name, case in PAGES.items()
        if tree(case).xpath("//head/noscript/meta[@http-equiv='refresh']")
    }
    assert looks == {"checking", "running", "taking back", "paused"}


def test_the_outcome_and_the_tone_stand_in_words_beside_every_sign() -> None:
    for name in ("result", "check"):
        page = tree(PAGES[name])
        for each in page.find_class("outcome") + page.find_class("label"):
            assert each.text_content().strip()


def test_of_many_things_to_mend_the_first_dozen_is_open_and_no_other_is_lost() -> None:
    many = tuple(replace(CHECK.groups[0], says=f"is wrong in way {number}") for number in range(46))
    page = tree(replace(PAGES["check"], view=replace(CHECK, groups=many)))
    assert len(page.xpath("//ul[@class='groups']/li[not(ancestor::details)]")) == 12
    assert len(page.xpath("//details//ul[@class='groups']/li")) == 34
    assert "34 more" in page.xpath("//details/summary")[0].text_content()


def test_a_button_that_cannot_be_used_now_is_not_shown() -> None:
    hidden = {
        name: [form.get("data-link") for form in tree(PAGES[name]).xpath("//form[@hidden]")]
        for name in ("running", "paused")
    }
    assert hidden == {"running": ["resume"], "paused": ["pause"]}


def test_the_script_is_small_and_the_styles_ask_for_nothing() -> None:
    script = (WEB / "static" / "app.js").read_text("utf-8")
    style = (WEB / "static" / "app.css").read_text("utf-8")
    assert len(script.splitlines()) < 180
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|document\.write|https?://", script)
    assert not re.findall(r"url\(|@import|https?://", style)
    assert {"prefers-color-scheme: dark", "forced-colors: active", "@media print"} <= set(
        re.findall(r"prefers-color-scheme: dark|forced-colors: active|@media print", style)
    )


def test_the_docs_name_only_flags_that_serve_has_and_pages_that_are_there() -> None:
    text = (ROOT / "docs" / "page.md").read_text("utf-8")
    known = {flag for option in serve.params for flag in (*option.opts, *option.secondary_opts)}
    assert set(re.findall(r"`(--[a-z-]+)`", text)) <= known
    for command in re.findall(r"^classbatch serve(.*)$", text, re.MULTILINE):
        assert set(command.split()) <= known
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (ROOT / "docs" / target).exists(), target


#: Names that are the same in every language.
_NAMES = re.compile(r"classbatch|SANDBOX|ana\.diaz@school\.example")
_NOT_TEXT = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)


def test_no_template_has_a_text_of_its_own() -> None:
    """What stands outside of `tr` could be translated into no language."""
    found = {}
    for path in sorted((WEB / "templates").glob("*.html")):
        bare = _NOT_TEXT.sub("", path.read_text(encoding="utf-8"))
        told = re.findall(r'(?:aria-label|alt|title|placeholder|data-label|data-busy)="([^"]*)"', bare)
        told += re.sub(r"<[^>]*>", "\n", bare).split("\n")
        found[path.name] = [text for text in told if re.search("[A-Za-z]{2}", _NAMES.sub("", text))]
    assert {name: texts for name, texts in found.items() if texts} == {}
    assert not re.search(
        r'content: *"[^"]*[A-Za-z]{2}',
        re.sub(r"\\[0-9A-F]+", "", (WEB / "static/app.css").read_text("utf-8")),
    )


def test_a_page_is_in_the_language_that_is_spoken_and_says_which_that_is() -> None:
    with speaking(Language.SPANISH):
        page = tree(Case("check.html", CHECK, replace(PAGES["check"].page, language="es")))
    assert page.get("lang") == "es"
    assert "Lotes anteriores" in page.text_content()
    assert "Past batches" not in page.text_content()


def test_the_look_of_a_page_hangs_on_no_word_that_is_translated() -> None:
    style = (WEB / "static" / "app.css").read_text("utf-8")
    assert not re.search(r"\[(?:data-label|aria-label|title|value)=", style)
