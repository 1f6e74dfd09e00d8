"""The verbs: each loads facts, and shows them in the form that was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from fairlead.metrics import figures
from fairlead.metrics.segments import whole_id
from fairlead.metrics.shown import relation
from fairlead.model.errors import Abort, Skip
from fairlead.model.figures import Figure, Window
from fairlead.model.times import parse_time
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.brief import brief
from fairlead.reports.causes import load_causes
from fairlead.reports.figures_page import figures_page
from fairlead.reports.flow import flow
from fairlead.reports.incidents import DAYS, incidents
from fairlead.reports.kpi import kpi, load_kpis
from fairlead.reports.past import asked_in_week
from fairlead.reports.plain import plain
from fairlead.reports.reliability import reliability
from fairlead.reports.scope import Scope
from fairlead.reports.slo import load_promises, slo
from fairlead.reports.snapshot import snapshot
from fairlead.reports.sprint_health import told_sprints
from fairlead.reports.standup import standup
from fairlead.reports.triage import triage
from fairlead.reports.weekly import update, weekly
from fairlead.reports.wording import LANGUAGES, Wording
from fairlead.reports.work import work
from fairlead.reports.work_facts import load_board
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.searching import answer_search
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown

DEFAULT_WINDOW_DAYS = 30
PER_PAGE = 50
"""Items of a lane in one answer of the board."""


def answer_brief(services: Services, words: Words) -> Reply:
    """The morning brief."""
    document = brief(_asked(services, words), every_change=bool(words.get("changes")))
    return shown(services, document, words)


def answer_triage(services: Services, words: Words) -> Reply:
    """Open changes in order."""
    document = triage(_asked(services, words))
    return shown(services, document, words)


def answer_incidents(services: Services, words: Words) -> Reply:
    """Incidents with the deployment that each counts for; as JSON with the parts of the score as numbers."""
    incident = words.get("incident", "")
    if incident and not services.warehouse.rows("select 1 from counted_incidents where incident = ?", [incident]):
        raise Skip(f"no incident `{incident}`", hint="`fairlead incidents list` shows those that count")
    # The document rounds and words; who computes with the parts of a score needs them as they are.
    if words.get("form") == "json":
        found = load_causes(_asked(services, words).scope, incident=incident, days=DAYS)
        return reply_json({"incidents": [cause.to_json() for cause in found], **_rewound(services, words)})
    return shown(services, incidents(_asked(services, words), incident=incident), words)


def answer_flow(services: Services, words: Words) -> Reply:
    """What stands where day by day, what is done, and what is older than usual."""
    return shown(services, flow(_asked(services, words), window=words.get("window", "")), words)


def answer_reliability(services: Services, words: Words) -> Reply:
    """Service levels, incidents by class, recovery, recurrence and on-call load."""
    service = _service(services, words)
    document = reliability(_asked(services, words), window=words.get("window", ""), service=service)
    return shown(services, document, words)


def answer_slo(services: Services, words: Words) -> Reply:
    """Objectives and their budgets; as JSON with the rates as numbers."""
    asked, service = _asked(services, words), _service(services, words)
    document = slo(asked, service=service)
    if words.get("form") == "json":
        found = load_promises(asked.scope, service).objectives
        return reply_json({**render.to_plain(document), "objectives": [one.to_json() for one in found]})
    return shown(services, document, words)


def answer_snapshot(services: Services, words: Words) -> Reply:
    """What was seen at the last look."""
    return shown(services, snapshot(_asked(services, words)), words)


def answer_standup(services: Services, words: Words) -> Reply:
    """The standup of a team, or of each one after the other."""
    document = standup(_asked(services, words))
    return shown(services, document, words)


def answer_weekly(services: Services, words: Words) -> Reply:
    """A week of a team; one that is over as it was known by its end."""
    week = words.get("week", "")
    with asked_in_week(services.past, _asked(services, words), week) as asked:
        document = weekly(asked, week=week)
    return shown(services, document, words)


def answer_update(services: Services, words: Words) -> Reply:
    """The same facts for an executive, a product manager or the team."""
    week = words.get("week", "")
    with asked_in_week(services.past, _asked(services, words), week) as asked:
        document = update(asked, audience=words.get("for", ""), week=week)
    return shown(services, document, words)


def answer_sprint_health(services: Services, words: Words) -> Reply:
    """A sprint in full, or every running one in a line; as JSON with its forecast as numbers."""
    document, told = told_sprints(_asked(services, words), sprint=words.get("sprint", ""))
    if words.get("form") == "json":
        # who computes with a forecast needs its numbers, not its sentences
        sprints = [{"sprint": one.facts.sprint.id, **one.outlook.to_json()} for one in told]
        return reply_json({**render.to_plain(document), "forecasts": sprints})
    return shown(services, document, words)


def answer_work(services: Services, words: Words) -> Reply:
    """The board of work; as JSON with a page of its lanes as numbers."""
    asked, work_type = _asked(services, words), words.get("type", "")
    document = work(asked, work_type=work_type)
    if words.get("form") == "json":
        page, lane = int(words.get("page") or 1), words.get("lane", "")
        lanes = load_board(asked.scope, work_type, lane, most=PER_PAGE, after=(page - 1) * PER_PAGE)
        board = {"page": page, "per_page": PER_PAGE, "lanes": [one.to_json() for one in lanes]}
        return reply_json({**render.to_plain(document), "board": board})
    return shown(services, document, words)


def answer_kpi(services: Services, words: Words) -> Reply:
    """The figures that `[kpi]` switches on; as JSON each with its meaning, mark and guardrail."""
    asked, on = _asked(services, words), services.settings.kpi.on
    if words.get("form") == "json":
        found = [one.to_json(asked.language) for one in load_kpis(asked, on)]
        return reply_json({"figures": found, **_rewound(services, words)})
    return shown(services, kpi(asked, on=on), words)


def answer_metrics(services: Services, words: Words) -> Reply:
    """Figures of a window: one by name, a group, or the whole catalogue."""
    found = _figures(services, words)
    if words.get("form") == "json":
        return reply_json({"figures": [figure.to_json() for figure in found], **_rewound(services, words)})
    # a team may be said as a segment too
    asked = replace(_asked(services, words), team=segment(words).get("team"))
    return shown(services, figures_page(asked, found), words)


def _rewound(services: Services, words: Words) -> dict[str, str]:
    """What cannot be told of the past, for answers that are no document and have no line of freshness."""
    said = Wording(language(services, words))("freshness.rewound")
    return {"as_known": said} if services.warehouse.rewound else {}


def _figures(services: Services, words: Words) -> list[Figure]:
    warehouse, name = services.warehouse, words.get("name", "")
    asked: dict[str, Any] = {
        "window": window(words, services.clock.now()),
        "segment": _existing(services, segment(words)),
        "grain": words.get("grain") or "week",
        "compatible": words.get("compatible") or None,
        "language": language(services, words),
    }
    # A metric wins over a group of its name: whoever adds one finds it under the name they gave it.
    entries = warehouse.catalogue
    if name in entries:
        return [figures.figure(warehouse, name, **asked)]
    if name:
        return figures.group(warehouse, name, **asked)
    groups = dict.fromkeys(entry.group for entry in entries.values())
    return [figure for group in groups for figure in figures.group(warehouse, group, **asked)]


def answer_sql(services: Services, words: Words) -> Reply:
    """One read-only query with the operator's eyes."""
    from fairlead.governance.ledger import readings
    from fairlead.store import access

    query = words.get("query", "")
    answer = services.warehouse.readonly(query, owner=True, limit=int(words.get("limit") or 10_000))
    # After the answer, since a refused query read nothing; the record is made before anybody sees the rows.
    if about := services.warehouse.people_read(query):
        with services.database.begin() as tx:
            now = services.clock.now()
            reading = access.Reading(now, "operator", "sql", query[:10_000], about, len(answer.rows), True)
            readings.note(tx, reading, services.clock)
    if words.get("form") == "json":
        return reply_json(answer.rows)
    if words.get("form") == "csv":
        return Reply(render.csv(answer.columns, answer.rows), "text/csv; charset=utf-8")
    # Without a terminal there is no width: a script gets a line a row, whole.
    width, colour = int(words.get("width") or 0), bool(words.get("colour"))
    return Reply(render.rows(answer.columns, answer.rows, cut=answer.cut, width=width, colour=colour))


