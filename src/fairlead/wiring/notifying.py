"""From what waits to be told to messages in the outbox: decided for each reader, settled in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from fairlead.governance.hygiene import Pending, Plan, Reader, is_exempt, is_quiet, plan
from fairlead.governance.ledger.entries import Entry
from fairlead.governance.notices import ACTION, APPROVAL, DIGEST, KIND, Card, with_card
from fairlead.governance.outbox import Order, Outbox
from fairlead.model.errors import Retry
from fairlead.model.times import iso, parse_time
from fairlead.reports.endings import sentences
from fairlead.store import actions, notices, records, signals, state
from fairlead.store.notices import Notice, Posted
from fairlead.store.signals import Mute
from fairlead.wiring import policing, subscribing
from fairlead.wiring.directory import Directory
from fairlead.wiring.endings import ending_of

if TYPE_CHECKING:
    from fairlead.governance.letter import Letter
    from fairlead.governance.policy.document import Moment
    from fairlead.reports.notices import Letters, Matter, Over, Places
    from fairlead.store.database import Transaction
    from fairlead.wiring.services import Services

_log = logging.getLogger(__name__)
Row = Mapping[str, Any]

_IGNORED_AFTER = timedelta(days=1)
_OFFERED_AFTER = 3
_TAKEN_ON = ("opened", "reopened", "changed", "escalated")
"""Kinds of news that are over once somebody has taken the matter on."""


@dataclass(slots=True)
class Delivered:
    """What one round did."""

    messages: int = 0
    digests: int = 0
    edits: int = 0
    settled: int = 0
    """Notices that nobody is told of: over, muted, expired, or on the page alone."""


def deliver(services: Services) -> Delivered:
    """Tells everybody what they are to be told now."""
    done = Delivered()
    with services.database.read() as tx:
        recipients, posts = notices.recipients_waiting(tx), notices.stale_posts(tx)
        if not recipients and not posts:
            return done
        present = _Present.load(services, tx, recipients, posts)
    for recipient in recipients:
        _tell(services, present, recipient, done)
    for post in posts:
        _edit(services, present, post, done)
    return done


@dataclass(frozen=True)
class _Present:
    """What stands at this moment, read at once for everybody."""

    directory: Directory
    waiting: Mapping[str, Sequence[Notice]]
    signals: Mapping[str, Row]
    actions: Mapping[str, Row]
    voted: frozenset[tuple[str, str]]
    """Action and person who has given a word on it."""
    mutes: Sequence[Mute]
    asked: dict[str, Any] = field(default_factory=dict)
    """Language -> the question that words are made for."""
    moments: dict[str, Moment] = field(default_factory=dict)
    """Team -> now in its calendar, as policies are told of it."""

    @classmethod
    def load(
        cls, services: Services, tx: Transaction, recipients: Iterable[str], posts: Iterable[Posted]
    ) -> _Present:
        directory = Directory.load(services, tx)
        waiting = {recipient: notices.waiting(tx, recipient) for recipient in recipients}
        told = [one for found in waiting.values() for one in found]
        told += [one for post in posts for one in notices.of_subject(tx, post.recipient, post.subject)]
        abouts = {one.about for one in told}
        held = {row["id"]: row for row in records.rows(tx, "signals", abouts)} if abouts else {}
        acts = {row["id"]: row for row in records.rows(tx, "actions", abouts)} if abouts else {}
        words = actions.approvals(tx, acts) if acts else []
        voted = frozenset((word["action"], word["person"]) for word in words if word["verdict"] != "rejected")
        return cls(directory, waiting, held, acts, voted, signals.mutes(tx, directory.now))

    def over(self, notice: Notice) -> Pending:
        """A notice with whether what it tells of still stands."""
        now = self.directory.now
        if notice.topic in (APPROVAL, ACTION):
            over = self._action_over(notice)
            return Pending(notice, "healed", over) if over else Pending(notice)
        signal = self.signals.get(notice.about)
        if signal is None or signal["state"] == "resolved":
            return Pending(notice, "healed", (signal["reason"] or "") if signal else "gone")
        if signal["snoozed_until"] is not None and signal["snoozed_until"] > now:
            return Pending(notice, "snoozed", f"until {iso(signal['snoozed_until'])}")
        if signal["acknowledged_at"] is not None and notice.kind in _TAKEN_ON:
            return Pending(notice, "healed", f"taken on by {signal['acknowledged_by']}")
        return Pending(notice)

    def _action_over(self, notice: Notice) -> str:
        """Why nothing is asked any more of who was told of an action; empty while something is."""
        action = self.actions.get(notice.about)
        state = action["state"] if action else "gone"
        if notice.topic == ACTION:
            # somebody has looked: all other ends are news and stay so
            return state if notice.kind == "unknown" != state else ""
        if action is None or state != "waiting":
            return state
        if action["digest"] != notice.said.get("digest"):
            return "changed"
        return "given" if (notice.about, notice.recipient) in self.voted else ""

    def seen(self, abouts: Iterable[str]) -> int:
        """Revision up to which it is known here what became of signals and actions."""
        held = (table.get(about) for table in (self.signals, self.actions) for about in abouts)
        return max((row["rev"] for row in held if row), default=0)

    def reader(self, tx: Transaction, recipient: str) -> Reader:
        """Somebody with what they were told today."""
        directory, settings = self.directory, self.directory.settings
        wish, calendar = directory.wish(recipient), directory.calendar(recipient)
        usual = settings.team_budget if recipient.startswith("team:") else settings.budget
        team = directory.team_of(recipient)
        muted = [mute.rule for mute in self.mutes if mute.whom in (recipient, team)]
        return Reader(
            calendar=calendar,
            wish=msgspec.structs.replace(wish, muted=(*wish.muted, *muted)),
            reached=bool(directory.channel(recipient)),
            budget=usual if wish.budget is None else wish.budget,
            spent=notices.spent(tx, recipient, calendar.local_day(directory.now).isoformat()),
            digested=state.get(tx, _digest_key(recipient), {}).get("day", ""),
        )

    def letters(self, recipient: str, subjects: Iterable[str]) -> Letters:
        """Who writes to somebody, in their language and by their clock."""
        from fairlead.reports.notices import Letters
        from fairlead.reports.nudges import Nudges

        directory = self.directory
        language = directory.wish(recipient).language or directory.asked.language
        asked = self.asked.setdefault(language, replace(directory.asked, language=language))
        teller = asked.teller(zone=directory.calendar(recipient).zone)
        return Letters(Nudges(teller, sorted(set(subjects))), recipient)


def _tell(services: Services, present: _Present, recipient: str, done: Delivered) -> None:
    directory = present.directory
    with services.database.read() as tx:
        reader = present.reader(tx, recipient)
    waits = [present.over(notice) for notice in present.waiting[recipient]]
    moved = _moved(directory, recipient, waits)
    gone = {notice.id for notice, _ in moved}
    made = plan(directory.now, [one for one in waits if one.notice.id not in gone], reader)
    _keep_to_policy(services, present, recipient, made)
    if not (made.messages or made.digest or made.settled or moved):
        return
    posts = _letters(services, present, recipient, made)
    with services.database.begin() as tx:
        services.database.take_turn(tx)
        # another process may have told it meanwhile: then all of this is thought over again at the next look
        still = {notice.id for notice in notices.waiting(tx, recipient)}
        if {one.notice.id for one in waits} - still or present.reader(tx, recipient) != reader:
            return
        for notice, instead in moved:
            for other in instead:
                notices.put(tx, other)
            names = ", ".join(other.recipient for other in instead)
            notices.settle(tx, [notice.id], "merged", directory.now, reason=f"away: {names} told instead")
        for (end, reason), ids in made.settled.items():
            done.settled += notices.settle(tx, ids, end, directory.now, reason=reason)
        for order, letter, group, day in posts:
            _send(services, tx, order, letter, group, day, directory.now)
            # it says all that stands: an edit beside it would say the same once more
            notices.freshen(tx, recipient, group[0].subject, order.channel)
            done.messages += order.kind == KIND
            done.digests += order.kind == DIGEST
        services.ledger.record_all(tx, [_entry(order, group) for order, _, group, _ in posts])
        if made.digest:
            state.put(tx, _digest_key(recipient), {"day": made.day, "at": iso(directory.now)})


def _keep_to_policy(services: Services, present: _Present, recipient: str, made: Plan) -> None:
    """A digest that policy refuses stands on the page alone; while nobody can be asked it waits."""
    if not made.digest:
        return
    try:
        why = _refused(services, present, recipient)
    except Retry as fault:
        _log.warning("the digest of %s waits: %s", recipient, fault.message)
        made.digest = ()
        return
    if why:
        for notice in made.digest:
            made.settle(notice, "page", why)
        made.digest = ()


def _refused(services: Services, present: _Present, recipient: str) -> str:
    """Why policy lets no digest go to somebody; a team's own is ordered by the settings."""
    directory = present.directory
    channel, team = directory.channel(recipient), recipient if recipient.startswith("team:") else ""
    if not channel:
        return ""
    of = team or directory.team_of(recipient)
    if of not in present.moments:
        present.moments[of] = subscribing.moment(services, of, directory.now)
    verdict = subscribing.judge(
        services, "digest", by=policing.OPERATOR if team else recipient, tool=channel, place=recipient,
        moment=present.moments[of], team=of,
    )  # fmt: skip
    why = subscribing.refused(verdict)
    return f"policy: {why}" if why else ""


