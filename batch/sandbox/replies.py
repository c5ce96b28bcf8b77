"""Replies as the service writes them: captured live style, or that of its documentation.

`status` stands first in its element: two of the vendor's own plugins read the
first attribute rather than the one of that name.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal
from xml.sax.saxutils import escape

from batch.core.quick_dataclass import dataclass

# Characters that XML 1.0 cannot hold in any spelling. The service would not echo them either.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Cdata:
    """Text in CDATA, as titles, addresses, dates and links come."""

    text: str


@dataclass(frozen=True, slots=True)
class Element:
    name: str
    content: "str | int | Cdata | Sequence[Element] | None" = ""  #: None: written <name/>
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Style:
    """How replies of one account look."""

    style: Literal["live", "doc"]
    give_call_id: bool

    def ok(self, method: str, content: Sequence[Element], call_id: str | None) -> bytes:
        done = Element(method, content, {"status": "true"})
        return self._rsp("ok", call_id, [Element("method", method), done])

    def fail(self, code: str | None, message: str, call_id: str | None) -> bytes:
        """A refusal. `code` None leaves the attribute out, `call_id` None likewise."""
        attributes = {"msg": message} if code is None else {"code": code, "msg": message}
        return self._rsp("fail", call_id, [Element("error", None, attributes)])

    def _rsp(self, status: str, call_id: str | None, content: Sequence[Element]) -> bytes:
        attributes = {"status": status}
        if call_id is not None and self.give_call_id:
            attributes["call_id"] = call_id
        rsp = Element("rsp", content, attributes)
        text = _line(rsp, "'") if self.style == "live" else "\n" + _indented(rsp, 0)
        return text.encode()


def document(root: Element) -> bytes:
    """A file that stands there to be read, with a declaration."""
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_indented(root, 0)}'.encode()


def _line(element: Element, quote: str) -> str:
    content = element.content
    opening = _opening(element, quote)
    if content is None:
        return f"<{opening}/>"
    inner = (
        _text(content)
        if isinstance(content, str | int | Cdata)
        else "".join(_line(each, quote) for each in content)
    )
    return f"<{opening}>{inner}</{element.name}>"


def _indented(element: Element, depth: int) -> str:
    content = element.content
    margin = "  " * depth
    if content is None or isinstance(content, str | int | Cdata) or not content:
        return f"{margin}{_line(element, chr(34))}\n"
    inner = "".join(_indented(each, depth + 1) for each in content)
    return f"{margin}<{_opening(element, chr(34))}>\n{inner}{margin}</{element.name}>\n"


def _opening(element: Element, quote: str) -> str:
    entity = {"'": "&apos;", '"': "&quot;"}
    attributes = (
        f" {name}={quote}{escape(_NOT_XML.sub('', value), entity)}{quote}"
        for name, value in element.attributes.items()
    )
    return element.name + "".join(attributes)


def _text(content: str | int | Cdata) -> str:
    if isinstance(content, Cdata):
        # An end of CDATA inside the text is split over two sections.
        return f"<![CDATA[{_NOT_XML.sub('', content.text).replace(']]>', ']]]]><![CDATA[>')}]]>"
    return escape(_NOT_XML.sub("", str(content)))
