"""Reliability: service levels, incidents by class, recovery in its steps, what came back, and the load of on-call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fairlead.metrics import figures
from fairlead.model.figures import Figure, Window
from fairlead.reports import proof
from fairlead.reports.asked import Asked, document
from fairlead.reports.document import Act, Block, Cell, Claim, Document, Empty, Ref, Section, Table
from fairlead.reports.figure_words import figure_block
from fairlead.reports.literals import text_list, time_literal
from fairlead.reports.naming import short_name
from fairlead.reports.plain import plain
from fairlead.reports.reliability_facts import (
    Class,
    Repeat,
    class_query,
    load_classes,
    load_repeats,
    of_scope,
    of_service,
)
from fairlead.reports.sentences import Teller
from fairlead.reports.slo import Promises, gravest, level_sections, load_promises
from fairlead.reports.trend_charts import trend_chart
from fairlead.reports.wording import Elapsed

WINDOWS = {"7d": 7, "30d": 30, "90d": 90}
DEFAULT_DAYS = 90
"""Incidents are few: a month of them says little."""
MOST = 20
_RECOVERY = (
    "time_to_acknowledge", "time_to_mitigate", "time_to_resolve", "time_to_resolve_deployed", "time_to_resolve_other",
    "incidents_reopened",
)  # fmt: skip
_LOAD = ("pages", "pages_per_shift", "pages_outside_hours", "pages_at_night", "nights_broken")
_TOPS = {"title": 0.7, "place": 0.2, "alert": 0.1}
"""Part of the likeness -> the most it can give, as `incident_recurrences` has it."""


def reliability(asked: Asked, *, window: str = "", service: str = "") -> Document:
    """Of a team's services, of all, or of one (an id like `service:checkout`), over the days before now."""
    scope, teller = asked.scope, asked.teller()
    words, days = teller.words, WINDOWS.get(window, DEFAULT_DAYS)
    span, segment = scope.last_days(days), {"service": service} if service else scope.segment
    found = {
        one.name: one for one in figures.group(scope.warehouse, "reliability", span, segment, language=asked.language)
    }
    limit = of_service(service) if service else of_scope(scope)
    promises = load_promises(scope, service)
    repeats = load_repeats(scope, span, limit)
    aside = words("aside.window", n=days)
    told = _classes(teller, found["incidents"], span, limit)
    sections = [
        *level_sections(teller, promises),
        Section("classes", words("section.classes"), tuple(told), aside=aside),
        Section(
            "recovery", words("section.recovery"), tuple(figure_block(found[name], words) for name in _RECOVERY),
            aside=aside,
        ),
        _repeats(teller, repeats, found["incident_recurrence"], aside),
    ]  # fmt: skip
    title = _title(teller, promises, found["incidents"], repeats)
    # who is paged is told of teams: a service has nobody of its own
    if service:
        return replace(document(teller, "reliability", title, sections), scope=short_name(service))
    # by team even where nobody asked for one: pages of all teams together are nobody's load
    load = [figure_block(found[name], words) for name in _LOAD] if scope.team else _loads(asked, span)
    sections.append(Section("oncall", words("section.oncall"), tuple(load), aside=aside))
    return document(teller, "reliability", title, sections)


def _title(teller: Teller, found: Promises, counted: Figure, repeats: Sequence[Repeat]) -> Claim:
    """The gravest finding that there is."""
    if grave := gravest(teller, found):
        return grave
    if counted.value:
        return teller.claim("reliability.title", counted.rows, n=int(counted.value), again=len(repeats))
    return teller.claim("reliability.title_none", counted.rows)


def _classes(teller: Teller, counted: Figure, span: Window, limit: str) -> list[Block]:
    """Incidents of each class beside those of the window before, and week by week as a chart."""
    words, scope = teller.words, teller.scope
    found = load_classes(scope, span, limit)
    if not found:
        act = Act(words("act.bring"), command=scope.bring)
        evidence = proof.of_absence("incidents", counted.rows.query)
        return [Empty(Claim(key="reliability.none", text=words("reliability.none"), evidence=evidence, act=act))]
    told = sum(one.now for one in found if one.kind == "severity")
    before = [one.before for one in found if one.kind == "severity" and one.before is not None]
    query = class_query(span, limit, "severity")
    rows = scope.warehouse.rows(f"select incident from ({query})")  # noqa: S608 - ours
    ids = [row["incident"] for row in rows]
    evidence = proof.of_rows(ids, query) if ids else proof.of_absence("incidents", query)
    # a window of which nothing is known has not been a quiet one
    key = "reliability.classes" if before else "reliability.classes_first"
    caption = teller.claim(key, evidence, n=told, before=sum(before))
    table = Table(
        tuple(words(f"column.{name}") for name in ("class", "kind", "incidents", "incidents_before")),
        tuple(_class(teller, one) for one in found),
        caption,
    )
    return [table, *trend_chart(teller, counted, "incidents", words("unit.axis_incidents"))]