def _asked(services: Services, words: Words) -> Asked:
    return Asked(
        services.warehouse,
        services.setup,
        services.clock.now(),
        words.get("team") or None,
        language(services, words),
        services.intake(),
    )


def language(services: Services, words: Words) -> str:
    """The language asked for, else the organisation's."""
    asked = words.get("language") or services.setup.organisation.language
    # a report in a language that nobody asked for looks like a fault of the reader's
    if asked not in LANGUAGES:
        raise Abort(f"no language `{plain(asked)}`", hint=f"there are: {', '.join(LANGUAGES)}")
    return asked


def window(words: Words, now: datetime) -> Window:
    """The window asked for, else the days before now."""
    # The end is the first moment outside, so that windows lie side by side without counting a moment twice.
    end = _day(words, "to") or now
    start = _day(words, "from") or end - timedelta(days=DEFAULT_WINDOW_DAYS)
    if start >= end:
        raise Abort("the window is empty", hint="`from` is the first day, `to` the day after the last")
    return Window(start=start, end=end)


def _day(words: Words, word: str) -> datetime | None:
    said = words.get(word) or ""
    try:
        return parse_time(said)
    except (ValueError, OverflowError) as fault:
        raise Abort(f"`{word}`: `{plain(said)}` is no day", hint="write it like 2026-09-01") from fault


