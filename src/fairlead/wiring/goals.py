"""The verb `goals`: how objectives and key results stand, in the form that is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.goals import Asking, load, plain_standing, told
from fairlead.wiring.answers import language
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown


def answer_goals(services: Services, words: Words) -> Reply:
    """Objectives of a quarter or of now, or one in full; as JSON with their numbers."""
    spoken = language(services, words)
    asked = Asked(
        services.warehouse, services.setup, services.clock.now(), words.get("team") or None, spoken, services.intake()
    )
    asking = Asking(words.get("quarter", ""), words.get("objective", ""))
    found = load(asked, asking)
    document = told(asked, found, asking)
    if words.get("form") == "json":
        return reply_json({**render.to_plain(document), "goals": [plain_standing(one) for one in found]})
    return shown(services, document, words)


VERBS: Mapping[str, Verb] = {"goals": answer_goals}
