"""What a person entered into Fairlead itself: raw events of source `fairlead`, replayed with all others.

Each act is one JSON body `{"by": ..., "at": ..., ...}`; the functions at the end make the raw events.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

import msgspec

from fairlead.connectors.kit import decided, entered, goals
from fairlead.connectors.kit.connector import Connector, Delivery, Options, Reading
from fairlead.connectors.kit.payload import Doc, document
from fairlead.model.errors import Refused, Unreadable
from fairlead.model.events import Event, EventType
from fairlead.model.patch import OLDEST, Patch
from fairlead.model.raw import RawEvent, Trust, content_id
from fairlead.model.records.conversation import Document, Message
from fairlead.model.records.judgement import Signal, SignalEvent
from fairlead.model.records.operation import Incident
from fairlead.model.records.people import IdentityLink
from fairlead.model.times import iso

SOURCE = entered.SOURCE
_ENTERED_RANK = entered.RANK
_entry = entered.entered

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
    # Of a signal only what people say of it, see `_taken_on` and its neighbours: whatever else stands in these two
    # tables is judged, and nobody may enter it.
    records = frozenset(
        (
            "check_ins",
            "decisions",
            "documents",
            "identity_links",
            "incidents",
            "key_results",
            "messages",
            "objective_links",
            "objectives",
            "risks",
            "signals",
            "signal_events",
            "team_dependencies",
        )
    )

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


def signal_acknowledged(signal: str, by: str, at: datetime) -> RawEvent:
    """A person takes a signal on: its escalation stops."""
    return _entry("signal.acknowledged", {"signal": signal}, by, at)


def signal_snoozed(signal: str, until: datetime, reason: str, by: str, at: datetime) -> RawEvent:
    """Nobody wants to hear of a signal until a moment, for a reason."""
    return _entry("signal.snoozed", {"signal": signal, "until": iso(until), "reason": reason}, by, at)


def signal_woken(signal: str, by: str, at: datetime) -> RawEvent:
    """A snooze ends before its time."""
    return _entry("signal.woken", {"signal": signal}, by, at)


def rule_muted(rule: str, whom: str, until: datetime, reason: str, by: str, at: datetime) -> RawEvent:
    """A person or a team does not want to hear of a rule until a moment, for a reason."""
    return _entry("rule.muted", {"rule": rule, "whom": whom, "until": iso(until), "reason": reason}, by, at)


def rule_unmuted(rule: str, whom: str, by: str, at: datetime) -> RawEvent:
    """They want to hear of it again."""
    return _entry("rule.unmuted", {"rule": rule, "whom": whom}, by, at)


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


def _of_signal(kind: str, said: Callable[[Doc, str, datetime], Signal]) -> Callable[[Doc, Options], Reading]:
    """What a person says of a signal: their columns of its row, and the entry in its history."""

    def read(entry: Doc, options: Options) -> Reading:
        at, by, signal = entry.need_time("at"), entry.need_text("by"), entry.need_text("signal")
        detail = {name: found for name in ("until", "reason") if (found := entry.text(name))}
        happened = SignalEvent(
            id=f"{signal}/{kind}/{iso(at)}",
            source=options.source,
            created_at=at,
            signal=signal,
            at=at,
            kind=kind,
            by=_person(by),
            detail=_detail(detail, by),
        )
        row = said(entry, by, at)
        return Reading(patches=[Patch(row, at, _ENTERED_RANK), Patch(happened, at, _ENTERED_RANK)])

    return read


def _taken_on(entry: Doc, by: str, at: datetime) -> Signal:
    return Signal(id=entry.need_text("signal"), acknowledged_at=at, acknowledged_by=_person(by))


def _put_off(entry: Doc, by: str, at: datetime) -> Signal:  # noqa: ARG001
    until, reason = entry.need_time("until"), entry.need_text("reason")
    return Signal(
        id=entry.need_text("signal"), snoozed_until=until, snoozed_by=_person(by), snooze_reason=reason
    )  # fmt: skip


def _woken(entry: Doc, by: str, at: datetime) -> Signal:  # noqa: ARG001
    return Signal(id=entry.need_text("signal"), snoozed_until=None, snoozed_by=None, snooze_reason=None)


def _muted(kind: str) -> Callable[[Doc, Options], Reading]:
    """A mute belongs to no signal: one row for a rule and whom it is muted for, in which the last word holds."""

    def read(entry: Doc, options: Options) -> Reading:
        at, by = entry.need_time("at"), entry.need_text("by")
        rule, whom = entry.need_text("rule"), entry.need_text("whom")
        detail = {"rule": rule, "whom": whom}
        if kind == "muted":
            entry.need_time("until")
            detail |= {"until": entry.need_text("until"), "reason": entry.need_text("reason")}
        mute = SignalEvent(
            id=f"mute:{rule}/{whom}",
            source=options.source,
            at=at,
            kind=kind,
            by=_person(by),
            detail=_detail(detail, by),
        )
        return Reading(patches=[Patch(mute, at, _ENTERED_RANK)])

    return read


def _person(by: str) -> str | None:
    """The operator of the files is no person of the team: the column refers to people."""
    return by if by.startswith("person:") else None


def _detail(said: Mapping[str, str], by: str) -> str:
    told = said if _person(by) else {**said, "how": by}
    return msgspec.json.encode(told, order="sorted").decode()


_READERS: Mapping[str, Callable[[Doc, Options], Reading]] = MappingProxyType(
    {
        **{f"identity.{decision}": _identity(decision) for decision in _STATUS},
        **decided.READERS,
        **goals.READERS,
        "snapshot.measured": _measured,
        "standup.posted": _posted,
        "incident.attributed": _attributed,
        "incident.unattributed": _unattributed,
        "signal.acknowledged": _of_signal("acknowledged", _taken_on),
        "signal.snoozed": _of_signal("snoozed", _put_off),
        "signal.woken": _of_signal("woken", _woken),
        "rule.muted": _muted("muted"),
        "rule.unmuted": _muted("unmuted"),
        "role.given": _role("dev.fairlead.role.given.0.1.0", "team", "role"),
        "role.taken": _role("dev.fairlead.role.taken.0.1.0", "team"),
        "user.disabled": _role("dev.fairlead.user.disabled.0.1.0"),
    }
)
