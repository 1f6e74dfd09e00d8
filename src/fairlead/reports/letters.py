"""A report as a message: a mail with its charts and the whole page beside it, a file, an entry of a feed."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from fairlead.governance.letter import Letter, Part
from fairlead.model.errors import Abort
from fairlead.reports import render
from fairlead.reports.charts import Charts, chart_key
from fairlead.reports.document import Document
from fairlead.reports.pictures import WAIT_S, charts_in, picture
from fairlead.reports.wording import Wording

MEDIA_TYPES = {"md": "text/markdown", "html": "text/html", "json": "application/json"}
"""Forms of files."""

BLOCKS = "slack.json"
"""Name of the part of a message that holds its blocks."""
_WIDTH = 76
"""Columns of a mail's text: it is quoted with a mark before each line."""


def subject(document: Document) -> str:
    """The finding, and whose it is."""
    return f"{document.scope}: {document.title.text}" if document.scope else document.title.text


def as_mail(document: Document, charts: Charts, *, page: str = "", asked_by: str = "", plain: bool = False) -> Letter:
    """A mail; `page` is where the report stands as it is now, `asked_by` whose wish it is, `plain` text alone."""
    words = Wording(document.language)
    foot = [words("mail.page", url=page)] if page else []
    foot += [words("mail.asked", delivery=asked_by)] if asked_by else []
    text = render.terminal(document, width=_WIDTH)
    if plain:
        return Letter(subject=subject(document), text="\n".join([text, *foot, ""]))
    name = f"{document.kind}-{document.as_of:%Y-%m-%d}.html"
    foot = [words("mail.attached", file=name), *foot]
    pictures = _pictures(document, charts)
    shown = {key: f"cid:{part.name}" for key, part in pictures.items()}
    whole = render.html(document, partial(charts.svg, wait_s=WAIT_S))
    return Letter(
        subject=subject(document),
        text="\n".join([text, *foot, ""]),
        html=render.mail(document, lambda spec: shown.get(chart_key(spec)), foot),
        parts=(*pictures.values(), Part(name=name, media_type="text/html", data=whole.encode())),
    )


def as_file(document: Document, charts: Charts, name: str) -> Letter:
    """A file whose name says its form."""
    form = name.rpartition(".")[2]
    if form not in MEDIA_TYPES:
        raise Abort(f"`{name}` names no form", hint=f"end it with one of: {', '.join(MEDIA_TYPES)}")
    if form == "html":
        text = render.html(document, partial(charts.svg, wait_s=WAIT_S))
    else:
        text = render.json(document) if form == "json" else render.markdown(document)
    part = Part(name=name.rpartition("/")[2], media_type=MEDIA_TYPES[form], data=text.encode())
    return Letter(subject=subject(document), text="", parts=(part,))


def as_chat(document: Document, address: str = "", page: str = "") -> Letter:
    """A message to a channel: blocks for Slack, text for whatever knows none; `address` is where our pages are."""
    blocks = msgspec.json.encode(render.slack(document, address, page))
    foot = [Wording(document.language)("mail.page", url=page)] if page else []
    text = "\n".join([render.terminal(document, width=_WIDTH), *foot])
    return Letter(
        subject=subject(document), text=text, parts=(Part(name=BLOCKS, media_type="application/json", data=blocks),)
    )


def as_entry(document: Document, charts: Charts, *, page: str = "") -> Letter:
    """An entry of a feed: whoever reads it can fetch nothing, so pictures stand in it."""
    words = Wording(document.language)
    shown = {
        key: f"data:{part.media_type};base64,{b64encode(part.data).decode()}"
        for key, part in _pictures(document, charts).items()
    }
    foot: Sequence[str] = [words("mail.page", url=page)] if page else []
    html = render.mail(document, lambda spec: shown.get(chart_key(spec)), foot)
    return Letter(subject=subject(document), text="", html=html)


def _pictures(document: Document, charts: Charts) -> Mapping[str, Part]:
    """Key of a specification -> its picture; what cannot be drawn in time stands as its table."""
    found = {}
    for number, chart in enumerate(charts_in(document), start=1):
        if png := picture(charts, chart, "png"):
            # numbered: two of one name would be one picture to the reader
            name = f"{number}-{chart.name}.png"
            found[chart_key(chart.spec)] = Part(name=name, media_type="image/png", data=png, inline=True)
    return found
