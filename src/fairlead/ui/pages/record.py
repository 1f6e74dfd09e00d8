"""One record: its fields in words and the link to the tool's own page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import Response

from fairlead.config.reference import meanings
from fairlead.metrics.shown import about_people, relation
from fairlead.metrics.stated import SOURCE
from fairlead.model.errors import Denied
from fairlead.model.schema import columns
from fairlead.reports.renderers.walk import safe_url
from fairlead.ui.around import aware
from fairlead.ui.noted import note
from fairlead.ui.page import Page
from fairlead.ui.rights import allowed, sees_people
from fairlead.ui.views.grids import Cell
from fairlead.ui.views.links import anywhere, page_for, page_of, readable, tables_of
from fairlead.ui.visit import Visit

_TEXTS = ("body", "message")
"""Long texts: on the tool's own page they are better read."""
_OF_PEOPLE = ("members", "lead")
"""What a team states about its people: for those who may open the page People."""
_REFERS = {
    "repository": "",
    "repositories": "",
    "services": "service:",
    "service": "service:",
    "team": "team:",
    "parent": "team:",
}
"""Key of a stated team or service -> what its values begin with as ids."""


@dataclass(frozen=True)
class Fact:
    """One field."""

    name: str
    doc: str
    values: tuple[Cell, ...]


def show(visit: Visit) -> Response:
    """The record of an id, looked for in the tables that its form allows, then in what the team has stated."""
    wanted = visit.path["id"]
    owner = sees_people(visit)
    tables = readable(visit, wanted)
    for table in tables:
        if found := _row(visit, table, wanted, owner):
            return _record(visit, table, found)
    kind, _, key = wanted.partition(":")
    setup = visit.services.setup
    # The settings say more of a team, service or objective than its row holds: members, globs, environments, queries.
    sections: Mapping[str, Mapping[str, Any]] = {"team": setup.teams, "service": setup.services, "slo": setup.slos}
    if key in (stated := sections.get(kind, {})):
        return _stated(visit, f"{kind}s", wanted, msgspec.to_builtins(stated[key]))
    # Tools name what they have as they like, and every line of a ledger leads to the event that it tells of.
    if (held := anywhere(visit, wanted)) and (found := _row(visit, held, wanted, owner)):
        return _record(visit, held, found)
    if len(tables) < len(tables_of(wanted)):
        # Whether such a record exists is told no more than what it says: both questions get this answer.
        raise Denied(
            visit.words("Records of this kind name people: they are shown to owners."),
            hint=visit.words("Owners change roles on the page People."),
        )
    return visit.page(
        "fault.html",
        visit.words("No record has this id"),
        status=404,
        message=wanted,
        hint=visit.words("It may have been renamed, or its source may not have told of it yet."),
    )


def _row(visit: Visit, table: str, record: str, owner: bool) -> dict[str, Any] | None:
    # The schema and not a list of our own decides which columns there are: as for SQL and the API.
    query = f"select * from {relation(owner, table)} where id = ?"  # noqa: S608 - a name of the schema
    found = visit.services.warehouse.rows(query, [record])
    return found[0] if found and found[0]["source"] != SOURCE else None


def _record(visit: Visit, table: str, row: dict[str, Any]) -> Response:
    told = [
        column
        for column in columns(table)
        if column.name in row and column.name not in _TEXTS and row[column.name] not in (None, [], "")
    ]
    note(visit, [f"{table}.{column.name}" for column in told if about_people(table, column.name)], 1)
    facts = [
        Fact(
            column.name,
            column.doc,
            tuple(_said(visit, value, refers=bool(column.refers)) for value in _each(row[column.name])),
        )
        for column in told
    ]
    title = str(row.get("title") or row.get("name") or row["id"])
    return _page(visit, table, row["id"], title, facts, url=row.get("url") or "", tool=row.get("source") or "")


def _stated(visit: Visit, section: str, record: str, values: dict[str, Any]) -> Response:
    docs = meanings()[section]
    facts = [
        Fact(name, docs.get(name, ""), tuple(Cell(str(part), _link(name, str(part))) for part in _each(value)))
        for name, value in values.items()
        if value not in ("", [], None) and (name not in _OF_PEOPLE or allowed(visit, "member"))
    ]
    return _page(visit, section, record, values["name"] or record.partition(":")[2], facts)


def _page(
    visit: Visit, table: str, record: str, title: str, facts: list[Fact], *, url: str = "", tool: str = ""
) -> Response:
    return visit.page(
        "pages/record.html",
        title,
        table=table,
        id=record,
        facts=facts,
        url=safe_url(url),
        tool=tool or visit.words("the tool"),
    )


def _each(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _link(name: str, value: str) -> str:
    # A glob stands for repositories that may come: it has no page.
    return page_of(_REFERS[name] + value) if name in _REFERS and "*" not in value else ""


def _said(visit: Visit, value: Any, *, refers: bool) -> Cell:
    if isinstance(value, datetime):
        return Cell(visit.shown.moment(aware(value)))
    if isinstance(value, bool):
        return Cell(visit.words("yes") if value else visit.words("no"))
    return Cell(str(value), page_for(visit, str(value)) if refers else "")


PAGE = Page("/records/{id:path}", "Record", 97, show, shown="nowhere", scoped=False)
