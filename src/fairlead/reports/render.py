"""A document in the form that was asked for; each form is loaded when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from fairlead.reports.document import Document


def terminal(document: Document, *, width: int = 80, colour: bool = False) -> str:
    """Lines of at most `width` columns; with `colour` also escape codes and links."""
    from fairlead.reports.renderers.as_terminal import render

    return render(document, width=width, colour=colour)


def markdown(document: Document) -> str:
    """GitHub-flavoured Markdown."""
    from fairlead.reports.renderers.as_markdown import render

    return render(document)


def html(document: Document, draw: Callable[[dict[str, Any]], str | None] | None = None) -> str:
    """A whole page of its own; `draw` makes an SVG of a chart's specification."""
    from fairlead.reports.renderers.as_html import render

    return render(document, draw)


def mail(document: Document, image: Callable[[dict[str, Any]], str | None], foot: Sequence[str] = ()) -> str:
    """HTML that readers of mail show; `image` gives the address of a specification's picture, like `cid:x.png`."""
    from fairlead.reports.renderers.as_html import render_mail

    return render_mail(document, image, foot)


def slack(document: Document, address: str = "", page: str = "") -> dict[str, Any]:
    """Fallback text and blocks of Block Kit; `address` is where our pages are reached, `page` that of the report."""
    from fairlead.reports.renderers.as_slack import render

    return render(document, address, page)


def json(document: Document) -> str:
    """Indented JSON with the evidence of every claim."""
    from fairlead.reports.renderers.as_json import render

    return render(document)


def to_plain(document: Document) -> dict[str, Any]:
    """Plain values as in `json`, for an answer that holds more than the document."""
    from fairlead.reports.renderers.as_json import to_plain as plain_values

    return plain_values(document)


def csv(columns: Sequence[str], found: Iterable[Mapping[str, Any]]) -> str:
    """Rows as CSV for spreadsheets, in which no text is a formula."""
    from fairlead.reports.renderers.as_csv import render

    return render(columns, found)


def rows(
    columns: Sequence[str],
    found: Sequence[Mapping[str, Any]],
    *,
    cut: bool = False,
    width: int = 0,
    colour: bool = False,
    language: str = "en",
) -> str:
    """Rows of a query as a table, for a terminal where a width is given; `cut` says that there were more."""
    from fairlead.reports.renderers.as_table import render

    return render(columns, found, cut=cut, width=width, colour=colour, language=language)
