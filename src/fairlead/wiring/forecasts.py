"""The verbs `forecast` and `forecasts`: answers about days to come, kept when given and judged in their time.

One answer a day is kept of each thing that is asked; what has a date of its own is asked by the worker each working
day. Keeping is for later: where nothing can be written the answer is given all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace

from fairlead.model.errors import Fault
from fairlead.planning import given, scoring
from fairlead.reports import render
from fairlead.reports.asked import Asked
from fairlead.reports.document import Document
from fairlead.reports.forecast import Question, forecast, moment_of, question_of
from fairlead.reports.forecast_answer import Answer, record_of, warning
from fairlead.reports.forecasts import told_scores
from fairlead.reports.sprint_facts import load_sprints, running
from fairlead.wiring.answers import language
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services
from fairlead.wiring.showing import shown

_log = logging.getLogger(__name__)

MOST_DATED = 60
"""Epics and milestones with a date that are asked about each day, the nearest dates first."""
_DATED = f"""
select * from (
    select 'epic' as kind, id, due_at from work_items
    where deleted_at is null and work_type = 'epic' and due_at > $now and closed_at is null
    union all
    -- one target has a milestone of its own in each repository
    select 'milestone', title, min(due_at) from milestones
    where deleted_at is null and state = 'open' and due_at > $now and title is not null group by title
) order by due_at, id limit {MOST_DATED}
"""  # noqa: S608 - a constant


def answer_forecast(services: Services, words: Words) -> Reply:
    """The answer; as JSON with the numbers."""
    document, answer, asked = asked_forecast(services, words)
    if words.get("form") == "json":
        return reply_json({**render.to_plain(document), "forecast": answer.to_json(warning(asked, answer))})
    return shown(services, document, words)


def answer_forecasts(services: Services, words: Words) -> Reply:
    """How true those were that were given."""
    document, scores = told_scores(_asked(services, words))
    if words.get("form") == "json":
        return reply_json({**render.to_plain(document), "scores": scores.to_json()})
    return shown(services, document, words)


def asked_forecast(services: Services, words: Words) -> tuple[Document, Answer, Asked]:
    """The answer as a document and as numbers; kept, where it is about now."""
    present = _asked(services, words)
    asked = replace(present, now=moment_of(present, words.get("as_of", "")))
    said = [words.get(name, "") for name in ("items", "by", "epic", "milestone", "sprint")]
    document, answer = forecast(asked, question_of(*said))
    if asked.now == present.now:
        given.keep(services, [record_of(answer)], present.now)
    return document, answer, asked


def give(services: Services, asked: Asked, question: Question) -> int:
    """Asks one question and keeps its answer as of the moment at which it looks ahead."""
    return given.keep(services, [record_of(forecast(asked, question)[1])], asked.now)


def follow(services: Services) -> int:
    """Gives the forecasts of the day for what runs and has a date, and judges those whose day has come."""
    services.warehouse.refresh()
    asked = _asked(services, {})
    kept = given.keep(services, map(record_of, _of_dated(asked)), asked.now)
    return kept + scoring.judge(services.database, services.warehouse, asked.now)


def _of_dated(asked: Asked) -> Iterator[Answer]:
    scope = asked.scope
    for sprint in running(load_sprints(scope), scope.now):
        # one that is over and not closed has no days left to tell of
        if not sprint.closed_at and sprint.end_at and sprint.end_at > scope.now:
            yield from _tried(asked, Question(sprint=sprint.id))
    for row in scope.warehouse.rows(_DATED, {"now": scope.naive_now}):
        yield from _tried(asked, Question(**{row["kind"]: row["id"]}))


def _tried(asked: Asked, question: Question) -> Iterator[Answer]:
    try:
        yield forecast(asked, question)[1]
    except Fault as fault:
        # one thing that cannot be forecast keeps no other one from it
        _log.info("no forecast of %s: %s", question, fault.message)


def _asked(services: Services, words: Words) -> Asked:
    now, told = services.clock.now(), language(services, words)
    return Asked(services.warehouse, services.setup, now, words.get("team") or None, told, services.intake())


VERBS: Mapping[str, Verb] = {"forecast": answer_forecast, "forecasts": answer_forecasts}
