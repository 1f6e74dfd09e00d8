"""How the reader of every tool begins: a list of ids is our own, a page is of the API, all else is a webhook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from fairlead.connectors.kit import ids
from fairlead.connectors.kit.connector import Delivery, Options, Reading
from fairlead.connectors.kit.payload import Doc, entries
from fairlead.connectors.kit.sheet import Sheet
from fairlead.model.times import parse_time

_Sheet = TypeVar("_Sheet", bound=Sheet)
_Read = Callable[[Delivery, Options], Reading]


def routed(delivery: Delivery, options: Options, *, webhook: _Read, page: _Read) -> Reading:
    """Hands a delivery to the reader of its kind."""
    if ids.is_ours(delivery):
        return ids.read_ids(delivery.body)
    return (page if delivery.kind.startswith("api:") else webhook)(delivery, options)


def read_entries(
    delivery: Delivery, sheet: _Sheet, reader: Callable[[_Sheet, Doc], object] | None, *keys: str
) -> Reading:
    """Reads a page entry by entry; its list stands below one of the keys, or is the page."""
    if reader is None:
        return Reading(nothing=f"no reader for `{delivery.kind.removeprefix('api:')}`")
    for entry in entries(delivery.body, *keys):
        reader(sheet, entry)
    return sheet.reading("the page is empty")


def page_date(headers: Mapping[str, str]) -> datetime | None:
    """The server's date, as the caller of the API noted it beside a page; without one, nobody knows."""
    text = headers.get("date", "")
    try:
        # HTTP writes its own form of a date, files of captured pages write ISO
        return parsedate_to_datetime(text).astimezone(UTC) if "," in text else parse_time(text)
    except (ValueError, TypeError, OverflowError):
        return None
