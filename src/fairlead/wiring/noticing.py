"""The verb `notices`: what people were told, why, who else, and how each wants to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.governance.preferring import because, told, why, wish_of
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.store import notices
from fairlead.store.notices import Notice
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services

_LISTED = ("id", "made", "to", "subject", "topic", "urgency", "state", "why")


def answer_notices(services: Services, words: Words) -> Reply:
    """The newest notices, of one person or of all; of one notice why; of a person their wishes."""
    if beginning := words.get("notice", ""):
        found = why(services, beginning)
        return reply_json(found) if words.get("form") == "json" else Reply(_lines(found))
    if person := words.get("wish", ""):
        said = wish_of(services, person)
        return reply_json(said) if words.get("form") == "json" else Reply(_lines(said) or "as the settings say")
    whom, limit = words.get("recipient", ""), int(words.get("limit") or 50)
    with services.database.read() as tx:
        rows = notices.of_recipient(tx, whom, limit=limit) if whom else notices.newest(tx, limit=limit)
        counts = notices.counts(tx)
    if words.get("form") == "json":
        return reply_json({"counts": counts, "notices": [told(one) for one in rows]})
    return Reply(_table([_row(one) for one in rows], words) if rows else "nobody was told anything yet")


def _row(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id[:10], "made": f"{notice.made_at:%Y-%m-%d %H:%M}", "to": notice.recipient,
        "subject": notice.subject, "topic": notice.topic, "urgency": notice.urgency, "state": notice.state,
        "why": notice.reason or because(notice),
    }  # fmt: skip


def _table(rows: Sequence[Mapping[str, Any]], words: Words) -> str:
    return render.rows(_LISTED, rows, cut=False, width=int(words.get("width") or 0), colour=bool(words.get("colour")))


def _lines(said: Mapping[str, Any]) -> str:
    shown = {name: value for name, value in said.items() if value not in (None, "", [])}
    width = max((len(name) for name in shown), default=0) + 2
    return "\n".join(f"{name + ':':{width}}{_short(value)}" for name, value in shown.items())


def _short(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_short(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(plain(str(one)) for one in value.values())
    return plain(str(value))


VERBS: Mapping[str, Verb] = {"notices": answer_notices}