def _send(
    services: Services,
    tx: Transaction,
    order: Order,
    letter: Letter,
    group: Sequence[Notice],
    day: str,
    now: datetime,
) -> None:
    Outbox(services.database).put(tx, [order], letter)
    notices.settle(tx, [notice.id for notice in group], "sent", now, message=order.id, day=day)


def _entry(order: Order, group: Sequence[Notice]) -> Entry:
    said = {"to": group[0].recipient, "channel": order.channel, "about": sorted({one.about for one in group})}
    return Entry(f"notice.{order.kind}", order.id, "fairlead", said)


def _moved(directory: Directory, recipient: str, waits: Iterable[Pending]) -> list[tuple[Notice, list[Notice]]]:
    """What cannot wait for somebody who is away, with the notices that others get in their place."""
    from fairlead.wiring.telling import notice_id

    if recipient.startswith("team:") or not directory.is_away(recipient):
        return []
    instead = directory.in_place_of(recipient)
    found = []
    for one in waits:
        notice = one.notice
        # handed on once: a chain of people who are away ends with the first who hears of it on their return
        if instead and not one.over and notice.urgency != "digest" and "instead_of" not in notice.said:
            said, now = {**notice.said, "instead_of": recipient}, directory.now
            found.append(
                (
                    notice,
                    [
                        replace(notice, id=notice_id(notice.id, other), recipient=other, said=said, made_at=now)
                        for other in instead
                    ],
                )
            )
    return found


