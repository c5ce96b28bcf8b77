"""Texts in the templates of pages: a text may hold tags, and no fact can."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup, escape

from batch.core.text import visible
from batch.report.wording.language import translated
from batch.report.wording.phrases import Filler


class _MarkupFiller(Filler):
    def format_field(self, value: Any, format_spec: str) -> str:
        return escape(visible(super().format_field(value, format_spec)))


_FILLER = _MarkupFiller()


def tr_markup(template: str, **facts: object) -> Markup:
    """A text of ours in the language that is spoken, with its facts made harmless.

    >>> tr_markup("<b>{file}</b> has {rows:count row}", file="<i>.csv", rows=2)
    Markup('<b>&lt;i&gt;.csv</b> has 2 rows')
    """
    return Markup(_FILLER.vformat(translated(template), (), facts))  # noqa: S704 - texts of the catalogue are ours


#: What every template may call, besides what it is given.
IN_TEMPLATES: Mapping[str, Callable[..., str]] = {"tr": tr_markup}
