"""Webhooks and API pages of Jira -> records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from fairlead.connectors.jira import comments, history, issues, links, sprints, versions
from fairlead.connectors.jira.sheet import Sheet
from fairlead.connectors.kit.connector import Delivery, Options, Reading, Sweep
from fairlead.connectors.kit.payload import Doc, document
from fairlead.connectors.kit.reading import page_date, read_entries, routed
from fairlead.model.errors import Unreadable
from fairlead.model.times import parse_time

_NOTHING: Mapping[str, str] = MappingProxyType(
    {
        "issuelink_": "Jira draws such links itself, and its issues tell them as their parent or epic",
        "board_": "boards lead to sprints and have no record of their own",
        "project_": "projects are told by their issues",
        "worklog_": "hours that people book are not recorded",
        "attachment_": "files are not recorded",
        "jira:worklog_": "hours that people book are not recorded",
    }
)
_GONE = ("project_deleted", "project_soft_deleted")


def read(delivery: Delivery, options: Options) -> Reading:
    """A payload -> patches and events."""
    return routed(delivery, options, webhook=_webhook, page=_page)


def _webhook(delivery: Delivery, options: Options) -> Reading:
    payload = document(delivery.body)
    kind = payload.need_text("webhookEvent")
    sheet = Sheet(options, payload.time("timestamp") or None, {})
    if kind.startswith("jira:issue_"):
        issues.event(sheet, payload, kind)
    elif kind.startswith("issuelink_"):
        links.event(sheet, payload, kind)
    elif kind.startswith("comment_"):
        comments.event(sheet, payload, kind)
    elif kind.startswith("sprint_"):
        sprints.event(sheet, payload, kind)
    elif kind.startswith("jira:version_"):
        versions.event(sheet, payload, kind)
    elif kind in ("user_created", "user_updated"):
        sheet.account(payload.need("user"))
    elif kind in _GONE:
        _project_gone(sheet, payload)
    why = next((words for start, words in _NOTHING.items() if kind.startswith(start)), "")
    return sheet.reading(why or f"`{kind}` carries none of our records")


def _project_gone(sheet: Sheet, payload: Doc) -> None:
    """Its issues go without a word of their own."""
    scope = sheet.item(payload.need("project").need_text("key")) + "-"
    if sheet.date:
        sheet.sweeps.append(Sweep("work_items", scope, frozenset(), sheet.date))


def _page(delivery: Delivery, options: Options) -> Reading:
    keys, reader = _PAGES.get(delivery.kind.removeprefix("api:"), ((), None))
    return read_entries(delivery, Sheet(options, page_date(delivery.headers), delivery.headers), reader, *keys)


def _logged(sheet: Sheet, found: Doc) -> None:
    """An entry of `/issue/{key}/changelog`."""
    history.tell(sheet, _about(sheet), history.entry(sheet, found))


def _changelog(sheet: Sheet, found: Doc) -> None:
    """An entry, and with the first page what the sync found out from all of them: the first status."""
    begun = bool(sheet.patches)
    _logged(sheet, found)
    created, identity, name = (sheet.headers.get(key, "") for key in ("created", "first", "first_name"))
    if created and name and not begun:
        history.began(sheet, _about(sheet), _time(created), first=(identity, name))


def _comment(sheet: Sheet, found: Doc) -> None:
    comments.say(sheet, found, _about(sheet))


def _about(sheet: Sheet) -> str:
    """Item of a page below an issue, by the path that it was asked by."""
    parts = sheet.headers.get("path", "").strip("/").split("/")
    at = parts.index("issue") + 1 if "issue" in parts else len(parts)
    if at >= len(parts) or not sheet.item_named(parts[at]):
        raise Unreadable("path", "the page does not tell which issue it is about")
    return sheet.item(parts[at])


def _time(text: str) -> datetime:
    try:
        found = parse_time(text)
    except ValueError:
        found = None
    if found is None:
        raise Unreadable("created", "the page does not tell when its issue was made")
    return found


_PAGES: Mapping[str, tuple[tuple[str, ...], Callable[[Sheet, Doc], object] | None]] = MappingProxyType(
    {
        "issues": (("issues",), issues.snapshot),
        "search": (("issues",), issues.snapshot),
        "changelog": (("values", "histories"), _changelog),
        "comments": (("comments",), _comment),
        "sprints": (("values",), sprints.snapshot),
        "versions": (("values",), versions.snapshot),
    }
)
