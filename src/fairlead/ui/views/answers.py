"""Rows of a query, one page of them, sorted and exported by the address; the query itself is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from starlette.responses import Response

from fairlead.model.figures import Figure
from fairlead.reports import render
from fairlead.ui.noted import note
from fairlead.ui.rights import sees_people
from fairlead.ui.views.grids import Grid, Slice, grid, wanted
from fairlead.ui.views.links import known
from fairlead.ui.views.tables import columns_of, figure_columns
from fairlead.ui.visit import Visit

FORMS = ("csv", "json")
"""In which all rows are answered, beside the table."""
MOST_EXPORTED = 100_000
"""Rows in one CSV or JSON answer; more is for `fairlead sql` and `fairlead export records`."""


@dataclass(frozen=True)
class Rows:
    """A page of the rows of a query."""

    grid: Grid
    query: str
    count: int


def rows(visit: Visit, path: str, query: str, figure: Figure | None = None, *, left_out: bool = False) -> Rows:
    """The page of rows that the address asks for; runs as the reader may see them."""
    # Asked without rows: sorting by the address is allowed for columns of the answer alone.
    names = _names(visit, query)
    count = int(_ask(visit, f"select count(*) as n from ({query})").rows[0]["n"])  # noqa: S608 - the query is ours
    part = wanted(visit, names, default="moment" if "moment" in names else "")
    found = _ask(visit, f"{_sorted(query, part)} limit {part.limit} offset {part.offset}").rows
    # The first column says what a row is; it leads to the tool's own page where that is known.
    of = known(visit.services.warehouse, {str(row[names[0]]) for row in found if row[names[0]] is not None})
    note(visit, _about_people(visit, query), len(found), what=query)
    columns = figure_columns(figure, visit, of, left_out=left_out) if figure else columns_of(names, visit, of)
    exports = [(form.upper(), _link(visit, path, form)) for form in FORMS]
    return Rows(grid(visit, path, columns, found, total=count, part=part, exports=exports), query, count)


def export(visit: Visit, query: str, form: str, name: str) -> Response:
    """All rows as CSV or JSON; that person columns were read is recorded."""
    names = _names(visit, query)
    answer = _ask(visit, _sorted(query, wanted(visit, names)), limit=MOST_EXPORTED)
    note(visit, _about_people(visit, query), len(answer.rows), how="export", what=query)
    disposition = {"content-disposition": f'attachment; filename="{name}.{form}"'}
    if form == "json":
        return Response(msgspec.json.encode(answer.rows), media_type="application/json", headers=disposition)
    text = render.csv(answer.columns, answer.rows)
    return Response(text, media_type="text/csv; charset=utf-8", headers=disposition)


def _names(visit: Visit, query: str) -> list[str]:
    return list(_ask(visit, f"select * from ({query}) limit 0").columns)  # noqa: S608 - the query is ours


def _ask(visit: Visit, sql: str, limit: int = 10_000) -> Any:
    return visit.services.warehouse.readonly(sql, owner=sees_people(visit), limit=limit)


def _sorted(query: str, part: Slice) -> str:
    if not part.sort:
        return f"select * from ({query})"  # noqa: S608 - the query is ours
    # It is a name of the answer by now; quoted all the same, since a team's own query may call a column anything.
    name = part.sort.replace('"', '""')
    return f'select * from ({query}) order by "{name}" {"desc" if part.down else "asc"} nulls last'  # noqa: S608


def _link(visit: Visit, path: str, form: str) -> str:
    # An export holds all rows, so the page of the table is no part of its address.
    kept = {name: value for name, value in visit.query.items() if name not in ("page", "form", "done")}
    return visit.scope.link(path, **kept, form=form)


def _about_people(visit: Visit, query: str) -> tuple[str, ...]:
    """Columns that only the owner's scope reads."""
    return visit.services.warehouse.people_read(query) if sees_people(visit) else ()
