"""What a person entered into Fairlead itself: raw events of source `fairlead`, replayed with all others.

Each act is one JSON body `{"by": ..., "at": ..., ...}`; the functions at the end make the raw events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from fairlead.connectors.kit.connector import Connector, Delivery, Options, Reading
from fairlead.connectors.kit.payload import Doc, document
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.events import Event, EventType
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import RawEvent, Trust, content_id
from fairlead.model.records.conversation import Document, Message
from fairlead.model.records.operation import Incident
from fairlead.model.records.people import IdentityLink
from fairlead.model.times import iso

SOURCE = "fairlead"
_ENTERED_RANK = 50
"""What a person states wins over what a tool says of the same moment."""

_STATUS: Mapping[str, str] = MappingProxyType(
    {"confirmed": "confirmed", "refused": "refused", "reverted": "suggested"}
)

STANDUP_PARTS = ("done", "planned", "blockers")
"""Parts of a standup to which people add lines."""
_ROLES = ("owner", "manager", "member", "viewer")


class Entered:
    """Reads what people entered. Nobody else may send it: `verify` refuses every webhook."""

    tool = SOURCE
    title = "Fairlead"
    records = frozenset(("documents", "identity_links", "incidents", "messages"))

    def verify(self, headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> Trust:  # noqa: ARG002
        """There is no such webhook: entries are made by signed-in people in this process."""
        raise Refused("what people enter does not come by webhook")

    def envelope(self, headers: Mapping[str, str], body: bytes) -> tuple[str, str]:
        """Kind by header, id by content; for entries carried over in files."""
        kind = headers.get("x-fairlead-event", "unknown")
        return kind, content_id(kind, body)

    def read(self, delivery: Delivery, options: Options) -> Reading:
        """One entry -> its patches."""
        reader = _READERS.get(delivery.kind)
        if reader is None:
            return Reading(nothing=f"`{delivery.kind}` is no entry that this version knows")
        return reader(document(delivery.body), options)


CONNECTOR: Connector = Entered()


def link_id(account: str, other: str) -> str:
    """Id of the link between two accounts, whichever is named first."""
    first, second = sorted((account, other))
    return f"link:{first}~{second}"


def identity_decided(decision: str, account: str, other: str, by: str, at: datetime) -> RawEvent:
    """A merge of two accounts `confirmed`, `refused` or `reverted` by a person."""
    if decision not in _STATUS:
        raise ValueError(f"no such decision: {decision}")
    return _entry(f"identity.{decision}", {"account": account, "other": other}, by, at)


def incident_attributed(
    incident: str, by: str, at: datetime, *, deployment: str | None = None, reason: str = ""
) -> RawEvent:
    """An incident was caused by this deployment; without one: by no deployment, for the reason given."""
    if not deployment and not reason:
        raise ValueError("an incident without a deployment needs a reason")
    return _entry("incident.attributed", {"incident": incident, "deployment": deployment, "reason": reason}, by, at)


def attribution_withdrawn(incident: str, by: str, at: datetime) -> RawEvent:
    """What was stated about an incident's cause no longer holds: the score decides again."""
    return _entry("incident.unattributed", {"incident": incident}, by, at)


def role_given(team: str, person: str, role: str, by: str, at: datetime) -> RawEvent:
    """A person may sign in and has a role in a team from now on, team `*` being everywhere.

    Only this lasting effect of an invitation is an entry. The link is a secret that works once, and a session ends:
    neither belongs into a log that is kept, copied and replayed.
    """
    return _entry("role.given", {"team": team, "person": person, "role": role}, by, at)


def role_taken(team: str, person: str, by: str, at: datetime) -> RawEvent:
    """A person no longer has a role in a team."""
    return _entry("role.taken", {"team": team, "person": person}, by, at)


def user_disabled(person: str, by: str, at: datetime) -> RawEvent:
    """A person may no longer sign in, until somebody gives them a role again."""
    return _entry("user.disabled", {"person": person}, by, at)


def snapshot_measured(said: Mapping[str, Any], at: datetime) -> RawEvent:
    """What was seen at a moment of endpoints, containers and tables: no later look could find it again."""
    return _entry("snapshot.measured", said, SOURCE, at)


def standup_posted(
    team: str, said: Mapping[str, str], author: str, replaces: Sequence[str], by: str, at: datetime
) -> RawEvent:
    """Lines that a person hands to a team's standup, by part (`STANDUP_PARTS`); they take the place of earlier ones.

    `author` is an account of the person, empty where there is none: a column about people, as of every message.
    """
    body = {"team": team, "said": dict(said), "author": author, "replaces": list(replaces)}
    return _entry("standup.posted", body, by, at)


