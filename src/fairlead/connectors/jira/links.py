"""Links between issues. One link is one record, named by its ends, whichever of them tells it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from msgspec import UNSET

from fairlead.connectors.jira.sheet import Sheet, id_of
from fairlead.connectors.kit.happened import say_link
from fairlead.connectors.kit.ids import by_number, number_in
from fairlead.connectors.kit.moments import USUAL_RANK
from fairlead.connectors.kit.payload import Doc
from fairlead.model.records.kinds import Text
from fairlead.model.records.work import LINK_KINDS

_VERBS: Mapping[str, tuple[str, bool]] = MappingProxyType(
    {
        "blocks": ("blocks", True), "is blocked by": ("blocks", False),
        "is depended on by": ("blocks", True), "depends on": ("blocks", False),
        "has to be done before": ("blocks", True), "has to be done after": ("blocks", False),
        "duplicates": ("duplicates", True), "is duplicated by": ("duplicates", False),
        "clones": ("clones", True), "is cloned by": ("clones", False),
        "causes": ("causes", True), "is caused by": ("causes", False),
        "is parent of": ("parent_of", True), "is child of": ("parent_of", False),
        "is parent task of": ("parent_of", True), "is child task of": ("parent_of", False),
    }
)  # fmt: skip
"""What an issue does to the other, in the words of link types -> kind, and whether it is the issue that does it."""

_LOGGED = re.compile(r"This issue (.{1,200}?) ([A-Z][A-Z0-9_]{0,254}-\d{1,18})", re.DOTALL)


def snapshot(sheet: Sheet, item: str, fields: Doc, at: datetime, rank: int) -> None:
    """The links that an issue carries now."""
    for link in fields.children("issuelinks"):
        kind = link.child("type")
        for end, way in (("outwardIssue", "outward"), ("inwardIssue", "inward")):
            other, verb = link.child(end), kind.text(way) if kind else None
            if other is not None and (named := sheet.item_named(other.text("key"))):
                _say(sheet, item, named, _meaning(sheet, verb), at, rank)


def logged(sheet: Sheet, item: str, change: Doc, at: datetime) -> None:
    """A `Link` entry of a changelog: it names the other issue within a sentence."""
    for key, gone in (("fromString", True), ("toString", False)):
        sentence = _LOGGED.match(change.text(key) or "")
        if sentence is None:
            continue
        verb, other = sentence.groups()
        _say(sheet, item, sheet.item(other), _meaning(sheet, verb), at, USUAL_RANK, gone=gone, drawn=True)


def event(sheet: Sheet, payload: Doc, kind: str) -> None:
    """An `issuelink_*` webhook, the only one that a link sets off at once: it names both issues by their number."""
    link = payload.need("issueLink")
    at, sort = sheet.date, link.need("issueLinkType")
    # subtasks and the epics of older projects hang together by links of the system, which no issue shows among its
    # own: `parent` and the epic link tell them
    if at is None or link.flag("systemLink") or sort.flag("isSystemLinkType") or sort.flag("isSubTaskLinkType"):
        return
    source, target = (_numbered(sheet, link, end) for end in ("sourceIssueId", "destinationIssueId"))
    # the outward words are those that the source says of the target
    words = _meaning(sheet, sort.text("outwardName"))
    _say(sheet, source, target, words, at, USUAL_RANK, gone=kind == "issuelink_deleted", drawn=True)


def _numbered(sheet: Sheet, link: Doc, end: str) -> str:
    found = by_number(sheet.source, id_of(link, end))
    # anything else would wait for ever for an issue of that number
    return found if number_in(found) else link.wrong(end, "not the number of an issue")


def _meaning(sheet: Sheet, verb: Text) -> tuple[str, bool]:
    """Kind, and whether the issue at hand is the one that does it; what nobody knows relates in some way.

    By the words and never by the name of the link type: a changelog has nothing but the words.
    """
    word = verb if isinstance(verb, str) else ""
    own = sheet.options.get("links")
    chosen = own.get(word) if isinstance(own, Mapping) else None
    if isinstance(chosen, str) and chosen.removeprefix("-") in LINK_KINDS:
        return chosen.removeprefix("-"), not chosen.startswith("-")
    return _VERBS.get(word.strip().lower(), ("relates", True))


def _say(
    sheet: Sheet,
    item: str,
    other: str,
    meaning: tuple[str, bool],
    at: datetime,
    rank: int,
    *,
    gone: bool = False,
    drawn: bool = False,
) -> None:
    kind, doer = meaning
    one, two = (item, other) if doer else (other, item)
    # an issue shows that it has a link and not since when; what the link blocks waits from the drawing of it on
    since = at if drawn and not gone else UNSET
    say_link(sheet, one, kind, two, at, rank, created_at=since, deleted_at=at if gone else None)
