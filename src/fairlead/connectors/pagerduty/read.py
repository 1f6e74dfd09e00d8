"""Webhooks and API pages of PagerDuty -> records."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.payload import Doc, document
from fairlead.connectors.kit.reading import page_date, read_entries, routed
from fairlead.connectors.pagerduty import incidents, oncall
from fairlead.connectors.pagerduty.sheet import Sheet
from fairlead.model.errors import Unreadable
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.records.people import Account

_NOTHING: Mapping[str, str] = MappingProxyType(
    {
        "pagey.ping": "PagerDuty tried the webhook",
        "incident.responder.added": "who was asked to help is no part of an incident's course",
        "incident.responder.replied": "who was asked to help is no part of an incident's course",
        "incident.conference_bridge.updated": "conference bridges are not recorded",
        "service.deleted": "what a service was keeps its name in the incidents that it had",
    }
)


def read(delivery: Delivery, options: Options) -> Reading:
    """A payload -> patches and events."""
    return routed(delivery, options, webhook=_webhook, page=_page)


def _webhook(delivery: Delivery, options: Options) -> Reading:
    event = document(delivery.body).need("event")
    kind = event.need_text("event_type")
    if why := _NOTHING.get(kind):
        return Reading(nothing=why)
    sheet, at = Sheet(options), event.need_time("occurred_at")
    data = event.need("data")
    shape = data.need_text("type")
    if shape == "incident":
        incidents.told(sheet, data, kind.partition(".")[2], incidents.second(at), sheet.account(event.child("agent")))
    elif shape == "incident_note":
        incidents.note(sheet, data, sheet.incident_of(data), at, sheet.account(event.child("agent")))
    elif shape in ("incident_status_update", "status_update"):
        incidents.update(sheet, data, sheet.incident_of(data), at, sheet.account(event.child("agent")))
    elif shape == "service":
        sheet.service(data)
    return sheet.reading(f"`{kind}` carries none of our records")


def _page(delivery: Delivery, options: Options) -> Reading:
    name = delivery.kind.removeprefix("api:")
    # a list stands below its name, and what was asked for alone below its singular
    keys = (name, name.removesuffix("s"))
    return read_entries(
        delivery, Sheet(options, page_date(delivery.headers), delivery.headers), _PAGES.get(name), *keys
    )


def _user(sheet: Sheet, user: Doc) -> None:
    """A user of the account; PagerDuty has verified the address, which people sign in with."""
    address = (user.text("email") or "").strip().lower()
    record = Account(
        id=f"{sheet.source}:@{user.need_text('id')}",
        source=sheet.source,
        url=user.text("html_url"),
        external_id=user.text("id"),
        name=user.text("name"),
        email=address or None,
        email_verified=bool(address),
    )
    sheet.patches.append(Patch(record, sheet.date or OLDEST))


def _entry(sheet: Sheet, entry: Doc) -> None:
    incidents.logged(sheet, entry, _about(sheet, entry))


def _note(sheet: Sheet, entry: Doc) -> None:
    incidents.note(
        sheet, entry, _about(sheet, entry), entry.need_time("created_at"), sheet.account(entry.child("user"))
    )


def _update(sheet: Sheet, entry: Doc) -> None:
    at, sender = entry.need_time("created_at"), sheet.account(entry.child("sender"))
    incidents.update(sheet, entry, _about(sheet, entry), at, sender)


def _about(sheet: Sheet, entry: Doc) -> str:
    """Incident of an entry: embedded, or the one whose path the page was asked by."""
    if entry.child("incident") is not None:
        return sheet.incident_of(entry)
    parts = sheet.headers.get("path", "").strip("/").split("/")
    if len(parts) < 2 or parts[0] != "incidents":
        raise Unreadable("path", "the page does not tell which incident it is about")
    return f"{sheet.source}:{parts[1]}"


_PAGES: Mapping[str, Callable[[Sheet, Doc], object]] = MappingProxyType(
    {
        "incidents": incidents.snapshot,
        "log_entries": _entry,
        "notes": _note,
        "status_updates": _update,
        "services": Sheet.service,
        "teams": Sheet.team,
        "users": _user,
        "oncalls": oncall.shift,
    }
)