def _letters(
    services: Services, present: _Present, recipient: str, made: Plan
) -> list[tuple[Order, Letter, Sequence[Notice], str]]:
    """What is posted, with the notices it carries and the day that it is charged to."""
    channel = present.directory.channel(recipient)
    groups = [*made.messages, *([made.digest] if made.digest else [])]
    subjects = [notice.subject for group in groups for notice in group]
    if not channel or not subjects:
        return []
    letters = present.letters(recipient, subjects)
    found: list[tuple[Order, Letter, Sequence[Notice], str]] = []
    for group in made.messages:
        matters = _matters(services, present, group)
        still, seen = _still(services, present, recipient, group)
        places = _places(services, group[0].subject)
        letter = _with_card(channel, *letters.of_subject(matters, places, still=still, seen=seen))
        once = f"notice/{'/'.join(notice.id for notice in group)}"
        order = _order(present, recipient, channel, KIND, group[0].subject, once)
        found.append((order, letter, group, "" if is_exempt(group) else made.day))
    if made.digest:
        by_subject: dict[str, list[Matter]] = {}
        for matter in _matters(services, present, made.digest):
            by_subject.setdefault(matter.notice.subject, []).append(matter)
        with services.database.read() as tx:
            since = parse_time(state.get(tx, _digest_key(recipient), {}).get("at"))
            healed = notices.healed(tx, recipient, since)
        healed += sum(len(ids) for (end, _), ids in made.settled.items() if end == "healed")
        letter = letters.digest(list(by_subject.values()), healed, _places(services, ""))
        order = _order(present, recipient, channel, DIGEST, made.day, f"digest/{recipient}/{made.day}")
        found.append((order, letter, made.digest, ""))
    return found


def _order(present: _Present, recipient: str, channel: str, kind: str, about: str, once: str) -> Order:
    directory = present.directory
    return Order(
        channel="mail" if channel == "mail" else "slack",
        address=directory.address(recipient, channel),
        kind=kind,
        made_from=about,
        language=directory.wish(recipient).language or directory.asked.language,
        asked_by="notices",
        as_of=directory.now,
        once=once,
    )


def _matters(services: Services, present: _Present, group: Iterable[Notice]) -> list[Matter]:
    from fairlead.reports.notices import Matter

    found = []
    with services.database.read() as tx:
        for notice in group:
            told = [
                one.recipient for one in notices.about(tx, notice.about) if one.state in ("sent", "page", "waiting")
            ]
            others = [one for one in dict.fromkeys(told) if one != notice.recipient]
            last = notices.last_sent(tx, notice.recipient, notice.topic, _OFFERED_AFTER)
            ignored = [
                one for one in last
                if one.seen_at is None and one.settled_at and present.directory.now - one.settled_at >= _IGNORED_AFTER
            ]  # fmt: skip
            found.append(Matter(notice, tuple(present.directory.names(others)), len(ignored) == _OFFERED_AFTER))
    return found


