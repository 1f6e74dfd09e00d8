"""A report in the form that was asked for, its charts drawn or as files of their own."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial

from fairlead.model.errors import Skip
from fairlead.reports import render
from fairlead.reports.charts import Charts
from fairlead.reports.document import Chart, Document
from fairlead.reports.pictures import MEDIA_TYPES, WAIT_S, charts_in, picture
from fairlead.reports.plain import plain
from fairlead.wiring.replies import Reply, Words, reply_json
from fairlead.wiring.services import Services


def shown(services: Services, document: Document, words: Words) -> Reply:
    """A document as text for a terminal, JSON, Markdown, HTML or blocks of Slack, or its charts as pictures."""
    form = words.get("form") or "terminal"
    if form == "json":
        return Reply(render.json(document), "application/json")
    if form == "md":
        return Reply(render.markdown(document), "text/markdown; charset=utf-8")
    if form == "html":
        return Reply(_html(services, document), "text/html; charset=utf-8")
    if form == "charts":
        return _all_charts(services, document)
    if form in MEDIA_TYPES:
        return _one_chart(services, document, words.get("chart", ""), form)
    if form == "slack":
        from fairlead.wiring.deliveries import page_of

        address = services.settings.server.public_url
        return reply_json(render.slack(document, address, page_of(services, document)))
    width, colour = int(words.get("width") or 100), bool(words.get("colour"))
    return Reply(render.terminal(document, width=width, colour=colour))


@contextmanager
def _drawing(services: Services) -> Iterator[Charts]:
    # what was drawn lies in the home's folder: whoever asks next finds it, in whatever process
    with closing(Charts(services.home / "cache" / "charts")) as charts:
        yield charts


def _html(services: Services, document: Document) -> str:
    """The report with its charts drawn; a chart that cannot be drawn in time leaves its table."""
    if not charts_in(document):
        return render.html(document)
    with _drawing(services) as charts:
        return render.html(document, partial(charts.svg, wait_s=WAIT_S))


def _all_charts(services: Services, document: Document) -> Reply:
    """Every chart in both forms, as text that any way between processes takes."""
    with _drawing(services) as charts:
        told = [
            {"name": chart.name, "title": chart.table.caption.text, **{
                form: b64encode(drawn).decode() if (drawn := picture(charts, chart, form)) else None
                for form in ("svg", "png")
            }}
            for chart in charts_in(document)
        ]  # fmt: skip
    return reply_json({"kind": document.kind, "charts": told})


def _one_chart(services: Services, document: Document, name: str, form: str) -> Reply:
    known = {chart.name: chart for chart in charts_in(document)}
    if name not in known:
        there = ", ".join(known) or "none in this report now"
        raise Skip(f"no chart `{plain(name)}`", hint=f"there are: {there}")
    with _drawing(services) as charts:
        drawn = _drawn(charts, known[name], form)
    return Reply("", MEDIA_TYPES[form], data=drawn)


def _drawn(charts: Charts, chart: Chart, form: str) -> bytes:
    drawn = picture(charts, chart, "png" if form == "png" else "svg")
    if drawn is None:
        why = charts.fault(chart.spec) or f"it took longer than {WAIT_S:.0f} s"
        raise Skip(f"the chart `{chart.name}` could not be drawn", hint=plain(why))
    return drawn
