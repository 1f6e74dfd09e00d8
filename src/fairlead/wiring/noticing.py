"""The verb `notices`: what people were told, why, who else, and how each wants to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fairlead.connectors.kit.decided import notices_preferred
from fairlead.governance.wishes import plain as plain_wish
from fairlead.governance.wishes import read_wish
from fairlead.model.errors import Abort, Skip
from fairlead.model.times import entered_at, iso
from fairlead.reports import render
from fairlead.reports.plain import plain
from fairlead.store import notices
from fairlead.store.notices import Notice
from fairlead.wiring.replies import Reply, Verb, Words, reply_json
from fairlead.wiring.services import Services

_LISTED = ("id", "made", "to", "subject", "topic", "urgency", "state", "why")


def told(notice: Notice) -> dict[str, Any]:
    """A notice as plain values."""
    said = notice.said
    return {
        "id": notice.id, "recipient": notice.recipient, "subject": notice.subject, "about": notice.about,
        "topic": notice.topic, "kind": notice.kind, "urgency": notice.urgency, "critical": notice.exempt,
        "title": plain(str(said.get("title", ""))), "to": said.get("to", ""), "level": said.get("level"),
        "instead_of": said.get("instead_of", ""), "made_at": iso(notice.made_at), "state": notice.state,
        "reason": notice.reason, "settled_at": iso(notice.settled_at) if notice.settled_at else None,
        "seen": notice.seen_at is not None, "message": notice.message,
        "expires_at": iso(notice.expires_at) if notice.expires_at else None,
    }  # fmt: skip


def why(services: Services, beginning: str, only: str = "") -> dict[str, Any]:
    """Why somebody was told, and who else; `only` limits it to the notices of one person."""
    with services.database.read() as tx:
        found = [one for one in notices.beginning(tx, beginning) if not only or one.recipient == only]
        if len(found) != 1:
            what = "no notice begins" if not found else f"{len(found)} notices begin"
            raise Abort(f"{what} with `{plain(beginning)}`", hint="`fairlead notices list` shows their ids")
        notice = found[0]
        others = [one for one in notices.about(tx, notice.about) if one.recipient != notice.recipient]
    latest = {one.recipient: one for one in others}
    return {
        **told(notice),
        "others": [{"recipient": one.recipient, "state": one.state, "kind": one.kind} for one in latest.values()],
        "because": _because(notice),
        "mute": f"fairlead notices mute {notice.topic}",
    }


def _because(notice: Notice) -> str:
    """The word of the rule or of its chain that meant the reader."""
    said = notice.said
    word, rule = said.get("to") or "name", said.get("rule") or notice.topic
    found = f"`{rule}` tells `{word}`"
    if "level" in said:
        found += f", step {said['level']} of its chain"
    return f"{found}, in place of {said['instead_of']}, who is away" if said.get("instead_of") else found


def wish_of(services: Services, person: str) -> dict[str, Any]:
    """How somebody wants to be told, as far as they said it."""
    with services.database.read() as tx:
        return notices.preferences(tx, [person]).get(person, {})


def prefer(services: Services, person: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Enters how a person wants to be told: what is not said stays; gives all of it."""
    if not person.startswith("person:"):
        raise Skip("the operator is told nothing", hint="say whose wish it is, like --by person:noor")
    wish = plain_wish(read_wish({**wish_of(services, person), **said}))
    services.log.append([notices_preferred(wish, person, entered_at(services.clock))])
    return wish


def mute(services: Services, person: str, topic: str, *, off: bool = False) -> dict[str, Any]:
    """Leaves a topic out of what a person is told, or takes it in again."""
    muted = [one for one in wish_of(services, person).get("muted", []) if one != topic]
    return prefer(services, person, {"muted": muted if off else [*muted, topic]})


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
        "why": notice.reason or _because(notice),
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