def _still(
    services: Services, present: _Present, recipient: str, group: Sequence[Notice]
) -> tuple[list[Notice], int]:
    """What its reader was told of the subject earlier and still stands: the message goes on saying it; as of when."""
    abouts = {notice.about for notice in group}
    with services.database.read() as tx:
        earlier = notices.of_subject(tx, recipient, group[0].subject)
        missing = {one.about for one in earlier} - present.signals.keys()
        held = {**present.signals, **{row["id"]: row for row in records.rows(tx, "signals", missing)}}
    latest = {one.about: one for one in earlier if one.state == "sent" and one.about not in abouts}
    known = replace(present, signals=held)
    mine = [one for one in latest.values() if one.topic not in (APPROVAL, ACTION) and not known.over(one).over]
    return mine, known.seen(one.about for one in (*group, *earlier))


def _edit(services: Services, present: _Present, post: Posted, done: Delivered) -> None:
    """Brings the message that somebody has of a subject up to date: no interruption, so none is charged.

    Quiet hours are no reason to wait: nobody is called by an edit, and whoever looks then must not press in vain.
    """
    with services.database.read() as tx:
        told = [one for one in notices.of_subject(tx, post.recipient, post.subject) if one.state == "sent"]
        reader = present.reader(tx, post.recipient)
    latest = list({one.about: one for one in told}.values())
    standing = [one for one in latest if not present.over(one).over]
    if latest:
        letters = present.letters(post.recipient, [post.subject])
        over = None if standing else _how_over(services, present, latest[-1], letters)
        matters = _matters(services, present, standing or latest[-1:])
        seen = present.seen(one.about for one in latest)
        letter, card = letters.of_subject(matters, _places(services, post.subject), over=over, seen=seen)
        # what stands below a message calls its reader: only what is over, and only while they may be called
        if over is None or latest[-1].topic == APPROVAL or is_quiet(present.directory.now, reader):
            card = msgspec.structs.replace(card, news="")
        # by revision and not by time, which stands still in a demo: each state is told of once
        once = f"edit/{post.recipient}/{post.subject}/{seen}"
        order = _order(present, post.recipient, post.channel, KIND, post.subject, once)
    with services.database.begin() as tx:
        if notices.freshen(tx, post.recipient, post.subject, post.channel) and latest:
            done.edits += len(Outbox(services.database).put(tx, [order], _with_card(post.channel, letter, card)))


def _how_over(services: Services, present: _Present, notice: Notice, letters: Letters) -> Over:
    from fairlead.reports.notices import Over

    words, names = letters.nudges.teller.words, letters.nudges.teller.names
    if notice.topic in (APPROVAL, ACTION):
        action, state = present.actions.get(notice.about), present.over(notice).reason
        if action is None:
            return Over(state, ())
        with services.database.read() as tx:
            ending = ending_of(tx, action, str(notice.said.get("digest", "")))
        return Over(state, tuple(sentences(words, ending)))
    signal = present.signals.get(notice.about)
    if signal is None or signal["state"] == "resolved":
        return Over("", (words("notice.over.resolved", how=(signal["reason"] or "") if signal else ""),))
    if signal["snoozed_until"] is not None and signal["snoozed_until"] > present.directory.now:
        by, why = names.person(signal["snoozed_by"]), signal["snooze_reason"] or ""
        return Over("", (words("notice.over.snoozed", at=signal["snoozed_until"], name=by, why=why),))
    by, at = names.person(signal["acknowledged_by"]), signal["acknowledged_at"]
    return Over("", (words("notice.over.acknowledged", name=by, at=at),))


def _with_card(channel: str, letter: Letter, card: Card) -> Letter:
    # in a mail the card would be a file that nobody asked for
    return letter if channel == "mail" else with_card(letter, card)


def _places(services: Services, subject: str) -> Places:
    from fairlead.reports.notices import Places

    address = services.settings.server.public_url.rstrip("/")
    if not address:
        return Places()
    return Places(f"{address}/records/{quote(subject, safe=':@/')}" if subject else "", f"{address}/notices")


def _digest_key(recipient: str) -> str:
    return f"notices/digest/{recipient}"
