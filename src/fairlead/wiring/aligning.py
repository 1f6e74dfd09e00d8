"""The verbs `alignment` and `quarter`: where effort went by objective, and what a quarter holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.goals.effort import Effort
from fairlead.reports import quarter, render
from fairlead.reports.alignment import told
from fairlead.reports.alignment_facts import USUAL_DAYS, Alignment, load_alignment
from fairlead.reports.asked import Asked
from fairlead.reports.goals import plain_standing
from fairlead.reports.quarter_facts import load_quarter
from fairlead.wiring.answers import language
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown


def answer_alignment(services: Services, words: Words) -> Reply:
    """Effort by objective; as JSON with every item of it as numbers."""
    asked = _asked(services, words)
    days = int((words.get("window") or "").removesuffix("d") or USUAL_DAYS)
    found = load_alignment(asked.scope, days=days, measure="points" if words.get("by") == "points" else "time")
    document = told(asked.teller(), found, days)
    if words.get("form") == "json":
        return reply_json({**render.to_plain(document), **effort_json(found)})
    return shown(services, document, words)


def answer_quarter(services: Services, words: Words) -> Reply:
    """The plan of a quarter; as JSON with its dates and effort as numbers."""
    asked = _asked(services, words)
    found = load_quarter(asked, words.get("quarter", ""))
    document = quarter.told(asked.teller(), found)
    if words.get("form") == "json":
        effort = effort_json(found.alignment)["effort"] if found.alignment else None
        dates = [_plain(date) for date in found.dates]
        goals = [plain_standing(one) for one in found.goals]
        return reply_json({**render.to_plain(document), "goals": goals, "dates": dates, "effort": effort})
    return shown(services, document, words)


def effort_json(found: Alignment) -> dict[str, Any]:
    """Effort and suggestions as numbers, for whoever computes with them."""
    return {"effort": _effort(found.effort), "suggestions": [_plain(one) for one in found.suggestions]}


def _asked(services: Services, words: Words) -> Asked:
    told = language(services, words)
    return Asked(
        services.warehouse, services.setup, services.clock.now(), words.get("team") or None, told, services.intake()
    )


def _effort(effort: Effort) -> dict[str, Any]:
    unit = "points" if effort.measure == "points" else "working_seconds"
    return {
        "measure": effort.measure, "unit": unit, "from": effort.window.start, "until": effort.window.end,
        "total": effort.total, "total_before": effort.total_before, "unsized": effort.unsized,
        "buckets": [
            {
                "objective": one.objective or None, "amount": one.amount, "share": one.share,
                "share_before": one.before, "drift": one.drift, "items": [_plain(part) for part in one.parts],
            }
            for one in effort.buckets
        ],
    }  # fmt: skip


def _plain(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__slots__}


VERBS: Mapping[str, Verb] = {"alignment": answer_alignment, "quarter": answer_quarter}
