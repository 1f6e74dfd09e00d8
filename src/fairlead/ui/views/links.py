"""Where an id leads: the tool's own page where the record knows it, else our page of the record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

_FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"person:", ("people",)),
    (r"team:", ("teams",)),
    (r"service:", ("services",)),
    (r"link:", ("identity_links",)),
    (r".+/deployment/[^/]+$", ("deployments",)),
    (r".+/(release|tag)/[^/]+$", ("releases", "deployments")),
    (r".+/(run|job|check|status)/.+$", ("builds", "deployments")),
    (r".+/alert/.+$", ("alerts",)),
    (r".+/milestone/\d+$", ("milestones",)),
    (r".+#\d+/.+$", ("change_events", "messages")),
    (r".+#\d+$", ("changes", "work_items", "incidents")),
    (r".+@[0-9a-f]{7,64}$", ("commits",)),
    (r".+:@.+$", ("accounts",)),
    (r"email:.+$", ("accounts",)),
)
"""Form of an id -> tables that may hold it, in the order of `docs/architecture.md`."""

_ELSEWHERE = ("changes", "work_items", "incidents", "deployments", "builds", "repositories", "sync_runs", "sources")


def tables_of(record: str) -> tuple[str, ...]:
    """Tables in which a record of this id may be."""
    for form, tables in _FORMS:
        if re.match(form, record):
            return tables
    return _ELSEWHERE


def page_of(record: str) -> str:
    """Our own page of a record."""
    return f"/records/{quote(record, safe=':@/')}"


def short(record: str) -> str:
    """An id as people say it: without the source, with seven signs of a hash."""
    text = record.partition(":")[2] or record
    return re.sub(r"@([0-9a-f]{7})[0-9a-f]{33,57}$", r"@\1", text)


def urls(warehouse: Any, records: Iterable[str]) -> Mapping[str, str]:
    """Id -> address of the tool's own page, for those that have one."""
    by_table: dict[str, list[str]] = {}
    for record in records:
        for table in tables_of(record):
            by_table.setdefault(table, []).append(record)
    found: dict[str, str] = {}
    for table, ids in by_table.items():
        found.update(_urls_of(warehouse, table, ids))
    return found


def _urls_of(warehouse: Any, table: str, ids: Sequence[str]) -> dict[str, str]:
    marks = ", ".join("?" for _ in ids)
    rows = warehouse.rows(
        f'select id, url from "{table}" where id in ({marks}) and url is not null',  # noqa: S608 - a name of the schema
        list(ids),
    )
    return {row["id"]: row["url"] for row in rows if safe(row["url"])}


def safe(url: str) -> bool:
    """Only web addresses become links: text from tools may hold `javascript:`."""
    return url.startswith(("https://", "http://"))
