"""What the sandbox was asked, and how much of it at once. Bounded, however long it runs."""

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from batch.core.quick_dataclass import dataclass
from batch.sandbox.faults import Call

_CALLS_KEPT = 10_000


@dataclass(slots=True)
class CallRecord:
    """One request, signed or not."""

    method: str
    title: str
    code: str = ""  #: `ok`, the API's code, or nothing where it was not carried out
    fault: str = ""  #: the name of the fault it met


class CallLog:
    """Requests in the order in which they came."""

    def __init__(self) -> None:
        self.calls: deque[CallRecord] = deque(maxlen=_CALLS_KEPT)  #: the latest ones
        self.counts: Counter[str] = Counter()  #: of all of them once answered, as "create 1012"
        self.inflight_peak = 0  #: the most requests open at once
        self.row_inflight_peak = 0  #: the most creates of one row open at once
        self._open = 0
        self._open_rows: Counter[tuple[str, ...]] = Counter()
        self._sequences: Counter[str] = Counter()
        self._attempts: Counter[tuple[str, ...]] = Counter()

    @contextmanager
    def under_way(self, method: str, parameters: Mapping[str, str], title: str) -> Iterator[CallRecord]:
        """Note a request while it is open; also when its client leaves it."""
        record = CallRecord(method, title)
        row = _row(method, parameters)
        self.calls.append(record)
        self._open += 1
        self._open_rows[row] += 1
        self.inflight_peak = max(self.inflight_peak, self._open)
        if method == "create":
            self.row_inflight_peak = max(self.row_inflight_peak, self._open_rows[row])
        try:
            yield record
        finally:
            self.counts[f"{method} {record.code}".strip()] += 1
            self._open -= 1
            self._open_rows[row] -= 1
            if not self._open_rows[row]:
                del self._open_rows[row]

    def numbered(self, method: str, parameters: Mapping[str, str], title: str) -> Call:
        """The request with its numbers, for the fault plan."""
        row = _row(method, parameters)
        self._sequences[method] += 1
        self._attempts[row] += 1
        return Call(
            method=method,
            title=title,
            attempt=self._attempts[row],
            sequence=self._sequences[method],
        )


def _row(method: str, parameters: Mapping[str, str]) -> tuple[str, ...]:
    """What makes two requests attempts at the same thing: the class they are about, else the row."""
    if class_id := parameters.get("class_id"):
        return method, class_id
    presenter = parameters.get("presenter_email") or parameters.get("presenter_id", "")
    return method, parameters.get("title", ""), parameters.get("start_time", ""), presenter
