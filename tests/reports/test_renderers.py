"""Four forms of one tree: nothing is lost, nothing from tools takes effect, 80 columns hold it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from fairlead.metrics.memory_source import MemorySource
from fairlead.metrics.warehouse import Warehouse
from fairlead.model.figures import Definition, Evidence, Figure, Freshness, Point, Window
from fairlead.model.setup import Setup
from fairlead.model.times import FixedClock
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.document import (
    Act,
    Cell,
    Claim,
    Document,
    Empty,
    FigureBlock,
    Notice,
    Ref,
    Section,
    Table,
    Unfounded,
)
from fairlead.reports.figure_words import figure_block
from fairlead.reports.figures_page import figures_page
from fairlead.reports.plain import json_text, plain
from fairlead.reports.wording import Wording

NOW = datetime(2026, 11, 18, 9, 2, tzinfo=UTC)
EVIDENCE = Evidence(ids=("github:acme/pay#1", "x"), count=3, query="select * from changes")


def claim(text: str = "waits for Kim", **more: Any) -> Claim:
    return Claim(key="k", text=text, evidence=EVIDENCE, **more)


def figure(**more: Any) -> Figure:
    said: dict[str, Any] = {
        "name": "lead_time", "title": "Lead time", "value": 31 * 3600.0, "unit": "seconds",
        "window": Window(start=NOW, end=NOW), "n": 48, "excluded": {"no_review": 3}, "previous": 33 * 3600.0,
        "direction": "down", "band": "high", "definition": Definition(name="lead_time", version=1, url="/d"),
        "freshness": Freshness(as_of=NOW), "rows": EVIDENCE,
        "trend": tuple(Point(start=NOW, end=NOW, value=value, n=1) for value in (1.0, None, 4.0)),
    }  # fmt: skip
    return Figure(**(said | more))


def document(*blocks: Any, **more: Any) -> Document:
    said: dict[str, Any] = {
        "kind": "brief", "title": claim("Two changes wait"), "scope": "Payments", "as_of": NOW,
        "shown_as_of": "Wed 18 Nov 2026, 09:02", "freshness": "GitHub 1 min ago",
        "sections": (Section("needs", "Needs you", blocks, aside="today", numbered=True),),
    }  # fmt: skip
    return Document(**(said | more))


FULL = document(
    claim(
        refs=(Ref("github:acme/pay#1", "acme/pay#1", "https://github.example/1"),),
        title="Retry webhooks",
        reasons=(claim("Lee owns 3 of 5 files."),),
        act=Act("Approve", command="fairlead approve 17"),
    ),
    figure_block(figure(), Wording("en", now=NOW)),
    Table(
        ("change", "lines"),
        ((Cell("acme/pay#1", "https://github.example/1"), Cell("12", number=True)),),
        claim("All"),
    ),
    Notice("warning", claim("PagerDuty is silent")),
    Empty(claim("Nothing here", act=Act("Bring it", command="fairlead sync"))),
)
FORMS = {"terminal": render.terminal, "markdown": render.markdown, "html": render.html, "json": render.json}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_tells_everything(form: str) -> None:
    text = FORMS[form](FULL)
    for part in (
        "Two changes wait", "acme/pay#1", "Retry webhooks", "waits for Kim", "Lee owns 3 of 5 files.", "31 h",
        "2 h faster", "n 48, 3 left out", "merged without review", "PagerDuty is silent", "Nothing here",
        "fairlead approve 17", "fairlead sync", "Payments", "GitHub 1 min ago", "12",
    ):  # fmt: skip
        assert part in text.replace("\\#", "#"), f"{form} lost {part}"


def test_html_is_a_page_that_asks_nobody_for_anything() -> None:
    page = render.html(FULL)
    assert page.startswith('<!doctype html>\n<html lang="en">')
    assert "<title>Two changes wait" in page
    assert "@media print" in page
    assert not re.search(r"<(script|link|img|iframe)\b|@import|url\(", page)


def test_a_claim_without_evidence_cannot_be_made() -> None:
    for wrong in (
        Evidence(ids=(), count=0, query="select 1"),
        Evidence(ids=("x",), count=1, query=" "),
        Evidence(ids=("x",), count=-1, query="select 1"),
    ):
        with pytest.raises(Unfounded, match="rests on nothing"):
            Claim(key="k", text="t", evidence=wrong)


def test_json_keeps_evidence_of_every_claim_and_every_figure_whole() -> None:
    told = json.loads(render.json(FULL))
    texts: list[str] = []

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if "text" in node:
                texts.append(node["text"])
                assert node["evidence"]["ids"]
                assert node["evidence"]["query"]
                assert node["evidence"]["count"] == 3
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(told)
    assert len(texts) == len(list(FULL.claims())) == 6
    (shown,) = [block for block in told["sections"][0]["blocks"] if block["kind"] == "figure"]
    assert {"value", "unit", "n", "excluded", "definition", "freshness", "rows"} <= set(shown)
    assert shown["excluded"] == {"no_review": 3}


HOSTILE = [
    "<script>alert(1)</script>",
    "[link](javascript:alert(1)) ![x](https://evil.example/p.png)",
    "[bold red]fake[/] markup",
    "\x1b[31mred\x1b[0m \x07 bell",
    "line\r\n\n# Heading\n\n- item",
    "right\u202eto left\u2066 isolate\u2069",
    "zero\u200bwidth\ufeff and null\x00 and \ud800 lone",
    "`code` | cell | *b* _i_ ~s~ @acme/everybody #12",
    "مرحبا بالعالم 日本語 👩‍👩‍👧",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_from_tools_takes_no_effect(text: str) -> None:
    said = plain(text)
    told = document(claim(refs=(Ref("r", said, "javascript:alert(1)"),), title=said))
    html, markdown = render.html(told), render.markdown(told)
    assert "<script" not in html
    assert not re.search(r"""<a[^>]*href=["']?\s*javascript""", html)
    assert not re.search(r"(?<!\\)\]\((?!<https://github)", markdown)
    assert "\n# Heading" not in markdown
    for shown in (html, markdown, render.terminal(told)):
        assert not set(shown) & {"\x1b", "\x07", "\x00", "\u202e", "\u2066", "\u200b", "\ufeff", "\r"}
        shown.encode("utf-8")


