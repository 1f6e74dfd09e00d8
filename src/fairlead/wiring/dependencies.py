"""The verb `dependencies`: who waits for whom, as a report, as numbers, and as a graph for documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.governance import depending, entering
from fairlead.model.errors import Skip
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.dependencies import load_map, told_map
from fairlead.store import records
from fairlead.wiring.answers import language
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown


def answer_dependencies(services: Services, words: Words) -> Reply:
    """The map of who waits for whom."""
    now, told = services.clock.now(), language(services, words)
    asked = Asked(services.warehouse, services.setup, now, words.get("team") or None, told, services.intake())
    if words.get("form") == "mermaid":
        with services.database.read() as tx:
            names = {row["id"]: row["name"] or row["id"] for row in records.rows(tx, "teams")}
        names |= {f"team:{key}": team.name or key for key, team in services.setup.teams.items()}
        return Reply(load_map(asked.scope).mermaid(names))
    document, found = told_map(asked)
    if words.get("form") == "json":
        return reply_json({**render.to_plain(document), **found.to_json()})
    return shown(services, document, words)


def said_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a dependency as people and programs write them; raises `Skip` with what there is."""
    if unknown := sorted(set(fields) - set(depending.FIELDS)):
        raise Skip(f"no field {unknown[0]!r:.80}", hint=f"there are: {', '.join(depending.FIELDS)}")
    said = {name: value for name, value in fields.items() if value not in (None, "")}
    for name in ("from_team", "to_team"):
        if name in said:
            said[name] = entering.team_id(str(said[name]))
    if "due_at" in said:
        said["due_at"] = entering.moment(str(said["due_at"]))
    return said


VERBS: Mapping[str, Verb] = {"dependencies": answer_dependencies}
