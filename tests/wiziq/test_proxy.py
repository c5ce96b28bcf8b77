"""A web proxy that a setting names is gone through; one that variables name is not, and that is said."""

import asyncio
from pathlib import Path

import pytest
from yarl import URL

from batch.core.errors import CannotRun
from batch.core.service.protocol import Credentials
from batch.report.wording.messages import both_of
from batch.sandbox import SandboxSettings
from batch.sandbox.server import running_sandbox
from batch.settings.resolve import load_settings
from batch.wiziq.client import WiziqClient, open_session
from tests.support.command import KEYS, Command, lessons, timetable


async def test_every_request_goes_through_the_proxy() -> None:
    asked: list[str] = []

    async with running_sandbox(SandboxSettings()) as sandbox:
        there = URL(sandbox.url)

        async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n")
            asked.append(head.decode())
            behind, to_service = await asyncio.open_connection(there.host, there.port)
            to_service.write(head)

            async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
                while block := await source.read(65_536):
                    target.write(block)
                target.close()

            await asyncio.gather(copy(reader, to_service), copy(behind, writer))

        proxy = await asyncio.start_server(relay, "127.0.0.1", 0)
        host, port = proxy.sockets[0].getsockname()
        pair = Credentials(sandbox.credentials.access_key, sandbox.credentials.secret_key)
        async with open_session(connections=1, proxy=f"http://{host}:{port}") as session:
            client = WiziqClient(session, base_url=sandbox.url, credentials=pair, timeout_s=10)
            await client.account_info()
        proxy.close()
        await proxy.wait_closed()
    assert asked
    assert all(line.startswith(f"POST {sandbox.url}") for line in asked)


BAD = ["proxy.example:3128", "socks5://proxy.example", "http://", "http://user:hush@proxy.example/path"]


@pytest.mark.parametrize("address", BAD)
def test_what_is_no_proxy_is_refused_without_its_password(address: str, tmp_path: Path) -> None:
    with pytest.raises(CannotRun) as caught:
        load_settings({}, environ={"HOME": str(tmp_path), "CLASSBATCH_PROXY": address}, cwd=tmp_path)
    said = both_of(caught.value)
    assert "CLASSBATCH_PROXY" in said
    assert "hush" not in said


ASKING = (["doctor"], ["submit", "t.csv"])


@pytest.mark.thorough
@pytest.mark.parametrize("words", ASKING, ids=lambda words: words[0])
def test_where_no_connection_comes_about_they_are_named_beside_it(
    words: list[str], classbatch: Command
) -> None:
    timetable(classbatch.folder / "t.csv", lessons(1))
    variables = {**KEYS, "CLASSBATCH_BASE_URL": "https://other.invalid/", "CLASSBATCH_ATTEMPTS": "1"}
    proxied = classbatch.at(**variables, HTTPS_PROXY="http://user:hush@proxy.example:3128")
    ran = proxied(*words, "--quiet")
    (line,) = {line for line in (ran.out + ran.err).splitlines() if "No connection to" in line}
    assert "HTTPS_PROXY" in line.partition("No connection to")[2]
    assert "hush" not in line
    assert "Not used" not in (unproxied := classbatch.at(**variables)(*words, "--quiet")).out + unproxied.err


def test_proxy_variables_that_are_not_used_are_named(classbatch: Command) -> None:
    timetable(classbatch.folder / "t.csv", lessons(1))
    variables = {**KEYS, "HTTPS_PROXY": "http://user:hush@proxy.example:3128"}
    said = classbatch.at(**variables)("check", "t.csv").err
    assert "Not used: HTTPS_PROXY" in said
    assert "set proxy" in said
    assert "hush" not in said
    assert (
        "Not used"
        not in classbatch.at(**variables, CLASSBATCH_PROXY="http://p.example:1")("check", "t.csv").err
    )
