"""What the work costs at least, or as a plain script does it: each run as a process of its own.

python -m benchmarks.floors loop URL COUNT | script URL FILE | openpyxl FILE | xlsxwriter FILE COUNT
"""

import asyncio
import sys
import time
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from batch.core.service.protocol import sign
from benchmarks.measure import KEYS, lessons

_AT_ONCE = 32


def _parameters(title: str, start: datetime, presenter: str) -> dict[str, str]:
    return {
        "title": title,
        "start_time": f"{start:%m/%d/%Y %H:%M:%S}",
        "time_zone": "GMT",
        "presenter_email": presenter,
        "duration": "45",
        "attendee_limit": "25",
        "language_culture_name": "en-GB",
        "create_recording": "true",
        "return_url": "https://school.example/after",
    }


def _signed(parameters: dict[str, str]) -> dict[str, str]:
    key, now = KEYS["CLASSBATCH_ACCESS_KEY"], int(time.time())
    signature = sign(KEYS["CLASSBATCH_SECRET_KEY"], key, now, "create")
    return {
        **parameters,
        "access_key": key,
        "timestamp": str(now),
        "method": "create",
        "signature": signature,
    }


def loop(url: str, count: int) -> None:
    """A bare aiohttp loop that keeps its connections; bodies are encoded and signed before its clock starts.

    Prints the CPU seconds of the sending alone.
    """
    import aiohttp  # noqa: PLC0415 - a floor pays for what it needs alone
    import uvloop  # noqa: PLC0415 - as above
    from yarl import URL  # noqa: PLC0415 - as above

    bodies = [
        URL.build(query=_signed(_parameters(*each))).raw_query_string.encode() for each in lessons(count)
    ]
    address = f"{url}?method=create"
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}

    async def send() -> None:
        left = iter(bodies)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_AT_ONCE)) as session:

            async def work() -> None:
                for body in left:
                    async with session.post(address, data=body, headers=headers) as answer:
                        if b"<class_id>" not in await answer.read():
                            raise RuntimeError("a class was not created")

            async with asyncio.TaskGroup() as group:
                for _ in range(_AT_ONCE):
                    group.create_task(work())

    begun = time.process_time()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(send())
    sys.stdout.write(f"{time.process_time() - begun}\n")


def script(url: str, file: Path) -> None:
    """What a teacher who programs writes: pandas and requests, one row after the other."""
    import pandas as pd  # noqa: PLC0415 - as above
    import requests  # noqa: PLC0415 - as above

    table = pd.read_excel(file)
    class_ids = []
    for _, row in table.iterrows():
        start = row["start_time"].to_pydatetime().replace(tzinfo=UTC)
        fields = _signed(_parameters(row["title"], start, row["presenter_email"]))
        answer = requests.post(f"{url}?method=create", data=fields, timeout=60)
        class_ids.append(answer.text.partition("<class_id>")[2].partition("</class_id>")[0])
    table["class_id"] = class_ids
    table.to_excel(file.with_name("script-results.xlsx"), index=False)


def openpyxl_read(file: Path) -> None:
    from openpyxl import load_workbook  # noqa: PLC0415 - as above

    book = load_workbook(file, read_only=True, data_only=True)
    cells = sum(len(row) for row in book.worksheets[0].iter_rows(values_only=True))
    sys.stdout.write(f"{cells} cells\n")


def xlsxwriter_write(file: Path, count: int) -> None:
    """20 columns: text, three date-times, numbers. Prints the CPU seconds of the writing alone."""
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - it has no types; as above

    begun = time.process_time()
    with xlsxwriter.Workbook(str(file), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Results")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for number, (title, start, presenter) in enumerate(islice(lessons(count), count)):
            texts = (title, presenter, "scheduled", "1b8ad9e6fa71", "2492040", "GMT", "en-GB", "yes", "audio")
            for column, text in enumerate((*texts, "https://school.example/after", "Year 9", "M1", "", "")):
                sheet.write_string(number, column, text)
            for column in range(14, 17):
                sheet.write_datetime(number, column, start.replace(tzinfo=None), moment)
            for column in range(17, 20):
                sheet.write_number(number, column, 45)
    sys.stdout.write(f"{time.process_time() - begun}\n")


def main() -> None:
    floor, *words = sys.argv[1:]
    if floor == "loop":
        loop(words[0], int(words[1]))
    elif floor == "script":
        script(words[0], Path(words[1]))
    elif floor == "openpyxl":
        openpyxl_read(Path(words[0]))
    elif floor == "xlsxwriter":
        xlsxwriter_write(Path(words[0]), int(words[1]))


if __name__ == "__main__":
    main()
