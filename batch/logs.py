"""Log lines on standard error: for people, or one JSON object each for programs.

An event is a fixed name and fields; keys, signatures and cells are never among them.
"""

import json
import logging
from datetime import UTC, datetime

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname.lower(), "event": record.getMessage(), **fields}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def log_to_stderr(form: str) -> None:
    """Begin logging: `json` tells every event, `text` only what is out of the ordinary."""
    handler = logging.StreamHandler()
    if form == "json":
        handler.setFormatter(_Json())
    else:
        handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    ours = logging.getLogger("batch")
    ours.handlers = [handler]
    ours.propagate = False
    ours.setLevel(logging.INFO if form == "json" else logging.ERROR)
