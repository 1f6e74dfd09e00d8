"""What somebody was told, why and who else; and their word on how they want to be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead.connectors.kit.decided import notices_preferred
from fairlead.connectors.kit.entered import meant
from fairlead.governance.entering import Home
from fairlead.governance.wishes import plain as plain_wish
from fairlead.governance.wishes import read_wish
from fairlead.model.errors import Abort, Skip
from fairlead.model.times import entered_at, iso
from fairlead.store import notices
from fairlead.store.notices import Notice


def told(notice: Notice) -> dict[str, Any]:
    """A notice as plain values."""
    said = notice.said
    return {
        "id": notice.id, "recipient": notice.recipient, "subject": notice.subject, "about": notice.about,
        "topic": notice.topic, "kind": notice.kind, "urgency": notice.urgency, "critical": notice.exempt,
        "title": said.get("title", ""), "to": said.get("to", ""), "level": said.get("level"),
        "instead_of": said.get("instead_of", ""), "made_at": iso(notice.made_at), "state": notice.state,
        "reason": notice.reason, "settled_at": iso(notice.settled_at) if notice.settled_at else None,
        "seen": notice.seen_at is not None, "message": notice.message,
        "expires_at": iso(notice.expires_at) if notice.expires_at else None,
    }  # fmt: skip


def why(home: Home, beginning: str, only: str = "") -> dict[str, Any]:
    """Why somebody was told, and who else; `only` limits it to the notices of one person."""
    with home.database.read() as tx:
        found = [one for one in notices.beginning(tx, beginning) if not only or one.recipient == only]
        if len(found) != 1:
            what = "no notice begins" if not found else f"{len(found)} notices begin"
            raise Abort(f"{what} with {beginning!r:.80}", hint="`fairlead notices list` shows their ids")
        notice = found[0]
        others = [one for one in notices.about(tx, notice.about) if one.recipient != notice.recipient]
    latest = {one.recipient: one for one in others}
    return {
        **told(notice),
        "others": [{"recipient": one.recipient, "state": one.state, "kind": one.kind} for one in latest.values()],
        "because": because(notice),
        "mute": f"fairlead notices mute {notice.topic}",
    }


def because(notice: Notice) -> str:
    """The word of the rule or of its chain that meant the reader."""
    said = notice.said
    word, rule = said.get("to") or "name", said.get("rule") or notice.topic
    found = f"`{rule}` tells `{word}`"
    if "level" in said:
        found += f", step {said['level']} of its chain"
    return f"{found}, in place of {said['instead_of']}, who is away" if said.get("instead_of") else found


def wish_of(home: Home, person: str) -> dict[str, Any]:
    """How somebody wants to be told, as far as they said it."""
    with home.database.read() as tx:
        return notices.preferences(tx, [person]).get(person, {})


def prefer(home: Home, by: str, said: Mapping[str, Any]) -> dict[str, Any]:
    """Enters how a person wants to be told: what is not said stays; gives all of it."""
    person = meant(by)
    if not person.startswith("person:"):
        raise Skip("the operator is told nothing", hint="say whose wish it is, like --by person:noor")
    wish = plain_wish(read_wish({**wish_of(home, person), **said}))
    home.log.append([notices_preferred(wish, by, entered_at(home.clock))])
    return wish


def mute(home: Home, person: str, topic: str, *, off: bool = False) -> dict[str, Any]:
    """Leaves a topic out of what a person is told, or takes it in again."""
    return prefer(home, person, without(wish_of(home, meant(person)), topic, off=off))


def without(wish: Mapping[str, Any], topic: str, *, off: bool = False) -> dict[str, Any]:
    """What to say for hearing nothing of a topic, or of it again."""
    muted = [one for one in wish.get("muted", []) if one != topic]
    return {"muted": muted if off else [*muted, topic]}
