"""One record: its fields in words and the link to the tool's own page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from starlette.responses import Response

from fairlead.model.schema import TABLES, columns
from fairlead.ui.around import aware
from fairlead.ui.page import Page
from fairlead.ui.rights import sees_people
from fairlead.ui.views.links import tables_of
from fairlead.ui.visit import Visit

_TEXTS = ("body", "message")
"""Long texts: on the tool's own page they are better read."""


def show(visit: Visit) -> Response:
    """The record of an id, looked for in the tables that its form allows."""
    wanted = visit.path["id"]
    for table in tables_of(wanted):
        found = visit.services.warehouse.rows(f'select * from "{table}" where id = ?', [wanted])  # noqa: S608 - a name of the schema
        if found:
            return _page(visit, table, found[0])
    return visit.page(
        "fault.html",
        visit.words("No record has this id"),
        status=404,
        message=wanted,
        hint=visit.words("It may have been renamed, or its source may not have told of it yet."),
    )


def _page(visit: Visit, table: str, row: dict[str, Any]) -> Response:
    facts = [
        (column.name, _said(visit, row[column.name]), column.doc, bool(column.refers))
        for column in columns(table)
        if column.name in row and column.name not in _TEXTS and row[column.name] not in (None, [], "")
        if column.refers or not column.person or sees_people(visit)
    ]
    title = str(row.get("title") or row.get("name") or row["id"])
    return visit.page("pages/record.html", title, table=table, row=row, facts=facts, known=table in TABLES)


def _said(visit: Visit, value: Any) -> list[str]:
    if isinstance(value, datetime):
        return [visit.shown.moment(aware(value))]
    if isinstance(value, bool):
        return [visit.words("yes") if value else visit.words("no")]
    said = [str(part) for part in value] if isinstance(value, list | tuple) else [str(value)]
    # The id of a git author is an address: who may not see addresses sees that there is one.
    return [
        visit.words("an address") if part.startswith("email:") and not sees_people(visit) else part for part in said
    ]


PAGE = Page("/records/{id:path}", "Record", 97, show, shown="nowhere", scoped=False)
