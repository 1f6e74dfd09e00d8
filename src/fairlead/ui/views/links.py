"""Where an id leads: the tool's own page where the record knows it, else our page of the record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fairlead.metrics.shown import about_people
from fairlead.model.schema import TABLES
from fairlead.reports.renderers.walk import safe_url
from fairlead.ui.rights import sees_people
from fairlead.ui.visit import Visit

_FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"person:", ("people",)),
    (r"team:", ("teams",)),
    (r"service:", ("services",)),
    (r"link:", ("identity_links",)),
    (r"slo:", ("slos",)),
    # Before all others: what a run of tests is called may read like any of them.
    (r".+@[0-9a-f]{7,64}/test/.+$", ("test_results",)),
    (r".+@[0-9a-f]{7,64}/coverage/.+$", ("coverage",)),
    (r".+/deployment/[^/]+$", ("deployments",)),
    (r".+/(release|tag)/[^/]+$", ("releases", "deployments")),
    (r".+/(run|job|check|status)/.+$", ("builds", "deployments")),
    (r".+/alert/.+$", ("alerts",)),
    (r".+[:/](milestone|version)/[^/]+$", ("milestones",)),
    (r".+[:/](sprint|iteration)/[^/]+$", ("sprints",)),
    (r"[^/]+:team/[^/]+$", ("teams",)),
    (r"[^/]+:oncall/.+$", ("oncall_shifts",)),
    (r".+#\d+/.+$", ("change_events", "messages")),
    (r".+#\d+$", ("changes", "work_items", "incidents")),
    (r".+@[0-9a-f]{7,64}$", ("commits",)),
    # A team of the code host: its id has the account of the organisation in front.
    (r".+:@[^/]+/.+$", ("teams",)),
    (r".+:@.+$", ("accounts",)),
    (r"email:.+$", ("accounts",)),
)
"""Form of an id -> tables that may hold it, in the order of `docs/architecture.md`."""

# Ids of tools that nobody has described: looked for where records with pages of their own are.
_ELSEWHERE = ("changes", "work_items", "incidents", "deployments", "builds", "repositories", "sync_runs", "sources")


def tables_of(record: str) -> tuple[str, ...]:
    """Tables in which a record of this id may be."""
    # The first that fits: `#12/review/3` must not be taken for the change `#12`.
    for form, tables in _FORMS:
        if re.match(form, record):
            return tables
    return _ELSEWHERE


def readable(visit: Visit, record: str) -> tuple[str, ...]:
    """Of those tables the ones whose records the reader may open; a link to another would only be refused."""
    # A table whose ids are made of handles has no ids for who is no owner: a page by id would give them back.
    return tuple(table for table in tables_of(record) if sees_people(visit) or not about_people(table, "id"))


def anywhere(visit: Visit, record: str) -> str | None:
    """The table that holds a record whose id has a form that nobody foresaw, of those that the reader may open.

    Slower than asking where its form points to, for it asks everywhere: it is for pages of a single record.
    """
    tables = [table for table in TABLES if sees_people(visit) or not about_people(table, "id")]
    query = " union all ".join(f"select '{table}' as found from \"{table}\" where id = $id" for table in tables)  # noqa: S608 - names of the schema
    rows = visit.services.warehouse.rows(f"{query} limit 1", {"id": record})
    return str(rows[0]["found"]) if rows else None


def page_for(visit: Visit, record: str) -> str:
    """Our own page of a record, or nothing where the reader would be refused."""
    return page_of(record) if readable(visit, record) else ""


_GATHERED = {"team": "/teams", "service": "/services"}
"""Kind of id -> where all that belongs to it is gathered."""


def page_of(record: str) -> str:
    """Our own page of a record."""
    kind, colon, _ = record.partition(":")
    if colon and kind in _GATHERED:
        return f"{_GATHERED[kind]}/{quote(record, safe=':@/')}"
    # `:`, `@` and `/` are legal in a path, and an address that can be read can be checked.
    return f"/records/{quote(record, safe=':@/')}"


def signal_page(signal: str) -> str:
    """The page of a signal: its id holds that of its subject, and in an address a `#` would end it."""
    return f"/signals/{quote(signal, safe=':@/')}"


def short(record: str) -> str:
    """An id as people say it: without the source, with seven signs of a hash."""
    text = record.partition(":")[2] or record
    return re.sub(r"@([0-9a-f]{7})[0-9a-f]{33,57}$", r"@\1", text)


@dataclass(frozen=True)
class Known:
    """What a link to a record says."""

    url: str
    """The tool's own page; empty if it has none."""
    title: str


_TITLED = frozenset({"changes", "work_items", "incidents"})


def known(warehouse: Any, records: Iterable[str]) -> Mapping[str, Known]:
    """Id -> address and title, for those that are there; one query, whatever the number of records."""
    by_table: dict[str, list[str]] = {}
    for record in records:
        for table in tables_of(record):
            by_table.setdefault(table, []).append(record)
    # One statement for all tables: a page of evidence names hundreds of records of eight kinds.
    parts, ids = [], []
    for place, (table, held) in enumerate(by_table.items()):
        title = "title" if table in _TITLED else "null as title"
        marks = ", ".join("?" for _ in held)
        parts.append(f'select {place} as place, id, url, {title} from "{table}" where id in ({marks})')  # noqa: S608 - names of the schema
        ids += held
    rows = warehouse.rows(" union all ".join(parts) + " order by place", ids) if parts else []
    return {row["id"]: Known(safe_url(row["url"]), row["title"] or "") for row in rows}
