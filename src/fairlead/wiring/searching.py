"""The verb `search`: records by what somebody typed, with the operator's eyes."""

from __future__ import annotations

import msgspec

from fairlead.model.errors import Abort
from fairlead.reports import render
from fairlead.reports.finding import PEOPLE_READ, find, words_of
from fairlead.wiring.replies import Reply, Words, reply_json
from fairlead.wiring.services import Services

_COLUMNS = ("kind", "id", "title", "state", "at")


def answer_search(services: Services, words: Words) -> Reply:
    """What was found by kind, of each the first ones, and how many there are."""
    asked = words.get("q", "")
    if not words_of(asked):
        raise Abort("nothing to search for", hint="type a number like #42, a key, words of a title")
    # Late: what opens a store takes as long to read as a report that needs none.
    from fairlead.governance.ledger import readings
    from fairlead.store import access, aliases

    with services.database.read() as tx:
        former = aliases.called_now(tx, words_of(asked))
    kind, limit = words.get("kind", ""), int(words.get("limit") or 10)
    groups = find(services.warehouse, asked, people=True, kind=kind, limit=limit, former=former)
    if seen := sum(len(group.hits) for group in groups if group.kind == "person"):
        with services.database.begin() as tx:
            # What was typed may itself be a name; that names were read is all that the log is for.
            reading = access.Reading(services.clock.now(), "operator", "sql", "search", PEOPLE_READ, seen, True)
            readings.note(tx, reading, services.clock)
    if words.get("form") == "json":
        return reply_json({"groups": msgspec.to_builtins(groups)})
    rows = [{name: getattr(hit, name) for name in _COLUMNS} for group in groups for hit in group.hits]
    width, colour = int(words.get("width") or 0), bool(words.get("colour"))
    cut = any(group.total > len(group.hits) for group in groups)
    return Reply(render.rows(_COLUMNS, rows, cut=cut, width=width, colour=colour))
