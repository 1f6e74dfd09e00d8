"""Lists of everything that there is, as raw pages of our own: what is missing in one was deleted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from fairlead.connectors.kit.connector import Page, Reading, Sweep
from fairlead.connectors.kit.payload import document
from fairlead.model.raw import content_id
from fairlead.model.schema import TABLES
from fairlead.model.times import iso

KIND = "api:ids"


def ids_page(table: str, scope: str, ids: Iterable[str], at: datetime) -> Page:
    """All ids of a table below a scope, as they were listed at a moment."""
    # sorted, so that the same list in another order is the same event
    body = msgspec.json.encode({"table": table, "scope": scope, "ids": sorted(set(ids)), "at": iso(at)})
    return Page(kind=KIND, delivery=content_id("ids", body), body=body)


def read_ids(body: bytes) -> Reading:
    """Such a page, read."""
    page = document(body)
    table, scope = page.need_text("table"), page.need_text("scope")
    # a sweep of a table that is misspelt would find nothing missing and say nothing
    if table not in TABLES:
        page.wrong("table", "no such table")
    sweep = Sweep(table=table, scope=scope, ids=frozenset(page.texts("ids")), at=page.need_time("at"))
    return Reading(sweeps=(sweep,))
