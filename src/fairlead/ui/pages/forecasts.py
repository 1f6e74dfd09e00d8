"""Forecasts: when something is done or how many by a day; without a question how true the answers were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from starlette.responses import Response

from fairlead.model.errors import Fault
from fairlead.planning import given
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document
from fairlead.reports.forecast import forecast, moment_of, question_of
from fairlead.reports.forecast_answer import record_of
from fairlead.reports.scope import Scope
from fairlead.ui.kept import kept
from fairlead.ui.misnamed import Misnamed
from fairlead.ui.page import Page
from fairlead.ui.views.documents import own_words, story
from fairlead.ui.views.papers import paper
from fairlead.ui.visit import Visit

_TARGETS = """
select 'sprint' as kind, id as name, coalesce(name, id) as title from sprints
where deleted_at is null and state = 'active' and {sprints}
union all
select * from (
    select 'epic', w.key, concat_ws(' ', w.key, w.title) from work_items w
    where w.deleted_at is null and w.work_type = 'epic' and w.key is not null and exists (
        select 1 from work_items k where w.id in (k.epic, k.parent) and k.deleted_at is null
            and k.status_category in ('todo', 'in_progress') and {items}
    ) order by w.due_at nulls last, w.key limit 6
)
union all
select * from (
    select 'milestone', m.title, m.title from milestones m
    where m.deleted_at is null and m.state = 'open' and m.title is not null and exists (
        select 1 from work_items k where k.milestone = m.id and k.deleted_at is null
            and k.status_category in ('todo', 'in_progress') and {items}
    ) group by m.title order by min(m.due_at) nulls last, m.title limit 6
)
"""


def show(visit: Visit) -> Response:
    """`?items=`, `?by=`, `?epic=`, `?milestone=` or `?sprint=` ask; without them it is told how true answers were."""
    own = {name: said for name, said in own_words("forecast", visit).items() if said}
    _check(own)
    asks = bool(own.keys() - {"as_of"})
    told = story(_asked(visit, own) if asks else paper("forecasts", visit), visit)
    options = " ".join(f'--{name.replace("_", "-")} "{said}"' for name, said in own.items())
    return visit.page(
        "pages/forecasts.html",
        told.title.text,
        story=told,
        command=f"fairlead forecast {options}" if asks else "fairlead forecasts",
        links=_links(visit, own, asks=asks),
        said={name: visit.said(name) for name in ("items", "by", "as_of")},
    )


def _asked(visit: Visit, own: Mapping[str, str]) -> Document:
    services, team, language = visit.services, visit.scope.team, visit.words.language

    def make() -> Document:
        now, intake = services.clock.now(), services.intake()
        present = Asked(services.warehouse, services.setup, now, team or None, language, intake)
        asked = replace(present, now=moment_of(present, own.get("as_of", "")))
        words = (own.get(name, "") for name in ("items", "by", "epic", "milestone", "sprint"))
        document, answer = forecast(asked, question_of(*words))
        if asked.now == now:
            given.keep(services, [record_of(answer)], now)
        return document

    return kept(visit, ("forecast", team, language, *sorted(own.items())), make)


def _check(own: Mapping[str, str]) -> None:
    """What is no number or no day is said with what would be one."""
    items = own.get("items", "")
    if items and not (items.isascii() and items.isdecimal() and len(items) < 7 and 0 < int(items) <= 100_000):
        raise Misnamed("items", items, ["1 – 100000"])
    for word in ("by", "as_of"):
        try:
            date.fromisoformat(own.get(word) or "2000-01-01")
        except ValueError as fault:
            raise Misnamed(word, own[word], ["2027-03-01 …"]) from fault


def _links(visit: Visit, own: Mapping[str, str], *, asks: bool) -> list[tuple[str, str]]:
    """What else can be asked about."""
    services = visit.services
    try:
        scope = Scope.of(services.warehouse, services.setup, services.clock.now(), visit.scope.team or None)
    except Fault:
        return []
    query = _TARGETS.format(sprints=scope.sprints("id"), items=scope.items("k.id"))
    found = [(visit.words("How true they were"), visit.scope.link("/forecasts"))] if asks else []
    rows: list[dict[str, Any]] = kept(
        visit, ("forecast targets", visit.scope.team), lambda: list(services.warehouse.rows(query))
    )
    for row in rows:
        if own.get(row["kind"]) != row["name"]:
            found.append((row["title"], visit.scope.link("/forecasts", **{row["kind"]: row["name"]})))
    return found


PAGE = Page(
    "/forecasts", "Forecasts", 36, show, shown="more", key="z", cut=("team",),
    reads=("items", "by", "epic", "milestone", "sprint", "as_of"),
)  # fmt: skip