def _class(teller: Teller, one: Class) -> tuple[Cell, ...]:
    words, key = teller.words, f"class.{one.name}"
    name = words(key) if words.knows(key) else plain(one.name)
    unknown = Cell("", number=True, reason=words("reason.before_records"))
    before = unknown if one.before is None else Cell(words.number(one.before), number=True)
    return (Cell(name), Cell(words(f"class_kind.{one.kind}")), Cell(words.number(one.now), number=True), before)


def _repeats(teller: Teller, repeats: Sequence[Repeat], share: Figure, aside: str) -> Section:
    """Incidents that came back, each with the one before it and with what makes them alike."""
    blocks: list[Block] = [figure_block(share, teller.words), *(_repeat(teller, one) for one in repeats[:MOST])]
    if len(repeats) > MOST:
        rest = [one.incident for one in repeats[MOST:]]
        blocks.append(teller.claim("more", proof.of_records("incident_recurrences", rest, "incident"), n=len(rest)))
    return Section("repeats", teller.words("section.repeats"), tuple(blocks), aside=aside, numbered=True)


def _repeat(teller: Teller, one: Repeat) -> Claim:
    words = teller.words
    evidence = proof.of_rows(
        [one.incident, one.earlier],
        proof.of_records("incident_recurrences", [one.incident], "incident").query, 1,
    )  # fmt: skip
    key = "repeat.similar" if one.kind == "similar" else f"repeat.{one.by_what}"
    text = words(
        key, since=words.recent(one.started_at), span=Elapsed(one.days_between * 86_400, bent=True),
        earlier=short_name(one.earlier), earlier_title=one.earlier_title, score=round(one.score, 2),
        enough=teller.scope.setup.incidents.recurrence_threshold,
    )  # fmt: skip
    reasons = tuple(
        teller.claim(f"repeat.part_{part}", evidence, points=round(points, 2), most=_TOPS[part])
        for part, points in one.parts.items()
    )
    return Claim(
        key=key, text=text, evidence=evidence, tone="watch", title=plain(one.title),
        refs=(Ref(one.incident, short_name(one.incident), one.url),),
        # a stated cause needs no likeness to be believed
        reasons=reasons if one.kind == "similar" else (),
    )  # fmt: skip


def _loads(asked: Asked, span: Window) -> list[Block]:
    """On-call load of each team in a row of a table; of one that is too small nothing is said but that."""
    scope, teller, words = asked.scope, asked.teller(), asked.teller().words
    rows = scope.warehouse.rows("select distinct team from oncall_pages where team is not null order by team")
    teams = [row["team"] for row in rows]
    if not teams:
        query = "select page, incident, team, paged_at from oncall_pages"
        return [Empty(Claim(key="oncall.none", text=words("oncall.none"), evidence=proof.of_absence("pages", query)))]
    told = {team: _load(asked, span, team) for team in teams}
    query = (
        "select page, incident, team, paged_at, outside_hours, at_night from oncall_pages "  # noqa: S608 - literals escaped
        f"where team in {text_list([team for team in teams if told[team]['pages'].value is not None])} "
        f"and paged_at >= {time_literal(span.start)} and paged_at < {time_literal(span.end)}"
    )
    shown = scope.warehouse.rows(f"select page from ({query}) order by paged_at, page")  # noqa: S608 - ours
    ids = [row["page"] for row in shown]
    evidence = proof.of_rows(ids, query) if ids else proof.of_absence("pages", query)
    caption = teller.claim("oncall.table", evidence, n=len(ids), night=words.hours(asked.setup.oncall.night))
    columns = (words("column.team"), *(plain(told[teams[0]][name].title) for name in _LOAD))
    table = tuple(
        (Cell(teller.names.team(team)), *(_amount(teller, told[team][name]) for name in _LOAD)) for team in teams
    )
    return [Table(columns, table, caption)]


def _load(asked: Asked, span: Window, team: str) -> Mapping[str, Figure]:
    warehouse, language = asked.warehouse, asked.language
    return {name: figures.figure(warehouse, name, span, {"team": team}, language=language) for name in _LOAD}


def _amount(teller: Teller, figure: Figure) -> Cell:
    told = figure_block(figure, teller.words)
    if figure.value is None:
        return Cell("", number=True, reason=told.value)
    return Cell(told.value, number=True)