def test_json_keeps_what_commands_a_terminal_as_numbers() -> None:
    told = {"title": "a\x1b[2J\x9b31m\u202eb\x7f", "plain": "Ünïcode\n日本"}
    text = json_text(told)
    assert text.replace("\n", "").isprintable()
    assert json.loads(text) == told


def test_letters_of_every_script_stay() -> None:
    assert plain("مرحبا 日本語 ünïcode 👩‍👩‍👧") == "مرحبا 日本語 ünïcode 👩‍👩‍👧"
    assert plain("x" * 500) == "x" * 199 + "…"
    assert plain(None) == ""


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.text(max_size=120), st.sampled_from([40, 80, 133]))
def test_terminal_keeps_its_width_and_forms_never_break(title: str, text: str, width: int) -> None:
    told = document(
        claim(plain(text), refs=(Ref("r", plain(title)[:30] or "r"),), title=plain(title)),
        figure_block(figure(title="T"), Wording("de", now=NOW)),
        language="de",
    )
    lines = render.terminal(told, width=width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    parser = _Balanced()
    parser.feed(render.html(told))
    assert parser.open == []
    json.loads(render.json(told))
    assert plain(plain(text)) == plain(text)


class _Balanced(HTMLParser):
    """Fails on elements that are not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_in_a_narrow_terminal_the_title_is_cut_and_the_finding_is_whole() -> None:
    finding = "waits for Kim since Fri 15:10, 1.4 working days (85 % here: up to 0.9)"
    told = document(claim(finding, refs=(Ref("r", "acme/payments#412"),), title="A title " * 20))
    text = render.terminal(told, width=80)
    assert finding in text
    assert "…" in text


def test_colour_only_repeats_words() -> None:
    coloured = render.terminal(FULL, width=100, colour=True)
    bare = re.sub(r"\x1b\]8;[^\x1b]*\x1b\\|\x1b\[[0-9;]*m", "", coloured)
    assert "\x1b[" in coloured
    assert [line.rstrip() for line in bare.splitlines()] == render.terminal(FULL, width=100).splitlines()


def test_figures_without_value_say_why() -> None:
    words = Wording("en", now=NOW)
    block = figure_block(figure(value=None, missing="no_deployments", excluded={}), words)
    assert block.value == "no figure: no deployment to production in this window"
    assert block.change == ""
    unknown = figure_block(figure(value=None, missing="my_own_reason"), words)
    assert unknown.value == "no figure: my own reason"
    assert isinstance(block, FigureBlock)


def test_units_and_changes_in_words() -> None:
    words = Wording("en", now=NOW)
    share = figure_block(figure(unit="share", value=0.06, previous=0.1), words)
    assert (share.value, share.change) == ("6 %", "4 points less")
    count = figure_block(figure(unit="per_week", value=4.0, previous=4.0), words)
    assert (count.value, count.change) == ("4 days a week", "as before")
    assert figure_block(figure(unit="lines", value=1.0, previous=None), words).value == "1 line"


def test_the_page_of_figures_counts_those_with_a_value() -> None:
    warehouse = Warehouse(None, MemorySource(), Setup(), FixedClock(NOW))
    warehouse.refresh()
    page = figures_page(Asked(warehouse, Setup(), NOW), [figure(), figure(value=None, missing="no_changes")])
    assert page.title.text == "1 of 2 figures have a value"
    assert "no merged change" in render.terminal(page)
    assert page.as_of == NOW, "the moment of the answer and not of the newest data"
    assert "no such figure" in render.markdown(figures_page(Asked(warehouse, Setup(), NOW), []))
    warehouse.close()