def _entry(kind: str, said: Mapping[str, Any], by: str, at: datetime) -> RawEvent:
    body = msgspec.json.encode({**said, "by": by, "at": iso(at)}, order="sorted")
    return RawEvent(
        source=SOURCE,
        tool=SOURCE,
        kind=kind,
        delivery=content_id(kind, body),
        body=body,
        received_at=at,
        trust="local",
    )


def _identity(decision: str) -> Callable[[Doc, Options], Reading]:
    def read(entry: Doc, options: Options) -> Reading:
        first, second = sorted((entry.need_text("account"), entry.need_text("other")))
        at = entry.need_time("at")
        reverted = decision == "reverted"
        link = IdentityLink(
            id=link_id(first, second),
            source=options.source,
            account=first,
            other=second,
            status=_STATUS[decision],
            decided_by=None if reverted else entry.text("by"),
            decided_at=None if reverted else at,
        )
        happened = Event(
            type="dev.fairlead.identity.decided.0.1.0",
            source=options.source,
            subject=link.id,
            time=at,
            data={"decision": decision},
        )
        # Only a link that nobody had suggested is by a person alone.
        unsuggested = Patch(IdentityLink(id=link.id, method="person", score=1.0), OLDEST)
        return Reading(patches=[unsuggested, Patch(link, at, _ENTERED_RANK)], events=[happened])

    return read


def _posted(entry: Doc, options: Options) -> Reading:
    at, team = entry.need_time("at"), entry.need_text("team")
    said = entry.child("said")
    # by content, since two people may post in the same second
    scope = f"{options.source}:standup/{content_id(msgspec.json.encode(entry.data, order='sorted'))[:16]}"
    posted = [
        Message(
            id=f"{scope}/{part}",
            source=options.source,
            channel=f"standup/{team}",
            author=entry.text("author") or None,
            body=text,
            at=at,
            created_at=at,
        )
        for part in STANDUP_PARTS
        if (text := said.text(part) if said else None)
    ]
    gone = [Message(id=str(old), source=options.source, deleted_at=at) for old in entry.data.get("replaces") or ()]
    return Reading(patches=[Patch(message, at, _ENTERED_RANK) for message in (*posted, *gone)])


def _measured(entry: Doc, options: Options) -> Reading:
    at = entry.need_time("at")
    body = msgspec.json.encode(entry.data, order="sorted").decode()
    page = Document(
        id=f"{options.source}:snapshot/{iso(at)}",
        source=options.source,
        path=f"snapshots/{at:%Y-%m-%d}",
        title=f"Snapshot {iso(at)}",
        body=body,
        created_at=at,
    )
    return Reading(patches=[Patch(page, at)])


def _attributed(entry: Doc, _options: Options) -> Reading:
    at = entry.need_time("at")
    deployment = entry.text("deployment") or None
    incident = Incident(
        id=entry.need_text("incident"),
        caused_by_deployment=deployment,
        not_deployment=None if deployment else entry.need_text("reason"),
    )
    return Reading(patches=[Patch(incident, at, _ENTERED_RANK)])


def _unattributed(entry: Doc, _options: Options) -> Reading:
    incident = Incident(id=entry.need_text("incident"), caused_by_deployment=None, not_deployment=None)
    return Reading(patches=[Patch(incident, entry.need_time("at"), _ENTERED_RANK)])


def _role(kind: EventType, *said: str) -> Callable[[Doc, Options], Reading]:
    """Roles are no records: whoever may import or query records must not thereby read or give rights."""

    def read(entry: Doc, options: Options) -> Reading:
        data = {name: entry.need_text(name) for name in said}
        if data.get("role", "viewer") not in _ROLES:
            raise Unreadable("role", f"`{data['role']}` is none of {', '.join(_ROLES)}")
        data["by"] = entry.need_text("by")
        event = Event(
            type=kind, source=options.source, subject=entry.need_text("person"), time=entry.need_time("at"), data=data
        )
        return Reading(events=[event])

    return read


_READERS: Mapping[str, Callable[[Doc, Options], Reading]] = MappingProxyType(
    {
        **{f"identity.{decision}": _identity(decision) for decision in _STATUS},
        "snapshot.measured": _measured,
        "standup.posted": _posted,
        "incident.attributed": _attributed,
        "incident.unattributed": _unattributed,
        "role.given": _role("dev.fairlead.role.given.0.1.0", "team", "role"),
        "role.taken": _role("dev.fairlead.role.taken.0.1.0", "team"),
        "user.disabled": _role("dev.fairlead.user.disabled.0.1.0"),
    }
)
