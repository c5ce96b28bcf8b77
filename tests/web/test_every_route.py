"""Every address of the page, listed by the page itself, against who may not ask for it: a new one needs its line here."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from batch.web.server.app import application
from batch.web.state.layout import batch_folder
from batch.web.views.week import FILE_NAME
from tests.support.command import lesson
from tests.support.page import Browser, NearService, Seen, Served, browsing, csv_of
from tests.web.test_after import hrefs
from tests.web.test_invitations import signs_in

#: Every route that changes something -> its addresses, about the file {id} and the batch {batch} that Ana sent.
FORMS = {
    "/enter": ("/enter",),
    "/leave": ("/leave",),
    "/uploads": ("/uploads",),
    "/uploads/{id}/file": ("/uploads/{id}/file",),
    "/uploads/{id}/mapping": ("/uploads/{id}/mapping",),
    "/uploads/{id}/grid": ("/uploads/{id}/grid",),
    "/uploads/{id}/check": ("/uploads/{id}/check",),
    "/uploads/{id}/mend": ("/uploads/{id}/mend", "/uploads/{id}/mend?row=2&sheet="),
    "/uploads/{id}/unmend": ("/uploads/{id}/unmend",),
    "/uploads/{id}/confirm": ("/uploads/{id}/confirm",),
    "/uploads/{id}/{wanted}": tuple(f"/uploads/{{id}}/{wanted}" for wanted in ("pause", "resume", "stop")),
    "/uploads/{id}/again": ("/uploads/{id}/again?after={batch}&answer=", "/uploads/{id}/again"),
    "/batches/{batch}/finish": ("/batches/{batch}/finish",),
    "/batches/{batch}/undo": ("/batches/{batch}/undo", "/batches/{batch}/undo?row=2"),
    "/batches/{batch}/undo/{wanted}": tuple(
        f"/batches/{{batch}}/undo/{wanted}?run=x" for wanted in ("pause", "resume", "stop")
    ),
    "/uploads/{id}/remove": ("/uploads/{id}/remove",),
    "/batches/{batch}/remove": ("/batches/{batch}/remove",),
}
#: Forms that come with a file: their token stands in the form before it.
WITH_A_FILE = {"/uploads", "/uploads/{id}/file"}
#: Pages that are nobody's alone -> whether one must be signed in to see them.
PAGES = {"/": True, "/batches": True, "/template.xlsx": True, "/enter": False}

FOREIGN = {
    "no origin": {},
    "another site": {"Origin": "https://evil.example"},
    "a hidden origin": {"Origin": "null"},
    "another site, as the browser says": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
}


@dataclass(frozen=True, slots=True)
class House:
    """A page on which Ana has sent a file, and to which Ben was invited as well."""

    ana: Browser
    ben: Browser
    nobody: Browser
    result: Seen
    names: dict[str, str]  #: what stands for {id} and {batch}

    def address(self, of: str) -> str:
        return of.format(**self.names)


@pytest.fixture
async def house(served: Served) -> AsyncIterator[House]:
    async with invited(served, "Ana") as ana, invited(served, "Ben") as ben, browsing(served.url) as nobody:
        checked = await ana.checked(csv_of([lesson(1)]), "of-ana.csv")
        result = await ana.sent(checked)
        names = {"id": checked.url.name, "batch": result.url.name}
        yield House(ana, ben, nobody, result, names)


@asynccontextmanager
async def invited(served: Served, name: str) -> AsyncIterator[Browser]:
    now = served.site.desk.clock()
    async with browsing(served.url) as browser:
        await signs_in(browser, served.site.invitations.invite(name, 30, now))
        yield browser


def routes_of(served: Served, *, changing: bool) -> set[str]:
    routes = application(served.site).router.routes()
    looks = {"GET", "HEAD"}
    return {
        route.resource.canonical
        for route in routes
        if route.resource is not None and (route.method not in looks) == changing
    }


async def press(browser: Browser, route: str, address: str, csrf: str, headers: dict[str, str]) -> Seen:
    if route not in WITH_A_FILE:
        return await browser.post(address, {"csrf": csrf, "nonce": "n" * 22}, headers=headers)
    body = (
        f'--edge\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n{csrf}\r\n'
        '--edge\r\nContent-Disposition: form-data; name="file"; filename="x.csv"\r\n\r\nx\r\n--edge--\r\n'
    )
    return await browser.post(
        address, body.encode(), headers={"Content-Type": "multipart/form-data; boundary=edge", **headers}
    )


def addresses(forms: Iterable[str], house: House) -> list[tuple[str, str]]:
    return [(form, house.address(address)) for form in forms for address in FORMS[form]]


def kept(folder: Path) -> dict[Path, bytes]:
    """Everything that the page has kept of its files; not who is signed in."""
    return {
        path: path.read_bytes()
        for path in (folder / "state").rglob("*")
        if path.is_file() and path.name in {"upload.json", "check.json", "owner.json", "undo.json"}
    }


async def test_every_form_is_refused_to_who_may_not_send_it(
    house: House, served: Served, environment: NearService, tmp_path: Path
) -> None:
    assert set(FORMS) == routes_of(served, changing=True), "a form without a line in this table, or none such"
    before, calls = kept(tmp_path), len(environment.ledger()["classes"])
    assert len(before) >= 3
    here = {"Origin": house.ana.url}
    mine, others = await house.ana.csrf(), await house.ben.csrf()
    for route, address in addresses(FORMS, house):
        for what, headers in FOREIGN.items():
            answer = await press(house.ana, route, address, mine, headers)
            assert answer.status == 403, (address, what)
        answer = await press(house.nobody, route, address, mine, here)
        assert answer.status == 403, (address, "nobody")
        if route == "/enter":  # its secret is all that it needs, and all that it does is to sign in
            continue
        for what, token in {"none": "", "of another person": others, "not ASCII": "\u00e9"}.items():
            answer = await press(house.ana, route, address, token, here)
            assert answer.status == 403, (address, what)
        if "{" in route:
            answer = await press(house.ben, route, address, others, here)
            assert answer.status == 404, (address, "of another person")
            assert "of-ana" not in answer.text
    assert kept(tmp_path) == before, "nothing of it was taken"
    assert len(environment.ledger()["classes"]) == calls
    assert (await house.ana.get(house.result.url.path)).counts == {"scheduled": 1}


async def test_every_form_is_taken_from_its_own_person(house: House) -> None:
    """What is refused above is refused for what was asked there, and not because the form is wrong."""
    last = ["/uploads/{id}/remove", "/leave"]
    for route, address in addresses([*(each for each in FORMS if each not in last), *last], house):
        answer = await press(house.ana, route, address, await house.ana.csrf(), {"Origin": house.ana.url})
        if not address.endswith(("/again", "answer=")):  # of which there is none without a right answer
            assert answer.status not in {403, 404} or route == "/leave", (address, answer.title)
    assert (await house.ana.get("/")).status == 403, "who has left is let in no more"


async def test_every_page_is_shown_to_its_own_person_only(house: House, served: Served) -> None:
    pages = routes_of(served, changing=False) - {"/static"}
    assert set(PAGES) == {page for page in pages if "{" not in page}, "a page without a line in this table"
    for page in pages:
        address = house.address(page)
        if PAGES.get(page, True):
            assert (await house.nobody.get(address)).status == 403, page
        if page not in PAGES:
            answer = await house.ben.get(address)
            assert (answer.status, "of-ana" in answer.text) == (404, False), page


#: What is asked of /teach besides the class that is there.
ELSEWHERE = {
    "an address": "class=https://evil.example/",
    "an address without a scheme": "class=//evil.example/",
    "script": "class=javascript:alert(1)",
    "a class of which only a title tells": "class=evil",
    "the link itself": "class=0&link=https://evil.example/",
    "where to go on": "class=0&next=https://evil.example/&url=//evil.example&teacher=1",
    "a line break": "class=0%0d%0aLocation:%20https://evil.example/",
    "a piece of the list": "class=%22,%20%22link%22:%20%22https://evil.example/",
}


async def test_the_way_into_a_class_leads_nowhere_else(house: House, served: Served) -> None:
    title = '"class_id": "evil", "link": "https://evil.example/"'
    typed = '"' + title.replace('"', '""') + '"'
    sent = await house.ana.sent(await house.ana.checked(csv_of([lesson(2, title=typed)])))
    (way,) = hrefs(sent, "/teach?")
    true = (await house.ana.get(way, allow_redirects=False)).headers["Location"]
    for case, query in ELSEWHERE.items():
        answer = await house.ana.get(f"{sent.url.path}/teach?{query}", allow_redirects=False)
        assert (answer.status, "Location" in answer.headers) == (404, False), case
        also = await house.ana.get(f"{way}&{query}", allow_redirects=False)
        assert also.headers.get("Location") in {true, None}, case
    for browser, status in ((house.nobody, 403), (house.ben, 404)):
        answer = await browser.get(way, allow_redirects=False)
        assert (answer.status, "Location" in answer.headers) == (status, False)
        assert true not in answer.text
    # Whatever the service said, or a damaged file says: a browser is led to a web page, or not at all.
    weeks = batch_folder(served.site.settings.state, sent.url.name) / FILE_NAME
    whole = weeks.read_text("utf-8")
    for link in (
        "javascript:alert(1)",
        "//evil.example/",
        "/leave",
        "data:text/html,x",
        "file:///etc/passwd",
    ):
        weeks.write_text(whole.replace(true, link), "utf-8")
        answer = await house.ana.get(way, allow_redirects=False)
        assert (answer.status, "Location" in answer.headers) == (404, False), link


NONCES = {
    "a line break": "x\r\nLocation: https://evil.example/",
    "an end of the query": "x&run=y#z",
    "é": "é",
}


@pytest.mark.parametrize("nonce", NONCES.values(), ids=NONCES)
async def test_what_a_form_sends_back_does_not_change_where_it_leads(house: House, nonce: str) -> None:
    path = f"{house.result.url.path}/undo"
    form = {"csrf": await house.ana.csrf(), "nonce": nonce}
    answer = await house.ana.post(path, form)
    assert answer.status == 200, answer.title
    assert answer.url.query.get("run", nonce) == nonce