def segment(words: Words) -> dict[str, str]:
    """`name=value` lines and the team as one segment."""
    found: dict[str, str] = {}
    for line in filter(None, (words.get("segment") or "").splitlines()):
        name, separator, value = line.partition("=")
        if not separator or not value:
            raise Abort(f"not a segment: {line}", hint="write it like repository=github:acme/payments")
        found[name.strip()] = value.strip()
    if team := words.get("team"):
        # People type the key; a team of the code host has an id with a colon of its own.
        found["team"] = team if ":" in team else f"team:{team}"
    return found


def _service(services: Services, words: Words) -> str:
    """Whole id of the service asked for, if one is."""
    said = words.get("service", "")
    return _existing(services, {"service": said})["service"] if said else ""


def _existing(services: Services, limits: dict[str, str]) -> dict[str, str]:
    """The segment with whole ids; a name that nothing has is refused, as it would look like a team without work."""
    found = dict(limits)
    if team := found.get("team"):
        known = Scope.of(services.warehouse, services.setup, services.clock.now(), team.removeprefix("team:"))
        found["team"] = known.team or team
    # Only what has a table of names can be checked; a label that nothing bears gives an honest zero.
    for key, table in (("repository", "repositories"), ("service", "services")):
        if value := found.get(key):
            # people leave out the source's prefix
            whole = found[key] = whole_id(key, value)
            # what the settings state is no record, and counts like one
            query = f"select id from {relation(True, table)} where deleted_at is null order by id"  # noqa: S608 - ours
            ids = [row["id"] for row in services.warehouse.rows(query)]
            if whole not in ids:
                raise Abort(f"no {key} `{plain(value)}`", hint=f"there are: {plain(', '.join(ids)) or 'none yet'}")
    return found


VERBS: Mapping[str, Verb] = {
    "brief": answer_brief,
    "triage": answer_triage,
    "incidents": answer_incidents,
    "snapshot": answer_snapshot,
    "standup": answer_standup,
    "flow": answer_flow,
    "reliability": answer_reliability,
    "slo": answer_slo,
    "weekly": answer_weekly,
    "update": answer_update,
    "sprint-health": answer_sprint_health,
    "work": answer_work,
    "kpi": answer_kpi,
    "metrics": answer_metrics,
    "search": answer_search,
    "sql": answer_sql,
}
