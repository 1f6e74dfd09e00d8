"""The verb `decisions`: the log, or one of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fairlead.governance import entering
from fairlead.governance.deciding import told
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.store import decided
from fairlead.store.decided import Row
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services

_LISTED = ("number", "state", "title", "owner", "team", "decided", "review")


def answer_decisions(services: Services, words: Words) -> Reply:
    """The log of decisions, or one of them."""
    as_json = words.get("form") == "json"
    if said := words.get("decision", ""):
        row = entering.one(services, "decisions", said)
        return reply_json(told(row)) if as_json else Reply(_shown(row))
    with services.database.read() as tx:
        rows = decided.listed(tx, "decisions")
    state, team = words.get("state", ""), entering.team_id(words.get("team", ""))
    rows = [row for row in rows if (not state or row["state"] == state) and (not team or row["team"] == team)]
    if words.get("stale"):
        now = services.clock.now()
        rows = [row for row in rows if row["state"] == "accepted" and row["review_at"] and row["review_at"] <= now]
    if as_json:
        return reply_json([told(row) for row in rows])
    shown = [_row(row) for row in rows]
    table = render.rows(
        _LISTED, shown, cut=False, width=int(words.get("width") or 0), colour=bool(words.get("colour"))
    )
    return Reply(table if rows else "no decision was entered yet: `fairlead decisions add --help`")


def _row(row: Row) -> dict[str, Any]:
    return {
        "number": row["number"], "state": row["state"], "title": plain(row["title"]), "owner": row["owner"],
        "team": (row["team"] or "").removeprefix("team:"), "decided": _day(row["decided_at"]),
        "review": _day(row["review_at"]),
    }  # fmt: skip


def _shown(row: Row) -> str:
    lines = [f"{row['number']}. {plain(row['title'])} ({row['state']})", ""]
    for name in ("owner", "team", "decided_at", "review_at", "reviewed_at", "superseded_by"):
        if value := row[name]:
            lines.append(f"{name + ':':15}{_day(value) if isinstance(value, datetime) else plain(str(value))}")
    for name in ("context", "options", "rationale", "links"):
        if value := row[name]:
            listed = (
                [f"* {plain(one)}" for one in value] if isinstance(value, tuple) else [plain(value, entering.LONGEST)]
            )
            lines += ["", name.upper(), *listed]
    return "\n".join(lines)


def _day(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d}" if at else ""


VERBS: Mapping[str, Verb] = {"decisions": answer_decisions}
