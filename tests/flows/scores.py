"""Finds what measures people: a table, list, sentence or JSON object that puts a number beside somebody's name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

WORDS = re.compile(
    r"\b(leaderboard|ranking of|top (contributors|reviewers|authors)|most (productive|active)|rangliste)\b", re.I
)
DONE = (
    r"(commits?|changes?|reviews?|lines?|points?|pull requests?|merges?|deployments?"
    r"|Änderungen|Reviews|Zeilen|Punkte|Deployments)"
)
NUMBER = re.compile(r"[+-]?\d[\d.,\s]*(%|[a-zA-Zµ]{1,8}( a (day|week))?)?")
KEPT = frozenset(
    {
        "rev",
        "raw_seq",
        "number",
        "position",
        "total_slack",
        "free_slack",
        "criticality",
        "chance_in_time",
        "mode",
        "attempts",
    }
)
"""Numbers that count no work: places in a log, the number of a change, how much later a planned task may be."""


class Seen(HTMLParser):
    """Tables and lists of a page as texts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.lists: list[list[str]] = []
        self.text = ""
        self._lists: list[list[str]] = []
        self._quiet = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Opens a table, row, cell, list or item."""
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("")
        elif tag in ("ol", "ul", "dl"):
            self.lists.append([])
            self._lists.append(self.lists[-1])
        elif tag in ("li", "dt") and self._lists:
            self._lists[-1].append("")
        elif tag in ("script", "style", "select"):
            self._quiet += 1
        self.text += " "

    def handle_endtag(self, tag: str) -> None:
        """Closes a list; what is chosen from and what a script says is no text."""
        if tag in ("ol", "ul", "dl") and self._lists:
            self._lists.pop()
        elif tag in ("script", "style", "select"):
            self._quiet -= 1

    def handle_data(self, data: str) -> None:
        """Adds to the page, to the cell and to the item."""
        if self._quiet:
            return
        self.text += data
        if self.tables and self.tables[-1] and self.tables[-1][-1]:
            self.tables[-1][-1][-1] += data
        for items in self._lists[-1:]:
            if items:
                items[-1] += data


def in_page(text: str, people: frozenset[str]) -> Iterator[str]:
    """What an HTML page says about somebody's work in numbers."""
    seen = Seen(text)
    for table in seen.tables:
        yield from _in_table([[" ".join(cell.split()) for cell in row] for row in table], people)
    for items in seen.lists:
        yield from _in_items([" ".join(item.split()) for item in items], people)
    yield from in_text(" ".join(seen.text.split()), people)


def in_text(text: str, people: frozenset[str]) -> Iterator[str]:
    """What prose, Markdown among it, says."""
    yield from (found[0] for found in WORDS.finditer(text))
    yield from _in_items([line.strip(" -*|0123456789.") for line in text.splitlines()], people)
    for found in re.finditer(r"(merged|wrote|committed|closed|reviewed|opened|completed) (\d[\d.,]*) ", text):
        before = text[max(0, found.start() - 60) : found.start()].rpartition(". ")[2]
        if any(name in before for name in people):
            yield f"{before}{found[0]}"


def _in_table(rows: list[list[str]], people: frozenset[str]) -> Iterator[str]:
    """A column in which each row names somebody else, and another of numbers."""
    width = max(map(len, rows), default=0)
    columns = [[row[at] for row in rows[1:] if at < len(row)] for at in range(width)]
    named = [
        column for column in columns if len(column) > 1 and len(set(column)) == len(column) and _are(column, people)
    ]
    counted = [column for column in columns if sum(bool(NUMBER.fullmatch(cell)) for cell in column) > 1]
    if named and counted:
        yield f"a table of {named[0][:3]} with {counted[0][:3]}"


def _are(column: list[str], people: frozenset[str]) -> bool:
    return sum(cell in people for cell in column) > len(column) / 2


def _in_items(items: list[str], people: frozenset[str]) -> Iterator[str]:
    """Two items or more that begin with different people and count what they did."""
    found = {}
    for item in items:
        # Who could review is proposed with the parts of the fit: it is said of one change, and counts nothing done.
        who = next((name for name in people if item.startswith(name)), "")
        if who and " fits (" not in item and " passt (" not in item and re.search(rf"\d\s+{DONE}\b", item):
            found[who] = item
    if len(found) > 1:
        yield f"a list of people with counts: {list(found.values())[:2]}"


def in_json(value: Any, people: frozenset[str]) -> Iterator[str]:
    """Objects that name somebody and hold a number of their own."""
    if isinstance(value, dict):
        named = [part for part in value.values() if isinstance(part, str) and part in people]
        counted = [
            key
            for key, part in value.items()
            if isinstance(part, int | float) and not isinstance(part, bool) and key not in KEPT
        ]
        keyed = [key for key, part in value.items() if key in people and isinstance(part, int | float)]
        if (named and counted) or len(keyed) > 1:
            yield json.dumps(value)[:300]
        for part in value.values():
            yield from in_json(part, people)
    elif isinstance(value, list):
        for part in value:
            yield from in_json(part, people)
