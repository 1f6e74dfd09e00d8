"""Ids that several rooms must read alike, and raw pages of our own that list them: what there is and what is gone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

import msgspec

from fairlead.connectors.kit.connector import Delivery, Page, Reading, Sweep
from fairlead.connectors.kit.moments import GONE
from fairlead.connectors.kit.payload import document
from fairlead.model.errors import Skip
from fairlead.model.patch import Patch
from fairlead.model.raw import content_id
from fairlead.model.schema import TABLES
from fairlead.model.times import iso

KIND = "api:ids"
_GONE = "api:gone"
_BY_NUMBER = re.compile(r"([^:]+):issue/([0-9]{1,18})")
# the hosts number their own alerts, so a digest tells the two apart
_HANDED_OVER = re.compile(r"@[0-9a-f]{7,64}/(?:test|coverage)/|/alert/code_scanning/[0-9a-f]{20}(?:/|$)")


def by_number(source: str, number: int | str = "") -> str:
    """Id of an item that a payload names by the tool's number alone; without a number, what all such ids begin with.

    It stands only until ingestion knows the item: then the item's own id takes its place.
    """
    return f"{source}:issue/{number}"


def number_in(record_id: str) -> tuple[str, str] | None:
    """Source and number of such an id, `None` for every other."""
    found = _BY_NUMBER.fullmatch(record_id)
    return (found[1], found[2]) if found else None


def is_handed_over(record_id: str) -> bool:
    """Whether a file of results made this id: below a repository that no tool named, but a line in a CI script."""
    return _HANDED_OVER.search(record_id) is not None


def link_ends(one: str, kind: str, other: str) -> tuple[str, str]:
    """The ends of a link in the order in which it is kept, and named by."""
    # who relates to whom depends on the side that one looks from: without an order both sides would tell a link each
    return (min(one, other), max(one, other)) if kind == "relates" else (one, other)


def ids_page(table: str, scope: str, ids: Iterable[str], at: datetime) -> Page:
    """All ids of a table below a scope, as they were listed at a moment; raises `Skip` if one was listed twice.

    A page that comes twice stands in the place of another one, and what that one lists would count as deleted. A list
    that names things several times by its nature is handed over as a set.
    """
    listed = sorted(ids)
    if again := next((one for one, following in pairwise(listed) if one == following), None):
        raise Skip(f"the list names `{again}` twice, so it may lack others; nothing is taken for deleted")
    # sorted, so that the same list in another order is the same event
    body = msgspec.json.encode({"table": table, "scope": scope, "ids": listed, "at": iso(at)})
    return Page(kind=KIND, delivery=content_id("ids", body), body=body)


def gone_page(table: str, ids: Iterable[str], at: datetime) -> Page:
    """Ids that a list had before and has no more, where no scope tells them from what other lists hold."""
    body = msgspec.json.encode({"table": table, "gone": sorted(set(ids)), "at": iso(at)})
    return Page(kind=_GONE, delivery=content_id("gone", body), body=body)


def is_ours(delivery: Delivery) -> bool:
    """Whether it is such a page, and none of the tool's."""
    return delivery.kind in (KIND, _GONE)


def read_ids(body: bytes) -> Reading:
    """Such a page, read."""
    page = document(body)
    table = page.need_text("table")
    # a sweep of a table that is misspelt would find nothing missing and say nothing
    if table not in TABLES:
        page.wrong("table", "no such table")
    if "gone" in page:
        at = page.need_time("at")
        return Reading(patches=[Patch(TABLES[table](id=one, deleted_at=at), at, GONE) for one in page.texts("gone")])
    scope = page.need_text("scope")
    sweep = Sweep(table=table, scope=scope, ids=frozenset(page.texts("ids")), at=page.need_time("at"))
    return Reading(sweeps=(sweep,))
